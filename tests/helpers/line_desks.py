"""Terminals with real journals, whose engine and link live on the loop of a bench: what is asked is done at once."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from shopfloor.clock import Clock
from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.events import Recorded
from shopfloor.core.line_link import Cursor, Discipline, LineEntry, LinkView, NewName, Standing
from shopfloor.core.line_views import see_link
from shopfloor.core.state_hash import state_hash
from shopfloor.engine.anew import begin_anew, leave_branches, put_back_in_time, take_branch
from shopfloor.engine.desk import Desk
from shopfloor.engine.survey import Survey
from shopfloor.link.log import LineLog
from shopfloor.link.session import LinkSession
from shopfloor.link.snapshots import newest_snapshot
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.own_journal import SqliteOwnJournal
from shopfloor.trouble import Trouble
from tests.helpers.calls import andon_line
from tests.helpers.line_bench import LINE

SURVEY = Survey(age_us=500_000, every_us=1_000_000, every_events=1_000, look_us=0)
STATIONS = {"t1": ("saw",), "t2": ("assembly",)}
CALM_S_MAX = 60.0
FOLD_EVENTS = 1_000


class Where(Protocol):
    """A line, and what o'clock it is there."""

    def log(self, terminal: str) -> LineLog: ...
    def clock(self) -> Clock: ...


class NoEars:
    """Nobody listens."""

    def woken(self, seq: int) -> None: ...
    def told(self, kind: str, terminal: str, payload: bytes) -> None: ...


