"""The line's own limit in shares: each terminal spends only places it holds, so that none has to be asked to start.

A place that is given away is the giver's no more from that event on, and the taker's when it hears of it: what is on
its way can only make the limit stricter. A place comes back to whoever spent it.

A question is an event, so it stands until somebody gives: whoever was away reads it when it is back. Nobody asks twice,
for who asked first is first in turn.
"""

from collections.abc import Collection, Mapping

from shopfloor.core.events_line import CreditsAsked, CreditsGiven
from shopfloor.core.line import Line
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop, place
from shopfloor.core.state import Card
from shopfloor.core.state_line import Credit, Post


def is_shared(shop: Shop) -> bool:
    """Whether several terminals may spend the line's limit, or could once: then places have holders for ever."""
    if shop.credits:
        return True
    origins = iter(shop.posts.values())
    first = next(origins, None)
    return first is not None and any(post.origin != first.origin for post in origins)


def first_origin(shop: Shop, posts: Mapping[str, Post] | None = None, *, line: Line | None = None) -> str:
    """The terminal that holds the limit at first: that of the first station anybody claims; in these if given."""
    posts = shop.posts if posts is None else posts
    return next((posts[s.id].origin for s in (line or shop.line).stations if s.id in posts), "")


def held(shop: Shop, origin: str) -> int:
    """Places of the line's limit that a terminal holds, spent or not; 0 without a limit."""
    base = (shop.line.wip_limit or 0) if origin == first_origin(shop) else 0
    credit = shop.credits.get(origin)
    return base + (credit.moved if credit else 0)


def spent(shop: Shop, origin: str) -> int:
    """Places that cards have which the terminal released; where nobody is noted, it was the first one's."""
    first = first_origin(shop)
    return sum(1 for card in shop.released.values() if (card.spender or first) == origin)


def cards_of(shop: Shop, posts: Collection[Post]) -> list[Card]:
    """Released cards that are at these stations, or have places that their terminals spent."""
    stations, origins = {post.station for post in posts}, {post.origin for post in posts}
    first = first_origin(shop)
    return [c for c in shop.released.values() if place(shop, c) in stations or (c.spender or first) in origins]


def free(shop: Shop, origin: str) -> int:
    """Places that a terminal holds and has not spent."""
    return held(shop, origin) - spent(shop, origin)


def payer(shop: Shop, card: Card, origin: str) -> str:
    """Whose place a card takes that `origin` releases or puts back: of whoever had released it, while that has one."""
    return card.spender if any(post.origin == card.spender for post in shop.posts.values()) else origin


def has_place_for(shop: Shop, card: Card) -> bool:
    """Whether a card may be put back to where it was released: another's place only as long as that one is heard."""
    if not shop.origin or not is_shared(shop):
        return True
    whose = payer(shop, card, shop.origin)
    return free(shop, whose) > 0 and (whose == shop.origin or whose in shop.live)


def asks(shop: Shop) -> tuple[CreditsAsked, ...]:
    """The question of this terminal, which has none left, unless it stands already."""
    credit = shop.credits.get(shop.origin)
    return () if credit is not None and credit.asked_us else (CreditsAsked(origin=shop.origin),)


def gifts_due(shop: Shop) -> tuple[CreditsGiven, ...]:
    """What this terminal gives to others that ask: half of what it does not use, rounded up, to the first of them.

    Only to one that is heard, for what a silent one is given nobody can use, and only while it has none itself. And not
    before the line was read: a disk that was put back has forgotten what it gave away.
    """
    if not shop.origin or shop.line.wip_limit is None or not is_shared(shop):
        return ()
    reading = shop.reading
    if reading is not None and not (reading.done and reading.origin == shop.origin):
        return ()
    asking = [c for c in shop.credits.values() if c.asked_us and c.origin in shop.live]
    if not asking or (own := free(shop, shop.origin)) <= 0:
        return ()
    waiting = [credit for credit in asking if free(shop, credit.origin) <= 0]
    if not waiting:
        return ()
    first = min(waiting, key=lambda credit: (credit.asked_us, credit.origin))
    return (CreditsGiven(giver=shop.origin, to=first.origin, count=(own + 1) // 2),)


def evolve_credits(shop: Shop, event: CreditsAsked | CreditsGiven, at: Now) -> tuple[Credit, ...]:
    """The shares after the event."""
    if isinstance(event, CreditsAsked):
        credit = credit_of(shop, event.origin)
        return (Credit(origin=credit.origin, moved=credit.moved, asked_us=credit.asked_us or at.at_us),)
    giver, taker = credit_of(shop, event.giver), credit_of(shop, event.to)
    if giver.origin == taker.origin or _was_taken_over(shop, giver.origin):
        return ()
    return (
        Credit(origin=giver.origin, moved=giver.moved - event.count, asked_us=giver.asked_us),
        Credit(origin=taker.origin, moved=taker.moved + event.count),
    )


def _was_taken_over(shop: Shop, origin: str) -> bool:
    """Whether a terminal has lost its last station: it has nothing to give, and may not have heard of it."""
    return any(post.epoch for post in shop.posts.values()) and all(p.origin != origin for p in shop.posts.values())


def credit_of(shop: Shop, origin: str) -> Credit:
    """A terminal's share as it is noted."""
    return shop.credits.get(origin) or Credit(origin=origin)
