"""One plug, one owner: which devices and lamps would be in each other's way."""

from collections.abc import Iterator

from msgspec import Struct

from shopfloor.core.codes import printable
from shopfloor.linefile.device_checks import WEDGE_PORT
from shopfloor.linefile.ports import HID_NUMBERS, is_serial, place_of
from shopfloor.linefile.problems import Problem
from shopfloor.linefile.tables import Table

SHARED_PORT = "virtual"  # any number of simulated devices may live there

_BAUD = 9600
_UNIT = 1


class _Claim(Struct, frozen=True):
    """What one device or lamp takes of a port: all of it, or of a Modbus unit some inputs or coils."""

    table: Table
    is_modbus: bool
    unit: int
    what: str
    numbers: frozenset[int]


def check_ports(devices: list[Table], lamps: list[Table]) -> Iterator[Problem]:
    """Every device and lamp whose port, or part of a Modbus module, is another's already."""
    claims: dict[tuple[str, str], list[_Claim]] = {}
    for table in [*devices, *lamps]:
        port = (table.text("port") or "").strip() or HID_NUMBERS.get(table.text("kind") or "", "")
        if port in {"", SHARED_PORT}:
            continue
        # Keyboard wedges are one keyboard to the system: what tells them apart is their prefix.
        key = (place_of(port), table.text("prefix", "") or "" if port == WEDGE_PORT else "")
        claim = _claim(table)
        others = claims.setdefault(key, [])
        yield from _meeting(claim, others, port)
        others.append(claim)


def _claim(table: Table) -> _Claim:
    channels = table.table("channels")
    coils = {number for colour in channels.keys if (number := channels.whole(colour)) is not None}
    inputs = {number for one in table.tables("inputs") if (number := one.whole("address")) is not None}
    unit = table.whole("unit")
    return _Claim(
        table=table,
        is_modbus=table.text("kind") == "modbus",
        unit=_UNIT if unit is None else unit,
        what="coil" if coils else "input",
        numbers=frozenset(coils or inputs),
    )


def _meeting(claim: _Claim, others: list[_Claim], port: str) -> Iterator[Problem]:
    alone = next((other for other in others if not (claim.is_modbus and other.is_modbus)), None)
    if alone is not None:
        yield Problem(
            claim.table.path("port"),
            f"port '{printable(port)}' already belongs to {alone.table.path()}",
            "give each device its own port; a name under /dev/serial/by-id stays the same when plugs move",
        )
        return
    for other in others:
        mine, theirs = claim.table.number("baud") or _BAUD, other.table.number("baud") or _BAUD
        if is_serial(port) and mine != theirs:
            yield Problem(
                claim.table.path("baud"),
                f"{mine:g}, and {other.table.path()} on the same bus has {theirs:g}",
                "set all modules of a bus to one speed, and write it in each of them",
            )
            return
    for other in others:
        both = claim.numbers & other.numbers
        if (claim.unit, claim.what) == (other.unit, other.what) and both:
            yield Problem(
                claim.table.path("port"),
                f"{claim.what} {min(both)} of unit {claim.unit} at '{printable(port)}' already belongs to "
                f"{other.table.path()}",
                f"give each its own {claim.what}s, or write the unit it is",
            )
            return
