"""What was called on the lines of the calls page: weeks of closed calls, as a journal keeps them."""

from collections.abc import Iterable, Iterator

import msgspec

from shopfloor.core.line_andon import CallKind, Scope, Severity
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_call import CallSource
from shopfloor.core.update import DigestRow
from shopfloor.flow.andon.packed import CALL_TIMES, packed
from shopfloor.flow.andon.record import CALLS, CallRecord
from shopfloor.flow.digest import InForce
from tests.gui.board_shops import MIN, START_US, Still
from tests.gui.call_shops import DAY, REASONS, line, mixed, problems
from tests.helpers.call_records import a_record

_WHAT = (
    ("wash", "pump", "leak"),
    ("press", "missing", ""),
    ("press", "quality", "setting"),
    ("wash", "pump", "wear"),
    ("deburr", "tool", "wear"),
    ("press", "wrong", "material"),
    ("assembly", "quality", "method"),
    ("wash", "coolant", ""),
)


def record(number: int) -> CallRecord:
    """A call of long ago: the higher its number, the longer."""
    station, reason, cause = _WHAT[number * 5 % len(_WHAT)]
    known = next(one for one in REASONS if one.id == reason)
    stop = known.kind is CallKind.STOP
    took_us = (40 + number * 53 % 500) * US_PER_S
    raised_us = START_US - 20 * MIN - number * 173 * MIN - (number % 7) * 11 * MIN
    turned = bool(known.deadline_s) and took_us > known.deadline_s * US_PER_S
    stopped_us = raised_us if stop else raised_us + round(known.deadline_s * US_PER_S) if turned else 0
    base = a_record(
        raised_us,
        took_us,
        id=f"old{number}",
        station=station,
        reason=reason,
        raised_kind=known.kind,
        kind=CallKind.STOP if stop or turned else CallKind.HELP,
        scope=Scope.STATION,
        severity=Severity.CRITICAL if stop or turned else known.severity,
        source=CallSource.CONTACT if reason == "coolant" else CallSource.PERSON,
        deadline_s=0 if stop else known.deadline_s,
        arrived_us=raised_us + took_us // 3,
        stopped_us=stopped_us,
        stop_ms=(raised_us + took_us - stopped_us) // 1000 if stopped_us else 0,
        level=number % 3 if reason == "tool" else 0,
        cause=cause,
        note="Needs another look" if number % 9 == 0 else "",
        ack_ms=took_us // 10_000,
    )
    return msgspec.structs.replace(base, rejected="Only a test", cause="") if number % 13 == 5 else base


def rows_of(records: Iterable[CallRecord]) -> Iterator[DigestRow]:
    """What a journal keeps of them, and that the line is three weeks old."""
    yield DigestRow("line", "gearbox", START_US - 25 * DAY, 1, msgspec.json.encode(InForce()))
    for number, one in enumerate(records):
        yield DigestRow(CALLS, "", one.raised_us, 10_000 - number, msgspec.json.encode(one))
        yield DigestRow(CALL_TIMES, "", one.raised_us, 10_000 - number, packed(one))


def past(count: int = 140, *, of: Still | None = None) -> Still:
    """The mixed line, with a past."""
    found = of or mixed()
    found.rows = list(rows_of(record(number) for number in range(count)))
    return found


def young() -> Still:
    """A line of an hour: three calls, and nothing to compare with."""
    found = Still(line(), [])
    found.rows = [row for row in rows_of(record(number) for number in range(3)) if row.series != "line"]
    return found


def worked_on() -> Still:
    """Problems with a past."""
    return past(of=problems())
