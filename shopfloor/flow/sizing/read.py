"""Inputs of a sizing from texts, as typed on a command line or a page: every mistake at once."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from shopfloor.core.text import Text
from shopfloor.flow.sizing.values import Inputs, Rounding, SupplierCycle
from shopfloor.flow.units import (
    InputError,
    Wrong,
    read_amount,
    read_count,
    read_number,
    read_rate,
    read_share,
    read_span,
)
from shopfloor.flow.working_time import WorkingTime

_READ: dict[str, Callable[[str, str], Any]] = {
    "demand": read_rate,
    "lead_time": read_span,
    "container": read_amount,
    "cards": read_count,
    "safety": read_share,
    "stock": read_amount,
    "lot": read_amount,
    "multiple": read_amount,
    "minimum": read_amount,
    "constant": read_count,
    "closed": read_span,
    "capacity_buffer": read_number,
    "sigma": read_rate,
    "sigma_lead_time": read_span,
    "service": read_share,
    "z": read_number,
    "interval": read_span,
    "scan_delay": read_span,
    "next_lead_time": read_span,
    "move_time": read_span,
    "return_time": read_span,
    "lead_time_factor": read_number,
    "variability": read_number,
    "on_hand": read_amount,
    "incoming": read_amount,
    "due": read_amount,
    "in_progress": read_amount,
    "tolerance": read_share,
}
_TIMES = ("shift", "day", "week")
_CYCLE = re.compile(r"(\d{1,3})-(\d{1,3})-(\d{1,3})", re.ASCII)


def read_inputs(texts: Mapping[str, str], *, rounding: Rounding = Rounding.UP) -> Inputs:
    """The inputs by their names, also `shift`, `day` and `week` at work. Raises InputError with every mistake."""
    wrongs: list[Wrong] = []
    values: dict[str, Any] = {}
    for name, text in texts.items():
        try:
            values[name] = _reader(name)(text, name)
        except InputError as wrong:
            wrongs += wrong.wrongs
    time = WorkingTime(**{name: values.pop(name) for name in _TIMES if name in values})
    try:
        time.check()
    except InputError as wrong:
        wrongs += wrong.wrongs
    if wrongs:
        raise InputError(*wrongs)
    return Inputs(**values, time=time, rounding=rounding)


def read_cycle(text: str, name: str) -> SupplierCycle:
    """A delivery cycle `1-4-4`: days, deliveries, delay in deliveries. Raises InputError."""
    found = _CYCLE.fullmatch(text.strip())
    if found is None or not int(found[1]) or not int(found[2]):
        remedy = Text("1-4-4: in 1 day 4 deliveries, a card comes back 4 deliveries later.")
        raise InputError(Wrong(name, Text("days-deliveries-delay such as 1-4-4"), text, remedy))
    return SupplierCycle(int(found[1]), int(found[2]), int(found[3]))


def _reader(name: str) -> Callable[[str, str], Any]:
    if name in _TIMES:
        return read_span
    return read_cycle if name == "cycle" else _READ[name]
