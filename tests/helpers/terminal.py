"""A terminal without devices and screens: an engine on a real journal, with somebody who listens."""

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from shopfloor.core.entities import entity_key
from shopfloor.core.events import Event, Recorded, Unknown
from shopfloor.core.line import Line
from shopfloor.core.line_link import LineClock
from shopfloor.core.ports import AskLine
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call, Entity
from shopfloor.core.update import Outcome, Snapshot, Update
from shopfloor.engine.archivist import UPKEEP, Upkeep
from shopfloor.engine.engine import Engine
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal

CALM_S = 0.002
WAIT_S_MAX = 30.0  # only a broken test waits so long

_E = TypeVar("_E")


class Listens(Protocol):
    """An engine, as somebody who listens needs it."""

    def listen(self, put: Callable[[Snapshot | Update], None]) -> Callable[[], None]:
        """Begin to call `put`; the returned function ends it."""


def until(true: Callable[[], object], *, within_s: float = WAIT_S_MAX) -> None:
    """Wait until it is true, which other threads or processes make it."""
    pause = threading.Event()
    for _ in range(round(within_s / 0.05)):
        if true():
            return
        pause.wait(0.05)
    raise AssertionError("it does not come about")


def shop_of(engine: Listens) -> Shop:
    """The shop as an engine tells it to whoever begins to listen."""
    ear = Ear()
    end = engine.listen(ear)
    found = ear.next()
    end()
    assert isinstance(found, Snapshot)
    return Shop(found.line, found.entities)


class Ear:
    """A listener that keeps what it hears, in order."""

    def __init__(self) -> None:
        self._heard: queue.SimpleQueue[Snapshot | Update] = queue.SimpleQueue()

    def __call__(self, heard: Snapshot | Update) -> None:
        self._heard.put(heard)

    def next(self) -> Snapshot | Update:
        """The next thing said."""
        return self._heard.get(timeout=WAIT_S_MAX)

    def until(self, wanted: Callable[[Snapshot | Update], bool]) -> Snapshot | Update:
        """The next thing said that is wanted; what comes before is dropped."""
        while not wanted(heard := self.next()):
            pass
        return heard

    def event(self, kind: type[_E]) -> _E:
        """The next event of a kind."""
        heard = self.until(lambda x: isinstance(x, Update) and any(isinstance(e.event, kind) for e in x.events))
        assert isinstance(heard, Update)
        return next(e.event for e in heard.events if isinstance(e.event, kind))

    @property
    def rest(self) -> list[Snapshot | Update]:
        """Everything that is there now."""
        found = []
        while not self._heard.empty():
            found.append(self._heard.get())
        return found


class Terminal:
    """One run of a terminal on a data folder."""

    def __init__(
        self,
        folder: Path,
        clock: ManualClock,
        line: Line | None,
        journal: SqliteJournal | None = None,
        *,
        stations: tuple[str, ...] = (),
        name: str = "t1",
        upkeep: Upkeep = UPKEEP,
        ask_line: AskLine | None = None,
        line_clock: LineClock | None = None,
    ) -> None:
        self.folder = folder
        self.clock = clock
        self.journal = journal or SqliteJournal(folder, name)
        self.engine = Engine(
            self.journal,
            clock,
            terminal=name,
            program="test",
            stations=stations,
            line=line,
            history=lambda: SqliteHistory(folder),
            upkeep=upkeep,
            ask_line=ask_line,
            line_clock=line_clock,
        )
        self.ear = Ear()
        self.engine.listen(self.ear)
        self.engine.start()

    def do(self, command: c.Command, *, command_id: str = "") -> Outcome:
        """Submit a command and wait for what it came to."""
        answer: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        assert self.engine.submit(command, self.clock.now(), command_id=command_id, reply=answer.put)
        return answer.get(timeout=WAIT_S_MAX)

    def scan(self, loop: str, number: int, station: str, *, after_s: float = 2.0) -> Outcome:
        """Scan a card a while later."""
        self.clock.advance(after_s)
        assert self.snapshot.line.id
        text = card_code(self.snapshot.line.id, loop, number, 1)
        return self.do(c.ReadSignal(station=station, device="gun", text=text))

    def on_engine(self, job: Callable[[], object]) -> None:
        """Run something on the engine's thread, and wait for it."""
        done = threading.Event()

        def listener(_: Snapshot | Update) -> None:
            if not done.is_set():
                job()
                done.set()

        end = self.engine.listen(listener)
        assert done.wait(WAIT_S_MAX)
        end()

    def wait_calm(self) -> None:
        """Wait until it has done what it does by small steps between the signals."""
        calm, waits = threading.Event(), 0
        while self.engine._intake.is_busy:
            assert waits * CALM_S < WAIT_S_MAX
            calm.wait(CALM_S)
            waits += 1

    @property
    def snapshot(self) -> Snapshot:
        """Everything as it is now."""
        ear = Ear()
        end = self.engine.listen(ear)
        found = ear.next()
        end()
        assert isinstance(found, Snapshot)
        return found


def call(terminal: Terminal) -> Call:
    """Call for material at the saw, where card 1 of `long` may be started."""
    terminal.scan("long", 1, "assembly")
    terminal.do(c.RaiseCall(station="saw", reason="material"))
    return next(entity for entity in terminal.snapshot.entities if isinstance(entity, Call))


@contextmanager
def running(
    folder: Path,
    clock: ManualClock,
    line: Line | None = None,
    *,
    journal: SqliteJournal | None = None,
    stations: tuple[str, ...] = (),
    name: str = "t1",
    upkeep: Upkeep = UPKEEP,
    ask_line: AskLine | None = None,
    line_clock: LineClock | None = None,
) -> Iterator[Terminal]:
    """A terminal that accepts signals, and is stopped after. `stations` are its own: watches look at no others."""
    terminal = Terminal(
        folder,
        clock,
        line,
        journal,
        stations=stations,
        name=name,
        upkeep=upkeep,
        ask_line=ask_line,
        line_clock=line_clock,
    )
    try:
        assert terminal.engine.wait_ready(WAIT_S_MAX)
        yield terminal
    finally:
        terminal.engine.stop()


def rows(folder: Path) -> list[Recorded]:
    """The whole journal of a data folder."""
    with SqliteHistory(folder) as history:
        return list(history.events())


def events(folder: Path) -> list[Event | Unknown]:
    """The events of the whole journal."""
    return [row.event for row in rows(folder)]


def stored(folder: Path) -> dict[tuple[str, str], Entity]:
    """Every stored entity by kind and id."""
    with SqliteHistory(folder) as history:
        _, entities, _ = history.snapshot()
    return {(type(e).__name__, entity_key(e)): e for e in entities}
