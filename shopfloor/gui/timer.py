"""Named timers: the one place that makes a QTimer."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer


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
