"""A module's pulse counter as pulses since the last look: pure."""

from collections.abc import Sequence

WORD = 0x10000
GAP_PULSES_MAX = 10  # more in one outage is a module that was switched off, or a counter that was set anew


class PulseCounter:
    """Differences of a counter of one or two words that wraps around; its first value is the base.

    A counter that seems to go back has begun anew, and is a new base. After a gap a small difference is at least one
    press that nobody saw; a large one says nothing, for the module may have been switched off in it.
    """

    def __init__(self, words: int) -> None:
        self._range = WORD**words
        self._last: int | None = None
        self._gap = False

    def feed(self, words: Sequence[int]) -> int:
        """Pulses since the last value, high word first."""
        value = 0
        for word in words:
            value = value * WORD + word
        value %= self._range
        last, self._last = self._last, value
        gap, self._gap = self._gap, False
        if last is None:
            return 0
        pulses = (value - last) % self._range
        if gap:
            return pulses if pulses <= GAP_PULSES_MAX else 0
        return pulses if pulses < self._range // 2 else 0

    def gap(self) -> None:
        """Nothing was read for a while."""
        self._gap = True
