"""A lamp on the coils of an emulated bus, driven by a rack as the program does it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from shopfloor.clock import SystemClock
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_andon import Lamp, LampKind
from shopfloor.devices.lamps.rack import LampRack
from shopfloor.devices.lamps.wish import ALL_ON, DARK, Buzz, Light, lights
from shopfloor.devices.modbus.buses import Buses
from shopfloor.devices.modbus.virtual import VirtualModbus
from tests.helpers.recorder import WAIT_S_MAX, HealthLog

UNIT = 3
COILS = {"red": 0, "yellow": 1, "green": 2, "buzzer": 5}
STOPPED = lights(red=Light.FLASH, buzzer=Buzz.STOP)
RETRY_S = (0.01,)


@pytest.fixture
def module(request: pytest.FixtureRequest) -> VirtualModbus:
    """A bus of this test alone."""
    return VirtualModbus.get(f"bus-{request.node.name}")


def lamp(module: VirtualModbus, name: str = "tower", *, buzzer: bool = True) -> Lamp:
    port = f"virtual://{module.name}"
    return Lamp(id=name, kind=LampKind.MODBUS, port=port, unit=UNIT, channels=COILS, station="saw", buzzer=buzzer)


@contextmanager
def racked(*lamps: Lamp) -> Iterator[tuple[LampRack, HealthLog]]:
    clock = SystemClock()
    health = HealthLog()
    rack = LampRack(report=health, clock=clock, coils=Buses(clock, jitter=lambda: 0.0, retry_s=RETRY_S).coils)
    rack.renew(lamps)
    try:
        yield rack, health
    finally:
        assert rack.stop() == ()


def switched(*on: str) -> dict[int, bool]:
    return {coil: name in on for name, coil in COILS.items()}


def says(health: HealthLog, met: Callable[[Health], bool]) -> Health:
    """Wait until the lamp's newest words are so."""
    assert health.wait_for(lambda parts: bool(parts) and met(parts[-1])), health.all[-1]
    return health.all[-1]


def test_a_wish_switches_coils_and_is_read_back(module: VirtualModbus) -> None:
    with racked(lamp(module)) as (rack, health):
        rack.want({"tower": STOPPED})
        assert module.wait_coils(UNIT, switched("red", "buzzer"), WAIT_S_MAX)
        part = says(health, lambda part: "red on, buzzer call" in part.detail)
        assert part.id == "lamp:tower"
        assert part.condition is Condition.VIRTUAL
        assert (rack.shown("tower").wish, rack.shown("tower").ok) == (STOPPED, True)
        rack.want({"tower": lights(green=Light.ON)})
        assert module.wait_coils(UNIT, switched("green"), WAIT_S_MAX)
    assert module.coils(UNIT) == switched()


def test_a_coil_that_sticks_is_in_trouble_with_its_colour(module: VirtualModbus) -> None:
    module.stick(UNIT, COILS["red"], on=False)
    with racked(lamp(module)) as (rack, health):
        rack.want({"tower": ALL_ON})
        part = says(health, lambda part: part.condition is Condition.TROUBLE)
        assert "red is off" in part.detail
        assert rack.shown("tower").ok is False


def test_a_bus_that_was_pulled_out_shows_the_latest_when_it_is_back(module: VirtualModbus) -> None:
    with racked(lamp(module)) as (rack, health):
        rack.want({"tower": STOPPED})
        assert module.wait_coils(UNIT, switched("red", "buzzer"), WAIT_S_MAX)
        module.unplug()
        rack.want({"tower": ALL_ON})
        says(health, lambda part: part.condition is Condition.LOST)
        assert rack.shown("tower").wish is None
        rack.want({"tower": lights(green=Light.ON)})
        module.replug()
        assert module.wait_coils(UNIT, switched("green"), WAIT_S_MAX)
        says(health, lambda part: part.condition is Condition.VIRTUAL)


def test_a_rack_ends_although_its_bus_is_gone(module: VirtualModbus) -> None:
    with racked(lamp(module)) as (rack, health):
        rack.want({"tower": STOPPED})
        assert module.wait_coils(UNIT, switched("red", "buzzer"), WAIT_S_MAX)
        module.unplug()
        rack.want({"tower": DARK})
        says(health, lambda part: part.condition is Condition.LOST)
    module.replug()


def test_a_buzzer_that_may_not_sound_is_silent(module: VirtualModbus) -> None:
    with racked(lamp(module, buzzer=False)) as (rack, _):
        rack.want({"tower": STOPPED})
        assert module.wait_coils(UNIT, switched("red"), WAIT_S_MAX)


def test_a_port_that_is_no_bus_is_left_out_with_words(module: VirtualModbus) -> None:
    bad = Lamp(id="bad", kind=LampKind.MODBUS, port="socket://host:502", channels=COILS)
    with racked(bad, lamp(module)) as (rack, health):
        part = next(part for part in health.all if part.id == "lamp:bad")
        assert part.condition is Condition.TROUBLE
        assert "Expected a bus" in part.detail
        assert rack.shown("bad").detail == "The lamp is left out."
        assert not rack.restart("bad")
        assert rack.restart("tower")
