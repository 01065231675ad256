"""Figures that are true and not on the disk yet, and events nobody was told of yet: they follow by small steps.

What a long absence comes to are tens of thousands of figures. In one transaction they would hold everybody's scans for
as long as it takes, and every screen for as long as it takes to be told.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from shopfloor.core.events import Recorded
from shopfloor.core.evolve import Replay
from shopfloor.core.merge import key_of, local_number
from shopfloor.core.ports import Journal, Opened
from shopfloor.core.update import DigestRow, Update
from shopfloor.engine.ground import Ground
from shopfloor.engine.refold import Figures

ROWS_MAX: Final = 800  # of one transaction: two milliseconds, and the disk's
EVENTS_MAX: Final = 400  # told at once: a screen looks at each


class _Part(Struct, frozen=True):
    events: Sequence[Recorded]
    gone: Sequence[DigestRow]
    rows: Sequence[DigestRow]
    refigured: bool


class Arrears:
    """In the order in which they came to be owed: what one fold writes, the next one may drop."""

    def __init__(self) -> None:
        self._parts: deque[_Part] = deque()
        self._is_noted = False

    def __len__(self) -> int:
        return len(self._parts)

    def owe(
        self,
        events: Sequence[Recorded],
        gone: Sequence[DigestRow],
        rows: Sequence[DigestRow],
        *,
        is_noted: bool,
        refigured: bool,
    ) -> None:
        """These follow. `is_noted`: the journal says that its figures are behind."""
        self._is_noted = self._is_noted or is_noted
        split = len(gone)
        pieces = max(_pieces(len(gone) + len(rows), ROWS_MAX), _pieces(len(events), EVENTS_MAX), int(is_noted))
        for at in range(pieces):
            first, end = at * ROWS_MAX, (at + 1) * ROWS_MAX
            part = _Part(
                events=events[at * EVENTS_MAX : (at + 1) * EVENTS_MAX],
                gone=gone[first:end],
                rows=rows[max(0, first - split) : max(0, end - split)],
                refigured=refigured,
            )
            self._parts.append(part)

    def pay(self, journal: Journal) -> Update:
        """Write and tell the next part. Raises StoreTrouble, and owes it still."""
        part = self._parts[0]
        is_last = self._is_noted and len(self._parts) == 1
        if part.gone or part.rows or is_last:
            journal.figure(part.gone, part.rows, is_all=is_last)
        self._parts.popleft()
        self._is_noted = self._is_noted and not is_last
        return Update(events=tuple(part.events), digest=tuple(part.rows), foreign=True, refigured=part.refigured)

    def pay_all(self, journal: Journal) -> None:
        """Write everything; nobody is told. Raises StoreTrouble."""
        while self._parts:
            self.pay(journal)


def left_over(opened: Opened, journal: Journal, ground: Ground, until: Mapping[str, int]) -> Arrears:
    """What a process owed that ended between a state and its figures. Which of them it had written nobody noted.

    They are made anew, of every event from the noted place on that is folded in: `until`.
    """
    owed = Arrears()
    if opened.figures_from is None:
        return owed
    figures, replay = Figures(opened.origin), Replay(ground.shop())
    numbers: set[int] = set()
    wanted: list[DigestRow] = []
    for event in journal.since(None, ground.vector, None, until):
        if key_of(event) >= opened.figures_from:
            numbers.add(local_number(event, opened.origin).n)
            wanted += figures.of(replay.shop, event)
        replay.step(event)
    had = journal.figures_of(numbers)
    owed.owe((), list(_without(had, wanted)), list(_without(wanted, had)), is_noted=True, refigured=True)
    return owed


def _without(rows: Iterable[DigestRow], others: Iterable[DigestRow]) -> Iterator[DigestRow]:
    known = {_all_of(row) for row in others}
    return (row for row in rows if _all_of(row) not in known)


def _all_of(row: DigestRow) -> tuple[str, str, int, int, bytes]:
    return row.series, row.key, row.at_us, row.n, row.body


def _pieces(count: int, most: int) -> int:
    return -(-count // most)
