"""kill -9 at random moments while scanners stream real work, with the operator who scans again what got no answer."""

import random
import threading
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from shopfloor.core.events import (
    CardFinished,
    CardStarted,
    CardWithdrawn,
    Recorded,
    ScanRepeated,
    SignalEvent,
    TerminalStarted,
)
from tests.flows.plant import Plant, code
from tests.flows.terminal import Echoed, TerminalProcess
from tests.helpers.scale import scaled
from tests.helpers.seed import chance

KILLS = scaled(20, 200)
WORK_S_MAX = 0.3  # a few dozen scans
BURST = 50
START_S_MAX = 0.5  # about as long as a start takes: some kills come before `ready`
EARLY_SHARE = 0.2
GUNS = {"gun-1": "press", "gun-3": "assembly"}
STATIONS = ("press", "assembly")
CARDS = tuple(("shaft", number) for number in range(1, 5)) + tuple(("spare", number) for number in range(1, 5))
TURN = (("gun-3", "card_withdrawn"), ("gun-1", "card_started"), ("gun-1", "card_finished"))
STEPS = (CardWithdrawn, CardStarted, CardFinished)

LINE = """
[line]
id = "gearbox"
name = "Gearbox line"
timezone = "UTC"
{head}

[[stations]]
id = "press"
name = "Press 1"

[[stations]]
id = "assembly"
name = "Assembly"

[[parts]]
id = "GB-200"

[[loops]]
id = "shaft"
part = "GB-200"
route = ["press"]
consumer = "assembly"
cards = 4

[[loops]]
id = "spare"
part = "GB-200"
route = ["press"]
consumer = "assembly"
cards = 4

[[reasons]]
id = "material"
name = "Material missing"
deadline_s = {deadline_s}
"""


class Scan(Struct, frozen=True):
    """One scan of the work: the step it has to come to."""

    device: str
    text: str
    card: str
    kind: str


def work() -> Iterator[Scan]:
    """Every card turns for ever, each step of all cards before the next: no station reads a card twice in a row."""
    while True:
        for device, kind in TURN:
            for loop, number in CARDS:
                yield Scan(device, code(loop, number), f"{loop}-{number:02d}", kind)


class Told(Struct, frozen=True):
    """A scan and the acknowledgement it got."""

    scan: Scan
    echoed: Echoed


class Operator:
    """Scans one card after the other, waits for each answer, and scans again what got none before a kill."""

    def __init__(self, plant: Plant, rng: random.Random) -> None:
        self._plant = plant
        self._rng = rng
        self._scans = deque[Scan]()
        self._work = work()
        self.told: list[Told] = []
        self.again = 0
        self.repeats = 0

    def shift(self) -> None:
        """Work on one process until it is killed, at a moment nobody knows."""
        terminal = self._plant.start(*STATIONS)
        early = self._rng.random() < EARLY_SHARE
        if not early:
            terminal.ready()
        after_s = self._rng.uniform(0, START_S_MAX if early else WORK_S_MAX)
        killer = threading.Timer(after_s, terminal.strike)
        killer.start()
        try:
            if not early or self._is_ready(terminal):
                while self._scan(terminal):
                    pass
        finally:
            killer.join()
            terminal.kill()

    def finish(self) -> None:
        """One last process, that ends cleanly."""
        terminal = self._plant.start(*STATIONS).ready()
        assert self._scan(terminal)
        assert terminal.stop() == 0

    def _is_ready(self, terminal: TerminalProcess) -> bool:
        return terminal.line() == "ready"

    def _scan(self, terminal: TerminalProcess) -> bool:
        """One scan and its answer; False if the terminal died instead of answering."""
        if not self._scans:
            self._scans.append(next(self._work))
        scan = self._scans[0]
        self._plant.send(scan.device, scan.text)
        echoed = terminal.next()
        if echoed is None:
            self.again += 1
            return False
        # The first answer counts: `already read` means that the scan before the kill was recorded.
        assert (echoed.card, echoed.device) == (scan.card, scan.device), (scan, echoed)
        assert echoed.kind in {scan.kind, "scan_repeated"}, (scan, echoed)
        self.repeats += echoed.kind == "scan_repeated"
        self.told.append(Told(self._scans.popleft(), echoed))
        return True


def signals(events: list[Recorded]) -> list[Recorded]:
    return [recorded for recorded in events if isinstance(recorded.event, SignalEvent)]


def lives(events: list[Recorded]) -> list[list[Recorded]]:
    """The events of each process."""
    found: list[list[Recorded]] = []
    for recorded in events:
        if isinstance(recorded.event, TerminalStarted):
            found.append([])
        found[-1].append(recorded)
    return found


def test_no_kill_loses_an_acknowledged_scan_or_makes_one_of_a_scan_two(tmp_path: Path) -> None:
    rng = chance()
    with Plant(tmp_path, guns=GUNS, text=LINE, head="repeat_window_s = 0") as plant:
        operator = Operator(plant, rng)
        for _ in range(KILLS):
            operator.shift()
        operator.finish()
        events = plant.journal()
        by_n = {recorded.n: recorded.event for recorded in events}
        for told in operator.told:
            event = by_n[told.echoed.n]
            assert isinstance(event, SignalEvent)
            assert (event.kind, event.code, event.device) == (told.echoed.kind, told.scan.text, told.scan.device)
        steps = [(r.event.card, r.event.kind) for r in events if isinstance(r.event, STEPS)]
        assert steps == [(told.scan.card, told.scan.kind) for told in operator.told], "each scan is one step, in order"
        answered = {told.echoed.n for told in operator.told}
        unanswered = [[r for r in signals(life) if r.n not in answered] for life in lives(events)]
        assert max(map(len, unanswered)) <= 1, "a kill may leave one commit that nobody was told of"
        silent = [recorded.event for life in unanswered for recorded in life]
        assert sum(isinstance(event, STEPS) for event in silent) == operator.repeats, "each was asked about again"
        assert all(isinstance(event, (*STEPS, ScanRepeated)) for event in silent)
        assert plant.problems() == []
        assert plant.run("verify").code == 0
    print(
        f"{KILLS} kills: {len(answered)} acknowledged scans, none lost; {operator.again} scanned again after a kill, "
        f"{operator.repeats} of them recorded before it, none of them twice"
    )


def test_a_kill_in_a_burst_leaves_at_most_one_commit_without_an_answer(tmp_path: Path) -> None:
    rng = chance()
    worst = answered = 0
    with Plant(tmp_path, guns=GUNS, text=LINE) as plant:
        after = 0
        for kill in range(KILLS // 2):
            terminal = plant.start(*STATIONS).ready()
            killer = threading.Timer(rng.uniform(0, WORK_S_MAX), terminal.strike)
            killer.start()
            for device in GUNS:
                plant.send(device, *(f"{device} {kill} {number}" for number in range(BURST)))
            killer.join()
            terminal.kill()
            told = {outcome.n for outcome in terminal.unread()}
            recorded = signals(plant.journal(after=after))
            committed = {entry.n for entry in recorded}
            assert told <= committed, "an answer was given for what is not there"
            worst = max(worst, len(committed - told))
            answered += len(told)
            codes = [entry.event.code for entry in recorded if isinstance(entry.event, SignalEvent)]
            assert len(codes) == len(set(codes))
            after = plant.journal(after=after)[-1].n
        assert worst <= 1
        assert plant.problems() == []
    print(f"{KILLS // 2} kills in bursts: {answered} acknowledged scans, none lost; at most {worst} commit unanswered")
