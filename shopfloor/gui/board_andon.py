"""What the board shows of segments, their buffers and of shelves: below the stations, calm while nothing stands."""

from msgspec import Struct
from PySide6.QtCore import QRectF

from shopfloor.core.call_views import Aside, all_call_views
from shopfloor.core.moment import Now
from shopfloor.core.segment_views import BufferView, SegmentView, buffer_views, segment_views
from shopfloor.core.shop import Shop
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.theme import Size, Weight

FOOT_MM = 6.5  # below a station at scale 1: a line of small type
LINE_MM = 0.5
UNKNOWN = "—"


class SegmentFace(Struct, frozen=True, kw_only=True):
    """A segment with the whole minutes it can go on from the buffer before it, so that it does not tick.

    `minutes` None: nobody knows; `buffered` False: nothing lies before it.
    """

    view: SegmentView
    buffered: bool = False
    minutes: int | None = None


class AndonFace(Struct, frozen=True, kw_only=True):
    """Segments; how many calls lie on a shelf; where a near-stop begins."""

    segments: tuple[SegmentFace, ...] = ()
    shelved: int = 0
    near: float = 1.0


def andon_face(shop: Shop, now: Now) -> AndonFace:
    """What the shop says."""
    buffers = {buffer.at: buffer for buffer in buffer_views(shop)}
    return AndonFace(
        segments=tuple(_segment(view, buffers.get(view.first)) for view in segment_views(shop)),
        shelved=sum(1 for call in all_call_views(shop, now) if call.aside is Aside.SHELVED),
        near=shop.line.andon.near_share,
    )


def segment_rects(segment: SegmentView, tiles: tuple[QRectF, ...], foot: float) -> list[QRectF]:
    """Where its bracket stands below its stations, `foot` high: one a row of the board."""
    rows: dict[float, QRectF] = {}
    for tile in tiles[segment.first : segment.last + 1]:
        place = QRectF(tile.left(), tile.bottom(), tile.width(), foot)
        rows[tile.top()] = rows[tile.top()].united(place) if tile.top() in rows else place
    return list(rows.values())


def paint_segment(ink: Ink, rect: QRectF, face: SegmentFace) -> None:
    """A bracket with its name and buffer; a field of the stop's colour with shape and word if it stands."""
    theme, look, segment = ink.theme, ink.look, face.view
    inner = rect.adjusted(0, theme.mm(1.0), 0, 0)
    if segment.stopped:
        ink.field(inner, look.stop, edge=look.stop_edge, radius_mm=0.6)
        side = inner.height() * 0.6
        left = inner.left() + theme.mm(2)
        ink.icon(QRectF(left, inner.center().y() - side / 2, side, side), Icon.STOP, look.on_stop)
        words = ink.ui.tr("{segment} stands", segment=segment.name)
        room = QRectF(left + side * 1.5, inner.top(), inner.right() - left - side * 1.5 - theme.mm(1), inner.height())
        ink.text(room, words, size=Size.NOTE, weight=Weight.BOLD, colour=look.on_stop, may_cut=True)
        return
    words, starving = _words(ink, face), face.buffered and face.minutes == 0
    weight = Weight.SEMIBOLD if starving else Weight.REGULAR
    pad = theme.mm(1.5)
    wide = min(ink.width(words, Size.NOTE, weight) + 1, inner.width() * 0.86)
    place = QRectF(inner.center().x() - wide / 2, inner.top(), wide, inner.height())
    if starving:
        ink.field(place.adjusted(-pad * 0.7, 0, pad * 0.7, 0), look.inverse, radius_mm=0.6)
    colour = look.on_inverse if starving else look.soft
    ink.text(place, words, size=Size.NOTE, weight=weight, colour=colour, side=Side.MIDDLE, may_cut=True)
    thick, middle = theme.mm(LINE_MM), inner.center().y()
    for left, right, end in (
        (inner.left(), place.left() - pad, inner.left()),
        (place.right() + pad, inner.right(), inner.right() - thick),
    ):
        ink.field(QRectF(left, middle - thick / 2, max(0.0, right - left), thick), look.idle, radius_mm=0)
        ink.field(QRectF(end, inner.top(), thick, middle - inner.top()), look.idle, radius_mm=0)


def _segment(view: SegmentView, buffer: BufferView | None) -> SegmentFace:
    if buffer is None:
        return SegmentFace(view=view)
    minutes = None if buffer.left_s is None else int(buffer.left_s // 60)
    return SegmentFace(view=view, buffered=True, minutes=minutes)


def _words(ink: Ink, face: SegmentFace) -> str:
    if not face.buffered:
        return face.view.name
    left = UNKNOWN if face.minutes is None else ink.ui.tr("{n} min", n=face.minutes)
    if face.minutes == 0:
        left = ink.ui.tr("under 1 min")
    return ink.ui.tr("{segment} · buffer {left}", segment=face.view.name, left=left)
