"""Horizontal lines of a plot with their names: made once, moved afterwards, no name upon another."""

from collections.abc import Sequence

import pyqtgraph as pg
from msgspec import Struct
from PySide6.QtGui import QFont, QFontMetricsF

from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

SAME_PX = 3.0  # lines that are nearer than this are one line to the eye, and have one name
ROOM_MM = 2.0  # beside a name
HEIGHT = 1.2  # of a name, in type sizes


class Level(Struct, frozen=True):
    """A horizontal line: its value, its short name at the right, how it is dashed; a strong one is the target."""

    name: str
    value_s: float
    dash: tuple[float, ...] = ()
    strong: bool = False


class LevelLines:
    """The levels of one plot. Items are kept and moved: making them anew took half of the time of a redraw."""

    def __init__(self, plot: pg.PlotWidget, ui: Ui) -> None:
        self._plot, self._ui = plot, ui
        self._levels: tuple[Level, ...] = ()
        self._lines: list[pg.InfiniteLine] = []
        self._names: list[pg.TextItem] = []
        self._places: tuple[float, ...] = ()

    def show(self, levels: Sequence[Level]) -> None:
        """Draw these lines; `place` puts their names."""
        if tuple(levels) == self._levels:
            return
        self._levels = tuple(levels)
        look = self._ui.theme.palette
        while len(self._lines) < len(levels):
            self._lines.append(pg.InfiniteLine(0, angle=0))
            self._plot.addItem(self._lines[-1], ignoreBounds=True)
        for at, line in enumerate(self._lines):
            line.setVisible(at < len(levels))
        for line, level in zip(self._lines, levels, strict=False):
            colour = look.ink if level.strong else look.soft
            line.setPen(pg.mkPen(colour, width=2 if level.strong else 1, dash=level.dash or None))
            line.setValue(level.value_s)

    def dress(self) -> None:
        """Take colours and sizes from the theme in force."""
        levels, self._levels = self._levels, ()
        self.show(levels)

    def name_room_px(self, s_per_px: float) -> float:
        """Pixels the widest name needs."""
        metrics = QFontMetricsF(self._font())
        widths = [metrics.horizontalAdvance(words) for words, _, _ in self._merged(s_per_px)]
        return max(widths, default=0.0) + 2 * self._ui.theme.mm(ROOM_MM)

    def place(self, at_s: float, top_s: float, s_per_px: float) -> None:
        """Write the names at this instant, each as near to its line as the others let it."""
        merged = self._merged(s_per_px)
        step_s = self._ui.theme.type_px(Size.NOTE) * HEIGHT * s_per_px
        self._places = spread([value_s for _, value_s, _ in merged], step_s, top_s)
        look, font = self._ui.theme.palette, self._font()
        while len(self._names) < len(merged):
            self._names.append(pg.TextItem("", anchor=(0, 0.5)))
            self._plot.addItem(self._names[-1], ignoreBounds=True)
        for at, name in enumerate(self._names):
            name.setVisible(at < len(merged))
        for name, (words, _, strong), y in zip(self._names, merged, self._places, strict=False):
            dress = (words, look.ink if strong else look.soft, look.panel, font)
            if getattr(name, "dress", None) != dress:
                name.dress = dress
                name.fill = pg.mkBrush(look.panel)
                name.setFont(font)
                name.setText(words, color=dress[1])
            name.setPos(at_s, y)

    def tops(self, most_s: float) -> float:
        """The highest level that is not above `most_s`."""
        return max((level.value_s for level in self._levels if level.value_s <= most_s), default=0.0)

    def places(self) -> list[float]:
        """Where the names stand, as values."""
        return list(self._places)

    def words(self) -> list[str]:
        """The names that are shown."""
        return [name.toPlainText() for name in self._names if name.isVisible()]

    def _font(self) -> QFont:
        return self._ui.theme.font(Size.NOTE, Weight.SEMIBOLD, ratio=0.9)

    def _merged(self, s_per_px: float) -> list[tuple[str, float, bool]]:
        """(name, value, strong), lowest first; lines that fall together have one name."""
        found: list[tuple[str, float, bool]] = []
        for level in sorted(self._levels, key=lambda level: level.value_s):
            if found and level.value_s - found[-1][1] < SAME_PX * s_per_px:
                words, value_s, strong = found[-1]
                found[-1] = (f"{words} · {level.name}", value_s, strong or level.strong)
            else:
                found.append((level.name, level.value_s, level.strong))
        return found


def spread(values: Sequence[float], step: float, top: float) -> tuple[float, ...]:
    """Places for names of these ascending values, `step` apart at least, each group in the middle of its values."""
    groups: list[list[float]] = []
    for value in values:
        groups.append([value])
        while len(groups) > 1 and _low(groups[-1], step, top) < _high(groups[-2], step, top):
            last = groups.pop()
            groups[-1] += last
    return tuple(_low(group, step, top) + step * (at + 0.5) for group in groups for at in range(len(group)))


def _low(group: Sequence[float], step: float, top: float) -> float:
    """The lower edge of a group, which stays within 0 and `top`."""
    high = step * len(group)
    return max(0.0, min(sum(group) / len(group) - high / 2, top - high))


def _high(group: Sequence[float], step: float, top: float) -> float:
    return _low(group, step, top) + step * len(group)
