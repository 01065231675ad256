"""The link's own thread and loop: what others ask is queued to it, and what it says are values."""

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, Final

from msgspec.structs import replace

from shopfloor.clock import Clock
from shopfloor.core.floor_views import differing_words, standings_of
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_link import (
    Decided,
    Decision,
    Deliver,
    Discipline,
    LinkState,
    LinkView,
    OwnJournal,
    Question,
    Ruling,
)
from shopfloor.core.ports import Report
from shopfloor.link.line_names import terminal_of
from shopfloor.link.log import LineLog
from shopfloor.link.session import LinkSession
from shopfloor.link.versions import programs_of, unlike_words
from shopfloor.trouble import Trouble

_log = logging.getLogger("shopfloor.link")

PART: Final = "link"
FLOOR_PART: Final = "floor"
STOP_S_MAX: Final = 2.0  # then the process ends anyway: nothing is kept in here alone
ASKED_MAX: Final = 256  # decisions and words on their way; more come from a fault, and are refused
JOURNAL_RETRY_S: Final = 1.0  # the engine may not have made it yet

_CONDITIONS: Final = {
    LinkState.CONNECTING: Condition.NEW,
    LinkState.UP: Condition.UP,
    LinkState.LOST: Condition.LOST,
    LinkState.DENIED: Condition.DENIED,
    LinkState.FORKED: Condition.TROUBLE,
    LinkState.OTHER_MAJOR: Condition.TROUBLE,
    LinkState.TROUBLE: Condition.TROUBLE,
}


