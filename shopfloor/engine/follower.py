"""The line as read beside a running terminal: the same snapshot and updates, from its data folder, without a lock."""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

from shopfloor.clock import Clock
from shopfloor.core.beside import Heads, follow_on
from shopfloor.core.entities import newest
from shopfloor.core.evolve import apply, changed_line
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_link import LinkView
from shopfloor.core.merge import differences, local_number
from shopfloor.core.moment import Now, elapsed_us
from shopfloor.core.ports import History, LiveHistory
from shopfloor.core.shop import EMPTY_LINE, Shop
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow, Snapshot, Update
from shopfloor.engine.publisher import Publisher, Put
from shopfloor.engine.reader import Reader
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows
from shopfloor.trouble import StoreTrouble

_log = logging.getLogger("shopfloor.follower")
_T = TypeVar("_T")

POLL_S = 0.2  # a board may lag that much behind the terminal
SILENT_US = 5_000_000  # a terminal gives a sign of life each second
EVENTS_MAX = 1_000  # folded at once; reading everything anew is quicker than folding more
TERMINAL = "terminal"


class Follower:
    """Polls a data folder and tells listeners what its terminal committed. It writes nothing."""

    def __init__(
        self,
        open_history: Callable[[], LiveHistory],
        clock: Clock,
        *,
        link: Callable[[], LinkView | None] = lambda: None,
    ) -> None:
        """`link` reads how the link of that terminal is, None if it has none or does not say."""
        self._open = open_history
        self._clock = clock
        self._read_link = link
        self._link: LinkView | None = None
        self._publisher = Publisher()
        self._reader = Reader(open_history)
        self._jobs: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._shop = Shop()
        self._heads = Heads()
        self._version: int | None = None
        self._silent: Health | None = None
        self._alive_us: int | None = None
        self._heard: Now | None = None
        self._thread = threading.Thread(target=self._run, name="shopfloor-follower", daemon=True)

    def start(self) -> None:
        """Begin to follow, on a thread of its own."""
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether it follows; once started, it ends by `stop`, or by a fault of the program that is in the log."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End following."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(2 * POLL_S + 2)
        self._reader.close()

    def listen(self, put: Put) -> Callable[[], None]:
        """Tell `put` a snapshot and then every update, without a gap; the returned function ends it."""
        begin, end = self._publisher.book(put, self._snapshot)
        with self._lock:
            self._jobs.append(begin)
        return end

    def ask(self, question: Callable[[History], _T]) -> "Future[_T]":
        """Answer a question about history on the reader's thread."""
        return self._reader.ask(question)

    def figures(self, series: str, key: str | None, last: int) -> "Future[list[DigestRow]]":
        """The newest figures of a series, oldest first."""
        return self.ask(lambda history: history.digest(series, key, last=last))

    def _run(self) -> None:
        history: LiveHistory | None = None
        try:
            while not self._stop.is_set():
                try:
                    if history is None:
                        history = self._open()
                        self._load(history)
                    self._round(history)
                except StoreTrouble as trouble:
                    _log.info("cannot follow: %s", trouble)
                    self._note(Condition.LOST, trouble.what, trouble.remedy)
                    if history is not None:
                        history.close()
                        history = None
                self._clock.wait(self._stop, POLL_S)
        finally:
            if history is not None:
                history.close()

    def _load(self, history: LiveHistory) -> None:
        whole = history.whole()
        self._shop, self._heads = Shop(whole.line or EMPTY_LINE, whole.entities), whole.heads
        self._version = None
        self._alive_us = None
        # Whoever listens since before a trouble has missed what happened in it.
        self._publisher.publish(self._snapshot())

    def _round(self, history: LiveHistory) -> None:
        version = history.data_version()
        if version != self._version:
            self._version = version
            self._catch_up(history)
        if self._is_silent(history.alive_us()):
            self._note(Condition.LOST, "The terminal of this data folder is silent.", "Start it again.")
        else:
            self._note(Condition.UP, "", "")
        link = self._read_link()
        if link is not None and link != self._link:
            self._link = link
            self._publisher.publish(Update(link=link))
        with self._lock:
            jobs, self._jobs = self._jobs, []
        for job in jobs:
            job()

    def _is_silent(self, alive_us: int) -> bool:
        """By the time since the sign of life changed: after a step back the terminal's own time is ahead of the clock.

        The first sign there is has nothing else to be judged by than its time.
        """
        now = self._clock.now()
        if alive_us != self._alive_us:
            old = self._alive_us is None and now.at_us - alive_us > SILENT_US
            self._alive_us, self._heard = alive_us, None if old else now
        return self._heard is None or elapsed_us(self._heard, now) > SILENT_US

    def _catch_up(self, history: LiveHistory) -> None:
        """Fold what was added behind everything known; what belongs before it was folded by the terminal already."""
        news = history.news(self._heads, EVENTS_MAX)
        heads = follow_on(self._heads, news)
        if heads is None or len(news.events) == EVENTS_MAX:
            self._read_anew(history)
            return
        if not news.events:
            return
        calendar = WorkCalendar(self._shop.line)
        changed: list[Entity] = []
        digest: list[DigestRow] = []
        line = None
        for recorded in news.events:
            digest += digest_rows(self._shop, local_number(recorded, news.origin), calendar)
            changed += apply(self._shop, recorded)
            changed_to = changed_line(self._shop, recorded)
            if changed_to is not None:
                line, calendar = changed_to, WorkCalendar(changed_to)
        self._heads = heads
        update = Update(events=tuple(news.events), changed=newest(changed), digest=tuple(digest), line=line)
        self._publisher.publish(update)

    def _read_anew(self, history: LiveHistory) -> None:
        whole = history.whole(self._heads, limit=EVENTS_MAX)
        before, self._heads = self._shop, whole.heads
        self._shop = Shop(whole.line or EMPTY_LINE, whole.entities)
        if len(whole.events) == EVENTS_MAX:  # there are more than anybody is told of
            self._publisher.publish(self._snapshot())
            return
        changed, gone = differences(before, self._shop)
        line = self._shop.line if self._shop.line != before.line else None
        update = Update(events=whole.events, changed=(*changed, *gone), line=line, foreign=True, refigured=True)
        self._publisher.publish(update)

    def _note(self, condition: Condition, detail: str, remedy: str) -> None:
        if self._silent is not None and self._silent.condition is condition:
            return
        self._silent = Health(
            id=TERMINAL,
            kind="terminal",
            condition=condition,
            since_us=self._clock.now().at_us,
            detail=detail,
            remedy=remedy,
        )
        self._publisher.publish(Update(health=(self._silent,)))

    def _snapshot(self) -> Snapshot:
        health = (self._silent,) if self._silent else ()
        entities = tuple(self._shop.entities())
        return Snapshot(line=self._shop.line, entities=entities, health=health, head=self._heads.own, link=self._link)
