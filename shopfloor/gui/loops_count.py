"""Counting the cards of a loop by touch: one after the other, place by place; what is missing is marked as lost."""

from collections.abc import Callable
from functools import partial

from shopfloor.core.loop_views import card_place, card_title
from shopfloor.core.names import loop_name
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.loops_faces import STATE_WORDS
from shopfloor.gui.sheet import Choice, Sheet
from shopfloor.gui.station.words import data
from shopfloor.gui.touch import Tone

_NOT_COUNTED = frozenset({CardState.NEW, CardState.LOST, CardState.RETIRED})


class CardCount:
    """Asks for every card of a loop whether it is there. Whoever walks away finds the count where it was left."""

    def __init__(self, sheet: Sheet, shop: Callable[[], Shop], lose: Callable[[str], None]) -> None:
        self._sheet, self._shop, self._lose = sheet, shop, lose
        self._found: dict[str, dict[str, bool]] = {}  # loop -> card -> whether it was there

    def ask(self, loop: str) -> None:
        """Ask for the next card of the loop; after the last, say what came of it."""
        shop, found = self._shop(), self._found.setdefault(loop, {})
        expected = _expected(shop, loop)
        card = next((one for one in expected if one.id not in found), None)
        if card is None:
            self._tell(loop, expected)
            return
        done = sum(1 for one in expected if one.id in found)
        progress = Text(
            "{name} ({n} of {total})", {"name": card_title(shop, card.id), "n": done + 1, "total": len(expected)}
        )
        self._sheet.ask(progress, _there(card), partial(self._note, loop, card.id), detail=card_place(shop, card))

    def _note(self, loop: str, card: str, answer: str) -> None:
        if answer == "again":
            self._found[loop] = {}
        else:
            self._found[loop][card] = answer == "there"
        self.ask(loop)

    def _tell(self, loop: str, expected: list[Card]) -> None:
        shop, found = self._shop(), self._found.pop(loop)
        missing = [card.id for card in expected if not found[card.id]]
        counted: dict[str, str | int] = {
            "loop": loop_name(shop, loop),
            "n": len(expected) - len(missing),
            "total": len(expected),
        }
        words = Text("{loop}: {n} of {total} cards are there", counted)
        if not missing:
            self._sheet.ask(words, (Choice("ok", Text("OK"), Icon.CHECK),), lambda _answer: None)
            return
        names = data(", ".join(card_title(shop, card) for card in missing))
        lost = Choice("lost", Text("MARK AS LOST"), Icon.SEARCH, Tone.ACTION)
        again = Choice("again", Text("COUNT AGAIN"), Icon.REPEAT)
        self._sheet.ask(words, (lost, again), partial(self._settle, loop, missing), detail=names)

    def _settle(self, loop: str, missing: list[str], answer: str) -> None:
        if answer == "again":
            self.ask(loop)
            return
        for card in missing:
            self._lose(card)


def _there(card: Card) -> tuple[Choice, ...]:
    return (
        Choice("there", Text("IT IS THERE"), Icon.CHECK, note=STATE_WORDS[card.state]),
        Choice("missing", Text("MISSING"), Icon.CROSS),
        Choice("again", Text("COUNT AGAIN"), Icon.REPEAT),
    )


def _expected(shop: Shop, loop: str) -> list[Card]:
    """Cards that should be somewhere, those of one place together."""
    places = {state: at for at, state in enumerate(CardState)}
    cards = [card for card in shop.of_loop(loop) if card.state not in _NOT_COUNTED]
    return sorted(cards, key=lambda card: (places[card.state], card.step, card.number))
