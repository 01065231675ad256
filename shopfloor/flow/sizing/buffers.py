"""The calendar buffer: what a consumer uses up while its supplier does not work. SAP PP-KAB, `Calendar Buffer`."""

from collections.abc import Iterable
from fractions import Fraction

from shopfloor.core.line import Shift
from shopfloor.flow.calendar import WEEK_MIN, week_work
from shopfloor.flow.sizing.normal import ceil

Windows = tuple[tuple[int, int], ...]

_HOUR_MIN = 60


def calendar_buffer(
    consumer_windows: Windows, supplier_windows: Windows, demand: Fraction, container: Fraction
) -> Fraction:
    """Cards for the longest stretch without the supplier, rounded up by themselves; `demand` per working hour."""
    return cards_for(closed_hours(consumer_windows, supplier_windows) * demand, container)


def closed_hours(consumer_windows: Windows, supplier_windows: Windows) -> Fraction:
    """The most hours that the consumer works from the supplier's end of work until it begins again.

    Windows are those of `week_work`: minutes of a week that repeats, so Friday's end may last until Monday. Raises
    ValueError for a supplier that never works: no buffer lasts for ever.
    """
    if not supplier_windows:
        raise ValueError("expected a supplier that works at some time of the week, got one that never does")
    begins = [start for start, _ in supplier_windows[1:]] + [supplier_windows[0][0] + WEEK_MIN]
    closed = zip((end for _, end in supplier_windows), begins, strict=True)
    return Fraction(max(_worked_min(consumer_windows, start, end) for start, end in closed), _HOUR_MIN)


def closed_hours_of_shifts(consumer: Iterable[Shift], supplier: Iterable[Shift]) -> Fraction:
    """The same from two shift calendars by one clock; one without shifts always works."""
    return closed_hours(week_work(consumer), week_work(supplier))


def cards_for(pieces: Fraction, container: Fraction) -> Fraction:
    """Whole cards that hold so many pieces."""
    return Fraction(ceil(pieces / container))


def _worked_min(windows: Windows, start_min: int, end_min: int) -> int:
    """What of the windows, this week or next, lies in [start, end)."""
    return sum(
        max(0, min(end + week, end_min) - max(start + week, start_min))
        for week in (0, WEEK_MIN)
        for start, end in windows
    )
