"""Working time against hand-counted hours; the clocks of Berlin go forward on 29 March 2026 and back on 25 October."""

import itertools
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.line import Line, Shift
from shopfloor.flow.calendar import WorkCalendar

MIN = 60_000_000
HOUR = 60 * MIN
DAY = 24 * HOUR
ALL = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

EARLY = Shift(name="early", start="06:00", end="14:00", breaks=(("09:00", "09:15"), ("12:00", "12:30")))
NIGHT = Shift(name="night", start="22:00", end="06:00", days=ALL, breaks=(("02:00", "02:30"),))


def calendar(*shifts: Shift, zone: str = "Europe/Berlin") -> WorkCalendar:
    return WorkCalendar(Line(id="l", name="L", timezone=zone, shifts=shifts))


def at(text: str, zone: str = "Europe/Berlin", fold: int = 0) -> int:
    local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold)
    return round(local.timestamp() * 1_000_000)


def test_breaks_are_no_working_time() -> None:
    early = calendar(EARLY)
    assert early.working_us(at("2026-03-02 00:00"), at("2026-03-03 00:00")) == 8 * HOUR - 45 * MIN
    assert early.working_us(at("2026-03-02 08:50"), at("2026-03-02 09:20")) == 15 * MIN
    assert early.working_us(at("2026-03-02 09:00"), at("2026-03-02 09:15")) == 0


def test_a_weekend_between_friday_and_monday_counts_nothing() -> None:
    assert calendar(EARLY).working_us(at("2026-03-06 13:58"), at("2026-03-09 06:03")) == 5 * MIN


def test_without_shifts_all_time_is_working_time() -> None:
    assert calendar().working_us(5, 1005) == 1000
    assert calendar().working_us(1005, 5) == 0
    assert calendar().shift_at(at("2026-03-02 08:00")) is None


def test_a_night_shift_goes_over_midnight() -> None:
    night = calendar(NIGHT)
    assert night.working_us(at("2026-03-02 22:00"), at("2026-03-03 06:00")) == 8 * HOUR - 30 * MIN
    assert night.working_us(at("2026-03-03 00:00"), at("2026-03-03 12:00")) == 6 * HOUR - 30 * MIN


def test_a_friday_night_shift_ends_on_saturday_and_saturday_has_none() -> None:
    weekdays = calendar(Shift(name="night", start="22:00", end="06:00"))
    assert weekdays.working_us(at("2026-03-07 00:00"), at("2026-03-08 00:00")) == 6 * HOUR
    assert weekdays.working_us(at("2026-03-08 00:00"), at("2026-03-09 00:00")) == 0


def test_a_night_without_its_lost_hour() -> None:
    night = calendar(Shift(name="night", start="22:00", end="06:00", days=ALL))
    assert night.working_us(at("2026-03-28 22:00"), at("2026-03-29 06:00")) == 7 * HOUR


def test_a_night_with_its_hour_twice() -> None:
    night = calendar(Shift(name="night", start="22:00", end="06:00", days=ALL))
    assert night.working_us(at("2026-10-24 22:00"), at("2026-10-25 06:00")) == 9 * HOUR


def test_a_break_in_the_lost_hour_takes_nothing() -> None:
    night = calendar(NIGHT)
    assert night.working_us(at("2026-03-28 22:00"), at("2026-03-29 06:00")) == 7 * HOUR


def test_a_shift_that_begins_in_the_lost_hour_begins_at_the_change() -> None:
    odd = calendar(Shift(name="odd", start="02:30", end="04:00", days=ALL))
    assert odd.working_us(at("2026-03-29 00:00"), at("2026-03-29 12:00")) == 1 * HOUR
    span = odd.shift_at(at("2026-03-29 03:10"))
    assert span is not None
    assert span.start_us == at("2026-03-29 03:00")


def test_an_ambiguous_time_is_its_first_occurrence() -> None:
    odd = calendar(Shift(name="odd", start="01:00", end="02:30", days=ALL))
    assert odd.working_us(at("2026-10-25 00:00"), at("2026-10-25 12:00")) == 90 * MIN


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_has_23_to_25_hours(day: str, hours: int) -> None:
    start_us, end_us = calendar().day_bounds(at(f"{day} 12:00"))
    assert start_us == at(f"{day} 00:00")
    assert end_us - start_us == hours * HOUR


