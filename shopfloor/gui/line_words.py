"""What screens say of the line's terminals: the link in shape and word, and who has shown a stop."""

from PySide6.QtCore import QRectF

from shopfloor.core.line_views import LinkFace, LinkLook, Seen
from shopfloor.gui.clocks import duration
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink
from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

LINK = "link"  # the kind of the part of a terminal that is its link to the line
NAMED_MAX = 3  # terminals that have not seen a stop; a longer list nobody reads while a line stands
WIDEST = (
    LinkFace(LinkLook.UP),
    LinkFace(LinkLook.LOST, 59 * 60_000_000),
    LinkFace(LinkLook.NO_RIGHT),
    LinkFace(LinkLook.TROUBLE),
    LinkFace(LinkLook.CONNECTING),
    LinkFace(LinkLook.BEHIND, behind=88_888),
)
WELL = frozenset({LinkLook.UP, LinkLook.CONNECTING})
_ICONS = {
    LinkLook.UP: Icon.RUNNING,
    LinkLook.CONNECTING: Icon.IDLE,
    LinkLook.LOST: Icon.LOST,
    LinkLook.NO_RIGHT: Icon.TROUBLE,
    LinkLook.TROUBLE: Icon.TROUBLE,
    LinkLook.BEHIND: Icon.REPEAT,
}


def link_said(ui: Ui, face: LinkFace) -> str:
    """The link in words."""
    match face.look:
        case LinkLook.UP:
            return ui.tr("line")
        case LinkLook.CONNECTING:
            return ui.tr("line: looking for it")
        case LinkLook.LOST:
            return ui.tr("line lost {time}", time=duration(face.for_us))
        case LinkLook.NO_RIGHT:
            return ui.tr("line: no right")
        case LinkLook.TROUBLE:
            return ui.tr("line: trouble")
        case LinkLook.BEHIND:
            return ui.tr("behind {n}", n=f"{face.behind:,}".replace(",", "\u202f"))


def seen_said(ui: Ui, seen: Seen, *, names: int = NAMED_MAX) -> str:
    """How far a stop is known; so many of those that have not shown it are named."""
    if seen.alone:
        return ui.tr("only this terminal knows")
    if not seen.missing:
        return ui.tr("seen by all {n}", n=seen.of)
    named = ", ".join(seen.missing[:names])
    if len(seen.missing) > names:
        named = f"{named} +{len(seen.missing) - names}"
    return ui.tr("seen by {n} of {of}, not: {names}", n=seen.seen, of=seen.of, names=named)


def chip_width(ink: Ink) -> float:
    """Pixels for the widest it can say: its place is kept, so that nothing jumps when it changes."""
    words = max(ink.width(link_said(ink.ui, face), Size.NOTE, Weight.SEMIBOLD) for face in WIDEST)
    return words + ink.theme.type_px(Size.NOTE) * 1.9


def paint_link(ink: Ink, rect: QRectF, face: LinkFace) -> None:
    """Shape and word at the right of its place; what is not well has a dashed edge."""
    look, ill = ink.look, face.look not in WELL
    words, weight = link_said(ink.ui, face), Weight.SEMIBOLD if ill else Weight.REGULAR
    note = ink.theme.type_px(Size.NOTE)
    wide = min(rect.width(), ink.width(words, Size.NOTE, weight) + note * 1.9)
    high = ink.line_height(Size.NOTE) * 1.1
    field = QRectF(rect.right() - wide, rect.center().y() - high / 2, wide, high)
    if ill:
        ink.field(field, look.raised, edge=look.ink, radius_mm=0.6, dashed=True)
    side, colour = note * 0.72, look.ink if ill else look.soft
    ink.icon(QRectF(field.left() + side * 0.4, field.center().y() - side / 2, side, side), _ICONS[face.look], colour)
    ink.text(field.adjusted(side * 1.75, 0, -side * 0.3, 0), words, size=Size.NOTE, weight=weight, colour=colour)
