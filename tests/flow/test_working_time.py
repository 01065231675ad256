"""Working time: what was stated converts, what was not is refused."""

from fractions import Fraction

import pytest

from shopfloor.flow.units import InputError, Span, TimeUnit, read_rate, read_span
from shopfloor.flow.working_time import WorkingTime


def span(text: str) -> Span:
    return read_span(text, "t")


def stated(**lengths: str) -> WorkingTime:
    return WorkingTime(**{name: span(text) for name, text in lengths.items()})


@pytest.mark.parametrize(
    ("time", "text", "unit", "value"),
    [
        (stated(), "75min", TimeUnit.HOUR, Fraction(5, 4)),
        (stated(), "90s", TimeUnit.MINUTE, Fraction(3, 2)),
        (stated(), "3d", TimeUnit.DAY, Fraction(3)),
        (stated(day="24h"), "6h", TimeUnit.DAY, Fraction(1, 4)),
        (stated(day="7.5h"), "6h", TimeUnit.DAY, Fraction(4, 5)),
        (stated(shift="7.5h", day="2shift"), "1d", TimeUnit.HOUR, Fraction(15)),
        (stated(day="2shift"), "3 shifts", TimeUnit.DAY, Fraction(3, 2)),
        (stated(week="5d"), "2d", TimeUnit.WEEK, Fraction(2, 5)),
        (stated(week="5d", day="8h"), "10h", TimeUnit.WEEK, Fraction(1, 4)),
        (stated(week="40h", day="8h"), "1 week", TimeUnit.DAY, Fraction(5)),
    ],
)
def test_stated_lengths_convert_exactly(time: WorkingTime, text: str, unit: TimeUnit, value: Fraction) -> None:
    time.check()
    assert time.convert(span(text), unit, "lead_time") == value
    assert time.converts(span(text).unit, unit)


@pytest.mark.parametrize(
    ("time", "text", "unit", "missing"),
    [
        (stated(), "75min", TimeUnit.DAY, "--day"),
        (stated(), "1d", TimeUnit.HOUR, "--day"),
        (stated(), "1 shift", TimeUnit.HOUR, "--shift"),
        (stated(day="2shift"), "1d", TimeUnit.HOUR, "--shift"),
        (stated(day="8h"), "1 week", TimeUnit.DAY, "--week"),
        (stated(week="5d"), "1 week", TimeUnit.HOUR, "--day"),
    ],
)
def test_a_length_that_was_not_stated_is_never_assumed(
    time: WorkingTime, text: str, unit: TimeUnit, missing: str
) -> None:
    with pytest.raises(InputError, match=missing):
        time.convert(span(text), unit, "lead_time")
    assert not time.converts(span(text).unit, unit)


@pytest.mark.parametrize(
    ("lengths", "words"),
    [
        ({"day": "25h"}, "at most 24 h"),
        ({"day": "1d"}, "s, min, h or shifts"),
        ({"day": "0h"}, "more than 0"),
        ({"day": "4 shifts", "shift": "8h"}, "at most 24 h"),
        ({"shift": "1d"}, "s, min or h"),
        ({"shift": "1500min"}, "at most 24 h"),
        ({"week": "8d"}, "at most 7 day"),
        ({"week": "1w"}, "h, shifts or days"),
    ],
)
def test_a_length_that_cannot_be_is_refused(lengths: dict[str, str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        stated(**lengths).check()


def test_a_rate_is_counted_in_another_unit() -> None:
    assert stated().per(read_rate("2400/2h", "demand"), TimeUnit.MINUTE, "demand") == 20
    assert stated(day="7.5h").per(read_rate("150/d", "demand"), TimeUnit.HOUR, "demand") == 20
