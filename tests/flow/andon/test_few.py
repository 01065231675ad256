"""Too few calls against tables of Poisson and binomials by hand."""

from fractions import Fraction

from msgspec.structs import replace

from shopfloor.core.line import Line, Station
from shopfloor.core.state_call import CallSource
from shopfloor.flow.andon.few import Basis, FewCalls, Quiet, false_alarms, few_calls
from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.andon.table import table_of
from shopfloor.flow.calendar import WorkCalendar
from tests.helpers.call_records import DAY, H, S, a_record
from tests.helpers.lines import a_line

MONDAY = 1_772_409_600 * S
BASE = a_line(timezone="UTC")


def line(expected_h: float = 0) -> Line:
    return replace(BASE, stations=(Station(id="press", name="Press 1", calls_expected_h=expected_h),))


def press(
    records: list[CallRecord], expected_h: float = 0, *, hours: int = 10, past_hours: int | None = None
) -> FewCalls:
    from_us = MONDAY + DAY
    past_us = None if past_hours is None else from_us - past_hours * H
    (found,) = few_calls(
        line(expected_h), table_of(records), WorkCalendar(BASE), from_us, from_us + hours * H, past_us=past_us
    )
    return found


def calls(count: int, at_us: int = MONDAY + DAY) -> list[CallRecord]:
    return [a_record(at_us + n * S) for n in range(count)]


def test_far_fewer_than_expected_are_too_few() -> None:
    """Ten are expected: P(N ≤ 3) = 0.0103 is borne, P(N ≤ 2) = 0.0028 is not."""
    three, two = press(calls(3), 1.0), press(calls(2), 1.0)
    assert three.chance is not None
    assert two.chance is not None
    assert (f"{float(three.chance):.4f}", f"{float(two.chance):.4f}") == ("0.0103", "0.0028")
    assert [three.verdict, two.verdict] == [Quiet.AS_EXPECTED, Quiet.TOO_FEW]
    assert two.expected == 10


def test_an_expectation_is_a_decimal_and_no_binary_fraction() -> None:
    assert press([], 0.1).expected == 1


def test_more_calls_than_expected_are_never_too_few() -> None:
    assert press(calls(30), 1.0).verdict is Quiet.AS_EXPECTED


def test_calls_that_come_by_themselves_hide_no_silence() -> None:
    by_rules = [replace(call, source=CallSource.RULE) for call in calls(30)]
    assert press(by_rules, 1.0).verdict is Quiet.TOO_FEW


def test_without_an_expectation_the_station_is_compared_with_its_own_past() -> None:
    """Ten calls in ten hours before and none in ten hours now: one way in 1 024."""
    found = press(calls(10, MONDAY + 20 * H), past_hours=10)
    assert found.basis is Basis.PAST
    assert found.expected == 10
    assert found.chance == Fraction(1, 1024)
    assert found.verdict is Quiet.TOO_FEW


def test_a_short_look_can_find_nothing() -> None:
    """Ten calls in ten hours before, none in one: (10/11)¹⁰ = 39 %."""
    found = press(calls(10, MONDAY + 20 * H), hours=1, past_hours=10)
    assert found.chance == Fraction(10, 11) ** 10
    assert found.verdict is Quiet.AS_EXPECTED


def test_without_an_expectation_and_a_past_nothing_is_judged() -> None:
    found = press(calls(3))
    assert (found.verdict, found.basis, found.chance) == (Quiet.NOT_JUDGED, Basis.NOTHING, None)


def test_the_false_alarms_of_many_stations_add_up() -> None:
    judged = press(calls(3), 1.0)
    assert false_alarms([judged] * 20 + [press([])]) == Fraction(1, 5)


def test_a_supplier_outside_is_no_station_that_calls() -> None:
    outside = replace(BASE, stations=(Station(id="mill", name="Mill", outside=True, calls_expected_h=5),))
    assert few_calls(outside, table_of([]), WorkCalendar(BASE), MONDAY, MONDAY + DAY) == ()
