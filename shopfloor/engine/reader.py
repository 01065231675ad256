"""History answered on a thread of its own, so that no question delays a scan."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from shopfloor.core.ports import History

_T = TypeVar("_T")


class Reader:
    """One thread with one read-only connection, opened at the first question."""

    def __init__(self, open_history: Callable[[], History]) -> None:
        self._open = open_history
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="shopfloor-reader")
        self._history: History | None = None

    def ask(self, question: Callable[[History], _T]) -> "Future[_T]":
        """Answer a question; the future raises what the question raised."""
        return self._pool.submit(self._answer, question)

    def close(self) -> None:
        """Answer what was asked, then end the thread and its connection."""
        self._pool.submit(self._close_history)
        self._pool.shutdown(wait=True)

    def _answer(self, question: Callable[[History], _T]) -> _T:
        if self._history is None:
            self._history = self._open()
        return question(self._history)

    def _close_history(self) -> None:
        if self._history is not None:
            self._history.close()
            self._history = None
