"""Points of a plot in buffers that only grow at their end."""

import numpy as np
from numpy.typing import NDArray

from shopfloor.core.moment import US_PER_S

POINTS_MAX = 10_000  # more are not told apart on any screen

Floats = NDArray[np.float64]


class PointBuffer:
    """The newest points as (instant in s since 1970, value in s); `n` is the journal number a figure came from."""

    def __init__(self, points_max: int = POINTS_MAX) -> None:
        self._max = points_max
        # Twice the room: the older half is dropped in one move when the end is reached, not one point at a time.
        self._at_s = np.empty(2 * points_max)
        self._value_s = np.empty(2 * points_max)
        self._n = np.empty(2 * points_max, dtype=np.int64)
        self._end = 0

    def __len__(self) -> int:
        return min(self._end, self._max)

    def append(self, at_us: int, value_s: float, n: int) -> None:
        """Add the newest point."""
        if self._end == 2 * self._max:
            for values in (self._at_s, self._value_s, self._n):
                values[: self._max - 1] = values[self._end - self._max + 1 :]
            self._end = self._max - 1
        self._at_s[self._end] = at_us / US_PER_S
        self._value_s[self._end] = value_s
        self._n[self._end] = n
        self._end += 1

    def take_back(self, n: int) -> None:
        """Remove the point of this journal number, if it is among those kept."""
        first = self._end - len(self)
        keep = self._n[first : self._end] != n
        left = int(np.count_nonzero(keep))
        for values in (self._at_s, self._value_s, self._n):
            values[:left] = values[first : self._end][keep]
        self._end = left

    def clear(self) -> None:
        """Forget all points."""
        self._end = 0

    def since(self, at_us: int | None) -> tuple[Floats, Floats]:
        """Instants and values not before `at_us` (None: all that are kept); views that the next append may change."""
        first = self._end - len(self)
        if at_us is not None:
            first += int(np.searchsorted(self._at_s[first : self._end], at_us / US_PER_S))
        return self._at_s[first : self._end], self._value_s[first : self._end]
