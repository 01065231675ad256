"""One thread a bus."""

import itertools
import logging
import threading

import pytest

from shopfloor.clock import Clock, ManualClock, SystemClock
from shopfloor.core.health import Condition
from shopfloor.devices.modbus.bus import SILENT_MAX, ModbusBus
from shopfloor.devices.modbus.link import Link, UnitFault
from shopfloor.devices.modbus.virtual import VirtualLink, VirtualModbus
from shopfloor.devices.transport import PortFault
from tests.devices.modbus.rigs import until
from tests.helpers.recorder import WAIT_S_MAX

POLL_NS = 50_000_000
NEVER_NS = 3_600_000_000_000
MS = 1_000_000


class Reader:
    """A member that reads its unit every 50 ms, and counts what became of it."""

    def __init__(self, unit: int, clock: Clock, *, refused: bool = False) -> None:
        self.unit = unit
        self._clock = clock
        self._refused = refused
        self._changed = threading.Condition()
        self._due_ns = 0
        self.reads: list[int] = []
        self.faults: list[tuple[int, PortFault]] = []
        self.connections = 0
        self.ends = 0
        self.threads: set[str] = set()

    def due_ns(self) -> int:
        return self._due_ns

    def connected(self) -> None:
        self.connections += 1

    def exchange(self, link: Link) -> None:
        now_ns = self._clock.now().mono_ns
        self._due_ns = now_ns + POLL_NS
        if self._refused:
            raise UnitFault("refused", remedy="", silent=False)
        link.read_inputs(self.unit, 0, 8)
        self.threads.add(threading.current_thread().name)
        with self._changed:
            self.reads.append(now_ns)
            self._changed.notify_all()

    def unreadable(self, fault: PortFault) -> None:
        with self._changed:
            self.faults.append((self._clock.now().mono_ns, fault))
            self._changed.notify_all()

    def ended(self) -> None:
        with self._changed:
            self.ends += 1
            self._changed.notify_all()

    def wait_reads(self, count: int) -> None:
        """Wait for so many more reads."""
        with self._changed:
            goal = len(self.reads) + count
            assert self._changed.wait_for(lambda: len(self.reads) >= goal, WAIT_S_MAX), f"{len(self.reads)} of {goal}"

    def wait_faults(self, count: int) -> None:
        """Wait until there were so many faults."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.faults) >= count, WAIT_S_MAX), self.faults

    def wait_end(self) -> None:
        """Wait until it is told that the thread died."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.ends, WAIT_S_MAX)


class Bench:
    """A bus on a virtual link, and its members."""

    def __init__(self, name: str, *, clock: Clock | None = None, retry_s: tuple[float, ...] = (0.01,)) -> None:
        self.clock = clock or SystemClock()
        self.twin = VirtualModbus.get(name)
        self.bus = ModbusBus(VirtualLink(name), clock=self.clock, jitter=lambda: 0.0, retry_s=retry_s)
        self._members: list[Reader] = []

    def reader(self, unit: int, *, refused: bool = False) -> Reader:
        """A member at work."""
        member = Reader(unit, self.clock, refused=refused)
        self._members.append(member)
        self.bus.add(member)
        return member

    def end(self) -> None:
        """Let all leave."""
        for member in self._members:
            self.bus.remove(member)
        for member in self._members:
            assert self.bus.wait_left(member, WAIT_S_MAX)
        assert not self.bus.alive


def test_all_modules_of_a_bus_share_one_thread_that_ends_with_the_last(request: pytest.FixtureRequest) -> None:
    bench = Bench(request.node.name)
    first, second = bench.reader(1), bench.reader(2)
    first.wait_reads(2)
    second.wait_reads(2)
    assert first.threads == second.threads == {f"shopfloor-modbus-emulated: virtual://{request.node.name}"}
    bench.bus.remove(first)
    assert bench.bus.wait_left(first, WAIT_S_MAX)
    after = len(first.reads)
    second.wait_reads(3)
    assert len(first.reads) == after
    bench.end()
    again = bench.reader(1)
    again.wait_reads(1)
    bench.end()


