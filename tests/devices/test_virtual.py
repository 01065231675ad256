"""The virtual twin."""

import threading

import pytest

from shopfloor.core.health import Condition
from shopfloor.devices.framing import Framer
from shopfloor.devices.transport import PortFault
from shopfloor.devices.virtual import BUFFER_BYTES_MAX, Fault, VirtualPort, VirtualTransport


def plugged(name: str) -> tuple[VirtualPort, VirtualTransport]:
    transport = VirtualTransport(name)
    transport.open()
    return VirtualPort.get(name), transport


def frames_of(transport: VirtualTransport) -> list[str]:
    return [frame.text for frame in Framer().feed(transport.read(9999, 0.01), waited_ns=0)]


def test_a_name_is_one_port_in_the_whole_process() -> None:
    assert VirtualPort.get("one") is VirtualPort.get("one")
    assert VirtualPort.get("one") is not VirtualPort.get("two")


def test_it_says_loudly_that_it_is_emulated() -> None:
    _, transport = plugged("loud")
    assert transport.emulated
    assert transport.describe() == "emulated: virtual://loud"
    transport.close()


def test_what_is_sent_before_somebody_listens_is_gone() -> None:
    assert not VirtualPort.get("early").send(b"K1\r")
    port, transport = plugged("early")
    assert port.send(b"K2\r")
    assert frames_of(transport) == ["K2"]


@pytest.mark.parametrize(
    ("kind", "count"),
    [
        (Fault.HALF, 0),
        (Fault.NOISE, 0),
        (Fault.UNTEXT, 1),
        (Fault.OVERSIZE, 0),
        (Fault.NO_READ, 1),
        (Fault.DOUBLE, 2),
        (Fault.GLUED, 1),
        (Fault.BURST, 50),
    ],
)
def test_each_fault_sends_what_its_name_says(kind: Fault, count: int) -> None:
    port, transport = plugged(f"fault-{kind}")
    assert port.fault(kind.value, code="KAB12")
    assert len(frames_of(transport)) == count


@pytest.mark.parametrize(
    ("kind", "condition"),
    [(Fault.UNPLUG, Condition.LOST), (Fault.BUSY, Condition.BUSY), (Fault.DENIED, Condition.DENIED)],
)
def test_a_port_that_is_taken_away_stays_away_until_it_is_plugged_again(kind: Fault, condition: Condition) -> None:
    port, transport = plugged(f"away-{kind}")
    port.fault(kind)
    for call in (lambda: transport.read(1, 5.0), lambda: transport.write(b"x"), transport.open):
        with pytest.raises(PortFault) as caught:
            call()
        assert caught.value.condition is condition
    assert not port.send(b"K1\r")
    port.fault(Fault.REPLUG)
    transport.close()
    transport.open()
    assert port.is_open


def test_two_cannot_have_it_and_the_second_does_not_take_it_from_the_first() -> None:
    port, transport = plugged("shared")
    second = VirtualTransport("shared")
    with pytest.raises(PortFault, match="another program"):
        second.open()
    second.close()
    assert port.send(b"K1\r")
    assert frames_of(transport) == ["K1"]


def test_a_sender_waits_while_nobody_reads_and_loses_nothing() -> None:
    port, transport = plugged("slow")
    data = b"K" * (3 * BUFFER_BYTES_MAX)
    sender = threading.Thread(target=port.send, args=(data,))
    sender.start()
    got = b""
    while len(got) < len(data):
        got += transport.read(1000, 5.0)
    sender.join()
    assert got == data


def test_what_the_host_writes_can_be_looked_at() -> None:
    port, transport = plugged("beep")
    transport.write(b"\x1b7,")
    assert port.written == b"\x1b7,"
    assert port.wait_open(0)
