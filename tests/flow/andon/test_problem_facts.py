"""What the records say of a problem."""

from msgspec.structs import replace

from shopfloor.core.line_andon import AndonPolicy
from shopfloor.core.state_andon import Countermeasure, Effort, Problem
from shopfloor.flow.andon.problem_facts import BARS_MAX, ProblemFacts, problem_facts
from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.andon.table import table_of
from shopfloor.flow.calendar import WorkCalendar
from tests.helpers.call_records import DAY, H, S, a_record
from tests.helpers.lines import a_line

MONDAY = 1_772_409_600 * S
LINE = a_line(timezone="UTC", andon=AndonPolicy(whys_times=3))
PROBLEM = Problem(id="press/material", station="press", reason="material", open=True, opened_us=MONDAY + DAY)


def facts(records: list[CallRecord], *, days: int = 7, problem: Problem = PROBLEM) -> ProblemFacts:
    now_us = MONDAY + days * DAY
    return problem_facts(problem, LINE, table_of(records), WorkCalendar(LINE), since_us=MONDAY, now_us=now_us)


def test_calls_are_counted_day_by_day() -> None:
    found = facts([a_record(MONDAY + at) for at in (0, H, DAY - 1, DAY, 6 * DAY)])
    assert [bar.calls for bar in found.bars] == [3, 1, 0, 0, 0, 0, 1]
    assert found.days_per_bar == 1
    assert found.calls == 5


def test_many_days_are_put_together_in_weeks() -> None:
    found = facts([a_record(MONDAY + n * DAY) for n in range(100)], days=100)
    assert found.days_per_bar == 7
    assert len(found.bars) == 15 <= BARS_MAX
    assert [bar.calls for bar in found.bars] == [7] * 14 + [2]


def test_mistakes_and_other_stations_are_apart() -> None:
    records = [
        a_record(MONDAY),
        a_record(MONDAY, rejected="wrong button"),
        a_record(MONDAY, station="deburr"),
        a_record(MONDAY + 1, station="deburr"),
        a_record(MONDAY, station="deburr", reason="quality"),
    ]
    found = facts(records)
    assert (found.calls, found.rejected) == (1, 1)
    assert found.others == (("deburr", 2),)


def test_what_nobody_said_a_cause_for_comes_last() -> None:
    causes = ["", "", "", "rack", "rack", "late"]
    found = facts([a_record(MONDAY + n, cause=cause) for n, cause in enumerate(causes)])
    assert found.causes == (("rack", 2), ("late", 1), ("", 3))


def test_effort_is_by_the_minutes_lost_in_the_window_of_the_policy() -> None:
    stop = a_record(MONDAY, 70 * 60 * S, stopped_us=MONDAY, stop_ms=70 * 60_000)
    assert (facts([stop]).effort, facts([stop], days=8).effort) == (Effort.MEDIUM, Effort.SMALL)
    assert facts([stop], days=8).lost_min == 70


def test_the_effects_are_those_of_what_is_in_place() -> None:
    done = Countermeasure(number=1, what="Rack", owner="Ana", due_day="", effort=Effort.SMALL, done_us=MONDAY + 3 * DAY)
    found = facts([a_record(MONDAY + n) for n in range(9)], problem=replace(PROBLEM, countermeasures=(done,)))
    assert [(one.before, one.after) for one in found.effects] == [(9, 0)]


def test_without_calls_there_are_facts_all_the_same() -> None:
    found = facts([])
    assert (found.calls, found.median_s, found.causes) == (0, None, ())
