"""Who hears of a commit: a few listeners, each of which may only enqueue."""

import logging
import queue
import threading
from collections.abc import Callable

from shopfloor.core.update import Snapshot, Update

LISTENERS_MAX = 8  # windows, echo, link, lamps and a few to spare; more is a leak

_log = logging.getLogger("shopfloor.engine")

Put = Callable[[Snapshot | Update], None]


class Publisher:
    """Hands every update to every listener, on the engine's thread."""

    def __init__(self) -> None:
        self._listeners: dict[int, Put] = {}
        self._next = 0
        self._lock = threading.Lock()

    def add(self, put: Put, snapshot: Snapshot) -> int:
        """Begin to tell `put`: first the snapshot, then every update after it. Called on the engine's thread."""
        with self._lock:
            assert len(self._listeners) < LISTENERS_MAX, f"expected at most {LISTENERS_MAX} listeners"
            self._next += 1
            self._listeners[self._next] = put
            put(snapshot)
            return self._next

    def remove(self, number: int) -> None:
        """Stop telling; when it returns, the listener is not being called and never will be again."""
        with self._lock:
            self._listeners.pop(number, None)

    def book(self, put: Put, snapshot: Callable[[], Snapshot]) -> tuple[Callable[[], None], Callable[[], None]]:
        """(begin, end): begin on the thread that makes snapshots and publishes, end on any, even before it began."""
        number: list[int] = []
        ended = threading.Event()
        turn = threading.Lock()  # or an end between the look and the adding would leave a listener for ever

        def begin() -> None:
            with turn:
                if not ended.is_set():
                    number.append(self.add(put, snapshot()))

        def end() -> None:
            with turn:
                ended.set()
                if number:
                    self.remove(number[0])

        return begin, end

    def publish(self, news: Snapshot | Update) -> None:
        """Tell everybody; a listener that cannot take it any more is left out from then on."""
        with self._lock:
            for number, put in tuple(self._listeners.items()):
                try:
                    put(news)
                except (queue.Full, RuntimeError) as error:  # asleep, or its window is gone
                    del self._listeners[number]
                    _log.info("a listener is left out: %r", error)
