"""An event loop whose time passes only when nothing is left to do: hours of a line in seconds, the same each time."""

import asyncio
import selectors
import threading
from typing import Any, Final

from shopfloor.core.moment import NS_PER_US, Now

BEGIN_US: Final = 1_767_600_000_000_000


class SoftLoop(asyncio.SelectorEventLoop):
    """Whoever sleeps is woken at once, in the order of their times. For what lives on this loop alone."""

    def __init__(self) -> None:
        self._leap = _Leap()
        super().__init__(self._leap)

    def time(self) -> float:
        """Seconds that have passed on this loop."""
        return self._leap.passed_s


class SoftClock:
    """A terminal's clocks on a soft loop: the wall clock may be wrong, the monotonic one may run fast or slow."""

    def __init__(self, loop: asyncio.AbstractEventLoop, *, boot: str = "soft", wrong_us: int = 0, ppm: int = 0) -> None:
        self._loop = loop
        self._boot = boot
        self._ppm = ppm
        self.wrong_us = wrong_us

    def now(self) -> Now:
        """All clocks, read together."""
        true_us = round(self._loop.time() * 1e6)
        own_us = true_us + true_us * self._ppm // 1_000_000
        return Now(BEGIN_US + own_us + self.wrong_us, own_us * NS_PER_US, self._boot)

    def wait(self, event: threading.Event, timeout_s: float) -> bool:  # noqa: ARG002 - time does not pass in here
        """Whether the event is set: waiting is the loop's."""
        return event.is_set()


class _Leap(selectors.DefaultSelector):
    """Instead of waiting it lets the time pass."""

    def __init__(self) -> None:
        super().__init__()
        self.passed_s = 0.0

    def select(self, timeout: float | None = None) -> Any:
        """What is ready; if nothing is, the next sleeper's time has come."""
        ready = super().select(0)
        if not ready:
            if timeout is None:
                raise RuntimeError("Expected a sleeper or something to do, got a loop in which nothing can happen.")
            self.passed_s += max(0.0, timeout)
        return ready
