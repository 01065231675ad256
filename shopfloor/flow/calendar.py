"""Working time: what of an interval lies inside shifts and outside breaks, whatever the clocks of the zone do."""

import zoneinfo
from bisect import bisect_right
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta

from msgspec import Struct

from shopfloor.core.line import Line, Shift
from shopfloor.core.moment import US_PER_S

# Two years of days: what a year's history asks for, and a bound for a program that never ends.
DAYS_KEPT_MAX = 800

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOUR_US = 3600 * US_PER_S
_US = timedelta(microseconds=1)
_DAY_MIN = 24 * 60
_MIN_US = 60 * US_PER_S
WEEK_MIN = 7 * _DAY_MIN

_Spans = tuple[tuple[int, int], ...]


class ShiftSpan(Struct, frozen=True):
    """One shift on one day, breaks included."""

    name: str
    start_us: int
    end_us: int


class Slot(Struct, frozen=True):
    """A clock hour, cut where a shift begins or ends; `working_us` is what its breaks leave."""

    start_us: int
    end_us: int
    working_us: int


def week_work(shifts: Iterable[Shift]) -> _Spans:
    """Working time of a week in minutes after Monday 00:00 by the clock: sorted, disjoint, breaks left out.

    Without shifts it is the whole week. Clocks that change are no part of it: it is the week that repeats.
    """
    patterns = [_Pattern(shift) for shift in shifts]
    if not patterns:
        return ((0, WEEK_MIN),)
    work = []
    for day in range(-1, len(_WEEKDAYS)):  # the shift of last Sunday may end on this Monday
        for pattern in patterns:
            if pattern.runs_on_weekday(day % len(_WEEKDAYS)):
                work += [(day * _DAY_MIN + start, day * _DAY_MIN + end) for start, end in pattern.pieces()]
    return _union((max(start, 0), min(end, WEEK_MIN)) for start, end in work)


class _Day(Struct, frozen=True):
    """A local day as instants; `work` is sorted and disjoint and lies inside the day."""

    start_us: int
    end_us: int
    work: _Spans
    total_us: int
    shifts: tuple[ShiftSpan, ...]


