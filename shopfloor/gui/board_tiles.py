"""Paints a station, a lane and a store of the board."""

from PySide6.QtCore import QRectF

from shopfloor.core.loop_views import Zone
from shopfloor.core.moment import US_PER_S
from shopfloor.core.views import StationState
from shopfloor.gui.board_faces import CardFace, GapFace, LaneFace, StationFace, StoreFace
from shopfloor.gui.clocks import duration
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, least_ratio
from shopfloor.gui.squares import Places, paint_squares, squares_width
from shopfloor.gui.states import Look, state_look
from shopfloor.gui.theme import Size, Weight, faded

CONTAINERS_MAX = 16  # more are a bar: nobody counts them from afar

PAD_MM = 2.0
NAME_MM = 8.0
BAND_MM = 9.5
SQUARES_MM = 7.5
NOTE_MM = 5.5
CHIP_MM = 7.0
CHIP_SCALE_MIN = 0.7  # smaller type is not read at arm's length: the squares say it
EDGE_MM = 1.3
FLAG_GAP_MM = 1.5
SQUEEZE = 0.88  # a state's word may be written so much smaller to make room for its clock


def paint_station(ink: Ink, rect: QRectF, face: StationFace, *, lit: bool = True, stale: bool = False) -> None:
    """One tile. `lit` false is the dark half of a flash: the edge alone goes."""
    theme = ink.theme
    if face.silent_s is not None:
        stale, lit, ink.look = True, False, faded(ink.look)
    style = state_look(face.state, ink.look)
    loud = style.edge and lit
    # The field's colour, not its edge's: a thick frame of it is what is seen from twenty metres.
    edge, edge_mm = (style.fill, EDGE_MM) if loud else (ink.look.edge, 0.3)
    if face.state is StationState.STARVED:
        edge, edge_mm = style.edge, 0.5
    if stale:
        edge, edge_mm = ink.look.soft, 0.6
    ink.field(rect, ink.look.panel, edge=edge, edge_mm=edge_mm, dashed=stale)
    pad = theme.mm(PAD_MM)
    inner = rect.adjusted(pad, pad * 0.7, -pad, -pad)
    name = QRectF(inner.left(), inner.top(), inner.width(), theme.mm(NAME_MM))
    if face.silent_s is not None:
        name.setRight(_paint_age(ink, name, face.silent_s) - pad)
    ink.text(name, face.name, size=Size.STATE, weight=Weight.SEMIBOLD, may_cut=True)
    border = theme.mm(EDGE_MM)
    band = QRectF(rect.left() + border, name.bottom(), rect.width() - 2 * border, theme.mm(BAND_MM))
    _paint_band(ink, band, inner, face, style)
    squares = QRectF(inner.left(), band.bottom() + pad * 0.6, inner.width(), theme.mm(SQUARES_MM))
    _paint_wip(ink, squares, face)
    below = QRectF(inner.left(), squares.bottom(), inner.width(), inner.bottom() - squares.bottom())
    if face.waiting or face.hints or face.level:
        note = QRectF(below.left(), below.bottom() - theme.mm(NOTE_MM), below.width(), theme.mm(NOTE_MM))
        _paint_note(ink, note, face)
        below.setBottom(note.top())
    paint_chips(ink, below.adjusted(0, pad * 0.5, 0, -pad * 0.3), face.cards)


