"""The Flow page: what is picked is plotted, live, and only while somebody looks."""

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtWidgets import QApplication

from shopfloor.core.line import Line
from shopfloor.core.moment import US_PER_S
from shopfloor.core.update import DigestRow, Update
from shopfloor.flow.digest import Cycle
from shopfloor.gui.flow_figures import FiguresPanel, NotePanel
from shopfloor.gui.flow_series import What
from shopfloor.gui.lang import Language
from shopfloor.gui.pages.flow import FlowPage
from shopfloor.gui.plot import TimePlot
from shopfloor.gui.theme import LIGHT, TARGET_MM, Theme, load_fonts, px_per_mm, scale_for
from shopfloor.gui.timer import active_timers
from shopfloor.gui.touch import TouchButton
from shopfloor.gui.ui import Ui
from tests.gui.board_shops import START_US, Still, busy, crowded, cycle_rows, gearbox, lead_rows

ROWS = cycle_rows("press", [50.0, 55.0, 56.0, 60.0, 48.0, 51.0, 70.0]) + lead_rows("housing", [300.0, 360.0, 900.0])


class Page:
    """A shown page with its line."""

    def __init__(self, rows: list[DigestRow], *, size: tuple[int, int], line: Line, language: str) -> None:
        load_fonts()
        self.still = Still(line, busy(), rows)
        px = px_per_mm(None)
        self.ui = Ui(Theme(LIGHT, px, scale=scale_for(*size, px)), Language(language))
        self.page = FlowPage(self.still.model(), self.ui, self.still.ask)
        self.page.resize(*size)
        self.page.show()
        self.draw()

    def draw(self) -> None:
        QApplication.processEvents()
        self.page.redraw()
        QApplication.processEvents()

    @property
    def plot(self) -> TimePlot:
        (found,) = self.page.findChildren(TimePlot)
        return found

    def figures(self) -> dict[str, str]:
        (panel,) = self.page.findChildren(FiguresPanel)
        return {self.ui.say(row.name): str(row.value) for row in panel._rows}

    def note(self) -> str:
        (panel,) = self.page.findChildren(NotePanel)
        return self.ui.say(panel._words) if panel.isVisible() else ""

    def press(self, word: str) -> None:
        button = next(b for b in self.page.findChildren(TouchButton) if self.ui.say(b.word) == word)
        button.click()
        self.draw()


@pytest.fixture
def pages(qapp: object) -> Iterator[list[Page]]:
    made: list[Page] = []
    yield made
    for one in made:
        one.page.hide()
        one.page.deleteLater()
    QApplication.processEvents()


def shown(
    pages: list[Page],
    rows: list[DigestRow],
    *,
    size: tuple[int, int] = (1280, 800),
    line: Line | None = None,
    language: str = "en",
) -> Page:
    pages.append(Page(rows, size=size, line=line or gearbox(), language=language))
    return pages[-1]


def test_the_first_station_is_shown_against_its_target_with_percentiles_and_n(pages: list[Page]) -> None:
    figures = shown(pages, ROWS).figures()
    assert figures["cards"] == "7"
    assert figures["target"] == "0:55"
    assert (figures["50 % within"], figures["85 % within"], figures["95 % within"]) == ("0:55", "1:00", "1:10")
    assert figures["on target"] == "57 %"
    assert figures["last"] == "1:10"


def test_another_station_is_asked_for_alone(pages: list[Page]) -> None:
    found = shown(pages, ROWS)
    found.press("Deburr")
    assert found.still.questions[-1][:2] == ("cycle", "deburr")
    assert found.note() == "No cycle time here yet."


def test_lead_times_of_a_loop(pages: list[Page]) -> None:
    found = shown(pages, ROWS)
    found.press("Lead times")
    figures = found.figures()
    assert figures["cards"] == "3"
    assert figures["95 % within"] == "15:00"
    assert "target" not in figures


def test_a_cycle_that_ends_now_is_plotted_and_one_undone_is_not(pages: list[Page]) -> None:
    found = shown(pages, ROWS)
    now_us = found.still.clock.now().at_us
    fresh = DigestRow("cycle", "press", now_us, 6000, msgspec.json.encode(Cycle("c", "housing", 45_000)))
    found.still.put(Update(digest=(fresh,)))
    assert found.page.plotted == 8
    taken = DigestRow("cycle", "press", now_us, 6001, msgspec.json.encode(Cycle("c", "housing", undone=6000)))
    found.still.put(Update(digest=(taken,)))
    assert found.page.plotted == 7


def test_a_cycle_without_a_time_is_no_point(pages: list[Page]) -> None:
    unknown = DigestRow("cycle", "press", START_US, 1, msgspec.json.encode(Cycle("c", "housing")))
    found = shown(pages, [unknown])
    assert found.page.plotted == 0
    assert found.note() == "No cycle time here yet."


def test_what_was_before_the_shift_is_in_all_and_not_in_shift(pages: list[Page]) -> None:
    old = [msgspec.structs.replace(row, at_us=row.at_us - 86_400 * US_PER_S, n=row.n + 50) for row in ROWS[:7]]
    found = shown(pages, [*old, *ROWS])
    assert found.figures()["cards"] == "7"
    found.press("All")
    assert found.figures()["cards"] == "14"


def test_limits_are_shown_when_asked_for(pages: list[Page]) -> None:
    found = shown(pages, ROWS)
    assert "upper limit" not in found.figures()
    found.press("Limits")
    assert found.figures()["upper limit"] == "1:15"  # by hand: mean 390/7 + 3/1.128 · 44/6 = 75.2


def test_a_hidden_page_draws_nothing(pages: list[Page]) -> None:
    found = shown(pages, ROWS)
    assert "flow-redraw" in active_timers()
    found.page.hide()
    assert "flow-redraw" not in active_timers()


def test_nothing_there_is_said_in_words(pages: list[Page]) -> None:
    assert shown(pages, [], line=Line(id="x", name="New")).note() == "Nothing to show yet."


@pytest.mark.parametrize("size", [(1024, 520), (1280, 800), (1920, 1080), (1080, 1920)], ids=str)
@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
@pytest.mark.parametrize("what", [What.CYCLE, What.LEAD])
def test_no_word_is_cut_and_every_button_is_large_enough(
    pages: list[Page], size: tuple[int, int], language: str, what: What
) -> None:
    found = shown(pages, ROWS, size=size, language=language, line=crowded(12)[0] if size[0] == 1920 else None)
    found.page.pick(what, "press" if what is What.CYCLE else "housing")
    found.draw()
    found.page.grab()
    assert not found.ui.clipped
    least = found.ui.theme.mm(TARGET_MM) - 1
    buttons = [b for b in found.page.findChildren(TouchButton) if b.isVisible()]
    assert buttons
    assert all(b.width() >= least and b.height() >= least for b in buttons)
    assert all(
        found.page.rect().contains(b.rect().translated(b.mapTo(found.page, b.rect().topLeft()))) for b in buttons
    )
