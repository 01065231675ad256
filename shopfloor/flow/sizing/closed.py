"""How long a consumer works while its supplier does not: from shifts, the supplier's as typed."""

import re
from collections.abc import Iterable, Mapping

from shopfloor.core.line import Shift
from shopfloor.core.text import Text
from shopfloor.flow.sizing.buffers import closed_hours_of_shifts
from shopfloor.flow.units import InputError, Wrong

# A calendar of a week with an own line for every day and shift has 21; more is a slip.
SHIFTS_MAX = 50

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAME = "supplier_shifts"
_CLOCK = r"(?:[01]\d|2[0-3]):[0-5]\d"
_SHIFT = re.compile(rf"({_CLOCK})-({_CLOCK})\s+([a-z]{{3}})(?:-([a-z]{{3}}))?", re.ASCII)
_EXAMPLE = Text('Write "06:00-14:00 mon-fri", or several: "06:00-14:00 mon-fri, 06:00-12:00 sat".')


def with_closed(texts: Mapping[str, str], consumer: Iterable[Shift] | None, supplier: str | None) -> Mapping[str, str]:
    """The texts of a sizing, with `closed` where the shifts of both are given. Raises InputError."""
    if consumer is None and supplier is None:
        return texts
    if consumer is None or supplier is None:
        name, other = (_NAME, "--line line.toml") if consumer is None else ("line", '--supplier-shifts "…"')
        remedy = Text("The consumer's shifts are those of the line file: add {other}.", {"other": other})
        raise InputError(Wrong(name, Text("both calendars"), "one", remedy))
    if "closed" in texts:
        raise InputError(Wrong("closed", Text("a time or the calendars"), "both", Text("One follows from the other.")))
    hours = closed_hours_of_shifts(consumer, read_shifts(supplier))
    return {**texts, "closed": f"{int(hours * 60)}min"}


def read_shifts(text: str) -> tuple[Shift, ...]:
    """Shifts such as `06:00-14:00 mon-fri, 22:00-06:00 sun-thu`. Raises InputError."""
    pieces = text.lower().split(",")
    if len(pieces) > SHIFTS_MAX:
        expected = Text("at most {n} shifts", {"n": SHIFTS_MAX})
        raise InputError(Wrong(_NAME, expected, str(len(pieces)), _EXAMPLE))
    return tuple(_shift(piece.strip()) for piece in pieces)


def _shift(text: str) -> Shift:
    found = _SHIFT.fullmatch(text)
    if found is None:
        raise InputError(Wrong(_NAME, Text("a shift from HH:MM to HH:MM on weekdays"), text or "nothing", _EXAMPLE))
    first, last = found[3], found[4] or found[3]
    unknown = [day for day in (first, last) if day not in _DAYS]
    if unknown:
        days = Text("Days are {days}.", {"days": ", ".join(_DAYS)})
        raise InputError(Wrong(_NAME, Text("a weekday"), unknown[0], days))
    begin = _DAYS.index(first)
    count = (_DAYS.index(last) - begin) % len(_DAYS) + 1
    days_of = tuple(_DAYS[(begin + n) % len(_DAYS)] for n in range(count))
    return Shift(name="supplier", start=found[1], end=found[2], days=days_of)
