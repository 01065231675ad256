"""A shown Loops page with its line."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from shopfloor.core.update import Update
from shopfloor.gui.lang import Language
from shopfloor.gui.pages.loops import LoopsPage
from shopfloor.gui.theme import DARK, LIGHT, Theme, load_fonts, px_per_mm, scale_for
from shopfloor.gui.ui import Ui
from tests.gui.board_shops import Still


class LoopsStage:
    """A shown page with its line."""

    def __init__(
        self, still: Still, *, size: tuple[int, int], language: str, stations: tuple[str, ...], dark: bool
    ) -> None:
        load_fonts()
        self.still = still
        px = px_per_mm(None)
        self.ui = Ui(Theme(DARK if dark else LIGHT, px, scale=scale_for(*size, px)), Language(language))
        self.model = still.model()
        self.page = LoopsPage(self.model, self.ui, still.ask, stations=stations)
        self.page.resize(*size)
        self.page.show()
        self.settle()

    def settle(self) -> None:
        QApplication.processEvents()
        self.page.refresh()
        QApplication.processEvents()

    def rows(self) -> list[str]:
        return [key for key, _ in self.page.list.row_rects()]

    def facts(self) -> list[tuple[str, str]]:
        return [(self.ui.say(f.name), self.ui.say(f.value)) for f in self.page.detail.panel.facts()]

    def answers(self) -> list[str]:
        return [self.ui.say(b.word) for b in self.page.sheet.buttons()]

    def answer(self, word: str) -> None:
        next(b for b in self.page.sheet.buttons() if self.ui.say(b.word) == word).click()

    def tap_row(self, loop: str) -> None:
        rect = next(rect for key, rect in self.page.list.row_rects() if key == loop)
        QTest.mouseClick(self.page.list, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())

    def change(self, card_id: str, **changes: object) -> None:
        """A card is another from now on."""
        old = self.model.shop.cards[card_id]
        self.still.put(Update(changed=(msgspec.structs.replace(old, **changes),)))


ShowLoops = Callable[..., LoopsStage]
