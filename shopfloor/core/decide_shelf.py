"""What a shelf's label answers: how many cards of the loop are in which state. It changes nothing."""

from collections import Counter

from shopfloor.core.events import ShelfRead
from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState

_NOT_COUNTED = frozenset({CardState.NEW, CardState.RETIRED})  # not in circulation


def read_shelf(shop: Shop, loop: str, station: str) -> ShelfRead:
    """The answer of a shelf as it is recorded: states without a card are left out."""
    counts = Counter(card.state for card in shop.of_loop(loop) if card.state not in _NOT_COUNTED)
    return ShelfRead(
        station=station, loop=loop, states={state.value: counts[state] for state in CardState if counts[state]}
    )
