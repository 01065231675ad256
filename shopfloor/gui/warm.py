"""Imports what pages need later, once the first frame is painted, so that the first touch of a page does not wait."""

import threading
from collections.abc import Callable
from importlib import import_module

from PySide6.QtCore import Slot

# Measured: pyqtgraph and NumPy take 0.3 s to import. In the GUI thread that is a hang; beside it the longest the GUI
# thread waited was 31 ms, under the 50 ms that a finger feels.
PAGES = (
    "shopfloor.gui.pages.board",
    "shopfloor.gui.pages.calls",
    "shopfloor.gui.pages.health",
    "shopfloor.gui.pages.flow",
    "shopfloor.gui.plot",
)
END_S_MAX = 5.0  # an import ends by itself; an interpreter that ends in the middle of one crashes


class WarmUp:
    """Imports on a thread of its own, once. Connect `start` to a window's `painted`. `then` is called there."""

    def __init__(self, modules: tuple[str, ...] = PAGES, *, then: Callable[[], None] = lambda: None) -> None:
        self._modules = modules
        self._then = then
        self._begun = False
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shopfloor-warm-up", daemon=True)

    @Slot()
    def start(self) -> None:
        """Begin, unless it has begun before."""
        if not self._begun and not self._ended.is_set():
            self._begun = True
            self._thread.start()

    def stop(self) -> None:
        """Leave out what is not imported yet, and wait for what is being imported."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join(END_S_MAX)

    def _run(self) -> None:
        for name in self._modules:
            if self._ended.is_set():
                return
            import_module(name)
        self._then()
