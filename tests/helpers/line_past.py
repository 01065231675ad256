"""What terminals of a line did while another one was away: genuine journals, made without waiting for the clock."""

import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.line import Line, Loop, LoopKind, Part, StartState, Station
from shopfloor.core.line_link import Cursor, LineEntry
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.engine.desk import Desk
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.own_journal import SqliteOwnJournal

LINE_ID: Final = "absence"
CARDS: Final = 20
BEGIN_US: Final = 1_767_600_000 * US_PER_S
_PAUSE_US: Final = (100_000, 3_000_000)  # between two scans at a station
_MESSAGE_EVENTS: Final = (20, 64, 120, 256)


def line(stations: Sequence[str]) -> Line:
    """Stations that each have a loop of their own, which begins and ends there."""
    return Line(
        id=LINE_ID,
        name="Absence",
        repeat_window_s=0,
        stations=tuple(Station(id=name, name=name) for name in stations),
        parts=(Part(id="P"),),
        loops=tuple(
            Loop(id=f"l{name}", part="P", kind=LoopKind.CONWIP, route=(name,), cards=CARDS, start=StartState.EMPTY)
            for name in stations
        ),
    )


class Past:
    """A terminal's journal, written by an engine's own desk under a clock that runs ahead."""

    def __init__(self, folder: Path, name: str, *, begin_us: int = BEGIN_US) -> None:
        self.folder, self.name = folder, name
        self.journal = SqliteJournal(folder, name)
        self.desk = Desk(self.journal, self.journal.open())
        self.at_us = begin_us
        self._rng = random.Random(name)
        self.desk.begin(self.now(), ended_us=0)
        self.do(c.StartTerminal(terminal=name, program="test", stations=(name,)))

    def now(self) -> Now:
        """Its clock."""
        return Now(self.at_us, self.at_us * 1_000, self.name)

    def do(self, command: c.Command) -> None:
        """One command now."""
        self.desk.run(command, self.now())

    def work(self, scans: int, *, until_us: int | None = None) -> None:
        """Somebody starts and finishes cards; the last scan at that instant, if one is given."""
        pause_us = (until_us - self.at_us) // scans if until_us is not None else None
        for _ in range(scans):
            self.at_us += pause_us or self._rng.randrange(*_PAUSE_US)
            self.scan(self._rng.randrange(1, CARDS + 1))

    def scan(self, number: int) -> None:
        """Scan a card of the own loop."""
        text = card_code(LINE_ID, f"l{self.name}", number, 1)
        self.do(c.ReadSignal(station=self.name, device="gun", text=text))

    def entries(self, after: int = 0) -> list[LineEntry]:
        """What it wrote."""
        with SqliteOwnJournal(self.folder) as own:
            return own.events(after, 10_000_000)

    def hear(self, entries: Sequence[LineEntry], cursor: Cursor, *, part: int = 100) -> None:
        """Take what the line has by parts, and fold all of it in."""
        for first in range(0, len(entries), part):
            self.desk.deliver(entries[first : first + part], cursor if first + part >= len(entries) else None)
        self.fold()

    def fold(self, *, each: Callable[[], None] = lambda: None) -> None:
        """Fold in what waits, by small steps; `each` is called between them."""
        while self.desk.waiting:
            self.desk.fold(50)
            each()


def messages(pasts: Sequence[Past], *, after: int = 0, seed: int = 1) -> list[list[LineEntry]]:
    """What they wrote as the line has it: in messages of several sizes, in the order of their ends."""
    rng = random.Random(seed)
    found: list[list[LineEntry]] = []
    for past in pasts:
        entries = past.entries(after)
        while entries:
            size = rng.choice(_MESSAGE_EVENTS)
            found.append(entries[:size])
            entries = entries[size:]
    found.sort(key=lambda message: message[-1].recorded.moment)
    return [
        [LineEntry(seq=seq, ts_us=seq, recorded=it.recorded, hash=it.hash, body=it.body) for it in message]
        for seq, message in enumerate(found, 1)
    ]


def two_at_work(folder: Path, scans: int) -> list[Past]:
    """The pasts of two terminals that each scanned so often; the third station is nobody's yet."""
    stations = ("s1", "s2", "s3")
    first, second = Past(folder / "s1", "s1"), Past(folder / "s2", "s2")
    first.do(c.ChangeLine(line=line(stations)))
    second.at_us += 1
    second.hear([*messages([first])[0]], Cursor("past", 1, 1))
    for past in (first, second):
        past.work(scans)
    return [first, second]
