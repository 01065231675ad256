"""What pages need is imported beside the screen, and can be used in it afterwards."""

import subprocess
import sys
import threading

from shopfloor.gui.warm import PAGES, WarmUp

# In a process of its own: here everything is imported already. A Qt warning would be an object of the wrong thread.
_USED_AFTERWARDS = """
import sys, threading
from PySide6.QtCore import qInstallMessageHandler
from PySide6.QtWidgets import QApplication
told = []
qInstallMessageHandler(lambda kind, context, words: told.append(words))
app = QApplication([])
from shopfloor.gui.warm import WarmUp
assert "pyqtgraph" not in sys.modules
warm = WarmUp()
warm.start()
warm.start()
warm._thread.join()
assert "pyqtgraph" in sys.modules
from shopfloor.gui.plot import TimePlot
from shopfloor.gui.ui import Ui
plot = TimePlot(Ui())
plot.resize(400, 300)
plot.show()
app.processEvents()
plot.grab()
print([words for words in told if "thread" in words.lower()])
"""


def test_a_plot_imported_beside_the_screen_is_drawn_in_it() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _USED_AFTERWARDS], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def test_an_end_leaves_out_what_is_not_imported_yet() -> None:
    warm = WarmUp(("shopfloor.there_is_no_such_module",))
    warm.stop()
    warm.start()
    assert not warm._thread.is_alive()
    assert "shopfloor-warm-up" not in {thread.name for thread in threading.enumerate()}


def test_every_page_that_is_warmed_exists() -> None:
    told: list[str] = []
    warm = WarmUp(PAGES, then=lambda: told.append("loaded"))
    warm.start()
    warm._thread.join()
    assert told == ["loaded"]
    assert all(name in sys.modules for name in PAGES)
