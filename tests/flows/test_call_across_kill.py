"""A help call becomes a stop at its deadline, and one that is cleared before does not: also across a kill."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfloor.core.events import CallRaised, CallStopped, Recorded
from shopfloor.core.moment import US_PER_S
from shopfloor.core.rules import Rule
from tests.flows.plant import Plant, code
from tests.flows.terminal import TerminalProcess

pytestmark = pytest.mark.soak  # it has one size, and belongs to the figures

DEADLINE_S = 1.0
LONG_DEADLINE_S = 4.0  # a kill and a start are shorter, even on a busy machine
LATER_US = 200_000
CARD = code("shaft", 1)


@pytest.fixture
def deadline_s() -> float:
    return DEADLINE_S


@pytest.fixture
def plant(tmp_path: Path, deadline_s: float) -> Iterator[Plant]:
    guns, boxes = {"gun-1": "press", "gun-3": "assembly"}, {"box-1": "press"}
    with Plant(tmp_path, guns=guns, boxes=boxes, head="repeat_window_s = 0", deadline_s=deadline_s) as made:
        yield made


def begin(plant: Plant, *buttons: str) -> tuple[TerminalProcess, int]:
    """A terminal where a card waits to be started and the buttons were pressed; the deadline of the call, UTC µs."""
    terminal = plant.start().ready()
    plant.send("gun-3", CARD)
    plant.send("box-1", *buttons)
    told = terminal.outcomes(1 + len(buttons))
    assert {"card_withdrawn", "call_raised"} <= {outcome.kind for outcome in told}
    for recorded in plant.journal():
        if isinstance(recorded.event, CallRaised):
            return terminal, recorded.moment.us + round(recorded.event.deadline_s * US_PER_S)
    raise AssertionError("expected a call")


def wait_until(at_us: int) -> None:
    """Let the time pass: what must not happen has no event to wait for."""
    threading.Event().wait(max(0.0, at_us / US_PER_S - time.time()))


def stopped(recorded: Recorded) -> bool:
    return isinstance(recorded.event, CallStopped)


def assert_stands(plant: Plant, terminal: TerminalProcess, deadline_us: int) -> None:
    """The stop began at the deadline, and a start is refused with the call's name."""
    event = plant.wait_event(stopped).event
    assert isinstance(event, CallStopped)
    assert event.since_us == deadline_us
    plant.send("gun-1", CARD)
    told = terminal.outcome()
    assert (told.kind, told.rule) == ("scan_refused", Rule.STOPPED)
    assert "Material missing" in told.words
    (stop,) = plant.ask("status")["stops"]
    assert stop["station"] == "press"


def assert_runs(plant: Plant, terminal: TerminalProcess, deadline_us: int) -> None:
    """The deadline passes, nothing stops, and a start is accepted."""
    wait_until(deadline_us + LATER_US)
    plant.send("gun-1", CARD)
    assert terminal.outcome().kind == "card_started"
    assert not any(map(stopped, plant.journal()))
    status = plant.ask("status")
    assert (status["calls"], status["stops"]) == ([], [])


def end(plant: Plant, terminal: TerminalProcess) -> None:
    assert terminal.stop() == 0
    assert plant.problems() == []


def test_a_call_becomes_a_stop_at_its_deadline_and_a_start_is_refused_with_its_name(plant: Plant) -> None:
    terminal, deadline_us = begin(plant, "B1")
    assert_stands(plant, terminal, deadline_us)
    plant.send("box-1", "B3")
    assert terminal.outcome().kind == "call_cleared"
    plant.send("gun-1", CARD)
    assert terminal.outcome().kind == "card_started", "what was cleared runs again"
    end(plant, terminal)


def test_a_call_that_is_cleared_before_its_deadline_stops_nothing(plant: Plant) -> None:
    terminal, deadline_us = begin(plant, "B1", "B3")
    assert_runs(plant, terminal, deadline_us)
    end(plant, terminal)


@pytest.mark.parametrize("down", ["over the deadline", "before the deadline"])
def test_a_call_becomes_a_stop_at_its_deadline_although_the_terminal_was_killed(plant: Plant, down: str) -> None:
    terminal, deadline_us = begin(plant, "B1")
    terminal.kill()
    if down == "over the deadline":
        wait_until(deadline_us + LATER_US)
    again = plant.start().ready()
    assert_stands(plant, again, deadline_us)
    end(plant, again)


@pytest.mark.parametrize("down", ["over the deadline", "before the deadline"])
def test_a_cleared_call_stops_nothing_although_the_terminal_was_killed(plant: Plant, down: str) -> None:
    terminal, deadline_us = begin(plant, "B1", "B3")
    terminal.kill()
    if down == "over the deadline":
        wait_until(deadline_us + LATER_US)
    again = plant.start().ready()
    assert_runs(plant, again, deadline_us)
    end(plant, again)


@pytest.mark.parametrize("deadline_s", [LONG_DEADLINE_S])
def test_a_call_cleared_after_a_restart_but_before_its_deadline_stops_nothing(plant: Plant) -> None:
    terminal, deadline_us = begin(plant, "B1")
    terminal.kill()
    again = plant.start().ready()
    plant.send("box-1", "B3")
    assert again.outcome().kind == "call_cleared"
    assert_runs(plant, again, deadline_us)
    end(plant, again)
