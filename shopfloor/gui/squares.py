"""Places of a limit as squares: taken, free, and taken beyond the limit."""

from msgspec import Struct
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPen

from shopfloor.gui.ink import Ink

SQUARE_MM_MAX = 6.5
SQUARE_MM_MIN = 2.0
PLACES_MAX = 40  # beyond that the number beside says it better


class Places(Struct, frozen=True):
    """`taken` of `limit` places, None for no limit; `marked` of the taken ones are blocked or over the limit."""

    taken: int
    limit: int | None
    marked: int = 0


def squares_width(ink: Ink, places: Places, height: float, width: float) -> float:
    """How wide the squares get in this room."""
    count, side, step, rows = _grid(ink, places, height, width)
    return step * -(-count // rows) if side else 0.0


def paint_squares(ink: Ink, rect: QRectF, places: Places, *, colour: str = "", at_right: bool = False) -> None:
    """Squares in as many rows as they need; taken ones filled, free ones outlined."""
    count, side, step, rows = _grid(ink, places, rect.height(), rect.width())
    across = -(-count // rows)
    top = rect.top() + (rect.height() - step * rows + (step - side)) / 2
    start = rect.right() - step * across if at_right else rect.left()
    edge = max(1.0, min(ink.theme.mm(0.5), side / 7))
    half = edge / 2
    squares = [
        QRectF(start + (at % across) * step + half, top + (at // across) * step + half, side - edge, side - edge)
        for at in range(count)
    ]
    limit = count if places.limit is None else places.limit
    kinds = (
        (squares[: min(places.taken, limit)], Qt.BrushStyle.SolidPattern),
        (squares[limit : places.taken], Qt.BrushStyle.BDiagPattern),
        (squares[places.taken :], Qt.BrushStyle.NoBrush),
    )
    paint = QColor(colour or ink.look.ink)
    ink.painter.setPen(QPen(paint, edge))
    for some, pattern in kinds:
        if some:
            ink.painter.setBrush(QBrush(paint, pattern))
            ink.painter.drawRects(some)


def _grid(ink: Ink, places: Places, height: float, width: float) -> tuple[int, float, float, int]:
    """(how many, side, step, rows): the largest squares that fit."""
    count = max(places.taken, places.limit or 0)
    if not 0 < count <= PLACES_MAX:
        return 0, 0.0, 0.0, 1
    least, most = float(ink.theme.mm(SQUARE_MM_MIN)), float(ink.theme.mm(SQUARE_MM_MAX))
    best = (0.0, 1)
    for rows in range(1, count + 1):
        step = min(height / rows, width / -(-count // rows), most * 1.25)
        best = max(best, (step, -rows))
        if step * rows > height:
            break
    step, rows = best[0], abs(best[1])
    if step * 0.8 < least:
        return 0, 0.0, 0.0, 1
    return count, step * 0.8, step, rows
