"""Figures for a page: the past from the journal, the present from updates, each figure once."""

from collections import deque
from concurrent.futures import Future
from itertools import islice

from PySide6.QtCore import QObject, Signal, Slot
from shiboken6 import isValid

from shopfloor.core.update import DigestRow, Update
from shopfloor.gui.bridge import AskHistory, LineModel
from shopfloor.gui.timer import NamedTimer
from shopfloor.trouble import Trouble

# As many as a plot shows at once; a month of cards at one station.
ROWS_MAX = 10_000
AGAIN_MS = 1_000  # what was found late changes figures in bursts: they are read again once for all of them

Wanted = str | tuple[str, str | None]  # a series with all its keys, or with one of them
_Wanted = tuple[str, str | None]


class FigureFeed(QObject):
    """The newest rows of what is wanted, oldest first, in the GUI thread.

    It asks for the past again whenever the mirror of the line is made anew, and a while after figures of the past were
    changed; what it has is shown until the answer is there. `trouble` holds the words of a history
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
        self._stale: dict[_Wanted, set[DigestRow]] = {}
        self._again = NamedTimer(self, "figures-again", AGAIN_MS, self._ask_again, once=True)
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
        self._stale.clear()
        if self._ready:
            for one in self._rows:
                self._ask_for(one)
        self.reloaded.emit()

    def rows(self, series: str, key: str | None = None) -> list[DigestRow]:
        """The rows of a series, of one key if given."""
        rows = [row for one, rows in self._rows.items() if one[0] == series for row in rows]
        return rows if key is None else [row for row in rows if row.key == key]

    def newest(self, series: str, key: str, count: int) -> list[DigestRow]:
        """The newest rows of a key, at most so many, oldest first."""
        of_series = (rows for one, rows in self._rows.items() if one[0] == series)
        found = [list(islice((row for row in reversed(rows) if row.key == key), count)) for rows in of_series]
        return [row for rows in found for row in reversed(rows)]

    def _ask_for(self, wanted: _Wanted) -> None:
        self._asked[wanted] = answer = self._ask(wanted[0], wanted[1], self._last)
        answer.add_done_callback(self._deliver)

    @Slot()
    def _ask_again(self) -> None:
        """Read the past once more; rows that are there now go when the answer comes."""
        if self._asked:
            self._again.start()
            return
        for one, rows in self._rows.items():
            self._stale[one] = set(rows)
            self._ask_for(one)

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
        known, stale = {(row.n, row.key) for row in past}, self._stale.pop(wanted, set())
        live = [row for row in self._rows[wanted] if (row.n, row.key) not in known and row not in stale]
        self._rows[wanted].clear()
        self._rows[wanted].extend([*past, *live])

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        mine = []
        for row in update.digest if not update.refigured else ():
            wanted = next((one for one in self._rows if one in {(row.series, row.key), (row.series, None)}), None)
            if wanted is not None:
                self._rows[wanted].append(row)
                mine.append(row)
        if update.refigured and not self._again.isActive():
            self._again.start()
        if mine:
            self.added.emit(tuple(mine))


def _pair(wanted: Wanted) -> _Wanted:
    return (wanted, None) if isinstance(wanted, str) else wanted
