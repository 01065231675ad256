"""The calendar buffer and the capacity buffer, by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.line import Shift
from shopfloor.flow.calendar import WEEK_MIN, week_work
from shopfloor.flow.sizing.buffers import calendar_buffer, closed_hours, closed_hours_of_shifts
from shopfloor.flow.sizing.values import NoAnswerError
from shopfloor.flow.units import InputError
from tests.flow.sizing.asked import ask, values

F = Fraction
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WEEK = DAYS[:5]
PLAIN = {"demand": "30/h", "lead_time": "8h", "container": "40"}  # 240 ÷ 40 + 1 = 7 cards


def shift(start: str, end: str, days: tuple[str, ...] = WEEK, *breaks: tuple[str, str]) -> Shift:
    return Shift(name="s", start=start, end=end, days=days, breaks=breaks)


DAY = shift("06:00", "14:00")
LATE = shift("14:00", "22:00")
NIGHT = shift("22:00", "06:00")


@pytest.mark.parametrize(
    ("consumer", "supplier", "hours"),
    [
        ([DAY, LATE], [DAY], 8),  # 14-22 each day; Friday's evening is no longer, for nobody works at the weekend
        ([DAY, LATE, NIGHT], [DAY], 16),  # 14-06; Friday's is the same: Saturday ends at 06:00
        ([DAY], [DAY, LATE], 0),
        ([DAY], [DAY], 0),
        ([DAY, shift("06:00", "14:00", ("sat",))], [DAY], 8),  # Saturday
        ([DAY, LATE, shift("06:00", "14:00", ("sat", "sun"))], [DAY], 24),  # Friday's evening, Saturday, Sunday
        ([shift("04:00", "16:00")], [shift("06:00", "14:00")], 4),  # evening and next morning are one stretch
        ([shift("06:00", "14:00", DAYS)], [shift("06:00", "14:00", (*WEEK[:4], "sat", "sun"))], 8),  # no Friday
        ([NIGHT], [DAY], 8),
        ([DAY], [NIGHT], 8),
        ([shift("22:00", "06:00", ("sun", *WEEK[:4]))], [shift("22:00", "06:00", WEEK)], 8),  # Sunday's night only
        ([], [DAY], 64),  # always at work: Friday 14:00 to Monday 06:00
        ([DAY], [], 0),  # a supplier without shifts always works
        ([shift("06:00", "14:00")], [shift("06:00", "14:00", WEEK, ("09:00", "09:30"))], F(1, 2)),
        ([shift("06:00", "14:00", WEEK, ("09:00", "09:30"))], [shift("10:00", "18:00")], F(7, 2)),
        ([DAY], [shift("06:00", "14:00", ("wed",))], 32),  # Thursday, Friday, Monday, Tuesday: over the week's end
    ],
)
def test_the_longest_work_without_the_supplier(consumer: list[Shift], supplier: list[Shift], hours: Fraction) -> None:
    assert closed_hours_of_shifts(consumer, supplier) == hours


def test_a_supplier_that_never_works_has_no_buffer() -> None:
    with pytest.raises(ValueError, match="never does"):
        closed_hours(week_work([DAY]), ())


def test_cards_for_eight_hours_without_the_supplier() -> None:
    consumer, supplier = week_work([DAY, LATE]), week_work([DAY])
    assert calendar_buffer(consumer, supplier, F(30), F(40)) == 6, "240 pieces"
    assert calendar_buffer(consumer, supplier, F(30), F(41)) == 6, "5.85 cards"
    assert calendar_buffer(supplier, consumer, F(30), F(40)) == 0


def test_shifts_become_minutes_of_a_week_that_repeats() -> None:
    assert week_work([]) == ((0, WEEK_MIN),)
    assert week_work([shift("22:00", "06:00", ("sun",))]) == ((0, 360), (WEEK_MIN - 120, WEEK_MIN))
    assert week_work([shift("06:00", "14:00", ("mon",), ("09:00", "09:30"))]) == ((360, 540), (570, 840))


def test_sap_rounds_the_proportions_and_each_buffer_by_itself() -> None:
    plain = ask("sap", demand="30/h", lead_time="8h", container="50")
    assert values(plain.exact, plain.cards) == (F(29, 5), 6)
    both = ask("sap", demand="30/h", lead_time="8h", container="50", closed="4h", capacity_buffer="1.5")
    # 4.8 + 1, 2.4 and 1.5 are 9.7 in sum, which would be 10; rounded each they are 6 + 3 + 2.
    assert values(both.exact, both.cards) == (F(97, 10), 11)
    terms = {term.name: term.value for term in both.terms}
    assert values(terms["calendar_buffer"], terms["calendar_cards"]) == (F(12, 5), 3)
    assert values(terms["capacity_buffer"], terms["capacity_cards"]) == (F(3, 2), 2)
    assert [step.value for step in both.steps][-1] == 11
    assert "each buffer by itself" in str(both.rounding)


def test_rounding_down_leaves_the_buffers_whole() -> None:
    down = ask("sap", demand="30/h", lead_time="8h", container="50", closed="4h", rounding="down")
    assert down.cards == 5 + 3


def test_the_safety_factor_is_not_for_the_calendar_buffer() -> None:
    assert ask("sap", **PLAIN, safety="100%", closed="8h").cards == 12 + 1 + 6


def test_the_time_without_supplier_needs_the_length_of_a_day() -> None:
    daily = {"demand": "480/day", "lead_time": "0.5d", "container": "40"}
    with pytest.raises(InputError, match="closed"):
        ask("sap", **daily, closed="8h")
    assert ask("sap", **daily, closed="8h", day="16h").cards == 7 + 6


def test_buffers_give_cards_only() -> None:
    for buffer in ({"closed": "8h"}, {"capacity_buffer": "1"}):
        with pytest.raises(NoAnswerError, match="container"):
            ask("sap", demand="30/h", lead_time="8h", cards="9", **buffer)


def test_a_formula_without_buffers_says_so() -> None:
    assert ask("toyota", **PLAIN, closed="8h", capacity_buffer="1").unused == ("closed", "capacity_buffer")


@given(st.integers(0, 10_000), st.integers(0, 5000), st.integers(1, 5000))
def test_buffers_never_take_a_card_away(closed_min: int, capacity: int, container: int) -> None:
    asked = {"demand": "30/h", "lead_time": "8h", "container": str(container)}
    buffered = ask("sap", **asked, closed=f"{closed_min}min", capacity_buffer=f"{capacity}/1000")
    plain = ask("sap", **asked)
    assert buffered.cards == plain.cards + -(-closed_min * 30 // (60 * container)) + -(-capacity // 1000)
    assert buffered.cards >= plain.cards
    assert buffered.cards >= buffered.exact


clock = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.sampled_from([0, 15, 30]))
weekdays = st.sets(st.sampled_from(DAYS), min_size=1).map(tuple)
shifts = st.lists(st.builds(shift, clock, clock, weekdays), min_size=1, max_size=4)


@given(shifts, shifts)
def test_the_longest_stretch_is_that_of_counting_every_quarter_hour(
    consumer: list[Shift], supplier: list[Shift]
) -> None:
    works, delivers = (
        [any(a <= minute < b for a, b in week_work(of)) for minute in range(0, WEEK_MIN, 15)]
        for of in (consumer, supplier)
    )
    longest = run = 0
    for at_work, open_ in zip(works * 2, delivers * 2, strict=True):
        run = 0 if open_ else run + at_work
        longest = max(longest, run)
    assert closed_hours_of_shifts(consumer, supplier) == F(longest, 4)