class LinkThread:
    """Runs one terminal's link. All the functions it is given are called in its thread, and must not block."""

    def __init__(
        self,
        connect: Callable[[], LineLog],
        *,
        line: str,
        journal: Callable[[], OwnJournal],
        deliver: Deliver,
        clock: Clock,
        version: str,
        report: Report,
        view: Callable[[LinkView], None] = lambda _: None,
        decided: Callable[[Decision], None] = lambda _: None,
        told: Callable[[str, str, bytes], None] = lambda *_: None,
        discipline: Discipline | None = None,
        watches: bool = False,
        secret: bytes = b"",
    ) -> None:
        """`discipline`: what is known of the server's clock from before this start. `watches`: it sends no events.

        `secret`: what this terminal's key holds and no other's.
        """
        self._connect = connect
        self._line = line
        self._open_journal = journal
        self._deliver = deliver
        self._clock = clock
        self._version = version
        self._report = report
        self._listener = view
        self._decided = decided
        self._told = told
        self._discipline = discipline
        self._watches = watches
        self._secret = secret
        self._session: LinkSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._main: asyncio.Task[None] | None = None
        self._stopping = threading.Event()
        self._asked = threading.BoundedSemaphore(ASKED_MAX)
        self._view: LinkView | None = None
        self._health: Health | None = None
        self._floor: Health | None = None
        self._thread = threading.Thread(target=self._run, name="shopfloor-link", daemon=True)

    def start(self) -> None:
        """Begin to reach for the line."""
        self._thread.start()

    def stop(self) -> None:
        """End the link; harmless twice."""
        self._stopping.set()
        loop, main = self._loop, self._main
        if loop is not None and main is not None:
            with suppress(RuntimeError):  # it has ended by itself
                loop.call_soon_threadsafe(main.cancel)
        if self._thread.is_alive():
            self._thread.join(STOP_S_MAX)

    @property
    def alive(self) -> bool:
        """Whether its thread runs."""
        return self._thread.is_alive()

    def view(self) -> LinkView | None:
        """The newest value; None before the first."""
        return self._view

    def poke(self) -> None:
        """The engine has committed events; from any thread."""
        loop, session = self._loop, self._session
        if loop is not None and session is not None:
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(session.poke)

    def permit(self, question: Question) -> "Future[Decided]":
        """Ask for the next decision on a thing; from any thread."""
        return self._ask(lambda session: session.permit(question), Decided(Ruling.UNLINKED))

    def tell(self, kind: str, payload: bytes) -> "Future[bool]":
        """Tell the terminals that listen at the moment; False if there is no link. From any thread."""
        return self._ask(lambda session: session.tell(kind, payload), otherwise=False)

    def _ask(self, ask: Callable[[LinkSession], Coroutine[Any, Any, Any]], otherwise: Any) -> "Future[Any]":
        loop, session = self._loop, self._session
        refused: Future[Any] = Future()
        refused.set_result(otherwise)
        if loop is None or session is None or self._stopping.is_set() or not self._asked.acquire(blocking=False):
            return refused
        asking = ask(session)
        try:
            asked = asyncio.run_coroutine_threadsafe(asking, loop)
        except RuntimeError:  # the loop has ended meanwhile
            asking.close()
            self._asked.release()
            return refused
        asked.add_done_callback(lambda _: self._asked.release())
        return asked

    def _run(self) -> None:
        try:
            with asyncio.Runner() as runner, suppress(asyncio.CancelledError):
                runner.run(self._live())
        except BaseException:
            _log.exception("the link ended by a fault of the program")
            self._ended_by_fault()
            raise

    async def _live(self) -> None:
        self._main = asyncio.current_task()
        self._loop = asyncio.get_running_loop()
        journal: OwnJournal | None = None
        try:
            while not self._stopping.is_set() and journal is None:
                journal = await self._opened()
            if journal is not None and not self._stopping.is_set():
                await self._keep(journal)
        finally:
            self._session = None
            if journal is not None:
                journal.close()

    async def _opened(self) -> OwnJournal | None:
        try:
            return self._open_journal()
        except Trouble as trouble:
            self._say(
                LinkView(
                    state=LinkState.TROUBLE,
                    since_us=self._clock.now().at_us,
                    detail=trouble.what,
                    remedy=trouble.remedy,
                )
            )
            await asyncio.sleep(JOURNAL_RETRY_S)
            return None

    async def _keep(self, journal: OwnJournal) -> None:
        self._session = LinkSession(
            self._connect,
            line=self._line,
            journal=journal,
            deliver=self._deliver,
            clock=self._clock,
            version=self._version,
            tell=self._say,
            decided=self._decided,
            told=self._told,
            discipline=self._discipline,
            watches=self._watches,
            secret=self._secret,
        )
        await self._session.run()

    def _say(self, view: LinkView) -> None:
        view = replace(view, watches=self._watches)
        self._view = view
        part = Health(
            id=PART,
            kind="link",
            condition=_CONDITIONS[view.state],
            since_us=view.since_us,
            detail=view.detail or unlike_words(programs_of(view.others), self._version),
            remedy=view.remedy,
            counts={"owing": view.owing, "behind": view.behind, "others": len(view.others)},
        )
        if part != self._health:
            self._health = part
            self._report((part,))
        self._say_floor(view)
        self._listener(view)

    def _say_floor(self, view: LinkView) -> None:
        """Where this terminal stands; two that differ would tell people two things, which is an alarm."""
        if not view.floor:
            return
        found = standings_of(view, terminal_of(view.origin), self._clock.now())
        what, remedy = differing_words(found)
        part = Health(
            id=FLOOR_PART,
            kind="floor",
            condition=Condition.TROUBLE if what else Condition.UP,
            since_us=view.floor_us,
            detail=what,
            remedy=remedy,
            counts={"floor": view.floor, "agree": len(found.agree)},
        )
        if part != self._floor:
            self._floor = part
            self._report((part,))

    def _ended_by_fault(self) -> None:
        self._say(
            LinkView(
                state=LinkState.TROUBLE,
                since_us=self._clock.now().at_us,
                detail="The link ended by a fault of the program.",
                remedy="Start the terminal again, and send the log to whoever maintains the program.",
            )
        )
