"""What no single key can tell: ids that repeat, references into nothing, routes, lanes, codes, ports."""

from collections.abc import Callable, Iterable, Iterator

from shopfloor.core.codes import folded, loop_tag, printable, reason_tag
from shopfloor.linefile.call_checks import (
    check_cause,
    check_duties,
    check_escalation,
    check_policy,
    check_reason,
    check_sender,
)
from shopfloor.linefile.clocktime import clock_time, minutes_or_none
from shopfloor.linefile.device_checks import check_device
from shopfloor.linefile.lamp_checks import check_lamp
from shopfloor.linefile.loop_checks import check_switches
from shopfloor.linefile.port_checks import check_ports
from shopfloor.linefile.print_checks import check_print, check_printer
from shopfloor.linefile.problems import Problem
from shopfloor.linefile.references import reference
from shopfloor.linefile.tables import Table
from shopfloor.linefile.watch_checks import check_watches

_DAY_MIN = 24 * 60
_LISTS = (
    "stations", "parts", "loops", "reasons", "devices", "people", "printers", "causes", "escalations", "senders",
    "lamps",
)  # fmt: skip


def cross_check(file: Table) -> Iterator[Problem]:
    """Every problem between tables of a file, whatever else is wrong in it."""
    for name in _LISTS:
        yield from _unique(file.tables(name), "id", name)
    stations = _ids(file, "stations")
    for station in file.tables("stations"):
        yield from _station(station)
    yield from _segments(file.tables("stations"))
    outside = {text for table in file.tables("stations") if table.is_true("outside") and (text := table.text("id"))}
    for loop in file.tables("loops"):
        yield from _loop(
            loop, stations=stations, parts=_ids(file, "parts"), reasons=_ids(file, "reasons"), outside=outside
        )
        yield from check_print(loop, printers=_ids(file, "printers"))
    for printer in file.tables("printers"):
        yield from check_printer(printer)
    for template in file.tables("templates"):
        yield from _template(template, stations=stations, loops=_ids(file, "loops"))
    for device in file.tables("devices"):
        yield from check_device(device, stations=stations, reasons=_ids(file, "reasons"), outside=outside)
    for lamp in file.tables("lamps"):
        yield from check_lamp(lamp, stations=stations, devices=_ids(file, "devices"), outside=outside)
    yield from check_ports(file.tables("devices"), file.tables("lamps"))
    yield from _calls(file, stations=stations, reasons=_ids(file, "reasons"))
    yield from _badges(file)
    yield from _tags(file, "loops", loop_tag)
    yield from _tags(file, "reasons", reason_tag)
    for shift in file.table("calendar").tables("shifts"):
        yield from _shift(shift)


def _calls(file: Table, *, stations: list[str], reasons: list[str]) -> Iterator[Problem]:
    for reason in file.tables("reasons"):
        yield from check_reason(reason, file=file, reasons=reasons, escalations=_ids(file, "escalations"))
    for cause in file.tables("causes"):
        yield from check_cause(cause, file=file, causes=_ids(file, "causes"), reasons=reasons)
    for escalation in file.tables("escalations"):
        yield from check_escalation(escalation)
    yield from check_policy(file, reasons=reasons)
    yield from check_duties(file)
    for sender in file.tables("senders"):
        yield from check_sender(sender)
    yield from check_watches(file, stations=stations, loops=_ids(file, "loops"), reasons=reasons)


def _ids(file: Table, name: str) -> list[str]:
    return [text for table in file.tables(name) if (text := table.text("id")) is not None]


def _unique(tables: Iterable[Table], key: str, name: str) -> Iterator[Problem]:
    first: dict[str, Table] = {}
    for table in tables:
        text = table.text(key)
        if text is None:
            continue
        other = first.setdefault(text, table)
        if other is not table:
            yield Problem(
                table.path(key),
                f"'{printable(text)}' is already {other.path()}",
                f"give each of [[{name}]] its own {key}",
            )


def _station(station: Table) -> Iterator[Problem]:
    target, least = station.number("cycle_target_s"), station.number("cycle_min_s")
    if target is not None and least is not None and least > target > 0:
        yield Problem(
            station.path("cycle_min_s"),
            f"{least:g} s is longer than the target of {target:g} s, so every good finish would be asked about",
            "make cycle_min_s shorter than cycle_target_s, or leave it away",
        )


