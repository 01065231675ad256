"""Journals of a line, written second by second."""

import random
from pathlib import Path

from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.events import Event, Recorded
from shopfloor.core.line import Line, Shift
from shopfloor.core.rules import Refusal
from shopfloor.core.state import CardState
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.loop_cycle import LoopHistory
from shopfloor.flow.loop_history import read_loops
from shopfloor.store.journal import SqliteJournal
from tests.helpers.desk import Desk, rule_of
from tests.helpers.lines import a_line

S = 1_000_000
DAY_S = 86_400


class LoopJournal:
    """A desk whose clock is told in seconds since it began."""

    def __init__(self, line: Line | None = None) -> None:
        self.line = line or a_line()
        self.desk = Desk(self.line)
        self.start_us = self.desk.clock.now().at_us

    @property
    def events(self) -> list[Recorded]:
        """Everything so far."""
        return self.desk.journal

    @property
    def calendar(self) -> WorkCalendar:
        """The shifts of the line."""
        return WorkCalendar(self.line)

    def at(self, second: float) -> "LoopJournal":
        """Move the clock to this second."""
        late_s = (self.desk.clock.now().at_us - self.start_us) / S
        assert second >= late_s, f"the clock is at {late_s} already"
        self.desk.clock.advance(second - late_s)
        return self

    def scan(self, second: float, loop: str, number: int, station: str) -> Event:
        """Scan a card at this second; it must be accepted."""
        event = self.at(second).desk.scan(loop, number, station, after_s=0)
        assert not rule_of(event), event
        return event

    def do(self, second: float, command: c.Command) -> Event:
        """Any other command at this second; it must be accepted."""
        event = self.at(second).desk.do(command)
        assert not isinstance(event, Refusal), event
        return event

    def turn(self, number: int, pulled: float, started: float, finished: float) -> None:
        """A whole replenishment of a shaft card: nothing else may happen until it is done."""
        self.scan(pulled, "shaft", number, "assembly")
        self.scan(started, "shaft", number, "press")
        self.scan(finished, "shaft", number, "press")

    def history(self, loop: str = "shaft") -> LoopHistory:
        """What the events so far say of a loop."""
        return read_loops(self.events).history(loop)


def shaft_line(cards: int = 3, *, shifts: tuple[Shift, ...] = (), quantity: int = 10) -> Line:
    """A press without limits that makes one part for assembly, in UTC."""
    line = a_line()
    loops = tuple(replace(x, cards=cards, quantity=quantity) for x in line.loops if x.id == "shaft")
    stations = tuple(replace(station, wip_limit=None) for station in line.stations)
    return replace(line, timezone="UTC", stations=stations, loops=loops, shifts=shifts)


def random_journal(seed: int, *, cards: int = 4, steps: int = 300, line: Line | None = None) -> LoopJournal:
    """A busy shaft loop whose store runs empty now and then: at random instants, a random card's next step."""
    chance = random.Random(seed)
    journal = LoopJournal(line or shaft_line(cards))
    second = 0.0
    for _ in range(steps):
        second += chance.choice((20, 30, 45, 60, 90, 200))
        found = list(journal.desk.shop.by_loop["shaft"].values())
        card = chance.choice(found)
        match card.state:
            case CardState.FULL if chance.random() < 0.05:
                journal.do(second, c.HoldCard(station="press", card=card.id, reason="check"))
            case CardState.HELD:
                journal.do(second, c.ReleaseCard(station="press", card=card.id))
            case CardState.FULL:
                journal.scan(second, "shaft", card.number, "assembly")
                if chance.random() < 0.05:
                    journal.do(second + 3, c.UndoStep(station="assembly"))
            case CardState.IN_PROCESS if chance.random() < 0.05:
                journal.scan(second, "shaft", card.number, "assembly")
            case _:
                journal.scan(second, "shaft", card.number, "press")
    return journal


def stored(journal: LoopJournal, folder: Path) -> Path:
    """The data folder of a terminal that saw all of it."""
    store = SqliteJournal(folder, "press")
    opened = store.open()
    events = [replace(recorded, origin=opened.origin) for recorded in journal.events]
    store.append(events, tuple(journal.desk.shop.entities()), (), ())
    store.close()
    return folder
