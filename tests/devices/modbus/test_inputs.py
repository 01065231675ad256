"""The inputs of a virtual module, through the bus's thread and the virtual twin."""

from collections.abc import Iterator

import pytest

from shopfloor.clock import ManualClock
from shopfloor.core.commands import ReadSignal, SignalKind
from shopfloor.core.commands_andon import ReadContact
from shopfloor.core.health import Condition
from shopfloor.core.line import Device, DeviceKind
from shopfloor.core.line_andon import Input, InputMode
from shopfloor.devices.manager import DeviceManager
from shopfloor.devices.modbus.inputs import HELD_MAX
from shopfloor.devices.modbus.virtual import VirtualModbus
from tests.devices.modbus.rigs import News, until
from tests.helpers.recorder import HealthLog

BUTTON = Input(name="help", address=0, counter=16)
CORD = Input(name="cord", address=1, mode=InputMode.CONTACT, normally_closed=True)
PLAIN = Input(name="ack", address=9)


class Bench:
    """A module with a button, a pull cord and a plain button, on a clock that stands."""

    def __init__(self, name: str) -> None:
        self.clock = ManualClock()
        self.news, self.health = News(), HealthLog()
        self.name = name
        device = Device(
            id=name, kind=DeviceKind.MODBUS, port="virtual", station="press", unit=2, inputs=(BUTTON, CORD, PLAIN)
        )
        self.manager = DeviceManager(
            [device], self.news, report=self.health, clock=self.clock, jitter=lambda: 0.0, retry_s=(0.2, 0.5)
        )
        self.twin = VirtualModbus.get(name)
        self.manager.start()
        self.poll()

    def poll(self, times: int = 3) -> None:
        """Let so many polls pass."""
        for _ in range(times):
            goal = self.twin.reads + 1
            until(lambda goal=goal: self.twin.reads >= goal or self._advance(), "a poll")  # type: ignore[misc]

    def wait(self, condition: Condition) -> None:
        """Let time pass until the health is so."""

        until(lambda: self.health.last(self.name).condition is condition or self._advance(), f"{condition}")

    def _advance(self) -> bool:
        self.clock.advance(0.05)
        return False


@pytest.fixture
def bench(request: pytest.FixtureRequest) -> Iterator[Bench]:
    bench = Bench(request.node.name)
    yield bench
    assert bench.manager.stop() == ()
    assert bench.health.last(bench.name).condition is Condition.STOPPED


def test_a_press_is_a_signal_with_the_inputs_name_and_a_contact_tells_its_level(bench: Bench) -> None:
    bench.news.wait("cord-")
    bench.twin.hold(2, BUTTON, down=True)
    bench.poll()
    bench.twin.hold(2, BUTTON, down=False)
    bench.twin.hold(2, CORD, down=True)
    bench.poll()
    bench.twin.hold(2, CORD, down=False)
    bench.poll()
    bench.news.wait("cord-", "help", "cord+", "cord-")
    press, pulled = bench.news.commands[1:3]
    assert press == ReadSignal(station="press", device=bench.name, text="help", signal=SignalKind.BUTTON)
    assert pulled == ReadContact(station="press", device=bench.name, input="cord", active=True)
    shown = bench.health.last(bench.name)
    assert shown.condition is Condition.VIRTUAL
    assert "emulated" in shown.detail


def test_the_first_sample_that_differed_is_the_instant_of_a_press(bench: Bench) -> None:
    bench.poll()
    before = bench.clock.now()
    bench.twin.hold(2, PLAIN, down=True)
    reads = bench.twin.reads
    bench.clock.advance(0.05)
    after = bench.clock.now()
    until(lambda: bench.twin.reads > reads, "the read that sees it")
    bench.poll()
    bench.news.wait("cord-", "ack")
    assert before.mono_ns <= bench.news.stamps[1].mono_ns <= after.mono_ns


def test_a_broken_wire_calls(bench: Bench) -> None:
    bench.twin.cut(2, CORD)
    bench.poll()
    bench.news.wait("cord-", "cord+")


def test_a_press_shorter_than_the_poll_is_not_lost(bench: Bench) -> None:
    bench.twin.tap(2, BUTTON)
    bench.poll()
    bench.news.wait("cord-", "help")
    bench.clock.advance(0.6)
    assert bench.health.wait(bench.name, counted=1).counts["presses"] == 1


def test_an_input_is_unknown_after_three_polls_and_the_contact_is_told_again(bench: Bench) -> None:
    bench.news.wait("cord-")
    bench.twin.unplug()
    bench.wait(Condition.LOST)
    shown = bench.health.last(bench.name)
    assert shown.detail.startswith("Its inputs are unknown: ")
    assert shown.remedy
    assert shown.counts["failed_polls"] == 3
    assert bench.news.words == ["cord-"]
    bench.twin.hold(2, CORD, down=True)
    bench.twin.replug()
    bench.wait(Condition.VIRTUAL)
    bench.news.wait("cord-", "cord+")
    assert bench.health.last(bench.name).counts["reconnects"] == 1


def test_two_failed_polls_are_noise(bench: Bench) -> None:
    bench.news.wait("cord-")
    bench.twin.silence(2)
    bench.clock.advance(0.05)
    until(lambda: bench.twin.refused >= 1, "a failed poll")
    bench.clock.advance(0.21)
    until(lambda: bench.twin.refused >= 2, "a second one")
    bench.twin.silence(2, silent=False)
    bench.clock.advance(0.51)
    bench.poll()
    assert {part.condition for part in bench.health.all} == {Condition.NEW, Condition.VIRTUAL}
    assert bench.news.words == ["cord-"]


def test_a_press_during_an_outage_is_told_where_the_module_counts(bench: Bench) -> None:
    bench.twin.unplug()
    bench.wait(Condition.LOST)
    for _ in range(3):
        bench.twin.tap(2, BUTTON)
    bench.twin.replug()
    bench.wait(Condition.VIRTUAL)
    bench.poll()
    bench.news.wait("cord-", "help", "cord-")


def test_a_full_inbox_holds_presses_back_and_the_oldest_go_when_it_stays_full(bench: Bench) -> None:
    bench.news.wait("cord-")
    bench.news.full = True
    for _ in range(HELD_MAX + 2):
        bench.twin.tap(2, BUTTON)
        bench.poll(1)
    assert bench.health.last(bench.name).condition is Condition.TROUBLE
    assert "inbox is full" in bench.health.last(bench.name).detail
    bench.news.full = False
    bench.poll()
    bench.news.wait("cord-", *["help"] * HELD_MAX)
    bench.wait(Condition.VIRTUAL)
    bench.clock.advance(0.6)
    assert bench.health.wait(bench.name, held_back=1).counts["undelivered"] == 2


def test_the_twin_begins_at_rest_so_that_nothing_calls_by_itself(bench: Bench) -> None:
    bench.poll()
    assert bench.news.words == ["cord-"]
