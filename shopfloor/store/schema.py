"""The tables, and the steps that brought them about. The only file that lets sqlite-utils near the journal."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final, NamedTuple

from shopfloor.store.folder import BACKUPS, JOURNAL
from shopfloor.trouble import StoreTrouble

APPLICATION_ID: Final = 0x53464C52  # "SFLR"
MAJOR: Final = 1  # a program refuses a higher one: it could not read what it finds
PER_MAJOR: Final = 1000  # user_version = major * PER_MAJOR + number of the last step

MIGRATION_SET: Final = "shopfloor"

# No json_valid() in a CHECK: SQLite builds that do not call it harmless refuse it under trusted_schema=OFF.
_EVENT_COLUMNS: Final = """
    origin INTEGER NOT NULL REFERENCES origin(id),
    moment_us INTEGER NOT NULL,
    moment_count INTEGER NOT NULL CHECK (moment_count >= 0),
    uncertainty_us INTEGER NOT NULL CHECK (uncertainty_us >= 0),
    line_seq INTEGER,
    mono_ns INTEGER NOT NULL,
    boot INTEGER NOT NULL REFERENCES boot(id),
    kind TEXT NOT NULL CHECK (kind <> ''),
    version INTEGER NOT NULL CHECK (version > 0),
    command_id TEXT CHECK (command_id <> ''),
    body TEXT NOT NULL CHECK (body LIKE '{%}'),
    hash BLOB NOT NULL CHECK (length(hash) = 32)"""

# line_seq alone is told later: the line numbers an event when it has received it.
_SEALED: Final = (
    "n, origin, moment_us, moment_count, uncertainty_us, mono_ns, boot, kind, version, command_id, body, hash"
)

_NONE_DELETED: Final = """CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END"""

# Rows that an archive holds go in one transaction, which notes up to which event, and drops the note at its end.
NEVER_DELETED: Final = """CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
WHEN old.n > coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'dropping'), 0)
BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END"""

FIRST: Final = (
    """CREATE TABLE origin (
    id INTEGER PRIMARY KEY,
    terminal TEXT NOT NULL CHECK (terminal <> ''),
    incarnation TEXT NOT NULL CHECK (incarnation <> ''),
    UNIQUE (terminal, incarnation)
) STRICT""",
    "CREATE TABLE boot (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT",
    f"CREATE TABLE event (\n    n INTEGER PRIMARY KEY CHECK (n > 0),{_EVENT_COLUMNS}\n) STRICT",
    "CREATE UNIQUE INDEX event_command ON event (command_id) WHERE command_id IS NOT NULL",
    f"""CREATE TABLE foreign_event (
    n INTEGER NOT NULL CHECK (n > 0),{_EVENT_COLUMNS},
    PRIMARY KEY (origin, n)
) STRICT, WITHOUT ROWID""",
    _NONE_DELETED,
    f"""CREATE TRIGGER event_is_never_changed BEFORE UPDATE OF {_SEALED} ON event
BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END""",
    # With a rowid: bodies of up to 2 kB stay on their page then, where a tree by key spills all over 480 bytes
    # (11 kB a commit instead of 16).
    """CREATE TABLE entity (
    kind TEXT NOT NULL CHECK (kind <> ''),
    id TEXT NOT NULL,
    body TEXT NOT NULL CHECK (body LIKE '{%}'),
    PRIMARY KEY (kind, id)
) STRICT""",
    # One tree in the order of its queries: figures of a key by time. A series' few keys are merged when all are asked.
    """CREATE TABLE digest (
    series TEXT NOT NULL CHECK (series <> ''),
    key TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    n INTEGER NOT NULL,
    part INTEGER NOT NULL,
    body TEXT NOT NULL CHECK (body <> ''),
    PRIMARY KEY (series, key, at_us, n, part)
) STRICT, WITHOUT ROWID""",
    "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    f"PRAGMA application_id={APPLICATION_ID}",
)


_TABLE: Final = "CREATE TABLE "
_OBJECTS: Final = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"


class Step(NamedTuple):
    """One change of the tables: its name for ever, and its statements."""

    name: str
    statements: tuple[str, ...]


LINE: Final = (
    # Which messages of the line were read, and when the server appended each: what a rebuilt line is compared with.
    "CREATE TABLE line_message (seq INTEGER PRIMARY KEY CHECK (seq > 0), ts_us INTEGER NOT NULL) STRICT",
)
FLOOR: Final = (
    # `here` is the hash of the state as it was found here, null for a floor that is not reached or does not count;
    # `body` the state itself, of the newest ones and of the lowest, below which nothing may be known here.
    """CREATE TABLE floor (
    id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),
    number INTEGER NOT NULL CHECK (number > 0),
    us INTEGER NOT NULL,
    value TEXT NOT NULL CHECK (value LIKE '{%}'),
    here TEXT CHECK (here <> ''),
    body BLOB
) STRICT""",
)
ARCHIVES: Final = ("DROP TRIGGER event_is_never_deleted", NEVER_DELETED)
STEPS: Final = (Step("first", FIRST), Step("line", LINE), Step("floor", FLOOR), Step("archives", ARCHIVES))


def version_of(steps: tuple[Step, ...] = STEPS) -> int:
    """The user_version of a journal on which these steps were done."""
    return MAJOR * PER_MAJOR + len(steps)


def check_readable(conn: sqlite3.Connection, path: Path) -> int:
    """The user_version of a journal this program can read, 0 for an empty file. Raises StoreTrouble for any other."""
    application = int(conn.execute("PRAGMA application_id").fetchone()[0])
    version = int(conn.execute("PRAGMA user_version").fetchone()[0])
    tables = int(conn.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if version == 0 and application == 0 and (tables == 0 or _only_migrations(conn)):
        return 0
    if application != APPLICATION_ID:
        raise StoreTrouble(
            f"Expected a Shopfloor journal in {path}, got a database of another program.",
            remedy="Name another data folder.",
        )
    if version // PER_MAJOR > MAJOR:
        raise StoreTrouble(
            f"Expected a journal of version {MAJOR} in {path}, got version {version // PER_MAJOR}: "
            "a newer Shopfloor wrote it.",
            remedy="Start the newer program, or put back the backup it made before it changed the journal.",
        )
    return version


def check_written(conn: sqlite3.Connection, path: Path) -> None:
    """Raise StoreTrouble if there is nothing to read, or nothing this program can read.

    Tables that an older program's journal has not yet are there for this connection, and empty.
    """
    version = check_readable(conn, path)
    if version == 0:
        raise StoreTrouble(f"The journal {path} is empty.", remedy="Start a terminal there once, then try again.")
    later = [statement for step in STEPS[version % PER_MAJOR :] for statement in step.statements]
    tables = [statement for statement in later if statement.startswith(_TABLE)]
    if tables:
        conn.execute("PRAGMA query_only=OFF")  # the journal itself is open for reading alone
        for statement in tables:
            conn.execute(statement.replace(_TABLE, "CREATE TEMP TABLE IF NOT EXISTS ", 1))
        conn.execute("PRAGMA query_only=ON")


def migrate(conn: sqlite3.Connection, folder: Path, *, steps: tuple[Step, ...] = STEPS) -> None:
    """Bring the tables up to date; a journal with events is copied first. Call behind the folder's lock.

    Raises StoreTrouble for a journal this program must not touch. sqlite-utils is imported only if there is work.
    """
    version = check_readable(conn, folder / JOURNAL)
    if version >= version_of(steps):
        _refuse_altered(conn, folder, steps)
        return
    if version:
        _keep_copy(conn, folder, version)
    from sqlite_utils import Database, Migrations

    migrations = Migrations(MIGRATION_SET)
    for number, step in enumerate(steps, start=1):
        migrations(name=step.name)(_runner(step, MAJOR * PER_MAJOR + number))
    migrations.apply(Database(conn, execute_plugins=False))


def altered(conn: sqlite3.Connection, *, steps: tuple[Step, ...] = STEPS) -> list[str]:
    """The names of tables, indexes and triggers that are not as the steps left them: dropped, changed or damaged."""
    if check_readable(conn, Path(JOURNAL)) != version_of(steps):
        return []  # a newer program of the same major knows what it added
    with closing(sqlite3.connect(":memory:")) as model:
        for step in steps:
            for statement in step.statements:
                model.execute(statement)
        expected = dict(model.execute(_OBJECTS).fetchall())
    got = dict(conn.execute(_OBJECTS).fetchall())
    return sorted(name for name, sql in expected.items() if got.get(name) != sql)


def _runner(step: Step, version: int) -> Any:
    def run(db: Any) -> None:
        for statement in step.statements:
            db.execute(statement)
        db.execute(f"PRAGMA user_version={version}")

    return run


def _refuse_altered(conn: sqlite3.Connection, folder: Path, steps: tuple[Step, ...]) -> None:
    if names := altered(conn, steps=steps):
        raise StoreTrouble(
            f"The journal {folder / JOURNAL} is not whole: expected {', '.join(names)} as Shopfloor made it.",
            remedy="Run `shopfloor verify`; keep the damaged files and put back the newest backup.",
        )


def _only_migrations(conn: sqlite3.Connection) -> bool:
    # A cut between sqlite-utils' own table and the first step leaves this behind.
    rows = conn.execute("SELECT name FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND type = 'table'")
    return [str(row[0]) for row in rows] == ["_sqlite_migrations"]


def _keep_copy(conn: sqlite3.Connection, folder: Path, version: int) -> None:
    backups = folder / BACKUPS
    backups.mkdir(exist_ok=True)
    made, wanted = backups / "unfinished.db", backups / f"before-step-after-{version}.db"
    made.unlink(missing_ok=True)
    conn.execute("VACUUM INTO ?", (str(made),))
    handle = os.open(made, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
    made.replace(wanted)
