"""How long to wait before a lost port is tried again: pure, and for ever."""

from collections.abc import Sequence

RETRY_S = (0.2, 0.5, 1.0, 2.0, 5.0)  # a replugged scanner works before the operator is back at the machine
JITTER = 0.2  # eight ports on one dead hub do not ask it in step
STEADY_S = 10.0  # up for this long, a port has earned a quick first retry


class Backoff:
    """Counts failures in a row and says how long to wait after each."""

    def __init__(self, retry_s: Sequence[float] = RETRY_S) -> None:
        self._retry_s = tuple(retry_s)
        self._failures = 0

    def wait_s(self, *, up_s: float, jitter: float) -> float:
        """Seconds until the next try. `up_s`: how long the port was up before this failure; `jitter` from -1 to 1."""
        if up_s >= STEADY_S:
            self._failures = 0
        step = self._retry_s[min(self._failures, len(self._retry_s) - 1)]
        self._failures += 1
        return step * (1 + JITTER * max(-1.0, min(1.0, jitter)))

    def reset(self) -> None:
        """Begin again with the shortest wait."""
        self._failures = 0
