"""The test of two rates against binomials done by hand."""

from fractions import Fraction

import pytest

from shopfloor.flow.poisson import EVENTS_MAX, rate_test


@pytest.mark.parametrize(
    ("before", "after", "p"),
    [
        (0, 1, Fraction(1)),
        (5, 0, Fraction(2, 32)),  # both ends of a fair binomial of five
        (4, 1, Fraction(12, 32)),
        (10, 1, Fraction(24, 2048)),
    ],
)
def test_equal_times_are_a_fair_binomial(before: int, after: int, p: Fraction) -> None:
    assert rate_test(before, 60, after, 60) == p


def test_unequal_times_weigh() -> None:
    """Three events, all in the first of two times of 1 and 2: (1/3)³ = 1/27, and no other split is as unlikely."""
    assert rate_test(3, 1, 0, 2) == Fraction(1, 27)
    assert rate_test(1, 1, 2, 2) == 1


def test_without_events_or_time_there_is_no_answer() -> None:
    assert rate_test(0, 1, 0, 1) is None
    assert rate_test(3, 0, 1, 1) is None
    assert rate_test(EVENTS_MAX, 1, 1, 1) is None
