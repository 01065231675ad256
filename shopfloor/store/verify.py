"""Whether a journal is what its writer left: the chain, its numbers, its entities, and SQLite's own opinion."""

import heapq
import sqlite3
from collections.abc import Iterable, Iterator
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from shopfloor.core.codec import encode_entity
from shopfloor.core.events import LineChanged, Recorded
from shopfloor.core.evolve_terminals import line_decree, line_stands
from shopfloor.core.floor import Floor
from shopfloor.core.line import Line
from shopfloor.core.line_refusals import LINE
from shopfloor.core.merge import Key, key_of
from shopfloor.core.moment import Moment
from shopfloor.core.state import Entity
from shopfloor.core.state_line import Decree
from shopfloor.store.archive import check_archives
from shopfloor.store.connection import UNREADABLE, Execute, in_words, one_instant, open_reader
from shopfloor.store.floor_store import floors_to_verify, read_state
from shopfloor.store.folder import journal_path
from shopfloor.store.line_store import read_folded
from shopfloor.store.rows import (
    EVENT_COLUMNS,
    GENESIS,
    LINE_OF_FLOOR,
    META_ARCHIVE,
    META_BASE,
    META_HEAD,
    META_LINE,
    META_ORIGIN,
    Names,
    head_text,
    link,
    read_entities,
    read_meta,
    read_names,
    recorded,
)
from shopfloor.store.schema import altered, check_written
from shopfloor.trouble import StoreTrouble


class Fold(Protocol):
    """Makes entities of events, from nothing or from the line file and entities of a floor."""

    def __call__(
        self, events: Iterable[Recorded], base: tuple[Line, tuple[Entity, ...]] | None = None, /
    ) -> tuple[Entity, ...]:
        """Every living entity."""


PROBLEMS_MAX: Final = 100  # a torn journal has one for each row; nobody reads more, and memory is bounded

# By column of EVENT_COLUMNS. STRICT holds for what SQLite writes, not for what a failing disk makes of it.
_TYPES: Final = (int, int, int, int, int, int, int, str, int, str | None, bytes, bytes)

_ALL: Final = f"SELECT {EVENT_COLUMNS} FROM event ORDER BY n"
_FOREIGN: Final = f"SELECT {EVENT_COLUMNS} FROM foreign_event WHERE origin = ? ORDER BY n"
_FOREIGN_ORIGINS: Final = "SELECT DISTINCT origin FROM foreign_event ORDER BY origin"


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
            everything = _Everything(execute, found)
            folded = fold(everything, everything.base) if everything.base else fold(everything)
            for _ in everything:
                pass  # a fold that stopped early must not hide what comes after
            everything.check_end(execute)
            for words in check_archives(path.parent, read_meta(execute, META_ARCHIVE) or ""):
                found.add(words)
            if everything.is_whole:
                _check_entities(execute, folded, found)
            else:
                found.add("The entities were not compared: they follow from events, and those are damaged.")
    except StoreTrouble as trouble:
        found.add(trouble.what)
    except sqlite3.OperationalError as error:  # a damaged table has lost the columns that are asked for
        if not found.words:
            raise
        found.add(f"SQLite: {error}.")


_Place = tuple[int, Key]


class _Problems:
    """A bounded list of words."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def add(self, words: str) -> None:
        if len(self.words) < PROBLEMS_MAX:
            self.words.append(words)
        elif len(self.words) == PROBLEMS_MAX:
            self.words.append(f"More than {PROBLEMS_MAX} problems; the rest is not listed.")


class _Everything:
    """The events of all origins in the order of the line, each judged while it passes; none behind a damage."""

    def __init__(self, execute: Execute, found: _Problems) -> None:
        names = read_names(execute)
        own = int(read_meta(execute, META_ORIGIN) or 0)
        self._found = found
        self._names = names
        self._number = own
        floors = _Floors(execute, found)
        self.base = floors.state
        self._lowest = floors.lowest
        known = self.base[1] if self.base else ()
        self._decree = next((e for e in known if isinstance(e, Decree) and e.thing == LINE), None)
        self._own = _Walk(iter(execute(_ALL)), names, found, floors.of(names, own))
        numbers = [int(number) for (number,) in execute(_FOREIGN_ORIGINS)]
        folded = read_folded(execute)
        self._others = [
            _Walk(
                iter(execute(_FOREIGN, (number,))),
                names,
                found,
                floors.of(names, number),
                whose=number,
                until=None if folded is None else folded.get(number, 0),
            )
            for number in numbers
        ]
        self._merged = heapq.merge(self._own, *self._others, key=itemgetter(0))

    def __iter__(self) -> Iterator[Recorded]:
        for _, event in self._merged:
            if self.is_whole:
                if isinstance(event.event, LineChanged) and line_stands(self._decree, event.event, event.origin):
                    self._decree = line_decree(event.event, event)
                yield event

    @property
    def is_whole(self) -> bool:
        """Whether nothing was damaged so far."""
        return self._own.is_whole and all(walk.is_whole for walk in self._others)

    def check_end(self, execute: Execute) -> None:
        """What the writer noted about the end has to be true of it."""
        expected, got = read_meta(execute, META_HEAD) or head_text(0, GENESIS), self._own.head
        if expected != got:
            self._found.add(f"The journal's end: expected event {_short(expected)}, got {_short(got)}.")
        noted, line_by = read_meta(execute, META_LINE) or "0", self._line_by()
        if self.is_whole and noted not in line_by:
            self._found.add(f"The line in force: expected it in event {line_by[0]}, got a note of event {noted}.")

    def _line_by(self) -> list[str]:
        """The event with the line file in force, as it may be noted: one under the lowest floor may be gone."""
        decree = self._decree
        if decree is None:
            return ["0"]
        named = (number for number in self._names.origins if self._names.origin(number) == decree.origin)
        number = next(named, 0)
        noted = [str(decree.n) if number == self._number else f"{decree.n} {number}"]
        if self._lowest is not None and decree.n <= self._lowest.vector().get(decree.origin, 0):
            noted.append(f"{LINE_OF_FLOOR} {self._lowest.id}")
        return noted


class _Part(NamedTuple):
    """One origin under the floors: how far the lowest covers it, the chain's end there, how far those above do."""

    n: int
    hash: bytes
    above: tuple[int, ...]


