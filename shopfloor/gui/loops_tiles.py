"""Paints cards as tiles by state, and a store's fill as bars: each has its own shape, so that it survives greyscale."""

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPen, QPolygonF

from shopfloor.core.loop_views import Level, Zone
from shopfloor.core.state import CardState
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink
from shopfloor.gui.loops_faces import SHORT, GroupFace, RowFace, group_words, total_words
from shopfloor.gui.theme import Size, Weight

TILE_MM = 6.0
TILE_MM_MIN = 2.4  # smaller ones are not counted by eye: a bar shows them
TILE_GAP = 0.2  # of a tile
STEPS = (1.0, 0.85, 0.7)  # smaller beside a row of full size looks like another kind of card
BAR_MM_MIN = 5.0
BARS = 3
INDENT_MM_MAX = 12.0
_ICONS = {
    CardState.IN_PROCESS: Icon.RUNNING,
    CardState.QUEUED: Icon.REPEAT,
    CardState.IN_TRANSIT: Icon.ARROW,
    CardState.HELD: Icon.HOLD,
    CardState.LOST: Icon.SEARCH,
    CardState.WAITING: Icon.MORE,
    CardState.NEW: Icon.IDLE,
}


class _Fit(Struct, frozen=True):
    """How the groups stand: tile side (0: bars), and the left edge and width of each group with its label."""

    side: float
    places: tuple[tuple[float, float], ...]


def paint_tile(ink: Ink, rect: QRectF, state: CardState, *, blocked: bool = False, stale: bool = False) -> None:
    """One card, or several as a bar: outlined while it asks, with a shape while it moves, solid when it is full.

    A `stale` one, to be printed anew, has a dark corner.
    """
    look, theme = ink.look, ink.theme
    edge = max(1.0, min(theme.mm(0.4), rect.height() / 8))
    half = edge / 2
    inner = rect.adjusted(half, half, -half, -half)
    painter = ink.painter
    dashed = state in {CardState.LOST, CardState.NEW, CardState.WAITING}
    calm = state is CardState.NEW
    pen = QPen(QColor(look.soft if calm else look.ink), edge, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine)
    if dashed:
        pen.setDashPattern([2.2, 1.6])
    painter.setPen(pen)
    painter.setBrush(QColor(look.soft if state is CardState.FULL else look.raised))
    painter.drawRect(inner)
    if state is CardState.IN_USE:
        part = QRectF(inner.left(), inner.center().y(), inner.width(), inner.height() / 2)
        painter.fillRect(part, QColor(look.soft))
    icon = Icon.BLOCKED if blocked else _ICONS.get(state)
    side = min(rect.height(), rect.width()) * 0.62
    if icon is not None and side >= theme.mm(1.3):
        ink.icon(QRectF(rect.center().x() - side / 2, rect.center().y() - side / 2, side, side), icon, look.ink)
    if stale:
        _paint_corner(ink, rect)


def paint_stale(ink: Ink, rect: QRectF, words: str) -> QRectF:
    """Shape and words for paper that no longer fits its loop; the room beside them."""
    side = ink.theme.type_px(Size.NOTE)
    ink.icon(QRectF(rect.left(), rect.center().y() - side / 2, side, side), Icon.RESTARTING)
    beside = rect.adjusted(side * 1.3, 0, 0, 0)
    used = ink.text(beside, words, size=Size.NOTE, weight=Weight.BOLD, may_cut=True)
    return beside.adjusted(min(beside.width(), used + ink.theme.mm(2)), 0, 0, 0)


def paint_store(ink: Ink, rect: QRectF, face: RowFace) -> None:
    """Three bars, as many filled as thirds of the cards are full; the colour says the same again."""
    look, theme = ink.look, ink.theme
    filled = {Zone.RED: 1, Zone.YELLOW: 2, Zone.GREEN: 3, None: 0}[face.zone]
    if face.level is Level.EMPTY:
        filled = 0
    colour = {Zone.RED: look.zone_red, Zone.YELLOW: look.zone_yellow, Zone.GREEN: look.zone_green}.get(
        face.zone or Zone.GREEN, look.soft
    )
    loud = face.zone is Zone.RED
    gap = rect.height() * 0.1
    height = (rect.height() - gap * (BARS - 1)) / BARS
    for index in range(BARS):
        top = rect.bottom() - height - index * (height + gap)
        bar = QRectF(rect.left(), top, rect.width(), height)
        edge = look.zone_red if loud and not filled else look.soft
        ink.field(bar, colour if index < filled else look.raised, edge=edge, edge_mm=0.35, radius_mm=0.3)
    if face.level is Level.EMPTY:
        ink.painter.setPen(QPen(QColor(look.zone_red), theme.mm(0.9)))
        ink.painter.drawLine(rect.bottomLeft(), rect.topRight())


