"""How full the station and what lies behind it are: squares n of limit."""

from msgspec import Struct
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from shopfloor.core.text import Text
from shopfloor.core.views import StationView
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.panel import Panel, paint_chip
from shopfloor.gui.squares import Places, paint_squares
from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

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
        self._gauges = gauges(view)[:GAUGES_MAX]
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
        for at, gauge in enumerate(self._gauges):
            row = QRectF(rect.left(), rect.top() + at * height, rect.width(), height)
            if at:
                ink.hair(row.left(), row.top(), row.right(), row.top())
            self._paint_gauge(ink, row.adjusted(0, ink.theme.mm(0.4), 0, -ink.theme.mm(0.4)), gauge)

    def _paint_gauge(self, ink: Ink, rect: QRectF, gauge: Gauge) -> None:
        head = min(ink.line_height(Size.NOTE), rect.height() * 0.45)
        title = self.ui.say(gauge.title)
        if gauge.part:
            title = f"{title} · {gauge.part}"
        top = QRectF(rect.left(), rect.top(), rect.width(), head)
        room = rect.width()
        if gauge.note is not None:
            fill, text = (ink.look.inverse, ink.look.on_inverse) if gauge.urgent else ("", ink.look.ink)
            words = self.ui.say(gauge.note)
            place = top.adjusted(rect.width() * 0.5, 0, 0, 0)
            icon = Icon.BLOCKED if gauge.urgent else None
            room = paint_chip(ink, place, words, icon=icon, fill=fill, text=text, side=Side.RIGHT).left() - rect.left()
        ink.text(
            top.adjusted(0, 0, room - rect.width() - (ink.theme.mm(1) if gauge.note else 0), 0),
            title,
            size=Size.NOTE,
            weight=Weight.SEMIBOLD,
            colour=ink.look.soft,
        )
        body = QRectF(rect.left(), top.bottom(), rect.width(), rect.bottom() - top.bottom())
        count = self._count(gauge.places)
        width = ink.width(count, Size.STATE, Weight.BOLD) + 2
        ink.text(body, count, size=Size.STATE, weight=Weight.BOLD, side=Side.RIGHT)
        paint_squares(
            ink, body.adjusted(0, body.height() * 0.06, -width - ink.theme.mm(2), -body.height() * 0.04), gauge.places
        )

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
        note = Text("FULL: blocked") if blocked and lane.full else Text("FULL") if lane.full else None
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
