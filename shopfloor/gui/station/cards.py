"""What can be done with a card by touch at a station: the questions on the station's sheet, and what answers them."""

from collections.abc import Iterable
from functools import partial

from PySide6.QtCore import QObject, Slot

from shopfloor.core import commands as c
from shopfloor.core.decide_consumer import BULK_MAX
from shopfloor.core.decide_loop import QUANTITY_MAX
from shopfloor.core.names import card_name
from shopfloor.core.state import CardState
from shopfloor.core.steps import content
from shopfloor.core.text import Text
from shopfloor.gui.amounts import ask_amount
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.icons import Icon
from shopfloor.gui.sheet import Choice, Sheet
from shopfloor.gui.station import questions as ask
from shopfloor.gui.station.next import ASIDE
from shopfloor.gui.station.store import to_take
from shopfloor.gui.station.words import data, paper_note
from shopfloor.gui.touch import Tone

_ASIDE = frozenset({CardState.HELD, CardState.LOST})


class CardQuestions(QObject):
    """One card, or a list of them to choose from."""

    def __init__(self, model: LineModel, sheet: Sheet, station: str) -> None:
        super().__init__(sheet)
        self.model, self.sheet, self.station = model, sheet, station

    def aside(self) -> list[str]:
        """Cards of this station's loops that are on hold or lost."""
        shop = self.model.shop
        loops = {loop.id for loop in shop.line.loops if self.station in (*loop.route, loop.consumer)}
        return sorted(card.id for card in shop.cards.values() if card.loop in loops and card.state in _ASIDE)

    @Slot(object)
    def ask(self, card_id: str) -> None:
        """What shall be done with it?"""
        if card_id == ASIDE:
            self.choose(Text("On hold or lost"), self.aside())
            return
        card = self.model.shop.cards.get(card_id)
        loop = self.model.shop.loops.get(card.loop) if card is not None else None
        if card is not None and loop is not None:
            name, choices = card_name(self.model.shop, card), ask.card_choices(card, loop, self.station)
            self.sheet.ask(data(name), choices, lambda answer: self._do_card(answer, card_id), detail=paper_note(card))

    def choose(self, title: Text, cards: Iterable[str]) -> None:
        """Which of these?"""
        shop = self.model.shop
        choices = [Choice(card, data(card_name(shop, card)), Icon.ARROW, Tone.PLAIN) for card in cards]
        self.sheet.ask(title, choices, self.ask)

    def _do_card(self, answer: str, card: str) -> None:
        command = ask.card_command(answer, self.station, card)
        if command is not None:
            self._send(command)
            return
        if answer != "hold":
            self._ask_how_many(answer, card)
            return
        self.sheet.ask(
            Text("Why is it on hold?"),
            ask.reason_choices(ask.HOLD_REASONS),
            lambda reason: self._send(c.HoldCard(station=self.station, card=card, reason=reason)),
            detail=data(card_name(self.model.shop, card)),
        )

    def _ask_how_many(self, answer: str, card_id: str) -> None:
        shop = self.model.shop
        card = shop.cards[card_id]
        loop = shop.loops[card.loop]
        unit = shop.parts[loop.part].unit if loop.part in shop.parts else ""
        there = [found for found in to_take(shop, loop.id) if found.state in {CardState.IN_USE, CardState.FULL}]
        if answer == "pieces":
            most = sum(content(loop, found) for found in there)
            question = Text("How many pieces are taken?")
            ask_amount(self.sheet, question, partial(self._take_pieces, loop.id), most=most, full=most, unit=unit)
        elif answer == "several":
            full = tuple(found.id for found in there if found.state is CardState.FULL)[:BULK_MAX]
            question = Text("How many containers are taken?")
            ask_amount(self.sheet, question, partial(self._take_several, full), most=len(full), full=len(full))
        else:
            question, note = Text("How much is in it?"), partial(self._note_quantity, card_id)
            ask_amount(self.sheet, question, note, most=QUANTITY_MAX, full=loop.quantity, unit=unit)

    def _take_pieces(self, loop: str, pieces: int) -> None:
        self._send(c.WithdrawPieces(station=self.station, loop=loop, pieces=pieces))

    def _take_several(self, full: tuple[str, ...], count: int) -> None:
        self._send(c.WithdrawMany(station=self.station, cards=full[:count]))

    def _note_quantity(self, card: str, quantity: int) -> None:
        self._send(c.NoteContents(station=self.station, card=card, quantity=quantity))

    def _send(self, command: c.Command) -> None:
        self.model.send(command)
