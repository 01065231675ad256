"""The one file around pyqtgraph: durations over local time, without a mouse.

Importing it costs a third of a second: pages do so when they are first shown.
"""

import math
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from shopfloor.core.moment import US_PER_S
from shopfloor.gui.clocks import time_text
from shopfloor.gui.plot_levels import Level, LevelLines
from shopfloor.gui.points import Floats
from shopfloor.gui.theme import Size
from shopfloor.gui.ui import Ui

# Above this the points of a plot are its line: symbols would cover each other and take longer than a frame.
SYMBOLS_MAX = 600
SCALE_ROOM = 1.25  # of the highest line that is drawn, so that points on it are not at the edge
NAMES_SHARE_MAX = 0.35  # of the width, at the right, for the names of the levels
LEVEL_ROOM = 2.0  # a level up to so many times the scale is worth being seen: the scale grows to it
OUTLIER_P = 98  # the scale reaches what nearly all points reach; what lies above is drawn at its edge, and counted

_TIME_STEPS_S = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000)
_TENTHS_STEPS_S = (0.1, 0.2, 0.5)
_VALUE_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 604800)


class TimePlot(pg.PlotWidget):  # type: ignore[misc]
    """Points as a line with symbols, and levels. The scale begins at 0; nothing can be dragged or zoomed.

    Attributes:
        above: how many points lie above the scale and are drawn at its edge.
    """

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        self._ui = ui
        self._times = _TimeAxis()
        self._values = _ValueAxis(ui)
        super().__init__(parent, axisItems={"bottom": self._times, "left": self._values})
        self.above = 0
        self._levels = LevelLines(self, ui)
        self.setMenuEnabled(False)
        self.setMouseEnabled(x=False, y=False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        view = self.getPlotItem().getViewBox()
        view.disableAutoRange()
        self._line = pg.PlotDataItem(connect="all", skipFiniteCheck=True, antialias=False)
        self._within = pg.ScatterPlotItem(pxMode=True, antialias=True)
        self._late = pg.ScatterPlotItem(pxMode=True, antialias=True)
        for item in (self._line, self._within, self._late):
            self.addItem(item, ignoreBounds=True)
        # After adding: a plot gives its own settings to the items it takes.
        self._line.setDownsampling(auto=True, method="peak")
        self._line.setClipToView(True)
        self.dress()

    def dress(self) -> None:
        """Take colours and sizes from the theme in force."""
        theme = self._ui.theme
        look = theme.palette
        self.setBackground(QColor(look.panel))
        font = theme.font(Size.NOTE)
        for axis in (self._times, self._values):
            axis.setTickFont(font)
            axis.setPen(QColor(look.edge))
            axis.setTextPen(QColor(look.soft))
            axis.setStyle(tickLength=-theme.mm(1), tickTextOffset=theme.mm(1))
        self._values.setWidth(theme.mm(17))
        self._times.setHeight(theme.mm(7.5))
        self._values.setGrid(40)
        self._line.setPen(pg.mkPen(look.idle, width=1))
        self._levels.dress()
        self._dots = {"symbol": "o", "size": theme.mm(1.6), "pen": None, "brush": pg.mkBrush(look.soft)}
        self._marks = {
            "symbol": "t1",
            "size": theme.mm(2.6),
            "pen": pg.mkPen(look.panel),
            "brush": pg.mkBrush(look.ink),
        }

    def show_zone(self, zone: tzinfo) -> None:
        """Write instants as local times of this zone."""
        self._times.zone = zone

    def show_points(
        self, at_s: Floats, value_s: Floats, *, target_s: float | None, span: tuple[int, int], precise: bool = False
    ) -> None:
        """Draw these points over this span of instants (µs); those above the target have another shape.

        `precise`: times are so short that tenths of a second tell them apart.
        """
        top_s = _top(value_s, target_s)
        top_s = max(top_s, self._levels.tops(top_s * LEVEL_ROOM) * 1.05)
        self.above = int(np.count_nonzero(value_s > top_s))
        shown = np.minimum(value_s, top_s * 0.985)
        if precise != self._values.precise:
            self._values.precise = precise
            self._values.picture = None  # what was drawn of the axis had the other words
        self.setYRange(0, top_s, padding=0)
        first_s, last_s = span[0] / US_PER_S, span[1] / US_PER_S
        view = self.getPlotItem().getViewBox()
        per_px_s = top_s / max(1.0, view.height())
        # Room at the right for the names of the levels.
        share = min(NAMES_SHARE_MAX, self._levels.name_room_px(per_px_s) / max(1.0, view.width()))
        self.setXRange(first_s, last_s + (last_s - first_s) * share / (1 - share), padding=0)
        self._line.setData(at_s, shown)
        late = value_s > (target_s if target_s is not None else math.inf)
        late |= value_s > top_s
        few = len(at_s) <= SYMBOLS_MAX
        for item, chosen, look in ((self._within, ~late, self._dots), (self._late, late, self._marks)):
            if few:
                item.setData(at_s[chosen], shown[chosen], **look)
            elif len(item.points()):
                item.clear()
        self._levels.place(last_s + (last_s - first_s) * 0.005, top_s, per_px_s)

    def show_levels(self, levels: tuple[Level, ...]) -> None:
        """Draw these lines with their names at the right; call it before `show_points`."""
        self._levels.show(levels)

    def within_count(self) -> int:
        """How many points are drawn with the shape of those on target."""
        return len(self._within.points())

    def late_count(self) -> int:
        """How many points are drawn with the shape of those above the target."""
        return len(self._late.points())

    def drawn_line(self) -> tuple[Floats, Floats]:
        """The line as it is drawn: instants and values after what pixels cannot show was left out."""
        at_s, value_s = self._line.getData()
        return at_s, value_s

    def name_places(self) -> list[float]:
        """Where the names of the levels stand, as values."""
        return self._levels.places()

    def name_words(self) -> list[str]:
        """The names of the levels."""
        return self._levels.words()


class _TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Local times at whole steps of the local clock; the date where a day begins."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.zone: tzinfo = UTC
        self.enableAutoSIPrefix(enable=False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        """One level of ticks, as close as their words allow."""
        wanted = max(2.0, size / (self.style["tickFont"].pixelSize() * 5 if self.style["tickFont"] else 80))
        step = next((s for s in _TIME_STEPS_S if (maxVal - minVal) / s <= wanted), _TIME_STEPS_S[-1])
        offset = datetime.fromtimestamp(minVal, UTC).astimezone(self.zone).utcoffset() or timedelta(0)
        shift = offset.total_seconds()
        first = math.ceil((minVal + shift) / step) * step - shift
        return [(step, [float(v) for v in np.arange(first, maxVal, step)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002
        """`14:30`, or `2.3.` where the day begins."""
        return [self._words(value, spacing) for value in values]

    def _words(self, value: float, spacing: float) -> str:
        local = datetime.fromtimestamp(value, UTC).astimezone(self.zone)
        if spacing >= 86400 or (local.hour == 0 and local.minute == 0):
            return f"{local.day:02d}.{local.month:02d}."
        return f"{local:%H:%M}"


class _ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """Durations at steps a clock has."""

    def __init__(self, ui: Ui) -> None:
        super().__init__("left")
        self._ui = ui
        self.precise = False
        self.enableAutoSIPrefix(enable=False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        """One level of ticks, as close as their words allow."""
        wanted = max(2.0, size / (self.style["tickFont"].pixelSize() * 2.6 if self.style["tickFont"] else 40))
        steps = (*_TENTHS_STEPS_S, *_VALUE_STEPS_S) if self.precise else _VALUE_STEPS_S
        step = next((s for s in steps if (maxVal - minVal) / s <= wanted), steps[-1])
        return [(step, [float(v) for v in np.arange(0, maxVal * 0.999, step)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002
        """`0:55`, `12:00`; `4.5 s` where times are short."""
        return [self._ui.say(time_text(value, precise=self.precise)) for value in values]


def _top(values: NDArray[np.float64], target_s: float | None) -> float:
    """The upper end of the scale: above the target, and above what nearly all points reach."""
    reached = float(np.percentile(values, OUTLIER_P, method="inverted_cdf")) if len(values) else 0.0
    return max(reached * SCALE_ROOM, (target_s or 0) * 1.6, 1.0)
