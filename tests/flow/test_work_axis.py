"""Working time as an axis, forth and back."""

from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.line import Line, Shift
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.work_axis import WorkAxis

H = 3_600_000_000
BEGIN = 1_767_600_000_000_000  # Monday, 08:00 UTC
LINE = Line(id="l", name="L", shifts=(Shift(name="early", start="06:00", end="14:00", breaks=(("09:00", "09:15"),)),))


def test_a_night_is_one_point_and_its_instant_the_end_of_work() -> None:
    axis = WorkAxis(WorkCalendar(LINE), BEGIN, BEGIN + 48 * H)
    assert axis.at(BEGIN + 6 * H) == axis.at(BEGIN + 20 * H) == 6 * H - H // 4
    assert axis.instant(6 * H - H // 4) == BEGIN + 6 * H
    assert axis.total_us == 6 * H - H // 4 + 8 * H - H // 4 + 2 * H


@given(st.integers(0, 200 * H), st.integers(0, 200 * H))
def test_differences_are_working_time_and_instants_come_back(one: int, other: int) -> None:
    calendar = WorkCalendar(LINE)
    axis = WorkAxis(calendar, BEGIN, BEGIN + 200 * H)
    low, high = sorted((BEGIN + one, BEGIN + other))
    assert axis.at(high) - axis.at(low) == calendar.working_us(low, high)
    again = axis.instant(axis.at(low))
    assert again <= low
    assert axis.at(again) == axis.at(low)
    assert again == BEGIN or axis.at(again - 1) < axis.at(low)


def test_an_axis_without_length_has_one_point() -> None:
    axis = WorkAxis(WorkCalendar(LINE), BEGIN, BEGIN)
    assert (axis.total_us, axis.at(BEGIN + H), axis.instant(0), axis.instant(5)) == (0, 0, BEGIN, BEGIN)