def test_a_silent_module_is_left_alone_longer_and_longer_and_the_others_are_read(
    request: pytest.FixtureRequest,
) -> None:
    clock = ManualClock()
    bench = Bench(request.node.name, clock=clock, retry_s=(0.2, 0.5, 2.0))
    bench.twin.silence(2)
    good, silent = bench.reader(1), bench.reader(2)
    for _ in range(120):  # six seconds
        reads = len(good.reads)
        until(lambda reads=reads: len(good.reads) > reads or _advance(clock), "a read")  # type: ignore[misc]
    tries_ms = [(at_ns - silent.faults[0][0]) // MS for at_ns, _ in silent.faults]
    waits = [after - before for before, after in itertools.pairwise(tries_ms)]
    assert [round(wait, -2) for wait in waits[:4]] == [200, 500, 2000, 2000]
    gaps = [after - before for before, after in itertools.pairwise(good.reads)]
    assert max(gaps) < 3 * POLL_NS
    assert good.connections == 1
    bench.twin.silence(2, silent=False)
    until(lambda: bool(silent.reads) or _advance(clock), "the silent module")
    bench.end()


def test_a_silent_module_is_silent_for_all_who_talk_to_it(request: pytest.FixtureRequest) -> None:
    bench = Bench(request.node.name)
    other = bench.reader(2)
    bench.twin.silence(1)
    first, second = bench.reader(1), bench.reader(1)
    first.wait_faults(2)
    second.wait_faults(2)
    assert other.faults == []
    bench.end()


def test_a_refusal_is_the_trouble_of_one_member_only(request: pytest.FixtureRequest) -> None:
    bench = Bench(request.node.name)
    good, refused = bench.reader(1), bench.reader(1, refused=True)
    refused.wait_faults(SILENT_MAX + 2)
    good.wait_reads(2)
    assert good.faults == []
    assert good.connections == 1
    bench.end()


def test_a_connection_on_which_nobody_answers_is_made_anew(request: pytest.FixtureRequest) -> None:
    bench = Bench(request.node.name)
    bench.twin.silence(1)
    bench.twin.silence(2)
    members = bench.reader(1), bench.reader(2)
    for member in members:
        member.wait_faults(SILENT_MAX + 1)
        until(lambda member=member: member.connections > 1, "a second connection")  # type: ignore[misc]
    for member in members:
        bench.twin.silence(member.unit, silent=False)
        member.wait_reads(1)
    bench.end()


def test_a_bus_that_is_pulled_out_is_tried_until_it_is_back_and_logged_once(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "shopfloor.devices.modbus")
    bench = Bench(request.node.name)
    member = bench.reader(1)
    member.wait_reads(1)
    bench.twin.unplug()
    member.wait_faults(5)
    assert {fault.condition for _, fault in member.faults} == {Condition.LOST}
    bench.twin.replug()
    member.wait_reads(1)
    bench.end()
    name = f"emulated: virtual://{request.node.name}"
    words = [record.getMessage().removeprefix(name).split(":")[0] for record in caplog.records]
    assert words == [" is up", " is lost", " is up"]


def test_trying_again_does_not_wait(request: pytest.FixtureRequest) -> None:
    bench = Bench(request.node.name, retry_s=(3600.0,))
    bench.twin.unplug()
    member = bench.reader(1)
    member.wait_faults(1)
    bench.twin.replug()
    bench.bus.wake()  # a lamp that changes is no reason to hurry
    assert member.connections == 0
    bench.bus.try_again()
    member.wait_reads(1)
    bench.bus.try_again()
    until(lambda: member.connections == 2, "a second connection")
    bench.end()


def test_a_bug_ends_the_thread_with_a_word_and_a_new_member_brings_it_back(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    bugs: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: bugs.append(repr(args.exc_value)))
    bench = Bench(request.node.name)
    member = bench.reader(1)
    member.wait_reads(1)
    with monkeypatch.context() as patch:
        patch.setattr(VirtualLink, "read_inputs", None)
        member.wait_end()
    until(lambda: not bench.bus.alive, "the end of the thread")
    assert len(bugs) == 1
    bench.reader(2).wait_reads(1)
    member.wait_reads(1)
    bench.end()


def _advance(clock: ManualClock) -> bool:
    clock.advance(0.025)
    return False
