"""Notices when the GUI thread hangs, and writes down what it was doing."""

import logging
import sys
import threading
import traceback

from PySide6.QtCore import QObject

from shopfloor.clock import Clock
from shopfloor.gui.timer import NamedTimer

HANG_MS = 50  # what a finger feels
BEAT_MS = 20
REPORTS_MAX = 100  # a hang that comes with every repaint must not fill the disk

_log = logging.getLogger("shopfloor.gui.watchdog")


class Watchdog(QObject):
    """A timer in the GUI thread gives signs of life, a thread beside it reads them. Make it in the GUI thread."""

    def __init__(self, clock: Clock, parent: QObject) -> None:
        super().__init__(parent)
        self._clock = clock
        self._gui = threading.get_ident()
        self._last_ns = clock.now().mono_ns
        self._reports = 0
        self.longest_ms = 0
        self._stop = threading.Event()
        self._timer = NamedTimer(self, "watchdog", BEAT_MS, self._beat)
        self._thread = threading.Thread(target=self._watch, name="shopfloor-watchdog", daemon=True)

    def start(self) -> None:
        """Begin to watch."""
        self._last_ns = self._clock.now().mono_ns
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        """End watching."""
        self._timer.stop()
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _beat(self) -> None:
        now_ns = self._clock.now().mono_ns
        late_ms = (now_ns - self._last_ns) // 1_000_000 - BEAT_MS
        self._last_ns = now_ns
        self.longest_ms = max(self.longest_ms, late_ms)

    def _watch(self) -> None:
        told_ns = 0
        while not self._clock.wait(self._stop, BEAT_MS / 1000):
            last_ns = self._last_ns
            late_ms = (self._clock.now().mono_ns - last_ns) // 1_000_000 - BEAT_MS
            if late_ms > HANG_MS and last_ns != told_ns and self._reports < REPORTS_MAX:
                told_ns = last_ns
                self._reports += 1
                frame = sys._current_frames().get(self._gui)  # noqa: SLF001 - the documented way to another thread's stack
                stack = "".join(traceback.format_stack(frame)) if frame else ""
                _log.warning("the screen has hung for %d ms in:\n%s", late_ms, stack)
