"""Percentiles by nearest rank: "85 % took at most x" is then literally true, and x is a value that occurred."""

from collections.abc import Sequence


def nearest_rank(values: Sequence[float], percent: int) -> float:
    """The smallest value that at least `percent` of all values do not exceed: the ⌈percent · n / 100⌉-th of n.

    Raises ValueError if there are no values or `percent` is not in 1..100.
    """
    return nearest_ranks(values, (percent,))[0]


def nearest_ranks(values: Sequence[float], percents: Sequence[int]) -> tuple[float, ...]:
    """Several percentiles of the same values, sorted once."""
    if not values:
        raise ValueError("expected at least one value, got none: there is nothing to rank yet")
    for percent in percents:
        if not 1 <= percent <= 100:
            raise ValueError(f"expected a percentage from 1 to 100, got {percent}")
    ranked = sorted(values)
    return tuple(ranked[-(-percent * len(ranked) // 100) - 1] for percent in percents)
