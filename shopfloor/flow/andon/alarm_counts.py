"""What the scoreboard of the alarm system counts: floods, chattering, fleeting and stale calls.

Definitions as in ISA-18.2-2016 and EEMUA 191 (reference 2.3); where they leave a choice, it is stated here and in the
rule that is printed beside the number.
"""

import numpy as np
from msgspec import Struct

from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_call import CallSource
from shopfloor.flow.andon.packed import SOURCES
from shopfloor.flow.andon.record import US_PER_MS
from shopfloor.flow.andon.table import CallTable, Flags, Ints
from shopfloor.flow.calendar import WorkCalendar

TEN_MIN_US = 600 * US_PER_S
MINUTE_US = 60 * US_PER_S
STALE_US = 24 * 3600 * US_PER_S
FLOOD_STARTS_OVER = 10
FLOOD_ENDS_UNDER = 5
CHATTER_CALLS = 3


class Flood(Struct, frozen=True, kw_only=True):
    """From the call that was one too many in ten minutes until fewer than five were left in the last ten.

    `calls` with the ten that led to it; `peak`: most in any ten minutes of it.
    """

    start_us: int
    end_us: int
    calls: int
    peak: int


class Chatter(Struct, frozen=True):
    """A station's reason that came three times within a minute; `calls` of it had two others so near."""

    station: str
    reason: str
    calls: int


class Kinds:
    """A table by what is one alarm: a station's reason. `of` is each call's kind; kinds have numbers from 0 on."""

    def __init__(self, calls: CallTable) -> None:
        self._stations, self._reasons = calls.word("station"), calls.word("reason")
        pairs = self._stations.codes * len(self._stations.words) + self._reasons.codes
        found, self._first, self.of, self._counts = np.unique(
            pairs, return_index=True, return_inverse=True, return_counts=True
        )
        self.count = len(found)

    def name(self, kind: int) -> tuple[str, str]:
        """Station and reason."""
        place = self._first[kind]
        return self._stations.words[self._stations.codes[place]], self._reasons.words[self._reasons.codes[place]]

    def most(self, top: int) -> list[tuple[str, str, int]]:
        """Station, reason and calls of those that came most often; of equal ones what came first."""
        order = np.lexsort((self._first, -self._counts))[:top]
        return [(*self.name(kind), int(self._counts[kind])) for kind in order]


def fleeting(calls: CallTable) -> Flags:
    """A rule or a contact called, and it was over within a minute. Somebody helped at once is no nuisance."""
    by_itself = calls.column("source") != SOURCES.index(CallSource.PERSON)
    ended = calls.column("ended_us") != 0
    found: Flags = by_itself & ended & (calls.column("call_ms") * US_PER_MS <= MINUTE_US)
    return found


def floods(raised: Ints) -> tuple[Flood, ...]:
    """The floods among sorted instants. The ten minutes slide: what comes on both sides of a mark is not halved."""
    counts, oldest = _within(raised, TEN_MIN_US)
    starts = np.flatnonzero(counts > FLOOD_STARTS_OVER)
    left = np.arange(1, len(raised) + 1) - FLOOD_ENDS_UNDER
    end_us = raised[np.maximum(left, 0)] + TEN_MIN_US
    # At that instant all but four have left the ten minutes, unless another comes before.
    over = np.ones(len(raised), np.bool_)
    over[:-1] = end_us[:-1] < raised[1:]
    ends = np.flatnonzero(over)
    found: list[Flood] = []
    place = 0
    while place < len(starts):
        start = starts[place]
        end = ends[np.searchsorted(ends, start)]
        found.append(
            Flood(
                start_us=int(raised[start]),
                end_us=int(end_us[end]),
                calls=int(end - oldest[start] + 1),
                peak=int(counts[start : end + 1].max()),
            )
        )
        place = int(np.searchsorted(starts, end, side="right"))
    return tuple(found)


def busiest(raised: Ints, width_us: int) -> int:
    """The most of these sorted instants in any stretch of this length, its end not counted."""
    return int(_within(raised, width_us)[0].max(initial=0))


def chattering(calls: CallTable, kinds: Kinds) -> tuple[Chatter, ...]:
    """Station's reasons with three calls from first to third within one minute, most calls first."""
    raised_us = calls.column("raised_us")
    order = np.lexsort((raised_us, kinds.of))
    of, at_us = kinds.of[order], raised_us[order]
    more = CHATTER_CALLS - 1
    firsts = np.flatnonzero((of[more:] == of[:-more]) & (at_us[more:] - at_us[:-more] <= MINUTE_US))
    near = np.zeros(len(of), np.bool_)
    for step in range(CHATTER_CALLS):
        near[firsts + step] = True
    noisy, counts = np.unique(of[near], return_counts=True)
    found = [Chatter(*kinds.name(kind), int(count)) for kind, count in zip(noisy, counts, strict=True)]
    return tuple(sorted(found, key=lambda one: (-one.calls, one.station, one.reason)))


def stale_by_day(calls: CallTable, calendar: WorkCalendar, from_us: int, to_us: int) -> tuple[tuple[int, int], ...]:
    """(start of a local day, calls that had stood for over 24 hours at some time of it), days without one left out."""
    stale_us, ended_us = calls.column("raised_us") + STALE_US, calls.column("ended_us")
    over_us = np.where(ended_us, ended_us, to_us)
    stands = (over_us > stale_us) & (stale_us < to_us) & (over_us > from_us)
    starts, ends = np.maximum(stale_us[stands], from_us), np.minimum(over_us[stands], to_us)
    if not len(starts):
        return ()
    days = [calendar.day_bounds(int(starts.min()))]
    while days[-1][1] < ends.max():
        days.append(calendar.day_bounds(days[-1][1]))
    begins = np.array([start for start, _ in days], np.int64)
    changes = np.bincount(np.searchsorted(begins, starts, side="right") - 1, minlength=len(days) + 1)
    changes -= np.bincount(np.searchsorted(begins, ends, side="left"), minlength=len(days) + 1)
    counts = np.cumsum(changes)[:-1].tolist()
    return tuple((start, count) for (start, _), count in zip(days, counts, strict=True) if count)


def _within(raised: Ints, width_us: int) -> tuple[Ints, Ints]:
    """For each how many there were in the stretch before it, itself among them, and the place of the oldest."""
    oldest = np.searchsorted(raised, raised - width_us, side="right")
    return np.arange(1, len(raised) + 1) - oldest, oldest