def paint_gap(ink: Ink, rect: QRectF, faces: tuple[GapFace, ...], *, stale: bool = False) -> None:
    """What stands between two stations, one below the other; an arrow where nothing does."""
    theme = ink.theme
    if not faces:
        side = min(rect.width() * 0.7, theme.mm(6))
        middle = rect.top() + theme.mm(PAD_MM * 0.7 + NAME_MM + BAND_MM / 2)
        ink.icon(QRectF(rect.center().x() - side / 2, middle - side / 2, side, side), Icon.ARROW, ink.look.idle)
        return
    between = theme.mm(1.2)
    least = theme.mm(12.5)
    room = max(1, int((rect.height() + between) // (least + between)))
    shown = faces if len(faces) <= room else faces[: max(1, room - 1)]
    rest = len(faces) - len(shown)
    bottom = theme.mm(NOTE_MM) if rest else 0
    height = min((rect.height() - bottom + between) / len(shown) - between, rect.height())
    area = rect.adjusted(theme.mm(0.8), 0, -theme.mm(0.8), 0)
    y = area.top()
    for face in shown:
        place = QRectF(area.left(), y, area.width(), height)
        if isinstance(face, LaneFace):
            _paint_lane(ink, place, face, stale=stale)
        else:
            _paint_store(ink, place, face, stale=stale)
        y += height + between
    if rest:
        more = QRectF(area.left(), area.bottom() - bottom, area.width(), bottom)
        ink.text(more, ink.ui.tr("{n} more", n=rest), size=Size.NOTE, colour=ink.look.soft)


def paint_chips(ink: Ink, rect: QRectF, cards: tuple[CardFace, ...], *, named: bool = True) -> None:
    """Cards as small tiles with name (or number) and age, where they fit and are legible; "3 more" where not all do."""
    theme = ink.theme
    if theme.scale < CHIP_SCALE_MIN:
        return
    step = theme.mm(CHIP_MM + 0.8)
    room = int((rect.height() + theme.mm(0.8)) // step)
    if not cards or room < 1 or (room < 2 <= len(cards)):
        return
    shown = cards if len(cards) <= room else cards[: room - 1]
    y = rect.top()
    for card in shown:
        _paint_chip(ink, QRectF(rect.left(), y, rect.width(), theme.mm(CHIP_MM)), card, named=named)
        y += step
    if len(shown) < len(cards):
        more = QRectF(rect.left(), y, rect.width(), theme.mm(CHIP_MM))
        words = ink.ui.tr("{n} more", n=len(cards) - len(shown))
        ink.text(more, words, size=Size.NOTE, colour=ink.look.soft)


def age_words(ink: Ink, minutes: int) -> str:
    """An age in whole minutes or hours, "" in its first minute."""
    if minutes < 1:
        return ""
    if minutes < 100:
        return ink.ui.tr("{n} min", n=minutes)
    return ink.ui.tr("{n} h", n=minutes // 60)


def _paint_band(ink: Ink, band: QRectF, inner: QRectF, face: StationFace, style: Look) -> None:
    theme = ink.theme
    colour = style.text if style.fill else ink.look.soft
    if style.fill:
        ink.field(band, style.fill, radius_mm=0)
    side = band.height() * 0.54
    ink.icon(QRectF(inner.left(), band.center().y() - side / 2, side, side), style.icon, colour)
    left = inner.left() + side + theme.mm(1.2)
    weight = Weight.BOLD if style.fill else Weight.REGULAR
    word = ink.ui.say(style.word)
    free = inner.right() - left - ink.width(word, Size.STATE, weight) * SQUEEZE
    right = inner.right()
    clock = "" if face.clock_s is None else duration(face.clock_s * US_PER_S)
    wide = ink.width(clock, Size.STATE, weight) + theme.mm(1) if clock else 0.0
    if clock and wide <= free:
        place = QRectF(right - wide, band.top(), wide, band.height())
        ink.text(place, clock, size=Size.STATE, weight=weight, colour=colour, side=Side.RIGHT)
        right, free = right - wide, free - wide
    if (face.works or face.called) and side <= free:
        icon = Icon.RUNNING if face.works else Icon.CALL
        right -= side
        ink.icon(QRectF(right, band.center().y() - side * 0.4, side * 0.8, side * 0.8), icon, colour)
    ink.text(QRectF(left, band.top(), right - left, band.height()), word, size=Size.STATE, weight=weight, colour=colour)


def _paint_note(ink: Ink, rect: QRectF, face: StationFace) -> None:
    """What waits; at the right that others are called, and that a rule has noticed something."""
    look, side = ink.look, rect.height() * 0.92
    right = rect.right()
    if face.hints:
        block = QRectF(right - side, rect.center().y() - side / 2, side, side)
        ink.field(block, look.action, radius_mm=0.5)
        inset = side * 0.2
        ink.icon(block.adjusted(inset, inset, -inset, -inset), Icon.RULE, look.on_action)
        right = block.left() - ink.theme.mm(1.2)
    if face.level:
        words = ink.ui.tr("level {n}", n=face.level)
        wide = min(ink.width(words, Size.NOTE, Weight.SEMIBOLD) + 1, right - rect.left())
        place = QRectF(right - wide, rect.top(), wide, rect.height())
        ink.text(place, words, size=Size.NOTE, weight=Weight.SEMIBOLD, side=Side.RIGHT)
        right = place.left() - ink.theme.mm(1.2)
    words = ink.ui.tr("{n} waiting", n=face.waiting) if face.waiting else ""
    if words and ink.width(words, Size.NOTE) * least_ratio(Size.NOTE) <= right - rect.left():
        room = QRectF(rect.left(), rect.top(), right - rect.left(), rect.height())
        ink.text(room, words, size=Size.NOTE, colour=look.soft)


def _paint_age(ink: Ink, rect: QRectF, silent_s: int) -> float:
    """How old it is what is shown, at the right; answers where it begins."""
    words = duration(silent_s * US_PER_S)
    wide, side = ink.width(words, Size.NOTE, Weight.SEMIBOLD) + 2, rect.height() * 0.42
    ink.text(rect, words, size=Size.NOTE, weight=Weight.SEMIBOLD, side=Side.RIGHT)
    left = rect.right() - wide - side * 1.35
    ink.icon(QRectF(left, rect.center().y() - side / 2, side, side), Icon.LOST, ink.look.ink)
    return left


def _paint_wip(ink: Ink, rect: QRectF, face: StationFace) -> None:
    count = len(face.cards)
    words = f"{count}/{face.limit}" if face.limit is not None else str(count)
    width = ink.width(words, Size.STATE, Weight.SEMIBOLD)
    place = QRectF(rect.right() - width, rect.top(), width, rect.height())
    over = face.limit is not None and count > face.limit
    ink.text(place, words, size=Size.STATE, weight=Weight.BOLD if over else Weight.SEMIBOLD, side=Side.RIGHT)
    room = rect.adjusted(0, 0, -width - ink.theme.mm(2), 0)
    paint_squares(ink, room, Places(count, face.limit))


def _paint_chip(ink: Ink, rect: QRectF, card: CardFace, *, named: bool) -> None:
    theme, look = ink.theme, ink.look
    name = card.name if named else ink.ui.tr("card {n}", n=card.number)
    ink.field(rect, look.raised, edge=look.call_edge if card.over else look.edge, edge_mm=0.25, radius_mm=0.8)
    inner = rect.adjusted(theme.mm(1.4), 0, -theme.mm(1.4), 0)
    if card.blocked:
        side = rect.height() * 0.55
        ink.icon(QRectF(inner.left(), rect.center().y() - side / 2, side, side), Icon.BLOCKED, look.ink)
        inner.setLeft(inner.left() + side + theme.mm(1))
    age = age_words(ink, card.minutes)
    width = ink.width(age, Size.NOTE) if age else 0.0
    if age and ink.width(name, Size.NOTE, Weight.SEMIBOLD) + width + theme.mm(1.5) <= inner.width():
        ink.text(inner, age, size=Size.NOTE, colour=look.soft, side=Side.RIGHT)
        inner.setRight(inner.right() - width - theme.mm(1.5))
    ink.text(inner, name, size=Size.NOTE, weight=Weight.SEMIBOLD, may_cut=True)


def _paint_lane(ink: Ink, rect: QRectF, face: LaneFace, *, stale: bool) -> None:
    """A channel that is open at both ends: the cards go through it to the right."""
    theme, look = ink.theme, ink.look
    count = f"{len(face.cards)}/{face.limit}" if face.limit is not None else str(len(face.cards))
    flag = ink.ui.tr("FULL") if face.full else ""
    roomy = _is_roomy(ink, rect, face.origin)
    beside = roomy and _fits_beside(ink, rect, count, flag)
    y = _paint_label(ink, rect, face.label, face.origin, "" if beside else count)
    track = QRectF(rect.left(), y, rect.width(), theme.mm(SQUARES_MM))
    ink.field(track, look.sunk, edge=look.soft if stale else "", dashed=stale, radius_mm=0.6)
    side = track.height() * 0.72
    arrow = QRectF(track.right() - side, track.center().y() - side / 2, side, side)
    ink.icon(arrow, Icon.ARROW, look.ink if face.full else look.idle)
    squares = QRectF(track.left() + theme.mm(1), track.top(), arrow.left() - track.left() - theme.mm(2), track.height())
    places = Places(len(face.cards), face.limit)
    used = squares_width(ink, places, squares.height(), squares.width())
    _paint_queue(ink, squares, places)
    if not roomy:
        free = QRectF(track.left(), track.top(), max(0.0, squares.right() - used - track.left()), track.height())
        _paint_flag(ink, free.adjusted(theme.mm(0.7), theme.mm(0.9), 0, -theme.mm(0.9)), flag, needed=False)
        return
    line = QRectF(rect.left(), track.bottom(), rect.width(), theme.mm(SQUARES_MM))
    _paint_count(ink, line, count if beside else "", flag)
    paint_chips(
        ink, QRectF(rect.left(), line.bottom(), rect.width(), rect.bottom() - line.bottom()), face.cards, named=False
    )


def _paint_store(ink: Ink, rect: QRectF, face: StoreFace, *, stale: bool) -> None:
    """A shelf: a frame with a place for each container."""
    theme, look = ink.theme, ink.look
    count = f"{face.full}/{face.cards}"
    flag = ""
    if face.zone is Zone.RED and face.cards:
        flag = ink.ui.tr("LOW") if face.full else ink.ui.tr("EMPTY")
    roomy = _is_roomy(ink, rect, face.origin)
    beside = roomy and _fits_beside(ink, rect, count, flag)
    y = _paint_label(ink, rect, face.label, face.origin, "" if beside else count)
    shelf = QRectF(rect.left(), y, rect.width(), theme.mm(SQUARES_MM))
    ink.field(shelf, look.raised, edge=look.soft, edge_mm=0.4, dashed=stale, radius_mm=0.6)
    colour = {Zone.RED: look.zone_red, Zone.YELLOW: look.zone_yellow, Zone.GREEN: look.zone_green}[face.zone]
    inner = shelf.adjusted(theme.mm(0.9), theme.mm(0.9), -theme.mm(0.9), -theme.mm(0.9))
    _paint_shelf(ink, inner, face, colour)
    if not roomy:
        taken = inner.width() * face.full / max(1, face.cards)
        _paint_flag(ink, inner.adjusted(taken + theme.mm(1), 0, 0, 0), flag, needed=False)
        return
    line = QRectF(rect.left(), shelf.bottom(), rect.width(), theme.mm(SQUARES_MM))
    _paint_count(ink, line, count if beside else "", flag)


def _paint_count(ink: Ink, line: QRectF, count: str, flag: str) -> None:
    theme = ink.theme
    wide = ink.text(line, count, size=Size.STATE, weight=Weight.SEMIBOLD) + theme.mm(FLAG_GAP_MM) if count else 0.0
    _paint_flag(ink, line.adjusted(wide, theme.mm(0.8), 0, -theme.mm(0.8)), flag)


def _fits_beside(ink: Ink, rect: QRectF, count: str, flag: str) -> bool:
    """Whether number and flag have room in one line; else the number goes up to the label."""
    wide = ink.width(count, Size.STATE, Weight.SEMIBOLD)
    return not flag or wide + ink.theme.mm(FLAG_GAP_MM) + _flag_width(ink, flag) <= rect.width()


def _flag_width(ink: Ink, words: str) -> float:
    return ink.width(words, Size.NOTE, Weight.BOLD) + ink.theme.mm(2.4)


def _is_roomy(ink: Ink, rect: QRectF, origin: str) -> bool:
    """Whether the number has a line of its own, below label, `origin` and places."""
    return rect.height() + 1 >= ink.theme.mm(NOTE_MM * (2 if origin else 1) + 2 * SQUARES_MM)


def _paint_shelf(ink: Ink, rect: QRectF, face: StoreFace, colour: str) -> None:
    """Containers from the left; the edge of each is dark, so that yellow is seen on white too."""
    if not face.cards:
        return
    gap = ink.theme.mm(0.5) if face.cards <= CONTAINERS_MAX else 0
    width = (rect.width() - gap * (face.cards - 1)) / face.cards
    if gap == 0:
        part = QRectF(rect.left(), rect.top(), width * face.full, rect.height())
        ink.field(part, colour, edge=ink.look.soft, radius_mm=0)
        return
    for index in range(face.full):
        place = QRectF(rect.left() + index * (width + gap), rect.top(), width, rect.height())
        ink.field(place, colour, edge=ink.look.soft, radius_mm=0.3)


def _paint_queue(ink: Ink, rect: QRectF, places: Places) -> None:
    """Squares from the right: the oldest card is the next to leave."""
    ink.painter.save()
    ink.painter.translate(rect.left() + rect.right(), 0)
    ink.painter.scale(-1, 1)
    paint_squares(ink, rect, places)
    ink.painter.restore()


def _paint_label(ink: Ink, rect: QRectF, label: str, origin: str, count: str) -> float:
    """Part, number, and where it comes from if not from the station before; answers where the next line begins."""
    theme = ink.theme
    line = QRectF(rect.left(), rect.top(), rect.width(), theme.mm(NOTE_MM))
    width = ink.width(count, Size.NOTE, Weight.BOLD) + theme.mm(1) if count else 0.0
    ink.text(line, count, size=Size.NOTE, weight=Weight.BOLD, side=Side.RIGHT)
    ink.text(line.adjusted(0, 0, -width, 0), label, size=Size.NOTE, weight=Weight.SEMIBOLD, may_cut=True)
    if origin and rect.height() >= theme.mm(2 * NOTE_MM + SQUARES_MM):
        line.translate(0, line.height())
        side = line.height() * 0.6
        ink.icon(QRectF(line.left(), line.center().y() - side / 2, side, side), Icon.BACK, ink.look.soft)
        ink.text(line.adjusted(side * 1.4, 0, 0, 0), origin, size=Size.NOTE, colour=ink.look.soft, may_cut=True)
    return line.bottom()


def _paint_flag(ink: Ink, rect: QRectF, words: str, *, needed: bool = True) -> None:
    """A word on the inverse field, as wide as it needs; left out where it is not needed and does not fit."""
    if not words:
        return
    wanted = _flag_width(ink, words)
    if wanted > rect.width() and not needed:
        return
    flag = QRectF(rect.left(), rect.top(), min(rect.width(), wanted), rect.height())
    ink.field(flag, ink.look.inverse, radius_mm=0.6)
    inner = flag.adjusted(ink.theme.mm(0.8), 0, -ink.theme.mm(0.8), 0)
    ink.text(inner, words, size=Size.NOTE, weight=Weight.BOLD, colour=ink.look.on_inverse, side=Side.MIDDLE)
