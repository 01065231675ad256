"""MTTR and MTBF against the reference's cases."""

import pytest

from shopfloor.core.line import CallKind, Line, Station
from shopfloor.core.moment import Now
from shopfloor.flow.andon.figures import andon_figures
from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.andon.repair import Repair, repair
from shopfloor.flow.calendar import WorkCalendar
from tests.helpers.call_records import MIN, H, a_record

T0 = 1_760_000_400_000_000
LINE = Line(id="l", name="L", stations=(Station(id="a", name="A"), Station(id="b", name="B")))


def down(station: str, start: str, end: str) -> CallRecord:
    """A stop between two times of the plan from 08:00 to 12:00."""
    from_us, to_us = (T0 + (int(t[:2]) - 8) * H + int(t[3:]) * MIN for t in (start, end))
    stop = CallKind.STOP
    for_us = to_us - from_us
    return a_record(
        from_us, for_us, station=station, kind=stop, raised_kind=stop, stopped_us=from_us, stop_ms=for_us // 1000
    )


def repairs(*records: CallRecord) -> dict[str, Repair]:
    now = Now(T0 + 4 * H, 0, "b")
    found = andon_figures(records, (), LINE, WorkCalendar(LINE), from_us=T0, to_us=T0 + 4 * H, now=now)
    return {one.station: one.repair for one in found.stations}


def test_twelve_failures_in_3600_hours_of_operation() -> None:
    found = repair(12, 720 * MIN, 3600 * H)
    assert (found.mtbf_ms, found.mttr_ms) == (300 * 3_600_000, 60 * 60_000)
    assert found.availability == pytest.approx(0.996678, abs=5e-7)


def test_each_station_has_its_own_failures() -> None:
    found = repairs(down("a", "08:00", "08:10"), down("b", "09:00", "09:30"), down("a", "10:00", "10:20"))
    a, b = found["a"], found["b"]
    assert (a.failures, a.operating_ms, a.mtbf_ms, a.mttr_ms) == (2, 210 * 60_000, 105 * 60_000, 15 * 60_000)
    assert (b.failures, b.operating_ms, b.mtbf_ms, b.mttr_ms) == (1, 210 * 60_000, 210 * 60_000, 30 * 60_000)
    assert (a.availability, b.availability) == (0.875, 0.875)


def test_failures_that_overlap_leave_no_negative_time_between_them() -> None:
    across = repairs(down("b", "09:00", "09:30"), down("a", "09:10", "09:20"))
    assert [one.mtbf_ms for one in across.values()] == [230 * 60_000, 210 * 60_000]
    inside = repairs(down("a", "09:00", "09:30"), down("a", "09:10", "09:20"))["a"]
    assert (inside.failures, inside.mttr_ms, inside.operating_ms) == (1, 30 * 60_000, 210 * 60_000)


def test_without_a_failure_there_is_no_mean() -> None:
    assert repairs()["a"] == Repair(
        failures=0, down_ms=0, operating_ms=14_400_000, mttr_ms=None, mtbf_ms=None, availability=None
    )
