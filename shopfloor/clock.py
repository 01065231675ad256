"""Time as a thing that is passed in."""

import sys
import threading
import time
import uuid
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shopfloor.core.moment import NS_PER_US, Now

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class Clock(Protocol):
    """Tells the time, and waits on behalf of a thread."""

    def now(self) -> Now:
        """All clocks, read together."""

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait until the event is set or the time is over; True if it was set."""


class SystemClock:
    """The machine's clocks."""

    def __init__(self) -> None:
        self._boot = _boot_id()

    def now(self) -> Now:
        """All clocks, read together."""
        return Now(time.time_ns() // NS_PER_US, _mono_ns(), self._boot)

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait until the event is set or the time is over; True if it was set."""
        return event.wait(timeout_s)


class ManualClock:
    """A clock that stands until somebody moves it; its waits end when the moved time has passed."""

    def __init__(self, at_us: int = 1_767_600_000_000_000, boot: str = "boot-1") -> None:
        self._now = Now(at_us, 1_000_000_000, boot)
        self._moved = threading.Condition()

    def now(self) -> Now:
        """All clocks, read together."""
        with self._moved:
            return self._now

    def advance(self, seconds: float) -> None:
        """Move both clocks on."""
        with self._moved:
            ns = round(seconds * 1e9)
            self._now = Now(self._now.at_us + ns // NS_PER_US, self._now.mono_ns + ns, self._now.boot)
            self._moved.notify_all()

    def step_wall(self, seconds: float) -> None:
        """Move the wall clock alone, as a user or a time server does."""
        with self._moved:
            self._now = Now(self._now.at_us + round(seconds * 1e6), self._now.mono_ns, self._now.boot)
            self._moved.notify_all()

    def reboot(self, boot: str, *, after_s: float) -> None:
        """A new boot: the wall clock went on, the monotonic one began again."""
        with self._moved:
            self._now = Now(self._now.at_us + round(after_s * 1e6), 1_000_000_000, boot)
            self._moved.notify_all()

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait until the event is set or the time is over; True if it was set."""
        end_ns = self.now().mono_ns + round(timeout_s * 1e9)
        with self._moved:
            while not event.is_set() and self._now.mono_ns < end_ns:
                self._moved.wait(0.01)
        return event.is_set()


def zone_of(name: str) -> tzinfo:
    """The time zone of a line; UTC where the name is unknown (the line file refuses such a name)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _mono_ns() -> int:
    # A computer that sleeps goes on from where the line's clock was, and not from where it fell asleep.
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) if sys.platform == "linux" else time.monotonic_ns()


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text("ascii").strip()[:8]
    except OSError:
        # Without the kernel's id a process cannot know whether its monotonic clock is the last one's: UTC decides then.
        return uuid.uuid4().hex[:8]
