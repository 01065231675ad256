"""Floods, chatter, fleeting and stale calls on lists made by hand."""

import numpy as np
import pytest

from shopfloor.core.state_call import CallSource
from shopfloor.flow.andon.alarm_counts import Chatter, Flood, Kinds, busiest, chattering, fleeting, floods, stale_by_day
from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.andon.table import Ints, table_of
from shopfloor.flow.calendar import WorkCalendar
from tests.helpers.call_records import DAY, MIN, H, S, a_record
from tests.helpers.lines import a_line

UTC_LINE = a_line(timezone="UTC")
# 2026-03-02, a Monday, 00:00 UTC.
MONDAY = 1_772_409_600 * S


def every(step_us: int, count: int, start_us: int = MONDAY) -> Ints:
    return start_us + step_us * np.arange(count)


def chatter(records: list[CallRecord]) -> tuple[Chatter, ...]:
    calls = table_of(records)
    return chattering(calls, Kinds(calls))


def test_ten_in_ten_minutes_are_no_flood() -> None:
    assert floods(every(30 * S, 10)) == ()


def test_the_eleventh_call_starts_a_flood_and_the_fifth_last_ends_it() -> None:
    """Eleven calls at 0:00, 0:30 … 5:00: at 13:00 the call of 3:00 is ten minutes old, and four are left."""
    (flood,) = floods(every(30 * S, 11))
    assert flood == Flood(start_us=MONDAY + 5 * MIN, end_us=MONDAY + 13 * MIN, calls=11, peak=11)


def test_a_flood_goes_on_while_five_are_left() -> None:
    """Ten minutes after 3:00 a twelfth call comes: five are left, until the next of them is ten minutes old."""
    (flood,) = floods(np.append(every(30 * S, 11), MONDAY + 13 * MIN))
    assert flood.end_us == MONDAY + 13 * MIN + 30 * S
    assert flood.calls == 12


def test_calls_on_both_sides_of_a_mark_are_one_flood() -> None:
    """Eight before 10:00 and eight after it: in fixed periods there would be none."""
    assert len(floods(every(30 * S, 16, MONDAY + 6 * MIN))) == 1


def test_calls_ten_minutes_apart_are_not_in_one_stretch() -> None:
    assert busiest(np.array([MONDAY, MONDAY + 10 * MIN]), 10 * MIN) == 1
    assert busiest(np.array([MONDAY, MONDAY + 10 * MIN - 1]), 10 * MIN) == 2
    assert busiest(every(S, 0), 10 * MIN) == 0


def test_two_floods_are_two() -> None:
    assert len(floods(np.append(every(S, 11), every(S, 11, MONDAY + H)))) == 2


def test_three_within_a_minute_chatter() -> None:
    calls = [a_record(MONDAY + at * S) for at in (0, 30, 60, 200, 230, 261)]
    other = [a_record(MONDAY + at * S, reason="quality") for at in (0, 60)]
    assert chatter([*calls, *other]) == (Chatter("press", "material", 3),)


def test_a_chattering_call_is_counted_once() -> None:
    calls = [a_record(MONDAY + at * S) for at in (0, 20, 40, 60)]
    assert chatter(calls) == (Chatter("press", "material", 4),)


@pytest.mark.parametrize(
    ("source", "for_us", "is_one"),
    [
        (CallSource.RULE, 60 * S, True),
        (CallSource.CONTACT, 5 * S, True),
        (CallSource.RULE, 61 * S, False),
        (CallSource.PERSON, 5 * S, False),
    ],
)
def test_only_what_called_by_itself_can_be_fleeting(source: CallSource, for_us: int, is_one: bool) -> None:
    assert fleeting(table_of([a_record(MONDAY, for_us, source=source)])).tolist() == [is_one]


def test_a_call_that_stands_is_not_fleeting() -> None:
    standing = a_record(MONDAY, cleared_us=0, closed_us=0, call_ms=0, source=CallSource.RULE)
    assert not fleeting(table_of([standing])).any()


def test_a_call_is_stale_on_each_day_after_its_first_24_hours() -> None:
    """From Monday 06:00 to Thursday 05:00: stale from Tuesday 06:00, so on Tuesday, Wednesday and Thursday."""
    calls = [a_record(MONDAY + 6 * H, 71 * H), a_record(MONDAY + 6 * H, 24 * H)]
    found = stale_by_day(table_of(calls), WorkCalendar(UTC_LINE), MONDAY, MONDAY + 7 * DAY)
    assert found == tuple((MONDAY + day * DAY, 1) for day in (1, 2, 3))


def test_an_open_call_is_stale_until_the_end_of_the_range() -> None:
    standing = a_record(MONDAY, cleared_us=0, closed_us=0, call_ms=0)
    found = stale_by_day(table_of([standing]), WorkCalendar(UTC_LINE), MONDAY, MONDAY + 3 * DAY)
    assert [count for _, count in found] == [1, 1]
