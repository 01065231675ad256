"""Coils as lamps."""

import threading
from collections.abc import Iterator

import pytest

from shopfloor.clock import ManualClock
from shopfloor.core.health import Condition
from shopfloor.devices.modbus.buses import Buses
from shopfloor.devices.modbus.coils import RESEND_S, ModbusCoils
from shopfloor.devices.modbus.virtual import VirtualModbus
from tests.devices.modbus.rigs import until
from tests.helpers.recorder import WAIT_S_MAX

CHANNELS = {"red": 0, "green": 1, "buzzer": 4}


class Bench:
    """A lamp on a virtual module."""

    def __init__(self, name: str) -> None:
        self.clock = ManualClock()
        self.twin = VirtualModbus.get(name)
        self.told = threading.Event()
        buses = Buses(self.clock, jitter=lambda: 0.0, retry_s=(0.2,))
        self.lamp: ModbusCoils = buses.coils("virtual", name=name, unit=3, channels=CHANNELS, changed=self.told.set)
        self.lamp.start()

    def wait_coils(self, wanted: dict[int, bool]) -> None:
        assert self.twin.wait_coils(3, wanted, WAIT_S_MAX), self.twin.coils(3)

    def wait_status(self, condition: Condition) -> None:
        until(lambda: self.lamp.status.condition is condition or self._advance(), f"{condition}")

    def _advance(self) -> bool:
        self.clock.advance(0.1)
        return False


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    bench = Bench(request.node.name)
    yield bench
    assert bench.lamp.stop(WAIT_S_MAX)


def test_what_a_lamp_should_be_is_written_and_read_back(bench: Bench) -> None:
    assert bench.lamp.read_back() is None or not any((bench.lamp.read_back() or {}).values())
    bench.lamp.set({"red": True, "green": False})
    bench.wait_coils({0: True, 1: False})
    until(lambda: bench.lamp.read_back() == {"red": True, "green": False, "buzzer": False}, "the read-back")
    assert bench.lamp.status.condition is Condition.VIRTUAL
    assert bench.told.is_set()
    bench.lamp.set({"buzzer": True})
    bench.wait_coils({0: True, 1: False, 4: True})


def test_before_anything_is_wanted_nothing_is_written(bench: Bench) -> None:
    bench.wait_status(Condition.VIRTUAL)
    assert bench.twin.coils(3) == {}
    assert bench.lamp.read_back() == dict.fromkeys(CHANNELS, False)


def test_coils_are_told_again_after_a_reconnect(bench: Bench) -> None:
    bench.lamp.set({"red": True})
    bench.wait_coils({0: True})
    bench.twin.unplug()
    bench.lamp.set({"green": True})
    bench.wait_status(Condition.LOST)
    assert bench.lamp.read_back() is None
    bench.twin.power_cycle(3)
    bench.twin.replug()
    bench.wait_status(Condition.VIRTUAL)
    bench.wait_coils({0: True, 1: True})


def test_coils_are_told_again_every_ten_seconds(bench: Bench) -> None:
    bench.lamp.set({"red": True})
    bench.wait_coils({0: True})
    until(lambda: bench.lamp.read_back() is not None, "the read-back")
    bench.twin.power_cycle(3)
    bench.clock.advance(RESEND_S - 0.1)
    assert not bench.twin.wait_writes(1, 0.05)
    assert bench.twin.coils(3) == {}
    bench.clock.advance(0.2)
    bench.wait_coils({0: True})


def test_a_coil_that_does_not_do_what_it_was_told_is_said_and_told_again(bench: Bench) -> None:
    bench.twin.stick(3, 0, on=False)
    bench.lamp.set({"red": True, "green": True})
    bench.wait_status(Condition.TROUBLE)
    assert "red is off" in bench.lamp.status.detail
    assert "green" not in bench.lamp.status.detail
    assert bench.lamp.read_back() == {"red": False, "green": True, "buzzer": False}
    bench.clock.advance(1.1)
    assert bench.twin.wait_writes(1, WAIT_S_MAX)
    bench.twin.power_cycle(3)
    bench.twin.free(3, 0)
    bench.wait_status(Condition.VIRTUAL)
    bench.wait_coils({0: True, 1: True})


def test_a_silent_module_is_told_when_it_answers_again(bench: Bench) -> None:
    bench.twin.silence(3)
    bench.lamp.set({"red": True})
    bench.wait_status(Condition.LOST)
    assert "does not answer" in bench.lamp.status.detail
    bench.twin.silence(3, silent=False)
    bench.wait_status(Condition.VIRTUAL)
    bench.wait_coils({0: True})


def test_a_channel_that_the_lamp_has_not_is_a_mistake_of_the_caller(bench: Bench) -> None:
    with pytest.raises(KeyError):
        bench.lamp.set({"blue": True})
