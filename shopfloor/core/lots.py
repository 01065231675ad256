"""Lots: emptied cards wait until so many are empty, and then become pull signals together."""

from collections.abc import Iterable

from shopfloor.core.events_loop import LotReleased
from shopfloor.core.line import Loop
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState


def emptied_into(loop: Loop) -> CardState:
    """The state of a card whose container is empty: a signal at once, or one that waits for its lot."""
    return CardState.EMPTY if loop.lot == 1 else CardState.WAITING


def waiting(shop: Shop, loop: str) -> list[Card]:
    """The cards that wait for their lot, the one that has waited longest first."""
    if not shop.waiting.get(loop):
        return []
    found = [card for card in shop.by_loop.get(loop, {}).values() if card.state is CardState.WAITING]
    return sorted(found, key=lambda card: (card.since_us, card.number))


def complete(
    shop: Shop, loop: Loop, *, added: Iterable[str] = (), without: Iterable[str] = (), station: str = ""
) -> tuple[LotReleased, ...]:
    """The release of the complete lots among the cards that wait and those `added`; nothing where a planner decides."""
    gone = set(without)
    new = list(added)
    cards = [card.id for card in waiting(shop, loop.id) if card.id not in gone and card.id not in new] + new
    if loop.lot < 1 or len(cards) < loop.lot:
        return ()
    whole = len(cards) - len(cards) % loop.lot
    return (LotReleased(station=station, loop=loop.id, cards=tuple(cards[:whole])),)
