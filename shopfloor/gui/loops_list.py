"""The loops as rows, most urgent first: one painted widget that paints a row again only if it looks different."""

from collections.abc import Sequence

from PySide6.QtCore import QElapsedTimer, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.loop_views import Level
from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on
from shopfloor.gui.loops_faces import RowFace, next_words, out_words, zone_word
from shopfloor.gui.loops_tiles import paint_cards, paint_stale, paint_store
from shopfloor.gui.theme import PAD_MM, Size, Weight
from shopfloor.gui.touch import SETTLE_MS
from shopfloor.gui.ui import Ui

ROW_MM = 20.5  # tiles, and two lines of words below them
TALL_MM = 36.0  # where the cards stand under the name
NARROW_MM = 200.0  # below this they do
GAP_MM = 1.4
SQUEEZE = 0.9  # a text may be set so much smaller before it takes a second line
STORE_MM = 9.0
# Columns of a wide row as shares of its width: store, name, cards, urgency.
SHARES = (0.125, 0.195, 0.42, 0.26)
STRETCH_MAX = 1.2  # rows share what is left over at the end of a page


class LoopList(QWidget):
    """Rows to touch; what does not fit is on the next page.

    Signals:
        chosen(id): the row of this loop was touched.
        turned: other rows are shown.
    """

    chosen = Signal(object)
    turned = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._faces: tuple[RowFace, ...] = ()
        self._first = 0
        self._nothing = Text("")
        self._pressed: str | None = None
        self._pictures: dict[str, tuple[RowFace, QPixmap]] = {}
        self._moved = QElapsedTimer()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        ui.changed.connect(self.forget)

    def show_faces(self, faces: Sequence[RowFace], nothing: Text) -> None:
        """Show these loops in this order; `nothing` is said if there are none."""
        before = self._shown()
        old, self._nothing = self._faces, nothing
        self._faces = tuple(faces)
        if self._first >= len(faces):
            self._first = 0
        after = self._shown()
        if [face.id for face in before] != [face.id for face in after] or not after:
            if before:
                self._moved.start()
            self._pictures = {key: kept for key, kept in self._pictures.items() if key in {f.id for f in faces}}
            self.update()
        else:
            for face, (_, rect) in zip(before, self.row_rects(), strict=True):
                if face not in self._faces:
                    self.update(rect.toAlignedRect())
        if len(old) != len(faces):
            self.turned.emit()

    def row_rects(self) -> list[tuple[str, QRectF]]:
        """Loop and place of each row that is shown."""
        height, gap = self._row_height(), self._ui.theme.mm(GAP_MM)
        shown = self._faces[self._first : self._first + self.room()]
        return [(f.id, QRectF(0, at * (height + gap), self.width(), height)) for at, f in enumerate(shown)]

    def room(self) -> int:
        """How many rows fit."""
        gap = self._ui.theme.mm(GAP_MM)
        return max(1, int((self.height() + gap + 1) // (self._least_height() + gap)))

    def span(self) -> tuple[int, int, int]:
        """First and last row that is shown, counted from 1, and how many there are."""
        return self._first + 1, self._first + len(self._shown()), len(self._faces)

    def turn(self) -> None:
        """Show the next rows, after the last the first again."""
        self._go(0 if self._first + self.room() >= len(self._faces) else self._first + self.room())

    def home(self) -> None:
        """Show the first rows."""
        self._go(0)

    def forget(self, loop: str = "") -> None:
        """Throw away the picture of one loop's row, or all."""
        if loop:
            self._pictures.pop(loop, None)
        else:
            self._pictures.clear()
        self.update()

    def is_pressed(self) -> bool:
        """Whether a finger rests on a row: nothing may move below it."""
        return self._pressed is not None

    def _go(self, first: int) -> None:
        if first != self._first:
            self._first = first
            self.update()
            self.turned.emit()

    def _shown(self) -> tuple[RowFace, ...]:
        return self._faces[self._first : self._first + self.room()]

    def _row_height(self) -> float:
        gap, least = self._ui.theme.mm(GAP_MM), self._least_height()
        return max(least, min(least * STRETCH_MAX, (self.height() + gap) / self.room() - gap))

    def _least_height(self) -> float:
        return float(self._ui.theme.mm(TALL_MM if self._is_narrow() else ROW_MM))

    def _is_narrow(self) -> bool:
        return self.width() < self._ui.theme.mm(NARROW_MM)

    def _row_at(self, point: QPointF) -> str | None:
        return next((key for key, rect in self.row_rects() if rect.contains(point)), None)

    def _picture(self, face: RowFace, rect: QRectF) -> QPixmap:
        known = self._pictures.get(face.id)
        if known is None or known[0] != face:
            ratio = self.devicePixelRatioF()
            area = rect.toAlignedRect()
            picture = QPixmap(area.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(QColor(self._ui.theme.palette.ground))
            painter = QPainter(picture)
            try:
                painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
                place = QRectF(0, 0, rect.width(), rect.height())
                ink = Ink(painter, self._ui, "LoopList", place.adjusted(-1, -1, 1, 1))
                paint_row(ink, place, face, narrow=self._is_narrow())
            finally:
                painter.end()
            known = self._pictures[face.id] = (face, picture)
        return known[1]

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows the region asks for, from their pictures."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(event.rect(), QColor(ink.look.ground))
            if not self._faces:
                words = self._ui.say(self._nothing)
                room = QRectF(self.rect()).adjusted(ink.theme.mm(8), 0, -ink.theme.mm(8), 0)
                ink.text(room, words, size=Size.STATE, colour=ink.look.soft, side=Side.MIDDLE, lines=3)
            for face, (key, rect) in zip(self._shown(), self.row_rects(), strict=True):
                if not rect.intersects(QRectF(event.rect())):
                    continue
                ink.painter.drawPixmap(rect.toAlignedRect().topLeft(), self._picture(face, rect))
                if key == self._pressed:
                    ink.field(rect, "", edge=ink.look.action, edge_mm=0.9)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show which row is meant; right after the rows have moved, a touch was meant for another."""
        settling = self._moved.isValid() and self._moved.elapsed() < SETTLE_MS
        if event.button() is Qt.MouseButton.LeftButton and not settling:
            self._pressed = self._row_at(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the row, if the finger is still on it."""
        pressed, self._pressed = self._pressed, None
        self.update()
        if pressed and event.button() is Qt.MouseButton.LeftButton and self._row_at(event.position()) == pressed:
            self.chosen.emit(pressed)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A mouse may turn pages as well."""
        step = -1 if event.angleDelta().y() > 0 else 1
        self._go(max(0, min(self._first + step, len(self._faces) - self.room())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other widths, other pictures."""
        super().resizeEvent(event)
        self._first = 0
        self.forget()
        self.turned.emit()


def paint_row(ink: Ink, rect: QRectF, face: RowFace, *, narrow: bool) -> None:
    """Store, name and way, cards by state, and how long it lasts."""
    theme, look = ink.theme, ink.look
    ink.field(rect, look.panel, edge=look.ink if face.loud else look.edge, edge_mm=0.6 if face.loud else 0.25)
    pad = theme.mm(PAD_MM)
    inner = rect.adjusted(pad, pad * 0.5, -pad, -pad * 0.5)
    if narrow:
        upper = QRectF(inner.left(), inner.top(), inner.width(), inner.height() * 0.48)
        lower = QRectF(inner.left(), upper.bottom(), inner.width(), inner.bottom() - upper.bottom())
        columns = _columns(upper, (0.22, 0.4, 0, 0.38), pad)
        cards = lower.adjusted(0, pad * 0.3, 0, 0)
    else:
        columns = _columns(inner, SHARES, pad)
        cards = columns[2]
    _paint_zone(ink, columns[0], face)
    _paint_name(ink, columns[1], face)
    paint_cards(ink, cards, face)
    paint_urgency(ink, columns[3], face)


def paint_urgency(ink: Ink, rect: QRectF, face: RowFace, *, side: Side = Side.LEFT) -> None:
    """When it is empty and when the next comes; with a shape where the one is before the other."""
    first, second = out_words(ink.ui, face), next_words(ink.ui, face)
    known = face.out is not None
    colour = ink.look.ink if known else ink.look.soft
    weight = Weight.BOLD if face.loud else Weight.SEMIBOLD if known else Weight.REGULAR
    room = rect
    if face.loud:
        size = ink.theme.type_px(Size.STATE)
        ink.icon(QRectF(rect.left(), rect.center().y() - size / 2, size, size), Icon.TROUBLE)
        room = rect.adjusted(size * 1.35, 0, 0, 0)
    if not second:
        ink.text(room, first, weight=weight, colour=colour, lines=2, side=side)
        return
    wide = ink.width(first, Size.BODY, weight) * SQUEEZE > room.width()
    broad = ink.width(second, Size.NOTE) > room.width()
    share = 0.64 if wide else 0.38 if broad else 0.52
    upper = QRectF(room.left(), room.top(), room.width(), room.height() * share)
    lower = QRectF(room.left(), upper.bottom(), room.width(), room.bottom() - upper.bottom())
    ink.text(upper, first, weight=weight, colour=colour, lines=2 if wide else 1, side=side)
    colour = ink.look.ink if face.loud else ink.look.soft
    ink.text(lower, second, size=Size.NOTE, colour=colour, lines=2 if broad and not wide else 1, side=side)


def _paint_zone(ink: Ink, rect: QRectF, face: RowFace) -> None:
    theme = ink.theme
    if face.zone is None:
        return
    high = min(rect.height() * 0.52, theme.mm(10.0))
    top = rect.top() + max(0.0, (rect.height() - high - ink.line_height()) / 2)
    store = QRectF(rect.left(), top, theme.mm(STORE_MM), high)
    paint_store(ink, store, face)
    beside = QRectF(store.right() + theme.mm(2), top, rect.right() - store.right() - theme.mm(2), high)
    count = f"{face.full}/{face.total}"
    fits = ink.width(count, Size.BODY, Weight.SEMIBOLD) <= beside.width()
    if not fits and ink.width(count, Size.NOTE, Weight.SEMIBOLD) > beside.width():
        count = str(face.full)  # of how many, the sum beside says
    ink.text(beside, count, size=Size.BODY if fits else Size.NOTE, weight=Weight.SEMIBOLD)
    below = QRectF(rect.left(), store.bottom(), rect.width(), rect.bottom() - store.bottom())
    bad = face.level in {Level.EMPTY, Level.SHORT, Level.LOW}
    ink.text(below, zone_word(ink.ui, face), weight=Weight.BOLD if bad else Weight.REGULAR)


def _paint_name(ink: Ink, rect: QRectF, face: RowFace) -> None:
    half = rect.height() * 0.5
    upper = QRectF(rect.left(), rect.top() + half * 0.1, rect.width(), half * 0.9)
    way = f"{face.start} → {face.to}" if face.to else face.start
    if ink.width(way, Size.NOTE) > rect.width():
        upper.setHeight(ink.line_height())
        half = (rect.bottom() - upper.bottom()) / 2
        start = QRectF(rect.left(), upper.bottom(), rect.width(), half)
        ink.text(start, face.start, size=Size.NOTE, colour=ink.look.soft, may_cut=True)
        way = f"→ {face.to}" if face.to else ""
    # The end of a part number tells it from its neighbours as much as its start.
    metrics = QFontMetricsF(ink.theme.font(Size.BODY, Weight.BOLD))
    name = metrics.elidedText(face.name, Qt.TextElideMode.ElideMiddle, rect.width())
    used = ink.text(upper, name, weight=Weight.BOLD, may_cut=True)
    beside = upper.adjusted(used + ink.theme.mm(2), 0, 0, 0)
    if beside.width() > ink.theme.mm(10):
        ink.text(beside, face.description, size=Size.NOTE, colour=ink.look.soft, may_cut=True)
    lower = QRectF(rect.left(), rect.bottom() - half, rect.width(), half)
    if face.stale:
        lower = paint_stale(ink, lower, ink.ui.tr("print {n} anew", n=face.stale))
    if not face.stale or lower.width() > ink.theme.mm(8):
        ink.text(lower, way, size=Size.NOTE, colour=ink.look.soft, may_cut=True)


def _columns(rect: QRectF, shares: tuple[float, ...], pad: float) -> list[QRectF]:
    found, x = [], rect.left()
    free = rect.width() - pad * (sum(1 for share in shares if share) - 1)
    for share in shares:
        found.append(QRectF(x, rect.top(), free * share, rect.height()))
        x += free * share + (pad if share else 0)
    return found
