"""Serial ports."""

import errno
from collections.abc import Iterator
from pathlib import Path

import pytest
import serial

from shopfloor.core.health import Condition
from shopfloor.devices.serial_transport import SerialTransport, open_fault
from shopfloor.devices.transport import PortFault
from tests.devices.rigs import PtyRig


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[PtyRig]:
    rig = PtyRig(tmp_path)
    yield rig
    rig.unplug()


@pytest.fixture
def port(cable: PtyRig) -> Iterator[SerialTransport]:
    transport = SerialTransport(lambda: cable.port, shown=cable.port)
    transport.open()
    yield transport
    transport.close()


def test_a_read_gives_what_is_there_and_a_silent_one_nothing(cable: PtyRig, port: SerialTransport) -> None:
    assert port.read(100, 0.01) == b""
    cable.send(b"KAB12\r")
    assert port.read(4, 5.0) == b"KAB1"
    assert port.read(100, 5.0) == b"2\r"


def test_a_second_program_is_told_that_the_port_is_busy(cable: PtyRig, port: SerialTransport) -> None:
    with pytest.raises(PortFault, match="used by another program") as caught:
        SerialTransport(lambda: cable.port, shown=cable.port).open()
    assert caught.value.condition is Condition.BUSY


def test_a_pulled_port_is_lost_at_the_next_read(cable: PtyRig, port: SerialTransport) -> None:
    cable.unplug()
    with pytest.raises(PortFault) as caught:
        port.read(100, 5.0)
    assert caught.value.condition is Condition.LOST


def test_a_port_that_is_not_there_is_lost(tmp_path: Path) -> None:
    with pytest.raises(PortFault, match="is not there") as caught:
        SerialTransport(lambda: str(tmp_path / "none"), shown="none").open()
    assert caught.value.condition is Condition.LOST


def test_a_file_that_is_no_port_is_a_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PortFault, match="cannot be opened") as caught:
        SerialTransport(lambda: str(tmp_path / "file"), shown="file").open()
    assert caught.value.condition is Condition.TROUBLE


def test_a_device_that_does_not_take_what_is_written_is_a_trouble_and_not_a_hang(port: SerialTransport) -> None:
    with pytest.raises(PortFault, match="did not take") as caught:
        port.write(b"x" * 100_000)
    assert caught.value.condition is Condition.TROUBLE


def test_closing_twice_and_reading_closed_is_no_crash(port: SerialTransport) -> None:
    port.close()
    port.close()
    with pytest.raises(PortFault):
        port.read(1, 0.01)
    with pytest.raises(PortFault):
        port.write(b"x")


@pytest.mark.parametrize(
    ("error", "condition"),
    [
        (serial.SerialException(errno.ENOENT, "could not open port"), Condition.LOST),
        (serial.SerialException(errno.EACCES, "could not open port"), Condition.DENIED),
        (serial.SerialException(errno.EAGAIN, "could not exclusively lock port"), Condition.BUSY),
        (serial.SerialException(errno.EBUSY, "could not open port"), Condition.BUSY),
        (
            serial.SerialException("could not open port 'COM5': PermissionError(13, 'Access is denied.')"),
            Condition.BUSY,
        ),
        (serial.SerialException("could not open port 'COM5': FileNotFoundError(2, 'No file')"), Condition.LOST),
        (OSError(errno.EIO, "input/output error"), Condition.LOST),
        (ValueError("Not a valid baudrate: -1"), Condition.TROUBLE),
        (TypeError("byref() argument"), Condition.TROUBLE),
    ],
)
def test_each_refusal_of_the_system_has_its_words(error: Exception, condition: Condition) -> None:
    fault = open_fault(error, "/dev/ttyUSB7")
    assert fault.condition is condition
    assert "/dev/ttyUSB7" in fault.what
    assert fault.remedy


def test_no_right_names_the_group_and_the_command() -> None:
    fault = open_fault(OSError(errno.EACCES, "denied"), "/dev/ttyUSB7")
    assert "not in group dialout" in fault.what
    assert "usermod -aG dialout" in fault.remedy
