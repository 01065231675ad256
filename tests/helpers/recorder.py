"""The other end of a device: an inbox that keeps what it is given, and a list of what was said about health."""

import threading
from collections.abc import Callable, Iterable

from shopfloor.core.commands import Command, ReadSignal
from shopfloor.core.health import Condition, Health
from shopfloor.core.moment import Now
from shopfloor.core.update import Outcome

WAIT_S_MAX = 30.0  # only a broken test waits so long


class Inbox:
    """A Submit that keeps signals in order; while `full` it takes none."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken: list[tuple[ReadSignal, Now]] = []
        self._full = False
        self._refused = 0

    def __call__(
        self, command: Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None
    ) -> bool:
        assert isinstance(command, ReadSignal), command
        assert not command_id
        assert reply is None
        with self._changed:
            if self._full:
                self._refused += 1
            else:
                self._taken.append((command, now))
            self._changed.notify_all()
            return not self._full

    @property
    def signals(self) -> list[ReadSignal]:
        """What was taken, in order."""
        with self._changed:
            return [signal for signal, _ in self._taken]

    @property
    def stamps(self) -> list[Now]:
        """When each was read."""
        with self._changed:
            return [now for _, now in self._taken]

    def fill(self, *, full: bool) -> None:
        """Refuse from now on, or take again."""
        with self._changed:
            self._full = full

    def wait_refused(self, times: int) -> None:
        """Wait until so many submits were refused."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._refused >= times, WAIT_S_MAX), f"{self._refused} refused"

    def wait_taken(self, count: int) -> list[ReadSignal]:
        """Wait for so many signals, and give back all."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._taken) >= count, WAIT_S_MAX), (
                f"expected {count} signals, got {len(self._taken)}: {[s.text for s, _ in self._taken[-5:]]}"
            )
            return [signal for signal, _ in self._taken]


class HealthLog:
    """A Report that keeps everything."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._all: list[Health] = []

    def __call__(self, parts: Iterable[Health]) -> None:
        with self._changed:
            self._all.extend(parts)
            self._changed.notify_all()

    @property
    def all(self) -> list[Health]:
        """Everything that was said, in order."""
        with self._changed:
            return list(self._all)

    def last(self, device: str) -> Health:
        """What was said last about a device."""
        return [health for health in self.all if health.id == device][-1]

    def wait(self, device: str, *conditions: Condition, **counts: int) -> Health:
        """Wait until the last word about a device has one of the conditions and at least these counts."""

        def met() -> bool:
            mine = [health for health in self._all if health.id == device]
            if not mine or (conditions and mine[-1].condition not in conditions):
                return False
            return all(mine[-1].counts.get(name, 0) >= count for name, count in counts.items())

        with self._changed:
            assert self._changed.wait_for(met, WAIT_S_MAX), f"expected {conditions} {counts}, got {self._all[-3:]}"
            return [health for health in self._all if health.id == device][-1]

    def wait_for(self, met: Callable[[list[Health]], bool]) -> bool:
        """Wait until everything that was said so far is so; False if it never is."""
        with self._changed:
            return self._changed.wait_for(lambda: met(self._all), WAIT_S_MAX)
