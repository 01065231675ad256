"""A list beside what is looked at in it; one above the other where the window is higher than wide."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from shopfloor.gui.calls_detail import FactsAndButtons
from shopfloor.gui.ink import ink_on
from shopfloor.gui.row_list import RowList
from shopfloor.gui.theme import GAP_MM
from shopfloor.gui.ui import Ui

LIST_SHARE = 0.53
LIST_SHARE_TALL = 0.52


class ListAndDetail(QWidget):
    """Without a detail to show the list has the whole place."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self.list, self.detail = RowList(ui, self), FactsAndButtons(ui, self)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ui.changed.connect(self.place)

    def show_detail(self, *, on: bool) -> None:
        """Whether there is one."""
        if on is self.detail.isHidden():
            self.detail.setVisible(on)
            self.place()

    def place(self) -> None:
        """Lay out."""
        gap = self._ui.theme.mm(GAP_MM)
        width, height = self.width(), self.height()
        if self.detail.isHidden():
            self.list.setGeometry(0, 0, width, height)
        elif height > width:
            upper = round(height * LIST_SHARE_TALL)
            self.list.setGeometry(0, 0, width, upper)
            self.detail.setGeometry(0, upper + gap, width, max(1, height - upper - gap))
        else:
            left = round(width * LIST_SHARE)
            self.list.setGeometry(0, 0, left, height)
            self.detail.setGeometry(left + gap, 0, max(1, width - left - gap), height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(self.rect(), ink.look.ground)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self.place()
