"""Pages to PDF: the one file outside the screens that knows Qt, because Qt brings the PDF writer and the fonts."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import assert_never

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QImageReader,
    QPageLayout,
    QPageSize,
    QPainter,
    QPainterPath,
    QPdfWriter,
    QPen,
    QPolygonF,
)

from shopfloor.paper.files import write_file
from shopfloor.paper.sheet import Align, Box, Code, Face, Mark, Page, Picture, Shape, Words
from shopfloor.paper.symbols import symbol_of
from shopfloor.paper.wrap import baselines, fitted
from shopfloor.trouble import Trouble

_DPI = 1200
_DOTS = _DPI / 25.4  # a millimetre
_PHOTO_DPI = 300  # what a printer shows of a photo; more only makes the file large
_CAPITAL = 0.698  # height of capitals of IBM Plex, in em
_FAMILIES = {Face.WORDS: "IBM Plex Sans", Face.CODE: "IBM Plex Mono"}


def write_pdf(pages: Sequence[Page], out: Path, *, title: str) -> None:
    """Write pages of any sizes. Raises Trouble if the file cannot be written, or a photo not read.

    A file that was there is kept then.
    """
    write_file(render_pdf(pages, title=title), out)


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
        writer.setPageLayout(_layout(pages[0]))
        painter = QPainter(writer)
        photos: dict[str, QImage] = {}
        try:
            for index, page in enumerate(pages):
                if index:
                    writer.setPageLayout(_layout(page))
                    writer.newPage()
                for mark in page.marks:
                    _draw(painter, mark, photos)
        finally:
            painter.end()
        buffer.close()
        return bytes(store.data())


def _layout(page: Page) -> QPageLayout:
    size = QPageSize(QSizeF(page.width, page.height), QPageSize.Unit.Millimeter)
    # A page that is wider than high is its own format, not a turned one: label printers turn nothing.
    layout = QPageLayout(size, QPageLayout.Orientation.Portrait, QMarginsF(0, 0, 0, 0))
    layout.setMode(QPageLayout.Mode.FullPageMode)
    return layout


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


def _draw(painter: QPainter, mark: Mark, photos: dict[str, QImage]) -> None:
    match mark:
        case Box():
            painter.fillRect(_rect(mark.x, mark.y, mark.width, mark.height), QColor(mark.colour))
        case Shape():
            _draw_shape(painter, mark)
        case Words():
            _draw_words(painter, mark)
        case Code():
            _draw_code(painter, mark)
        case Picture():
            _draw_picture(painter, mark, photos)
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
    symbol = symbol_of(code.kind, code.text, width_mm=code.width)
    across, down = code.width / symbol.columns, code.height / symbol.rows
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for x, y, width, height in symbol.rectangles:
        path.addRect(_rect(code.x + x * across, code.y + y * down, width * across, height * down))
    painter.fillPath(path, QColor(Qt.GlobalColor.black))


def _draw_picture(painter: QPainter, picture: Picture, photos: dict[str, QImage]) -> None:
    # One image for all cards of a part: Qt puts the same image into the file once.
    if picture.path not in photos:
        photos[picture.path] = _photo(picture)
    image = photos[picture.path]
    box = QSizeF(picture.width, picture.height)
    size = QSizeF(image.size()).scaled(box, Qt.AspectRatioMode.KeepAspectRatio)
    left, top = picture.x + (box.width() - size.width()) / 2, picture.y + (box.height() - size.height()) / 2
    painter.drawImage(_rect(left, top, size.width(), size.height()), image)


def _photo(picture: Picture) -> QImage:
    reader = QImageReader(picture.path)
    reader.setDecideFormatFromContent(True)
    reader.setAutoTransform(True)  # telephones write which way they were held
    image = reader.read() if reader.format().data() in {b"png", b"jpeg"} else QImage()
    if image.isNull():
        raise Trouble(
            f"Expected a png or jpg picture, got {picture.path}: {reader.errorString()}.",
            remedy="Save the photo again, or take it out of the line file.",
        )
    side = round(max(picture.width, picture.height) / 25.4 * _PHOTO_DPI)
    if max(image.width(), image.height()) > side:
        image = image.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
    return image


def _draw_words(painter: QPainter, words: Words) -> None:
    if not words.text:
        return
    font, lines = _fitted(words)
    metrics = QFontMetricsF(font)
    painter.setFont(font)
    painter.setPen(QColor(words.colour))
    size_mm = font.pixelSize() * _CAPITAL / _DOTS
    for line, baseline in zip(lines, baselines(words, size_mm, len(lines)), strict=True):
        room = words.width * _DOTS - metrics.horizontalAdvance(line)
        indent = {Align.LEFT: 0.0, Align.CENTRE: room / 2, Align.RIGHT: room}[words.align]
        painter.drawText(QPointF(words.x * _DOTS + indent, baseline * _DOTS), line)


def _fitted(words: Words) -> tuple[QFont, list[str]]:
    """The largest font in which the text fits its box, and its lines."""
    metrics: dict[float, QFontMetricsF] = {}

    def measure(line: str, size_mm: float) -> float:
        if size_mm not in metrics:
            metrics[size_mm] = QFontMetricsF(_font(words, size_mm))
        return metrics[size_mm].horizontalAdvance(line) / _DOTS

    size_mm, lines = fitted(words, measure)
    return _font(words, size_mm), lines


def _font(words: Words, size_mm: float) -> QFont:
    font = QFont(_FAMILIES[words.face])
    font.setStyleHint(QFont.StyleHint.Monospace if words.face is Face.CODE else QFont.StyleHint.SansSerif)
    font.setPixelSize(max(1, round(size_mm / _CAPITAL * _DOTS)))
    bold = QFont.Weight.DemiBold if words.face is Face.CODE else QFont.Weight.Bold
    font.setWeight(bold if words.bold else QFont.Weight.Normal)
    return font


def _rect(x: float, y: float, width: float, height: float) -> QRectF:
    return QRectF(x * _DOTS, y * _DOTS, width * _DOTS, height * _DOTS)
