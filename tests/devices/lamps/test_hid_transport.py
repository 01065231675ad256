"""HID lamps, with a device that hidapi would have opened."""

import errno
import importlib.util
import subprocess
import sys

import pytest

from shopfloor.clock import SystemClock
from shopfloor.core.health import Condition
from shopfloor.core.line_andon import Lamp, LampKind
from shopfloor.devices.address import UsbAddress
from shopfloor.devices.lamps.driver import ListeningLamp
from shopfloor.devices.lamps.hid_transport import HidTransport
from shopfloor.devices.lamps.make import driver_of
from shopfloor.devices.lamps.patlite_usb import Lr6Code, NeCode, NeTwin
from shopfloor.devices.lamps.wish import ALL_ON
from shopfloor.devices.transport import PortFault
from shopfloor.trouble import PortTrouble

LR6 = UsbAddress(0x191A, 0x8003)


class Report:
    """A device as hidapi gives it: what is written has the report's number in front, what is read has none."""

    def __init__(self, trouble: OSError | None = None) -> None:
        self.trouble = trouble
        self.opened: tuple[int, int, str | None] | None = None
        self.written: list[bytes] = []
        self.to_read: list[list[int]] = []
        self.closed = False
        self.sends = 9

    def open(self, vendor: int, product: int, serial: str | None) -> None:
        self._fail()
        self.opened = (vendor, product, serial)

    def write(self, report: bytes) -> int:
        self._fail()
        self.written.append(report)
        return self.sends

    def read(self, bytes_max: int, timeout_ms: int) -> list[int]:
        self._fail()
        return self.to_read.pop(0)[:bytes_max] if self.to_read else []

    def error(self) -> str:
        return "no such device"

    def close(self) -> None:
        self.closed = True

    def _fail(self) -> None:
        if self.trouble is not None:
            raise self.trouble


def test_a_report_goes_out_with_the_number_that_hidapi_wants() -> None:
    device = Report()
    lamp = ListeningLamp(Lr6Code(), HidTransport(LR6, make=lambda: device))
    lamp.open()
    lamp.show(ALL_ON)
    lamp.close()
    lamp.close()
    assert device.opened == (0x191A, 0x8003, None)
    assert device.written == [bytes.fromhex("00 00 00 01 ef 11 11 10 00")]
    assert device.closed
    assert lamp.describe() == "USB 191A:8003"


def test_the_touch_sensor_is_asked_for_and_answered_with_two_bytes() -> None:
    device, twin = Report(), NeTwin()
    twin.touched = True
    device.to_read = [list(twin.feed(NeCode().query))]
    lamp = ListeningLamp(NeCode(), HidTransport(UsbAddress(0x191A, 0x6001, "A1"), make=lambda: device))
    lamp.open()
    seen = lamp.look()
    assert device.opened == (0x191A, 0x6001, "A1")
    assert device.written == [bytes.fromhex("00 00 80 00 00 00 00 00 00")]
    assert seen is not None
    assert seen.touched


@pytest.mark.parametrize(
    ("trouble", "condition", "words"),
    [
        (OSError("open failed"), Condition.LOST, "cannot be opened: open failed"),
        (OSError(errno.EACCES, "denied"), Condition.DENIED, "may not be opened"),
    ],
)
def test_a_lamp_that_cannot_be_opened_says_why(trouble: OSError, condition: Condition, words: str) -> None:
    with pytest.raises(PortFault) as raised:
        HidTransport(LR6, make=lambda: Report(trouble)).open()
    assert raised.value.condition is condition
    assert words in raised.value.what
    assert "udev" in raised.value.remedy


def test_a_lamp_that_was_pulled_out_is_lost_at_every_end() -> None:
    device = Report()
    transport = HidTransport(LR6, make=lambda: device)
    with pytest.raises(PortFault, match="is not open"):
        transport.write(b"")
    transport.open()
    device.sends = -1
    with pytest.raises(PortFault, match="went away: no such device"):
        transport.write(b"\0")
    device.trouble = OSError("read error")
    with pytest.raises(PortFault, match="went away: read error"):
        transport.read(8, 0.0)


def test_without_hidapi_the_words_name_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "hid", None)
    with pytest.raises(PortFault) as raised:
        HidTransport(LR6).open()
    assert raised.value.condition is Condition.TROUBLE
    assert "hidapi" in raised.value.what
    assert "shopfloor[usb]" in raised.value.remedy


_REAL = """
from shopfloor.devices.address import UsbAddress
from shopfloor.devices.lamps.hid_transport import HidTransport
from shopfloor.devices.transport import PortFault
try:
    HidTransport(UsbAddress(0x191A, 0xFFFE)).open()
except PortFault as fault:
    print(fault.what)
"""


def test_hidapi_itself_says_that_a_lamp_is_not_there() -> None:
    if importlib.util.find_spec("hid") is None:
        pytest.skip("needs hidapi (pip install shopfloor[usb])")
    # In a process of its own: its library keeps what it has opened until the end.
    ended = subprocess.run([sys.executable, "-c", _REAL], capture_output=True, text=True, timeout=60, check=True)
    assert ended.stdout.startswith("USB 191A:FFFE cannot be opened")


def test_a_lamp_that_stands_alone_needs_no_port() -> None:
    for kind, where in ((LampKind.LR6_USB, "USB 191A:8003"), (LampKind.NE_USB, "USB 191A:6001")):
        assert driver_of(Lamp(id="x", kind=kind, port=""), SystemClock()).describe() == where


def test_a_path_is_no_port_of_a_hid_lamp() -> None:
    with pytest.raises(PortTrouble, match="Expected VID:PID"):
        driver_of(Lamp(id="x", kind=LampKind.LR6_USB, port="/dev/hidraw0"), SystemClock())
