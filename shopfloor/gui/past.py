"""One question about the past at a time: asked on another thread, answered in the GUI thread, the newest alone."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from shopfloor.core.ports import History
from shopfloor.gui.bridge import AskPast
from shopfloor.trouble import Trouble

_T = TypeVar("_T")


class PastQuestion(QObject):
    """`trouble` holds the words of a history that cannot be read, "" otherwise.

    Signals:
        changed: an answer was taken, or `trouble` changed.
    """

    changed = Signal()
    _answered = Signal(object)

    def __init__(self, ask: AskPast, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.trouble = ""
        self._ask = ask
        self._asked: Future[Any] | None = None
        self._take: Callable[[Any], None] | None = None
        self._answered.connect(self._on_answered)

    @property
    def waiting(self) -> bool:
        """Whether an answer is still to come."""
        return self._asked is not None

    def ask(self, question: Callable[[History], _T], take: Callable[[_T], None]) -> None:
        """Ask; `take` gets the answer in the GUI thread, unless something else is asked before."""
        self._take = take
        asked = self._ask(question)
        self._asked = asked
        asked.add_done_callback(self._deliver)

    def _deliver(self, answer: Future[Any]) -> None:
        """Called on the thread that answered, perhaps after the page is gone."""
        if isValid(self):
            self._answered.emit(answer)

    @Slot(object)
    def _on_answered(self, answer: Future[Any]) -> None:
        if answer is not self._asked:
            return  # an answer to a question that nobody asks any more
        self._asked = None
        error = None if answer.cancelled() else answer.exception()
        if isinstance(error, Trouble):
            self.trouble = str(error)
        elif error is not None:
            raise error
        elif not answer.cancelled() and self._take is not None:
            self.trouble = ""
            self._take(answer.result())
        self.changed.emit()
