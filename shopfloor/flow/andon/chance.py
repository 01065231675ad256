"""How likely so few events are by chance: exact where numbers are small, to forty digits where they are large.

Given n events in all over two lengths of time, those of the second are binomial with p = t2 / (t1 + t2), whatever the
rate was (Przyborowski and Wilenski 1940). With an expectation λ the count is Poisson.
"""

from collections.abc import Callable
from fractions import Fraction
from math import comb

from msgspec import Struct

from shopfloor.flow.poisson import EVENTS_MAX, rate_test

# With more a plant does not need a test to see what happens.
TERMS_MAX = 100_000

# Chances beside the likeliest one, which is this whole: rounded down a hundred thousand times they still agree in
# fifty digits, and what is below the least adds up to less than that.
_WHOLE = 1 << 220
_LEAST = 1 << 30


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
    likeliest = (n + 1) * after_time // (before_time + after_time)
    weights_of = _around(likeliest, lambda k: (after_time * (n - k), before_time * (k + 1)))
    whole, seen = sum(weights_of.values()), weights_of.get(after, 0)
    seen += (seen >> 140) + _LEAST  # what is equally likely may have been rounded otherwise
    return Split(
        uneven=Fraction(sum(weight for weight in weights_of.values() if weight <= seen), whole),
        fewer=_up_to(after, weights_of),
    )


def fewer_chance(count: int, expected: Fraction) -> Fraction | None:
    """P(N ≤ count) of a Poisson count with the mean `expected`; None if nothing is expected, or too much."""
    if not 0 < expected <= TERMS_MAX or count < 0:
        return None
    mean, parts = expected.as_integer_ratio()
    return _up_to(count, _around(int(expected), lambda k: (mean, parts * (k + 1))))


def _around(likeliest: int, growth: Callable[[int], tuple[int, int]]) -> dict[int, int]:
    """How likely numbers are beside the likeliest, ever less so; `growth` of k: how many times as likely k + 1 is."""
    found = {likeliest: _WHOLE}
    k, weight = likeliest, _WHOLE
    while True:
        times, parts = growth(k)
        weight = weight * times // parts
        if weight < _LEAST:
            break
        k += 1
        found[k] = weight
    k, weight = likeliest, _WHOLE
    while k:
        times, parts = growth(k - 1)
        weight = weight * parts // times
        if weight < _LEAST:
            break
        k -= 1
        found[k] = weight
    return found


def _up_to(count: int, weights: dict[int, int]) -> Fraction:
    return Fraction(sum(weight for k, weight in weights.items() if k <= count), sum(weights.values()))
