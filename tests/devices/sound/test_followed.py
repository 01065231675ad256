"""The sounds of andon follow a real engine, as lamps do."""

import queue
from pathlib import Path

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.line_andon import AndonPolicy
from shopfloor.devices.modbus.buses import Buses
from shopfloor.devices.signaller import TICK_S, Signaller
from shopfloor.devices.sound import AndonSpeaker
from tests.helpers.calls import andon_line
from tests.helpers.recorder import WAIT_S_MAX
from tests.helpers.terminal import Terminal, running


def signaller_of(terminal: Terminal, played: "queue.Queue[str]") -> Signaller:
    made = Signaller(
        terminal.engine.listen,
        terminal.engine.submit,
        report=terminal.engine.report,
        clock=terminal.clock,
        stations=("saw",),
        coils=Buses(terminal.clock).coils,
        terminal="saw",
    )
    made.set_speaker(AndonSpeaker(played.put, stations=("saw",)))
    made.start()
    return made


def wait_for(terminal: Terminal, played: "queue.Queue[str]", *, step_s: float) -> str:
    """The next sound; time goes on until it comes."""
    for _ in range(round(WAIT_S_MAX / 0.02)):
        try:
            return played.get(timeout=0.02)
        except queue.Empty:
            terminal.clock.advance(step_s)
    raise AssertionError("nothing was heard")


def test_a_call_is_heard_and_comes_again_and_its_end_is_heard(tmp_path: Path) -> None:
    played: queue.Queue[str] = queue.Queue()
    line = andon_line(andon=AndonPolicy(nag_s=30))
    with running(tmp_path, ManualClock(), line) as terminal:
        signaller = signaller_of(terminal, played)
        try:
            terminal.do(c.RaiseCall(station="drill", reason="tool"))
            terminal.do(c.RaiseCall(station="saw", reason="tool"))
            assert played.get(timeout=WAIT_S_MAX) == "call"
            raised = terminal.clock.now()
            assert wait_for(terminal, played, step_s=TICK_S / 2) == "call"
            assert terminal.clock.now().mono_ns - raised.mono_ns >= 30e9
            terminal.do(c.ClearCall(station="saw"))
            assert played.get(timeout=WAIT_S_MAX) == "cleared"
        finally:
            signaller.stop()
