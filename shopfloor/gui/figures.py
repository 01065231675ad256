"""Figures for a page: the past from the journal, the present from updates, each figure once."""

from collections import deque
from concurrent.futures import Future

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from shopfloor.core.update import DigestRow, Update
from shopfloor.gui.bridge import AskHistory, LineModel
from shopfloor.trouble import Trouble

# As many as a plot shows at once; a month of cards at one station.
ROWS_MAX = 10_000

Wanted = str | tuple[str, str | None]  # a series with all its keys, or with one of them
_Wanted = tuple[str, str | None]


class FigureFeed(QObject):
    """The newest rows of what is wanted, oldest first, in the GUI thread.

    It asks for the past again whenever the mirror of the line is made anew. `trouble` holds the words of a history
    that cannot be read, "" otherwise: what comes live is shown all the same. `waiting` is true until the past is there.

    Signals:
        changed: any of the two below.
        reloaded: everything is new, or `trouble` changed; read `rows` again.
        added(tuple[DigestRow, ...]): these came live and are in `rows` already.
    """

    changed = Signal()
    reloaded = Signal()
    added = Signal(object)
    _answered = Signal(object)

    def __init__(
        self,
        model: LineModel,
        ask: AskHistory,
        wanted: tuple[Wanted, ...],
        *,
        last: int = ROWS_MAX,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.trouble = ""
        self._ask = ask
        self._last = last
        self._ready = model.ready
        self._rows: dict[_Wanted, deque[DigestRow]] = {}
        self._asked: dict[_Wanted, Future[list[DigestRow]]] = {}
        self._answered.connect(self._on_answered)
        self.reloaded.connect(self.changed)
        self.added.connect(self._on_added)
        model.reset.connect(self._on_reset)
        model.updated.connect(self._on_updated)
        self.want(wanted)

    @property
    def waiting(self) -> bool:
        """Whether the past is still being read."""
        return bool(self._asked)

    def want(self, wanted: tuple[Wanted, ...]) -> None:
        """Forget everything and ask for this past."""
        self._rows = {_pair(one): deque(maxlen=self._last) for one in wanted}
        self._asked.clear()
        if self._ready:
            for one in self._rows:
                self._asked[one] = answer = self._ask(one[0], one[1], self._last)
                answer.add_done_callback(self._deliver)
        self.reloaded.emit()

    def rows(self, series: str, key: str | None = None) -> list[DigestRow]:
        """The rows of a series, of one key if given."""
        rows = [row for one, rows in self._rows.items() if one[0] == series for row in rows]
        return rows if key is None else [row for row in rows if row.key == key]

    @Slot()
    def _on_reset(self) -> None:
        self._ready = True
        self.want(tuple(self._rows))

    @Slot(object)
    def _on_added(self, _rows: tuple[DigestRow, ...]) -> None:
        self.changed.emit()

    def _deliver(self, answer: Future[list[DigestRow]]) -> None:
        """Called on the thread that answered, perhaps after the page is gone."""
        if isValid(self):
            self._answered.emit(answer)

    @Slot(object)
    def _on_answered(self, answer: Future[list[DigestRow]]) -> None:
        wanted = next((one for one, asked in self._asked.items() if asked is answer), None)
        if wanted is None:
            return  # an answer to a question that nobody asks any more
        del self._asked[wanted]
        error = None if answer.cancelled() else answer.exception()
        if isinstance(error, Trouble):
            self.trouble = str(error)
        elif error is not None:
            raise error
        elif not answer.cancelled():
            self.trouble = ""
            self._join(wanted, answer.result())
        self.reloaded.emit()

    def _join(self, wanted: _Wanted, past: list[DigestRow]) -> None:
        """Put the past before what came live while it was read; a row that is in both counts once."""
        known = {(row.n, row.key) for row in past}
        live = [row for row in self._rows[wanted] if (row.n, row.key) not in known]
        self._rows[wanted].clear()
        self._rows[wanted].extend([*past, *live])

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        mine = []
        for row in update.digest:
            wanted = next((one for one in self._rows if one in {(row.series, row.key), (row.series, None)}), None)
            if wanted is not None:
                self._rows[wanted].append(row)
                mine.append(row)
        if mine:
            self.added.emit(tuple(mine))


def _pair(wanted: Wanted) -> _Wanted:
    return (wanted, None) if isinstance(wanted, str) else wanted
