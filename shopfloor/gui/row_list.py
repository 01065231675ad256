"""Rows to touch that paint themselves; only a row that looks different is painted again, what does not fit is paged."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import GAP_MM, TARGET_MM, Size
from shopfloor.gui.touch import SETTLE_MS, TouchButton
from shopfloor.gui.ui import Ui

ROW_MM = 17.5  # two lines of words beside a shape
SEAM_MM = 1.4
TURN_MM = 15.0  # as high as a row of a list
STRETCH_MAX = 1.3  # rows share what is left over at the end of a page
NOTHING_MM = 14.0


class Row(Protocol):
    """What a list shows: rows that are equal look the same."""

    @property
    def key(self) -> str:
        """Which one it is."""

    def paint(self, ink: Ink, rect: QRectF, *, chosen: bool) -> None:
        """Paint it."""

    def other(self, before: "Row", rect: QRectF) -> QRectF:
        """The part of its place that looks different from `before`, a row of the same key that is not equal."""


class RowList(QWidget):
    """One of its rows may be chosen, and stays marked.

    Signals:
        chosen(key): a row was touched. turned: other rows are shown. painted(keys): these rows were painted.
    """

    chosen = Signal(object)
    turned = Signal()
    painted = Signal(object)

    def __init__(
        self,
        ui: Ui,
        parent: QWidget | None = None,
        *,
        row_mm: float = ROW_MM,
        high: Callable[[Row, float], float] | None = None,
    ) -> None:
        """Rows are at least `row_mm` high and share what is left over; or as `high` as it says of each at a width."""
        super().__init__(parent)
        self._ui, self._row_mm, self._high = ui, row_mm, high
        self._rows: tuple[Row, ...] = ()
        self._first = 0
        self._nothing, self._calm = Text(""), Icon.CHECK
        self._marked = ""
        self.beside = 0  # pixels to leave to somebody else beside the button that turns
        self._pressed: str | None = None
        self._moved = QElapsedTimer()
        self.more = TouchButton(ui, Text("More"), icon=Icon.MORE, parent=self)
        self.more.clicked.connect(self.turn)
        self.more.hide()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        ui.changed.connect(self._place)

    def show_rows(self, rows: Sequence[Row], nothing: Text, *, marked: str = "", calm: Icon = Icon.CHECK) -> None:
        """Show these in this order, one of them `marked`; `nothing` is said if there are none."""
        before, mark = self.row_rects(), self._marked
        old = {row.key: row for row in self._rows}
        told = (self._nothing, self._calm)
        self._rows, self._nothing, self._calm, self._marked = tuple(rows), nothing, calm, marked
        if self._first >= len(self._rows):
            self._first = 0
        after = self.row_rects()
        if before != after or (not after and told != (nothing, calm)):
            if before:
                self._moved.start()
            self.update()
        else:
            found = {row.key: row for row in self._rows}
            for key, rect in after:
                if mark != marked and key in {mark, marked}:
                    self.update(rect.toAlignedRect())
                elif old[key] != found[key]:
                    self.update(found[key].other(old[key], rect).toAlignedRect())
        if len(old) != len(self._rows):
            self._place()

    def row_rects(self) -> list[tuple[str, QRectF]]:
        """Key and place of each row that is shown."""
        seam, top, found = self._ui.theme.mm(SEAM_MM), 0.0, []
        for row, height in zip(self._shown(), self._heights(), strict=True):
            found.append((row.key, QRectF(0, top, self.width(), height)))
            top += height + seam
        return found

    def rows(self) -> tuple[Row, ...]:
        """All it has."""
        return self._rows

    def room(self) -> int:
        """How many rows fit from the first that is shown on, whether there are so many or not."""
        if self.all_fit(self.height()):
            return max(len(self._rows), self._fitting(self._rows, self.height()))
        return self._fitting(self._rows[self._first :], self._body())

    def all_fit(self, height: float) -> bool:
        """Whether all it has would fit into so many pixels."""
        return self._fitting(self._rows, height) >= len(self._rows)

    def turn(self) -> None:
        """Show the next rows, after the last the first again."""
        following = self._first + len(self._shown())
        self.go(0 if following >= len(self._rows) else following)

    def go(self, first: int) -> None:
        """Show the rows from this one on."""
        if first != self._first:
            self._first = first
            self._moved.start()
            self._place()

    def is_pressed(self) -> bool:
        """Whether a finger rests on a row: nothing may move below it."""
        return self._pressed is not None

    def _shown(self) -> tuple[Row, ...]:
        return self._rows[self._first : self._first + self.room()]

    def _body(self) -> float:
        """Pixels above the button that turns."""
        theme = self._ui.theme
        return float(max(1, self.height() - theme.mm(TURN_MM) - theme.mm(GAP_MM)))

    def _fitting(self, rows: Sequence[Row], height: float) -> int:
        """How many of these fit, at least one; equal ones as many as there is room for."""
        seam = self._ui.theme.mm(SEAM_MM)
        if self._high is None:
            return max(1, int((height + seam + 1) // (self._ui.theme.mm(self._row_mm) + seam)))
        used, count = 0.0, 0
        for row in rows:
            used += self._high(row, self.width()) + seam
            if used > height + seam + 1:
                break
            count += 1
        return max(1, count)

    def _heights(self) -> list[float]:
        shown = self._shown()
        if self._high is not None:
            return [self._high(row, self.width()) for row in shown]
        least, seam, room = float(self._ui.theme.mm(self._row_mm)), self._ui.theme.mm(SEAM_MM), self.room()
        height = float(self.height()) if self.all_fit(self.height()) else self._body()
        return [max(least, min(least * STRETCH_MAX, (height + seam) / room - seam))] * len(shown)

    def _row_at(self, point: QPointF) -> str | None:
        return next((key for key, rect in self.row_rects() if rect.contains(point)), None)

    def _place(self) -> None:
        theme, total = self._ui.theme, len(self._rows)
        shown = len(self._shown())
        self.more.setVisible(total > shown)
        self.more.note = data(f"{self._first + 1}–{self._first + shown} / {total}")
        high = theme.mm(TURN_MM)
        self.more.setGeometry(0, self.height() - high, max(theme.mm(TARGET_MM), self.width() - self.beside), high)
        self.more.update()
        self.update()
        self.turned.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows the region asks for."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(event.rect(), QColor(ink.look.ground))
            if not self._rows:
                self._paint_nothing(ink)
            shown = tuple(zip(self._shown(), self.row_rects(), strict=True))
            for row, (key, rect) in shown:
                if not rect.intersects(QRectF(event.rect())):
                    continue
                row.paint(ink, rect, chosen=key == self._marked)
                if key == self._pressed:
                    ink.field(rect, "", edge=ink.look.action, edge_mm=0.9)
        self.painted.emit(tuple(key for _, (key, rect) in shown if rect.intersects(QRectF(event.rect()))))

    def _paint_nothing(self, ink: Ink) -> None:
        words = self._ui.say(self._nothing)
        if not words:
            return
        rect, side = QRectF(self.rect()), float(ink.theme.mm(NOTHING_MM))
        line = ink.line_height(Size.STATE)
        top = rect.center().y() - side / 2 - line
        ink.icon(QRectF(rect.center().x() - side / 2, top, side, side), self._calm, ink.look.idle)
        below = QRectF(rect.left(), top + side + line * 0.4, rect.width(), line * 2.2)
        room = below.adjusted(ink.theme.mm(8), 0, -ink.theme.mm(8), 0)
        ink.text(room, words, size=Size.STATE, colour=ink.look.soft, side=Side.MIDDLE, lines=2)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show which row is meant; right after the rows have moved, a touch was meant for another."""
        settling = self._moved.isValid() and self._moved.elapsed() < SETTLE_MS
        if event.button() is Qt.MouseButton.LeftButton and not settling:
            self._pressed = self._row_at(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the row, if the finger is still on it."""
        pressed, self._pressed = self._pressed, None
        self.update()
        if pressed and event.button() is Qt.MouseButton.LeftButton and self._row_at(event.position()) == pressed:
            self.chosen.emit(pressed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A mouse may turn pages as well."""
        step = -1 if event.angleDelta().y() > 0 else 1
        self.go(max(0, min(self._first + step, len(self._rows) - self.room())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other heights, other pages."""
        super().resizeEvent(event)
        self._first = 0
        self._place()
