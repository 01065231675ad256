"""Paints an open call as a row: shape and word in its colour, what and where, who, and its clocks."""

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QRectF

from shopfloor.core.line_andon import Severity
from shopfloor.core.moment import US_PER_S
from shopfloor.gui.calls_faces import (
    SOURCE_ICONS,
    CallFace,
    Kind,
    KindLook,
    kind_look,
    reach_words,
    reason_words,
    who_words,
)
from shopfloor.gui.clocks import duration
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.row_list import Row
from shopfloor.gui.theme import PAD_MM, Size, Weight

BLOCK_MM = 24.0  # shape and word
BARS = 4  # steps of severity above none
SHORT = 0.2  # of its time: what is left is said louder


class CallRow(Struct, frozen=True):
    """A row of the list of open calls."""

    face: CallFace

    @property
    def key(self) -> str:
        """The call."""
        return self.face.id

    def paint(self, ink: Ink, rect: QRectF, *, chosen: bool) -> None:
        """The whole row."""
        paint_call(ink, rect, self.face, chosen=chosen)

    def other(self, before: Row, rect: QRectF) -> QRectF:
        """A second that passed changes the clocks alone."""
        if isinstance(before, CallRow) and before.face.untimed == self.face.untimed:
            return rect.adjusted(rect.width() - _clocks_width(rect.width()), 0, 0, 0)
        return rect


class _Measure(Struct, frozen=True):
    """A call's shape and colours at a place."""

    face: CallFace
    look: KindLook
    right: float


def paint_call(ink: Ink, rect: QRectF, face: CallFace, *, chosen: bool = False) -> None:
    """A call; the chosen one has a strong edge and points to the right."""
    theme, look = ink.theme, ink.look
    kind = kind_look(face.kind, look, stale=face.stale)
    fill = look.raised if chosen else look.panel
    ink.field(rect, fill, edge=look.ink if chosen else look.edge, edge_mm=0.7 if chosen else 0.25, dashed=face.stale)
    pad = theme.mm(PAD_MM)
    block = QRectF(rect.left() + pad * 0.6, rect.top() + pad * 0.6, theme.mm(BLOCK_MM), rect.height() - pad * 1.2)
    lit = replace(kind, edge=kind.text) if face.lit else kind
    paint_block(ink, block, lit, ink.ui.say(kind.word), dashed=face.stale)
    clocks = rect.adjusted(rect.width() - _clocks_width(rect.width()), pad * 0.5, -pad, -pad * 0.5)
    words = QRectF(block.right() + pad, rect.top() + pad * 0.5, 0, rect.height() - pad)
    words.setRight(rect.right() - pad if face.kind is Kind.ASKS else clocks.left() - pad * 0.6)
    _paint_words(ink, words, _Measure(face, kind, rect.right() - pad))
    _paint_clocks(ink, clocks, _Measure(face, kind, rect.right() - pad))


def paint_block(ink: Ink, rect: QRectF, look: KindLook, word: str, *, dashed: bool = False) -> None:
    """Shape above word on a field of the kind's colour."""
    ink.field(rect, look.fill, edge=look.edge, edge_mm=0.7, radius_mm=0.9, dashed=dashed)
    line = ink.line_height(Size.NOTE)
    side = min(rect.height() - line, rect.width()) * 0.62
    top = rect.top() + (rect.height() - side - line * 0.95) / 2
    ink.icon(QRectF(rect.center().x() - side / 2, top, side, side), look.icon, look.text)
    below = QRectF(rect.left() + 1, top + side, rect.width() - 2, line)
    ink.text(below, word, size=Size.NOTE, weight=Weight.BOLD, colour=look.text, side=Side.MIDDLE)


def paint_severity(ink: Ink, rect: QRectF, severity: Severity) -> None:
    """Rising bars, as many filled as the severity has steps."""
    gap = rect.width() * 0.08
    wide = (rect.width() - gap * (BARS - 1)) / BARS
    for at in range(BARS):
        high = rect.height() * (0.34 + 0.22 * at)
        bar = QRectF(rect.left() + at * (wide + gap), rect.bottom() - high, wide, high)
        on = at < severity
        ink.field(bar, ink.look.ink if on else "", edge=ink.look.ink if on else ink.look.soft, radius_mm=0.2)


def fitting(ink: Ink, words: tuple[str, ...], width: float, weight: Weight = Weight.REGULAR) -> str:
    """The first of these that fits as a note, else the last."""
    return next((one for one in words if ink.width(one, Size.NOTE, weight) <= width), words[-1])


