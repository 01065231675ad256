"""A shown Calls page with its line."""

from collections.abc import Callable

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from shopfloor.core.update import Update
from shopfloor.gui.bridge import LineModel, PrintSheet
from shopfloor.gui.calls_actions import Action
from shopfloor.gui.calls_tabs import Part
from shopfloor.gui.lang import Language
from shopfloor.gui.pages.calls import CallsPage
from shopfloor.gui.theme import DARK, LIGHT, Theme, load_fonts, px_per_mm, scale_for
from shopfloor.gui.ui import Ui
from tests.gui.board_shops import Still
from tests.gui.shops import Scene


class CallsStage:
    """A shown page; `line` stands still, or is a scene with the real rules."""

    def __init__(
        self,
        line: Still | Scene,
        *,
        size: tuple[int, int],
        language: str,
        stations: tuple[str, ...],
        dark: bool,
        print_sheet: PrintSheet | None = None,
    ) -> None:
        load_fonts()
        self.line = line
        px = px_per_mm(None)
        self.ui = Ui(Theme(DARK if dark else LIGHT, px, scale=scale_for(*size, px)), Language(language))
        self.model = LineModel(line.listen, line.submit, line.clock)
        self.page = CallsPage(self.model, self.ui, line.ask, line.past, stations=stations, print_sheet=print_sheet)
        self.page.resize(*size)
        self.page.show()
        self.settle()

    def settle(self) -> None:
        """Everything that comes by itself has come, and no finger is too early."""
        QApplication.processEvents()
        self.page.refresh()
        QApplication.processEvents()
        for widget in self.page.findChildren(QWidget):
            if hasattr(widget, "_settling"):
                widget._settling.invalidate()
            if hasattr(widget, "_moved"):
                widget._moved.invalidate()

    def show_part(self, part: Part) -> None:
        self.page.show_part(part)
        self.settle()

    def rows(self) -> list[str]:
        """The open calls by their ids, as they are shown."""
        return [key for key, _ in self.page.open.list.row_rects()]

    def tap_row(self, call: str) -> None:
        rect = next(rect for key, rect in self.page.open.list.row_rects() if key == call)
        QTest.mouseClick(self.page.open.list, Qt.MouseButton.LeftButton, pos=rect.center().toPoint())
        self.settle()

    def facts(self) -> dict[str, str]:
        return {self.ui.say(f.name): self.ui.say(f.value) for f in self.page.open.detail.panel.facts()}

    def offered(self) -> list[Action]:
        return [Action(key) for key in self.page.open.detail.buttons()]

    def touch(self, action: Action, *answers: str) -> None:
        """A finger on a button, and on the answers of what it asks."""
        button = self.page.open.detail.buttons()[action]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        for answer in answers:
            self.answer(answer)
        self.settle()

    def answers(self) -> list[str]:
        return [self.ui.say(b.word) for b in self.page.hub.sheet.buttons()]

    def answer(self, word: str) -> None:
        next(b for b in self.page.hub.sheet.buttons() if self.ui.say(b.word) == word).click()

    def change(self, call: str, **changes: object) -> None:
        """A call is another from now on."""
        assert isinstance(self.line, Still)
        self.line.put(Update(changed=(msgspec.structs.replace(self.model.shop.calls[call], **changes),)))


ShowCalls = Callable[..., CallsStage]
