"""Paints the board's head, its open calls and its hours."""

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QRectF

from shopfloor.core.moment import US_PER_S
from shopfloor.core.text import Text
from shopfloor.gui.board_faces import CallFace
from shopfloor.gui.call_words import reason_said, roles_said
from shopfloor.gui.clocks import duration
from shopfloor.gui.deadline_bar import paint_deadline
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, least_ratio
from shopfloor.gui.line_words import seen_said
from shopfloor.gui.theme import Size, Weight

HEAD_MM = 17.0
HEAD_ROW_MM = 16.5  # a second row, where the figures do not fit beside the name
CALL_MM = 13.0
CALL_EDGE_MM = 0.8
WAY_MM = 1.0  # the way to the stop; kept free where there is none
HOURS_MM = 20.0
HOUR_MM = 34.0  # least width of an hour
FIGURE_GAP_MM = 6.0
PAD_MM = 2.0
TALL_MM = 30.0  # hours as high as this have larger type, the number below the hour
WIDE_MM = 200.0  # calls narrower than this have smaller type


class Figure(Struct, frozen=True):
    """A number of the head with its name above it; a loud one is on the inverse field."""

    label: Text
    value: str
    loud: bool = False


class HeadFace(Struct, frozen=True, kw_only=True):
    """Name of the line, what runs, figures by importance, time of day. `silent_s`: age of what is shown, if lost.

    `shelved`: so many calls nobody is told of for a while; `owed`: so many that the disk did not take yet.
    """

    name: str
    shift: str
    figures: tuple[Figure, ...]
    clock: str
    silent_s: int | None = None
    shelved: int = 0
    owed: int = 0


class HourFace(Struct, frozen=True, kw_only=True):
    """One hour. `due` of `plan` should be made by now; None without a takt. `note` is why it is behind."""

    label: str
    made: int
    plan: int | None
    due: int | None
    difference: int | None
    runs: bool
    ahead: bool
    note: str = ""


def signed(number: int) -> str:
    """A difference with its sign, as typeset: −3, +2, ±0."""
    return f"{number:+d}".replace("-", "−") if number else "±0"


def head_rows(ink_width: float, px_per_mm: float) -> int:
    """Rows of the head in a window of this width."""
    return 1 if ink_width / px_per_mm > 210 else 2


def paint_head(ink: Ink, rect: QRectF, face: HeadFace, *, rows: int, framed: bool = False) -> None:
    """Name at the left, time at the right, figures between or below, as many as there is room for.

    In a frame that shows name and time already: figures at the left, shift at the right.
    """
    theme = ink.theme
    pad = theme.mm(PAD_MM)
    upper = QRectF(rect.left() + pad, rect.top(), rect.width() - 2 * pad, theme.mm(HEAD_MM))
    if framed:
        _paint_figures(ink, upper, face.figures, room=0.8, at_right=False)
        _paint_below(ink, upper.adjusted(upper.width() * 0.72, theme.mm(9), 0, 0), face, Side.RIGHT)
        return
    width = ink.width("00:00", Size.HERO, Weight.SEMIBOLD)
    clock = QRectF(upper.right() - width, upper.top(), width, upper.height())
    ink.text(clock, face.clock, size=Size.HERO, weight=Weight.SEMIBOLD, side=Side.RIGHT)
    right = clock.left() - theme.mm(FIGURE_GAP_MM)
    if rows == 1:
        row = QRectF(upper.left(), upper.top(), right - upper.left(), upper.height())
        right = _paint_figures(ink, row, face.figures, room=0.62, at_right=True)
    else:
        lower = QRectF(upper.left(), upper.bottom(), upper.width(), theme.mm(HEAD_ROW_MM))
        _paint_figures(ink, lower, face.figures, room=1.0, at_right=False)
    _paint_name(ink, QRectF(upper.left(), upper.top(), right - upper.left() - pad, upper.height()), face)


