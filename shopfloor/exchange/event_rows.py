"""Events as rows: what most of them have in columns, the rest of each as JSON in the last one."""

from collections.abc import Callable, Iterable, Iterator
from datetime import tzinfo
from itertools import takewhile
from typing import Any

import msgspec
from msgspec import Struct

from shopfloor.core.beside import Heads
from shopfloor.core.events import Recorded
from shopfloor.core.ports import LiveHistory
from shopfloor.exchange.cells import Cell, Column, local_time
from shopfloor.exchange.table import Table

Document = dict[str, Any]

_LOCAL, _LOOP, _DETAILS = "at_local", "loop", "details"
EVENT_COLUMNS = (
    Column("n", 10),
    Column("origin", 18),
    Column("kind", 18),
    Column("version", 8),
    Column("at", 28),
    Column(_LOCAL, 24),
    Column("station", 16),
    Column(_LOOP, 16),
    Column("card", 20),
    Column("device", 16),
    Column("code", 16),
    Column("by", 14),
    Column("step", 6),
    Column("state", 10),
    Column("into", 10),
    Column("rule", 16),
    Column("reason", 20),
    Column("call", 18),
    Column("command_id", 20),
    Column(_DETAILS, 40),
)
_MADE = {_LOCAL, _LOOP, _DETAILS}
_NAMES = tuple(column.name for column in EVENT_COLUMNS)
_TAKEN = dict.fromkeys(name for name in _NAMES if name not in _MADE)  # in order, and quick to look into


class Wanted(Struct, frozen=True, kw_only=True):
    """Which events: from `from_us` until before `to_us` (None: no bound), of one station, of one loop ("": any)."""

    from_us: int | None = None
    to_us: int | None = None
    station: str = ""
    loop: str = ""


def wanted_events(history: LiveHistory, heads: Heads, wanted: Wanted) -> Iterator[Recorded]:
    """The wanted events of every terminal up to those, oldest first, found without reading what lies before them."""
    found: Iterable[Recorded] = history.up_to(heads, from_us=wanted.from_us or 0)
    if wanted.to_us is not None:
        end_us = wanted.to_us
        found = takewhile(lambda recorded: recorded.moment.us < end_us, found)
    return (recorded for recorded in found if _concerns(recorded, wanted))


def event_table(
    events: Iterable[Recorded], zone: tzinfo, *, document: Callable[[Recorded], Document]
) -> Table[Recorded]:
    """The events; `document` is one of them as `journal --json` prints it."""
    return Table(
        "events",
        EVENT_COLUMNS,
        events,
        row=lambda recorded: _row(recorded, document(recorded), zone),
        document=document,
    )


def _row(recorded: Recorded, document: Document, zone: tzinfo) -> list[Cell]:
    details = {name: value for name, value in document.items() if name not in _TAKEN}
    cells: dict[str, Cell] = {name: _cell(details, name, document.get(name)) for name in _TAKEN}
    cells[_LOCAL] = local_time(recorded.moment.us, zone)
    cells[_LOOP] = details.pop(_LOOP, "") or _loop_of(recorded)
    cells[_DETAILS] = msgspec.json.encode(details).decode() if details else ""
    return [cells[name] for name in _NAMES]


def _cell(details: Document, name: str, value: Any) -> Cell:
    if value is None or isinstance(value, str | int | float):
        return value
    details[name] = value  # an event of a newer program may hold more there than a cell can
    return None


def _concerns(recorded: Recorded, wanted: Wanted) -> bool:
    if wanted.station and getattr(recorded.event, "station", "") != wanted.station:
        return False
    return not wanted.loop or _loop_of(recorded) == wanted.loop


def _loop_of(recorded: Recorded) -> str:
    # A card's name is its loop's and its number: it tells the loop even where the line file has lost it.
    loop: str = getattr(recorded.event, "loop", "") or getattr(recorded.event, "card", "").rpartition("-")[0]
    return loop
