"""Finding a USB device."""

from dataclasses import dataclass

import pytest

from shopfloor.clock import ManualClock
from shopfloor.core.health import Condition
from shopfloor.devices.address import UsbAddress
from shopfloor.devices.transport import PortFault
from shopfloor.devices.usb import LOOK_AGAIN_S, UsbFinder

GUN = UsbAddress(0x0C2E, 0x0B61)


@dataclass(frozen=True)
class Listed:
    device: str
    vid: int | None = None
    pid: int | None = None
    serial_number: str | None = None


class Bus:
    """A system's list of ports, and how often it was asked for."""

    def __init__(self, *ports: Listed) -> None:
        self.ports = ports
        self.asked = 0

    def __call__(self) -> tuple[Listed, ...]:
        self.asked += 1
        return self.ports


A = Listed("/dev/ttyACM0", 0x0C2E, 0x0B61, "A1")
B = Listed("/dev/ttyACM1", 0x0C2E, 0x0B61, "B2")
BARE = Listed("/dev/ttyS0")


def test_a_device_is_found_by_its_numbers() -> None:
    assert UsbFinder(GUN, ManualClock(), list_ports=Bus(BARE, A)).find() == "/dev/ttyACM0"
    assert UsbFinder(UsbAddress(0x0C2E, 0x0B61, "B2"), ManualClock(), list_ports=Bus(A, B)).find() == "/dev/ttyACM1"


def test_two_alike_are_not_guessed_between() -> None:
    with pytest.raises(PortFault, match="got 2") as caught:
        UsbFinder(GUN, ManualClock(), list_ports=Bus(B, A)).find()
    assert caught.value.condition is Condition.TROUBLE


def test_one_that_is_not_there_is_lost_and_the_others_are_named() -> None:
    with pytest.raises(PortFault, match=r"USB ports here: 0C2E:0B61:A1 at /dev/ttyACM0") as caught:
        UsbFinder(UsbAddress(1, 2), ManualClock(), list_ports=Bus(BARE, A)).find()
    assert caught.value.condition is Condition.LOST


def test_the_system_is_asked_every_five_seconds_at_most() -> None:
    clock, bus = ManualClock(), Bus()
    finder = UsbFinder(GUN, clock, list_ports=bus)
    for _ in range(3):
        with pytest.raises(PortFault):
            finder.find()
    assert bus.asked == 1
    clock.advance(LOOK_AGAIN_S)
    bus.ports = (A,)
    assert finder.find() == "/dev/ttyACM0"
    assert bus.asked == 2


def test_the_systems_own_list_can_be_read() -> None:
    with pytest.raises(PortFault, match="0001:0002"):
        UsbFinder(UsbAddress(1, 2), ManualClock()).find()


def test_a_device_pulled_out_while_ports_are_listed_is_lost_and_found_at_the_next_look() -> None:
    class Pulled(Bus):
        def __call__(self) -> tuple[Listed, ...]:
            found = super().__call__()
            if self.asked == 1:
                int(None, 16)  # type: ignore[call-overload]
            return found

    clock = ManualClock()
    finder = UsbFinder(GUN, clock, list_ports=Pulled(A))
    with pytest.raises(PortFault, match="cannot be listed") as caught:
        finder.find()
    assert caught.value.condition is Condition.LOST
    clock.advance(LOOK_AGAIN_S)
    assert finder.find() == "/dev/ttyACM0"
