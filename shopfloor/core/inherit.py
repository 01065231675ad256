"""A terminal that goes on under another name keeps what it had: its stations, its share of the line's limit."""

from collections.abc import Set as AbstractSet

from msgspec.structs import replace

from shopfloor.core.events import Recorded
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity
from shopfloor.core.state_line import Credit


def inherited(shop: Shop, before: AbstractSet[str], recorded: Recorded) -> tuple[Entity, ...]:
    """What passes from the journals `before` to the one of the event, so that no place of a limit is spent twice."""
    origin = recorded.origin
    old = before - {origin}
    if not old:
        return ()
    at_us = recorded.moment.us
    posts = [replace(p, origin=origin, since_us=at_us) for p in shop.posts.values() if p.origin in old]
    cards = [replace(card, spender=origin) for card in shop.cards.values() if card.spender in old]
    given = [credit for credit in shop.credits.values() if credit.origin in old and credit.moved]
    if not given:
        return (*posts, *cards)
    own = shop.credits.get(origin) or Credit(origin=origin)
    credits_after = [replace(credit, moved=0, asked_us=0) for credit in given]
    return (*posts, *cards, *credits_after, replace(own, moved=own.moved + sum(credit.moved for credit in given)))
