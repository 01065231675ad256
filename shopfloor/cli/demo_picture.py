"""One picture of a line of several terminals: the board, and the stations' windows below it."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QWidget

from shopfloor.trouble import Trouble

WIDTH = 1600
COLUMNS = 2
GAP = 8


def save_line(board: QWidget, stations: Sequence[QWidget], path: Path) -> None:
    """Write it. Raises Trouble."""
    above = _scaled(board, WIDTH)
    below = [_scaled(station, (WIDTH - GAP * (COLUMNS - 1)) // COLUMNS) for station in stations]
    rows = [below[first : first + COLUMNS] for first in range(0, len(below), COLUMNS)]
    height = above.height() + sum(GAP + max(picture.height() for picture in row) for row in rows)
    whole = QPixmap(WIDTH, height)
    whole.fill(Qt.GlobalColor.gray)
    painter = QPainter(whole)
    painter.drawPixmap(0, 0, above)
    top = above.height() + GAP
    for row in rows:
        for column, picture in enumerate(row):
            painter.drawPixmap(column * (picture.width() + GAP), top, picture)
        top += max(picture.height() for picture in row) + GAP
    painter.end()
    if not whole.save(str(path)):
        raise Trouble(f"The picture {path} cannot be written.", remedy="Check the folder and the disk.")


def _scaled(window: QWidget, width: int) -> QPixmap:
    return window.grab().scaledToWidth(width, Qt.TransformationMode.SmoothTransformation)
