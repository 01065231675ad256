"""What the Flow page says beside its plot: numbers with the line they belong to."""

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from shopfloor.core.text import Text
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.panel import Panel
from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

ROW_MM = 8.0
SAMPLE_MM = 8.0


class FigureRow(Struct, frozen=True):
    """A name and its value; `dash` is how its line in the plot looks, None if it has none."""

    name: Text
    value: str
    dash: tuple[float, ...] | None = None
    strong: bool = False


class FiguresPanel(Panel):
    """Rows of figures; those with a line in the plot show a piece of it."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, Text(""), parent)
        self._rows: tuple[FigureRow, ...] = ()
        self._note = Text("")

    def show_rows(self, title: Text, rows: Sequence[FigureRow], note: Text) -> None:
        """Show these; the note stands below them, small."""
        if (title, tuple(rows), note) != (self.title, self._rows, self._note):
            self.title, self._rows, self._note = title, tuple(rows), note
            self.update()

    def paint_body(self, ink: Ink, rect: QRectF) -> None:
        """One row below the other, as high as there is room."""
        if not self._rows:
            return
        least = ink.line_height(Size.BODY)
        height = max(least, min(ink.theme.mm(ROW_MM), rect.height() / len(self._rows)))
        y = rect.top()
        for row in self._rows:
            if y + least > rect.bottom() + 1:
                return
            self._paint_row(ink, QRectF(rect.left(), y, rect.width(), height), row)
            y += height
        note = self.ui.say(self._note)
        if note:
            lines = int((rect.bottom() - y - ink.theme.mm(2)) // ink.line_height(Size.NOTE))
            if lines >= 1:
                below = QRectF(rect.left(), y + ink.theme.mm(2), rect.width(), lines * ink.line_height(Size.NOTE))
                ink.text(below, note, size=Size.NOTE, colour=ink.look.soft, lines=lines, top=True)

    def _paint_row(self, ink: Ink, rect: QRectF, row: FigureRow) -> None:
        theme = ink.theme
        if row.dash is not None:
            pen = QPen(QColor(ink.look.ink if row.strong else ink.look.soft), theme.mm(0.5))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
            if row.dash:
                pen.setDashPattern(row.dash)
            ink.painter.setPen(pen)
            y = rect.center().y()
            ink.painter.drawLine(QPointF(rect.left(), y), QPointF(rect.left() + theme.mm(SAMPLE_MM), y))
        value = ink.width(row.value, Size.BODY, Weight.SEMIBOLD) + 1
        inner = rect.adjusted(theme.mm(SAMPLE_MM + 2) if self._has_samples() else 0, 0, 0, 0)
        ink.text(inner, row.value, weight=Weight.SEMIBOLD, side=Side.RIGHT)
        room = inner.adjusted(0, 0, -value - theme.mm(1.5), 0)
        ink.text(room, self.ui.say(row.name), size=Size.NOTE, colour=ink.look.soft, lines=2)

    def _has_samples(self) -> bool:
        return any(row.dash is not None for row in self._rows)


class NotePanel(Panel):
    """Words where a plot would be."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, Text(""), parent)
        self._words = Text("")
        self._more = Text("")

    def show_words(self, words: Text, more: Text) -> None:
        """Say this, and what to do about it below."""
        if (words, more) != (self._words, self._more):
            self._words, self._more = words, more
            self.update()

    def paint_body(self, ink: Ink, rect: QRectF) -> None:
        """In the middle."""
        pad = ink.theme.mm(4)
        middle = rect.center().y()
        upper = QRectF(rect.left() + pad, rect.top(), rect.width() - 2 * pad, middle - rect.top())
        height = ink.line_height(Size.STATE) * 2
        upper.setTop(max(upper.top(), middle - height))
        ink.text(upper, self.ui.say(self._words), size=Size.STATE, side=Side.MIDDLE, lines=2)
        lower = QRectF(upper.left(), middle, upper.width(), rect.bottom() - middle)
        lower.setHeight(min(lower.height(), ink.line_height(Size.BODY) * 3))
        ink.text(lower, self.ui.say(self._more), colour=ink.look.soft, side=Side.MIDDLE, lines=3)
