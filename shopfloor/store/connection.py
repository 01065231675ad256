"""Connections to the journal: what they are set to, the one way to write, and the words for what SQLite reports."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec

from shopfloor.trouble import StoreTrouble

PAGE_BYTES: Final = 2048  # keeps a commit near 12 kB, where 4096 took twice that
FULL: Final = 2

# Before the first page exists. EXTRA makes even the removal of the rollback journal durable that the change to WAL
# leaves: one that came back after a power cut would roll the empty file back, and the log would be thrown away.
CREATE_PRAGMAS: Final = (f"PRAGMA page_size={PAGE_BYTES}", "PRAGMA synchronous=EXTRA", "PRAGMA journal_mode=WAL")
WRITER_PRAGMAS: Final = (
    "PRAGMA synchronous=FULL",
    "PRAGMA fullfsync=ON",  # macOS: an fsync there does not reach the disk without it
    "PRAGMA checkpoint_fullfsync=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA recursive_triggers=ON",  # else INSERT OR REPLACE deletes past the triggers
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA mmap_size=0",
    "PRAGMA wal_autocheckpoint=1000",  # pages: 2 MB, which a start reads in a few milliseconds
    "PRAGMA journal_size_limit=16777216",
)
READER_PRAGMAS: Final = (
    "PRAGMA query_only=ON",
    "PRAGMA wal_autocheckpoint=0",  # two connections that checkpoint can corrupt the log of older SQLite builds
    "PRAGMA trusted_schema=OFF",
    "PRAGMA cell_size_check=ON",
    "PRAGMA mmap_size=0",
)

_WAIT_S_MAX: Final = 5.0  # nobody holds a lock for longer than a checkpoint takes
_SQLITE_MIN: Final = (3, 37, 0)  # STRICT tables

_DISK: Final = "Replace or reconnect the disk, start the program again and run `shopfloor verify`."
_DAMAGED: Final = "Run `shopfloor verify`; keep the damaged files and put back the newest backup."
_RIGHTS: Final = (
    "Give this user the right to write the data folder: reading, too, leaves small files beside the journal."
)
# What decoding raises for a row that is damaged or a newer program's: unknown names, bytes that are no text or JSON.
UNREADABLE: Final = (LookupError, ValueError, msgspec.DecodeError)

# By SQLite's primary result code: what happened, and what to do. A code that is not here is the program's own fault.
_WORDS: Final[dict[int, tuple[str, str]]] = {
    sqlite3.SQLITE_FULL: ("The disk is full", "Free space on the disk of the data folder, then do the step again."),
    sqlite3.SQLITE_IOERR: ("The disk does not answer as it should", _DISK),
    sqlite3.SQLITE_CORRUPT: ("The journal is damaged", _DAMAGED),
    sqlite3.SQLITE_NOTADB: ("The file is no journal", _DAMAGED),
    sqlite3.SQLITE_BUSY: ("The journal is locked by another program", "End the program that locks it, then try again."),
    sqlite3.SQLITE_LOCKED: ("The journal is locked by this program", "Try again in a moment."),
    sqlite3.SQLITE_PROTOCOL: ("The journal's lock is contended", "Try again in a moment."),
    sqlite3.SQLITE_READONLY: ("The journal or its folder may not be written", _RIGHTS),
    sqlite3.SQLITE_CANTOPEN: ("The journal cannot be opened", _RIGHTS),
    sqlite3.SQLITE_PERM: ("The journal may not be opened", _RIGHTS),
    sqlite3.SQLITE_AUTH: ("The journal may not be opened", _RIGHTS),
    sqlite3.SQLITE_NOMEM: ("There is not enough memory", "End other programs, then try again."),
    sqlite3.SQLITE_NOLFS: ("The disk cannot hold a file so large", "Move the data folder to another disk."),
}


class Execute(Protocol):
    """Runs one statement: the standard driver's `Connection.execute`, or that of any other."""

    def __call__(self, sql: str, args: Sequence[object] = (), /) -> Iterable[Any]:
        """The rows of the answer."""


