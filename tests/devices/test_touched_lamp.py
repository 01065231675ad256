"""A lamp with a touch sensor takes the call that it shows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.events_andon import CallAcknowledged
from shopfloor.core.line_andon import LampKind
from shopfloor.devices.lamps.patlite_usb import NeCode, NeTwin
from shopfloor.devices.lamps.virtual import VirtualLamp
from shopfloor.devices.lamps.wish import Light, lights
from shopfloor.devices.signaller import TICK_S
from tests.helpers.lamp_stage import a_line, lamp, names, opened, passes, signalling
from tests.helpers.recorder import WAIT_S_MAX
from tests.helpers.terminal import Terminal, events, running

STOPPED = lights(red=Light.FLASH)
__all__ = ["names"]  # a fixture


class FeltTwin(NeTwin):
    """A lamp that counts how often it was asked for a touch."""

    asked = 0

    def feed(self, data: bytes) -> bytes:
        """Take reports."""
        self.asked += data == NeCode.query
        return super().feed(data)


def feels_again(terminal: Terminal, name: str, twin: FeltTwin) -> None:
    """Let time go on until the lamp was asked twice: the second was surely after what the test did."""
    enough = twin.asked + 2
    for _ in range(round(WAIT_S_MAX / 0.02)):
        if VirtualLamp.get(name).wait(lambda: twin.asked >= enough, 0.02):
            return
        terminal.clock.advance(TICK_S / 4)
    raise AssertionError(f"{name} was asked {twin.asked} times, expected {enough}")


@pytest.mark.parametrize("station", ["saw", ""])
def test_whoever_touches_a_lamp_takes_the_call_and_what_lies_on_it_takes_none(
    tmp_path: Path, names: Callable[[str], str], station: str
) -> None:
    name = names("ne")
    twin = FeltTwin()
    twin.touched = True
    VirtualLamp.get(name).plug(twin)
    with running(tmp_path, ManualClock(), a_line(lamp(name, station, LampKind.NE_USB))) as terminal:
        with signalling(terminal):
            opened(name)
            terminal.do(c.RaiseCall(station="mill", reason="tool"))
            terminal.do(c.RaiseCall(station="saw", reason="fault"))
            passes(terminal, name, STOPPED)
            twin.touched = False
            feels_again(terminal, name, twin)
            twin.touched = True
            passes(terminal, name, lights(red=Light.ON))
        taken = [event for event in events(tmp_path) if isinstance(event, CallAcknowledged)]
        assert [event.station for event in taken] == ["saw"]
