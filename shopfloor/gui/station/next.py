"""What is made next, in this order; touch a card for its actions."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from shopfloor.core.moment import US_PER_S
from shopfloor.core.text import Text
from shopfloor.core.views import CardView
from shopfloor.gui.clocks import duration
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.panel import RowPanel
from shopfloor.gui.station.words import amount, card_short
from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

ASIDE = " aside"  # key of the row behind which cards are that are on hold or lost


class CardListPanel(RowPanel):
    """Cards as numbered rows, the first to be taken first, each with how long it has waited."""

    def __init__(
        self, ui: Ui, title: Text, empty: Text, parent: QWidget | None = None, *, one_part: bool = False
    ) -> None:
        super().__init__(ui, title, parent)
        self._one_part = one_part  # the heading names it: rows need not
        self._empty = empty
        self._cards: dict[str, CardView] = {}
        self._now_us = 0
        self._aside = 0
        self._shown: object = None

    def show_cards(self, cards: tuple[CardView, ...], now_us: int, *, aside: int = 0) -> None:
        """Show these cards as they are at `now_us`, and a last row for `aside` more that are on hold or lost."""
        shown = (cards, aside, tuple((now_us - card.since_us) // US_PER_S for card in cards))
        if shown != self._shown:
            self._shown = shown
            self._cards = {card.id: card for card in cards}
            self._now_us = now_us
            self._aside = aside
            self.set_keys([*self._cards, *([ASIDE] if aside else [])])

    def paint_body(self, ink: Ink, rect: QRectF) -> None:
        """Rows, or that there are none."""
        if self._keys:
            self.paint_rows(ink)
        else:
            below = rect.adjusted(0, ink.theme.mm(1), 0, 0)
            ink.text(below, self.ui.say(self._empty), colour=ink.look.soft, lines=4, top=True)

    def paint_row(self, ink: Ink, rect: QRectF, key: str) -> None:
        """Number, part, card, age; below what is in the container."""
        if key == ASIDE:
            words = self.ui.tr("{count} on hold or lost", count=self._aside)
            ink.text(rect, words, weight=Weight.SEMIBOLD, colour=ink.look.soft, lines=2)
            return
        card = self._cards[key]
        first = self._keys[0] == key
        colour = ink.look.soft if card.why else ink.look.ink
        words, age = self.ui.say(card_short(card)), duration(self._now_us - card.since_us)
        weight = Weight.BOLD if first else Weight.SEMIBOLD
        number, seam = ink.width("00", Size.STATE, Weight.BOLD), ink.theme.mm(1)
        width = ink.width("0:00:00" if len(age) > 5 else "00:00", Size.BODY)
        need = ink.width(words, Size.BODY, weight) + seam
        if not self._one_part:
            need += ink.width(card.part, Size.BODY, weight) + 2 * seam
        narrow = (
            rect.width() - number - width - 3 * seam < need
        )  # then the age stands below, and the order is the order
        if not narrow:
            left = QRectF(rect.left(), rect.top(), number, rect.height())
            order = Weight.BOLD if first else Weight.REGULAR
            ink.text(left, str(self._keys.index(key) + 1), size=Size.STATE, weight=order, colour=colour)
            right = QRectF(rect.right() - width, rect.top(), width, rect.height())
            ink.text(right, age, side=Side.RIGHT, colour=ink.look.soft)
        inset = 0.0 if narrow else number + seam
        middle = rect.adjusted(inset, rect.height() * 0.08, 0 if narrow else -width - 2 * seam, 0)
        upper = QRectF(middle.left(), middle.top(), middle.width(), rect.height() * 0.46)
        if self._one_part:
            ink.text(upper, words, weight=weight, colour=colour)
        else:
            part = upper.adjusted(0, 0, -min(upper.width() * 0.6, ink.width(words) + 2 * seam + 1), 0)
            used = ink.text(part, card.part, weight=weight, colour=colour, may_cut=True)
            ink.text(upper.adjusted(used + 2 * seam, 0, 0, 0), words, colour=colour)
        lower = QRectF(middle.left(), upper.bottom(), middle.width(), rect.height() * 0.38)
        note = age if narrow and not card.why and not self.apart(card) else self._note(card)
        ink.text(lower, note, size=Size.NOTE, colour=ink.look.soft, may_cut=not card.why)

    def apart(self, card: CardView) -> tuple[Text, ...]:
        """What sets a card apart from the others of its list."""
        return (Text("express"),) if card.express else ()

    def _note(self, card: CardView) -> str:
        if card.why in _WHY:
            return self.ui.say(_WHY[card.why])
        words = [*(self.ui.say(word) for word in self.apart(card)), card.lot, self.ui.say(amount(card))]
        return " · ".join(word for word in (*words, "" if self._one_part else card.description) if word)


_WHY = {"not_oldest": Text("not the oldest"), "lot_incomplete": Text("waits for its lot")}
