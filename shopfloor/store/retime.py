"""Own events that the line has not get other moments: their rows are written anew, and the state is folded from all."""

from collections.abc import Sequence
from typing import Any, Final

from shopfloor.core.anew import Fold
from shopfloor.core.events import Recorded
from shopfloor.core.line_link import Discipline
from shopfloor.core.moment import Moment
from shopfloor.core.retimed import retimed
from shopfloor.store.anew import leave_floors, write_state
from shopfloor.store.connection import Execute
from shopfloor.store.rows import (
    EVENT_COLUMNS,
    GENESIS,
    META_DROPPING,
    META_HEAD,
    Tail,
    add_event,
    add_floor,
    drop_meta,
    head_text,
    link,
    origin_name,
    put_meta,
    read_names,
    recorded,
)

_BEHIND: Final = f"SELECT {EVENT_COLUMNS} FROM event WHERE n > ? ORDER BY n"
_BEFORE: Final = "SELECT hash FROM event WHERE n = ?"
_MOMENT: Final = "SELECT moment_us, moment_count FROM event WHERE n = ?"


def ahead_of(execute: Execute, kept: int, clock: Discipline) -> tuple[tuple[Recorded, ...], int]:
    """The own events behind `kept` as they should be, from the first whose moment cannot be; by how much (µs)."""
    names = read_names(execute)
    after = next((Moment(*row) for row in execute(_MOMENT, (kept,))), Moment(0))
    return retimed([recorded(row, names) for row in list(execute(_BEHIND, (kept,)))], clock, after)


def retime(execute: Execute, tail: Tail, events: Sequence[Recorded], fold: Fold) -> None:
    """Write these in the place of the newest own events, inside a transaction."""
    names, first = read_names(execute), events[0].n
    rows: list[tuple[Any, ...]] = list(execute(_BEHIND, (first - 1,)))
    previous = next((bytes(row[0]) for row in execute(_BEFORE, (first - 1,))), GENESIS)
    leave_floors(execute, origin_name(tail.terminal, tail.incarnation), first - 1)
    put_meta(execute, META_DROPPING, str(tail.head))
    execute("DELETE FROM event WHERE n >= ?", (first,))
    drop_meta(execute, META_DROPPING)
    for was, event in zip(rows, events, strict=True):
        row = (*was[:2], event.moment.us, event.moment.count, event.uncertainty_us, *was[5:11], b"")
        previous = link(previous, row, names)
        add_event(execute, row, previous)
        add_floor(execute, event)
    put_meta(execute, META_HEAD, head_text(tail.head, previous))
    write_state(execute, fold, tail.origin)
