"""How likely so few events are by chance: exact where numbers are small, to forty digits where they are large.

Given n events in all over two lengths of time, those of the second are binomial with p = t2 / (t1 + t2), whatever the
rate was (Przyborowski and Wilenski 1940). With an expectation λ the count is Poisson.
"""

from collections.abc import Callable, Iterable
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from fractions import Fraction
from math import comb

from msgspec import Struct

from shopfloor.flow.poisson import EVENTS_MAX, rate_test

# With more a plant does not need a test to see what happens.
TERMS_MAX = 100_000

_EXACT = Context(prec=50, Emax=MAX_EMAX, Emin=MIN_EMIN)
# Of the likeliest term: even a hundred thousand that are less likely change no digit that is kept.
_LEAST = Decimal("1e-52")
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
    terms = _binomial(n, before_time, after_time)
    seen = _EXACT.multiply(terms.get(after, Decimal(0)), _NEARLY_ONE)
    whole = _sum(terms.values())
    uneven = _part(_sum(term for term in terms.values() if term <= seen), whole)
    return Split(uneven, _part(_sum(term for k, term in terms.items() if k <= after), whole))


def fewer_chance(count: int, expected: Fraction) -> Fraction | None:
    """P(N ≤ count) of a Poisson count with the mean `expected`; None if nothing is expected, or too much."""
    if not 0 < expected <= TERMS_MAX or count < 0:
        return None
    mean = _EXACT.divide(Decimal(expected.numerator), Decimal(expected.denominator))
    terms = _poisson(mean)
    return _part(_sum(term for k, term in terms.items() if k <= count), _sum(terms.values()))


def _binomial(n: int, before_time: int, after_time: int) -> dict[int, Decimal]:
    odds = _EXACT.divide(Decimal(after_time), Decimal(before_time))
    likeliest = (n + 1) * after_time // (before_time + after_time)
    return _around(likeliest, lambda k: _EXACT.divide(_EXACT.multiply(odds, Decimal(n - k)), Decimal(k + 1)))


def _poisson(mean: Decimal) -> dict[int, Decimal]:
    return _around(int(mean), lambda k: _EXACT.divide(mean, Decimal(k + 1)))


def _around(likeliest: int, growth: Callable[[int], Decimal]) -> dict[int, Decimal]:
    """How likely numbers are beside the likeliest; `growth` of k: how many times as likely k + 1 is. The rest is 0."""
    weights = {likeliest: Decimal(1)}
    k, weight = likeliest, Decimal(1)
    while weight := _or_nothing(_EXACT.multiply(weight, growth(k))):
        k += 1
        weights[k] = weight
    k, weight = likeliest, Decimal(1)
    while k and (weight := _or_nothing(_EXACT.divide(weight, growth(k - 1)))):
        k -= 1
        weights[k] = weight
    return weights


def _or_nothing(weight: Decimal) -> Decimal:
    return weight if weight >= _LEAST else Decimal(0)


def _sum(terms: Iterable[Decimal]) -> Decimal:
    total = Decimal(0)
    for term in terms:
        total = _EXACT.add(total, term)
    return total


def _part(some: Decimal, whole: Decimal) -> Fraction:
    # What is far below all others has an exponent that no fraction should be written with.
    return min(Fraction(1), Fraction(_EXACT.quantize(_EXACT.divide(some, whole), Decimal("1e-45"))))
