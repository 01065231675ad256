"""Lines of a button box as raw signals."""

from shopfloor.core.commands import ReadSignal, SignalKind
from shopfloor.core.line import Device
from shopfloor.devices.framing import Frame


def button_signal(device: Device, frame: Frame) -> ReadSignal:
    """What one line of a button box says; its map is looked up where commands are decided."""
    if not frame.readable:
        return ReadSignal(station=device.station, device=device.id, text=frame.text, signal=SignalKind.UNDECODABLE)
    text = frame.text.strip().removeprefix(device.prefix)
    return ReadSignal(station=device.station, device=device.id, text=text, signal=SignalKind.BUTTON)
