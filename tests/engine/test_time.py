"""The terminal's own time never goes back, whatever somebody does to the wall clock."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.clock import ManualClock
from shopfloor.core.line_link import AWAY_US_MAX, UNHEARD_US, Discipline, LineClock
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.engine.time import EngineTime

HOURS_2 = 7200.0
NIGHT_S = 8 * 3600.0
NEAR_US = 2_000  # what the quartz may have run in these tests, and the way of an answer


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


def _heard(clock: ManualClock, *, off_s: float = 0.0) -> LineClock:
    """A terminal whose wall clock is off the line's by so much, and that has just heard the line."""
    now = clock.now()
    return LineClock().heard(Discipline(now.at_us - round(off_s * US_PER_S), now.mono_ns, now.boot, 500), now)


def test_a_terminal_of_no_line_is_sure_and_follows_its_wall_clock() -> None:
    clock = ManualClock()
    time = EngineTime(0, clock.now())
    clock.step_wall(HOURS_2)
    assert time.disciplined(clock.now()) == clock.now()
    assert time.unsure_us(clock.now()) == 0


@pytest.mark.parametrize("step_s", [0.0, HOURS_2, -HOURS_2])
def test_a_restart_within_a_boot_goes_on_by_what_the_line_said_whatever_the_wall_clock_says(step_s: float) -> None:
    clock = ManualClock()
    line_us = clock.now().at_us
    kept = _heard(clock)
    clock.advance(10)
    clock.step_wall(step_s)
    time = EngineTime(line_us - 5, clock.now(), kept)
    assert time.disciplined(clock.now()).at_us == line_us + 10 * US_PER_S
    assert time.unsure_us(clock.now()) <= NEAR_US


@pytest.mark.parametrize("off_s", [0.0, HOURS_2, -HOURS_2])
def test_after_a_night_off_a_clock_that_nobody_touched_is_right_and_not_sure(off_s: float) -> None:
    clock = ManualClock()
    line_us = clock.now().at_us
    clock.step_wall(off_s)
    kept = _heard(clock, off_s=off_s)
    clock.reboot("boot-2", after_s=NIGHT_S)
    time = EngineTime(line_us, clock.now(), kept)
    assert time.disciplined(clock.now()).at_us == line_us + round(NIGHT_S) * US_PER_S
    assert time.unsure_us(clock.now()) == UNHEARD_US


@pytest.mark.parametrize("step_s", [HOURS_2, -HOURS_2])
def test_a_clock_set_by_two_hours_while_the_terminal_was_off_is_within_what_it_says_it_is_unsure(step_s: float) -> None:
    clock = ManualClock()
    true_us = clock.now().at_us + round(NIGHT_S) * US_PER_S
    kept = _heard(clock)
    clock.reboot("boot-2", after_s=NIGHT_S)
    clock.step_wall(step_s)
    time = EngineTime(0, clock.now(), kept)
    now = clock.now()
    assert abs(time.disciplined(now).at_us - true_us) <= time.unsure_us(now)


def test_a_clock_that_is_behind_what_was_heard_before_the_boot_goes_on_from_there() -> None:
    clock = ManualClock()
    line_us = clock.now().at_us
    kept = _heard(clock)
    clock.reboot("boot-2", after_s=60)
    clock.step_wall(-HOURS_2)
    time = EngineTime(0, clock.now(), kept)
    clock.advance(3)
    assert time.disciplined(clock.now()).at_us == line_us + 3 * US_PER_S


def test_a_clock_of_another_year_is_not_believed() -> None:
    clock = ManualClock()
    line_us = clock.now().at_us
    kept = _heard(clock)
    clock.reboot("boot-2", after_s=60)
    clock.step_wall(2 * AWAY_US_MAX / US_PER_S)
    assert EngineTime(0, clock.now(), kept).disciplined(clock.now()).at_us == line_us


def test_whoever_sets_the_wall_clock_before_the_line_was_ever_heard_moves_nothing() -> None:
    clock = ManualClock()
    start_us = clock.now().at_us
    time = EngineTime(0, clock.now(), LineClock())
    clock.step_wall(HOURS_2)
    clock.advance(2)
    assert time.disciplined(clock.now()).at_us == start_us + 2 * US_PER_S
    assert time.unsure_us(clock.now()) > UNHEARD_US


def test_once_the_line_is_heard_time_and_certainty_are_the_line_s() -> None:
    clock = ManualClock()
    line_us = clock.now().at_us
    clock.step_wall(HOURS_2)
    time = EngineTime(0, clock.now(), LineClock())
    assert time.disciplined(clock.now()).at_us == line_us + round(HOURS_2) * US_PER_S
    now = clock.now()
    time.follow(Discipline(line_us, now.mono_ns, now.boot, 700))
    assert time.disciplined(now).at_us == line_us
    assert time.unsure_us(now) == 700


@pytest.mark.parametrize("step_s", [7200, -7200])
def test_a_server_whose_clock_is_set_takes_the_line_with_it(step_s: int) -> None:
    clock = ManualClock()
    time = EngineTime(0, clock.now(), _heard(clock))
    clock.advance(5)
    now = clock.now()
    set_us = now.at_us + step_s * US_PER_S
    time.follow(Discipline(set_us, now.mono_ns, now.boot, 400))
    assert time.disciplined(now).at_us == set_us
    assert time.unsure_us(now) == 400


def test_what_was_heard_in_an_earlier_boot_is_kept_until_the_line_is_heard_again() -> None:
    clock = ManualClock()
    kept = _heard(clock)
    clock.reboot("boot-2", after_s=60)
    assert kept.heard(kept.discipline, clock.now()) == kept
    assert kept.heard(None, clock.now()) == kept
    assert kept.of_boot(clock.now()) is None


def test_a_wall_clock_that_nobody_goes_by_makes_no_step_and_the_line_s_does() -> None:
    clock = ManualClock()
    time = EngineTime(0, clock.now(), _heard(clock))
    clock.advance(5)
    clock.step_wall(HOURS_2)
    assert time.step_ms(clock.now()) == 0
    clock.advance(5)
    now = clock.now()
    time.follow(Discipline(now.at_us, now.mono_ns, now.boot, 400))  # the server was set, too
    assert time.step_ms(now) == round(HOURS_2 * 1000)
    clock.advance(5)
    assert time.step_ms(clock.now()) == 0


def test_that_the_line_is_heard_is_a_step_for_a_clock_that_was_off() -> None:
    clock = ManualClock()
    time = EngineTime(0, clock.now(), LineClock())
    clock.advance(5)
    now = clock.now()
    time.follow(Discipline(now.at_us - 90_000_000, now.mono_ns, now.boot, 400))
    assert time.step_ms(now) == -90_000
