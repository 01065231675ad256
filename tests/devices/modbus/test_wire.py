"""Inputs and coils of modules in a server process, over TCP and over a serial line."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from shopfloor.clock import SystemClock
from shopfloor.core.health import Condition
from shopfloor.core.line import Device, DeviceKind
from shopfloor.core.line_andon import Input, InputMode
from shopfloor.devices.address import ModbusAddress
from shopfloor.devices.manager import DeviceManager
from shopfloor.devices.modbus.buses import Buses
from shopfloor.devices.modbus.link import UnitFault
from shopfloor.devices.modbus.wire import SerialLink, TcpLink
from shopfloor.devices.transport import PortFault
from tests.devices.modbus.rigs import SERVERS, News, RtuServer, Server, TcpServer, until
from tests.helpers.recorder import WAIT_S_MAX, HealthLog

BAUD = 19200
BUTTON = Input(name="help", address=0, counter=16)
CORD = Input(name="cord", address=1, mode=InputMode.CONTACT, normally_closed=True)
OTHER = Input(name="ack", address=0)

Rig = TcpServer | RtuServer


@pytest.fixture(params=SERVERS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    """Modules at work, a button up and a cord at rest."""
    rig = SERVERS[request.param](tmp_path)
    rig.close(1, CORD.address)
    try:
        rig.start()
        yield rig
    finally:
        rig.unplug()


class Bench:
    """The devices of a terminal, and its buses for a lamp."""

    def __init__(self, rig: Server, *units: tuple[int, tuple[Input, ...]]) -> None:
        self.news, self.health = News(), HealthLog()
        clock = SystemClock()
        self.buses = Buses(clock, jitter=lambda: 0.0, retry_s=(0.05,))
        devices = [
            Device(
                id=f"io-{unit}",
                kind=DeviceKind.MODBUS,
                port=rig.port,
                station="press",
                unit=unit,
                baud=BAUD,
                inputs=inputs,
                poll_ms=20,
            )
            for unit, inputs in units
        ]
        self.manager = DeviceManager(
            devices, self.news, report=self.health, clock=clock, jitter=lambda: 0.0, buses=self.buses
        )

    def __enter__(self) -> Self:
        self.manager.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.manager.stop() == ()


def test_presses_contacts_and_a_broken_wire(rig: Rig) -> None:
    with Bench(rig, (1, (BUTTON, CORD))) as bench:
        bench.news.wait("cord-")
        rig.close(1, BUTTON.address)
        bench.news.wait("cord-", "help")
        rig.close(1, CORD.address, closed=False)
        bench.news.wait("cord-", "help", "cord+")
        rig.close(1, CORD.address)
        bench.news.wait("cord-", "help", "cord+", "cord-")
        shown = bench.health.last("io-1")
        assert shown.condition is Condition.UP
        assert shown.detail == f"{rig.port} unit 1"


def test_a_press_shorter_than_the_poll_is_told_by_the_modules_counter(rig: Rig) -> None:
    rig.count(1, 16, 0xFFFF, 0xFFFF)
    with Bench(rig, (1, (BUTTON,))) as bench:
        bench.health.wait("io-1", Condition.UP)
        rig.count(1, 16, 0, 0)
        bench.news.wait("help")


def test_modules_that_are_switched_off_are_unknown_and_tell_their_contacts_when_they_are_back(rig: Rig) -> None:
    with Bench(rig, (1, (CORD,))) as bench:
        for again in range(2):
            bench.news.wait(*["cord-"] * (again + 1))
            rig.stop()
            lost = bench.health.wait("io-1", Condition.LOST)
            assert "inputs are unknown" in lost.detail
            assert bench.news.words == ["cord-"] * (again + 1)
            rig.start()
            bench.health.wait("io-1", Condition.UP)
        bench.news.wait(*["cord-"] * 3)


def test_a_bus_that_is_pulled_out_comes_back_when_it_is_put_in(rig: Rig) -> None:
    with Bench(rig, (1, (BUTTON, CORD))) as bench:
        bench.news.wait("cord-")
        rig.unplug()
        bench.health.wait("io-1", Condition.LOST)
        rig.close(1, CORD.address, closed=False)
        rig.replug()
        bench.health.wait("io-1", Condition.UP, reconnects=1)
        bench.news.wait("cord-", "cord+")


@pytest.mark.skipif(sys.platform == "win32", reason="needs signals that Windows has not")
def test_modules_that_hang_are_unknown_until_they_go_on(rig: Rig) -> None:
    with Bench(rig, (1, (CORD,))) as bench:
        bench.news.wait("cord-")
        rig.freeze()
        bench.health.wait("io-1", Condition.LOST)
        rig.thaw()
        bench.health.wait("io-1", Condition.UP, reconnects=1)
        bench.news.wait("cord-", "cord-")


def test_a_silent_module_is_unknown_and_the_other_works_on(rig: Rig) -> None:
    with Bench(rig, (1, (CORD,)), (2, (OTHER,))) as bench:
        bench.news.wait("cord-")
        rig.silence(1)
        bench.health.wait("io-1", Condition.LOST)
        rig.close(2, OTHER.address)
        bench.news.wait("cord-", "ack")
        assert bench.health.last("io-2").condition is Condition.UP
        rig.silence(1, silent=False)
        bench.health.wait("io-1", Condition.UP)
        bench.news.wait("cord-", "ack", "cord-")


def test_inputs_and_a_lamp_share_a_bus_and_the_lamp_is_told_again_after_an_outage(rig: Rig) -> None:
    with Bench(rig, (1, (CORD,))) as bench:
        lamp = bench.buses.coils(rig.port, name="lamp-1", unit=2, channels={"red": 0, "green": 1}, baud=BAUD)
        lamp.start()
        lamp.set({"red": True, "green": False})
        rig.wait_coils(2, True, False)
        until(lambda: lamp.read_back() == {"red": True, "green": False}, "the read-back")
        rig.unplug()
        until(lambda: lamp.status.condition is Condition.LOST, "the loss")
        assert lamp.read_back() is None
        lamp.set({"green": True})
        rig.replug()
        rig.wait_coils(2, True, True)
        until(lambda: lamp.status.condition is Condition.UP, "the lamp")
        rig.turn(2, 0, on=False)
        lamp.set({"green": False})
        rig.wait_coils(2, True, False)
        assert lamp.stop(WAIT_S_MAX)


def test_a_module_without_function_15_gets_one_coil_at_a_time(rig: Rig) -> None:
    bench = Bench(rig)
    lamp = bench.buses.coils(rig.port, name="lamp-1", unit=3, channels={"red": 0, "green": 1}, baud=BAUD)
    lamp.start()
    lamp.set({"red": True, "green": True})
    rig.wait_coils(3, True, True)
    assert {1, 5, 15} <= rig.functions()
    assert lamp.stop(WAIT_S_MAX)


def test_an_address_the_module_has_not_is_said_with_words(rig: Rig) -> None:
    with Bench(rig, (1, (CORD,)), (2, (Input(name="far", address=900),))) as bench:
        refused = bench.health.wait("io-2", Condition.LOST)
        assert "unit 2 has not got the address (code 2)" in refused.detail
        assert "addresses" in refused.remedy
        bench.news.wait("cord-")
        assert bench.health.last("io-1").condition is Condition.UP


def test_a_bus_that_is_not_there_is_lost_with_words(tmp_path: Path) -> None:
    server = TcpServer(tmp_path)
    for port, words in ((server.port, "does not answer"), (f"modbus:{tmp_path / 'none'}", "is not there")):
        device = Device(id="io", kind=DeviceKind.MODBUS, port=port, station="press", inputs=(CORD,))
        health, news = HealthLog(), News()
        manager = DeviceManager([device], news, report=health, clock=SystemClock(), retry_s=(0.01,))
        manager.start()
        lost = health.wait("io", Condition.LOST, failed_polls=1)
        assert words in lost.detail
        assert manager.stop() == ()
        assert news.words == []


def test_a_link_that_is_not_open_says_so() -> None:
    for link in (TcpLink(ModbusAddress("127.0.0.1", 1)), SerialLink("/dev/none", baud=BAUD)):
        with pytest.raises(PortFault, match="is not open"):
            link.read_inputs(1, 0, 1)
        link.close()


def test_a_slow_line_is_polled_less() -> None:
    assert SerialLink("/dev/none", baud=9600).poll_ms > SerialLink("/dev/none", baud=19200).poll_ms


def test_a_missing_library_is_said_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "pymodbus"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "pymodbus", None)
    with pytest.raises(PortFault) as caught:
        TcpLink(ModbusAddress("127.0.0.1", 1)).open()
    assert not isinstance(caught.value, UnitFault)
    assert caught.value.condition is Condition.TROUBLE
    assert "shopfloor[modbus]" in caught.value.remedy
