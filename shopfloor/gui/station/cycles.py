"""The last cycle times of a station as dots, against the target; painted here, so that no plot library is loaded."""

import math
from collections.abc import Sequence

import msgspec
from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from shopfloor.core.text import Text
from shopfloor.core.update import DigestRow
from shopfloor.gui.clocks import duration
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.panel import Panel
from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

SERIES = "cycle"
DOTS_MAX = 50  # about an hour of work, and as many as are told apart on the smallest screen
PERCENTILE = 85
LATE_ROOM = 1.6  # the scale reaches this far above the target, so that a dot on target is always at one height


class _Cycle(Struct):
    cycle_ms: int


class CyclePanel(Panel):
    """Dots, the target line and the line below which 85 % of them lie."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, Text("CYCLE TIMES, LAST {count}", {"count": DOTS_MAX}), parent)
        self._times_ms: tuple[int, ...] = ()
        self._target_s: float | None = None

    def show_rows(self, rows: Sequence[DigestRow], target_s: float | None) -> None:
        """Show the newest of these figures, oldest first."""
        times = [msgspec.json.decode(row.body, type=_Cycle).cycle_ms for row in rows[-DOTS_MAX:]]
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
            ink.text(rect, self.ui.tr("No card has been finished twice yet."), colour=ink.look.soft, lines=2)
            return
        top_ms = self._top_ms()
        if self._target_s:
            _line(ink, rect.left(), rect.right(), _height(rect, self._target_s * 1000, top_ms), dash=False)
        if len(self._times_ms) > 1:
            _line(
                ink,
                rect.left(),
                rect.right(),
                _height(rect, nearest_rank(self._times_ms, PERCENTILE), top_ms),
                dash=True,
            )
        radius = max(2.0, ink.theme.mm(0.9))
        step = (rect.width() - 2 * radius) / (DOTS_MAX - 1)
        first = DOTS_MAX - len(self._times_ms)
        painter = ink.painter
        for at, time_ms in enumerate(self._times_ms):
            late = self._target_s is not None and time_ms > self._target_s * 1000
            centre = QPointF(rect.left() + radius + (first + at) * step, _height(rect, min(time_ms, top_ms), top_ms))
            painter.setPen(QPen(QColor(ink.look.ink), max(1.0, radius * 0.4)))
            painter.setBrush(QColor(ink.look.ink if late else ink.look.panel))
            painter.drawEllipse(centre, radius * 0.85, radius * 0.85)
            if time_ms > top_ms:
                painter.drawLine(centre + QPointF(0, -radius), centre + QPointF(0, -2.2 * radius))

    def _legend(self) -> list[tuple[str, bool]]:
        legend = []
        if self._target_s:
            legend.append((self.ui.tr("target {time}", time=duration(round(self._target_s * 1_000_000))), False))
        if len(self._times_ms) > 1:
            rank_ms = nearest_rank(self._times_ms, PERCENTILE)
            legend.append(
                (self.ui.tr("{percent} % below {time}", percent=PERCENTILE, time=duration(rank_ms * 1000)), True)
            )
        return legend

    def _top_ms(self) -> float:
        if self._target_s:
            return self._target_s * 1000 * LATE_ROOM
        return max(1, *self._times_ms) * 1.15


def nearest_rank(values: Sequence[int], percent: int) -> int:
    """The value below or at which `percent` of the values lie, by nearest rank; never between two values."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)]


def _height(rect: QRectF, value_ms: float, top_ms: float) -> float:
    return rect.bottom() - rect.height() * min(1.0, value_ms / top_ms)


def _line(ink: Ink, left: float, right: float, y: float, *, dash: bool) -> None:
    pen = QPen(QColor(ink.look.ink if not dash else ink.look.soft), max(1, ink.theme.mm(0.35)))
    if dash:
        pen.setStyle(Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([4, 3])
    ink.painter.setPen(pen)
    ink.painter.drawLine(QPointF(left, y), QPointF(right, y))
