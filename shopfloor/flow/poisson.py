"""Whether two counts over two lengths of time come from one rate."""

from fractions import Fraction
from math import comb

# Exact up to here; with more events than that a plant sees the difference without a test.
EVENTS_MAX = 500


def rate_test(before: int, before_time: int, after: int, after_time: int) -> Fraction | None:
    """The exact two-sided p of equal Poisson rates, given the total: how likely so uneven a split is by chance.

    Given n events in all, those after are binomial with p = t_after / (t_before + t_after) (Przyborowski and Wilenski
    1940); summed are all splits no likelier than the seen one. None without events or time, or above EVENTS_MAX.
    """
    n = before + after
    if not 0 < n <= EVENTS_MAX or before_time <= 0 or after_time <= 0:
        return None
    weights = [comb(n, k) * after_time**k * before_time ** (n - k) for k in range(n + 1)]
    return Fraction(sum(w for w in weights if w <= weights[after]), (before_time + after_time) ** n)
