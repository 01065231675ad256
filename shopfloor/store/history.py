"""Read-only answers from a data folder, beside a running terminal or without one."""

import heapq
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from shopfloor.core.beside import Heads, News, Whole
from shopfloor.core.events import Recorded
from shopfloor.core.floor import Base
from shopfloor.core.line import Line
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow
from shopfloor.store.beside import names_are_known, read_heads_of_all, read_news, read_up_to
from shopfloor.store.connection import in_words, one_instant, open_reader, readable
from shopfloor.store.floor_store import read_base
from shopfloor.store.folder import LifeSign, journal_path
from shopfloor.store.rows import EVENT_COLUMNS, Names, read_entities, read_line, read_names, recorded
from shopfloor.store.schema import check_written
from shopfloor.trouble import StoreTrouble

# Rows a query fetches: a cursor left open between them would keep the writer's log from being reused.
PAGE_ROWS: Final = 1000

_PAGE: Final = f"SELECT {EVENT_COLUMNS} FROM event WHERE n > ? ORDER BY n LIMIT ?"
_HEAD: Final = "SELECT coalesce(max(n), 0) FROM event"
_NEWEST_US: Final = "SELECT moment_us FROM event ORDER BY n DESC LIMIT 1"
_NEXT_KEY: Final = "SELECT key FROM digest WHERE series = ? AND key > ? ORDER BY key LIMIT 1"
_FIRST_KEY: Final = "SELECT key FROM digest WHERE series = ? ORDER BY key LIMIT 1"
_DIGEST: Final = (
    "SELECT series, key, at_us, n, CAST(body AS BLOB) FROM digest WHERE series = ? AND key = ? AND at_us >= ? "
    "ORDER BY at_us DESC, n DESC, part DESC LIMIT ?"
)
# No ORDER BY: the table is one tree in this order, and an aggregate takes its rows as they come (a test holds it).
_BODIES: Final = (
    "SELECT CAST('[' || coalesce(group_concat(body, ','), '') || ']' AS BLOB) FROM digest "
    "WHERE series = ? AND key = ? AND at_us >= ? AND at_us < ?"
)
_EVER_US: Final = 1 << 62
_ALL: Final = -1  # SQLite's word for no limit


