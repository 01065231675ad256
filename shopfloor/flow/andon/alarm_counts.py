"""What the scoreboard of the alarm system counts: floods, chattering, fleeting and stale calls.

Definitions as in ISA-18.2-2016 and EEMUA 191 (reference 2.3); where they leave a choice, it is stated here and in the
rule that is printed beside the number.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
from msgspec import Struct

from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_call import CallSource
from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.calendar import WorkCalendar

TEN_MIN_US = 600 * US_PER_S
MINUTE_US = 60 * US_PER_S
STALE_US = 24 * 3600 * US_PER_S
FLOOD_STARTS_OVER = 10
FLOOD_ENDS_UNDER = 5
CHATTER_CALLS = 3
_US_PER_MS = 1_000


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


def call_key(record: CallRecord) -> tuple[str, str]:
    """What is one alarm: a station's reason."""
    return record.station, record.reason


def ended_us(record: CallRecord) -> int:
    """When what was called for was over or said to be a mistake; 0 while it stands."""
    if record.cleared_us or record.closed_us:
        return record.cleared_us or record.closed_us
    return record.raised_us + record.call_ms * _US_PER_MS if record.rejected else 0


def is_fleeting(record: CallRecord) -> bool:
    """A rule or a contact called, and it was over within a minute. Somebody helped at once is no nuisance."""
    if record.source is CallSource.PERSON or not ended_us(record):
        return False
    return record.call_ms * _US_PER_MS <= MINUTE_US


def floods(raised: Sequence[int]) -> tuple[Flood, ...]:
    """The floods among sorted instants. The ten minutes slide: what comes on both sides of a mark is not halved."""
    found: list[Flood] = []
    start_us = first = oldest = peak = 0
    for index, at_us in enumerate(raised):
        while raised[oldest] <= at_us - TEN_MIN_US:
            oldest += 1
        count = index - oldest + 1
        if not start_us and count > FLOOD_STARTS_OVER:
            start_us, first, peak = at_us, oldest, count
        if start_us:
            peak = max(peak, count)
            # At this instant all but four have left the ten minutes, unless another comes before.
            end_us = raised[index + 1 - FLOOD_ENDS_UNDER] + TEN_MIN_US
            if index + 1 == len(raised) or end_us < raised[index + 1]:
                found.append(Flood(start_us=start_us, end_us=end_us, calls=index - first + 1, peak=peak))
                start_us = 0
    return tuple(found)


def busiest(raised: Sequence[int], width_us: int) -> int:
    """The most of these sorted instants in any stretch of this length, its end not counted."""
    instants = np.array(raised, np.int64)
    before = np.searchsorted(instants, instants - width_us, side="right")
    return int((np.arange(1, len(instants) + 1) - before).max(initial=0))


def chattering(records: Iterable[CallRecord]) -> tuple[Chatter, ...]:
    """Station's reasons with three calls from first to third within one minute, most calls first."""
    times: dict[tuple[str, str], list[int]] = defaultdict(list)
    for record in records:
        times[call_key(record)].append(record.raised_us)
    found = []
    for (station, reason), raised in times.items():
        raised.sort()
        near: set[int] = set()
        for last in range(CHATTER_CALLS - 1, len(raised)):
            first = last - CHATTER_CALLS + 1
            if raised[last] - raised[first] <= MINUTE_US:
                near.update(range(first, last + 1))
        if near:
            found.append(Chatter(station, reason, len(near)))
    return tuple(sorted(found, key=lambda one: (-one.calls, one.station, one.reason)))


def stale_by_day(
    records: Iterable[CallRecord], calendar: WorkCalendar, from_us: int, to_us: int
) -> tuple[tuple[int, int], ...]:
    """(start of a local day, calls that had stood for over 24 hours at some time of it), days without one left out."""
    days: Counter[int] = Counter()
    for record in records:
        stale_us = record.raised_us + STALE_US
        over_us = ended_us(record) or to_us
        if over_us <= stale_us:
            continue
        start_us, end_us = max(stale_us, from_us), min(over_us, to_us)
        while start_us < end_us:
            day_us, next_us = calendar.day_bounds(start_us)
            days[day_us] += 1
            start_us = next_us
    return tuple(sorted(days.items()))
