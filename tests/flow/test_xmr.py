"""Published values: NIST/SEMATECH 6.3.2.2 (T-01) and the baselines of T-03."""

import pytest

from shopfloor.flow.xmr import WHEELER, limits

NIST_DATA = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]


def test_the_example_of_nist_to_four_places() -> None:
    found = limits(NIST_DATA)
    assert round(found.mean, 4) == 50.81
    assert round(found.mean_range, 4) == 1.8778
    assert round(found.upper, 4) == 55.8041
    assert round(found.lower, 4) == 45.8159


def test_the_constants_differ_in_the_fourth_place() -> None:
    assert round(limits(NIST_DATA, factor=WHEELER).upper, 4) == 55.8049


def test_wheeler_baselines() -> None:
    rising = limits([10, 20, 30, 40], factor=WHEELER)
    assert (rising.mean, round(rising.upper, 9), rising.lower) == (25, 51.6, 0)
    swinging = limits([100, 110, 100, 110], factor=WHEELER)
    assert (swinging.mean, round(swinging.lower, 9), round(swinging.upper, 9)) == (105, 78.4, 131.6)


def test_values_that_may_be_negative_are_not_clamped() -> None:
    assert round(limits([10, 20, 30, 40], factor=WHEELER, floor=None).lower, 9) == -1.6


def test_one_value_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2 values, got 1"):
        limits([1.0])
