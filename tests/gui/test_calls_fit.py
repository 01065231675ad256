"""What the Calls page says of the past fits in the smallest window and in one that stands on its side."""

import pytest
from PySide6.QtCore import QPoint, QRect

from shopfloor.gui.calls_figures import View
from shopfloor.gui.calls_tabs import Part
from shopfloor.gui.theme import ROW_MM
from shopfloor.gui.touch import TouchButton
from tests.gui import call_pasts
from tests.gui.calls_stage import ShowCalls

SIZES = [(1024, 480), (1060, 1760)]


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("language", ["de", "pseudo"])
@pytest.mark.parametrize("scene", ["past", "worked_on"])
def test_no_word_of_the_past_is_cut(show_calls: ShowCalls, scene: str, language: str, size: tuple[int, int]) -> None:
    found = show_calls(getattr(call_pasts, scene)(), "press", size=size, language=language, dark=language == "de")
    page = found.page
    found.show_part(Part.HISTORY)
    for record in page.history.records()[:12]:
        page.history.choose(record.id)
        page.grab()
    found.show_part(Part.FIGURES)
    for view in View:
        page.figures.show_view(view)
        found.settle()
        page.grab()
        for _ in range(3):
            page.figures.summary.wanted.emit("measure")
            page.figures.scores.turn()
            page.grab()
    found.show_part(Part.PROBLEMS)
    for problem in page.problems.problems():
        page.problems.choose(problem.id)
        page.grab()
    assert found.ui.clipped == set()
    least = found.ui.theme.mm(ROW_MM) - 1
    for part in page.tabs.buttons:
        found.show_part(part)
        buttons = [b for b in page.findChildren(TouchButton) if b.isVisible()]
        assert all(b.height() >= least for b in buttons)
        inside = page.rect()
        assert all(inside.contains(QRect(b.mapTo(page, QPoint(0, 0)), b.size())) for b in buttons)
