"""A QR code as rectangles, counted in modules: any page, screen or label can draw it."""

from itertools import groupby

import segno
from msgspec import Struct

QUIET_MODULES = 4  # what the standard asks for around a QR code
MODULE_MM_MIN = 0.5  # what a worn card and a cheap scanner still read at arm's length


class Symbol(Struct, frozen=True):
    """A QR code: `side` modules with the quiet zone, dark rectangles (x, y, width, height) in modules."""

    text: str
    side: int
    rectangles: tuple[tuple[int, int, int, int], ...]


def qr(text: str, *, side_mm: float) -> Symbol:
    """The QR code of a text at error level Q; less only if its modules would be under 0.5 mm in `side_mm`.

    Raises ValueError if it does not fit even then.
    """
    for level in "qml":
        code = segno.make_qr(text, error=level, boost_error=False)
        side = len(code.matrix) + 2 * QUIET_MODULES
        if side_mm / side >= MODULE_MM_MIN:
            return Symbol(text, side, tuple(_rectangles(code.matrix)))
    raise ValueError(f"expected a text that fits {side_mm:g} mm, got {len(text)} characters")


def _rectangles(matrix: tuple[bytearray, ...]) -> list[tuple[int, int, int, int]]:
    """Runs of dark modules of a row, equal runs below each other joined."""
    done: list[tuple[int, int, int, int]] = []
    growing: dict[tuple[int, int], int] = {}
    for y, row in enumerate([*matrix, bytearray(len(matrix))]):
        runs = set()
        x = 0
        for dark, group in groupby(row):
            width = len(list(group))
            if dark:
                runs.add((x, width))
            x += width
        for run in [run for run in growing if run not in runs]:
            top = growing.pop(run)
            done.append((run[0] + QUIET_MODULES, top + QUIET_MODULES, run[1], y - top))
        for run in runs:
            growing.setdefault(run, y)
    return sorted(done, key=lambda rectangle: (rectangle[1], rectangle[0]))
