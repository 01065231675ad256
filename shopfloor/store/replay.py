"""The events of all origins after a moment, in the order of the line: what a late one is folded in among."""

import heapq
from collections.abc import Iterator, Mapping
from typing import Final

from shopfloor.core.events import Recorded
from shopfloor.core.merge import Key, key_of
from shopfloor.store.connection import Execute
from shopfloor.store.rows import EVENT_COLUMNS, read_names, recorded

_OWN: Final = f"SELECT {EVENT_COLUMNS} FROM event WHERE n >= ? ORDER BY n"
_FOREIGN: Final = f"SELECT {EVENT_COLUMNS} FROM foreign_event WHERE origin = ? AND n >= ? ORDER BY n"
_OWN_MOMENT: Final = "SELECT moment_us, moment_count FROM event WHERE n = ?"
_FOREIGN_MOMENT: Final = "SELECT moment_us, moment_count FROM foreign_event WHERE origin = ? AND n = ?"
_OWN_RANGE: Final = "SELECT min(n), max(n) FROM event"
_FOREIGN_RANGE: Final = "SELECT origin, min(n), max(n) FROM foreign_event GROUP BY origin"


def read_since(execute: Execute, after: Key | None) -> list[Recorded]:
    """Every event of every origin behind `after` (None: all), in the order of the line."""
    names = read_names(execute)
    moment = (after[0], after[1]) if after else (-1, 0)
    streams: list[Iterator[Recorded]] = []
    for low, high in execute(_OWN_RANGE):
        if low is not None:
            start = _first(execute, _OWN_MOMENT, (), low, high, moment)
            streams.append(recorded(row, names) for row in execute(_OWN, (start,)))
    ranges = list(execute(_FOREIGN_RANGE))
    for origin, low, high in ranges:
        start = _first(execute, _FOREIGN_MOMENT, (origin,), low, high, moment)
        streams.append(recorded(row, names) for row in list(execute(_FOREIGN, (origin, start))))
    found = heapq.merge(*streams, key=key_of)
    return [event for event in found if after is None or key_of(event) > after]


def read_waiting(execute: Execute, folded: Mapping[int, int]) -> list[Recorded]:
    """Every event of other origins behind those that the entities know of."""
    names = read_names(execute)
    ranges = list(execute(_FOREIGN_RANGE))
    return [
        recorded(row, names)
        for origin, _, _ in ranges
        for row in list(execute(_FOREIGN, (origin, folded.get(origin, 0) + 1)))
    ]


def _first(execute: Execute, query: str, of: tuple[int, ...], low: int, high: int, moment: tuple[int, int]) -> int:
    """The first number at or behind a moment: an origin's moments never fall."""
    while low <= high:
        middle = (low + high) // 2
        row = next(iter(execute(query, (*of, middle))), None)
        if row is not None and (row[0], row[1]) < moment:
            low = middle + 1
        else:
            high = middle - 1
    return low
