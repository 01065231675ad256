"""The devices at the top of a window: in columns beside the clock, the ill ones first."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct
from PySide6.QtCore import QRectF

from shopfloor.core.health import Condition, Health
from shopfloor.gui.clocks import duration
from shopfloor.gui.ink import Ink
from shopfloor.gui.states import condition_look
from shopfloor.gui.theme import Size, Weight

WELL: Final = frozenset({Condition.UP, Condition.VIRTUAL, Condition.NEW})
DOTS_MAX: Final = 6  # two columns of three; the Health page has all of them
LAMP: Final = "lamp"  # the kind of part that others look at; how it is called there begins with that
SEAM_MM: Final = 2  # between two columns


class Chip(Struct, frozen=True):
    """A device, its words, and the width of both."""

    part: Health
    words: str
    width: float


def parts_width(ink: Ink, parts: Sequence[Health], room: QRectF, now_us: int) -> float:
    """Pixels that the devices take where there is no other limit than the height of `room`."""
    columns = parts_in_columns(ink, parts, room.width(), _rows(ink, room), now_us)
    return sum(max(chip.width for chip in group) + ink.theme.mm(SEAM_MM) for group in columns)


def paint_parts(ink: Ink, parts: Sequence[Health], rect: QRectF, now_us: int) -> None:
    """Devices in columns, the ill ones first; a lost one with a dashed edge and its age.

    Where there is no room for the ill ones they are shown without age, then as their number: never not at all.
    """
    height, down = _row_height(ink), _rows(ink, rect)
    top = rect.top() + (rect.height() - height * down) / 2
    columns = parts_in_columns(ink, parts, rect.width(), down, now_us)
    left = rect.right()
    for group in columns:
        column = max(chip.width for chip in group)
        is_ill = group[0].part.condition not in WELL
        if left - column < rect.left() - 1 and not (is_ill and group is columns[0]):
            return
        left -= column
        for row, chip in enumerate(group):
            _paint_chip(ink, QRectF(left, top + row * height, chip.width, height), chip)
        left -= ink.theme.mm(SEAM_MM)


def parts_in_columns(ink: Ink, parts: Sequence[Health], room: float, down: int, now_us: int) -> list[list[Chip]]:
    """The devices that are shown, `down` in a column, as wide as `room` lets them be."""
    ill = sum(1 for part in parts if part.condition not in WELL)
    shown, seam = parts[:DOTS_MAX], ink.theme.mm(SEAM_MM)
    for aged in (True, False):
        chips = [_chip(ink, part, now_us if aged else None) for part in shown]
        columns = [chips[at : at + down] for at in range(0, len(chips), down)]
        must = columns[: -(-min(ill, DOTS_MAX) // down)]
        if sum(max(chip.width for chip in group) + seam for group in must) - seam <= room:
            return columns
    return [[_sized(ink, parts[0], str(ill))]]


def name_of(part: Health) -> str:
    """What a part is called in the line file."""
    return part.id.removeprefix(f"{LAMP}:") if part.kind == LAMP else part.id


def _row_height(ink: Ink) -> float:
    return ink.line_height(Size.NOTE) * 1.02


def _rows(ink: Ink, rect: QRectF) -> int:
    return max(1, int(rect.height() // _row_height(ink)))


def _chip(ink: Ink, part: Health, now_us: int | None) -> Chip:
    words = name_of(part)
    if now_us is not None and part.condition not in WELL:
        state = ink.ui.say(condition_look(part.condition, ink.look).word)
        words = f"{words} · {state} {duration(now_us - part.since_us)}"
    return _sized(ink, part, words)


def _sized(ink: Ink, part: Health, words: str) -> Chip:
    return Chip(part, words, ink.width(words, Size.NOTE, Weight.SEMIBOLD) + ink.theme.type_px(Size.NOTE) * 1.9)


def _paint_chip(ink: Ink, rect: QRectF, chip: Chip) -> None:
    look = condition_look(chip.part.condition, ink.look)
    ill = chip.part.condition not in WELL
    if ill:
        ink.field(rect.adjusted(0, 1, 0, -1), ink.look.raised, edge=look.edge, radius_mm=0.6, dashed=True)
    side = ink.theme.type_px(Size.NOTE) * 0.72
    ink.icon(QRectF(rect.left() + side * 0.4, rect.center().y() - side / 2, side, side), look.icon, look.text)
    inner = rect.adjusted(side * 1.75, 0, -side * 0.3, 0)
    weight = Weight.SEMIBOLD if ill else Weight.REGULAR
    ink.text(inner, chip.words, size=Size.NOTE, weight=weight, colour=look.text)
