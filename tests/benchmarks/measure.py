"""Measuring screens: painting into a picture, and the spread of what it took."""

import time
from collections.abc import Callable

from PySide6.QtCore import QRect
from PySide6.QtGui import QImage, QPainter, QRegion
from PySide6.QtWidgets import QWidget

from shopfloor.gui.theme import LIGHT, Theme, px_per_mm, scale_for

SIZE = (1920, 1080)


def paint(widget: QWidget, image: QImage, rect: QRect) -> None:
    """Paint a part of a widget, as an update of that part does."""
    painter = QPainter(image)
    try:
        widget.render(painter, rect.topLeft(), QRegion(rect), QWidget.RenderFlag.DrawChildren)
    finally:
        painter.end()


def theme() -> Theme:
    """The theme of a window of that size."""
    px = px_per_mm(None)
    return Theme(LIGHT, px, scale=scale_for(*SIZE, px))


def times(count: int, work: Callable[[], object]) -> list[float]:
    """Seconds of each run, shortest first; one run before is not counted."""
    work()
    found = []
    for _ in range(count):
        began_s = time.perf_counter()
        work()
        found.append(time.perf_counter() - began_s)
    return sorted(found)


def at(sorted_s: list[float], percent: int) -> float:
    """The percentile by nearest rank."""
    return sorted_s[-(-percent * len(sorted_s) // 100) - 1]


def spread(sorted_s: list[float]) -> str:
    """Median and 95 % in words."""
    return f"p50 {at(sorted_s, 50) * 1000:.1f} ms, p95 {at(sorted_s, 95) * 1000:.1f} ms"
