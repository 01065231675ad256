"""Instants as values: the core never asks what o'clock it is, it is told."""

from msgspec import Struct

US_PER_S = 1_000_000
NS_PER_US = 1_000


class Now(Struct, frozen=True, gc=False):
    """One reading of all clocks. `at_us`: UTC, microseconds since 1970; `mono_ns`: monotonic within `boot`."""

    at_us: int
    mono_ns: int
    boot: str


class Moment(Struct, frozen=True, order=True, gc=False):
    """Hybrid logical time of an event: UTC microseconds that never fall, and a counter that separates equal ones."""

    us: int
    count: int = 0


def next_moment(last: Moment, now: Now) -> Moment:
    """The moment after `last`, at `now` if the clock has moved on, else one count later."""
    if now.at_us > last.us:
        return Moment(now.at_us)
    return Moment(last.us, last.count + 1)


def ahead_us(moment: Moment, now: Now) -> int:
    """By how much a moment is later than the clock: it follows one that another terminal's clock made too early."""
    return max(0, moment.us - now.at_us)


def elapsed_us(since: Now, now: Now) -> int:
    """Microseconds from `since` to `now`: monotonic within one boot, by UTC across boots."""
    if since.boot == now.boot:
        return (now.mono_ns - since.mono_ns) // NS_PER_US
    return now.at_us - since.at_us
