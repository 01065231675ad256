"""A line in a few lines of text, for whoever has just checked its file."""

from collections import Counter
from collections.abc import Iterable, Iterator

from shopfloor.core.line import Consume, Device, LimitPolicy, Line, Loop, LoopKind, Shift, Station
from shopfloor.linefile.clocktime import DAYS, minutes_of
from shopfloor.linefile.describe_andon import (
    duty_row,
    escalation_row,
    lamp_row,
    policy_line,
    reason_row,
    sender_row,
    watch_row,
)

_DAY_MIN = 24 * 60
_WEEK_MIN = 7 * _DAY_MIN


def describe(line: Line) -> str:
    """What a line file says, in the words of the line, one fact a line."""
    return "\n".join(_lines(line))


def _lines(line: Line) -> Iterator[str]:
    head = [f"{line.name} ({line.id})", line.timezone]
    if line.takt_s is not None:
        head.append(f"takt {line.takt_s:g} s")
    if line.wip_limit is not None:
        head.append(f"at most {line.wip_limit} cards released")
    yield " · ".join(head)
    yield from _block("stations", len(line.stations), _rows(map(_station, line.stations)))
    cards = sum(loop.cards for loop in line.loops)
    yield from _block("loops", len(line.loops), _rows(_loop(line, loop) for loop in line.loops), f", {cards} cards")
    yield from _block("reasons", len(line.reasons), _rows(reason_row(line, reason) for reason in line.reasons))
    yield from _block("devices", len(line.devices), _rows(map(_device, line.devices)))
    yield from _calls(line)
    roles = Counter(person.role for person in line.people)
    people = ", ".join(f"{count} {role}" for role, count in roles.items())
    yield f"people: {people}" if people else "people: none named, so everybody has every right"
    hours = _week_min(line.shifts) / 60
    yield f"working time: {hours:g} h a week in {len(line.shifts)} shifts" if line.shifts else "working time: always"


def _calls(line: Line) -> Iterator[str]:
    blocks: tuple[tuple[str, list[tuple[str, ...]]], ...] = (
        ("causes", [(cause.id, cause.name, cause.parent) for cause in line.causes]),
        ("escalations", list(map(escalation_row, line.escalations))),
        ("roster", list(map(duty_row, line.roster))),
        ("senders", list(map(sender_row, line.senders))),
        ("watches", list(map(watch_row, line.watches))),
        ("lamps", list(map(lamp_row, line.lamps))),
    )
    for name, rows in blocks:
        if rows:
            yield from _block(name, len(rows), _rows(rows))
    yield from policy_line(line.andon)


def _block(name: str, count: int, rows: Iterable[str], extra: str = "") -> Iterator[str]:
    yield f"{name}: {count}{extra}" if count else f"{name}: none"
    yield from rows


def _rows(rows: Iterable[tuple[str, ...]]) -> list[str]:
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        ("  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))).rstrip() for row in table
    ]


def _station(station: Station) -> tuple[str, ...]:
    limit = "no limit" if station.wip_limit is None else f"limit {station.wip_limit}"
    if station.wip_limit is not None and station.limit_policy is LimitPolicy.SOFT:
        limit += " (soft)"
    target = "" if station.cycle_target_s is None else f"target {station.cycle_target_s:g} s"
    return station.id, station.name, limit, target, f"in {station.segment}" if station.segment else ""


def _loop(line: Line, loop: Loop) -> tuple[str, ...]:
    part = next((part for part in line.parts if part.id == loop.part), None)
    name = f"{loop.part} {part.description}".strip() if part else loop.part
    way = loop.route[0]
    for index, station in enumerate(loop.route[1:]):
        lane = loop.lane_limits[index] if index < len(loop.lane_limits) else None
        way += f" → {station}" if lane is None else f" →({lane}) {station}"
    if loop.consumer is None:
        way += " → free again"
    else:
        way += f"{' → transit' if loop.transit else ''} → store → {loop.consumer}"
    way += "".join(f" · {fact}" for fact in _switches(loop))
    unit = part.unit if part else "pcs"
    return loop.id, name, f"{loop.cards} × {loop.quantity} {unit}", way


def _switches(loop: Loop) -> Iterator[str]:
    if loop.kind is not LoopKind.PRODUCTION:
        yield loop.kind
    if loop.lot != 1:
        yield f"lots of {loop.lot}" if loop.lot else "released by the planner"
    if loop.consume is Consume.PIECES:
        yield "taken by pieces"
    if loop.acknowledge:
        yield f"acknowledged within {loop.response_s:g} s" if loop.response_s else "acknowledged"
    if loop.lives:
        yield f"{loop.lives} {'cycle' if loop.lives == 1 else 'cycles'} a card"
    if loop.expires:
        yield f"until {loop.expires}"
    if loop.jokers:
        yield f"{loop.jokers} of them jokers"
    if loop.print_on is not None:
        yield f"printed at {loop.printer} when {loop.print_on}"


def _device(device: Device) -> tuple[str, ...]:
    closed = {one.name for one in device.inputs if one.normally_closed}
    buttons = ", ".join(
        f"{line}{' (normally closed)' if line in closed else ''} = {action}" for line, action in device.map.items()
    )
    return device.id, f"{device.kind} at {device.station}", device.port, buttons


def _week_min(shifts: Iterable[Shift]) -> int:
    minutes: set[int] = set()  # shifts may overlap; a minute counts once
    for shift in shifts:
        start = minutes_of(shift.start)
        pauses = {
            (minutes_of(begin) - start + more) % _DAY_MIN
            for begin, end in shift.breaks
            for more in range((minutes_of(end) - minutes_of(begin)) % _DAY_MIN)
        }
        worked = [more for more in range((minutes_of(shift.end) - start) % _DAY_MIN or _DAY_MIN) if more not in pauses]
        for day in shift.days:
            first = DAYS.index(day) * _DAY_MIN + start
            minutes.update((first + more) % _WEEK_MIN for more in worked)
    return len(minutes)
