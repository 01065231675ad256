"""This terminal's journal as the link reads it, beside the engine that writes it."""

from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from shopfloor.core.branches import Astray, Branch
from shopfloor.core.line_link import Cursor, FloorHere, Known, LineEntry, Standing
from shopfloor.store.branches import read_astray, read_branches
from shopfloor.store.connection import in_words, one_instant, open_reader, readable
from shopfloor.store.floor_store import read_floor_here, read_standing
from shopfloor.store.folder import journal_path
from shopfloor.store.leaving import unread
from shopfloor.store.line_notes import read_acked, read_cursor, read_message
from shopfloor.store.line_store import seal
from shopfloor.store.rows import EVENT_COLUMNS, GENESIS, META_ORIGIN, line_entry, read_meta, read_names
from shopfloor.store.schema import check_written

_PAGE: Final = f"SELECT {EVENT_COLUMNS}, coalesce(line_seq, 0) FROM event WHERE n > ? ORDER BY n LIMIT ?"
_FORMER: Final = (
    "SELECT id FROM origin WHERE id <> ?1 AND terminal = (SELECT terminal FROM origin WHERE id = ?1) ORDER BY id"
)
_FOREIGN_PAGE: Final = (
    f"SELECT {EVENT_COLUMNS}, coalesce(line_seq, 0) FROM foreign_event WHERE origin = ? AND n > ? ORDER BY n LIMIT ?"
)
_NUMBER_OF: Final = "SELECT id FROM origin WHERE terminal = ? AND incarnation = ?"
_HEAD_OF: Final = f"SELECT max(n) FROM foreign_event WHERE origin = ({_NUMBER_OF})"
_HEAD: Final = "SELECT n, hash FROM event ORDER BY n DESC LIMIT 1"


class SqliteOwnJournal:
    """Implements `core.line_link.OwnJournal` on a data folder that a terminal has opened. Raises StoreTrouble."""

    def __init__(self, folder: Path) -> None:
        self._path = journal_path(folder)
        self._conn = open_reader(self._path)
        try:
            with in_words(self._path), readable(self._path):
                check_written(self._conn, self._path)
                self._names = read_names(self._conn.execute)
                self._number()
        except BaseException:
            self._conn.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def origin(self) -> str:
        """The name its events are written under; another one once the engine began anew."""
        with in_words(self._path), readable(self._path):
            return self._name_of(self._number())

    def former(self) -> list[str]:
        """The names its events were written under before."""
        with in_words(self._path), readable(self._path):
            return [self._name_of(number) for (number,) in self._conn.execute(_FORMER, (self._number(),)).fetchall()]

    def events_of(self, origin: str, after: int, limit: int) -> list[LineEntry]:
        """Events with n > after of another origin, oldest first."""
        with in_words(self._path), readable(self._path):
            found = self._conn.execute(_NUMBER_OF, _parts(origin)).fetchone()
            return self._entries(self._conn.execute(_FOREIGN_PAGE, (*found, after, limit)).fetchall()) if found else []

    def continues(self, previous: bytes, entry: LineEntry) -> bool:
        """Whether an event has the hash that it has behind the event with that one."""
        return seal(previous, entry) == entry.hash

    def head_of(self, origin: str) -> int:
        """The newest event of another origin; 0 before the first."""
        with in_words(self._path):
            found = self._conn.execute(_HEAD_OF, _parts(origin)).fetchone()
        return int(found[0] or 0)

    def unread(self) -> list[Known]:
        """The newest event that can be proven of each other origin, if the line has it not as far as it was read."""
        with in_words(self._path), readable(self._path):
            return unread(self._conn.execute, self._number())

    def branches(self, before: str) -> list[Branch]:
        """What of a journal is under other names now."""
        with in_words(self._path), readable(self._path):
            return [branch for branch in read_branches(self._conn.execute) if branch.before == before]

    def astray(self) -> dict[str, Astray]:
        """The origins of which the line has other events than this journal, at the place it was read to."""
        with in_words(self._path), readable(self._path):
            return {origin: it for origin, it in read_astray(self._conn.execute).items() if not it.until}

    def head(self) -> tuple[int, bytes]:
        """Number and hash of the newest own event; (0, zeros) before the first."""
        with in_words(self._path):
            found = self._conn.execute(_HEAD).fetchone()
        return (int(found[0]), bytes(found[1])) if found else (0, GENESIS)

    def events(self, after: int, limit: int) -> list[LineEntry]:
        """Own events with n > after, oldest first."""
        with in_words(self._path), readable(self._path):
            return self._entries(self._conn.execute(_PAGE, (after, limit)).fetchall())

    def acked_n(self) -> int:
        """The newest own event the line has, as far as it was read back."""
        with in_words(self._path):
            return read_acked(self._conn.execute)

    def cursor(self) -> Cursor | None:
        """How far the line was read; None if it never was."""
        with in_words(self._path):
            return read_cursor(self._conn.execute)

    def appended(self, until_seq: int) -> tuple[int, int] | None:
        """(seq, ts_us) of the newest message up to that one that the line was read up to."""
        with in_words(self._path):
            return read_message(self._conn.execute, until_seq)

    def stands_on(self) -> FloorHere | None:
        """The floor this terminal stands on; None if there is none."""
        with in_words(self._path), readable(self._path):
            return read_floor_here(self._conn.execute)

    def standing(self) -> Standing | None:
        """The floor this terminal stands on, with the state there; None if there is none."""
        with in_words(self._path), readable(self._path), one_instant(self._conn) as execute:
            return read_standing(execute, int(read_meta(execute, META_ORIGIN) or 0))

    def close(self) -> None:
        """Let the journal go. Harmless twice, never raises."""
        self._conn.close()

    def _entries(self, rows: list[tuple[Any, ...]]) -> list[LineEntry]:
        if any(row[1] not in self._names.origins or row[6] not in self._names.boots for row in rows):
            self._names = read_names(self._conn.execute)
        return [line_entry(row[:12], self._names, seq=row[12]) for row in rows]

    def _number(self) -> int:
        return int(read_meta(self._conn.execute, META_ORIGIN) or 0)

    def _name_of(self, number: int) -> str:
        if number not in self._names.origins:
            self._names = read_names(self._conn.execute)
        return self._names.origin(number)


def _parts(origin: str) -> tuple[str, str]:
    terminal, _, incarnation = origin.rpartition("~")
    return terminal, incarnation
