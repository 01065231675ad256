"""Devices: what their kind has and has not, what their buttons and inputs do."""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from shopfloor.core.codes import parse_action, printable
from shopfloor.linefile.ports import DEVICE_PORTS, SECRETS, is_serial, names_somebody
from shopfloor.linefile.problems import Problem, did_you_mean
from shopfloor.linefile.references import reference
from shopfloor.linefile.tables import Table

WEDGE_PORT = "wedge"  # a scanner that types
POLL_MS_MIN = 10  # no module answers sooner
SERIAL_UNIT_MAX = 247  # 0 is everybody, and the rest is reserved

_WEDGE_PREFIX = re.compile(r"STX|F([1-9]|[12][0-9]|3[0-5])|[ -~\u00a1-\U0010ffff]")
_OF_MODULES = ("inputs", "unit", "poll_ms")
_MEANINGLESS: Mapping[str, tuple[str, ...]] = MappingProxyType({
    "scanner": (*_OF_MODULES, "user"),
    "buttons": (*_OF_MODULES, "user"),
    "modbus": ("prefix", "no_read", "user"),
    "mqtt": (*_OF_MODULES, "baud", "prefix", "no_read"),
})  # fmt: skip
_NAMES: Mapping[str, str] = MappingProxyType({
    "scanner": "a scanner",
    "buttons": "a button box",
    "modbus": "a Modbus module",
    "mqtt": "an MQTT topic",
})  # fmt: skip


def check_device(device: Table, *, stations: list[str], reasons: list[str], outside: set[str]) -> Iterator[Problem]:
    """Every problem of one device, its port's neighbours apart."""
    if (station := device.text("station")) is not None:
        yield from reference(device.path("station"), station, known=stations, what="station", table="stations")
        yield from check_inside(device, station, outside)
    kind, port = device.text("kind") or "", (device.text("port") or "").strip()
    form = DEVICE_PORTS.get(kind)
    if kind == "mqtt" and names_somebody(port):
        yield Problem(
            device.path("port"),
            "names somebody in front of the host, and everybody can read this file",
            f'write user = "..." apart; if there is a password, {SECRETS}',
        )
    elif form is not None and port and not form.pattern.fullmatch(port):
        yield Problem(device.path("port"), f"'{printable(port)}' is no port of {_NAMES[kind]}", form.remedy)
    for key in _MEANINGLESS.get(kind, ()):
        if device.has(key):
            yield Problem(device.path(key), f"means nothing for {_NAMES[kind]}", "remove it")
    yield from _prefix(device, port)
    yield from _map(device, kind, reasons=reasons)
    if kind == "modbus":
        yield from check_bus(device, port)
        yield from _module(device)


def check_inside(table: Table, station: str, outside: set[str]) -> Iterator[Problem]:
    """Nothing of ours is where a supplier is."""
    if station in outside:
        yield Problem(
            table.path("station"),
            f"station '{printable(station)}' stands for a supplier: no terminal of this line is there",
            "remove outside = true from the station, or name another station",
        )


def check_bus(table: Table, port: str) -> Iterator[Problem]:
    """Speed and unit of a Modbus module fit its bus."""
    unit = table.number("unit")
    if table.has("baud") and port.startswith("modbus://"):
        yield Problem(table.path("baud"), "a network has no baud", "remove it")
    if unit is not None and is_serial(port) and not 1 <= unit <= SERIAL_UNIT_MAX:
        yield Problem(
            table.path("unit"),
            f"expected 1 to {SERIAL_UNIT_MAX} on a serial bus, got {unit:g}",
            "write the address that is set on the module",
        )


def _prefix(device: Table, port: str) -> Iterator[Problem]:
    prefix = device.text("prefix", "") or ""
    if port == WEDGE_PORT and prefix and not _WEDGE_PREFIX.fullmatch(prefix):
        yield Problem(
            device.path("prefix"),
            f"expected one character, STX, or F1 to F35 as the key that announces a scan, got '{printable(prefix)}'",
            'program the scanner to type ~ before each code, and write prefix = "~"',
        )