class _Floors:
    """The floors the journal stands on; what is below the lowest may be gone, and its state stands for it."""

    def __init__(self, execute: Execute, found: _Problems) -> None:
        self.lowest: Floor | None = None
        self.state: tuple[Line, tuple[Entity, ...]] | None = None
        self._above: list[Floor] = []
        self._base = read_meta(execute, META_BASE) or ""
        for floor, here, has_body in floors_to_verify(execute):
            if here != floor.hash:
                found.add(f"Floor {floor.number}: expected state {floor.hash[:12]} by its event, got {here[:12]}.")
            if has_body:
                self._check(execute, floor, found)
            if floor.id == self._base:
                self.lowest = floor
            else:
                self._above.append(floor)
        if self._base and not self.state:
            found.add("The state at the lowest floor is not there: what it stands for cannot be proven.")

    def of(self, names: Names, number: int) -> _Part:
        """What they say of an origin."""
        origin = names.origin(number) if number in names.origins else ""
        base = {it.origin: it for it in self.lowest.covers}.get(origin) if self.lowest else None
        above = tuple(floor.vector().get(origin, 0) for floor in self._above)
        return _Part(base.n, bytes.fromhex(base.hash), above) if base else _Part(0, GENESIS, above)

    def _check(self, execute: Execute, floor: Floor, found: _Problems) -> None:
        try:
            state = read_state(execute, floor.id)
        except ValueError as error:
            found.add(f"Floor {floor.number} is damaged: {error}")
            return
        if floor.id == self._base:
            self.state = state


class _Walk:
    """One origin's events in order, each with its place; behind its first damage they are judged and not passed on.

    Nor are those behind `until`: they are stored, and the entities do not know of them yet.
    """

    def __init__(
        self,
        rows: Iterator[tuple[Any, ...]],
        names: Names,
        found: _Problems,
        part: _Part,
        *,
        whose: int | None = None,
        until: int | None = None,
    ) -> None:
        self._part = part
        self._layer = 0
        self._rows = rows
        self._names = names
        self._found = found
        self._whose = whose
        self._until = until
        self._of = "" if whose is None else f" of {_named(names, whose)}"
        self._n = 0
        self._hash = GENESIS
        self._moment = Moment(-1)
        self.is_whole = True

    def __iter__(self) -> Iterator[tuple[_Place, Recorded]]:
        for row in self._rows:
            event = self._judge(row)
            is_told = event is not None and event.n > self._part.n and (self._until is None or event.n <= self._until)
            if self.is_whole and event is not None and is_told:
                yield self._place(event), event

    @property
    def head(self) -> str:
        """Number and hash of the last event so far."""
        return head_text(self._n, self._hash)

    def _judge(self, row: tuple[Any, ...]) -> Recorded | None:
        of = self._of
        if not all(map(isinstance, row, _TYPES)):
            self._damage(f"Event {row[0]}{of}: expected numbers and texts as written, got columns of other types.")
            return None
        n, stored = row[0], row[11]
        if n == self._part.n + 1 and self._n < self._part.n:
            self._n, self._hash = self._part.n, self._part.hash  # what is between is under the floor
        under_gap = n <= self._part.n and n != self._n + 1  # of what is under the floor, anything may be missing
        if n != self._n + 1 and not under_gap:
            self._damage(f"Gap: expected event {self._n + 1}{of}, got event {n}.")
        previous, self._n, self._hash = self._hash, n, stored
        try:
            expected = link(previous, row, self._names)
            event = recorded(row, self._names)
        except UNREADABLE as error:
            self._damage(f"Event {n}{of} cannot be read: {error!r}.")
            return None
        if expected != stored and not under_gap:
            got = stored.hex()[:12]
            self._damage(f"Event {n}{of} breaks the chain: expected hash {expected.hex()[:12]}, got {got}.")
        if event.moment <= self._moment:
            self._found.add(f"Event {n}{of}: expected a moment after {self._moment}, got {event.moment}.")
        self._moment = event.moment
        return event

    def _place(self, event: Recorded) -> _Place:
        """Behind the floors that do not cover it, there by its moment."""
        above = self._part.above
        while self._layer < len(above) and above[self._layer] < event.n:
            self._layer += 1
        return self._layer, key_of(event)

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


def _named(names: Names, number: int) -> str:
    return names.origin(number) if number in names.origins else f"origin {number}, which has no name"


def _lenient(text: bytes) -> str:
    return text.decode("utf-8", "replace")  # damaged text is a broken chain to report, not an error to stop at


def _key(entity: Entity) -> tuple[str, str]:
    return encode_entity(entity)[:2]


def _state(entity: Entity | None) -> str:
    return "none" if entity is None else encode_entity(entity)[2].decode()


def _short(head: str) -> str:
    n, _, digest = head.partition(" ")
    return f"{n} ({digest[:12]})"
