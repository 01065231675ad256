"""The events of all origins as a reader beside the writer follows them: what is new, and where each origin ends."""

import heapq
import json
from collections.abc import Iterator
from itertools import islice
from typing import Final

from shopfloor.core.beside import BEGINNING, Heads, News
from shopfloor.core.events import Recorded
from shopfloor.core.merge import Key, key_of
from shopfloor.store.connection import Execute
from shopfloor.store.line_notes import META_ACKED, META_CURSOR
from shopfloor.store.line_store import META_FOLDED, read_folded
from shopfloor.store.rows import EVENT_COLUMNS, META_HEAD, META_LINE, META_ORIGIN, Names, read_meta, recorded

# These follow from events, or tell how far the line was read; any other note says that the journal was rewritten.
_ORDINARY: Final = (META_ACKED, META_CURSOR, META_FOLDED, META_HEAD, META_LINE)
_ALL: Final = 1 << 62  # more events than an origin writes

_OWN_END: Final = "SELECT moment_us, moment_count, n FROM event ORDER BY n DESC LIMIT 1"
_FOREIGN_END: Final = (
    "SELECT moment_us, moment_count, n FROM foreign_event WHERE origin = ? AND n <= ? ORDER BY n DESC LIMIT 1"
)
_OWN_PAGE: Final = f"SELECT {EVENT_COLUMNS} FROM event WHERE n > ? ORDER BY n LIMIT ?"
_FOREIGN_PAGE: Final = (
    f"SELECT {EVENT_COLUMNS} FROM foreign_event WHERE origin = ? AND n > ? AND n <= ? ORDER BY n LIMIT ?"
)
_OWN_MOMENT: Final = "SELECT moment_us FROM event WHERE n = ?"
_FOREIGN_MOMENT: Final = "SELECT moment_us FROM foreign_event WHERE origin = ? AND n = ?"
_NEWEST_NAMES: Final = "SELECT (SELECT max(id) FROM origin), (SELECT max(id) FROM boot)"
_NOTES: Final = f"SELECT key, value FROM meta WHERE key NOT IN ({', '.join('?' * len(_ORDINARY))}) ORDER BY key"


PAGE_ROWS: Final = 1000  # a query that stays open between rows keeps the writer's log from being reused


def names_are_known(execute: Execute, names: Names) -> bool:
    """Whether rows have no other origins and boots than these."""
    (newest,) = execute(_NEWEST_NAMES)
    return tuple(newest) == (max(names.origins, default=None), max(names.boots, default=None))


def read_heads_of_all(execute: Execute, names: Names) -> Heads:
    """Where each origin ends, as far as the entities know: what was stored and is not folded in is not there yet."""
    folded = _Folded(execute)
    origin = _own_origin(execute, names)
    ends: list[Key] = [BEGINNING]
    own, others = 0, {}
    for us, count, n in execute(_OWN_END):
        own = n
        ends.append((us, count, origin, n))
    for number in names.origins:
        for us, count, n in execute(_FOREIGN_END, (number, folded.until(number))):
            others[names.origin(number)] = n
            ends.append((us, count, names.origin(number), n))
    return Heads(own=own, others=others, end=max(ends), mark=_mark(execute))


def read_news(execute: Execute, names: Names, known: Heads, limit: int) -> News:
    """What was added behind `known`: the first `limit` events of it in the order of the line."""
    folded = _Folded(execute)
    own = _page(execute, names, None, known.own, limit)
    others = [
        _page(execute, names, at, known.others.get(names.origin(at), 0), limit, until=folded.until(at))
        for at in names.origins
    ]
    events = tuple(islice(heapq.merge(own, *others, key=key_of), limit))
    return News(events=events, origin=_own_origin(execute, names), mark=_mark(execute))


def read_up_to(execute: Execute, names: Names, heads: Heads, *, from_us: int = 0) -> Iterator[Recorded]:
    """Every event up to those and not before an instant, in the order of the line."""
    own = _pages(execute, names, None, heads.own, from_us)
    others = [_pages(execute, names, at, heads.others.get(names.origin(at), 0), from_us) for at in names.origins]
    return heapq.merge(own, *others, key=key_of)


def _pages(execute: Execute, names: Names, number: int | None, until: int, from_us: int) -> Iterator[Recorded]:
    after = _before(execute, number, until, from_us) if from_us else 0
    while after < until:
        page = _page(execute, names, number, after, min(PAGE_ROWS, until - after), until=until)
        if not page:
            return
        yield from page
        after = page[-1].n


def _before(execute: Execute, number: int | None, until: int, at_us: int) -> int:
    """The last event of an origin before an instant: its moments never fall, so halving finds it."""
    low, high = 0, until
    while low < high:
        middle = (low + high + 1) // 2
        query, of = (_OWN_MOMENT, ()) if number is None else (_FOREIGN_MOMENT, (number,))
        found = next(iter(execute(query, (*of, middle))), None)
        if found is None or found[0] < at_us:  # what is no longer stored was before everything that is
            low = middle
        else:
            high = middle - 1
    return low


def _page(
    execute: Execute, names: Names, number: int | None, after: int, limit: int, *, until: int = _ALL
) -> list[Recorded]:
    """Events of an origin, None for the own table's."""
    if number is None:
        rows = execute(_OWN_PAGE, (after, limit))
    else:
        rows = execute(_FOREIGN_PAGE, (number, after, until, limit))
    return [recorded(row, names) for row in rows]


class _Folded:
    """Up to which of its events the entities know each other origin."""

    def __init__(self, execute: Execute) -> None:
        self._known = read_folded(execute)

    def until(self, number: int) -> int:
        return _ALL if self._known is None else self._known.get(number, 0)


def _own_origin(execute: Execute, names: Names) -> str:
    number = read_meta(execute, META_ORIGIN)
    return "" if number is None else names.origin(int(number))


def _mark(execute: Execute) -> str:
    return json.dumps([list(row) for row in execute(_NOTES, _ORDINARY)])
