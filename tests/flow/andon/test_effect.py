"""The effect of countermeasures against binomials done by hand."""

from fractions import Fraction

import pytest
from msgspec.structs import replace

from shopfloor.core.line import Shift
from shopfloor.core.state_andon import Countermeasure, Effort, Problem
from shopfloor.flow.andon.effect import (
    BEFORE_US_MAX,
    Effect,
    Outcome,
    effects,
    effort_words,
    lost_minutes,
    outcome_words,
    proposed_effort,
)
from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.andon.table import table_of
from shopfloor.flow.calendar import WorkCalendar
from tests.helpers.call_records import DAY, H, S, a_record
from tests.helpers.lines import a_line

MONDAY = 1_772_409_600 * S
DONE = MONDAY + 10 * H
ALWAYS = WorkCalendar(a_line(timezone="UTC"))


def measure(number: int = 1, done_us: int = DONE) -> Countermeasure:
    return Countermeasure(
        number=number, what="Second rack", owner="Ana", due_day="2026-03-02", effort=Effort.SMALL, done_us=done_us
    )


def problem(*measures: Countermeasure) -> Problem:
    return Problem(
        id="press/material", station="press", reason="material", countermeasures=measures or (measure(),), open=True
    )


def calls(before: int, after: int) -> list[CallRecord]:
    return [a_record(MONDAY + n * S) for n in range(before)] + [a_record(DONE + n * S) for n in range(after)]


def judged(before: int, after: int, *, after_h: int = 10) -> Effect:
    (found,) = effects(problem(), table_of(calls(before, after)), ALWAYS, since_us=MONDAY, now_us=DONE + after_h * H)
    return found


def test_ten_before_and_one_after_are_better() -> None:
    """Of 2 048 ways that eleven calls fall into two equal times 24 are as uneven: 1.2 %."""
    found = judged(10, 1)
    assert found.p == Fraction(24, 2048)
    assert found.outcome is Outcome.BETTER
    assert (found.before_h, found.after_h) == (Fraction(1), Fraction(1, 10))
    assert str(outcome_words(found)) == "Better: 10 calls in 10.0 h before, 1 in 10.0 h since; by chance 1.2 %."


def test_one_before_and_ten_after_are_worse() -> None:
    assert judged(1, 10).outcome is Outcome.WORSE


def test_four_before_and_one_after_may_be_chance() -> None:
    """12 of 32: and no call at all in ten hours would have been 2 of 16, which is no proof either."""
    found = judged(4, 1)
    assert found.p == Fraction(12, 32)
    assert found.outcome is Outcome.TOO_EARLY


def test_no_change_is_said_when_there_was_time_to_see_one() -> None:
    found = judged(10, 8)
    assert found.outcome is Outcome.NO_CHANGE
    assert found.wait_us == 0


def test_it_is_too_early_while_even_no_call_would_prove_nothing() -> None:
    """Four calls in ten hours: (10 / (10 + t))⁴ ≤ 5 % from t = 10 · (20^¼ − 1) = 11.147 h."""
    found = judged(4, 0, after_h=1)
    assert found.outcome is Outcome.TOO_EARLY
    assert found.wait_us / H == pytest.approx(10.147, abs=0.001)
    assert str(outcome_words(found)).endswith("At least 10.1 h of work more are needed.")


def test_after_the_wait_no_call_at_all_is_proof() -> None:
    assert judged(4, 0, after_h=12).outcome is Outcome.BETTER


def test_without_calls_before_there_is_nothing_to_compare_with() -> None:
    found = judged(0, 0)
    assert (found.outcome, found.p) == (Outcome.TOO_EARLY, None)
    assert "nothing to compare" in str(outcome_words(found))


def test_thousands_of_calls_have_an_answer() -> None:
    assert judged(1200, 900).outcome is Outcome.BETTER
    assert judged(1000, 990).outcome is Outcome.NO_CHANGE


def test_both_times_are_working_time() -> None:
    """06:00 to 14:00 only: from midnight to 10:00 four hours, the ten hours after it four more."""
    shifts = WorkCalendar(a_line(timezone="UTC", shifts=(Shift(name="early", start="06:00", end="14:00"),)))
    (found,) = effects(problem(), table_of(calls(3, 1)), shifts, since_us=MONDAY, now_us=DONE + 10 * H)
    assert (found.before_us, found.after_us) == (4 * H, 4 * H)


def test_mistakes_other_reasons_and_reopenings_do_not_count() -> None:
    others = [
        a_record(MONDAY, rejected="wrong button"),
        a_record(MONDAY, reason="quality"),
        a_record(MONDAY, station="deburr"),
        a_record(MONDAY, reopens="c1"),
    ]
    (found,) = effects(problem(), table_of(others), ALWAYS, since_us=MONDAY, now_us=DONE + H)
    assert found.before == 0


def test_what_was_long_ago_is_left_out() -> None:
    now_us = MONDAY + BEFORE_US_MAX + 2 * DAY
    late = problem(measure(done_us=MONDAY + BEFORE_US_MAX + DAY))
    (found,) = effects(late, table_of(calls(5, 0)), ALWAYS, since_us=MONDAY, now_us=now_us)
    assert (found.before, found.before_us) == (0, BEFORE_US_MAX)


def test_what_is_seen_is_of_all_that_came_into_place_since() -> None:
    both = problem(measure(1), measure(2, DONE + H), replace(measure(3), done_us=0))
    first, second = effects(both, table_of(calls(10, 1)), ALWAYS, since_us=MONDAY, now_us=DONE + 10 * H)
    assert (first.together, second.together) == (2, 1)


@pytest.mark.parametrize(
    ("lost_min", "window_s", "effort"),
    [
        (0, 7 * 86_400, Effort.SMALL),
        (59.9, 7 * 86_400, Effort.SMALL),
        (60, 7 * 86_400, Effort.MEDIUM),
        (480, 7 * 86_400, Effort.LARGE),
        (60, 14 * 86_400, Effort.SMALL),
        (60, 86_400, Effort.MEDIUM),
        (70, 86_400, Effort.LARGE),
    ],
)
def test_effort_is_in_proportion_to_lost_minutes_a_week(lost_min: float, window_s: float, effort: Effort) -> None:
    assert proposed_effort(lost_min, window_s) is effort


def test_each_effort_has_its_threshold_in_words() -> None:
    assert "Under 60 lost minutes" in str(effort_words(Effort.SMALL))
    assert "From 60 lost minutes" in str(effort_words(Effort.MEDIUM))
    assert "From 480 lost minutes" in str(effort_words(Effort.LARGE))


def test_lost_minutes_are_those_of_stops() -> None:
    first = a_record(MONDAY, stopped_us=MONDAY, stop_ms=90_000)
    second = a_record(MONDAY + H, stopped_us=MONDAY + H + S, stop_ms=30_000)
    records = [first, second, replace(first, raised_us=MONDAY + DAY), a_record(MONDAY)]
    assert lost_minutes(problem(), table_of(records), MONDAY, MONDAY + DAY) == 2
