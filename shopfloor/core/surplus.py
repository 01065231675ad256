"""Cards that leave a loop by themselves: more than it wants, at the end of their lives, or of a loop that is gone.

Fewer cards take effect as containers come back. A signal that waits for its lot goes at once, and so does an EMPTY
card of a loop without lots that its supplier has not read; of several the one with the highest number, whichever order
they came back in. A signal that was given (a released lot, an acknowledged card) and whatever holds goods stay until
they are empty again. Who is expected to leave next is in `ORDER`, within a state the card that is longest in it.
"""

from collections.abc import Iterator

from shopfloor.core.decide_plan import EXPIRED, LIVES_SPENT, LOOP_REMOVED
from shopfloor.core.line import Loop
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState

SURPLUS = "surplus"
ORDER = (
    CardState.WAITING,
    CardState.FULL,
    CardState.IN_USE,
    CardState.IN_TRANSIT,
    CardState.QUEUED,
    CardState.IN_PROCESS,
    CardState.EMPTY,
)
_AT_REST = frozenset({CardState.FULL, CardState.EMPTY, CardState.WAITING, CardState.IN_USE, CardState.IN_TRANSIT})
_EMPTY = frozenset({CardState.EMPTY, CardState.WAITING})


def leaving_now(shop: Shop, now: Now) -> Iterator[tuple[Card, str]]:
    """The cards that retire now, each with why."""
    gone: set[str] = set()
    for card, reason in (*_ended(shop, now), *_too_many(shop)):
        if card.id not in gone:
            gone.add(card.id)
            yield card, reason


def leaving_next(shop: Shop, loop: Loop) -> tuple[Card, ...]:
    """The cards that are expected to leave a loop with more of them than it wants, in the order of `ORDER`."""
    more = shop.alive.get(loop.id, 0) - loop.cards
    if more <= 0:
        return ()
    cards = [card for card in shop.of_loop(loop.id) if card.state in ORDER and not card.extra]
    # An EMPTY card without a lot has nothing behind it yet: it is the first to go.
    cards.sort(key=lambda c: (-1 if _may_go(loop, c) else ORDER.index(c.state), c.since_us, c.number))
    return tuple(cards[:more])


def jokers(shop: Shop, loop: Loop) -> frozenset[str]:
    """The cards of a loop that are spare: those with the highest numbers, which are also the first to leave."""
    cards = [card for card in shop.of_loop(loop.id) if card.state is not CardState.RETIRED and not card.extra]
    return frozenset(card.id for card in cards[::-1][: loop.jokers])


def _too_many(shop: Shop) -> Iterator[tuple[Card, str]]:
    for loop_id, alive in shop.alive.items():
        loop = shop.loops.get(loop_id)
        if alive <= (loop.cards if loop else 0):
            continue
        if loop is None:
            yield from ((card, LOOP_REMOVED) for card in shop.of_loop(loop_id) if card.state in _AT_REST)
        else:
            empty = [card for card in shop.of_loop(loop_id) if _may_go(loop, card)]
            yield from ((card, SURPLUS) for card in empty[::-1][: alive - loop.cards])


def _may_go(loop: Loop, card: Card) -> bool:
    if card.extra:
        return False
    unread = card.state is CardState.EMPTY and loop.lot == 1 and not card.acked_us
    return card.state is CardState.WAITING or unread


def _ended(shop: Shop, now: Now) -> Iterator[tuple[Card, str]]:
    for card in shop.extras.values():
        if card.loop not in shop.loops and card.state in _AT_REST:
            yield card, LOOP_REMOVED
        elif card.state in _EMPTY and card.cycle >= card.lives:
            yield card, LIVES_SPENT
    for loop in shop.limited:
        expired = bool(loop.expires_us) and now.at_us >= loop.expires_us
        for card in shop.by_loop.get(loop.id, {}).values():
            if card.state not in _EMPTY:
                continue
            if loop.lives and card.cycle >= loop.lives:
                yield card, LIVES_SPENT
            elif expired:
                yield card, EXPIRED
