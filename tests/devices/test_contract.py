"""What holds for a scanner on any cable: real, networked or emulated."""

import random
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shopfloor.clock import SystemClock
from shopfloor.core.commands import SignalKind
from shopfloor.core.health import Condition
from shopfloor.core.line import Device, DeviceKind
from shopfloor.devices.manager import DeviceManager
from tests.devices.rigs import RIGS, Rig
from tests.helpers.recorder import HealthLog, Inbox
from tests.helpers.scale import scaled

UP = (Condition.UP, Condition.VIRTUAL)
RETRY_S = (0.01, 0.05, 0.1)  # the test does not want to wait five seconds for what it has just plugged in
_NEVER = threading.Event()
Expected = list[tuple[SignalKind, str]]


class Terminal:
    """One scanner on a cable, and all that it said."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.inbox = Inbox()
        self.health = HealthLog()
        device = Device(id="gun-1", kind=DeviceKind.SCANNER, port=rig.port, station="press")
        self.manager = DeviceManager(
            [device],
            self.inbox,
            report=self.health,
            clock=SystemClock(),
            jitter=lambda: 0.0,
            retry_s=RETRY_S,
        )

    def count(self, name: str) -> int:
        return self.health.last("gun-1").counts.get(name, 0)


@pytest.fixture(params=list(RIGS))
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    rig: Rig = RIGS[request.param](tmp_path)
    made = Terminal(rig)
    made.manager.start()
    try:
        made.health.wait("gun-1", *UP)
        yield made
    finally:
        assert made.manager.stop() == ()
        rig.unplug()
    assert made.health.last("gun-1").condition is Condition.STOPPED


class Operator:
    """Scans, misreads and disturbs by a seed, and knows which signals have to come of it."""

    def __init__(self, terminal: Terminal, seed: int) -> None:
        self._terminal = terminal
        self._chance = random.Random(seed)
        self._halves = 0
        self._next = 0
        self.expected: Expected = []

    def code(self) -> str:
        self._next += 1
        return f"K{self._next:07d}"

    def scan(self) -> None:
        code = self.code()
        end = self._chance.choice([b"\r", b"\n", b"\r\n"])
        frame = self._chance.choice([b"", b"\x02", b"]Q1"]) + code.encode() + end
        cut = self._chance.randrange(len(frame))
        for piece in (frame[:cut], frame[cut:]):
            self._terminal.rig.send(piece)
        self._expect(code)

    def burst(self, count: int) -> None:
        codes = [self.code() for _ in range(count)]
        self._terminal.rig.send(b"".join(code.encode() + b"\r" for code in codes))
        for code in codes:
            self._expect(code)

    def repeat(self) -> None:
        code = self.code()
        self._terminal.rig.send(f"{code}\r{code}\r{code}\r".encode())
        for _ in range(3):
            self._expect(code)

    def glued(self) -> None:
        code = self.code() + self.code()
        self._terminal.rig.send(code.encode() + b"\r")
        self._expect(code)

    def no_read(self) -> None:
        self._terminal.rig.send(b"NR\r")
        self.expected.append((SignalKind.NO_READ, "NR"))

    def untext(self) -> None:
        self._terminal.rig.send(b"K\x00\xfe1\r")
        self.expected.append((SignalKind.UNDECODABLE, "K\\x00\\xfe1"))

    def half(self) -> None:
        self._unended(b"K00")

    def noise(self) -> None:
        self._unended(bytes(self._chance.choice(b"\x00\x1b\x7f\x80\xfe\xffK7") for _ in range(40)))

    def _unended(self, data: bytes) -> None:
        self._terminal.rig.send(data)
        self._halves += 1
        self._terminal.health.wait("gun-1", stale=self._halves)

    def _expect(self, code: str) -> None:
        self.expected.append((SignalKind.SCAN, code))


def test_every_complete_frame_is_submitted_once_and_in_order(terminal: Terminal) -> None:
    operator = Operator(terminal, seed=7)
    chance = random.Random(11)
    pause_s = scaled(0, 100) / 1000  # ten a second in a soak
    steps: list[Callable[[], None]] = [operator.repeat, operator.glued, operator.no_read, operator.untext]
    for turn in range(scaled(3, 10)):
        for _ in range(40):
            operator.scan()
            if pause_s:
                _NEVER.wait(pause_s)
            if chance.random() < 0.2:
                chance.choice(steps)()
        operator.burst(50)
        (operator.half if turn % 2 else operator.noise)()
        operator.burst(10)
    signals = terminal.inbox.wait_taken(len(operator.expected))
    assert [(signal.signal, signal.text) for signal in signals] == operator.expected
    assert {(signal.station, signal.device) for signal in signals} == {("press", "gun-1")}
    stamps = terminal.inbox.stamps
    assert stamps == sorted(stamps, key=lambda now: now.mono_ns)
    terminal.health.wait("gun-1", *UP, frames=len(operator.expected))


def test_a_cable_pulled_and_plugged_again_and_again_loses_no_code_and_makes_none(terminal: Terminal) -> None:
    expected = []
    for turn in range(scaled(10, 50)):
        terminal.health.wait("gun-1", *UP, reconnects=turn)
        codes = [f"K{turn:03d}{number}" for number in range(5)]
        terminal.rig.send(b"".join(code.encode() + b"\r" for code in codes))
        expected += codes
        terminal.inbox.wait_taken(len(expected))
        terminal.rig.send(b"KHALF")
        terminal.rig.unplug()
        terminal.health.wait("gun-1", Condition.LOST)
        terminal.rig.replug()
    terminal.health.wait("gun-1", *UP)
    terminal.rig.send(b"KLAST\r")
    signals = terminal.inbox.wait_taken(len(expected) + 1)
    assert [signal.text for signal in signals] == [*expected, "KLAST"]


def test_while_the_inbox_is_full_signals_wait_and_none_is_lost(terminal: Terminal) -> None:
    codes = [f"K{number:04d}" for number in range(30)]
    terminal.inbox.fill(full=True)
    terminal.rig.send(b"".join(code.encode() + b"\r" for code in codes) + b"KLA")
    shown = terminal.health.wait("gun-1", Condition.TROUBLE)
    assert "inbox is full" in shown.detail
    terminal.rig.send(b"ST\r")
    terminal.inbox.fill(full=False)
    signals = terminal.inbox.wait_taken(len(codes) + 1)
    assert [signal.text for signal in signals] == [*codes, "KLAST"]
    assert terminal.health.wait("gun-1", *UP, frames=31).counts["held_back"] == 1
