"""A feed of figures: each once, whenever the past arrives."""

from concurrent.futures import Future
from concurrent.futures import ThreadPoolExecutor as Pool

import pytest
from pytestqt.qtbot import QtBot

from shopfloor.core.update import DigestRow, Update
from shopfloor.gui.figures import FigureFeed
from shopfloor.trouble import StoreTrouble
from tests.gui.board_shops import Still, busy, cycle_rows, gearbox, made_rows


class Slow:
    """A past that is answered when the test says so."""

    def __init__(self) -> None:
        self.answers: list[Future[list[DigestRow]]] = []

    def __call__(self, series: str, key: str | None, last: int) -> Future[list[DigestRow]]:
        self.answers.append(Future())
        return self.answers[-1]


@pytest.fixture
def still(qapp: object) -> Still:
    return Still(gearbox(), busy())


def test_a_row_that_comes_live_and_with_the_past_counts_once(still: Still) -> None:
    rows, slow = made_rows(5), Slow()
    feed = FigureFeed(still.model(), slow, ("made",))
    assert feed.waiting
    still.put(Update(digest=tuple(rows[3:])))
    slow.answers[0].set_result(rows[:4])
    assert [row.n for row in feed.rows("made")] == [row.n for row in rows]
    assert not feed.waiting


def test_only_what_is_wanted_is_kept(still: Still) -> None:
    feed = FigureFeed(still.model(), still.ask, (("cycle", "press"),))
    still.put(Update(digest=(*cycle_rows("press", [50.0]), *cycle_rows("wash", [40.0]), *made_rows(1))))
    assert [row.key for row in feed.rows("cycle")] == ["press"]


def test_the_oldest_leave_when_it_is_full(still: Still) -> None:
    still.rows = made_rows(10)
    feed = FigureFeed(still.model(), still.ask, ("made",), last=4)
    assert [row.n for row in feed.rows("made")] == [1006, 1007, 1008, 1009]


def test_an_answer_to_a_question_that_was_dropped_changes_nothing(still: Still) -> None:
    slow = Slow()
    feed = FigureFeed(still.model(), slow, (("cycle", "press"),))
    feed.want((("cycle", "wash"),))
    slow.answers[0].set_result(cycle_rows("press", [50.0]))
    assert feed.rows("cycle") == []
    assert feed.waiting


def test_a_past_that_cannot_be_read_is_said_and_the_present_goes_on(still: Still) -> None:
    slow = Slow()
    feed = FigureFeed(still.model(), slow, ("made",))
    slow.answers[0].set_exception(StoreTrouble("The disk is gone.", remedy="Plug it in."))
    assert feed.trouble == "The disk is gone. Plug it in."
    still.put(Update(digest=tuple(made_rows(1))))
    assert len(feed.rows("made")) == 1


def test_an_answer_from_another_thread_arrives_in_this_one(still: Still, qtbot: QtBot) -> None:
    slow = Slow()
    feed = FigureFeed(still.model(), slow, ("made",))
    with Pool(1) as pool, qtbot.waitSignal(feed.reloaded, timeout=5000):
        pool.submit(slow.answers[0].set_result, made_rows(3))
    assert len(feed.rows("made")) == 3


def test_a_feed_that_is_gone_is_not_told(still: Still) -> None:
    slow = Slow()
    feed = FigureFeed(still.model(), slow, ("made",))
    import shiboken6

    shiboken6.delete(feed)
    slow.answers[0].set_result(made_rows(3))


def test_figures_of_a_while_ago_that_changed_are_read_again_once(still: Still, qtbot: QtBot) -> None:
    slow = Slow()
    feed = FigureFeed(still.model(), slow, ("made",))
    slow.answers[0].set_result(made_rows(3))
    for _ in range(2):
        still.put(Update(digest=tuple(made_rows(5)[3:]), refigured=True))
    assert len(feed.rows("made")) == 3  # where they belong is known when they are read
    qtbot.waitUntil(lambda: len(slow.answers) == 2, timeout=5000)
    slow.answers[1].set_result(made_rows(5)[2:])
    assert [row.n for row in feed.rows("made")] == [1002, 1003, 1004]
