"""Pages as ZPL for label printers: the same layout as the PDF, bar codes by the printer's own commands.

Text is data and never markup: every byte of it but letters, digits and blanks is written in hex (`^FH`). The printer's
font 0 is scalable and on every printer; its widths are estimated generously, because only the printer knows them.
"""

from collections.abc import Iterator, Sequence
from typing import assert_never
from unicodedata import east_asian_width

from shopfloor.core.line import CodeType
from shopfloor.paper.sheet import WHITE, Align, Box, Code, Mark, Page, Picture, Shape, Words
from shopfloor.paper.symbols import QUIET_CODE_128, QUIET_DATA_MATRIX, QUIET_MODULES, qr
from shopfloor.paper.wrap import baselines, fitted

DPI = (203, 300)

_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ")
_CAPITAL = 0.7  # height of capitals of font 0, in heights of its cell
_QR_DOTS_MAX = 10  # the largest module every printer knows
_DATA_MATRIX_MODULES = 18  # what a printer may need for the longest code of ours: its encoder need not be the best one
_NARROW = frozenset("fijlrtI.,:;|!'()[]/- ")
_BROAD = frozenset("mwMW@%…→")


def zpl(pages: Sequence[Page], *, dpi: int) -> bytes:
    """One label for each page. Raises ValueError for a page with a photo: label printers get none."""
    return "".join(_label(page, dpi) for page in pages).encode("ascii")


def escaped(text: str) -> str:
    """A text as field data behind `^FH_`: UTF-8, everything but letters, digits and blanks in hex."""
    data = text.encode("utf-8", errors="replace")
    return "".join(chr(byte) if byte in _PLAIN else f"_{byte:02X}" for byte in data)


def _label(page: Page, dpi: int) -> str:
    dots = dpi / 25.4
    head = f"^XA\n^CI28\n^LH0,0\n^PW{round(page.width * dots)}\n^LL{round(page.height * dots)}\n"
    return head + "".join(f"{field}\n" for mark in page.marks for field in _fields(mark, dots)) + "^PQ1\n^XZ\n"


def _fields(mark: Mark, dots: float) -> Iterator[str]:
    match mark:
        case Box():
            yield _box(mark, dots)
        case Shape():
            yield _shape(mark, dots)
        case Words():
            yield from _words(mark, dots)
        case Code():
            yield _code(mark, dots)
        case Picture():
            raise ValueError(f"expected a label without a photo, got {mark.path}")
        case _:
            assert_never(mark)


def _box(box: Box, dots: float) -> str:
    x, y = round(box.x * dots), round(box.y * dots)
    width = max(1, round((box.x + box.width) * dots) - x)
    height = max(1, round((box.y + box.height) * dots) - y)
    colour = "W" if box.colour == WHITE else "B"
    return f"^FO{x},{y}^GB{width},{height},{min(width, height)},{colour}^FS"


def _shape(shape: Shape, dots: float) -> str:
    """A polygon as a bitmap; a white one turns around what it lies on."""
    points = [(x * dots, y * dots) for x, y in shape.points]
    left, top = round(min(x for x, _ in points)), round(min(y for _, y in points))
    width = max(1, round(max(x for x, _ in points)) - left)
    height = max(1, round(max(y for _, y in points)) - top)
    row_bytes = -(-width // 8)
    rows = (_row(points, left, top + row + 0.5, width) for row in range(height))
    data = "".join(f"{row << (row_bytes * 8 - width):0{row_bytes * 2}X}" for row in rows)
    count = row_bytes * height
    turned = "^FR" if shape.colour == WHITE else ""
    return f"^FO{left},{top}{turned}^GFA,{count},{count},{row_bytes},{data}^FS"


def _row(points: Sequence[tuple[float, float]], left: int, y: float, width: int) -> int:
    """The dots of one row of a polygon as bits, the left one highest: inside is between pairs of edges."""
    edges = zip(points, [*points[1:], points[0]], strict=True)
    crossings = sorted(
        x1 + (y - y1) * (x2 - x1) / (y2 - y1) for (x1, y1), (x2, y2) in edges if min(y1, y2) <= y < max(y1, y2)
    )
    bits = 0
    for column in range(width):
        x = left + column + 0.5
        inside = sum(crossing < x for crossing in crossings) % 2
        bits = bits << 1 | inside
    return bits


def _words(words: Words, dots: float) -> Iterator[str]:
    if not words.text:
        return
    size_mm, lines = fitted(words, _width_mm)
    height = round(size_mm / _CAPITAL * dots)
    align = {Align.LEFT: "L", Align.CENTRE: "C", Align.RIGHT: "R"}[words.align]
    turned = "^FR" if words.colour == WHITE else ""
    for line, baseline in zip(lines, baselines(words, size_mm, len(lines)), strict=True):
        place = f"^FT{round(words.x * dots)},{round(baseline * dots)}"
        block = "" if align == "L" else f"^FB{round(words.width * dots)},1,0,{align}"
        yield f"{place}^A0N,{height},{height}{block}{turned}^FH_^FD{escaped(line)}^FS"


def _width_mm(text: str, size_mm: float) -> float:
    return sum(map(_char_width, text)) * size_mm / _CAPITAL


def _char_width(char: str) -> float:
    """Of a character of font 0, in heights of its cell: rather too wide than over the edge."""
    if char in _NARROW:
        return 0.36
    if char in _BROAD or east_asian_width(char) in {"W", "F"}:
        return 1.0
    return 0.56 if char.islower() or char.isdigit() else 0.68


def _code(code: Code, dots: float) -> str:
    width, data = code.width * dots, escaped(code.text)
    match code.kind:
        case CodeType.QR:
            modules = qr(code.text, side_mm=code.width).columns
            module = min(_QR_DOTS_MAX, _module(width, modules))
            side = module * (modules - 2 * QUIET_MODULES)
            x, y = _middle(code, dots, side, side)
            return f"^FO{x},{y}^BQN,2,{module},Q^FH_^FDQA,{data}^FS"
        case CodeType.DATA_MATRIX:
            module = _module(width, _DATA_MATRIX_MODULES + 2 * QUIET_DATA_MATRIX)
            x, y = _middle(code, dots, module * _DATA_MATRIX_MODULES, module * _DATA_MATRIX_MODULES)
            return f"^FO{x},{y}^BXN,{module},200^FH_^FD{data}^FS"
        case CodeType.CODE_128:
            modules = 11 * (len(code.text) + 2) + 13  # start, check and stop; the printer's set B packs no digits
            module = _module(width, modules + 2 * QUIET_CODE_128)
            x, y = _middle(code, dots, module * modules, round(code.height * dots))
            return f"^FO{x},{y}^BY{module}^BCN,{round(code.height * dots)},N,N,N^FH_^FD{data}^FS"
        case _:
            assert_never(code.kind)


def _module(width: float, modules: int) -> int:
    return int(width / modules + 0.02)  # 203 dpi are 7.992 dots a millimetre, and 7.99 are meant to be 8


def _middle(code: Code, dots: float, width: int, height: int) -> tuple[int, int]:
    return round((code.x + code.width / 2) * dots - width / 2), round((code.y + code.height / 2) * dots - height / 2)
