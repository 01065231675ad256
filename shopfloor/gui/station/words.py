"""Texts that several parts of a station page share."""

from shopfloor.core.state import Card
from shopfloor.core.text import Text
from shopfloor.core.views import CardView


def data(words: str) -> Text:
    """A name of the line file as a text: shown as it is in every language."""
    return Text("{it}", {"it": words})


def card_of(card: CardView) -> Text:
    """Which card of its loop."""
    return Text("card {number} of {of}", {"number": card.number, "of": card.of})


def card_short(card: CardView) -> Text:
    """Which card, where its number of cards does not matter."""
    return Text("card {number}", {"number": card.number})


def paper_note(card: Card) -> Text | None:
    """That a card's paper says something else than its loop; None for one whose paper is right."""
    return Text("Its paper is out of date: print it anew.") if card.stale_print else None


def amount(card: CardView) -> Text:
    """How much is in the container."""
    return Text("{quantity} {unit}", {"quantity": card.quantity, "unit": card.unit})


def amount_to(card: CardView) -> Text:
    """How much, and where it goes."""
    if not card.goes_to:
        return amount(card)
    args: dict[str, str | int] = {"quantity": card.quantity, "unit": card.unit, "station": card.goes_to}
    return Text("{quantity} {unit} to {station}", args)
