"""Chances against tables and binomials done by hand."""

from fractions import Fraction

import pytest

from shopfloor.flow.andon.chance import TERMS_MAX, fewer_chance, split_chance
from shopfloor.flow.poisson import EVENTS_MAX


@pytest.mark.parametrize(
    ("count", "expected", "chance"),
    [
        # Cumulative Poisson probabilities as every table prints them.
        (0, "1", "0.3679"),
        (0, "3", "0.0498"),
        (2, "3", "0.4232"),
        (4, "10", "0.0293"),
        (3, "7.5", "0.0591"),
        (5, "0.5", "1.0000"),
    ],
)
def test_poisson_tails_are_those_of_the_tables(count: int, expected: str, chance: str) -> None:
    found = fewer_chance(count, Fraction(expected))
    assert found is not None
    assert f"{float(found):.4f}" == chance


def test_nothing_of_one_expected_is_one_in_e() -> None:
    found = fewer_chance(0, Fraction(1))
    assert found is not None
    e_inverse = Fraction("0.367879441171442321595523770161460867445811131")
    assert abs(found - e_inverse) <= Fraction(1, 10**44)


def test_forty_digits_hold_for_an_expectation_that_no_decimal_is() -> None:
    """e^(-1/3) by its series in fractions."""
    term = series = Fraction(1)
    for k in range(1, 40):
        term *= Fraction(-1, 3 * k)
        series += term
    found = fewer_chance(0, Fraction(1, 3))
    assert found is not None
    assert abs(found - series) < Fraction(1, 10**43)


def test_a_large_expectation_has_an_answer() -> None:
    """About the normal one: 4 750 of 5 000 is 3.54 standard deviations low."""
    found = fewer_chance(4_750, Fraction(5_000))
    assert found is not None
    assert 0.00018 < float(found) < 0.00022
    assert fewer_chance(0, Fraction(TERMS_MAX)) == 0


def test_without_an_expectation_there_is_no_chance() -> None:
    assert fewer_chance(0, Fraction(0)) is None
    assert fewer_chance(0, Fraction(TERMS_MAX + 1)) is None


def test_a_split_by_hand() -> None:
    """Ten before, one after, equal times: 12 of 2 048 ways have at most one after, and as many at most one before."""
    found = split_chance(10, 60, 1, 60)
    assert found is not None
    assert found.uneven == Fraction(24, 2048)
    assert found.fewer == Fraction(12, 2048)


def test_above_the_exact_limit_the_same_sum_is_made_in_decimals() -> None:
    n, after = EVENTS_MAX + 1, 200
    found = split_chance(n - after, 3, after, 2)
    ways = [Fraction(1)]
    for k in range(n):
        ways.append(ways[-1] * (n - k) / (k + 1))
    terms = [way * 2**k * 3 ** (n - k) for k, way in enumerate(ways)]
    assert found is not None
    assert abs(found.fewer - sum(terms[: after + 1]) / Fraction(5**n)) < Fraction(1, 10**40)
    assert abs(found.uneven - sum(t for t in terms if t <= terms[after]) / Fraction(5**n)) < Fraction(1, 10**40)


def test_equal_splits_above_the_limit_are_certain() -> None:
    """Both of two equally likely middles count, though their decimals may differ in the last digit."""
    found = split_chance(501, 1, 500, 1)
    assert found is not None
    assert abs(found.uneven - 1) < Fraction(1, 10**40)


def test_without_events_or_time_there_is_no_answer() -> None:
    assert split_chance(0, 1, 0, 1) is None
    assert split_chance(3, 0, 1, 1) is None
    assert split_chance(TERMS_MAX, 1, 1, 1) is None