def _paint_words(ink: Ink, rect: QRectF, measure: _Measure) -> None:
    face, look = measure.face, ink.look
    half = rect.height() * 0.5
    upper, lower = QRectF(rect), QRectF(rect)
    upper.setBottom(rect.top() + half)
    lower.setTop(upper.bottom())
    if face.left_s is None and not reach_words(ink.ui, face):
        lower.setRight(measure.right)
    side = ink.theme.type_px(Size.NOTE) * 1.05
    source = SOURCE_ICONS.get(face.source)
    room = upper.adjusted(0, 0, -(side * 1.5 if source else 0), 0)
    used = ink.text(room, reason_words(ink.ui, face), weight=Weight.BOLD, may_cut=True)
    if source is not None:
        place = QRectF(upper.left() + used + side * 0.5, upper.center().y() - side / 2, side, side)
        ink.icon(place, source, look.soft)
        used += side * 1.7
    beside = upper.adjusted(used + ink.theme.mm(2), 0, 0, 0)
    name_wide = ink.width(face.station, Size.BODY)
    open_now = not face.taken_by and face.kind in {Kind.STOP, Kind.CALL}
    weight = Weight.SEMIBOLD if open_now else Weight.REGULAR
    words = who_words(ink.ui, face)
    if name_wide <= beside.width():
        ink.text(beside, face.station, colour=look.soft, side=Side.RIGHT)
    else:  # below, before who has it
        least = min(ink.width(one, Size.NOTE, weight) for one in words) + ink.theme.mm(2)
        name = lower.adjusted(0, 0, -min(lower.width() * 0.6, least), 0)
        used = ink.text(name, face.station, size=Size.NOTE, colour=look.soft, may_cut=True)
        lower.setLeft(lower.left() + used + ink.theme.mm(2))
    ink.text(lower, fitting(ink, words, lower.width(), weight), size=Size.NOTE, weight=weight, may_cut=True)


def _paint_clocks(ink: Ink, rect: QRectF, measure: _Measure) -> None:
    face, theme = measure.face, ink.theme
    if face.kind is Kind.ASKS:
        return
    upper = QRectF(rect.left(), rect.top(), rect.width(), rect.height() * 0.54)
    lower = QRectF(rect.left(), upper.bottom(), rect.width(), rect.bottom() - upper.bottom())
    bars = QRectF(upper.left(), upper.center().y() - theme.mm(2.2), theme.mm(5.2), theme.mm(4.4))
    paint_severity(ink, bars, face.severity)
    clock = upper.adjusted(bars.width() + theme.mm(1), 0, 0, 0)
    ink.text(clock, duration(face.clock_s * US_PER_S), size=Size.STATE, weight=Weight.BOLD, side=Side.RIGHT)
    if face.left_s is not None:
        paint_deadline(ink, lower, face, measure.look)
    else:
        ink.text(lower, reach_words(ink.ui, face), size=Size.NOTE, weight=Weight.BOLD, side=Side.RIGHT, may_cut=True)


def paint_deadline(ink: Ink, rect: QRectF, face: CallFace, look: KindLook) -> None:
    """What is left to the stop: a bar that gets shorter, a stop's shape, and the time."""
    left = face.left_s or 0
    share = min(1.0, left / face.total_s) if face.total_s else 0.0
    words = duration(left * US_PER_S)
    side = ink.theme.type_px(Size.NOTE) * 0.72
    wide = ink.width(words, Size.NOTE, Weight.BOLD) + 2
    ink.text(rect, words, size=Size.NOTE, weight=Weight.BOLD, side=Side.RIGHT)
    stop = QRectF(rect.right() - wide - side * 1.3, rect.center().y() - side / 2, side, side)
    ink.icon(stop, Icon.STOP, ink.look.ink if face.stale or share > SHORT else ink.look.stop)
    bar = QRectF(rect.left(), rect.center().y() - ink.theme.mm(1.5), 0, ink.theme.mm(3))
    bar.setRight(stop.left() - ink.theme.mm(1.2))
    if bar.width() < ink.theme.mm(5):
        return
    ink.field(bar, ink.look.sunk, edge=ink.look.soft, radius_mm=0.4)
    full = QRectF(bar.left(), bar.top(), max(2.0, bar.width() * share), bar.height())
    fill = ink.look.soft if face.stale else ink.look.stop if share <= SHORT else look.fill
    ink.field(full, fill, edge=look.edge, radius_mm=0.4)


def _clocks_width(width: float) -> float:
    """A share of the row, within what its words need."""
    return width * 0.27
