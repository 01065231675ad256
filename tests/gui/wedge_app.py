"""A careless window under the wedge filter, in a process of its own: prints every outcome and every action."""

import sys
import threading
from collections.abc import Callable

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget

from shopfloor.clock import SystemClock
from shopfloor.core.commands import Command, ReadSignal
from shopfloor.core.moment import Now
from shopfloor.core.update import Outcome
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.wedge import WedgeFilter

SHORTCUTS = ("Ctrl+Q", "Ctrl+O", "Ctrl+]", "Alt+F", "F5", "K", "7", "Return", "Tab")
STALL_MS = 250

_NEVER = threading.Event()


def main() -> int:
    app = QApplication(sys.argv)
    window = QWidget()
    button = QPushButton("&Stop", window)
    button.clicked.connect(lambda: say("clicked"))
    field = QLineEdit(window)
    column = QVBoxLayout(window)
    column.addWidget(button)
    column.addWidget(field)
    for key in SHORTCUTS:
        QShortcut(QKeySequence(key), window).activated.connect(lambda key=key: say(f"shortcut {key}"))
    field.textEdited.connect(lambda text: say(f"typed {text}"))
    wedge = WedgeFilter(window, submit, clock=SystemClock(), station=lambda: "press")
    wedge.install(app)
    wedge.lost.connect(lambda text: say(f"lost {text}"))
    # A thread that is kept busy sees keys late and in heaps.
    NamedTimer(window, "stall", 4 * STALL_MS, stall).start()
    window.setGeometry(0, 0, 400, 200)
    window.show()
    center = button.geometry().center
    NamedTimer(window, "ready", 0, lambda: say(f"ready {center().x()} {center().y()}"), once=True).start()
    return app.exec()


def stall() -> None:
    _NEVER.wait(STALL_MS / 1000)


def say(words: str) -> None:
    print(words, flush=True)


def submit(command: Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None) -> bool:
    assert isinstance(command, ReadSignal)
    say(f"signal {command.signal.value} {command.text}")
    return True


if __name__ == "__main__":
    sys.exit(main())