def paint_call(ink: Ink, rect: QRectF, face: CallFace, *, lit: bool = True, more: int = 0, near: float = 1.0) -> None:
    """One open call: shape, where, why, how long, who, and what happens when; the way to the stop at its foot."""
    theme, look = ink.theme, ink.look
    fill, text, edge = (
        (look.stop, look.on_stop, look.stop_edge) if face.is_stop else (look.call, look.on_call, look.call_edge)
    )
    ink.field(rect, fill, edge=edge if lit else fill, edge_mm=CALL_EDGE_MM)
    if face.left_s is not None and face.deadline_s:
        pad, bar = theme.mm(PAD_MM), theme.mm(WAY_MM)
        top = rect.bottom() - theme.mm(CALL_EDGE_MM + 0.3) - bar
        place = QRectF(rect.left() + pad, top, rect.width() - 2 * pad, bar)
        gone = min(1.0, max(0.0, 1 - face.left_s / face.deadline_s))
        paint_deadline(ink, place, gone, near=near, colour=text)
    rect = rect.adjusted(0, 0, 0, -theme.mm(WAY_MM))
    inner = rect.adjusted(theme.mm(3), 0, -theme.mm(3), 0)
    side = rect.height() * 0.56
    icon = Icon.STOP if face.is_stop else Icon.CALL
    ink.icon(QRectF(inner.left(), rect.center().y() - side / 2, side, side), icon, text)
    inner.setLeft(inner.left() + side + theme.mm(2.5))
    right = inner.right()
    if more:
        words = ink.ui.tr("+{n} more", n=more)
        right -= ink.width(words, Size.STATE, Weight.BOLD)
        place = QRectF(right, rect.top(), inner.right() - right, rect.height())
        ink.text(place, words, size=Size.STATE, weight=Weight.BOLD, colour=text, side=Side.RIGHT)
        right -= theme.mm(4)
    size = Size.TITLE if rect.width() >= theme.mm(WIDE_MM) else Size.STATE
    clocks = QRectF(inner.left(), rect.top(), right - inner.left(), rect.height())
    right = _paint_clock(ink, clocks, face, text, size=size)
    where = ink.ui.tr("Whole line") if face.line_wide and face.is_stop else face.station
    if face.segment and face.is_stop:
        where = face.segment
    room = QRectF(inner.left(), rect.top(), right - inner.left() - theme.mm(4), rect.height())
    used = min(ink.width(where, size, Weight.BOLD) + 1, room.width() * 0.5)
    place = QRectF(room.left(), room.top(), used, room.height())
    ink.text(place, where, size=size, weight=Weight.BOLD, colour=text, may_cut=True)
    rest = room.adjusted(used + theme.mm(3.5), 0, 0, 0)
    _paint_reason(ink, rest, face, text)


def paint_no_calls(ink: Ink, rect: QRectF) -> None:
    """That nobody calls is said, small."""
    ink.text(rect.adjusted(ink.theme.mm(PAD_MM), 0, 0, 0), ink.ui.tr("No open calls"), colour=ink.look.soft)


