"""The Calls page on a real engine and its journal: what is touched happens, is kept, and comes back as history."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QDeadlineTimer
from PySide6.QtWidgets import QApplication

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.calls_actions import Action
from shopfloor.gui.calls_tabs import Part
from shopfloor.gui.pages.calls import CallsPage
from shopfloor.gui.theme import load_fonts
from shopfloor.gui.ui import Ui
from tests.gui.board_shops import START_US
from tests.gui.call_shops import line
from tests.helpers.terminal import WAIT_S_MAX, Terminal, running


class Live:
    """A shown page on an engine."""

    def __init__(self, terminal: Terminal, clock: ManualClock) -> None:
        self.terminal, self.clock, self.ui = terminal, clock, Ui()
        engine = terminal.engine
        self.model = LineModel(engine.listen, engine.submit, clock)
        self.page = CallsPage(self.model, self.ui, engine.figures, engine.ask, stations=("press",))
        self.page.resize(1280, 700)
        self.page.show()

    def until(self, so: Callable[[], bool]) -> None:
        """Let the event loop run until it is so."""
        deadline = QDeadlineTimer(int(WAIT_S_MAX * 1000))
        while not so():
            assert not deadline.hasExpired()
            QApplication.processEvents()
            self.page.refresh()

    def touch(self, action: Action, *answers: str) -> None:
        self.page.open.detail.buttons()[action].click()
        for answer in answers:
            next(b for b in self.page.hub.sheet.buttons() if self.ui.say(b.word) == answer).click()

    def offered(self) -> list[str]:
        return list(self.page.open.detail.buttons())


@pytest.fixture
def live(qapp: QApplication, tmp_path: Path) -> Iterator[Live]:
    load_fonts()
    clock = ManualClock(START_US)
    with running(tmp_path, clock, line(people=False), stations=("press",)) as terminal:
        found = Live(terminal, clock)
        yield found
        found.model.close()
        found.page.hide()
        found.page.deleteLater()
        QApplication.processEvents()


def test_a_call_goes_its_way_from_the_touch_that_takes_it_into_the_history(live: Live) -> None:
    live.terminal.engine.submit(c.RaiseCall(station="press", reason="quality"), live.clock.now())
    live.until(lambda: Action.TAKE in live.offered())
    live.clock.advance(20)
    live.touch(Action.TAKE)
    live.until(lambda: Action.ARRIVE in live.offered())
    live.clock.advance(10)
    live.touch(Action.ARRIVE)
    live.until(lambda: Action.ARRIVE not in live.offered())
    live.touch(Action.CLEAR)
    live.until(lambda: live.offered() == [Action.CAUSE])
    live.touch(Action.CAUSE, "Method", "NO NOTE")
    live.until(lambda: not live.page.open.list.rows())
    live.page.show_part(Part.HISTORY)
    live.until(lambda: bool(live.page.history.records()))
    (record,) = live.page.history.records()
    assert (record.reason, record.cause, record.ack_ms, record.call_ms) == ("quality", "method", 20_000, 30_000)
    live.page.show_part(Part.FIGURES)
    live.until(lambda: bool(live.page.figures.pareto.rows()))
    assert [(row.id, row.count) for row in live.page.figures.pareto.rows()] == [("quality", 1)]


def test_what_the_rules_refuse_is_said_on_the_page(live: Live) -> None:
    live.terminal.engine.submit(c.RaiseCall(station="press", reason="quality"), live.clock.now())
    live.until(lambda: Action.CLEAR in live.offered())
    live.terminal.engine.submit(c.ClearCall(station="press"), live.clock.now())
    live.touch(Action.TAKE)
    live.until(live.page.hub.sheet.isVisible)
    assert live.ui.say(live.page.hub.sheet.question)
