"""How full the station and what lies behind it are: squares n of limit."""

from msgspec import Struct
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from shopfloor.core.text import Text
from shopfloor.core.views import StationView
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.panel import Panel
from shopfloor.gui.squares import SQUARE_MM_MAX, Places, paint_squares, squares_width
from shopfloor.gui.theme import PAD_MM, Size, Weight
from shopfloor.gui.ui import Ui

LOW = 1.75  # lines of type: a lower row has no room for squares below its title
GAUGES_MAX = 4  # rows that are still legible in the smallest panel; a line has rarely more than two behind a station


class Gauge(Struct, frozen=True):
    """One row: what it counts, of what part ("" if it is clear), its places, and a word when it is full."""

    title: Text
    part: str
    places: Places
    note: Text | None = None
    urgent: bool = False


class WipPanel(Panel):
    """IN PROCESS, LANE AFTER, STORE AFTER."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, Text("IN PROCESS"), parent)
        self._gauges: tuple[Gauge, ...] = ()

    def show_view(self, view: StationView) -> None:
        """Show a station."""
        counted = gauges(view)[:GAUGES_MAX]
        if counted != self._gauges:
            self._gauges = counted
            self.update()

    def paint_heading(self, ink: Ink, rect: QRectF) -> None:
        """Each row has its own heading."""

    def heading_height(self) -> float:
        """No heading of its own."""
        return self.ui.theme.mm(1.2)

    def paint_body(self, ink: Ink, rect: QRectF) -> None:
        """Rows of equal height."""
        if not self._gauges:
            return
        height = rect.height() / len(self._gauges)
        stacked = any(not self._fits_beside(ink, gauge, rect.width()) for gauge in self._gauges)
        for at, gauge in enumerate(self._gauges):
            row = QRectF(rect.left(), rect.top() + at * height, rect.width(), height)
            if at:
                ink.hair(row.left(), row.top(), row.right(), row.top())
            self._paint_gauge(ink, row.adjusted(0, ink.theme.mm(0.4), 0, -ink.theme.mm(0.4)), gauge, stacked=stacked)

    def _fits_beside(self, ink: Ink, gauge: Gauge, width: float) -> bool:
        """Whether title and count have room on one line."""
        count = ink.width(self._count(gauge.places), Size.STATE, Weight.BOLD)
        title = ink.width(self._title(gauge), Size.NOTE, Weight.SEMIBOLD)
        return count + title + ink.theme.mm(2) <= width

    def _title(self, gauge: Gauge) -> str:
        title = self.ui.say(gauge.title)
        return f"{title} · {gauge.part}" if gauge.part else title

    def _paint_gauge(self, ink: Ink, rect: QRectF, gauge: Gauge, *, stacked: bool) -> None:
        """Title above squares, the count at the right (`stacked`: below the title); turned over when it blocks."""
        look, theme = ink.look, ink.theme
        pad = theme.mm(PAD_MM)
        colour, soft = look.ink, look.soft
        if gauge.urgent:
            ink.field(rect.adjusted(-pad * 0.6, 0, pad * 0.6, 0), look.inverse)
            colour, soft = look.on_inverse, look.inverse_soft
        if rect.height() < ink.line_height(Size.NOTE) * LOW:
            self._paint_low(ink, rect, gauge, colour=colour, soft=soft)
            return
        head = min(ink.line_height(Size.NOTE) * 0.88, rect.height() * 0.5)
        spare = max(0.0, rect.height() - head - theme.mm(SQUARE_MM_MAX))
        top = QRectF(rect.left(), rect.top() + spare / 2, rect.width(), head)
        below = QRectF(rect.left(), top.bottom(), rect.width(), rect.bottom() - top.bottom() - spare / 2)
        size = Size.BODY if stacked else Size.STATE
        count = self._count(gauge.places)
        width = ink.width(count, size, Weight.BOLD) + 2 + theme.mm(1.5)
        ink.text(below if stacked else rect, count, size=size, weight=Weight.BOLD, side=Side.RIGHT, colour=colour)
        if not stacked:
            top.adjust(0, 0, -width, 0)
        below.adjust(0, 0, -width, 0)
        title = self._title(gauge)
        ink.text(top, title, size=Size.NOTE, weight=Weight.SEMIBOLD, colour=soft, may_cut=bool(gauge.part))
        note = self.ui.say(gauge.note) if gauge.note is not None else ""
        room = ink.width(note, Size.NOTE, Weight.BOLD) + theme.mm(2) if note else 0.0
        squares = below.adjusted(0, 0, -room, -below.height() * 0.1)
        used = squares_width(ink, gauge.places, squares.height(), squares.width())
        paint_squares(ink, squares, gauge.places, colour=colour)
        if note:
            words = below.adjusted(used + theme.mm(0.8) if used else 0.0, 0, 0, 0)
            ink.text(words, note, size=Size.NOTE, weight=Weight.BOLD, colour=colour)

    def _paint_low(self, ink: Ink, rect: QRectF, gauge: Gauge, *, colour: str, soft: str) -> None:
        """On one line: title, squares if there is room, count."""
        places, title = gauge.places, self._title(gauge)
        count = str(places.taken) if places.limit is None else f"{places.taken}/{places.limit}"
        gap = ink.theme.mm(1.5)
        right = ink.width(count, Size.BODY, Weight.BOLD) + 2
        ink.text(rect, count, weight=Weight.BOLD, side=Side.RIGHT, colour=colour)
        left = rect.adjusted(0, 0, -right - gap / 2, 0)
        cut = bool(gauge.part)
        used = ink.text(left, title, size=Size.NOTE, weight=Weight.SEMIBOLD, colour=soft, may_cut=cut)
        inset = rect.height() * 0.24
        paint_squares(ink, left.adjusted(used + gap, inset, 0, -inset), places, colour=colour, at_right=True)

    def _count(self, places: Places) -> str:
        if places.limit is None:
            return str(places.taken)
        return self.ui.tr("{taken} of {limit}", taken=places.taken, limit=places.limit)


def gauges(view: StationView) -> tuple[Gauge, ...]:
    """What a station has to count, in flow order."""
    rows = [_in_process(view)]
    several = len(view.lanes_after) > 1
    blocked = any(card.blocked for card in view.in_process)
    for lane in view.lanes_after:
        note = Text("BLOCKED") if blocked and lane.full else Text("FULL") if lane.full else None
        places = Places(len(lane.cards), lane.limit)
        rows.append(Gauge(Text("LANE AFTER"), lane.part if several else "", places, note, urgent=blocked and lane.full))
    for store in view.stores_after:
        part = store.part if len(view.stores_after) > 1 else ""
        rows.append(Gauge(Text("STORE AFTER"), part, Places(store.full, store.cards)))
    return tuple(rows)


def _in_process(view: StationView) -> Gauge:
    limit = view.wip_limit
    full = limit is not None and view.wip >= limit
    over = limit is not None and view.wip > limit
    note = Text("OVER THE LIMIT") if over else Text("FULL") if full else None
    return Gauge(Text("IN PROCESS"), "", Places(view.wip, limit), note, urgent=over)