def paint_hours(ink: Ink, rect: QRectF, hours: Sequence[HourFace]) -> None:
    """The hours side by side; the one that runs stays in sight where not all fit."""
    theme = ink.theme
    if not hours:
        words = ink.ui.tr("Hour by hour: nothing made yet, and no shift runs.")
        ink.text(rect, words, colour=ink.look.soft, side=Side.MIDDLE)
        return
    shown = visible_hours(hours, max(1, int(rect.width() // theme.mm(HOUR_MM))))
    between = theme.mm(1.2)
    width = (rect.width() + between) / len(shown) - between
    width = min(width, theme.mm(HOUR_MM) * 2.2)
    for index, hour in enumerate(shown):
        _paint_hour(ink, QRectF(rect.left() + index * (width + between), rect.top(), width, rect.height()), hour)


def visible_hours(hours: Sequence[HourFace], room: int) -> Sequence[HourFace]:
    """As many hours as fit: the one that runs, those before it and, if there is room, those after."""
    if len(hours) <= room:
        return hours
    running = next((index for index, hour in enumerate(hours) if hour.runs), len(hours) - 1)
    first = min(max(0, running - room * 2 // 3), len(hours) - room)
    return hours[first : first + room]


def _paint_name(ink: Ink, rect: QRectF, face: HeadFace) -> None:
    below = bool(face.shift or face.shelved or face.owed) or face.silent_s is not None
    name = QRectF(rect.left(), rect.top(), rect.width(), rect.height() * (0.6 if below else 1))
    ink.text(name, face.name, size=Size.TITLE, weight=Weight.BOLD, may_cut=True)
    line = QRectF(rect.left(), name.bottom(), rect.width(), rect.height() - name.height() - ink.theme.mm(0.8))
    _paint_below(ink, line, face, Side.LEFT)


def _paint_below(ink: Ink, line: QRectF, face: HeadFace, side: Side) -> None:
    """The shift, or that what is shown may be old."""
    if face.silent_s is None and not face.owed:
        shelved = ink.ui.tr("{n} on the shelf", n=face.shelved) if face.shelved else ""
        said = " · ".join(words for words in (shelved, face.shift) if words)
        ink.text(line, said, size=Size.NOTE, colour=ink.look.soft, side=side, may_cut=True)
        return
    words = ink.ui.tr("not recorded {n}", n=face.owed)
    if face.silent_s is not None:
        words = ink.ui.tr("No news for {age}", age=duration(face.silent_s * US_PER_S))
    loud = ink.ui.theme.palette  # what is shown has faded; that it has is said aloud
    pad = ink.theme.mm(1)
    width = ink.width(words, Size.NOTE, Weight.SEMIBOLD) + 2 * pad
    left = line.right() - width if side is Side.RIGHT else line.left() - pad
    ink.field(QRectF(left, line.top(), width, line.height()), loud.inverse, radius_mm=0.6)
    place = QRectF(left + pad, line.top(), width - pad, line.height())
    ink.text(place, words, size=Size.NOTE, weight=Weight.SEMIBOLD, colour=loud.on_inverse)


def _paint_figures(ink: Ink, rect: QRectF, figures: Sequence[Figure], *, room: float, at_right: bool) -> float:
    """The most important figures that fit into this share of the width; answers where they begin."""
    theme = ink.theme
    gap = theme.mm(FIGURE_GAP_MM)
    widths = [_figure_width(ink, figure) for figure in figures]
    count = len(figures)
    while count and sum(widths[:count]) + gap * count > rect.width() * room:
        count -= 1
    left = rect.right() - sum(widths[:count]) - gap * max(0, count - 1) if at_right else rect.left()
    x = left
    for figure, width in zip(figures[:count], widths, strict=False):
        _paint_figure(ink, QRectF(x, rect.top(), width, rect.height()), figure)
        x += width + gap
    return left - gap


def _figure_width(ink: Ink, figure: Figure) -> float:
    value = ink.width(figure.value, Size.TITLE, Weight.SEMIBOLD)
    padding = 2 * ink.theme.mm(1.6) if figure.loud else 0
    return max(ink.width(ink.ui.say(figure.label), Size.NOTE) + 1, value + 1) + padding


def _paint_figure(ink: Ink, rect: QRectF, figure: Figure) -> None:
    look = ink.look
    label, value = look.soft, look.ink
    if figure.loud:
        ink.field(rect.adjusted(0, ink.theme.mm(0.8), 0, -ink.theme.mm(0.8)), look.inverse, radius_mm=0.8)
        label, value = look.inverse_soft, look.on_inverse
        rect = rect.adjusted(ink.theme.mm(1.6), 0, -ink.theme.mm(1.6), 0)
    upper = QRectF(rect.left(), rect.top() + ink.theme.mm(1.4), rect.width(), ink.line_height(Size.NOTE))
    ink.text(upper, ink.ui.say(figure.label), size=Size.NOTE, colour=label)
    lower = QRectF(rect.left(), upper.bottom(), rect.width(), rect.bottom() - upper.bottom() - ink.theme.mm(0.8))
    ink.text(lower, figure.value, size=Size.TITLE, weight=Weight.SEMIBOLD, colour=value)


def _paint_clock(ink: Ink, rect: QRectF, face: CallFace, colour: str, *, size: Size) -> float:
    """The running clock, and the seconds to the stop; answers where they begin."""
    theme = ink.theme
    right = rect.right()
    if face.left_s is not None:
        words = ink.ui.tr("stop in {left}", left=duration(face.left_s * US_PER_S))
        right -= ink.width(words, size, Weight.BOLD) + 1
        place = QRectF(right, rect.top(), rect.right() - right, rect.height())
        ink.text(place, words, size=size, weight=Weight.BOLD, colour=colour, side=Side.RIGHT)
        right -= theme.mm(5)
    words = duration(face.clock_s * US_PER_S)
    width = max(ink.width(words, size, Weight.BOLD), ink.width("0:00", size, Weight.BOLD)) + 1
    place = QRectF(right - width, rect.top(), width, rect.height())
    ink.text(place, words, size=size, weight=Weight.BOLD, colour=colour, side=Side.RIGHT)
    return right - width


def _paint_reason(ink: Ink, rect: QRectF, face: CallFace, colour: str) -> None:
    reason = reason_said(ink.ui, face.reason_id, face.reason) if face.reason else ink.ui.tr("Stop")
    if (face.line_wide or face.segment) and face.is_stop:
        reason = f"{face.station} · {reason}"
    taken = ink.ui.tr("not taken yet")
    if face.level and not face.taken_by:
        taken = ink.ui.tr("not taken yet, {roles} called", roles=roles_said(ink.ui, face.roles))
    if face.returned and not face.is_stop:
        taken = ink.ui.tr("over by itself, nobody has seen it")
    elif face.taken_by:
        taken = (
            ink.ui.tr("{name} is there", name=face.taken_by)
            if face.arrived
            else ink.ui.tr("taken by {name}", name=face.taken_by)
        )
    if face.reopened:
        taken = f"{ink.ui.tr('reopened')} · {taken}"
    if face.input_calls:
        taken = f"{taken} · {ink.ui.tr('its input still calls')}"
    if face.seen is not None:
        taken = f"{taken} · {seen_said(ink.ui, face.seen)}"
    if face.level and not face.taken_by and ink.width(taken, Size.NOTE) * least_ratio(Size.NOTE) > rect.width():
        taken = ink.ui.tr("not taken · level {n}", n=face.level)
    upper = QRectF(rect.left(), rect.top() + rect.height() * 0.06, rect.width(), rect.height() * 0.48)
    lower = QRectF(rect.left(), upper.bottom(), rect.width(), rect.height() * 0.4)
    ink.text(upper, reason, size=Size.BODY, weight=Weight.SEMIBOLD, colour=colour, may_cut=True)
    ink.text(lower, taken, size=Size.NOTE, colour=colour)


def _paint_hour(ink: Ink, rect: QRectF, face: HourFace) -> None:
    """Hour, made of plan, a bar whose mark is what is due, and by how much or why it is behind."""
    theme, look = ink.theme, ink.look
    behind = face.difference is not None and face.difference < 0 and not face.ahead
    edge = look.ink if face.runs else look.edge
    ink.field(rect, look.panel, edge=edge, edge_mm=0.6 if face.runs else 0.25, radius_mm=0.8)
    pad = theme.mm(1.6)
    inner = rect.adjusted(pad, pad * 0.4, -pad, -pad * 0.4)
    tall = rect.height() >= theme.mm(TALL_MM)
    row = inner.height() * (0.56 if tall else 0.4)
    label = QRectF(inner.left(), inner.top(), inner.width(), inner.height() * 0.22 if tall else row)
    used = ink.text(label, face.label, size=Size.NOTE, colour=look.soft)
    place = QRectF(inner.left() + used + pad, inner.top(), inner.width() - used - pad, row)
    if tall:
        place = QRectF(inner.left(), label.bottom(), inner.width(), row - label.height())
    _paint_hour_number(ink, place, face, sizes=(Size.TITLE, Size.STATE) if tall else (Size.STATE, Size.BODY))
    bar = QRectF(inner.left(), inner.top() + row + inner.height() * 0.03, inner.width(), inner.height() * 0.17)
    if face.plan is not None:
        _paint_bar(ink, bar, face, behind=behind)
    words = QRectF(inner.left(), bar.bottom() + theme.mm(0.4), inner.width(), inner.bottom() - bar.bottom())
    if face.difference is None or face.ahead:
        return
    weight = Weight.BOLD if behind else Weight.REGULAR
    size = Size.BODY if tall else Size.NOTE
    used = ink.text(words, signed(face.difference), size=size, weight=weight, colour=look.ink if behind else look.soft)
    if face.note and behind:
        ink.text(words.adjusted(used + pad, 0, 0, 0), face.note, size=size, colour=look.soft, may_cut=True)


def _paint_hour_number(ink: Ink, rect: QRectF, face: HourFace, *, sizes: tuple[Size, Size]) -> None:
    """Made of plan, or the plan alone of an hour to come."""
    value = str(face.made) if face.plan is None else f"{face.made}/{face.plan}"
    if face.ahead:
        value = "" if face.plan is None else str(face.plan)
    weight = Weight.REGULAR if face.ahead else Weight.SEMIBOLD
    size = sizes[0] if ink.width(value, sizes[0], weight) <= rect.width() else sizes[1]
    colour = ink.look.soft if face.ahead else ink.look.ink
    ink.text(rect, value, size=size, weight=weight, colour=colour, side=Side.RIGHT)


def _paint_bar(ink: Ink, rect: QRectF, face: HourFace, *, behind: bool) -> None:
    look = ink.look
    most = max(face.plan or 0, face.made, 1)
    ink.field(rect, look.sunk, radius_mm=0.4)
    if face.made and not face.ahead:
        part = QRectF(rect.left(), rect.top(), rect.width() * face.made / most, rect.height())
        ink.field(part, look.ink if behind else look.idle, radius_mm=0.4)
    if face.due and not face.ahead:
        x = rect.left() + rect.width() * min(1.0, face.due / most)
        mark = QRectF(x - ink.theme.mm(0.5), rect.top() - ink.theme.mm(0.6), ink.theme.mm(0.8), rect.height())
        mark.setHeight(rect.height() + 2 * ink.theme.mm(0.6))
        ink.field(mark, look.soft, radius_mm=0)
