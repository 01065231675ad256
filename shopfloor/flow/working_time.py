"""How long a shift, a day and a week are at work: stated by the plant, never assumed."""

from collections.abc import Container
from fractions import Fraction

from msgspec import Struct

from shopfloor.core.text import Text
from shopfloor.flow.units import InputError, Rate, Span, TimeUnit, Wrong, span_text

CLOCK_S = {TimeUnit.SECOND: Fraction(1), TimeUnit.MINUTE: Fraction(60), TimeUnit.HOUR: Fraction(3600)}
WEEK_DAYS_MAX = 7


class WorkingTime(Struct, frozen=True):
    """The lengths that were stated; None: not stated. A shift in hours, a day in hours or shifts, a week in any."""

    shift: Span | None = None
    day: Span | None = None
    week: Span | None = None

    def convert(self, span: Span, unit: TimeUnit, name: str) -> Fraction:
        """The same length of time counted in `unit`. Raises InputError if a length that this needs was not stated."""
        if span.unit is unit:
            return span.value
        one, other = self._counted(span.unit), self._counted(unit)
        shared = next((step for step in one if step in other), None)
        if shared is None:
            raise _not_stated(span.unit, unit, name, self._missing(span.unit) or self._missing(unit))
        return span.value * one[shared] / other[shared]

    def per(self, rate: Rate, unit: TimeUnit, name: str) -> Fraction:
        """The quantity of a rate in one `unit`. Raises InputError if a length that this needs was not stated."""
        return rate.amount.value / self.convert(rate.per, unit, name)

    def converts(self, unit: TimeUnit, other: TimeUnit) -> bool:
        """Whether one unit can be counted in the other with what was stated."""
        try:
            self.convert(Span(Fraction(1), unit), other, "")
        except InputError:
            return False
        return True

    def check(self) -> None:
        """Raise InputError for lengths that cannot be: a shift in days, a day over 24 h, a week over 7 days."""
        wrongs = []
        for unit, known, words, longest in _BOUNDS:
            stated = self._stated(unit)
            if stated is None:
                continue
            if stated.unit not in known:
                wrongs.append(_wrong(unit, Text("a length in {units}", {"units": words}), stated))
            elif stated.value <= 0:
                wrongs.append(_wrong(unit, Text("more than 0"), stated))
            elif self.converts(stated.unit, longest.unit) and self.convert(stated, longest.unit, unit) > longest.value:
                wrongs.append(_wrong(unit, Text("at most {longest}", {"longest": span_text(longest)}), stated))
        if wrongs:
            raise InputError(*wrongs)

    def _counted(self, unit: TimeUnit) -> dict[TimeUnit, Fraction]:
        """One `unit` in every unit that the stated lengths lead to, the clock's units as seconds."""
        counted = {}
        length = Fraction(1)
        while unit not in CLOCK_S:
            counted[unit] = length
            stated = self._stated(unit)
            if stated is None:
                return counted
            unit, length = stated.unit, length * stated.value
        counted[TimeUnit.SECOND] = length * CLOCK_S[unit]
        return counted

    def _missing(self, unit: TimeUnit) -> TimeUnit | None:
        last = list(self._counted(unit))[-1]
        return None if last is TimeUnit.SECOND else last

    def _stated(self, unit: TimeUnit) -> Span | None:
        return {TimeUnit.SHIFT: self.shift, TimeUnit.DAY: self.day, TimeUnit.WEEK: self.week}.get(unit)


_CLOCK = tuple(CLOCK_S)
# What a length may be stated in (nothing that could lead back to itself), and the longest there is.
_BOUNDS: tuple[tuple[TimeUnit, Container[TimeUnit], str, Span], ...] = (
    (TimeUnit.SHIFT, _CLOCK, "s, min or h", Span(Fraction(24), TimeUnit.HOUR)),
    (TimeUnit.DAY, (*_CLOCK, TimeUnit.SHIFT), "s, min, h or shifts", Span(Fraction(24), TimeUnit.HOUR)),
    (TimeUnit.WEEK, (*_CLOCK, TimeUnit.SHIFT, TimeUnit.DAY), "h, shifts or days", Span(Fraction(7), TimeUnit.DAY)),
)
_EXAMPLES = {TimeUnit.SHIFT: "--shift 7.5h", TimeUnit.DAY: "--day 24h or --day 7.5h", TimeUnit.WEEK: "--week 5d"}


def _not_stated(unit: TimeUnit, other: TimeUnit, name: str, missing: TimeUnit | None) -> InputError:
    assert missing is not None, "units of the clock always convert"
    expected = Text("times that can be counted in one unit")
    remedy = Text(
        "How long a {unit} at work is, the plant says: state it ({example}), or write all times in one unit.",
        {"unit": missing, "example": _EXAMPLES[missing]},
    )
    return InputError(Wrong(name, expected, f"{unit} and {other}", remedy))


def _wrong(unit: TimeUnit, expected: Text, stated: Span) -> Wrong:
    return Wrong(
        unit, expected, span_text(stated), Text("State working time, such as --shift 7.5h, --day 15h, --week 5d.")
    )
