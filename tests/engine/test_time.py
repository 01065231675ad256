"""The terminal's own time never goes back, whatever somebody does to the wall clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.clock import ManualClock
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.engine.time import EngineTime

HOURS_2 = 7200.0


def test_time_follows_the_wall_clock() -> None:
    clock = ManualClock()
    time = EngineTime(0, clock.now())
    clock.advance(5)
    assert time.disciplined(clock.now()) == clock.now()


def test_after_a_step_back_time_goes_on_at_the_monotonic_pace() -> None:
    clock = ManualClock()
    start_us = clock.now().at_us
    time = EngineTime(0, clock.now())
    clock.advance(10)
    clock.step_wall(-HOURS_2)
    assert time.disciplined(clock.now()).at_us == start_us + 10 * US_PER_S
    clock.advance(5)
    assert time.disciplined(clock.now()).at_us == start_us + 15 * US_PER_S


def test_a_step_forward_is_followed_and_the_way_back_is_not() -> None:
    clock = ManualClock()
    start_us = clock.now().at_us
    time = EngineTime(0, clock.now())
    clock.step_wall(HOURS_2)
    ahead = time.disciplined(clock.now()).at_us
    assert ahead == start_us + round(HOURS_2) * US_PER_S
    clock.step_wall(-HOURS_2)
    clock.advance(1)
    assert time.disciplined(clock.now()).at_us == ahead + US_PER_S


def test_a_start_with_a_clock_behind_the_journal_goes_on_from_the_journal() -> None:
    clock = ManualClock()
    last_us = clock.now().at_us + 3600 * US_PER_S
    time = EngineTime(last_us, clock.now())
    clock.advance(2)
    assert time.disciplined(clock.now()).at_us == last_us + 2 * US_PER_S


def test_a_reading_that_was_taken_before_the_last_one_keeps_its_own_monotonic_time() -> None:
    clock = ManualClock()
    early = clock.now()
    clock.advance(3)
    time = EngineTime(0, early)
    last = time.disciplined(clock.now())
    assert time.disciplined(early) == Now(last.at_us, early.mono_ns, early.boot)
    assert time.disciplined(clock.now()) == last


def test_looking_at_the_clock_takes_no_reading_its_own_time() -> None:
    clock = ManualClock()
    time = EngineTime(0, clock.now())
    clock.advance(1)
    read = clock.now()
    clock.advance(3)
    assert time.foreseen(clock.now()) == clock.now()
    assert time.disciplined(read) == read


@pytest.mark.parametrize("step_s", [HOURS_2, -HOURS_2, 0.6, -0.6])
def test_a_step_is_noticed_once(step_s: float) -> None:
    clock = ManualClock()
    time = EngineTime(0, clock.now())
    clock.advance(5)
    clock.step_wall(step_s)
    assert time.step_ms(clock.now()) == round(step_s * 1000)
    clock.advance(5)
    assert time.step_ms(clock.now()) == 0


def test_a_time_server_at_work_is_no_step() -> None:
    clock = ManualClock()
    time = EngineTime(0, clock.now())
    clock.step_wall(0.4)
    assert time.step_ms(clock.now()) == 0


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(-10_000, 10_000)), max_size=30))
def test_time_never_falls(moves: list[tuple[float, float]]) -> None:
    clock = ManualClock()
    time = EngineTime(0, clock.now())
    last_us = 0
    for advance_s, step_s in moves:
        clock.advance(advance_s)
        clock.step_wall(step_s)
        now = time.disciplined(clock.now())
        assert now.at_us >= last_us
        last_us = now.at_us
