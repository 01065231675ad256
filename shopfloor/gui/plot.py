"""The one file around pyqtgraph: durations over local time, without a mouse.

Importing it costs a third of a second: pages do so when they are first shown.
"""

import math
from datetime import UTC, datetime, timedelta, tzinfo

import numpy as np
import pyqtgraph as pg
from msgspec import Struct
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from shopfloor.core.moment import US_PER_S
from shopfloor.gui.clocks import duration
from shopfloor.gui.points import Floats
from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

# Above this the points of a plot are its line: symbols would cover each other and take longer than a frame.
SYMBOLS_MAX = 600
SCALE_ROOM = 1.25  # of the highest line that is drawn, so that points on it are not at the edge
NAMES_SHARE = 0.13  # of the width, at the right, for the names of the levels
OUTLIER_P = 98  # the scale reaches what nearly all points reach; what lies above is drawn at its edge, and counted

_TIME_STEPS_S = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 604800, 2592000)
_VALUE_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400, 604800)


class Level(Struct, frozen=True):
    """A horizontal line: its value, its short name at the right, how it is dashed; a strong one is the target."""

    name: str
    value_s: float
    dash: tuple[float, ...] = ()
    strong: bool = False


class TimePlot(pg.PlotWidget):  # type: ignore[misc]
    """Points as a line with symbols, and levels. The scale begins at 0; nothing can be dragged or zoomed.

    Attributes:
        above: how many points lie above the scale and are drawn at its edge.
    """

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        self._ui = ui
        self._times = _TimeAxis()
        self._values = _ValueAxis()
        super().__init__(parent, axisItems={"bottom": self._times, "left": self._values})
        self.above = 0
        self._levels: list[pg.InfiniteLine] = []
        self._names: list[tuple[pg.TextItem, float]] = []
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

    def show_points(self, at_s: Floats, value_s: Floats, *, target_s: float | None, span: tuple[int, int]) -> None:
        """Draw these points over this span of instants (µs); those above the target have another shape."""
        top_s = _top(value_s, target_s)
        self.above = int(np.count_nonzero(value_s > top_s))
        shown = np.minimum(value_s, top_s * 0.985)
        self.setYRange(0, top_s, padding=0)
        first_s, last_s = span[0] / US_PER_S, span[1] / US_PER_S
        # Room at the right for the names of the levels.
        self.setXRange(first_s, last_s + (last_s - first_s) * NAMES_SHARE, padding=0)
        self._line.setData(at_s, shown)
        late = value_s > (target_s if target_s is not None else math.inf)
        late |= value_s > top_s
        few = len(at_s) <= SYMBOLS_MAX
        for item, chosen, look in ((self._within, ~late, self._dots), (self._late, late, self._marks)):
            some = chosen if few else np.zeros(len(late), dtype=bool)
            item.setData(at_s[some], shown[some], **look)
        self._name_levels(last_s + (last_s - first_s) * 0.005, top_s)

    def show_levels(self, levels: tuple[Level, ...]) -> None:
        """Draw these lines with their names at the right; call it before `show_points`."""
        for item in (*self._levels, *(name for name, _ in self._names)):
            self.removeItem(item)
        look = self._ui.theme.palette
        self._levels, self._names = [], []
        for level in levels:
            colour = look.ink if level.strong else look.soft
            pen = pg.mkPen(colour, width=2 if level.strong else 1, dash=level.dash or None)
            line = pg.InfiniteLine(level.value_s, angle=0, pen=pen)
            name = pg.TextItem(level.name, color=colour, anchor=(0, 0.5), fill=pg.mkBrush(look.panel))
            name.setFont(self._ui.theme.font(Size.NOTE, Weight.SEMIBOLD, ratio=0.9))
            self.addItem(line, ignoreBounds=True)
            self.addItem(name, ignoreBounds=True)
            self._levels.append(line)
            self._names.append((name, level.value_s))

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
        return [float(name.pos().y()) for name, _ in self._names]

    def _name_levels(self, at_s: float, top_s: float) -> None:
        """Write the names of the levels one above the other, each as near to its line as the others let it."""
        height = self._ui.theme.type_px(Size.NOTE) * 1.1
        step_s = top_s * height / max(1.0, self.getPlotItem().getViewBox().height())
        lowest_s = 0.0
        for name, value_s in sorted(self._names, key=lambda pair: pair[1]):
            lowest_s = max(value_s, lowest_s)
            name.setPos(at_s, lowest_s)
            lowest_s += step_s


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

    def __init__(self) -> None:
        super().__init__("left")
        self.enableAutoSIPrefix(enable=False)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        """One level of ticks, as close as their words allow."""
        wanted = max(2.0, size / (self.style["tickFont"].pixelSize() * 2.6 if self.style["tickFont"] else 40))
        step = next((s for s in _VALUE_STEPS_S if (maxVal - minVal) / s <= wanted), _VALUE_STEPS_S[-1])
        return [(step, [float(v) for v in np.arange(0, maxVal * 0.999, step)])]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: ARG002
        """`0:55`, `12:00`."""
        return [duration(round(value * US_PER_S)) for value in values]


def _top(values: NDArray[np.float64], target_s: float | None) -> float:
    """The upper end of the scale: above the target, and above what nearly all points reach."""
    reached = float(np.percentile(values, OUTLIER_P, method="inverted_cdf")) if len(values) else 0.0
    return max(reached * SCALE_ROOM, (target_s or 0) * 1.6, 1.0)
