"""Frames of a scanner as raw signals."""

from shopfloor.core.commands import ReadSignal, SignalKind
from shopfloor.core.line import Device
from shopfloor.core.reading import read_scan
from shopfloor.devices.framing import Frame


def scan_signal(device: Device, frame: Frame) -> ReadSignal:
    """What one frame of a scanner says; which card it is, and whether it is a repeat, others decide."""
    if not frame.readable:
        kind, text = SignalKind.UNDECODABLE, frame.text
    else:
        kind, text = read_scan(frame.text, prefix=device.prefix, no_read=device.no_read)
    return ReadSignal(station=device.station, device=device.id, text=text, signal=kind)
