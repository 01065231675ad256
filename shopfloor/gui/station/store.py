"""A store as its consumer sees it: containers to take from, the one in use or full longest first, and what comes."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.core.steps import is_outside
from shopfloor.core.text import Text
from shopfloor.core.views import CardView, StoreView, card_view
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.panel import Panel
from shopfloor.gui.squares import Places, paint_squares
from shopfloor.gui.station.next import CardListPanel
from shopfloor.gui.theme import PAD_MM, Size, Weight
from shopfloor.gui.ui import Ui


class StorePanel(CardListPanel):
    """Part, places, and the containers to take from, by touch or scan."""

    def __init__(self, ui: Ui, loop: str, parent: QWidget | None = None) -> None:
        super().__init__(ui, Text("STORE"), Text("Nothing to take: every container is empty."), parent, one_part=True)
        self.loop = loop
        self._places = Places(0, 0)
        self._part, self._description = "", ""

    def show_store(self, store: StoreView, shop: Shop, now_us: int) -> None:
        """Show the containers of the store, and those that are expected."""
        part = shop.parts.get(store.part)
        heading = (store.part, part.description if part else "", Places(store.full, store.cards))
        if heading != (self._part, self._description, self._places):
            self._part, self._description, self._places = heading
            self.update()
        self.show_cards(tuple(card_view(shop, card) for card in to_take(shop, store.loop)), now_us)

    def heading_height(self) -> float:
        """Heading, and a line with the places."""
        return super().heading_height() + self.ui.theme.type_px(Size.STATE) * 1.5

    def paint_heading(self, ink: Ink, rect: QRectF) -> None:
        """Which store, and how full it is."""
        upper = QRectF(rect.left(), rect.top(), rect.width(), Panel.heading_height(self) - ink.theme.mm(PAD_MM) * 0.4)
        title = self.ui.say(self.title)
        full = f"{self._part} {self._description}" if self._description else self._part
        gap = ink.theme.mm(1.5)
        used = ink.width(title, Size.NOTE, Weight.SEMIBOLD) + gap
        part = ink.width(self._part, Size.NOTE, Weight.BOLD)
        if used + part <= upper.width():
            ink.text(upper, title, size=Size.NOTE, weight=Weight.SEMIBOLD, colour=ink.look.soft)
            upper.setLeft(upper.left() + used)
        # A narrow store has the number of its part: that it is a store is seen by its squares.
        name = full if ink.width(full, Size.NOTE, Weight.BOLD) <= upper.width() or part > upper.width() else self._part
        ink.text(upper, name, size=Size.NOTE, weight=Weight.BOLD, may_cut=True)
        upper.setLeft(rect.left())
        lower = QRectF(rect.left(), upper.bottom(), rect.width(), rect.bottom() - upper.bottom())
        count = self.ui.tr("{taken} of {limit}", taken=self._places.taken, limit=self._places.limit or 0)
        right = ink.width(count, Size.STATE, Weight.BOLD) + 2
        ink.text(lower, count, size=Size.STATE, weight=Weight.BOLD, side=Side.RIGHT)
        paint_squares(ink, lower.adjusted(0, 0, -right - ink.theme.mm(2), 0), self._places)

    def apart(self, card: CardView) -> tuple[Text, ...]:
        """Where it is, if it does not stand here full."""
        word = _NOTES.get(card.state)
        return (*super().apart(card), word) if word is not None else super().apart(card)


def to_take(shop: Shop, loop_id: str) -> list[Card]:
    """Containers in use, full ones the longest first, those on the way, and what a supplier outside has on order."""
    loop = shop.loops[loop_id]
    order = _WITH_ORDERED if is_outside(shop, loop) else _ORDER
    cards = [card for card in shop.of_loop(loop_id) if card.state in order]
    return sorted(cards, key=lambda card: (order.index(card.state), card.since_us, card.number))


_ORDER = (CardState.IN_USE, CardState.FULL, CardState.IN_TRANSIT)
_WITH_ORDERED = (*_ORDER, CardState.EMPTY)
_NOTES = {
    CardState.IN_USE: Text("in use"),
    CardState.IN_TRANSIT: Text("on the way"),
    CardState.EMPTY: Text("on order"),
}