def paint_cards(ink: Ink, rect: QRectF, face: RowFace) -> None:
    """Every card by state, and below them the sum in words; each number under its tiles where there is room."""
    if not face.groups:
        return
    theme = ink.theme
    line = ink.line_height(Size.NOTE)
    tiles = min(theme.mm(TILE_MM), max(theme.mm(TILE_MM_MIN), rect.height() - line))
    fit = _fit(ink, rect, face, tiles)
    if fit is not None:
        top = rect.top() + max(0.0, (rect.height() - tiles - line) / 2)
        _paint_aligned(ink, QRectF(rect.left(), top, rect.width(), tiles), face, fit)
        return
    words = _sum_words(ink, face)
    if ink.height_of(words, rect.width(), Size.NOTE, Weight.SEMIBOLD) > line * 2.2:
        words = _short_words(ink, face)
    lines = 1 if ink.width(words, Size.NOTE, Weight.SEMIBOLD) <= rect.width() else 2
    high = min(tiles, rect.height() - lines * line * 0.94)
    top = rect.top() + max(0.0, (rect.height() - high - lines * line) / 2)
    # Tiles begin where those of other rows do, behind their sum.
    first = min(ink.width(total_words(ink.ui, face) + " ", Size.NOTE, Weight.BOLD), theme.mm(INDENT_MM_MAX))
    run = QRectF(rect.left() + first, top, rect.width() - first, max(high, theme.mm(TILE_MM_MIN)))
    _paint_run(ink, run, face)
    below = QRectF(rect.left(), top + high, rect.width(), rect.bottom() - top - high)
    ink.text(below, words, size=Size.NOTE, weight=Weight.SEMIBOLD, lines=2, top=lines > 1)


def _paint_corner(ink: Ink, rect: QRectF) -> None:
    side = min(rect.width(), rect.height()) * 0.4
    right, top = rect.right(), rect.top()
    ink.painter.setPen(Qt.PenStyle.NoPen)
    ink.painter.setBrush(QColor(ink.look.ink))
    corner = (QPointF(right - side, top), QPointF(right, top), QPointF(right, top + side))
    ink.painter.drawPolygon(QPolygonF(corner))


def _fit(ink: Ink, rect: QRectF, face: RowFace, tiles: float) -> _Fit | None:
    """Places at which each number stands under its tiles, None where they do not fit in one line."""
    labels = [group_words(ink.ui, group) for group in face.groups]
    widths = [ink.width(label, Size.NOTE, Weight.SEMIBOLD) + 1 for label in labels]
    plus = ink.width(" + ", Size.NOTE)
    first = ink.width(total_words(ink.ui, face) + " ", Size.NOTE, Weight.BOLD)
    for ratio in STEPS:
        side = tiles * ratio
        if side < ink.theme.mm(TILE_MM_MIN):
            return None
        step = side * (1 + TILE_GAP)
        wanted = [
            max(width, group.count * step - side * TILE_GAP) for width, group in zip(widths, face.groups, strict=True)
        ]
        if first + sum(wanted) + plus * (len(wanted) - 1) <= rect.width():
            places, x = [], rect.left() + first
            for width in wanted:
                places.append((x, width))
                x += width + plus
            return _Fit(side, tuple(places))
    return None


def _paint_aligned(ink: Ink, rect: QRectF, face: RowFace, fit: _Fit) -> None:
    line = ink.line_height(Size.NOTE)
    text = QRectF(rect.left(), rect.bottom() + ink.theme.mm(0.4), rect.width(), line)
    ink.text(text, total_words(ink.ui, face), size=Size.NOTE, weight=Weight.BOLD)
    for index, (group, (left, width)) in enumerate(zip(face.groups, fit.places, strict=True)):
        top = rect.bottom() - fit.side
        for at in range(group.count):
            tile = QRectF(left + at * fit.side * (1 + TILE_GAP), top, fit.side, fit.side)
            paint_tile(ink, tile, group.state, blocked=at < group.blocked, stale=at >= group.count - group.stale)
        place = QRectF(left, text.top(), width + 2, line)
        ink.text(place, group_words(ink.ui, group), size=Size.NOTE, weight=Weight.SEMIBOLD)
        if index:
            gap = ink.width(" + ", Size.NOTE)
            plus = QRectF(left - gap * 0.72, text.top(), gap, line)
            ink.text(plus, "+", size=Size.NOTE, colour=ink.look.soft)


def _paint_run(ink: Ink, rect: QRectF, face: RowFace) -> None:
    """All groups one after the other over the whole width: tiles where they can be counted, else a bar a state."""
    gap = ink.theme.mm(1.6)
    free = rect.width() - gap * (len(face.groups) - 1)
    side = min(rect.height(), free / face.total / (1 + TILE_GAP))
    x = rect.left()
    if side >= ink.theme.mm(TILE_MM_MIN):
        for group in face.groups:
            for at in range(group.count):
                tile = QRectF(x, rect.bottom() - side, side, side)
                paint_tile(ink, tile, group.state, blocked=at < group.blocked, stale=at >= group.count - group.stale)
                x += side * (1 + TILE_GAP)
            x += gap - side * TILE_GAP
        return
    for group, width in zip(face.groups, _bars(ink, face.groups, free), strict=True):
        paint_tile(ink, QRectF(x, rect.top(), width, rect.height()), group.state)
        x += width + gap


def _bars(ink: Ink, groups: tuple[GroupFace, ...], free: float) -> list[float]:
    """Widths in proportion, none so small that its shape is lost."""
    least = min(float(ink.theme.mm(BAR_MM_MIN)), free / len(groups))
    total = sum(group.count for group in groups)
    shared = free - least * len(groups)
    return [least + shared * group.count / total for group in groups]


def _sum_words(ink: Ink, face: RowFace) -> str:
    return _joined(total_words(ink.ui, face), [group_words(ink.ui, group) for group in face.groups])


def _short_words(ink: Ink, face: RowFace) -> str:
    """The same sum by what states have in common, where all of them do not fit: the tiles tell them apart."""
    counts = [(text, sum(g.count for g in face.groups if g.state in states)) for text, states in SHORT]
    return _joined(f"{face.total} =", [ink.ui.tr(text.template, n=count) for text, count in counts if count])


def _joined(total: str, parts: list[str]) -> str:
    return f"{total} " + " + ".join(part.replace(" ", "\u00a0") for part in parts)
