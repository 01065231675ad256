"""The one writer: takes what waits, decides, commits, and only then publishes."""

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import TypeVar

from shopfloor.clock import Clock
from shopfloor.core import commands as c
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import Line
from shopfloor.core.line_link import LineClock, LinkView
from shopfloor.core.line_views import see_link
from shopfloor.core.moment import NS_PER_US, US_PER_S, Now
from shopfloor.core.permits import Answer
from shopfloor.core.ports import AskLine, History, Journal
from shopfloor.core.update import DigestRow, Outcome, Snapshot, Update
from shopfloor.engine.archivist import UPKEEP, Archivist, Upkeep
from shopfloor.engine.asking import Asking, Offer, asker
from shopfloor.engine.desk import Desk
from shopfloor.engine.inbox import Inbox, Item
from shopfloor.engine.intake import BUGS, Intake
from shopfloor.engine.line_doors import LineDoors
from shopfloor.engine.parts import LINE_FILE, STORE, TIME, judged_store, line_part, not_recorded, store_fails, time_part
from shopfloor.engine.publisher import Publisher, Put
from shopfloor.engine.reader import Reader
from shopfloor.engine.time import EngineTime
from shopfloor.engine.watches.watcher import Watcher
from shopfloor.trouble import StoreTrouble, Trouble

_log = logging.getLogger("shopfloor.engine")
_T = TypeVar("_T")

TICK_S = 1.0  # the duty of a quiet second: a sign of life, the clock, what falls due
STOP_S_MAX = 5.0  # longer than any commit; then the process ends anyway
WAIT_S_MIN = 0.02  # what is due and cannot be recorded (disk full) is tried again, but not without a breath
IDLE_S = 30.0  # quiet for so long: a good moment to checkpoint