def test_a_midnight_that_does_not_exist_begins_the_day_at_the_change() -> None:
    cairo = calendar(Shift(name="day", start="00:00", end="08:00", days=ALL), zone="Africa/Cairo")
    noon_us = at("2024-04-26 12:00", "Africa/Cairo")  # clocks went from 00:00 to 01:00 that Friday
    start_us, end_us = cairo.day_bounds(noon_us)
    assert end_us - start_us == 23 * HOUR
    assert cairo.working_us(start_us, end_us) == 7 * HOUR


def test_overlapping_shifts_count_once() -> None:
    both = calendar(EARLY, Shift(name="late", start="13:30", end="22:00"))
    assert both.working_us(at("2026-03-02 00:00"), at("2026-03-03 00:00")) == 16 * HOUR - 45 * MIN


def test_the_shift_of_an_instant_is_half_open() -> None:
    both = calendar(EARLY, Shift(name="late", start="14:00", end="22:00"))
    names = [
        span.name if (span := both.shift_at(at(f"2026-03-02 {clock}"))) else None
        for clock in ("05:59:59", "06:00", "09:05", "13:59:59.999999", "14:00", "22:00")
    ]
    assert names == [None, "early", "early", "early", "late", None]


def test_hours_are_clock_hours_cut_by_the_shift() -> None:
    short = calendar(Shift(name="s", start="06:30", end="08:45", breaks=(("07:30", "07:40"),)))
    slots = short.hours(at("2026-03-02 00:00"), at("2026-03-03 00:00"))
    assert [(s.start_us, s.end_us, s.working_us // MIN) for s in slots] == [
        (at("2026-03-02 06:30"), at("2026-03-02 07:00"), 30),
        (at("2026-03-02 07:00"), at("2026-03-02 08:00"), 50),
        (at("2026-03-02 08:00"), at("2026-03-02 08:45"), 45),
    ]


def test_hours_without_shifts_are_those_of_the_clock_where_the_zone_is_half_an_hour_off() -> None:
    slots = calendar(zone="Asia/Kolkata").hours(
        at("2026-03-02 10:00", "Asia/Kolkata"), at("2026-03-02 12:30", "Asia/Kolkata")
    )
    assert [(s.end_us - s.start_us) // MIN for s in slots] == [60, 60, 30]


def test_an_unknown_zone_is_refused_with_what_was_expected() -> None:
    with pytest.raises(ValueError, match="such as Europe/Berlin, got 'Mars/Base'"):
        calendar(zone="Mars/Base")


INSTANTS = st.integers(at("2026-03-20 00:00"), at("2026-04-05 00:00")) | st.integers(
    at("2026-10-18 00:00"), at("2026-11-02 00:00")
)
CALENDARS = [
    calendar(EARLY, NIGHT),
    calendar(NIGHT),
    calendar(Shift(name="x", start="02:15", end="02:15", days=("sat", "sun"), breaks=(("01:00", "03:00"),))),
]


@given(st.sampled_from(CALENDARS), st.lists(INSTANTS, min_size=3, max_size=3))
def test_working_time_adds_up_and_never_exceeds_what_passed(work: WorkCalendar, instants: list[int]) -> None:
    a, b, c = sorted(instants)
    assert work.working_us(a, b) + work.working_us(b, c) == work.working_us(a, c)
    assert 0 <= work.working_us(a, c) <= c - a


@given(st.sampled_from(CALENDARS), INSTANTS, st.integers(0, 3 * DAY))
def test_hour_slots_hold_all_working_time(work: WorkCalendar, from_us: int, length_us: int) -> None:
    slots = work.hours(from_us, from_us + length_us)
    assert sum(s.working_us for s in slots) == work.working_us(from_us, from_us + length_us)
    assert all(a.end_us <= b.start_us for a, b in itertools.pairwise(slots))


@given(st.sampled_from([*CALENDARS, calendar()]), INSTANTS, st.integers(0, 9 * DAY))
def test_the_pieces_of_work_are_all_of_it_in_order(work: WorkCalendar, from_us: int, length_us: int) -> None:
    pieces = work.work(from_us, from_us + length_us)
    edges = [edge for piece in pieces for edge in piece]
    assert edges == sorted(edges)
    assert all(start < end for start, end in pieces)
    assert sum(end - start for start, end in pieces) == work.working_us(from_us, from_us + length_us)
