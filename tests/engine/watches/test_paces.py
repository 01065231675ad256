"""The paces of the own stations: nothing counted twice or lost while history is read; a new standard begins anew."""

from collections.abc import Callable
from concurrent.futures import Future

from shopfloor.clock import ManualClock
from shopfloor.core.ports import History
from shopfloor.core.update import DigestRow
from shopfloor.engine.watches.paces import AGAIN_S, Answer, Learned, Paces
from shopfloor.flow.cycle_watch import SHIFT_MS, USUAL_MIN, Pace
from shopfloor.flow.digest import Cycle
from shopfloor.trouble import StoreTrouble
from tests.helpers.routes import with_loop, with_station
from tests.helpers.watching import watched_line

LINE = watched_line()


class Reading:
    """Questions to history, answered when a test says so."""

    def __init__(self) -> None:
        self.asked: list[Answer] = []
        self.paces = Paces(self._ask)
        self.clock = ManualClock()
        self.paces.follow(LINE, ["saw"])
        self.paces.ask(self.clock.now())

    def row(self, n: int, ms: int = 1_000) -> None:
        """A completion at the saw."""
        self.paces.see(DigestRow("cycle", "saw", 0, n, b'{"card":"c","loop":"short","process_ms":%d}' % ms))

    def answer(self, known: int, last_n: int) -> None:
        """History knows so many completions of a second each."""
        pace = Pace()
        for _ in range(known):
            pace.add(Cycle("c", "short", process_ms=1_000))
        done: Future[Learned] = Future()
        done.set_result((pace, last_n))
        self.asked.pop()(done)

    def fail(self) -> None:
        """History cannot be read."""
        done: Future[Learned] = Future()
        done.set_exception(StoreTrouble("cannot be read", remedy="wait"))
        self.asked.pop()(done)

    @property
    def speaks(self) -> bool:
        """Whether the pace of the saw knows enough to say what is slow."""
        pace = self.paces.get("saw")
        return pace is not None and pace.slow("short", 99, after_ms=0, shift_ms=SHIFT_MS) is not None

    def _ask(self, _: Callable[[History], Learned], answer: Answer) -> None:
        self.asked.append(answer)


def test_what_comes_while_history_is_read_counts_once() -> None:
    reading = Reading()
    reading.row(7)
    reading.row(8)
    assert reading.paces.get("saw") is None
    reading.answer(USUAL_MIN - 2, last_n=7)
    assert not reading.speaks
    reading.row(9)
    assert reading.speaks


def test_history_that_cannot_be_read_is_asked_again_after_a_while() -> None:
    reading = Reading()
    reading.fail()
    reading.row(3)
    reading.clock.advance(AGAIN_S - 1)
    reading.paces.ask(reading.clock.now())
    assert reading.asked == []
    reading.clock.advance(1)
    reading.paces.ask(reading.clock.now())
    reading.answer(USUAL_MIN - 1, last_n=2)
    assert reading.speaks


def test_a_new_standard_begins_anew_and_another_number_of_cards_does_not() -> None:
    reading = Reading()
    reading.answer(USUAL_MIN, last_n=0)
    reading.paces.follow(with_loop(LINE, "short", cards=9), ["saw"])
    assert reading.speaks
    reading.paces.follow(with_station(LINE, "saw", cycle_target_s=9), ["saw"])
    assert reading.paces.get("saw") is not None
    assert not reading.speaks


def test_a_figure_of_a_later_program_and_of_another_station_is_passed_over() -> None:
    reading = Reading()
    reading.answer(USUAL_MIN - 1, last_n=0)
    reading.paces.see(DigestRow("cycle", "saw", 0, 1, b'{"card":1}'))
    reading.paces.see(DigestRow("cycle", "mill", 0, 2, b'{"card":"c","loop":"short","process_ms":1}'))
    assert not reading.speaks
