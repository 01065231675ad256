"""The last cycle times of a station as dots, against the target; painted here, so that no plot library is loaded."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from shopfloor.core.text import Text
from shopfloor.core.update import DigestRow
from shopfloor.flow.digest import Cycle, read_figures
from shopfloor.gui.clocks import is_short, time_text
from shopfloor.gui.ink import Ink
from shopfloor.gui.panel import Panel
from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

SERIES = "cycle"
DOTS_MAX = 50  # about an hour of work, and as many as are told apart on the smallest screen
ROWS_MAX = 4 * DOTS_MAX  # the rows they are found in: what was undone takes two of them and leaves no dot
PERCENTILE = 85
TAIL = 2.2  # radii from the middle of a dot to the end of its tail
SCALE = (0.6, 1.4)  # from and to, in targets: the target is always at one height, what is beyond has a tail


class CyclePanel(Panel):
    """Dots, the target line and the line below which 85 % of them lie."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, Text("LAST {count} CYCLES", {"count": DOTS_MAX}), parent)
        self._times_ms: tuple[int, ...] = ()
        self._target_s: float | None = None

    def show_rows(self, rows: Sequence[DigestRow], target_s: float | None) -> None:
        """Show the newest of these figures, oldest first."""
        figures = (figure.cycle_ms for _, figure in read_figures(rows, Cycle))
        times = [cycle_ms for cycle_ms in figures if cycle_ms is not None][-DOTS_MAX:]
        if (tuple(times), target_s) != (self._times_ms, self._target_s):
            self._times_ms, self._target_s = tuple(times), target_s
            self.update()

    def paint_heading(self, ink: Ink, rect: QRectF) -> None:
        """What it is, and what the lines are."""
        right = rect.right()
        for words, dash in reversed(self._legend()):
            width = ink.width(words, Size.NOTE, Weight.SEMIBOLD) + 2
            ink.text(
                QRectF(right - width, rect.top(), width, rect.height()), words, size=Size.NOTE, weight=Weight.SEMIBOLD
            )
            right -= width + ink.theme.mm(1.5)
            length = ink.theme.mm(6)
            _line(ink, right - length, right, rect.center().y(), dash=dash)
            right -= length + ink.theme.mm(5)
        super().paint_heading(ink, QRectF(rect.left(), rect.top(), max(1.0, right - rect.left()), rect.height()))

    def paint_body(self, ink: Ink, rect: QRectF) -> None:
        """The dots, newest at the right."""
        if not self._times_ms:
            ink.text(rect, self.ui.tr("No cycle time here yet."), colour=ink.look.soft, lines=2)
            return
        radius = max(2.0, ink.theme.mm(0.85))
        rect = rect.adjusted(0, radius * TAIL, 0, -radius * TAIL)
        scale = self._scale_ms()
        if self._target_s:
            _line(ink, rect.left(), rect.right(), _height(rect, self._target_s * 1000, scale), dash=False)
        if len(self._times_ms) > 1:
            rank = nearest_rank(self._times_ms, PERCENTILE)
            _line(ink, rect.left(), rect.right(), _height(rect, rank, scale), dash=True)
        step = (rect.width() - 2 * radius) / (DOTS_MAX - 1)
        first = DOTS_MAX - len(self._times_ms)
        for at, time_ms in enumerate(self._times_ms):
            centre = QPointF(rect.left() + radius + (first + at) * step, _height(rect, time_ms, scale))
            self._paint_dot(ink, centre, time_ms, radius)

    def _paint_dot(self, ink: Ink, centre: QPointF, time_ms: int, radius: float) -> None:
        """A dot: filled if over target; with a tail if it lies beyond the scale."""
        painter = ink.painter
        late = self._target_s is not None and time_ms > self._target_s * 1000
        low, high = self._scale_ms()
        painter.setPen(QPen(QColor(ink.look.ink), max(1.0, radius * 0.4)))
        painter.setBrush(QColor(ink.look.ink if late else ink.look.panel))
        painter.drawEllipse(centre, radius * 0.85, radius * 0.85)
        tail = -1 if time_ms > high else 1 if time_ms < low else 0
        if tail:
            painter.drawLine(centre + QPointF(0, tail * radius), centre + QPointF(0, tail * TAIL * radius))

    def _legend(self) -> list[tuple[str, bool]]:
        legend = []
        precise = is_short(self._target_s, [time_ms / 1000 for time_ms in self._times_ms])
        if self._target_s:
            target = self.ui.say(time_text(self._target_s, precise=precise))
            legend.append((self.ui.tr("target {time}", time=target), False))
        if len(self._times_ms) > 1:
            rank_ms = nearest_rank(self._times_ms, PERCENTILE)
            legend.append((f"{PERCENTILE} % {self.ui.say(time_text(rank_ms / 1000, precise=precise))}", True))
        return legend

    def _scale_ms(self) -> tuple[float, float]:
        if self._target_s:
            return self._target_s * 1000 * SCALE[0], self._target_s * 1000 * SCALE[1]
        return min(self._times_ms) * 0.9, max(self._times_ms) * 1.1 + 1


def nearest_rank(values: Sequence[int], percent: int) -> int:
    """The value below or at which `percent` of the values lie, by nearest rank; never between two values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _height(rect: QRectF, value_ms: float, scale: tuple[float, float]) -> float:
    low, high = scale
    return rect.bottom() - rect.height() * min(1.0, max(0.0, (value_ms - low) / (high - low)))


def _line(ink: Ink, left: float, right: float, y: float, *, dash: bool) -> None:
    pen = QPen(QColor(ink.look.ink if not dash else ink.look.soft), max(1, ink.theme.mm(0.35)))
    if dash:
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 3])
    ink.painter.setPen(pen)
    ink.painter.drawLine(QPointF(left, y), QPointF(right, y))