class DeskTerminal:
    """Implements `Deliver`."""

    desk: Desk
    reader: SqliteOwnJournal

    def __init__(self, bench: Where, folder: Path, name: str) -> None:
        self.name = name
        self.folder = folder / name
        self.views: list[LinkView] = []
        self.sets_none = False  # no further floor: else there is one each second here
        self.off_us = 0  # its own clock, until it hears the line
        self._bench = bench
        self._task: asyncio.Task[None] | None = None
        self._open()
        self.desk.run(c.ChangeLine(line=andon_line()), self._clock.now())

    def connect(self) -> None:
        """Begin the link."""
        self.session = LinkSession(
            lambda: self._bench.log(self.name),
            line=LINE,
            journal=self.reader,
            deliver=self,
            clock=self._clock,
            version="1",
            tell=self.views.append,
        )
        self._task = asyncio.get_running_loop().create_task(self.session.run())

    async def disconnect(self) -> None:
        """End the link."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.wait({self._task})
            self._task = None

    def restart(self) -> None:
        """End the process and begin it again."""
        self.close()
        self._open()

    def reopen(self) -> None:
        """Begin the process on whatever its folder holds now."""
        self._open()

    def close(self) -> None:
        """Let the folder go."""
        self.reader.close()
        self.journal.close()

    def scan(self, number: int, station: str) -> None:
        """A card is scanned."""
        text = card_code(self.desk.shop.line.id, "long", number, 1)
        self._publish(c.ReadSignal(station=station, device="gun", text=text))

    def second(self) -> None:
        """What it does each second."""
        now = self._clock.now()
        if self.views:
            see_link(self.desk.shop, self.views[-1], now)
        before = self.desk.head
        self.desk.settle(now, self.views[-1] if self.views and not self.sets_none else None)
        while self.desk.climbs:
            self.desk.climb(now)
        if self.desk.head > before and self._task is not None:
            self.session.poke()

    @property
    def hash(self) -> str:
        """Its state."""
        return state_hash(self.desk.shop.entities())

    @property
    def floor(self) -> int:
        """The number of the floor it stands on."""
        on = self.reader.stands_on()
        return on.floor.number if on else 0

    def events(self) -> list[Recorded]:
        """Everything it knows one by one."""
        return self.journal.since(None)

    def deliver(self, entries: Sequence[LineEntry], cursor: Cursor) -> Future[None]:
        return _done(lambda: self._take(entries, cursor))

    def _take(self, entries: Sequence[LineEntry], cursor: Cursor | None) -> None:
        self.desk.deliver(entries, cursor)
        while self.desk.waiting:
            self.desk.fold(FOLD_EVENTS)
        self.desk.pay_all()

    def adopt(self, standing: Standing, cursor: Cursor) -> Future[None]:
        return _done(lambda: self.desk.adopt(standing, cursor))

    def forget_order(self, after_seq: int) -> Future[None]:
        return _done(lambda: self.desk.forget_order(after_seq))

    def begin_anew(self, name: NewName) -> Future[None]:
        return _done(lambda: self._begin_anew(name))

    def hear(self, entries: Sequence[LineEntry]) -> Future[None]:
        return _done(lambda: self._take(entries, None))

    def take_branch(self, name: NewName, entries: Sequence[LineEntry]) -> Future[None]:
        return _done(lambda: take_branch(self.desk, self.journal, name, entries, self._clock.now()))

    def retime(self, kept: int, clock: Discipline) -> Future[None]:
        def work() -> None:
            self.off_us = self.desk.unsure_us = 0
            events, ahead_us = self.journal.ahead(kept, clock)
            if events:
                self.desk = put_back_in_time(self.desk, self.journal, events)
                step = c.NoteClockStep(step_ms=-ahead_us // 1_000, events=len(events))
                self.desk.run(step, self._clock.now())

        return _done(work)

    def leave_branches(self) -> Future[None]:
        def work() -> None:
            self.desk = leave_branches(self.desk, self.journal)

        return _done(work)

    def _open(self) -> None:
        self._clock = self._bench.clock()
        self.journal = SqliteJournal(self.folder, self.name)
        self.desk = Desk(self.journal, self.journal.open(), SURVEY)
        now = self._clock.now()
        self.desk.begin(now, ended_us=0)
        self.desk.run(c.StartTerminal(terminal=self.name, program="test", stations=STATIONS.get(self.name, ())), now)
        self.reader = SqliteOwnJournal(self.folder)

    def _begin_anew(self, name: NewName) -> None:
        self.desk = begin_anew(self.desk, self.journal, name, self._clock.now(), self.name)

    def _publish(self, command: c.Command) -> None:
        now = self._clock.now()
        self.desk.run(command, replace(now, at_us=now.at_us + self.off_us))
        if self._task is not None:
            self.session.poke()


async def pass_s(terminals: Sequence[DeskTerminal], seconds: float) -> None:
    """Let time pass for these terminals."""
    for _ in range(round(seconds)):
        await asyncio.sleep(1.0)
        for terminal in terminals:
            terminal.second()


async def until(true: Callable[[], bool], terminals: Sequence[DeskTerminal], *, within_s: float = CALM_S_MAX) -> None:
    """Wait until it is true."""
    end_s = asyncio.get_running_loop().time() + within_s
    while not true():
        assert asyncio.get_running_loop().time() < end_s, [
            (t.name, t.floor, t.desk.head, t.views[-1] if t.views else None) for t in terminals
        ]
        await asyncio.sleep(0.2)
        for terminal in terminals:
            terminal.second()


def agree(terminals: Sequence[DeskTerminal]) -> bool:
    """Whether all have one state and one floor, and everything of everybody."""
    heads = [{**t.journal.heads(), t.reader.origin(): t.desk.head} for t in terminals]
    return len({(t.hash, t.floor) for t in terminals}) == 1 and all(head == heads[0] for head in heads)


async def with_a_floor(bench: Where, folder: Path) -> list[DeskTerminal]:
    """Two terminals at work, that stand on a floor and have said so."""
    both = [DeskTerminal(bench, folder, name) for name in ("t1", "t2")]
    for terminal in both:
        terminal.connect()
    for number in (1, 2):
        both[1].scan(number, "assembly")
        both[0].scan(number, "saw")
    await pass_s(both, 1)
    await until(lambda: both[0].floor > 0 and agree(both), both)
    log = bench.log("t1")
    await log.open(both[0].session)
    while True:
        ident = await log.ident()
        if await newest_snapshot(log, ident) is not None and len(await log.kept("head")) == 2:
            break
        await pass_s(both, 1)
    await log.close()
    return both


def _done(work: Callable[[], object]) -> Future[None]:
    done: Future[None] = Future()
    try:
        work()
    except (ValueError, Trouble) as error:
        done.set_exception(error)
    else:
        done.set_result(None)
    return done
