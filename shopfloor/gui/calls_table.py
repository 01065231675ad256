"""Figures as a table: a heading, and rows to read; what does not fit is on the next page."""

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.text import Text
from shopfloor.gui.ink import Ink, Side, ink_on
from shopfloor.gui.row_list import Row, RowList
from shopfloor.gui.theme import PAD_MM, Size, Weight
from shopfloor.gui.ui import Ui

LINE_MM = 10.0
HEAD_MM = 11.0
FIRST_SHARE, FEW_SHARE = 0.24, 0.3  # of the width: what the row is about, and where there are few numbers
FEW = 4


class TableRow(Struct, frozen=True, kw_only=True):
    """Cells from the left; `loud` has a shape's worth of weight."""

    key: str
    name: Text
    cells: tuple[Text, ...]
    loud: bool = False

    def paint(self, ink: Ink, rect: QRectF, *, chosen: bool) -> None:
        """Name, then numbers at the right of their columns."""
        del chosen
        ink.field(rect, ink.look.panel, edge=ink.look.edge)
        weight = Weight.BOLD if self.loud else Weight.SEMIBOLD
        for at, (cell, place) in enumerate(zip((self.name, *self.cells), columns(ink, rect, self), strict=True)):
            side, bold = (Side.RIGHT, Weight.REGULAR) if at else (Side.LEFT, weight)
            ink.text(place, ink.ui.say(cell), weight=bold, side=side, may_cut=not at)

    def other(self, before: Row, rect: QRectF) -> QRectF:
        """All of it."""
        del before
        return rect


def columns(ink: Ink, rect: QRectF, row: TableRow) -> list[QRectF]:
    """Where its cells are."""
    pad = ink.theme.mm(PAD_MM)
    inner = rect.adjusted(pad, 0, -pad, 0)
    first = inner.width() * (FEW_SHARE if len(row.cells) <= FEW else FIRST_SHARE)
    wide = (inner.width() - first) / max(1, len(row.cells))
    name = QRectF(inner.left(), inner.top(), first - pad * 0.5, inner.height())
    left = inner.left() + first + pad * 0.5
    cells = [QRectF(left + at * wide, inner.top(), wide - pad * 0.5, inner.height()) for at in range(len(row.cells))]
    return [name, *cells]


class TablePanel(QWidget):
    """A heading above a list of rows."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._head: TableRow | None = None
        self.list = RowList(ui, self, row_mm=LINE_MM)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ui.changed.connect(self._place)

    def show_table(self, head: TableRow, rows: Sequence[TableRow], nothing: Text) -> None:
        """Show these rows below their heading."""
        if head != self._head:
            self._head = head
            self.update()
        self.list.show_rows(rows, nothing)

    def _place(self) -> None:
        high = self._ui.theme.mm(HEAD_MM)
        self.list.setGeometry(0, high, self.width(), max(1, self.height() - high))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The heading."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(self.rect(), ink.look.ground)
            head = self._head
            if head is None:
                return
            rect = QRectF(0, 0, self.width(), ink.theme.mm(HEAD_MM))
            for at, (cell, place) in enumerate(zip((head.name, *head.cells), columns(ink, rect, head), strict=True)):
                side = Side.RIGHT if at else Side.LEFT
                words = ink.ui.say(cell)
                ink.text(place, words, size=Size.NOTE, weight=Weight.SEMIBOLD, colour=ink.look.soft, side=side, lines=2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._place()
