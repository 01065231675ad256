"""The events of all origins after a moment, in the order of the line: what a late one is folded in among."""

import heapq
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

from shopfloor.core.events import Recorded
from shopfloor.core.merge import Key, key_of
from shopfloor.store.connection import Execute
from shopfloor.store.rows import EVENT_COLUMNS, META_ORIGIN, Names, read_meta, read_names, recorded

_OWN: Final = f"SELECT {EVENT_COLUMNS} FROM event WHERE n >= ? ORDER BY n LIMIT ?"
_FOREIGN: Final = f"SELECT {EVENT_COLUMNS} FROM foreign_event WHERE origin = ? AND n >= ? ORDER BY n LIMIT ?"
_ALL: Final = -1  # SQLite's word for no limit
_OWN_MOMENT: Final = "SELECT moment_us, moment_count FROM event WHERE n = ?"
_FOREIGN_MOMENT: Final = "SELECT moment_us, moment_count FROM foreign_event WHERE origin = ? AND n = ?"
# Each a look into an index: an aggregate over all rows reads a journal of years.
_OWN_RANGE: Final = "SELECT (SELECT min(n) FROM event), (SELECT max(n) FROM event)"
_FOREIGN_RANGE: Final = (
    "SELECT id, (SELECT min(n) FROM foreign_event WHERE origin = origin.id), "
    "(SELECT max(n) FROM foreign_event WHERE origin = origin.id) FROM origin"
)


def read_since(
    execute: Execute,
    after: Key | None,
    under: Mapping[str, int] | None = None,
    limit: int | None = None,
    until: Mapping[str, int] | None = None,
) -> list[Recorded]:
    """Every event of every origin behind `after` (None: all), in the order of the line; the first `limit` of them.

    Those that a floor covers are left out: `under` is how far it covers each origin. Those behind `until` are, too: of
    the origins in it the last one that is wanted.
    """
    under, until = under or {}, until or {}
    names = read_names(execute)
    moment = (after[0], after[1]) if after else (-1, 0)
    streams: list[Iterator[Recorded]] = []
    for low, high in execute(_OWN_RANGE):
        if low is not None:
            name = _own_name(execute, names)
            begin, end = max(low, 1 + under.get(name, 0)), min(high, until.get(name, high))
            start = _first(execute, _OWN_MOMENT, (), begin, end, moment)
            streams.append(recorded(row, names) for row in execute(_OWN, (start, _most(limit, start, end))))
    ranges = list(execute(_FOREIGN_RANGE))
    for origin, low, high in ranges:
        if low is None:
            continue
        name = names.origin(origin)
        begin, end = max(low, 1 + under.get(name, 0)), min(high, until.get(name, high))
        start = _first(execute, _FOREIGN_MOMENT, (origin,), begin, end, moment)
        rows = list(execute(_FOREIGN, (origin, start, _most(limit, start, end))))
        streams.append(recorded(row, names) for row in rows)
    merged = heapq.merge(*streams, key=key_of)
    return list(islice((event for event in merged if after is None or key_of(event) > after), limit))


def read_waiting(execute: Execute, folded: Mapping[int, int]) -> list[Recorded]:
    """Every event of other origins behind those that the entities know of."""
    names = read_names(execute)
    ranges = list(execute(_FOREIGN_RANGE))
    return [
        recorded(row, names)
        for origin, _, _ in ranges
        for row in list(execute(_FOREIGN, (origin, folded.get(origin, 0) + 1, _ALL)))
    ]


def _most(limit: int | None, start: int, end: int) -> int:
    wanted = max(0, end - start + 1)
    return wanted if limit is None else min(limit + 1, wanted)  # the first may be at the very moment, and left out


def _own_name(execute: Execute, names: Names) -> str:
    return names.origin(int(read_meta(execute, META_ORIGIN) or 0))


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