class WorkCalendar:
    """The shifts of a line as instants. Without shifts it is always working time.

    All intervals are half-open. Local times are read in the line's zone: one that does not exist (clocks go forward)
    means the instant of the change, one that exists twice (clocks go back) its first occurrence. Where shifts overlap,
    time counts once. Raises ValueError for a zone this machine does not know.

    Attributes:
        zone: the time zone of the line.
    """

    def __init__(self, line: Line) -> None:
        try:
            self.zone = zoneinfo.ZoneInfo(line.timezone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"expected a time zone such as Europe/Berlin, got {line.timezone!r}") from error
        self._shifts = tuple(_Pattern(shift) for shift in line.shifts)
        self._days: dict[date, _Day] = {}
        self._midnights: dict[date, tuple[int, bool]] = {}

    def working_us(self, from_us: int, to_us: int) -> int:
        """Working time in [from, to), 0 if `to` is not later."""
        if to_us <= from_us:
            return 0
        if not self._shifts:
            return to_us - from_us
        total_us = 0
        day = self._day(self._date(from_us))
        while True:
            if from_us <= day.start_us and day.end_us <= to_us:
                total_us += day.total_us
            else:
                total_us += sum(max(0, min(end, to_us) - max(start, from_us)) for start, end in day.work)
            if day.end_us >= to_us:
                return total_us
            day = self._day(self._date(day.end_us))

    def work(self, from_us: int, to_us: int) -> list[tuple[int, int]]:
        """The working time of [from, to) in pieces, oldest first; no two of them overlap."""
        if not self._shifts:
            return [(from_us, to_us)] if from_us < to_us else []
        found: list[tuple[int, int]] = []
        at_us = from_us
        while at_us < to_us:
            day = self._day(self._date(at_us))
            found += [
                (max(start, from_us), min(end, to_us)) for start, end in day.work if start < to_us and end > at_us
            ]
            at_us = day.end_us
        return found

    def shift_at(self, at_us: int) -> ShiftSpan | None:
        """The shift that runs at this instant, breaks included; the one that began last where shifts overlap."""
        today = self._date(at_us)
        spans = [*self._day(today - timedelta(1)).shifts, *self._day(today).shifts]
        running = [span for span in spans if span.start_us <= at_us < span.end_us]
        return max(running, key=lambda span: span.start_us, default=None)

    def hours(self, from_us: int, to_us: int) -> tuple[Slot, ...]:
        """The clock hours of [from, to) cut by shifts, oldest first; time outside every shift has no slot."""
        edges = sorted({edge for span in self._spans(from_us, to_us) for edge in (span.start_us, span.end_us)})
        slots = []
        start_us = from_us
        while start_us < to_us:
            index = bisect_right(edges, start_us)
            cut_us = edges[index] if index < len(edges) else to_us
            end_us = min(self._next_hour(start_us), cut_us, to_us)
            if not self._shifts or self.shift_at(start_us) is not None:
                slots.append(Slot(start_us, end_us, self.working_us(start_us, end_us)))
            start_us = end_us
        return tuple(slots)

    def day_bounds(self, at_us: int) -> tuple[int, int]:
        """The local day around this instant: from midnight to midnight, 23 to 25 hours."""
        day = self._day(self._date(at_us))
        return day.start_us, day.end_us

    def local(self, at_us: int) -> datetime:
        """The instant as the clocks of the line show it."""
        return (_EPOCH + timedelta(microseconds=at_us)).astimezone(self.zone)

    def _spans(self, from_us: int, to_us: int) -> list[ShiftSpan]:
        day = self._date(from_us) - timedelta(1)
        last = self._date(to_us)
        spans: list[ShiftSpan] = []
        while day <= last:
            spans += self._day(day).shifts
            day += timedelta(1)
        return spans

    def _next_hour(self, at_us: int) -> int:
        local = self.local(at_us)
        into_us = (local.minute * 60 + local.second) * US_PER_S + local.microsecond
        return at_us + _HOUR_US - into_us

    def _date(self, at_us: int) -> date:
        return self.local(at_us).date()

    def _day(self, day: date) -> _Day:
        found = self._days.get(day)
        if found is None:
            if len(self._days) >= DAYS_KEPT_MAX:
                self._days.clear()
            found = self._days[day] = self._make_day(day)
        return found

    def _make_day(self, day: date) -> _Day:
        start_us = self._instant(day, 0)
        end_us = self._instant(day, 24 * 60)
        work: list[tuple[int, int]] = []
        for begun in (day - timedelta(1), day):
            for pattern in self._shifts:
                if pattern.runs_on(begun):
                    work += self._work(begun, pattern)
        spans = _union((max(a, start_us), min(b, end_us)) for a, b in work)
        own = tuple(
            ShiftSpan(p.name, self._instant(day, p.start_min), self._instant(day, p.end_min))
            for p in self._shifts
            if p.runs_on(day)
        )
        return _Day(start_us, end_us, spans, sum(b - a for a, b in spans), own)

    def _work(self, day: date, pattern: "_Pattern") -> list[tuple[int, int]]:
        """The shift that begins on this day without its breaks."""
        return [(self._instant(day, start), self._instant(day, end)) for start, end in pattern.pieces()]

    def _instant(self, day: date, minutes: int) -> int:
        """UTC µs of a local time, `minutes` after the nominal midnight of the day."""
        midnight_us, steady = self._midnight(day)
        if steady and 0 <= minutes <= 2 * _DAY_MIN:
            return midnight_us + minutes * _MIN_US
        naive = datetime.combine(day, time()) + timedelta(minutes=minutes)
        first = naive.replace(tzinfo=self.zone)
        at_us = _utc_us(first)
        if self.local(at_us).replace(tzinfo=None) == naive:
            return at_us
        # The local time was skipped: the change lies between the readings by the later and by the earlier offset.
        low_us, high_us = _utc_us(first.replace(fold=1)), at_us
        before = self.local(low_us).utcoffset()
        while high_us - low_us > 1:
            middle_us = (low_us + high_us) // 2
            if self.local(middle_us).utcoffset() == before:
                low_us = middle_us
            else:
                high_us = middle_us
        return high_us

    def _midnight(self, day: date) -> tuple[int, bool]:
        """The nominal midnight in UTC µs, and whether the clocks are left alone for two days from then on."""
        found = self._midnights.get(day)
        if found is None:
            if len(self._midnights) >= DAYS_KEPT_MAX:
                self._midnights.clear()
            begins = [datetime.combine(day + timedelta(n), time(), self.zone) for n in range(3)]
            same = len({at.utcoffset() for at in begins}) == 1
            found = self._midnights[day] = (_utc_us(begins[0]), same)
        return found


class _Pattern:
    """A shift in minutes after the midnight of the day it begins on; breaks sorted, none before the start."""

    __slots__ = ("_days", "breaks", "end_min", "name", "start_min")

    def __init__(self, shift: Shift) -> None:
        self.name = shift.name
        self._days = frozenset(_WEEKDAYS.index(day) for day in shift.days)
        self.start_min = _minutes(shift.start)
        self.end_min = _after(_minutes(shift.end), self.start_min)
        breaks = []
        for start, end in shift.breaks:
            start_min = _minutes(start) if _minutes(start) >= self.start_min else _minutes(start) + 24 * 60
            end_min = _after(_minutes(end), start_min)
            if start_min < self.end_min:
                breaks.append((start_min, min(end_min, self.end_min)))
        self.breaks = sorted(breaks)

    def runs_on(self, day: date) -> bool:
        return self.runs_on_weekday(day.weekday())

    def runs_on_weekday(self, weekday: int) -> bool:
        return weekday in self._days

    def pieces(self) -> list[tuple[int, int]]:
        """The shift without its breaks; a piece between breaks that touch is empty."""
        edge = self.start_min
        pieces = []
        for break_start, break_end in self.breaks:
            pieces.append((edge, break_start))
            edge = max(edge, break_end)
        pieces.append((edge, self.end_min))
        return pieces


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)


def _after(minutes: int, start_min: int) -> int:
    """The first such clock time later than the start, at most a day."""
    while minutes <= start_min:
        minutes += 24 * 60
    return minutes


def _union(spans: Iterable[tuple[int, int]]) -> _Spans:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(span for span in spans if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _utc_us(at: datetime) -> int:
    return (at - _EPOCH) // _US