class SqliteHistory:
    """Implements `core.ports.History`, and what a follower needs; from any thread but one at a time.

    Raises StoreTrouble from every call that the disk or the folder's state defeats.
    """

    def __init__(self, folder: Path) -> None:
        self._path = journal_path(folder)
        self._life = LifeSign(folder)
        self._file = _identity(self._path)
        self._conn = open_reader(self._path)
        try:
            with in_words(self._path):
                check_written(self._conn, self._path)
            self._names = self._read_names()
        except BaseException:
            self._conn.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def events(self, *, after: int = 0, limit: int | None = None) -> Iterator[Recorded]:
        """Events with n > after, oldest first; those committed while it runs are among them."""
        left = limit
        while left is None or left > 0:
            wanted = PAGE_ROWS if left is None else min(left, PAGE_ROWS)
            page = self._page(after, wanted)
            yield from page
            if len(page) < wanted:
                return
            after = page[-1].n
            left = None if left is None else left - wanted

    def event(self, n: int) -> Recorded | None:
        """The event with this number, or None."""
        found = self._page(n - 1, 1)
        return found[0] if found and found[0].n == n else None

    def last(self, n: int) -> tuple[Recorded, ...]:
        """The newest n events, oldest first."""
        return tuple(self.events(after=max(self.head() - n, 0)))[-n:] if n > 0 else ()

    def head(self) -> int:
        """The number of the newest event; 0 before the first."""
        with in_words(self._path):
            return int(self._conn.execute(_HEAD).fetchone()[0])

    def digest(
        self, series: str, key: str | None = None, *, since_us: int = 0, last: int | None = None
    ) -> list[DigestRow]:
        """Figures of a series, oldest first; `last` keeps the newest."""
        most = _ALL if last is None else max(last, 0)
        with in_words(self._path), one_instant(self._conn):
            keys = [key] if key is not None else list(self._keys(series))
            found = [self._figures(series, one, since_us, most) for one in keys]
        merged = list(heapq.merge(*found, key=attrgetter("at_us", "n")))
        return merged if last is None else merged[len(merged) - min(most, len(merged)) :]

    def bodies(self, series: str, key: str, *, since_us: int = 0, until_us: int | None = None) -> bytes:
        """The bodies of a series' key in [since, until) as one JSON array, oldest first: many are decoded in one go."""
        until = _EVER_US if until_us is None else until_us
        with in_words(self._path):
            return bytes(self._conn.execute(_BODIES, (series, key, since_us, until)).fetchone()[0])

    def snapshot(self) -> tuple[Line | None, tuple[Entity, ...], int]:
        """The line, all entities and the head they belong to, of one instant."""
        with in_words(self._path), one_instant(self._conn) as execute, readable(self._path):
            return read_line(execute), tuple(read_entities(execute)), self.head()

    def whole(self, known: Heads | None = None, *, limit: int = 0) -> Whole:
        """Everything of one instant, with at most `limit` of the events added behind `known`, in the line's order."""
        with in_words(self._path), one_instant(self._conn) as execute, readable(self._path):
            self._know_names()
            heads = read_heads_of_all(execute, self._names)
            news = read_news(execute, self._names, known, limit).events if known is not None and limit else ()
            line, entities = read_line(execute), tuple(read_entities(execute))
        return Whole(line=line, entities=entities, heads=heads, events=tuple(news))

    def news(self, known: Heads, limit: int) -> News:
        """The first `limit` events added behind `known`, of every origin, in the order of the line."""
        with in_words(self._path), one_instant(self._conn) as execute, readable(self._path):
            self._know_names()
            return read_news(execute, self._names, known, limit)

    def heads(self) -> Heads:
        """Where every origin ends."""
        with in_words(self._path), one_instant(self._conn) as execute, readable(self._path):
            self._know_names()
            return read_heads_of_all(execute, self._names)

    def up_to(self, heads: Heads, *, from_us: int = 0) -> Iterator[Recorded]:
        """Every event of every origin up to those and not before an instant, in the order of the line."""
        with in_words(self._path), readable(self._path):
            yield from read_up_to(self._conn.execute, self._names, heads, from_us=from_us)

    def base(self) -> Base | None:
        """Where this journal begins, if it does not hold everything from the beginning."""
        with in_words(self._path), readable(self._path):
            return read_base(self._conn.execute)

    def data_version(self) -> int:
        """A number that changes whenever the writer has committed: cheap enough to ask ten times a second.

        Raises StoreTrouble if another file has taken the journal's name: this one will never change again.
        """
        if _identity(self._path) != self._file:
            raise StoreTrouble(
                f"Expected {self._path} to be the journal that was opened, got another file or none.",
                remedy="If somebody put a backup there, it is read from now on; else look for the data folder.",
            )
        with in_words(self._path):
            return int(self._conn.execute("PRAGMA data_version").fetchone()[0])

    def alive_us(self) -> int:
        """When the writer last left a sign of life or committed, UTC; 0 if it never did."""
        with in_words(self._path):
            newest = self._conn.execute(_NEWEST_US).fetchone()
        return max(self._life.read_us(), int(newest[0]) if newest else 0)

    def close(self) -> None:
        """Let the journal go. Harmless twice, never raises."""
        self._conn.close()

    def _page(self, after: int, limit: int) -> list[Recorded]:
        with in_words(self._path):
            rows = self._conn.execute(_PAGE, (after, limit)).fetchall()
        with readable(self._path):
            if any(row[1] not in self._names.origins or row[6] not in self._names.boots for row in rows):
                self._names = self._read_names()
            return [recorded(row, self._names) for row in rows]

    def _read_names(self) -> Names:
        with in_words(self._path):
            return read_names(self._conn.execute)

    def _know_names(self) -> None:
        if not names_are_known(self._conn.execute, self._names):
            self._names = read_names(self._conn.execute)

    def _keys(self, series: str) -> Iterator[str]:
        row: Any = self._conn.execute(_FIRST_KEY, (series,)).fetchone()
        while row is not None:
            yield str(row[0])
            row = self._conn.execute(_NEXT_KEY, (series, row[0])).fetchone()

    def _figures(self, series: str, key: str, since_us: int, most: int) -> list[DigestRow]:
        rows = self._conn.execute(_DIGEST, (series, key, since_us, most)).fetchall()
        return [DigestRow(series, key, at_us, n, body) for series, key, at_us, n, body in reversed(rows)]


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
