"""Where everything stands on the board: as large as it fits, in as many rows as that takes."""

from msgspec import Struct
from PySide6.QtCore import QRectF

# Millimetres at scale 1: a tile that holds name, state, squares and a note in legible type; a gap that holds a lane.
TILE_MM = (54.0, 38.0)
GAP_MM = 30.0
ARROW_MM = 7.0
ROW_GAP_MM = 5.0
SCALE_MAX = 3.5  # one station alone does not fill a wall
WIDEN_MAX = 1.7  # a tile grows wider than its height asks for only so far
ROW_WORTH = 1.2  # a line is easier to follow in one row: another has to make the type larger by so much


class FlowLayout(Struct, frozen=True):
    """`tiles[i]` is station i; `gaps[i]` the place before it, one more behind the last (None: it stands nowhere)."""

    scale: float
    tiles: tuple[QRectF, ...]
    gaps: tuple[QRectF | None, ...]


def lay_flow(area: QRectF, px_per_mm: float, gaps: tuple[bool, ...], *, foot_mm: float = 0) -> FlowLayout:
    """Place the stations; `gaps[i]`: whether something stands before station i, and one more behind the last.

    `foot_mm` at scale 1 is kept below each row. More rows are taken only where they make the type clearly larger.
    """
    count = len(gaps) - 1
    if count < 1:
        return FlowLayout(1.0, (), (None,) * len(gaps))
    best_rows, best = 1, 0.0
    for rows in range(1, count + 1):
        scale = min(
            max(0.1, area.width() / px_per_mm / max(_row_mm(row, gaps) for row in _rows(count, rows))),
            max(0.1, area.height() / px_per_mm / (rows * (TILE_MM[1] + foot_mm) + (rows - 1) * ROW_GAP_MM)),
        )
        if scale > best * (ROW_WORTH if best else 1):
            best_rows, best = rows, scale
    scale = min(best, SCALE_MAX)
    return _place(area, px_per_mm, gaps, _rows(count, best_rows), scale=scale, foot=foot_mm * px_per_mm * scale)


def _rows(count: int, rows: int) -> list[range]:
    per_row = -(-count // rows)
    return [range(first, min(first + per_row, count)) for first in range(0, count, per_row)]


def _gap_mm(index: int, row: range, gaps: tuple[bool, ...]) -> float:
    """Width of the gap before a station; one at the start of a row needs none unless something stands there."""
    if gaps[index]:
        return GAP_MM
    return 0.0 if index == row.start and index == 0 else ARROW_MM


def _row_mm(row: range, gaps: tuple[bool, ...]) -> float:
    behind = _behind_mm(row, gaps)
    return sum(TILE_MM[0] + _gap_mm(index, row, gaps) for index in row) + behind


def _behind_mm(row: range, gaps: tuple[bool, ...]) -> float:
    """Behind the last station stands its store; the next row begins with an arrow that says it goes on."""
    return GAP_MM if gaps[-1] and row.stop == len(gaps) - 1 else 0.0


def _place(
    area: QRectF, px_per_mm: float, gaps: tuple[bool, ...], rows: list[range], *, scale: float, foot: float
) -> FlowLayout:
    unit = px_per_mm * scale
    between = ROW_GAP_MM * unit + foot
    height = (area.height() - foot - between * (len(rows) - 1)) / len(rows)
    widest = max(_row_mm(row, gaps) for row in rows) * unit
    stretch = min(WIDEN_MAX, area.width() / widest)
    left = area.left() + (area.width() - widest * stretch) / 2
    tiles: list[QRectF] = []
    places: list[QRectF | None] = []
    for number, row in enumerate(rows):
        x, y = left, area.top() + number * (height + between)
        for index in row:
            gap = _gap_mm(index, row, gaps) * unit * stretch
            places.append(QRectF(x, y, gap, height) if gap else None)
            tiles.append(QRectF(x + gap, y, TILE_MM[0] * unit * stretch, height))
            x = tiles[-1].right()
        if row.stop == len(gaps) - 1:
            gap = _behind_mm(row, gaps) * unit * stretch
            places.append(QRectF(x, y, gap, height) if gap else None)
    return FlowLayout(scale, tuple(tiles), tuple(places))
