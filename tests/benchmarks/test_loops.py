"""What the Loops page costs: asserted as ratios, printed as times."""

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from shopfloor.core.loop_views import loop_rows
from shopfloor.core.state import CardState
from shopfloor.core.update import Update
from shopfloor.gui.pages.loops import LoopsPage
from shopfloor.gui.theme import load_fonts
from shopfloor.gui.ui import Ui
from tests.benchmarks.measure import SIZE, at, paint, spread, theme, times
from tests.benchmarks.table import row
from tests.gui import loop_shops
from tests.gui.board_shops import Still
from tests.helpers.scale import scaled

REPAINTS = scaled(30, 300)
ROW_OF_PAGE_MAX = 0.6  # one of five rows, and looking at all loops to find it
LOOPS, CARDS = 40, 200


class Shown:
    """Forty loops on a page, two hundred cards in the first."""

    def __init__(self) -> None:
        self.still: Still = loop_shops.many(LOOPS, large=CARDS)
        self.model = self.still.model()
        self.page = LoopsPage(self.model, Ui(theme()), self.still.ask, stations=("press",))
        self.page.resize(*SIZE)
        self.page.show()
        QApplication.processEvents()


@pytest.fixture
def shown(qapp: QApplication) -> Iterator[Shown]:
    load_fonts()
    found = Shown()
    yield found
    found.page.hide()
    found.page.deleteLater()
    QApplication.processEvents()


def test_painting_the_loops(shown: Shown) -> None:
    rows = shown.page.list
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    shown.page.show_role(shown.page.role)
    whole = times(REPAINTS, lambda: paint(rows, image, rows.rect()))
    loop, rect = rows.row_rects()[1]

    def anew() -> None:
        rows.forget()
        paint(rows, image, rows.rect())

    def changed() -> None:
        rows.forget(loop)
        paint(rows, image, rect.toAlignedRect())

    new, one = times(REPAINTS, anew), times(REPAINTS, changed)
    row(f"loops, {LOOPS} of them, what is shown at 1920 × 1080", spread(whole), "p95 ≤ 16 ms")
    row("loops, one row of it that has changed", spread(one), "≤ 2 ms")
    row("loops, all rows painted anew", spread(new), "≤ 50 ms")
    assert at(one, 50) < at(new, 50) * ROW_OF_PAGE_MAX
    assert at(whole, 50) < at(new, 50)


def test_looking_at_the_loops(shown: Shown) -> None:
    shop, page = shown.model.shop, shown.page
    count = len(shop.cards)
    now_us = shown.model.now().at_us
    read = times(REPAINTS, lambda: loop_rows(shop, now_us, page._paces))
    look = times(REPAINTS, page.refresh)
    row(f"loops, reading {LOOPS} with {count} cards", spread(read), "≤ 50 ms")
    row("loops, a look at all of them, as each second", spread(look), "≤ 50 ms")
    assert sum(found.total for found in loop_rows(shop, now_us, {})) == count


def test_a_scan_while_two_hundred_cards_are_looked_at(shown: Shown) -> None:
    page, shop = shown.page, shown.model.shop
    page.open_loop("loop00")
    card = next(iter(shop.by_loop["loop00"].values()))
    states = [CardState.EMPTY, CardState.FULL]

    def scan() -> None:
        states.reverse()
        shown.still.put(Update(changed=(msgspec.structs.replace(card, state=states[0]),)))
        page.refresh()
        page.detail.repaint()

    spent = times(REPAINTS, scan)
    row(f"loops, one of {CARDS} cards open and a scan in it", spread(spent), "≤ 50 ms")
    assert len(page.detail.cards.lines()) == CARDS