def open_writer(path: Path, *, check: Callable[[sqlite3.Connection], object]) -> sqlite3.Connection:
    """The connection that writes and checkpoints; belongs to the thread that opens it.

    `check` looks at the file before anything is set, so that another program's database stays as it is.
    Raises StoreTrouble if SQLite is too old or the disk does not let it sync every commit.
    """
    if sqlite3.sqlite_version_info < _SQLITE_MIN:
        raise StoreTrouble(
            f"Expected SQLite {'.'.join(map(str, _SQLITE_MIN))} or newer, got {sqlite3.sqlite_version}.",
            remedy="Install a newer Python, or the system's newer SQLite library.",
        )
    with in_words(path):
        conn = sqlite3.connect(path, timeout=_WAIT_S_MAX, isolation_level=None)
        try:
            check(conn)
            for pragma in (*CREATE_PRAGMAS, *WRITER_PRAGMAS):
                conn.execute(pragma)
            _confirm_durable(conn, path)
        except BaseException:
            conn.close()
            raise
    return conn


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that changes nothing; for any thread, one at a time. Raises StoreTrouble."""
    if not path.is_file():
        raise StoreTrouble(
            f"There is no journal in {path.parent}.",
            remedy="Name the data folder of a terminal, or start a terminal there first.",
        )
    with in_words(path):
        uri = f"{path.resolve().as_uri()}?mode=ro"
        conn = sqlite3.connect(uri, uri=True, timeout=_WAIT_S_MAX, isolation_level=None, check_same_thread=False)
        try:
            for pragma in READER_PRAGMAS:
                conn.execute(pragma)
            conn.execute("SELECT count(*) FROM sqlite_master").fetchone()  # opening alone reads nothing
        except BaseException:
            conn.close()
            raise
    return conn


@contextmanager
def immediate(conn: sqlite3.Connection) -> Iterator[Execute]:
    """The only way to write: all of it durable when the block is left, or nothing changed."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield conn.execute
        conn.execute("COMMIT")
    except BaseException:
        _roll_back(conn)
        raise


@contextmanager
def one_instant(conn: sqlite3.Connection) -> Iterator[Execute]:
    """Everything read in the block is of one instant, whatever the writer does meanwhile."""
    conn.execute("BEGIN")
    try:
        yield conn.execute
    finally:
        _roll_back(conn)


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn what the disk did to SQLite into StoreTrouble; a fault of the program passes unchanged."""
    try:
        yield
    except UnicodeDecodeError as error:  # a damaged name, met by the driver before SQLite saw it
        raise StoreTrouble(f"The journal is damaged: {path} ({error}).", remedy=_DAMAGED) from error
    except sqlite3.DatabaseError as error:
        words = _WORDS.get(getattr(error, "sqlite_errorcode", -1) & 0xFF)
        if words is None:
            raise
        what, remedy = words
        raise StoreTrouble(f"{what}: {path} ({error}).", remedy=remedy) from error


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """Turn what cannot be decoded into StoreTrouble: a damaged row, or one of a newer program."""
    try:
        yield
    except UNREADABLE as error:
        expected = error if type(error) is LookupError else f"readable rows, got {error!r}"
        raise StoreTrouble(
            f"The journal {path} is not whole: expected {expected}.",
            remedy="If a newer Shopfloor wrote it, start that one. Else run `shopfloor verify` to see what is "
            "damaged, keep the files, and put back the newest backup.",
        ) from error


def _roll_back(conn: sqlite3.Connection) -> None:
    # After a full disk or an I/O error SQLite has often rolled back by itself.
    if conn.in_transaction:
        conn.execute("ROLLBACK")


def _confirm_durable(conn: sqlite3.Connection, path: Path) -> None:
    mode = str(conn.execute("PRAGMA journal_mode").fetchone()[0])
    synchronous = int(conn.execute("PRAGMA synchronous").fetchone()[0])
    if mode != "wal" or synchronous != FULL:
        raise StoreTrouble(
            f"Expected {path} with journal_mode=wal and synchronous={FULL} (FULL), "
            f"got journal_mode={mode} and synchronous={synchronous}.",
            remedy="Move the data folder to a local disk; this one cannot promise that a committed scan stays.",
        )
