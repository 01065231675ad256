"""Painting with the theme: text that fits or says that it does not, fields, bars and squares."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QWidget

from shopfloor.gui.icons import Icon, draw_icon
from shopfloor.gui.theme import DISTANCE_PER_CAP, Size, Theme, Weight
from shopfloor.gui.ui import Ui

MAY_BREAK = "\u200b"  # in a word: a line may end here
SHRINK_MIN = 0.7  # smaller than this beside its neighbours a text looks like a mistake
LEAST_PER_CAP = 200.0  # and no capital is lower than viewing distance / 200
SHRINK_STEP = 0.04
ELLIPSIS = "…"
# A name of two may go on below behind its hyphen; a number of a card or a part may not.
_HYPHEN = re.compile(r"(?<=[^\W\d_]{3}-)(?=[^\W\d_]{3})")
_CACHE_MAX = 2000  # texts laid out; clocks change each second, so it is emptied rather than grown


class Side(Enum):
    """Where a text stands in its rectangle; always in the middle of its height unless told."""

    LEFT = "left"
    MIDDLE = "middle"
    RIGHT = "right"


class _Laid(Struct, frozen=True):
    font: QFont
    lines: tuple[str, ...]
    clipped: bool
    widths: tuple[float, ...]
    ascent: float
    height: float


_cache: dict[tuple[str, int, int, int, int, float], _Laid] = {}
_widths: dict[tuple[str, int], float] = {}


class Ink:
    """A painter that knows the theme. Use it in `paintEvent`: `with ink_on(self, ui) as ink:`."""

    def __init__(self, painter: QPainter, ui: Ui, where: str = "", bounds: QRectF | None = None) -> None:
        self.painter = painter
        self.ui = ui
        self.theme: Theme = ui.theme
        self.look = ui.theme.palette
        self._where = where
        self._bounds = bounds

    @classmethod
    def measuring(cls, ui: Ui) -> "Ink":
        """An ink that only measures."""
        return cls(QPainter(), ui)

    def text(
        self,
        rect: QRectF,
        words: str,
        *,
        size: Size = Size.BODY,
        weight: Weight = Weight.REGULAR,
        colour: str | None = None,
        side: Side = Side.LEFT,
        lines: int = 1,
        top: bool = False,
        mono: bool = False,
        may_cut: bool = False,
    ) -> float:
        """Write into the rectangle, at most `lines` lines; smaller, then cut and reported if it does not fit.

        `may_cut`: names from the line file, whose length nobody bounds. Answers the width that was used.
        """
        if not words:
            return 0.0
        laid = self._lay(words, rect, self.theme.font(size, weight, mono=mono), lines, least_ratio(size))
        if (laid.clipped and not may_cut) or (self._bounds is not None and not self._bounds.contains(rect)):
            self.ui.report_clipped(self._where, words)
        height = laid.height * len(laid.lines)
        y = rect.top() if top else rect.top() + (rect.height() - height) / 2
        self.painter.setFont(laid.font)
        self.painter.setPen(QColor(colour or self.look.ink))
        widest = 0.0
        for line, width in zip(laid.lines, laid.widths, strict=True):
            widest = max(widest, width)
            x = rect.left()
            if side is not Side.LEFT:
                x += (rect.width() - width) / (1 if side is Side.RIGHT else 2)
            self.painter.drawText(QPointF(x, y + laid.ascent), line)
            y += laid.height
        return widest

    def fits(self, rect: QRectF, words: str, *, weight: Weight = Weight.REGULAR, lines: int = 1) -> bool:
        """Whether a text of body size fits into the rectangle without a cut."""
        font = self.theme.font(Size.BODY, weight)
        return not self._lay(words, rect, font, lines, least_ratio(Size.BODY)).clipped

    def width(self, words: str, size: Size = Size.BODY, weight: Weight = Weight.REGULAR) -> float:
        """How wide a text is on one line."""
        font = self.theme.font(size, weight)
        key = (words, font.pixelSize() * 1000 + font.weight())
        found = _widths.get(key)
        if found is None:
            if len(_widths) >= _CACHE_MAX:
                _widths.clear()
            found = _widths[key] = QFontMetricsF(font).horizontalAdvance(words)
        return found

    def height_of(self, words: str, width: float, size: Size = Size.BODY, weight: Weight = Weight.REGULAR) -> float:
        """How high a text is, broken to a width."""
        metrics = QFontMetricsF(self.theme.font(size, weight))
        return metrics.height() * len(_break(words, width, metrics))

    def line_height(self, size: Size = Size.BODY) -> float:
        """How high a line of this size is."""
        return QFontMetricsF(self.theme.font(size)).height()

    def icon(self, rect: QRectF, icon: Icon, colour: str | None = None) -> None:
        """Draw a shape."""
        draw_icon(self.painter, rect, icon, colour or self.look.ink)

    def field(
        self,
        rect: QRectF,
        fill: str,
        *,
        edge: str = "",
        edge_mm: float = 0.25,
        radius_mm: float = 1.2,
        dashed: bool = False,
    ) -> None:
        """A filled field with round corners; a dashed edge says that its source is lost."""
        painter = self.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        radius = self.theme.mm(radius_mm) if radius_mm else 0
        width = self.theme.mm(edge_mm) if edge else 0
        painter.setPen(Qt.PenStyle.NoPen)
        if edge:
            pen = QPen(QColor(edge), width)
            if dashed:
                pen.setDashPattern([3, 2.5])
            painter.setPen(pen)
        painter.setBrush(QColor(fill) if fill else Qt.BrushStyle.NoBrush)
        half = width / 2
        painter.drawRoundedRect(rect.adjusted(half, half, -half, -half), radius, radius)

    def hair(self, x1: float, y1: float, x2: float, y2: float, colour: str | None = None) -> None:
        """A hairline."""
        self.painter.setPen(QPen(QColor(colour or self.look.edge), self.theme.mm(0.25)))
        self.painter.drawLine(QPointF(x1, y1), QPointF(x2, y2))

    def _lay(self, words: str, rect: QRectF, font: QFont, lines: int, least: float) -> _Laid:
        style = font.pixelSize() * 1000 + font.weight()
        key = (words, int(rect.width()), int(rect.height()), style, lines, least)
        laid = _cache.get(key)
        if laid is None:
            if len(_cache) >= _CACHE_MAX:
                _cache.clear()
            laid = _cache[key] = lay_out(words, rect.width(), rect.height(), font, lines, least)
        return laid


@contextmanager
def ink_on(widget: QWidget, ui: Ui) -> Iterator[Ink]:
    """An Ink on a widget, ended properly."""
    painter = QPainter(widget)
    try:
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        yield Ink(painter, ui, type(widget).__name__, QRectF(widget.rect()).adjusted(-1, -1, 1, 1))
    finally:
        painter.end()


def least_ratio(size: Size) -> float:
    """How much smaller than its size a text may be set."""
    return max(SHRINK_MIN, min(1.0, DISTANCE_PER_CAP[size] / LEAST_PER_CAP))


def lay_out(words: str, width: float, height: float, font: QFont, lines: int, least: float) -> _Laid:
    """The largest font and the line breaks with which the words fit; else what fits of them, marked as clipped."""
    ratio = 1.0
    smaller, broken = font, [words]
    while ratio >= least - SHRINK_STEP / 2:
        ratio = max(ratio, least)  # the last step is as small as it may be, not the one before
        smaller = QFont(font)
        smaller.setPixelSize(max(1, round(font.pixelSize() * ratio)))
        metrics = QFontMetricsF(smaller)
        # A line may lean out of its rectangle by the leading: what is above capitals and below descenders is empty.
        room = max(1, min(lines, int((height * 1.12) // metrics.height())))
        broken = _break(words, width, metrics)
        if len(broken) <= room and all(metrics.horizontalAdvance(line) <= width + 0.5 for line in broken):
            fits_high = metrics.height() * len(broken) <= height * 1.25
            return _laid(smaller, tuple(broken), clipped=not fits_high)
        ratio -= SHRINK_STEP
    metrics = QFontMetricsF(smaller)
    room = max(1, min(lines, int((height * 1.12) // metrics.height())))
    # A line that is kept may be one word that is too long: it is cut like the last one.
    kept = [*broken[: room - 1], " ".join(broken[room - 1 :])]
    cut = [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in kept if line]
    return _laid(smaller, tuple(cut), clipped=True)


def _laid(font: QFont, lines: tuple[str, ...], *, clipped: bool) -> _Laid:
    metrics = QFontMetricsF(font)
    widths = tuple(metrics.horizontalAdvance(line) for line in lines)
    return _Laid(font, lines, clipped, widths, metrics.ascent(), metrics.height())


def _break(words: str, width: float, metrics: QFontMetricsF) -> list[str]:
    found: list[str] = []
    line = ""
    # Between parts of a word the line may go on below, with nothing between them.
    parts = [(" " if first else "", part) for word in words.split(" ") for first, part in _parts(word)]
    for glue, part in parts:
        longer = f"{line}{glue}{part}" if line else part
        if line and metrics.horizontalAdvance(longer) > width:
            found.append(line)
            line = part
        else:
            line = longer
    return [*found, line]


def _parts(word: str) -> list[tuple[bool, str]]:
    parts = (half for part in word.split(MAY_BREAK) for half in _HYPHEN.split(part))
    return [(not at, part) for at, part in enumerate(parts)]
