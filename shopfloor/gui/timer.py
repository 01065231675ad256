"""Named timers: the one place that makes a QTimer."""

from collections.abc import Callable
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, QTimer
from shiboken6 import isValid


class NamedTimer(QTimer):
    """A timer with a name, so that a leak can be named. `interval_ms` 0 fires once the event loop is idle."""

    def __init__(
        self, parent: QObject, name: str, interval_ms: int, on_time: Callable[[], None], *, once: bool = False
    ) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setInterval(interval_ms)
        self.setSingleShot(once)
        self.setTimerType(Qt.TimerType.PreciseTimer if interval_ms < 100 else Qt.TimerType.CoarseTimer)
        self.timeout.connect(on_time)
        _TIMERS.add(self)


def active_timers() -> list[str]:
    """The names of the timers that run now; for tests that look for leaks."""
    return sorted(timer.objectName() for timer in _TIMERS if isValid(timer) and timer.isActive())


_TIMERS: WeakSet[NamedTimer] = WeakSet()