def _segments(stations: list[Table]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for station in stations:
        segment = (station.text("segment") or "").strip()
        other = first.setdefault(segment.casefold(), segment)
        if other != segment:
            yield Problem(
                station.path("segment"),
                f"'{printable(segment)}' and '{printable(other)}' differ only in capitals, and are two segments",
                "write the name of a segment alike everywhere",
            )


def _loop(
    loop: Table, *, stations: list[str], parts: list[str], reasons: list[str], outside: set[str]
) -> Iterator[Problem]:
    if (part := loop.text("part")) is not None:
        yield from reference(loop.path("part"), part, known=parts, what="part", table="parts")
    seen: set[str] = set()
    for index, station in loop.texts("route"):
        path = loop.path("route", index)
        yield from reference(path, station, known=stations, what="station", table="stations")
        if station in seen:
            yield Problem(
                path,
                f"station '{printable(station)}' is in this route twice: a scan there could not tell the visits apart",
                "name each station once; a second visit needs a station of its own",
            )
        seen.add(station)
    yield from check_switches(loop, stations=stations, route=seen, reasons=reasons, outside=outside)
    yield from _lanes(loop)


def _lanes(loop: Table) -> Iterator[Problem]:
    lanes, route = loop.items("lane_limits"), loop.items("route")
    if lanes is None or not route or len(lanes) == len(route) - 1:
        return
    expected = len(route) - 1
    remedy = "one number for each station of the route after the first, or leave lane_limits away for no limits"
    yield Problem(
        loop.path("lane_limits"),
        f"expected {expected} {'limit' if expected == 1 else 'limits'} for a route of {len(route)}, got {len(lanes)}",
        remedy if expected else "remove lane_limits: a route of one station has no lane",
    )


def _template(template: Table, *, stations: list[str], loops: list[str]) -> Iterator[Problem]:
    if (loop := template.text("loop")) is not None:
        yield from reference(template.path("loop"), loop, known=loops, what="loop", table="loops")
    if (station := template.text("station")) is not None:
        yield from reference(template.path("station"), station, known=stations, what="station", table="stations")


def _badges(file: Table) -> Iterator[Problem]:
    no_reads = {folded(token) for device in file.tables("devices") for _, token in device.texts("no_read")}
    first: dict[str, Table] = {}
    for person in file.tables("people"):
        badge = person.text("badge")
        if badge is None:
            continue
        other = first.setdefault(folded(badge), person)
        if other is not person:
            yield Problem(
                person.path("badge"),
                f"badge '{printable(badge)}' already belongs to {other.path()} (capitals do not count)",
                "give each person a badge of their own",
            )
        if folded(badge) in no_reads:
            yield Problem(
                person.path("badge"),
                f"'{printable(badge)}' is what a scanner sends for no-read",
                "choose another badge",
            )


def _tags(file: Table, name: str, tag_of: Callable[[str, str], str]) -> Iterator[Problem]:
    line_id = file.table("line").text("id")
    if line_id is None:
        return
    first: dict[str, str] = {}
    for table in file.tables(name):
        item = table.text("id")
        if item is None:
            continue
        other = first.setdefault(tag_of(line_id, item), item)
        if other != item:
            yield Problem(
                table.path("id"),
                f"the bar codes of '{printable(item)}' and '{printable(other)}' would begin alike",
                "rename one of them, e.g. with a digit behind it",
            )


def _shift(shift: Table) -> Iterator[Problem]:
    days = [day for _, day in shift.texts("days")]
    for index, day in shift.texts("days"):
        if day in days[:index]:
            yield Problem(shift.path("days", index), f"'{printable(day)}' is named twice", "name each day once")
    start, end = shift.text("start", "") or "", shift.text("end", "") or ""
    first, last = minutes_or_none(start), minutes_or_none(end)
    if first is None or last is None:
        return
    length = (last - first) % _DAY_MIN or _DAY_MIN
    taken: list[tuple[int, int]] = []
    for index, pair in enumerate(shift.items("breaks") or ()):
        times = [minutes_or_none(time) for time in pair] if isinstance(pair, list) else []
        if len(times) != 2 or times[0] is None or times[1] is None:
            continue
        begin, finish = (times[0] - first) % _DAY_MIN, (times[1] - first) % _DAY_MIN or _DAY_MIN
        path, words = shift.path("breaks", index), f"the break {clock_time(times[0])} to {clock_time(times[1])}"
        if times[0] == times[1] or begin >= finish or finish > length:
            yield Problem(
                path,
                f"{words} is not inside the shift {start} to {end}",
                "let the break begin and end within the shift, the beginning first",
            )
        elif any(begin < other_end and other_begin < finish for other_begin, other_end in taken):
            yield Problem(path, f"{words} overlaps another one", "make them one break")
        else:
            taken.append((begin, finish))
