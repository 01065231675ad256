"""Quantities from text: exact, and refused where a unit is missing or may mean two things."""

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.flow.units import (
    TEXT_CHARS_MAX,
    Amount,
    InputError,
    Rate,
    Span,
    TimeUnit,
    brief,
    number_text,
    read_amount,
    read_count,
    read_number,
    read_rate,
    read_share,
    read_span,
)

F = Fraction


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("75min", F(75), TimeUnit.MINUTE),
        ("0.1d", F(1, 10), TimeUnit.DAY),
        (".25 days", F(1, 4), TimeUnit.DAY),
        (" 8 h ", F(8), TimeUnit.HOUR),
        ("45s", F(45), TimeUnit.SECOND),
        ("2 Shifts", F(2), TimeUnit.SHIFT),
        ("1.5 weeks", F(3, 2), TimeUnit.WEEK),
    ],
)
def test_a_length_of_time_keeps_its_unit(text: str, value: Fraction, unit: TimeUnit) -> None:
    assert read_span(text, "lead_time") == Span(value, unit)


@pytest.mark.parametrize(
    ("text", "value", "label", "length", "unit"),
    [
        ("2000/day", F(2000), "", F(1), TimeUnit.DAY),
        ("80/h", F(80), "", F(1), TimeUnit.HOUR),
        ("2400/2h", F(2400), "", F(2), TimeUnit.HOUR),
        ("12.5 kg per shift", F(25, 2), "kg", F(1), TimeUnit.SHIFT),
        ("128 / 63 d", F(128), "", F(63), TimeUnit.DAY),
        ("1 piece/45s", F(1), "pcs", F(45), TimeUnit.SECOND),
    ],
)
def test_a_rate_keeps_its_quantity_and_its_time(
    text: str, value: Fraction, label: str, length: Fraction, unit: TimeUnit
) -> None:
    assert read_rate(text, "demand") == Rate(Amount(value, label), Span(length, unit))


@pytest.mark.parametrize(
    ("text", "share"), [("10%", F(1, 10)), ("0.15", F(3, 20)), ("12.5 %", F(1, 8)), ("1/3", F(1, 3)), ("150%", F(3, 2))]
)
def test_a_share_is_exact(text: str, share: Fraction) -> None:
    assert read_share(text, "safety") == share


Read = Callable[[str, str], Any]


@pytest.mark.parametrize(
    ("read", "text", "words"),
    [
        (read_span, "40", "write 40min, 40h or 40d"),
        (read_span, "5m", "min for minutes"),
        (read_span, "3 fortnights", "Units of time"),
        (read_span, "2000/day", "a length of time"),
        (read_rate, "2000", "2000/h, 2000/shift or 2000/day"),
        (read_rate, "2000/40", "a quantity for each time"),
        (read_rate, "2000/month", "Units of time"),
        (read_rate, "2000/0h", "longer than 0"),
        (read_rate, "10%", "a quantity for each time"),
        (read_amount, "22min", "a length of time"),
        (read_amount, "1,5", "1.5 or 1500"),
        (read_amount, "-3", "less than 0"),
        (read_amount, "", "got nothing"),
        (read_amount, "1e3", "a quantity"),
        (read_amount, "nan", "a quantity"),
        (read_amount, "inf", "a quantity"),
        (read_amount, "1_000", "a quantity"),
        (read_amount, "٣", "digits"),
        (read_amount, "1" * 16, "at most 15 digits"),
        (read_amount, "1 " + "x" * TEXT_CHARS_MAX, "number and its unit only"),
        (read_share, "10", "10%"),
        (read_share, "1.5", "factor of 1.5 is a safety of 50%"),
        (read_share, "%", "digits"),
        (read_number, "1/0", "divided by 0"),
        (read_number, "ten", "digits"),
        (read_count, "2.5", "a whole number"),
    ],
)
def test_what_may_mean_two_things_is_refused_with_a_remedy(read: Read, text: str, words: str) -> None:
    with pytest.raises(InputError) as wrong:
        read(text, "the-input")
    assert words in str(wrong.value)
    assert [one.name for one in wrong.value.wrongs] == ["the-input"]


@given(st.decimals(min_value=0, max_value=10**6, places=4))
def test_a_decimal_is_never_a_float(number: Any) -> None:
    assert read_number(f"{number:f}", "n") == Fraction(number)


@given(st.text(max_size=80))
def test_no_text_ends_in_anything_but_a_value_or_an_input_error(text: str) -> None:
    for read in (read_span, read_rate, read_amount, read_share, read_number, read_count):
        with suppress(InputError):
            read(text, "n")


@pytest.mark.parametrize(
    ("value", "shown", "working"),
    [
        (F(10), "10", "10"),
        (F(93, 10), "9.3", "9.3"),
        (F(1, 8), "0.125", "0.125"),
        (F(22, 3), "22/3 (about 7.333)", "22/3"),
        (F(1, 10**6), "0.000001", "0.000001"),
        (F(10**9 + 1, 3 * 10**7), "about 33.333", "about 33.333"),
    ],
)
def test_a_number_is_shown_exactly_where_that_is_short(value: Fraction, shown: str, working: str) -> None:
    assert (number_text(value), brief(value)) == (shown, working)
