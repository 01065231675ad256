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

ROW_MM = 10.5  # two lines of a long language
COLUMN_MM = 62.0
SAMPLE_MM = 8.0


class FigureRow(Struct, frozen=True):
    """A name and its value; `dash` is how its line in the plot looks, None if it has none."""

    name: Text
    value: Text
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
        columns = max(1, int(rect.width() // ink.theme.mm(COLUMN_MM)))
        deep = -(-len(self._rows) // columns)
        least = ink.line_height(Size.BODY)
        note_height = ink.line_height(Size.NOTE)
        height = max(least, min(ink.theme.mm(ROW_MM), (rect.height() - note_height * 2) / deep))
        gap = ink.theme.mm(6)
        width = (rect.width() + gap) / columns - gap
        for index, row in enumerate(self._rows):
            column, at = divmod(index, deep)
            place = QRectF(rect.left() + column * (width + gap), rect.top() + at * height, width, height)
            if place.top() + least <= rect.bottom() + 1:
                self._paint_row(ink, place, row)
        top = rect.top() + deep * height + ink.theme.mm(2)
        lines = int((rect.bottom() - top + ink.theme.mm(1)) // note_height)
        note = self.ui.say(self._note)
        # A quarter of a line is lost at each break; a note that would be cut is left out.
        if note and ink.width(note, Size.NOTE) <= rect.width() * (lines - 0.25 * (lines - 1)):
            below = QRectF(rect.left(), top, rect.width(), lines * note_height)
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
        words = self.ui.say(row.value)
        value = ink.width(words, Size.BODY, Weight.SEMIBOLD) + 1
        inner = rect.adjusted(theme.mm(SAMPLE_MM + 2) if self._has_samples() else 0, 0, 0, 0)
        ink.text(inner, words, weight=Weight.SEMIBOLD, side=Side.RIGHT)
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
