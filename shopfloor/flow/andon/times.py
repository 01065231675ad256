"""How long calls wait: until somebody takes them, until somebody is there, until they are cleared."""

import numpy as np
from msgspec import Struct

from shopfloor.flow.andon.packed import NEVER, Flag
from shopfloor.flow.andon.table import CallTable, Flags, Ints

NEAR_SHOWN_MAX = 200  # the newest; the count has all of them
_PERCENT_MEDIAN, _PERCENT_HIGH = 50, 85


class Spread(Struct, frozen=True):
    """n, and percentiles by nearest rank."""

    n: int
    median_ms: int
    p85_ms: int
    max_ms: int


class NearStop(Struct, frozen=True):
    """A help call that was cleared shortly before its deadline: "cleared at 18 s of 20"."""

    station: str
    reason: str
    raised_us: int
    call_ms: int
    deadline_ms: int


class ResponseTimes(Struct, frozen=True, kw_only=True):
    """Times of calls that are no mistakes (`calls`; `rejected` are counted apart), as time passed.

    `acknowledge` is of calls that were taken before they were cleared. `cleared_untaken` were cleared by somebody who
    had not taken them (clearing implies it, and says nothing of when): they have no such time. `open` still stand,
    `open_untaken` of them nobody has taken. `unsure`: the wall clock was set while they were open, and a time of
    theirs is left out. `near`: near-stops in all, `near_stops` the newest of them.
    """

    calls: int
    rejected: int
    open: int
    open_untaken: int
    oldest_open_ms: int
    cleared_untaken: int
    unsure: int
    acknowledge: Spread | None
    arrive: Spread | None
    clear: Spread | None
    near: int
    near_stops: tuple[NearStop, ...]


def response_times(calls: CallTable, *, near_share: float) -> ResponseTimes:
    """Time to acknowledge and to arrive, t - t(raised), and to clear (reference 2.8); `near_share` by the policy."""
    kept = calls.where(~calls.has(Flag.REJECTED))
    call_ms, ack_ms, arrive_ms = (kept.column(name) for name in ("call_ms", "ack_ms", "arrive_ms"))
    living = kept.has(Flag.OPEN)
    near = kept.where(is_near(kept, near_share))
    return ResponseTimes(
        calls=len(kept),
        rejected=len(calls) - len(kept),
        open=int(living.sum()),
        open_untaken=int((living & (ack_ms == NEVER)).sum()),
        oldest_open_ms=int(call_ms[living].max(initial=0)),
        cleared_untaken=int(kept.has(Flag.UNTAKEN).sum()),
        unsure=int(kept.has(Flag.UNSURE).sum()),
        acknowledge=spread(ack_ms[ack_ms != NEVER]),
        arrive=spread(arrive_ms[arrive_ms != NEVER]),
        clear=spread(call_ms[~living]),
        near=len(near),
        near_stops=_near_stops(near.take(np.arange(len(near))[-NEAR_SHOWN_MAX:])),
    )


def is_near(calls: CallTable, near_share: float) -> Flags:
    """Which are help calls cleared after at least that share of their time to the stop."""
    deadline_ms = calls.column("deadline_ms")
    over = ~calls.has(Flag.OPEN) & ~calls.has(Flag.REJECTED)
    close = calls.column("call_ms") >= np.round(deadline_ms * near_share)
    found: Flags = over & (deadline_ms > 0) & (calls.column("stopped_ms") == NEVER) & close
    return found


def spread(values_ms: Ints) -> Spread | None:
    """None without values. Nearest rank: the ⌈p · n / 100⌉-th of n is a time that occurred."""
    count = len(values_ms)
    if not count:
        return None
    places = [-(-percent * count // 100) - 1 for percent in (_PERCENT_MEDIAN, _PERCENT_HIGH, 100)]
    ranked = np.partition(values_ms, places)
    return Spread(count, *(int(ranked[place]) for place in places))


def _near_stops(near: CallTable) -> tuple[NearStop, ...]:
    stations, reasons = near.word("station"), near.word("reason")
    columns = (near.column(name).tolist() for name in ("raised_us", "call_ms", "deadline_ms"))
    return tuple(
        NearStop(stations.words[station], reasons.words[reason], *times)
        for station, reason, *times in zip(stations.codes.tolist(), reasons.codes.tolist(), *columns, strict=True)
    )
