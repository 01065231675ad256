"""What falls due: while the engine runs, while it is stopped, and while somebody sets the clock."""

from pathlib import Path

import msgspec
import pytest

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.events import CallCleared, CallStopped, CardFinished, CardStarted, ClockStepped, RestartEnded
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state import Call
from shopfloor.flow.digest import Cycle
from tests.helpers.calls import andon_line
from tests.helpers.terminal import WAIT_S_MAX, call, events, rows, running


def test_a_deadline_passes_without_any_signal(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), andon_line()) as terminal:
        raised = call(terminal)
        terminal.clock.advance(61)
        stopped = terminal.ear.event(CallStopped)
        assert stopped.since_us == raised.raised.at_us + 60 * US_PER_S


@pytest.mark.parametrize("boot", ["", "boot-2"])
def test_a_deadline_that_passes_while_the_engine_is_stopped_is_a_stop_since_then(tmp_path: Path, boot: str) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, andon_line()) as terminal:
        raised = call(terminal)
        clock.advance(10)
    if boot:
        clock.reboot(boot, after_s=500)
    else:
        clock.advance(500)
    with running(tmp_path, clock) as terminal:
        stop = next(entity for entity in terminal.snapshot.entities if isinstance(entity, Call))
        assert stop.stopped_us == raised.raised.at_us + 60 * US_PER_S
        outcome = terminal.scan("long", 1, "saw", after_s=60)
        assert outcome.refusal is not None
        assert (outcome.refusal.rule, outcome.refusal.args["call"]) == ("stopped", "Material missing")
        assert outcome.refusal.args["since_us"] == stop.stopped_us


def test_a_call_that_was_cleared_before_leaves_no_stop_after_a_restart(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, andon_line()) as terminal:
        call(terminal)
        clock.advance(55)
        terminal.do(c.ClearCall(station="saw"))
    clock.advance(500)
    with running(tmp_path, clock) as terminal:
        assert terminal.scan("long", 1, "saw", after_s=60).kind == "card_started"
    assert not any(isinstance(event, CallStopped) for event in events(tmp_path))


@pytest.mark.parametrize(("after_s", "stops"), [(55, 0), (59.999_999, 0), (60, 1)])
def test_what_counts_is_when_the_clear_was_given(tmp_path: Path, after_s: float, stops: int) -> None:
    with running(tmp_path, ManualClock(), andon_line()) as terminal:
        call(terminal)
        terminal.clock.advance(after_s)
        terminal.do(c.ClearCall(station="saw"))
    found = [type(event) for event in events(tmp_path)]
    assert found.count(CallStopped) == stops
    assert found.count(CallCleared) == 1


def test_what_fell_due_while_it_was_stopped_comes_before_a_new_line_file(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, andon_line()) as terminal:
        call(terminal)
    clock.advance(100)
    with running(tmp_path, clock, andon_line(name="New name")):
        pass
    kinds = [event.kind for event in events(tmp_path)]
    assert kinds[-4:] == ["terminal_started", "call_stopped", "line_changed", "terminal_stopped"]


def test_a_restart_ends_by_itself(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), andon_line(restart_s=10)) as terminal:
        terminal.do(c.RaiseCall(station="saw"))
        terminal.do(c.ClearCall(station="saw"))
        terminal.clock.advance(10)
        assert terminal.ear.event(RestartEnded).station == "saw"


@pytest.mark.parametrize("step_s", [7200.0, -7200.0])
def test_a_step_of_the_clock_is_recorded_and_changes_no_order_and_no_duration(tmp_path: Path, step_s: float) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, andon_line()) as terminal:
        terminal.scan("short", 1, "assembly")
        terminal.scan("short", 1, "saw")
        clock.advance(20)
        clock.step_wall(step_s)
        assert terminal.ear.event(ClockStepped).step_ms == round(step_s * 1000)
        terminal.scan("short", 1, "saw", after_s=30)
        figures = terminal.engine.figures("cycle", "saw", 1).result(WAIT_S_MAX)
    assert msgspec.json.decode(figures[0].body, type=Cycle).process_ms == 50_000
    moments = [row.moment for row in rows(tmp_path)]
    assert moments == sorted(set(moments))
    started, finished = (row.moment.us for row in rows(tmp_path) if isinstance(row.event, CardStarted | CardFinished))
    assert finished - started == (50 + max(0, round(step_s))) * US_PER_S  # a step back is not followed


@pytest.mark.parametrize("step_s", [7200.0, -7200.0])
def test_a_deadline_is_no_matter_of_the_wall_clock(tmp_path: Path, step_s: float) -> None:
    with running(tmp_path, ManualClock(), andon_line()) as terminal:
        call(terminal)
        terminal.clock.step_wall(step_s)
        terminal.ear.event(ClockStepped)
        assert terminal.scan("long", 1, "saw", after_s=59).kind == "card_started"
        terminal.clock.advance(1)
        terminal.ear.event(CallStopped)


def test_a_clock_that_was_set_back_between_two_runs_keeps_the_order(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, andon_line()) as terminal:
        terminal.scan("long", 1, "assembly")
    clock.reboot("boot-2", after_s=-7200)
    with running(tmp_path, clock) as terminal:
        terminal.scan("long", 1, "saw", after_s=40)
    moments = [row.moment for row in rows(tmp_path)]
    assert moments == sorted(set(moments))
    assert moments[-1].us - moments[0].us < 120 * US_PER_S
