"""How likely so few events are by chance: exact where numbers are small, to forty digits where they are large.

Given n events in all over two lengths of time, those of the second are binomial with p = t2 / (t1 + t2), whatever the
rate was (Przyborowski and Wilenski 1940). With an expectation λ the count is Poisson.
"""

from collections.abc import Iterable, Iterator
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from itertools import islice
from math import comb

from msgspec import Struct

from shopfloor.flow.poisson import EVENTS_MAX, rate_test

# A term each; with more a plant does not need a test to see what happens.
TERMS_MAX = 100_000

_EXACT = Context(prec=50, Emax=MAX_EMAX, Emin=MIN_EMIN)
_NEARLY_ONE = Decimal("1." + 39 * "0" + "1")  # terms that differ by less are equal but for rounding


class Split(Struct, frozen=True):
    """`uneven`: chance of so uneven a split either way (two-sided). `fewer`: of at most so many in the second time."""

    uneven: Fraction
    fewer: Fraction


def split_chance(before: int, before_time: int, after: int, after_time: int) -> Split | None:
    """How the events would fall by chance if the rate had not changed. None without events or time, or too many."""
    n = before + after
    if not 0 < n <= TERMS_MAX or before_time <= 0 or after_time <= 0:
        return None
    uneven = rate_test(before, before_time, after, after_time)
    if uneven is not None:
        weights = (comb(n, k) * after_time**k * before_time ** (n - k) for k in range(after + 1))
        return Split(uneven, Fraction(sum(weights), (before_time + after_time) ** n))
    assert n > EVENTS_MAX
    terms = list(islice(_binomial(n, before_time, after_time), n + 1))
    seen = _EXACT.multiply(terms[after], _NEARLY_ONE)
    return Split(_sum(term for term in terms if term <= seen), _sum(terms[: after + 1]))


def fewer_chance(count: int, expected: Fraction) -> Fraction | None:
    """P(N ≤ count) of a Poisson count with the mean `expected`; None if nothing is expected, or too much."""
    if not 0 < expected <= TERMS_MAX or count < 0:
        return None
    if count > TERMS_MAX:
        return Fraction(1)
    mean = _EXACT.divide(Decimal(expected.numerator), Decimal(expected.denominator))
    return _sum(islice(_poisson(mean), count + 1))


def _binomial(n: int, before_time: int, after_time: int) -> Iterator[Decimal]:
    total = Decimal(before_time + after_time)
    term = _EXACT.power(_EXACT.divide(Decimal(before_time), total), n)
    odds = _EXACT.divide(Decimal(after_time), Decimal(before_time))
    for k in range(n + 1):
        yield term
        term = _EXACT.divide(_EXACT.multiply(_EXACT.multiply(term, odds), Decimal(n - k)), Decimal(k + 1))


def _poisson(mean: Decimal) -> Iterator[Decimal]:
    term = _EXACT.exp(_EXACT.minus(mean))
    k = 0
    while True:
        yield term
        k += 1
        term = _EXACT.divide(_EXACT.multiply(term, mean), Decimal(k))


def _sum(terms: Iterable[Decimal]) -> Fraction:
    total = Decimal(0)
    for term in terms:
        total = _EXACT.add(total, term)
    # A term far below all others has an exponent that no fraction should be written with.
    return min(Fraction(1), Fraction(_EXACT.quantize(total, Decimal("1e-45"))))
