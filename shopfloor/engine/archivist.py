"""Old events leave the journal for files, when the terminal is quiet and the line has what stands for them twice."""

from collections.abc import Callable
from concurrent.futures import Future
from typing import Final, Protocol

from msgspec import Struct

from shopfloor.core.delivery import Archived
from shopfloor.core.floor_views import standings_of
from shopfloor.core.line_link import LinkState, LinkView
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.ports import History
from shopfloor.engine.desk import Desk
from shopfloor.engine.survey import SURVEY, Survey

_US_PER_DAY: Final = 24 * 3600 * US_PER_S
COPIES_MIN: Final = 2  # terminals that stand on the state that stands for old events

Make = Callable[[int, int], Archived | None]


class Ask(Protocol):
    """Runs something on the reader's thread; the answer comes to the engine's."""

    def __call__(
        self, question: "Callable[[History], Archived | None]", answer: "Callable[[Future[Archived | None]], None]"
    ) -> None:
        """Ask."""


class Upkeep(Struct, frozen=True, kw_only=True):
    """How a journal is kept small: when floors are set, who writes archives, and after how many days.

    `keep_days`: None for what the line file says.
    """

    survey: Survey = SURVEY
    archive: Make | None = None
    keep_days: int | None = None


UPKEEP: Final = Upkeep()


class Archivist:
    """Belongs to the engine's thread. The archive is asked for a file (until this moment, at most this floor).

    `desk` says which one is in force then: one that begins anew is another.
    """

    def __init__(self, upkeep: Upkeep, ask: Ask, desk: Callable[[], Desk]) -> None:
        self._make = upkeep.archive
        self._ask = ask
        self._desk = desk
        self._keep_days = upkeep.keep_days
        self._is_busy = False

    def look(self, link: LinkView | None, now: Now) -> None:
        """Begin with the next file if there is something so old, and two terminals have what stands for it."""
        make = self._make
        if make is None or self._is_busy or link is None or link.state is not LinkState.UP or not link.floor:
            return
        name = link.origin.rpartition("~")[0]
        agree = standings_of(link, name, now)
        if agree.floor != link.floor or name not in agree.agree or len(agree.agree) < COPIES_MIN:
            return
        self._is_busy = True
        keep_days = self._desk().shop.line.keep_events_days if self._keep_days is None else self._keep_days
        until_us, floor_max = now.at_us - keep_days * _US_PER_DAY, link.floor - 1
        self._ask(lambda _: make(until_us, floor_max), self._made)

    def _made(self, done: "Future[Archived | None]") -> None:
        """The file is on the disk and was read back: the rows can go."""
        self._is_busy = False
        made = done.result()
        if made is not None:
            self._desk().drop_archived(made)
