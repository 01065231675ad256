"""The doors of the engine to the line: what the link hands over is taken in between the signals."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from shopfloor.clock import Clock
from shopfloor.core import commands as c
from shopfloor.core.health import Health
from shopfloor.core.line_link import Cursor, Discipline, LineEntry, NewName, Standing
from shopfloor.core.moment import Now
from shopfloor.core.ports import Journal
from shopfloor.core.update import Snapshot, Update
from shopfloor.engine.anew import (
    ANEW_WORDS,
    CLOCK_WORDS,
    LEAVE_WORDS,
    begin_anew,
    leave_branches,
    put_back_in_time,
    take_branch,
)
from shopfloor.engine.desk import Desk
from shopfloor.engine.inbox import Inbox
from shopfloor.engine.intake import Intake
from shopfloor.engine.parts import STORE, store_fails
from shopfloor.engine.publisher import Publisher
from shopfloor.engine.time import EngineTime


class LineDoors(ABC):
    """A part of the engine. Implements `core.line_link.Deliver`: each future carries what prevented it."""

    _clock: Clock
    _desk: Desk
    _health: dict[str, Health]
    _inbox: Inbox
    _intake: Intake
    _journal: Journal
    _publisher: Publisher
    _start: c.StartTerminal
    _time: EngineTime

    def deliver(self, entries: Sequence[LineEntry], cursor: Cursor) -> "Future[None]":
        """Take what the line has, in one transaction."""
        return self._inbox.later(lambda done: self._intake.deliver(entries, cursor, done))

    def adopt(self, standing: Standing, cursor: Cursor) -> "Future[None]":
        """Go on from another terminal's state at a floor."""
        return self._inbox.later(lambda done: self._intake.adopt(standing, cursor, done))

    def forget_order(self, after_seq: int) -> "Future[None]":
        """The line has another order behind that message."""
        return self._inbox.later(lambda done: self._intake.forget_order(after_seq, done))

    def hear(self, entries: Sequence[LineEntry]) -> "Future[None]":
        """Take what another terminal handed on, because the line has it not."""
        return self._inbox.later(
            lambda done: self._intake.hear(lambda: self._publish(self._desk.deliver(entries, None)), done)
        )

    def begin_anew(self, name: NewName) -> "Future[None]":
        """Go on under another name on the line, if that is not done yet."""

        def begin() -> None:
            now = self._now()
            self._go_on(lambda: begin_anew(self._desk, self._journal, name, now, self._start.terminal), ANEW_WORDS)

        return self._later(begin)

    def take_branch(self, name: NewName, entries: Sequence[LineEntry]) -> "Future[None]":
        """Record under a name of this terminal's what others know of `name.before`."""

        def take() -> None:
            now = self._now()
            self._publish(take_branch(self._desk, self._journal, name, entries, now))

        return self._inbox.later(lambda done: self._intake.hear(take, done))

    def retime(self, kept: int, clock: Discipline) -> "Future[None]":
        """Put own events behind `kept` that a clock set ahead has put into the future back to their time."""

        def put_back() -> None:
            self._time.follow(clock)
            now = self._now()
            events, ahead_us = self._journal.ahead(kept, clock)
            if not events:
                return
            self._go_on(lambda: put_back_in_time(self._desk, self._journal, events), CLOCK_WORDS)
            self._desk.unsure_us = self._time.unsure_us(now)
            self._time.step_ms(now)  # it is noted with what came of it
            step = c.NoteClockStep(step_ms=-ahead_us // 1_000, events=len(events))
            self._publish(self._desk.run(step, now))

        return self._later(put_back)

    def leave_branches(self) -> "Future[None]":
        """Leave what is under another name now."""

        def leave() -> None:
            if self._journal.holds_branches():
                self._go_on(lambda: leave_branches(self._desk, self._journal), LEAVE_WORDS)

        return self._later(leave)

    def _later(self, work: Callable[[], None]) -> "Future[None]":
        return self._inbox.later(lambda done: self._intake.later(work, done))

    def _go_on(self, desk: Callable[[], Desk], words: tuple[str, str]) -> None:
        """Take another desk, and say while it is made why nobody is answered."""
        self._publish_health((store_fails(self._health.get(STORE), self._clock.now().at_us, *words),))
        try:
            self._desk = self._intake.desk = desk()
        finally:
            self._judge_store()
        self._publisher.publish(self._snapshot())

    @abstractmethod
    def _now(self) -> Now: ...

    @abstractmethod
    def _publish(self, update: Update) -> None: ...

    @abstractmethod
    def _publish_health(self, parts: tuple[Health, ...]) -> None: ...

    @abstractmethod
    def _judge_store(self) -> None: ...

    @abstractmethod
    def _snapshot(self) -> Snapshot: ...
