"""Instants as working time since a beginning, and back: a night without work is one point of that axis."""

from bisect import bisect_left, bisect_right

from shopfloor.flow.calendar import WorkCalendar


class WorkAxis:
    """Working microseconds from `from_us` on; between two instants exactly `calendar.working_us` of them."""

    def __init__(self, calendar: WorkCalendar, from_us: int, to_us: int) -> None:
        self._calendar = calendar
        self._from_us = from_us
        self._to_us = max(from_us, to_us)
        # Known pairs in order; a day apart, so that no look-up walks over years.
        self._instants = [from_us]
        self._worked = [0]
        while self._instants[-1] < self._to_us:
            next_us = min(calendar.day_bounds(self._instants[-1])[1], self._to_us)
            self._worked.append(self._worked[-1] + calendar.working_us(self._instants[-1], next_us))
            self._instants.append(next_us)

    @property
    def total_us(self) -> int:
        """The working time of the whole axis."""
        return self._worked[-1]

    def at(self, instant_us: int) -> int:
        """Working time from the beginning to an instant inside the axis; its ends for instants outside."""
        instant_us = min(max(instant_us, self._from_us), self._to_us)
        index = bisect_right(self._instants, instant_us) - 1
        return self._worked[index] + self._calendar.working_us(self._instants[index], instant_us)

    def instant(self, worked_us: int) -> int:
        """The first instant by which so much was worked; the ends of the axis for values outside."""
        if worked_us <= 0:
            return self._from_us
        index = bisect_left(self._worked, min(worked_us, self.total_us))
        low_us, high_us = self._instants[index - 1] if index else self._from_us, self._instants[index]
        while low_us < high_us:
            middle_us = (low_us + high_us) // 2
            if self.at(middle_us) >= worked_us:
                high_us = middle_us
            else:
                low_us = middle_us + 1
        return low_us
