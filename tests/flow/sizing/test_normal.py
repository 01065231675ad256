"""Service levels and square roots."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.flow.sizing.normal import ceil, floor, root_up, z_of


@pytest.mark.parametrize(
    ("service", "z"),
    [("0.5", "0"), ("0.8", "0.842"), ("0.9", "1.282"), ("0.95", "1.645"), ("0.98", "2.054"), ("0.99", "2.327"),
     ("0.9986", "2.989"), ("0.9999", "3.720"), ("0.841344746068543", "1")],
)  # fmt: skip
def test_z_is_the_printed_value_rounded_up_at_the_third_decimal(service: str, z: str) -> None:
    assert z_of(Fraction(service)) == Fraction(z)


@pytest.mark.parametrize("service", ["0.49", "1", "0.9999999"])
def test_a_service_level_without_a_meaning_is_refused(service: str) -> None:
    with pytest.raises(ValueError, match="from 50 %"):
        z_of(Fraction(service))


@given(st.fractions(0, 10**9), st.integers(1, 20))
def test_a_root_is_the_next_decimal_above(square: Fraction, places: int) -> None:
    root = root_up(square, places)
    assert root >= 0
    assert root * root >= square
    below = root - Fraction(1, 10**places)
    assert below < 0 or below * below < square


@given(st.fractions(0, 10**6))
def test_the_root_of_a_square_is_exact(root: Fraction) -> None:
    assert root_up(root * root, 1) == root


@given(st.fractions())
def test_whole_numbers_enclose_a_fraction(value: Fraction) -> None:
    assert ceil(value) - 1 < value <= ceil(value)
    assert floor(value) <= value < floor(value) + 1
