"""Whether a journal is what its writer left: the chain, its numbers, its entities, and SQLite's own opinion."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from shopfloor.core.codec import encode_entity
from shopfloor.core.events import LineChanged, Recorded
from shopfloor.core.moment import Moment
from shopfloor.core.state import Entity
from shopfloor.store.connection import UNREADABLE, Execute, in_words, one_instant, open_reader
from shopfloor.store.folder import journal_path
from shopfloor.store.rows import (
    EVENT_COLUMNS,
    GENESIS,
    META_HEAD,
    META_LINE,
    head_text,
    link,
    read_entities,
    read_meta,
    read_names,
    recorded,
)
from shopfloor.store.schema import altered, check_written
from shopfloor.trouble import StoreTrouble

Fold = Callable[[Iterable[Recorded]], tuple[Entity, ...]]

PROBLEMS_MAX: Final = 100  # a torn journal has one for each row; nobody reads more, and memory is bounded

# By column of EVENT_COLUMNS. STRICT holds for what SQLite writes, not for what a failing disk makes of it.
_TYPES: Final = (int, int, int, int, int, int, int, str, int, str | None, bytes, bytes)

_ALL: Final = f"SELECT {EVENT_COLUMNS} FROM event ORDER BY n"


def verify(folder: Path, fold: Fold) -> list[str]:
    """The problems of the journal in a data folder, none if it is whole; beside a running terminal or without one.

    `fold` makes entities of events. Reads one row after the other: memory does not grow with the journal.
    Raises StoreTrouble if there is no journal to look at.
    """
    path = journal_path(folder)
    conn = open_reader(path)
    conn.text_factory = _lenient
    found = _Problems()
    try:
        with in_words(path):
            check_written(conn, path)
        _look(conn, path, fold, found)
    finally:
        conn.close()
    return found.words


def _look(conn: sqlite3.Connection, path: Path, fold: Fold, found: "_Problems") -> None:
    try:
        with in_words(path), one_instant(conn) as execute:
            for name in altered(conn):
                found.add(f"The table, index or trigger {name} is not as Shopfloor made it.")
            _check_file(execute, found)
            walk = _Walk(execute, found)
            folded = fold(walk)
            for _ in walk:
                pass  # a fold that stopped early must not hide what comes after
            walk.check_end()
            if walk.is_whole:
                _check_entities(execute, folded, found)
            else:
                found.add("The entities were not compared: they follow from events, and those are damaged.")
    except StoreTrouble as trouble:
        found.add(trouble.what)
    except sqlite3.OperationalError as error:  # a damaged table has lost the columns that are asked for
        if not found.words:
            raise
        found.add(f"SQLite: {error}.")


class _Problems:
    """A bounded list of words."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def add(self, words: str) -> None:
        if len(self.words) < PROBLEMS_MAX:
            self.words.append(words)
        elif len(self.words) == PROBLEMS_MAX:
            self.words.append(f"More than {PROBLEMS_MAX} problems; the rest is not listed.")


class _Walk:
    """The journal's events in order, each judged while it passes; none is passed on from the first damage on."""

    def __init__(self, execute: Execute, found: _Problems) -> None:
        self._execute = execute
        self._found = found
        self._names = read_names(execute)
        self._rows = iter(execute(_ALL))
        self._n = 0
        self._hash = GENESIS
        self._moment = Moment(-1)
        self._line_n = 0
        self.is_whole = True

    def __iter__(self) -> Iterator[Recorded]:
        for row in self._rows:
            event = self._judge(row)
            if self.is_whole and event is not None:
                yield event

    def check_end(self) -> None:
        """What the writer noted about the end has to be true of it."""
        expected = read_meta(self._execute, META_HEAD) or head_text(0, GENESIS)
        got = head_text(self._n, self._hash)
        if expected != got:
            self._found.add(f"The journal's end: expected event {_short(expected)}, got {_short(got)}.")
        line_n = read_meta(self._execute, META_LINE) or "0"
        if line_n != str(self._line_n):
            self._found.add(f"The line in force: expected it in event {self._line_n}, got a note of event {line_n}.")

    def _judge(self, row: tuple[Any, ...]) -> Recorded | None:
        if not all(map(isinstance, row, _TYPES)):
            self._damage(f"Event {row[0]}: expected numbers and texts as written, got columns of other types.")
            return None
        n, stored = row[0], row[11]
        if n != self._n + 1:
            self._damage(f"Gap: expected event {self._n + 1}, got event {n}.")
        previous, self._n, self._hash = self._hash, n, stored
        try:
            expected = link(previous, row, self._names)
            event = recorded(row, self._names)
        except UNREADABLE as error:
            self._damage(f"Event {n} cannot be read: {error!r}.")
            return None
        if expected != stored:
            self._damage(f"Event {n} breaks the chain: expected hash {expected.hex()[:12]}, got {stored.hex()[:12]}.")
        if event.moment <= self._moment:
            self._found.add(f"Event {n}: expected a moment after {self._moment}, got {event.moment}.")
        self._moment = event.moment
        if isinstance(event.event, LineChanged):
            self._line_n = n
        return event

    def _damage(self, words: str) -> None:
        self._found.add(words)
        self.is_whole = False


def _check_file(execute: Execute, found: _Problems) -> None:
    for (words,) in execute(f"PRAGMA integrity_check({PROBLEMS_MAX})"):
        if words != "ok":
            found.add(f"SQLite: {words}.")
    for table, row, parent, _ in execute("PRAGMA foreign_key_check"):
        found.add(f"Row {row} of {table} names a missing {parent}.")


def _check_entities(execute: Execute, folded: tuple[Entity, ...], found: _Problems) -> None:
    try:
        stored = {_key(entity): entity for entity in read_entities(execute)}
    except UNREADABLE as error:
        found.add(f"An entity cannot be read: {error!r}.")
        return
    expected = {_key(entity): entity for entity in folded}
    for key in sorted(expected.keys() | stored.keys()):
        if expected.get(key) != stored.get(key):
            name = " ".join(key)
            found.add(
                f"Entity {name}: expected {_state(expected.get(key))} by its events, got {_state(stored.get(key))}."
            )


def _lenient(text: bytes) -> str:
    return text.decode("utf-8", "replace")  # damaged text is a broken chain to report, not an error to stop at


def _key(entity: Entity) -> tuple[str, str]:
    return encode_entity(entity)[:2]


def _state(entity: Entity | None) -> str:
    return "none" if entity is None else encode_entity(entity)[2].decode()


def _short(head: str) -> str:
    n, _, digest = head.partition(" ")
    return f"{n} ({digest[:12]})"
