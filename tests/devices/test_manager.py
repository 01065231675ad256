"""The devices of a terminal."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from msgspec import structs

from shopfloor.clock import Clock, ManualClock, SystemClock
from shopfloor.core.health import Condition
from shopfloor.core.line import Device, DeviceKind
from shopfloor.devices.manager import DeviceManager
from shopfloor.devices.virtual import Fault, VirtualPort
from tests.devices.rigs import PtyRig
from tests.helpers.recorder import WAIT_S_MAX, HealthLog, Inbox

NEVER_S = (3600.0,)


class Bench:
    """A manager with an inbox and a health log; devices are told by `id=port`, buttons begin with `box`."""

    def __init__(self, *devices: Device, clock: Clock | None = None, retry_s: tuple[float, ...] = (0.01,)) -> None:
        self.inbox = Inbox()
        self.health = HealthLog()
        self.manager = DeviceManager(
            devices,
            self.inbox,
            report=self.health,
            clock=clock or SystemClock(),
            jitter=lambda: 0.0,
            retry_s=retry_s,
        )

    def __enter__(self) -> Self:
        self.manager.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self.manager.stop() == ()


def gun(name: str, port: str = "virtual") -> Device:
    return Device(id=name, kind=DeviceKind.SCANNER, port=port, station="press")


@pytest.fixture
def fresh(request: pytest.FixtureRequest) -> Iterator[str]:
    """A device name of this test alone, plugged in whatever the test did."""
    name = f"gun-{request.node.name}"
    yield name
    VirtualPort.get(name).fault(Fault.REPLUG)


def test_scanner_and_buttons_work_side_by_side_and_are_labelled_as_emulated(fresh: str) -> None:
    box = Device(id="box-1", kind=DeviceKind.BUTTONS, port=f"virtual://{fresh}-box", station="press")
    with Bench(gun(fresh), box) as bench:
        for name in (fresh, "box-1"):
            shown = bench.health.wait(name, Condition.VIRTUAL)
            assert "emulated" in shown.detail
            assert shown.station == "press"
        assert bench.health.last("box-1").kind == "buttons"
        VirtualPort.get(fresh).send(b"]Q1KAB12\r")
        assert bench.inbox.wait_taken(1)[0].text == "KAB12"
        VirtualPort.get(f"{fresh}-box").send(b"B1\r\n")
        assert bench.inbox.wait_taken(2)[1].device == "box-1"
    assert bench.health.last(fresh).condition is Condition.STOPPED


def test_two_devices_on_one_port_are_told_apart_with_words_even_through_a_link(tmp_path: Path) -> None:
    rig = PtyRig(tmp_path)
    same = str(Path(rig.port).readlink())
    with Bench(gun("gun-1", rig.port), gun("gun-2", same)) as bench:
        bench.health.wait("gun-1", Condition.UP)
        refused = bench.health.last("gun-2")
        assert refused.condition is Condition.TROUBLE
        assert "which gun-1 has already" in refused.detail
        assert "gun-2 or gun-1" in refused.remedy
        assert not bench.manager.restart("gun-2")
    rig.unplug()


def test_a_malformed_port_is_left_out_with_words_and_the_others_run(fresh: str) -> None:
    with Bench(gun("bad", "ttyUSB0"), gun("keys", "wedge"), gun(fresh)) as bench:
        bench.health.wait(fresh, Condition.VIRTUAL)
        bad = bench.health.last("bad")
        assert (bad.condition, bad.detail) == (Condition.TROUBLE, "Expected a port, got 'ttyUSB0'.")
        assert "/dev/serial/by-id" in bad.remedy
        assert "keys" not in {health.id for health in bench.health.all}


def test_a_loss_is_logged_once_and_the_return_once(fresh: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "shopfloor.devices")
    port = VirtualPort.get(fresh)
    with Bench(gun(fresh)) as bench:
        bench.health.wait(fresh, Condition.VIRTUAL)
        port.fault(Fault.UNPLUG)
        bench.health.wait(fresh, Condition.LOST)
        threading.Event().wait(0.1)  # ten retries, none of which is worth a line
        port.fault(Fault.REPLUG)
        bench.health.wait(fresh, Condition.VIRTUAL, reconnects=1)
    words = [record.getMessage().split(":")[0] for record in caplog.records]
    assert words == [f"{fresh} is up at emulated", f"{fresh} is lost", f"{fresh} is up at emulated"]
    assert {record.levelname for record in caplog.records} == {"INFO"}


@pytest.mark.parametrize(("fault", "condition"), [(Fault.BUSY, Condition.BUSY), (Fault.DENIED, Condition.DENIED)])
def test_a_port_that_is_refused_is_tried_until_it_is_given(fresh: str, fault: Fault, condition: Condition) -> None:
    port = VirtualPort.get(fresh)
    port.fault(fault)
    with Bench(gun(fresh)) as bench:
        assert bench.health.wait(fresh, condition).remedy
        port.fault(Fault.REPLUG)
        bench.health.wait(fresh, Condition.VIRTUAL)


def test_a_restart_ends_the_wait_for_the_next_try(fresh: str) -> None:
    port = VirtualPort.get(fresh)
    port.fault(Fault.UNPLUG)
    with Bench(gun(fresh), retry_s=NEVER_S) as bench:
        bench.health.wait(fresh, Condition.LOST)
        port.fault(Fault.REPLUG)
        assert bench.manager.restart(fresh)
        bench.health.wait(fresh, Condition.VIRTUAL)
        assert bench.manager.restart(fresh)
        bench.health.wait(fresh, Condition.VIRTUAL, reconnects=1)
        assert not bench.manager.restart("nobody")


def test_a_signal_carries_the_instant_of_its_read_however_long_the_inbox_was_full(fresh: str) -> None:
    clock = ManualClock()
    with Bench(gun(fresh), clock=clock) as bench:
        assert VirtualPort.get(fresh).wait_open(10)
        read_at = clock.now()
        bench.inbox.fill(full=True)
        VirtualPort.get(fresh).send(b"K1\r")
        bench.inbox.wait_refused(2)
        bench.inbox.fill(full=False)
        clock.advance(20)
        bench.inbox.wait_taken(1)
        assert bench.inbox.stamps == [read_at]


def test_a_stop_does_not_wait_for_a_full_inbox_and_says_what_was_given_up(fresh: str) -> None:
    with Bench(gun(fresh)) as bench:
        bench.health.wait(fresh, Condition.VIRTUAL)
        bench.inbox.fill(full=True)
        VirtualPort.get(fresh).send(b"K1\rK2\r")
        bench.inbox.wait_refused(3)
    assert bench.health.last(fresh).counts["undelivered"] == 2


def test_a_flood_of_frames_is_no_flood_of_health(fresh: str) -> None:
    with Bench(gun(fresh)) as bench:
        bench.health.wait(fresh, Condition.VIRTUAL)
        for number in range(500):
            VirtualPort.get(fresh).send(b"K%04d\r" % number)
        bench.inbox.wait_taken(500)
        counts = bench.health.wait(fresh, frames=500).counts
        assert counts["bytes"] == 3000
        assert len(bench.health.all) < 50


def test_a_bug_in_a_port_thread_is_not_swallowed_and_a_restart_brings_the_port_back(
    fresh: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bugs: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: bugs.append(repr(args.exc_value)))
    port = VirtualPort.get(fresh)
    with Bench(gun(fresh)) as bench:
        bench.health.wait(fresh, Condition.VIRTUAL)
        with monkeypatch.context() as patch:
            patch.setattr("shopfloor.devices.port_thread.SignalKind", None)
            port.send(b"K1\r")
            bench.health.wait(fresh, Condition.TROUBLE)
        while not bench.manager.restart(fresh) or not port.wait_open(0.05):
            pass
        port.send(b"K2\r")
        assert bench.inbox.wait_taken(1)[0].text == "K2"
    assert len(bugs) == 1


def test_a_port_that_stays_as_it_is_is_not_let_go_of_when_others_change(fresh: str) -> None:
    kept, other = gun(fresh), gun(f"{fresh}-other")
    moved = structs.replace(other, station="deburr")
    with Bench(kept, other) as bench:
        for device in (kept, other):
            assert VirtualPort.get(device.id).wait_open(WAIT_S_MAX)
        bench.manager.renew((moved, kept))
        assert VirtualPort.get(other.id).wait_open(WAIT_S_MAX)
        assert VirtualPort.get(kept.id).send(b"K-1\r")
        assert VirtualPort.get(other.id).send(b"K-2\r")
        taken = {signal.text: signal.station for signal in bench.inbox.wait_taken(2)}
        bench.manager.renew((kept,))
        assert not VirtualPort.get(other.id).is_open
        told = [part.condition for part in bench.health.all if part.id == kept.id]
    assert taken == {"K-1": "press", "K-2": "deburr"}
    assert Condition.STOPPED not in told


def test_a_new_device_does_not_take_the_port_of_one_that_has_it(fresh: str) -> None:
    kept, late = gun(fresh, f"virtual://{fresh}"), gun("late", f"virtual://{fresh}")
    with Bench(kept) as bench:
        assert VirtualPort.get(fresh).wait_open(WAIT_S_MAX)
        bench.manager.renew((late, kept))
        assert [part.condition for part in bench.health.all if part.id == "late"] == [Condition.TROUBLE]
        assert VirtualPort.get(fresh).is_open
