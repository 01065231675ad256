"""Scanners of the command line beside those of the line file."""

from pathlib import Path

from shopfloor.app import Terminal
from shopfloor.cli.screen import _scanner
from shopfloor.core.line import Device, DeviceKind, Line, Station


def test_a_scanner_of_the_command_line_takes_no_name_that_a_line_file_may_give(tmp_path: Path) -> None:
    gun = Device(id="scanner-1", kind=DeviceKind.SCANNER, port="/dev/ttyUSB0", station="press")
    line = Line(id="a", name="A", stations=(Station(id="press", name="Press"),), devices=(gun,))
    terminal = Terminal(tmp_path, ["press"], line=line, scanners=[_scanner("socket://plc:2000", ("press",), 1)])
    terminal.open()
    try:
        assert [device.port for device in terminal.devices] == ["/dev/ttyUSB0", "socket://plc:2000"]
        assert len({device.id for device in terminal.devices}) == 2
    finally:
        terminal.stop()
