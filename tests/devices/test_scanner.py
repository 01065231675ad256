"""Frames of scanners and button boxes as signals."""

import pytest

from shopfloor.core.commands import SignalKind
from shopfloor.core.line import Device, DeviceKind
from shopfloor.devices.buttons import button_signal
from shopfloor.devices.framing import Frame
from shopfloor.devices.scanner import scan_signal

GUN = Device(id="gun-1", kind=DeviceKind.SCANNER, port="virtual", station="press", prefix="#", no_read=("NR", "?"))
BOX = Device(id="box-1", kind=DeviceKind.BUTTONS, port="virtual", station="press", map={"B1": "stop"})


@pytest.mark.parametrize(
    ("frame", "kind", "text"),
    [
        (Frame("#]Q1KAB12"), SignalKind.SCAN, "KAB12"),
        (Frame("KAB12"), SignalKind.SCAN, "KAB12"),
        (Frame("#NR"), SignalKind.NO_READ, "NR"),
        (Frame("?"), SignalKind.NO_READ, "?"),
        (Frame("K\\x00", readable=False), SignalKind.UNDECODABLE, "K\\x00"),
    ],
)
def test_a_frame_of_a_scanner_is_one_signal(frame: Frame, kind: SignalKind, text: str) -> None:
    signal = scan_signal(GUN, frame)
    assert (signal.station, signal.device, signal.signal, signal.text) == ("press", "gun-1", kind, text)


@pytest.mark.parametrize(
    ("frame", "kind", "text"),
    [
        (Frame(" B1 "), SignalKind.BUTTON, "B1"),
        (Frame("B7"), SignalKind.BUTTON, "B7"),
        (Frame("NR"), SignalKind.BUTTON, "NR"),
        (Frame("B\\x00", readable=False), SignalKind.UNDECODABLE, "B\\x00"),
    ],
)
def test_a_line_of_a_button_box_is_one_signal_mapped_or_not(frame: Frame, kind: SignalKind, text: str) -> None:
    signal = button_signal(BOX, frame)
    assert (signal.station, signal.device, signal.signal, signal.text) == ("press", "box-1", kind, text)
