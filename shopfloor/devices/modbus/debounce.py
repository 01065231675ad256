"""A level that bounces, as edges that count: pure, the time is passed in."""

from msgspec import Struct

from shopfloor.core.moment import Now

_NS_PER_MS = 1_000_000


class Edge(Struct, frozen=True):
    """The level changed; `at` is when it was first seen to."""

    level: bool
    at: Now


class Debounce:
    """A level counts once it was the same for `debounce_ms`; the edge is stamped with the first sample that differed.

    The first sample is the level at once. What was seen before a gap does not prove anything about the time in it.
    """

    def __init__(self, debounce_ms: int) -> None:
        self._debounce_ns = debounce_ms * _NS_PER_MS
        self._level: bool | None = None
        self._raw = False
        self._raw_ns = 0
        self._unrest: Now | None = None

    @property
    def level(self) -> bool | None:
        """The level that counts; None before the first sample."""
        return self._level

    @property
    def unrest(self) -> Now | None:
        """When the level was first seen to differ, if that is not settled yet."""
        return self._unrest

    @property
    def settles_ns(self) -> int | None:
        """The monotonic instant from which a sample can settle the unrest; None if there is none."""
        return None if self._unrest is None else self._raw_ns + self._debounce_ns

    def feed(self, level: bool, now: Now) -> Edge | None:  # noqa: FBT001  # the sample, as it is read
        """Take a sample; the edge that it settles, if any."""
        if self._level is None:
            self._level = self._raw = level
            return None
        if level is not self._raw:
            self._raw = level
            self._raw_ns = now.mono_ns
            if self._unrest is None:
                self._unrest = now
        if self._unrest is None or now.mono_ns - self._raw_ns < self._debounce_ns:
            return None
        first, self._unrest = self._unrest, None
        if level is self._level:
            return None
        self._level = level
        return Edge(level, first)

    def gap(self) -> None:
        """Nothing was read for a while: an unrest begins anew with the next sample."""
        self._raw = bool(self._level)
        self._unrest = None

    def forget(self) -> None:
        """Take the next sample as the first."""
        self._level = None
        self._unrest = None
