"""What waits for the engine: bounded, andon before scans."""

import logging
import queue
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

from msgspec import Struct

from shopfloor.core import commands as c
from shopfloor.core.commands_andon import ReadContact
from shopfloor.core.moment import Now
from shopfloor.core.update import Outcome
from shopfloor.trouble import StoreTrouble

_log = logging.getLogger("shopfloor.engine")

JOBS_MAX = (
    1_000  # reports of ports come a few times a second; more is a stalled engine, and the next report says the same
)
INBOX_MAX = 1_000  # a minute of every scanner of a busy terminal; past that the ports hold the bytes
URGENT_MAX = 100  # calls and stops of a line in panic; nobody's stop may wait behind scans, or be refused for them

_URGENT = (c.RaiseCall, c.StopCall, ReadContact)


class Item(Struct, frozen=True, kw_only=True):
    """One command and where its answer goes. `job` is work of the program's own, run on the engine's thread."""

    command: c.Command | None = None
    now: Now | None = None
    command_id: str = ""
    reply: Callable[[Outcome], None] | None = None
    job: Callable[[], None] | None = None

    def answer(self, outcome: Outcome | None) -> None:
        """Tell whoever asked."""
        if self.reply is None or outcome is None:
            return
        try:
            self.reply(outcome)
        except (queue.Full, RuntimeError) as error:  # whoever asked listens no more, or its window is gone
            _log.info("an answer reaches nobody: %r", error)


class Inbox:
    """A bounded queue with one reader: calls and stops by touch, button and contact overtake scans."""

    def __init__(self, limit: int = INBOX_MAX) -> None:
        self._limit = limit
        self._urgent: deque[Item] = deque()
        self._items: deque[Item] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._newest: Callable[[], None] | None = None

    def put(self, item: Item) -> bool:
        """Queue an item; False when the inbox is full or closed.

        The program's own jobs have places of their own, and so have calls and stops.
        """
        with self._changed:
            queue, limit = self._items, self._limit if item.job is None else self._limit + JOBS_MAX
            if _is_urgent(item):
                queue, limit = self._urgent, URGENT_MAX
            if self._closed or len(queue) >= limit:
                return False
            queue.append(item)
            self._changed.notify()
            return True

    def put_newest(self, job: Callable[[], None]) -> None:
        """Queue a job in place of the one that was put so before and waits still: it is out of date."""
        with self._changed:
            waits, self._newest = self._newest is not None, job
        if not waits and not self.put(Item(job=self._do_newest)):
            self._newest = None

    def get(self, timeout_s: float) -> Item | None:
        """The next item; None when the time is over or the inbox is closed and empty."""
        with self._changed:
            if not self._waiting() and not self._closed:
                self._changed.wait(timeout_s)
            queue = self._waiting()
            return queue.popleft() if queue else None

    def later(self, work: "Callable[[Future[None]], None]") -> "Future[None]":
        """Let the engine do it in its turn; whoever does it says in the future what came of it."""
        done: Future[None] = Future()
        if not self.put(Item(job=lambda: work(done))):
            done.set_exception(StoreTrouble("The engine takes nothing more.", remedy="Try again in a second."))
        return done

    def close(self, last: Item | None = None) -> None:
        """Take nothing more but `last`, which has a place even in a full inbox; what waits can still be read."""
        with self._changed:
            if last is not None and not self._closed:
                self._items.append(last)
            self._closed = True
            self._changed.notify_all()

    @property
    def ended(self) -> bool:
        """Whether it is closed and everything was read."""
        with self._changed:
            return self._closed and not self._waiting()

    def __len__(self) -> int:
        return len(self._urgent) + len(self._items)

    def _do_newest(self) -> None:
        with self._changed:
            job, self._newest = self._newest, None
        if job is not None:
            job()

    def _waiting(self) -> deque[Item]:
        return self._urgent or self._items


def _is_urgent(item: Item) -> bool:
    if item.job is not None:
        return False
    # A button is for calling and stopping; a scan may be, too, and must keep its place behind the scans before it.
    pressed = isinstance(item.command, c.ReadSignal) and item.command.signal is c.SignalKind.BUTTON
    return pressed or isinstance(item.command, _URGENT)