def _map(device: Table, kind: str, *, reasons: list[str]) -> Iterator[Problem]:
    buttons = device.table("map")
    is_written = bool(buttons.keys) or bool(device.has("map") and device.items("map"))
    if kind == "scanner" and device.has("map"):
        yield Problem(
            device.path("map"), "a scanner has no buttons to map", 'remove [devices.map], or use kind = "buttons"'
        )
    if kind == "buttons" and not is_written:
        yield Problem(
            device.path("map"),
            "a button box needs to say what its buttons do",
            'add [devices.map] with lines such as "B1" = "call:material"',
        )
    if kind == "mqtt" and not is_written:
        yield Problem(
            device.path("map"),
            "an MQTT topic needs to say what its words do",
            'add [devices.map] with lines such as "single" = "call:material"',
        )
    for line in buttons.keys:
        if reason := _action(buttons, line)[1]:
            yield from reference(buttons.path(line), reason, known=reasons, what="reason", table="reasons")
        if line != line.strip() or not line:
            yield Problem(buttons.path(line), "a button's line begins or ends with blanks", "write it without them")


def _action(buttons: Table, line: str) -> tuple[str, str]:
    """Verb and argument; both "" for what is no action: its shape was refused."""
    try:
        verb, argument = parse_action(buttons.text(line, "") or "")
    except ValueError:
        return "", ""
    return verb.value, argument


def _module(device: Table) -> Iterator[Problem]:
    inputs, buttons = device.tables("inputs"), device.table("map")
    if not inputs and not device.items("inputs"):
        yield Problem(
            device.path("inputs"),
            "a Modbus module without inputs says nothing",
            'add [[devices.inputs]] with name = "cord" and address = 0',
        )
    poll_ms = device.number("poll_ms")
    if poll_ms is not None and 0 < poll_ms < POLL_MS_MIN:
        yield Problem(
            device.path("poll_ms"),
            f"expected {POLL_MS_MIN} or more, got {poll_ms:g}",
            "write a larger number, or leave poll_ms away for what the bus bears",
        )
    names = [name for one in inputs if (name := one.text("name")) is not None]
    for line in buttons.keys:
        if line.strip() and line not in names:
            yield Problem(
                buttons.path(line),
                f"'{printable(line)}' is no input of this module",
                did_you_mean(line, names, otherwise=f'add [[devices.inputs]] with name = "{printable(line)}"'),
            )
    yield from _taken_twice(inputs)
    for one in inputs:
        yield from _input(one, buttons)


def _input(one: Table, buttons: Table) -> Iterator[Problem]:
    name, mode = one.text("name"), one.text("mode", "press")
    if name is not None and not buttons.has(name):
        yield Problem(
            one.path("name"),
            f"nothing says what '{printable(name)}' does",
            f'add "{printable(name)}" = "call:REASON" below [devices.map]',
        )
    if mode == "contact":
        verb = _action(buttons, name or "")[0]
        if verb and verb not in {"call", "stop"}:
            yield Problem(
                buttons.path(name or ""),
                f"a contact calls for as long as it says so, and cannot {verb}",
                'write call:REASON, stop or stop:REASON, or mode = "press" for a button',
            )
        if one.has("counter"):
            yield Problem(
                one.path("counter"),
                "a counter counts presses, and a contact stays as it is",
                'remove it, or write mode = "press"',
            )
    if one.has("counter_words") and not one.has("counter"):
        yield Problem(
            one.path("counter_words"), "means nothing without a counter", "add counter = its register, or remove it"
        )


def _taken_twice(inputs: list[Table]) -> Iterator[Problem]:
    names: dict[str, Table] = {}
    places: dict[int, Table] = {}
    registers: dict[int, Table] = {}
    for one in inputs:
        name, address, counter = one.text("name"), one.whole("address"), one.whole("counter")
        if name is not None and (other := names.setdefault(name, one)) is not one:
            yield Problem(one.path("name"), f"'{printable(name)}' is already {other.path()}", "give it another name")
        if address is not None and (other := places.setdefault(address, one)) is not one:
            yield Problem(
                one.path("address"), f"address {address} is already {other.path()}", "give each input its own address"
            )
        words = one.whole("counter_words") or 2
        for register in range(counter, counter + words) if counter is not None and words in {1, 2} else ():
            if (other := registers.setdefault(register, one)) is not one:
                yield Problem(
                    one.path("counter"),
                    f"register {register} is already the counter of {other.path()}",
                    "give each counter its own registers, or write counter_words = 1 if it has one",
                )
                break
