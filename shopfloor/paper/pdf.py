"""Pages to PDF: the one file outside the screens that knows Qt, because Qt brings the PDF writer and the fonts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import assert_never

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QPageLayout,
    QPageSize,
    QPainter,
    QPainterPath,
    QPdfWriter,
    QPen,
    QPolygonF,
)

from shopfloor.paper.sheet import Align, Box, Code, Face, Mark, Page, Shape, Words
from shopfloor.paper.wrap import wrapped
from shopfloor.trouble import Trouble

_DPI = 1200
_DOTS = _DPI / 25.4  # a millimetre
_CAPITAL = 0.698  # height of capitals of IBM Plex, in em
_LINE = 1.75  # distance of two base lines, in heights of capitals
_SHRINK = 0.94
_FAMILIES = {Face.WORDS: "IBM Plex Sans", Face.CODE: "IBM Plex Mono"}


def write_pdf(pages: Sequence[Page], out: Path, *, title: str) -> None:
    """Write A4 pages. Raises Trouble if the file cannot be written; a file that was there is kept then."""
    data = render_pdf(pages, title=title)
    draft = out.with_name(out.name + ".part")
    try:
        draft.write_bytes(data)
        draft.replace(out)
    except OSError as error:
        raise Trouble(
            f"{out} cannot be written: {error.strerror or error}.", remedy="Choose another folder, or close the file."
        ) from error


def render_pdf(pages: Sequence[Page], *, title: str) -> bytes:
    """The PDF of some pages, at least one."""
    with _application():
        _load_fonts()
        store = QByteArray()
        buffer = QBuffer(store)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        writer = QPdfWriter(buffer)
        writer.setResolution(_DPI)
        writer.setTitle(title)
        writer.setCreator("Shopfloor")
        layout = QPageLayout(
            QPageSize(QPageSize.PageSizeId.A4), QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0)
        )
        layout.setMode(QPageLayout.Mode.FullPageMode)
        writer.setPageLayout(layout)
        painter = QPainter(writer)
        try:
            for index, page in enumerate(pages):
                if index:
                    writer.newPage()
                for mark in page.marks:
                    _draw(painter, mark)
        finally:
            painter.end()
        buffer.close()
        return bytes(store.data())


@contextmanager
def _application() -> Iterator[None]:
    """Qt's fonts need an application; where there is none, one without a display lives as long as the printing."""
    if QGuiApplication.instance() is not None:
        yield
        return
    application = QGuiApplication(["shopfloor", "-platform", "offscreen"])
    try:
        yield
    finally:
        application.shutdown()


def _load_fonts() -> None:
    if not set(_FAMILIES.values()) <= set(QFontDatabase.families()):
        # The screens' fonts, found as files: paper may not know the screens.
        for font in (resources.files("shopfloor") / "gui" / "assets" / "fonts").iterdir():
            if font.name.endswith(".ttf"):
                QFontDatabase.addApplicationFontFromData(font.read_bytes())


def _draw(painter: QPainter, mark: Mark) -> None:
    match mark:
        case Box():
            painter.fillRect(_rect(mark.x, mark.y, mark.width, mark.height), QColor(mark.colour))
        case Shape():
            _draw_shape(painter, mark)
        case Words():
            _draw_words(painter, mark)
        case Code():
            _draw_code(painter, mark)
        case _:
            assert_never(mark)


def _draw_shape(painter: QPainter, shape: Shape) -> None:
    polygon = QPolygonF([QPointF(x * _DOTS, y * _DOTS) for x, y in shape.points])
    pen = QPen(Qt.GlobalColor.black, shape.outline_mm * _DOTS) if shape.outline_mm else QPen(Qt.PenStyle.NoPen)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(QColor(shape.colour))
    painter.drawPolygon(polygon)


def _draw_code(painter: QPainter, code: Code) -> None:
    # One path, filled once: single rectangles leave hairlines between them when a viewer smooths edges.
    module = code.side / code.symbol.side
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for x, y, width, height in code.symbol.rectangles:
        path.addRect(_rect(code.x + x * module, code.y + y * module, width * module, height * module))
    painter.fillPath(path, QColor(Qt.GlobalColor.black))


def _draw_words(painter: QPainter, words: Words) -> None:
    if not words.text:
        return
    font, lines = _fitted(words)
    metrics = QFontMetricsF(font)
    capital = font.pixelSize() * _CAPITAL
    step = capital * _LINE
    above = 0.0 if words.top else words.height * _DOTS / 2 - (step * (len(lines) - 1) + capital) / 2
    baseline = words.y * _DOTS + above + capital
    painter.setFont(font)
    painter.setPen(QColor(words.colour))
    for line in lines:
        room = words.width * _DOTS - metrics.horizontalAdvance(line)
        indent = {Align.LEFT: 0.0, Align.CENTRE: room / 2, Align.RIGHT: room}[words.align]
        painter.drawText(QPointF(words.x * _DOTS + indent, baseline), line)
        baseline += step


def _fitted(words: Words) -> tuple[QFont, list[str]]:
    """The largest font in which the text fits its box, and its lines; at the smallest one the last line is elided."""
    width = words.width * _DOTS
    text = words.text if words.face is Face.CODE else " ".join(words.text.split())
    size = words.size_mm
    while True:
        font = _font(words, size)
        metrics = QFontMetricsF(font)
        room = max(1, min(words.lines, int((words.height / size - 1) / _LINE) + 1))
        for count in range(1, room + 1):
            lines = wrapped(text, width, lines=count, measure=metrics.horizontalAdvance)
            if lines is not None:
                return font, lines
        if size <= words.size_mm_min:
            return font, _elided(text, width, lines=room, metrics=metrics)
        size = max(words.size_mm_min, size * _SHRINK)


def _elided(text: str, width: float, *, lines: int, metrics: QFontMetricsF) -> list[str]:
    done: list[str] = []
    rest = text
    for _ in range(lines - 1):
        line = _longest_start(rest, width, metrics)
        done.append(line)
        rest = rest[len(line) :].lstrip()
    return [*done, metrics.elidedText(rest, Qt.TextElideMode.ElideRight, width)]


def _longest_start(text: str, width: float, metrics: QFontMetricsF) -> str:
    ends = [index for index, char in enumerate(text) if char == " "]
    fitting = [end for end in ends if metrics.horizontalAdvance(text[:end]) <= width]
    if fitting:
        return text[: fitting[-1]]
    end = len(text)
    while end > 1 and metrics.horizontalAdvance(text[:end]) > width:
        end -= 1
    return text[:end]


def _font(words: Words, size_mm: float) -> QFont:
    font = QFont(_FAMILIES[words.face])
    font.setStyleHint(QFont.StyleHint.Monospace if words.face is Face.CODE else QFont.StyleHint.SansSerif)
    font.setPixelSize(max(1, round(size_mm / _CAPITAL * _DOTS)))
    bold = QFont.Weight.DemiBold if words.face is Face.CODE else QFont.Weight.Bold
    font.setWeight(bold if words.bold else QFont.Weight.Normal)
    return font


def _rect(x: float, y: float, width: float, height: float) -> QRectF:
    return QRectF(x * _DOTS, y * _DOTS, width * _DOTS, height * _DOTS)
