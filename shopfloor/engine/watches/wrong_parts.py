"""Cards scanned where they do not belong, counted in a window."""

from collections import deque

from shopfloor.core.events import CardFinished, CardStarted, CardWithdrawn, Recorded, ScanRefused
from shopfloor.core.events_loop import CardAcknowledged, CardOpened, CardReceived, PiecesWithdrawn
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.rules import Rule

KEPT_MAX = 1_000  # wrong scans of a station: a window that holds more has called long ago

_RIGHT = (CardStarted, CardFinished, CardWithdrawn, PiecesWithdrawn, CardOpened, CardReceived, CardAcknowledged)


class WrongParts:
    """When wrong cards were scanned at one station.

    So many within the window call, until a right card is scanned or the window is empty.
    """

    def __init__(self) -> None:
        self._at: deque[Now] = deque(maxlen=KEPT_MAX)
        self._calls = False

    def see(self, recorded: Recorded) -> None:
        """Note an event of the station."""
        event = recorded.event
        if isinstance(event, ScanRefused) and event.rule == Rule.WRONG_STATION:
            self._at.append(Now(recorded.moment.us, recorded.mono_ns, recorded.boot))
        elif self._calls and isinstance(event, _RIGHT):
            self._at.clear()

    def count(self, now: Now, *, within_s: float, times: int) -> int:
        """How many count at `now`, 0 as long as they are too few to call."""
        window_us = round(within_s * US_PER_S)
        while self._at and elapsed_us(self._at[0], now) > window_us:
            self._at.popleft()
        self._calls = bool(self._at) and (self._calls or len(self._at) >= times)
        return len(self._at) if self._calls else 0