class Engine(LineDoors):
    """Runs the rules of one terminal on a thread of its own. `line` None keeps the journal's line file.

    `line_clock`: what is known of the clock of the line this terminal belongs to; None: it is alone.
    """

    def __init__(
        self,
        journal: Journal,
        clock: Clock,
        *,
        terminal: str,
        program: str,
        stations: tuple[str, ...] = (),
        line: Line | None = None,
        line_clock: LineClock | None = None,
        ask_line: AskLine | None = None,
        history: Callable[[], History],
        upkeep: Upkeep = UPKEEP,
        watches: bool = False,
    ) -> None:
        self._journal, self._upkeep = journal, upkeep
        self._clock = clock
        self._watches = watches
        self._start = c.StartTerminal(terminal=terminal, program=program, stations=stations)
        self._line, self._offer, self._line_clock = line, Offer(line), line_clock
        self._inbox = Inbox()
        self._asking = None if ask_line is None else Asking(ask_line, self._inbox, self._attend)
        self._publisher = Publisher()
        self._reader = Reader(history)
        self._watcher = Watcher(stations, self._ask_for, terminal=terminal)
        self._health: dict[str, Health] = {}
        self._link: LinkView | None = None
        self._ready = threading.Event()
        self._trouble: Trouble | None = None
        self._quiet_s = 0.0
        self._duty_ns = clock.now().mono_ns
        self._unsigned = self._recorded = False
        self._thread = threading.Thread(target=self._run, name="shopfloor-engine", daemon=True)
        self._desk: Desk
        self._intake: Intake
        self._time: EngineTime

    def start(self) -> None:
        """Open the journal and begin to accept signals, on the engine's thread."""
        self._thread.start()

    def wait_ready(self, timeout_s: float) -> bool:
        """Wait until signals are accepted; raises the Trouble that prevented it."""
        done = self._ready.wait(timeout_s)
        if self._trouble is not None:
            raise self._trouble
        return done and self.alive

    @property
    def begun(self) -> bool:
        """Whether it was started."""
        return self._thread.ident is not None

    @property
    def alive(self) -> bool:
        """Whether its thread runs; once ready, it ends by `stop`, or by a fault of the program that is in the log."""
        return self._thread.is_alive()

    @property
    def line(self) -> Line:
        """The line file in force; once ready."""
        return self._desk.shop.line

    def stop(self) -> None:
        """Finish what waits, record the end and close the journal."""
        self._inbox.close(Item(command=c.StopTerminal(terminal=self._start.terminal), now=self._clock.now()))
        self._reader.close()  # before the journal: its last connection takes the write-ahead log with it
        self.join(STOP_S_MAX)

    def join(self, timeout_s: float) -> None:
        """Wait until its thread has ended."""
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def condition(self, part: str) -> Health | None:
        """How a part of the terminal is, as last reported."""
        return self._health.get(part)

    def submit(
        self,
        command: c.Command,
        now: Now,
        *,
        command_id: str = "",
        reply: Callable[[Outcome], None] | None = None,
    ) -> bool:
        """Queue a command of `now`; False when the inbox is full. `reply` runs on the engine's thread."""
        return self._inbox.put(Item(command=command, now=now, command_id=command_id, reply=reply))

    def report(self, parts: Iterable[Health]) -> None:
        """Publish how ports and other parts are; not recorded, never blocks."""
        seen = tuple(parts)
        self._inbox.put(Item(job=lambda: self._publish_health(seen)))

    def see_link(self, view: LinkView) -> None:
        """How the link is: whose events come in, and what o'clock the line has; the newest counts. Never blocks."""
        self._inbox.put_newest(lambda: self._see(view))

    def _see(self, view: LinkView) -> None:
        now = self._clock.now()
        self._time.follow(view.discipline)
        view = self._intake.dressed(view)
        see_link(self._desk.shop, view, now)
        self._link = view
        self._publisher.publish(Update(link=view))
        if self._asking is not None and (line := self._offer.due(view)) is not None:
            self._attend(Item(command=c.ChangeLine(line=line), now=now, reply=self._offer.said))

    def listen(self, put: Put) -> Callable[[], None]:
        """Tell `put` a snapshot and then every update, without a gap; the returned function ends it."""
        begin, end = self._publisher.book(put, self._snapshot)
        self._inbox.put(Item(job=begin))
        return end

    def ask(self, question: Callable[[History], _T]) -> "Future[_T]":
        """Answer a question about history on the reader's thread."""
        return self._reader.ask(question)

    def figures(self, series: str, key: str | None, last: int) -> "Future[list[DigestRow]]":
        """The newest figures of a series, oldest first."""
        return self.ask(lambda history: history.digest(series, key, last=last))

    def _run(self) -> None:
        try:
            self._open()
            self._ready.set()
            try:
                while not self._inbox.ended:
                    self._turn()
            finally:
                self._intake.close()
        except Trouble as trouble:
            self._trouble = trouble
        finally:
            self._inbox.close()
            self._journal.close()
            self._ready.set()

    def _open(self) -> None:
        opened = self._journal.open()
        now = self._clock.now()
        self._time = EngineTime(opened.last.us, now, self._line_clock)
        self._desk = Desk(self._journal, opened, self._upkeep.survey, watches=self._watches)
        self._archivist = Archivist(self._upkeep, self._ask_for, lambda: self._desk)
        self._desk.shop.linked = None if self._asking is None else False
        self._intake = Intake(self._desk, self._clock, self._publish, self._inbox, pay=self._pay, now=self._now)
        now = self._time.disciplined(now)
        self._desk.unsure_us = self._time.unsure_us(now)
        self._desk.begin(now, ended_us=opened.alive_us)
        self._desk.run(self._start, now)
        words = f"{self._desk.head} entries when it was opened"
        self._health[STORE] = Health(id=STORE, kind="store", condition=Condition.UP, since_us=now.at_us, detail=words)
        try:
            self._desk.tick(now)
            # A line of terminals that has a line file is asked when it is there; the very first one is a fact.
            if self._line is not None and not (self._asking and self._desk.shop.line.id):
                self._note_line(self._desk.run(c.ChangeLine(line=self._line), now))
            self._desk.tick(now)
            self._judge_store()
        except StoreTrouble as trouble:  # the line that was in force stays, and calls work
            self._not_recorded(None, trouble)

    def _turn(self) -> None:
        pause_s = self._intake.pause_s
        item = self._inbox.get(self._wait_s() if pause_s is None else pause_s)
        if item is None and pause_s is not None:
            item = Item(job=self._intake.step)
        self._attend(item)
        # A noisy port's reports or a long burst leave no quiet second: boards would take this terminal for dead.
        passed_us = (self._clock.now().mono_ns - self._duty_ns) // NS_PER_US
        if item is not None and passed_us >= TICK_S * US_PER_S and not self._inbox.ended:
            self._attend(None)

    def _attend(self, item: Item | None, answer: Answer | None = None) -> None:
        self._recorded = False
        try:
            if item is None:
                self._duty()
            elif item.job is not None:
                item.job()
            else:
                self._quiet_s = 0.0
                self._intake.note_signal(self._clock.now())
                self._handle(item, answer)
        except StoreTrouble as trouble:
            said = self._desk.answer(item.command, self._clock.now()) if item and item.command else None
            self._not_recorded(item, trouble, said)
        except BUGS as bug:
            _log.exception("a command was dropped by a fault of the program")
            if self._recorded:
                return  # it is in the journal: nobody may be asked to do it again
            words = f"Fault of the program: {type(bug).__name__}."
            self._not_recorded(item, StoreTrouble(words, remedy="Send the log to whoever maintains the program."))

    def _handle(self, item: Item, answer: Answer | None) -> None:
        """Do a command; one that waited for the line's `answer` is done as of now."""
        assert item.command is not None
        assert item.now is not None
        if self._asking is not None and isinstance(item.command, c.StopTerminal):
            self._asking.give_up()
        now = self._time.disciplined(item.now if answer is None else self._clock.now())
        self._desk.unsure_us = self._time.unsure_us(now)
        try:
            self._publish(self._desk.tick(now, item.command))
        except BUGS:  # the duty of the next second says so; what somebody wants now must not wait for its repair
            _log.exception("what is due was left out by a fault of the program")
        update = self._desk.run(item.command, now, item.command_id, ask=asker(self._asking, item, now), answer=answer)
        self._recorded = True
        if isinstance(item.command, c.ChangeLine):
            self._note_line(update)
        self._publish(update)
        item.answer(update.outcome)
        self._judge_store()

    def _duty(self) -> None:
        now = self._clock.now()
        self._duty_ns = now.mono_ns
        step_ms = self._time.step_ms(now)
        now = self._time.disciplined(now)
        self._desk.unsure_us = self._time.unsure_us(now)
        part = time_part(self._health.get(TIME), self._desk.last.us - now.at_us, now.at_us)
        if part is not None and self._line_clock is not None:
            self._publish_health((part,))
        try:
            self._keep_up(now, step_ms)
        finally:
            self._watch(now)  # rules call while the disk takes nothing, too

    def _keep_up(self, now: Now, step_ms: int) -> None:
        if self._asking is not None:
            self._asking.expire(now)  # whoever waits is told, whatever the disk says to the rest
        self._intake.again()
        self._publish(update := self._desk.tick(now))
        self._pay()
        self._desk.settle(now, self._link)
        if step_ms:
            self._publish(self._desk.run(c.NoteClockStep(step_ms=step_ms), now))
        self._sign(now)
        if update.events:
            self._judge_store()
        self._quiet_s += TICK_S
        if self._quiet_s == IDLE_S:
            self._journal.idle()
            self._archivist.look(self._link, now)

    def _watch(self, now: Now) -> None:
        """Let the watches call, after everything that is due."""
        for condition in self._watcher.judge(self._desk.shop, now):
            try:
                update = self._desk.run(condition, now)
            except StoreTrouble:
                self._watcher.say_again()
                raise
            if update.events:
                self._publish(update)
                self._judge_store()

    def _ask_for(self, question: Callable[[History], _T], answer: "Callable[[Future[_T]], None]") -> None:
        """Ask on the reader's thread; the answer comes to the engine's."""
        try:
            asked = self._reader.ask(question)
        except RuntimeError:
            return  # the end has begun, and nobody reads any more
        asked.add_done_callback(lambda done: self._inbox.put(Item(job=lambda: answer(done))))

    def _sign(self, now: Now) -> None:
        """Leave a sign of life; what was wrong with it is over when it works again."""
        was, self._unsigned = self._unsigned, True
        self._journal.alive(now.at_us)
        self._unsigned = False
        if was:
            self._judge_store()

    def _now(self) -> Now:
        return self._time.disciplined(self._clock.now())

    def _wait_s(self) -> float:
        due_us = self._desk.next_due_us(self._time.foreseen(self._clock.now()))
        return TICK_S if due_us is None else max(WAIT_S_MIN, min(TICK_S, due_us / US_PER_S))

    def _snapshot(self) -> Snapshot:
        shop = self._desk.shop
        return Snapshot(
            line=shop.line,
            entities=tuple(shop.entities()),
            health=tuple(self._health.values()),
            head=self._desk.head,
            link=self._link,
        )

    def _publish(self, update: Update) -> None:
        self._watcher.see(update)
        if update.events or update.outcome or update.health or update.changed or update.digest or update.refigured:
            self._publisher.publish(update)

    def _publish_health(self, parts: tuple[Health, ...]) -> None:
        for part in parts:
            self._health[part.id] = part
        self._publish(Update(health=parts))

    def _note_line(self, update: Update) -> None:
        part = line_part(self._health.get(LINE_FILE), update, self._clock.now().at_us)
        if part is not None:
            self._publish_health((part,))

    def _not_recorded(self, item: Item | None, trouble: Trouble, said: Outcome | None = None) -> None:
        known = self._health.get(STORE)
        if item is None and self._desk.owed and known and known.condition is Condition.TROUBLE:
            return  # what waits for the disk is said already, and is tried again many times
        now_us = self._clock.now().at_us
        part = store_fails(known, now_us, trouble.what, trouble.remedy, owed=self._desk.owed)
        outcome = None
        if item is not None and item.command is not None:
            outcome = not_recorded(item.command, item.command_id, trouble, said)
        self._health[STORE] = part
        # What is due is tried again many times a second while the disk is full: once is enough to say so.
        if part != known or outcome is not None:
            self._publish(Update(health=(part,), outcome=outcome))
        if item is not None:
            item.answer(outcome)

    def _pay(self) -> None:
        """Write what calls owe the disk."""
        if self._desk.owed:
            self._publish(self._desk.pay())
            self._judge_store()

    def _judge_store(self) -> None:
        """Say that the store is well, or that calls wait for it."""
        part = judged_store(self._health.get(STORE), self._clock.now().at_us, self._desk.owed)
        if part is not None:
            self._publish_health((part,))
