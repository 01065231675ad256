"""Who shares a bus, and what a terminal does with its modules."""

import threading
from pathlib import Path

import pytest
from msgspec import structs

from shopfloor.clock import SystemClock
from shopfloor.core.health import Condition
from shopfloor.core.line import Device, DeviceKind
from shopfloor.core.line_andon import Input
from shopfloor.devices.manager import DeviceManager
from shopfloor.devices.modbus.buses import Buses
from shopfloor.devices.modbus.virtual import VirtualLink, VirtualModbus
from shopfloor.trouble import PortTrouble
from tests.devices.modbus.rigs import News
from tests.helpers.recorder import HealthLog

BUTTON = Input(name="help", address=0)
OTHER = Input(name="stop", address=1)


def module(name: str, port: str, *, unit: int = 1, contact: Input = BUTTON) -> Device:
    return Device(id=name, kind=DeviceKind.MODBUS, port=port, station="press", unit=unit, inputs=(contact,))


class Bench:
    """A manager of modules on one virtual bus."""

    def __init__(self, *devices: Device) -> None:
        self.news, self.health = News(), HealthLog()
        self.manager = DeviceManager(
            devices, self.news, report=self.health, clock=SystemClock(), jitter=lambda: 0.0, retry_s=(0.01,)
        )
        self.manager.start()

    def threads(self) -> list[str]:
        return [thread.name for thread in threading.enumerate() if thread.name.startswith("shopfloor-modbus-")]


def test_the_same_endpoint_is_the_same_bus() -> None:
    buses = Buses(SystemClock())
    one = buses.bus("modbus://10.0.0.7:502", name="a")
    assert buses.bus(" modbus://10.0.0.7:502 ", name="b") is one
    assert buses.bus("modbus://10.0.0.7:503", name="b") is not one
    assert not one.alive


def test_the_same_serial_port_is_the_same_bus_even_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "tty").touch()
    (tmp_path / "by-id").symlink_to(tmp_path / "tty")
    buses = Buses(SystemClock())
    one = buses.bus(f"modbus:{tmp_path / 'by-id'}", name="a")
    assert buses.bus(str(tmp_path / "tty"), name="b") is one


def test_a_port_that_was_pulled_out_and_put_in_meanwhile_is_the_same_bus(tmp_path: Path) -> None:
    link = tmp_path / "by-id"
    buses = Buses(SystemClock())
    one = buses.bus(f"modbus:{link}", name="a")
    (tmp_path / "tty").touch()
    link.symlink_to(tmp_path / "tty")
    assert buses.bus(f"modbus:{link}", name="b") is one


def test_a_bare_virtual_is_a_bus_of_its_own_and_a_named_one_is_shared() -> None:
    buses = Buses(SystemClock())
    assert buses.bus("virtual", name="a") is not buses.bus("virtual", name="b")
    assert buses.bus("virtual://io", name="a") is buses.bus("virtual://io", name="b")


def test_two_speeds_on_a_running_line_are_refused_with_words(tmp_path: Path) -> None:
    buses = Buses(SystemClock())
    port = f"modbus:{tmp_path / 'tty'}"
    lamp = buses.coils(port, name="lamp-1", unit=1, channels={"red": 0})
    lamp.start()
    with pytest.raises(PortTrouble) as caught:
        buses.bus(port, name="io-1", baud=19200)
    assert caught.value.what == f"Expected 9600 baud at {port} as lamp-1 has it, got 19200."
    assert "io-1 and lamp-1" in caught.value.remedy
    assert lamp.stop(10)
    assert buses.bus(port, name="io-1", baud=19200).poll_ms


@pytest.mark.parametrize("port", ["socket://10.0.0.7:23", "0403:6001", "wedge", "mqtt://10.0.0.7:1883/a", "modbus:tty"])
def test_what_is_no_bus_is_refused_with_words(port: str) -> None:
    with pytest.raises(PortTrouble) as caught:
        Buses(SystemClock()).bus(port, name="io-1")
    assert repr(port) in caught.value.what
    assert "modbus:" in caught.value.remedy


def test_devices_on_one_bus_share_its_thread_and_go_on_when_others_leave(request: pytest.FixtureRequest) -> None:
    name = request.node.name
    port = f"virtual://{name}"
    first, second = module("io-1", port), module("io-2", port, contact=OTHER)
    third = module("io-3", port, unit=2, contact=structs.replace(BUTTON, name="ack"))
    bench = Bench(first, second, third)
    for device in (first, second, third):
        bench.health.wait(device.id, Condition.VIRTUAL)
    assert bench.threads() == [f"shopfloor-modbus-emulated: {port}"]
    bench.manager.renew([second, structs.replace(third, station="deburr")])
    assert bench.health.last("io-1").condition is Condition.STOPPED
    bench.health.wait("io-3", Condition.VIRTUAL)
    VirtualModbus.get(name).hold(1, BUTTON, down=True)
    VirtualModbus.get(name).hold(1, OTHER, down=True)
    bench.news.wait("stop")
    VirtualModbus.get(name).hold(2, BUTTON, down=True)
    bench.news.wait("stop", "ack")
    assert bench.news.commands[1].station == "deburr"
    assert Condition.STOPPED not in [part.condition for part in bench.health.all if part.id == "io-2"]
    assert bench.manager.stop() == ()
    assert bench.threads() == []


def test_a_scanner_is_no_module_and_a_module_no_scanner(request: pytest.FixtureRequest) -> None:
    scanner = Device(id="gun", kind=DeviceKind.SCANNER, port="modbus://127.0.0.1:502", station="press")
    bench = Bench(scanner, module("io", "socket://127.0.0.1:4001"))
    for name, words in (("gun", "Expected a port for scanner"), ("io", "Expected a bus")):
        refused = bench.health.last(name)
        assert refused.condition is Condition.TROUBLE
        assert refused.detail.startswith(words)
    assert bench.manager.stop() == ()


def test_a_scanner_and_a_module_do_not_share_a_port(tmp_path: Path) -> None:
    path = str(tmp_path / "tty")
    scanner = Device(id="gun", kind=DeviceKind.SCANNER, port=path, station="press")
    bench = Bench(scanner, module("io", f"modbus:{path}"))
    assert "which gun has already" in bench.health.last("io").detail
    assert bench.manager.stop() == ()


def test_a_restart_connects_anew_and_brings_back_a_bus_that_died(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    bugs: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: bugs.append(repr(args.exc_value)))
    name = request.node.name
    bench = Bench(module(name, "virtual"))
    bench.health.wait(name, Condition.VIRTUAL)
    assert bench.manager.restart(name)
    VirtualModbus.get(name).hold(1, BUTTON, down=True)
    bench.news.wait("help")
    with monkeypatch.context() as patch:
        patch.setattr(VirtualLink, "read_inputs", None)
        assert "Restart" in bench.health.wait(name, Condition.TROUBLE).remedy
    VirtualModbus.get(name).hold(1, BUTTON, down=False)
    assert bench.manager.restart(name)
    bench.health.wait(name, Condition.VIRTUAL)
    VirtualModbus.get(name).hold(1, BUTTON, down=True)
    bench.news.wait("help", "help")
    assert len(bugs) == 1
    assert bench.manager.stop() == ()
