"""A Pareto chart across: a bar a row from the largest on, and the line of the share of all up to it."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from shopfloor.core.text import Text
from shopfloor.flow.andon.pareto import Measure, ParetoRow
from shopfloor.flow.andon.record import US_PER_MS
from shopfloor.gui.clocks import duration
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.panel import Panel
from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

ROW_MM = 9.0
ROW_MM_MAX = 15.0
TWO_LINES_MM = 12.0  # a row as high as this has its second level below its name
NAME_SHARE = 0.4
VALUE_MM = 18.0
PERCENT_MM = 16.0
SHOWN_MAX = 12
VITAL = 0.8  # the few that are four fifths of all


class ParetoPanel(Panel):
    """Names that are empty are said in words of their own (`unnamed`)."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, Text(""), parent)
        self._rows: tuple[ParetoRow, ...] = ()
        self._names: tuple[Text, ...] = ()
        self._measure = Measure.COUNT
        self._nothing = Text("")

    def show_rows(
        self, title: Text, rows: Sequence[ParetoRow], names: Sequence[Text], measure: Measure, nothing: Text
    ) -> None:
        """Show these rows by their names."""
        now = (title, tuple(rows), tuple(names), measure, nothing)
        if now != (self.title, self._rows, self._names, self._measure, self._nothing):
            self.title, self._rows, self._names, self._measure, self._nothing = now
            self.update()

    def rows(self) -> tuple[ParetoRow, ...]:
        """What it shows, or has below its edge."""
        return self._rows

    def paint_body(self, ink: Ink, rect: QRectF) -> None:
        """Bars, line, and how many rows there are more."""
        if not self._rows:
            ink.text(rect, ink.ui.say(self._nothing), colour=ink.look.soft, side=Side.MIDDLE, lines=3)
            return
        theme = ink.theme
        room = max(1, min(SHOWN_MAX, int(rect.height() // theme.mm(ROW_MM))))
        more = len(self._rows) > room
        shown = self._rows[: room - 1 if more and room > 1 else room]
        high = min(float(theme.mm(ROW_MM_MAX)), rect.height() / (len(shown) + (1 if more else 0)))
        bars = self._bars(ink, rect)
        self._paint_guide(ink, bars, rect.top(), rect.top() + high * len(shown))
        points = []
        for at, row in enumerate(shown):
            place = QRectF(rect.left(), rect.top() + at * high, rect.width(), high)
            self._paint_row(ink, place, at, bars)
            points.append(QPointF(bars.left() + bars.width() * row.cumulative, place.center().y()))
        painter = ink.painter
        painter.setPen(QPen(QColor(ink.look.ink), theme.mm(0.5)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(QColor(ink.look.ink))
        for point in points:
            painter.drawEllipse(point, theme.mm(0.9), theme.mm(0.9))
        if more:
            rest = QRectF(rect.left(), rect.top() + high * len(shown), rect.width(), high)
            words = ink.ui.tr("{count} more", count=len(self._rows) - len(shown))
            ink.text(rest, words, size=Size.NOTE, colour=ink.look.soft)

    def _bars(self, ink: Ink, rect: QRectF) -> QRectF:
        theme = ink.theme
        left = rect.left() + rect.width() * NAME_SHARE
        right = rect.right() - theme.mm(VALUE_MM) - theme.mm(PERCENT_MM)
        return QRectF(left, rect.top(), max(10.0, right - left), rect.height())

    def _paint_guide(self, ink: Ink, bars: QRectF, top: float, bottom: float) -> None:
        pen = QPen(QColor(ink.look.soft), ink.theme.mm(0.25), Qt.PenStyle.DashLine)
        ink.painter.setPen(pen)
        x = bars.left() + bars.width() * VITAL
        ink.painter.drawLine(QPointF(x, top), QPointF(x, bottom))

    def _paint_row(self, ink: Ink, rect: QRectF, at: int, bars: QRectF) -> None:
        theme, look, row = ink.theme, ink.look, self._rows[at]
        name = QRectF(rect.left(), rect.top(), bars.left() - rect.left() - theme.mm(2), rect.height())
        inside = ", ".join(f"{one.name} {self._value(one)}" for one in row.rows)
        if inside and rect.height() >= theme.mm(TWO_LINES_MM):
            lower = name.adjusted(0, rect.height() * 0.54, 0, 0)
            ink.text(lower, inside, size=Size.NOTE, colour=look.soft, may_cut=True)
            name.setBottom(lower.top())
        ink.text(name, ink.ui.say(self._names[at]), weight=Weight.SEMIBOLD, may_cut=True)
        pad = rect.height() * 0.22
        bar = QRectF(bars.left(), rect.top() + pad, max(2.0, bars.width() * row.share), rect.height() - 2 * pad)
        ink.field(bar, look.idle, radius_mm=0.3)
        value = QRectF(bars.right(), rect.top(), theme.mm(VALUE_MM), rect.height())
        ink.text(value, self._value(row), weight=Weight.BOLD, side=Side.RIGHT)
        percent = QRectF(value.right(), rect.top(), theme.mm(PERCENT_MM), rect.height())
        ink.text(percent, f"{row.cumulative * 100:.0f} %", size=Size.NOTE, colour=look.soft, side=Side.RIGHT)

    def _value(self, row: ParetoRow) -> str:
        match self._measure:
            case Measure.COUNT:
                return str(row.count)
            case Measure.CALL:
                return duration(row.call_ms * US_PER_MS)
            case Measure.STOP:
                return duration(row.stop_ms * US_PER_MS)
