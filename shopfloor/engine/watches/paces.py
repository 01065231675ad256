"""The paces of the own stations: learned from history on another thread, then fed with what is committed."""

import logging
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial

import msgspec

from shopfloor.core.line import Line
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.ports import History
from shopfloor.core.shop import EMPTY_LINE
from shopfloor.core.update import DigestRow
from shopfloor.engine.watches.learn import learn
from shopfloor.flow.cycle_watch import Pace, standard
from shopfloor.flow.digest import Cycle, read_figure
from shopfloor.trouble import Trouble

_log = logging.getLogger("shopfloor.engine.watches")

Learned = tuple[Pace, int]
Answer = Callable[["Future[Learned]"], None]
Ask = Callable[[Callable[[History], Learned], Answer], None]

AGAIN_S = 60  # history that cannot be read is asked again after so long
WAITING_MAX = 1_000  # figures that come while history is read, which takes less than a second


class Paces:
    """The paces by station. `ask` answers a question about history later, on the thread that asked."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._line = EMPTY_LINE
        self._known: dict[str, _Learning] = {}

    def follow(self, line: Line, stations: Iterable[str]) -> None:
        """Know the paces of these stations, those of no other; whoever has another standard begins anew."""
        known, self._known = self._known, {}
        for station in stations:
            wanted = standard(line, station)
            last = known.get(station)
            if last is None:
                last = _Learning(wanted)
            elif last.standard != wanted:
                last = _Learning(wanted, Pace())
            self._known[station] = last
        self._line = line

    def ask(self, now: Now) -> None:
        """Ask history for what is not learned yet."""
        for station, known in self._known.items():
            if known.pace is not None:
                continue
            if known.asked is None or elapsed_us(known.asked, now) >= AGAIN_S * US_PER_S:
                known.asked = now
                self._ask(partial(learn, line=self._line, station=station), partial(self._answer, known, station))

    def see(self, row: DigestRow) -> None:
        """Note a figure of the series "cycle"."""
        known = self._known.get(row.key)
        if known is None:
            return
        try:
            figure = read_figure(row, Cycle)
        except msgspec.DecodeError:
            return  # a figure of a later version of the program
        if known.pace is None:
            known.waiting.append((row.n, figure))
        else:
            known.pace.add(figure)

    def get(self, station: str) -> Pace | None:
        """The pace of a station, None until it is learned."""
        known = self._known.get(station)
        return known.pace if known else None

    def _answer(self, learning: "_Learning", station: str, answer: "Future[Learned]") -> None:
        try:
            pace, last_n = answer.result()
        except (Trouble, msgspec.DecodeError) as error:
            _log.info("the usual times of %s cannot be read yet: %s", station, error)
            return
        for n, figure in learning.waiting:
            if n > last_n:
                pace.add(figure)
        learning.waiting.clear()
        learning.pace = pace


class _Learning:
    """A station's pace, or what waits until it is learned."""

    __slots__ = ("asked", "pace", "standard", "waiting")

    def __init__(self, wanted: tuple[object, ...], pace: Pace | None = None) -> None:
        self.standard = wanted
        self.pace = pace
        self.asked: Now | None = None
        self.waiting: deque[tuple[int, Cycle]] = deque(maxlen=WAITING_MAX)
