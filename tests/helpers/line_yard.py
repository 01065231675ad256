"""Terminals on real journals whose disks can be put back and copied, and a line in between that a test moves."""

import random
import shutil
from pathlib import Path

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.evolve import fold
from shopfloor.core.line import Line
from shopfloor.core.line_link import Cursor, LineEntry, NewName
from shopfloor.core.state import Card
from shopfloor.core.state_hash import state_hash
from shopfloor.core.update import Outcome
from shopfloor.store.own_journal import SqliteOwnJournal
from shopfloor.store.verify import verify
from tests.helpers.calls import andon_line
from tests.helpers.terminal import WAIT_S_MAX, Terminal

STATIONS = {"one": ("saw", "mill"), "two": ("wash", "assembly")}


class Yard:
    """Computers, each with a disk; `name_of` is which terminal it believes to be. Close it in the end."""

    def __init__(self, folder: Path, line: Line | None = None) -> None:
        self.clock = ManualClock()
        self.line: list[LineEntry] = []
        self.name_of = {name: name for name in STATIONS}
        self.at: dict[str, Terminal] = {}
        self.told: list[tuple[str, Outcome]] = []
        self._folder = folder
        self._plan = line or andon_line()
        self._names = 0
        for name in STATIONS:
            self.start(name)

    def close(self) -> None:
        """End all of them."""
        for computer in tuple(self.at):
            self.stop(computer)

    def disk(self, computer: str) -> Path:
        """Its data folder."""
        return self._folder / computer

    def start(self, computer: str) -> None:
        """Switch it on."""
        name = self.name_of[computer]
        terminal = Terminal(self.disk(computer), self.clock, self._plan, stations=STATIONS[name], name=name)
        assert terminal.engine.wait_ready(WAIT_S_MAX)
        self.at[computer] = terminal

    def stop(self, computer: str) -> None:
        """Switch it off."""
        self.at.pop(computer).engine.stop()

    def copy(self, computer: str, other: str) -> None:
        """Copy a disk, whose computer is off meanwhile, to another computer."""
        self.stop(computer)
        shutil.rmtree(self.disk(other), ignore_errors=True)
        shutil.copytree(self.disk(computer), self.disk(other))
        self.name_of[other] = self.name_of[computer]
        self.start(computer)

    def put_back(self, computer: str, copy: str) -> None:
        """Replace a disk by a copy."""
        self.stop(computer)
        shutil.rmtree(self.disk(computer))
        shutil.copytree(self.disk(copy), self.disk(computer))
        self.start(computer)

    def do(self, computer: str, command: c.Command, *, after_s: float = 2.0) -> Outcome:
        """Somebody does something there a while later."""
        self.clock.advance(after_s)
        outcome = self.at[computer].do(command)
        self.told.append((computer, outcome))
        return outcome

    def scan(self, computer: str, loop: str, number: int, station: str) -> Outcome:
        """Somebody scans a card there."""
        text = card_code(self._plan.id, loop, number, 1)
        return self.do(computer, c.ReadSignal(station=station, device="gun", text=text))

    def sync(self, computer: str) -> None:
        """What a link does in the end: a new name if the old one is forked, then send and read."""
        with SqliteOwnJournal(self.disk(computer)) as journal:
            last = next((e for e in reversed(self.line) if e.recorded.origin == journal.origin()), None)
            if last is not None and not _holds(journal, last):
                self._read(computer, journal)
                self._names += 1
                before = journal.origin()
                name = NewName(before=before, after=f"{_terminal(before)}~{self._names:08x}", kept=journal.acked_n())
                self.at[computer].engine.begin_anew(name).result(WAIT_S_MAX)
                last = None
            for entry in journal.events(last.recorded.n if last else 0, 100_000):
                seq = len(self.line) + 1
                new = LineEntry(seq=seq, ts_us=seq, recorded=entry.recorded, hash=entry.hash, body=entry.body)
                self.line.append(new)
            self._read(computer, journal)

    def settle(self) -> None:
        """Let all that run come to know everything."""
        for _ in range(2):
            for computer in sorted(self.at):
                self.sync(computer)

    def origin(self, computer: str) -> str:
        """The name its events are written under."""
        with SqliteOwnJournal(self.disk(computer)) as journal:
            return journal.origin()

    def card(self, computer: str, card: str) -> Card:
        """A card as it is known there."""
        return next(e for e in self.at[computer].snapshot.entities if isinstance(e, Card) and e.id == card)

    def hashes(self) -> set[str]:
        """The state of each."""
        return {state_hash(terminal.snapshot.entities) for terminal in self.at.values()}

    def problems(self) -> list[str]:
        """What `verify` finds on any disk."""
        return [f"{computer}: {words}" for computer in self.at for words in verify(self.disk(computer), fold)]

    def _read(self, computer: str, journal: SqliteOwnJournal) -> None:
        cursor = journal.cursor()
        new = self.line[cursor.seq if cursor else 0 :]
        if not new:
            return
        own = journal.origin()
        proven = [entry for entry in new if entry.recorded.origin != own or _holds(journal, entry)]
        self.at[computer].engine.deliver(proven, Cursor("stream", new[-1].seq, new[-1].ts_us)).result(WAIT_S_MAX)


def work(yard: Yard, rng: random.Random, computer: str, steps: int) -> None:
    """People at a terminal scan, take back, call and clear."""
    stations = STATIONS[yard.name_of[computer]]
    for _ in range(steps):
        station = rng.choice(stations)
        match rng.randrange(12):
            case 0:
                yard.do(computer, c.RaiseCall(station=station, reason=rng.choice(("material", "quality", "fault"))))
            case 1:
                yard.do(computer, c.AcknowledgeCall(station=station))
            case 2:
                yard.do(computer, c.ClearCall(station=station))
            case 3 | 4:
                yard.do(computer, c.UndoStep(station=station), after_s=1.0)
            case 5:
                yard.do(computer, c.ReadSignal(station=station, device="gun", text=f"nothing {rng.random()}"))
            case _:
                yard.scan(computer, rng.choice(("long", "short", "ring")), rng.randint(1, 4), station)


def _holds(journal: SqliteOwnJournal, entry: LineEntry) -> bool:
    known = journal.events(entry.recorded.n - 1, 1)
    return bool(known) and known[0].hash == entry.hash


def _terminal(origin: str) -> str:
    return origin.rpartition("~")[0]
