"""What stops cost: the time that a scope stood, each minute counted once, and whose it was.

The time of a stop is the union of the stops that cover a scope, inside working time, half-open. Who is first out has
the time until it is cleared; only then it is the next one's (reference 2.8, 5.8: 60 to 95 s and 80 to 130 s are 70 s,
35 s each).
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

import numpy as np
from msgspec import Struct

from shopfloor.core.line import Line, Scope
from shopfloor.core.moment import US_PER_S
from shopfloor.flow.andon.packed import NEVER, SCOPES, Flag
from shopfloor.flow.andon.record import US_PER_MS
from shopfloor.flow.andon.table import CallTable, Coded, Flags, Ints
from shopfloor.flow.andon.work import WorkTime


class _Spans(NamedTuple):
    starts: Ints
    ends: Ints

    def take(self, places: Ints) -> "_Spans":
        return _Spans(self.starts[places], self.ends[places])


class Stops:
    """Some stops, what began first first: as instants (`span_us`), and as working time of a window (`worked_us`)."""

    __slots__ = ("_span_us", "_worked_us", "calls")

    def __init__(self, calls: CallTable, span_us: _Spans, worked_us: _Spans) -> None:
        self.calls = calls
        self._span_us = span_us
        self._worked_us = worked_us

    def __len__(self) -> int:
        return len(self.calls)

    def where(self, wanted: Flags) -> "Stops":
        """Those stops that are wanted, in the same order."""
        places = np.flatnonzero(wanted)
        return Stops(self.calls.take(places), self._span_us.take(places), self._worked_us.take(places))

    def within(self, from_us: int, to_us: int) -> "Stops":
        """Those that stood at some time of [from, to), or began in it."""
        starts, ends = self._span_us
        return self.where((starts < to_us) & ((ends > from_us) | (starts >= from_us)))

    @property
    def stations(self) -> Coded:
        """Where they were raised."""
        return self.calls.word("station")

    @property
    def rejected(self) -> Flags:
        """Which of them were mistakes."""
        return self.calls.has(Flag.REJECTED)

    @property
    def of_line(self) -> Flags:
        """Which stopped the whole line."""
        return self._has(Scope.LINE)

    def over(self, station: str, segments: Mapping[str, str]) -> Flags:
        """Which have a scope that covers the station; `segments` names the segment of each station that has one."""
        stations = self.stations
        own = segments.get(station, "")
        shared = [bool(own) and segments.get(word) == own for word in stations.words]
        near = self._has(Scope.SEGMENT) & np.array(shared, np.bool_)[stations.codes]
        found: Flags = stations.is_(station) | self.of_line | near
        return found

    def each_us(self) -> Ints:
        """The working time of each by itself."""
        found: Ints = self._worked_us.ends - self._worked_us.starts
        return found

    def first_out_us(self) -> Ints:
        """The working time of each that no earlier one has already: their sum is the union."""
        starts, ends = self._worked_us
        found: Ints = np.maximum(0, ends - np.maximum(starts, _reached(ends)))
        return found

    def outages_us(self) -> Ints:
        """The working time of each outage; stops that overlap or touch are one, those outside working time none."""
        if not len(self):
            return np.zeros(0, np.int64)
        begins = np.flatnonzero(self._span_us.starts > _reached(self._span_us.ends))
        lengths = np.maximum.reduceat(self._worked_us.ends, begins) - self._worked_us.starts[begins]
        found: Ints = lengths[lengths > 0]
        return found

    def _has(self, scope: Scope) -> Flags:
        found: Flags = self.calls.column("scope") == SCOPES.index(scope)
        return found


class StopTime(Struct, frozen=True, kw_only=True):
    """Stops over a scope: how many were no mistake, the time it stood, and the same were each counted for itself.

    `rejected_ms` of the time was stopped by mistake. `lost_units` at the line's takt, None without one.
    """

    stops: int
    stood_ms: int
    summed_ms: int
    rejected_ms: int
    lost_units: float | None


def stops_of(calls: CallTable, work: WorkTime) -> Stops:
    """The stops among some calls."""
    found = calls.where(calls.column("stopped_ms") != NEVER)
    starts = found.column("raised_us") + found.column("stopped_ms") * US_PER_MS
    order = np.lexsort((found.column("raised_us"), starts))
    stops, starts = found.take(order), starts[order]
    ends = starts + stops.column("stop_ms") * US_PER_MS
    return Stops(stops, _Spans(starts, ends), _Spans(work.at(starts), work.at(ends)))


def stop_time(stops: Stops, takt_s: float | None) -> StopTime:
    """The stops given are all that cover the scope."""
    own_us = stops.first_out_us()
    stood_us = int(own_us.sum())
    rejected = stops.rejected
    return StopTime(
        stops=len(stops) - int(rejected.sum()),
        stood_ms=stood_us // US_PER_MS,
        summed_ms=int(stops.each_us().sum()) // US_PER_MS,
        rejected_ms=int(own_us[rejected].sum()) // US_PER_MS,
        lost_units=float(lost_units(stood_us, takt_s)) if takt_s else None,
    )


def lost_units(stood_us: int, takt_s: float) -> Fraction:
    """What the takt would have made of that time, exactly (reference 2.8: stop time / takt)."""
    return Fraction(stood_us, US_PER_S) / Fraction(str(takt_s))


def segments_of(line: Line) -> dict[str, str]:
    """The segment of each station that has one."""
    return {one.id: one.segment for one in line.stations if one.segment}


def _reached(ends: Ints) -> Ints:
    """For each, the latest end of all before it; before the first, a time before every other."""
    before = np.full(len(ends), np.iinfo(np.int64).min)
    if len(ends) > 1:
        before[1:] = np.maximum.accumulate(ends)[:-1]
    return before
