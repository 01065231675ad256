"""From a button to the lamp above it, through a whole terminal."""

from pathlib import Path

from shopfloor.app import Terminal
from shopfloor.core import commands as c
from shopfloor.core.line import Device, DeviceKind
from shopfloor.core.line_andon import Lamp, LampKind
from shopfloor.devices.lamps.virtual import VirtualLamp
from shopfloor.devices.lamps.wish import DARK, Buzz, Light, lights
from shopfloor.devices.modbus.virtual import VirtualModbus
from shopfloor.devices.virtual import VirtualPort
from tests.helpers.calls import andon_line
from tests.helpers.recorder import WAIT_S_MAX

BOX = Device(
    id="flow-box",
    kind=DeviceKind.BUTTONS,
    port="virtual",
    station="saw",
    map={"B1": "stop:fault", "B2": "ack", "B3": "clear"},
)
TOWER = Lamp(id="flow-tower", kind=LampKind.PNS, port="virtual", station="saw", buzzer=True)
COILS = Lamp(id="flow-coils", kind=LampKind.MODBUS, port="virtual", channels={"red": 0, "green": 1})
OTHER = Lamp(id="flow-other", kind=LampKind.PNS, port="virtual", station="mill")


def test_a_button_stops_its_station_and_every_lamp_that_hangs_there_says_so_until_the_end(tmp_path: Path) -> None:
    line = andon_line(devices=(BOX,), lamps=(TOWER, COILS, OTHER))
    terminal = Terminal(tmp_path, ["saw"], line=line)
    tower, coils = VirtualLamp.get(TOWER.id), VirtualModbus.get(COILS.id)
    terminal.open()
    try:
        terminal.start_devices()
        box = VirtualPort.get(BOX.id)
        assert box.send(b"B1\r")
        assert tower.wait_shown(lights(red=Light.FLASH, buzzer=Buzz.STOP), WAIT_S_MAX), tower.shown
        assert coils.wait_coils(1, {0: True, 1: False}, WAIT_S_MAX)
        assert box.send(b"B2\r")
        assert tower.wait_shown(lights(red=Light.ON), WAIT_S_MAX), tower.shown
        assert not VirtualLamp.get(OTHER.id).frames
        terminal.engine.submit(c.ClearCall(station="saw"), terminal.clock.now())
        assert coils.wait_coils(1, {0: False, 1: False}, WAIT_S_MAX)
        terminal.engine.submit(c.RaiseCall(station="saw", reason="fault"), terminal.clock.now())
        assert coils.wait_coils(1, {0: True, 1: False}, WAIT_S_MAX)
    finally:
        terminal.stop()
    assert tower.shown == DARK
    assert coils.coils(1) == {0: False, 1: False}
