"""Natural process limits of single values (XmR chart), never rounded."""

import itertools
from collections.abc import Sequence

from msgspec import Struct

# Expected range of two normal values in standard deviations: d2(2) = 1.128 (NIST/SEMATECH 6.3.2.2), so the limits are
# 3 / 1.128 = 2.6596 mean moving ranges from the mean; Wheeler rounds that to 2.66. NIST's own example tells them apart:
# 55.8041 by d2, 55.8049 by 2.66.
D2 = 1.128
WHEELER = 2.66
NIST = 3 / D2

# Below this a limit says more about luck than about the process (Wheeler: "useful limits with as few as 5 to 6").
VALUES_MIN = 6


class Limits(Struct, frozen=True):
    """Mean and natural process limits; `lower` is clamped at 0 where values cannot be negative."""

    mean: float
    lower: float
    upper: float
    mean_range: float


def limits(values: Sequence[float], *, factor: float = NIST, floor: float | None = 0.0) -> Limits:
    """Mean ± factor · mean moving range; `floor` None for values that may be negative.

    Raises ValueError for fewer than two values. On raw cycle times about 2.6 % of points of an exponential process lie
    beyond the upper limit by chance, against 0.3 % of a normal one (reference 2.5): a page says so.
    """
    if len(values) < 2:
        raise ValueError(f"expected at least 2 values, got {len(values)}: a moving range needs a pair")
    mean = sum(values) / len(values)
    ranges = [abs(after - before) for before, after in itertools.pairwise(values)]
    mean_range = sum(ranges) / len(ranges)
    lower = mean - factor * mean_range
    return Limits(mean, lower if floor is None else max(floor, lower), mean + factor * mean_range, mean_range)
