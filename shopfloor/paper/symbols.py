"""Bar codes as rectangles, counted in modules: any page, screen or label can draw them."""

from collections.abc import Sequence
from itertools import groupby
from typing import assert_never

import segno
from msgspec import Struct

from shopfloor.core.line import CodeType
from shopfloor.trouble import Trouble

QUIET_MODULES = 4  # what the standard asks for around a QR code
QUIET_DATA_MATRIX = 2  # twice what its standard asks for: cuts wander
QUIET_CODE_128 = 10  # left and right; it needs none above and below
MODULE_MM_MIN = 0.5  # what a worn card and a cheap scanner still read at arm's length

_DARK = bytes([1, *[0] * 255])  # a pixel of zxing-cpp is 0 where it is dark


class Symbol(Struct, frozen=True):
    """A bar code of `columns` × `rows` modules with its quiet zone, and its dark rectangles (x, y, width, height)."""

    text: str
    columns: int
    rows: int
    rectangles: tuple[tuple[int, int, int, int], ...]


def symbol_of(code: CodeType, text: str, *, width_mm: float) -> Symbol:
    """A bar code of the kind asked for. Raises ValueError if its modules would be under 0.5 mm in `width_mm`.

    Data Matrix and Code 128 are written by zxing-cpp; Trouble names what to install where it is missing.
    """
    match code:
        case CodeType.QR:
            return qr(text, side_mm=width_mm)
        case CodeType.DATA_MATRIX:
            return _fitting(_data_matrix(text), width_mm)
        case CodeType.CODE_128:
            return _fitting(_code_128(text), width_mm)
        case _:
            assert_never(code)


def qr(text: str, *, side_mm: float) -> Symbol:
    """The QR code of a text at error level Q; less only if its modules would be under 0.5 mm in `side_mm`.

    Raises ValueError if it does not fit even then.
    """
    for level in "qml":
        code = segno.make_qr(text, error=level, boost_error=False)
        symbol = _symbol(text, code.matrix, across=QUIET_MODULES, down=QUIET_MODULES)
        if side_mm / symbol.columns >= MODULE_MM_MIN:
            return symbol
    raise _too_long(text, side_mm)


def _data_matrix(text: str) -> Symbol:
    return _symbol(text, _written(text, "DataMatrix"), across=QUIET_DATA_MATRIX, down=QUIET_DATA_MATRIX)


def _code_128(text: str) -> Symbol:
    return _symbol(text, _written(text, "Code128")[:1], across=QUIET_CODE_128, down=0)


def _written(text: str, name: str) -> list[bytes]:
    """The modules of a code, row by row, 1 for dark; every row of a linear code is the same."""
    try:
        import zxingcpp
    except ImportError as error:
        raise Trouble(
            "Data Matrix and Code 128 need the library zxing-cpp, which is not installed.",
            remedy="Install it in the checkout: pip install '.[cards]', or print QR codes.",
        ) from error
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat[name])
    image = code.to_image(scale=1, add_quiet_zones=False)
    rows, columns = image.shape
    data = bytes(memoryview(image)).translate(_DARK)
    return [data[row * columns : (row + 1) * columns] for row in range(rows)]


def _symbol(text: str, matrix: Sequence[Sequence[int]], *, across: int, down: int) -> Symbol:
    rectangles = ((x + across, y + down, width, height) for x, y, width, height in _rectangles(matrix))
    return Symbol(text, len(matrix[0]) + 2 * across, len(matrix) + 2 * down, tuple(rectangles))


def _fitting(symbol: Symbol, width_mm: float) -> Symbol:
    if width_mm / symbol.columns < MODULE_MM_MIN:
        raise _too_long(symbol.text, width_mm)
    return symbol


def _too_long(text: str, width_mm: float) -> ValueError:
    return ValueError(f"expected a text that fits {width_mm:g} mm, got {len(text)} characters")


def _rectangles(matrix: Sequence[Sequence[int]]) -> list[tuple[int, int, int, int]]:
    """Runs of dark modules of a row, equal runs below each other joined."""
    done: list[tuple[int, int, int, int]] = []
    growing: dict[tuple[int, int], int] = {}
    for y, row in enumerate([*matrix, [0] * len(matrix[0])]):
        runs = set()
        x = 0
        for dark, group in groupby(row, bool):
            width = len(list(group))
            if dark:
                runs.add((x, width))
            x += width
        for run in [run for run in growing if run not in runs]:
            top = growing.pop(run)
            done.append((run[0], top, run[1], y - top))
        for run in runs:
            growing.setdefault(run, y)
    return sorted(done, key=lambda rectangle: (rectangle[1], rectangle[0]))
