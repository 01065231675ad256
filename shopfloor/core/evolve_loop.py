"""What an event changes at lots, express marks, contents, prints, taught codes and planned changes."""

from typing import assert_never

from msgspec.structs import replace

from shopfloor.core import events_loop as x
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState, Entity, PlannedChange, Taught

LINE_FILE = "line file"
LoopEvent = (
    x.ResponseLate
    | x.LotReleased
    | x.CardReprinted
    | x.CardExpressed
    | x.ContentsNoted
    | x.CodeTaught
    | x.ChangePlanned
    | x.ChangeApplied
    | x.ChangeDropped
)


def evolve_loop(shop: Shop, event: LoopEvent, at: Now) -> tuple[Entity, ...]:
    """The entities the event changes; nothing for a card or change nobody knows. None of it is a step of a card."""
    match event:
        case x.LotReleased():
            cards = [shop.cards[card] for card in event.cards if card in shop.cards]
            return tuple(asking(shop, card, at) for card in cards if card.state is CardState.WAITING)
        case x.CodeTaught():
            return (Taught(text=event.text, card=event.card),)
        case x.ChangePlanned():
            return (_planned(shop, event),)
        case x.ChangeApplied():
            change = shop.changes.get(event.loop)
            return (_applied(shop, change),) if change else ()
        case x.ChangeDropped():
            change = shop.changes.get(event.loop)
            return (_dropped(change, event.reason),) if change else ()
        case x.ResponseLate() | x.CardReprinted() | x.CardExpressed() | x.ContentsNoted():
            card = shop.cards.get(event.card)
            return () if card is None or card.state is CardState.RETIRED else (_noted(card, event),)
        case _:
            assert_never(event)


def asking(shop: Shop, card: Card, at: Now) -> Card:
    """The card as a pull signal from `at` on: EMPTY, and its response clock runs where the loop has one."""
    loop = shop.loops.get(card.loop)
    awaited = at if loop is not None and loop.response_s else None
    return replace(card, state=CardState.EMPTY, since_us=at.at_us, acked_us=0, acked_by="", asked=awaited, late=False)


def _planned(shop: Shop, event: x.ChangePlanned) -> PlannedChange:
    before = shop.changes.get(event.loop)
    return PlannedChange(
        loop=event.loop,
        cards=event.cards,
        quantity=event.quantity,
        day=event.day,
        from_us=event.from_us,
        was_cards=event.was_cards,
        was_quantity=event.was_quantity,
        by=event.by,
        over_cards=before.over_cards if before else None,
        over_quantity=before.over_quantity if before else None,
    )


def _applied(shop: Shop, change: PlannedChange) -> PlannedChange:
    loop = shop.loops.get(change.loop)
    new = loop is not None and change.over_cards is None and change.over_quantity is None
    return replace(
        change,
        applied=True,
        over_cards=change.cards or change.over_cards,
        over_quantity=change.quantity or change.over_quantity,
        was_cards=loop.cards if new and loop else change.was_cards,
        was_quantity=loop.quantity if new and loop else change.was_quantity,
    )


def _dropped(change: PlannedChange, reason: str) -> PlannedChange:
    """A line file that decides anew ends what is in force, not what is planned; somebody's word the other way round."""
    if reason == LINE_FILE and not change.applied:
        return replace(change, over_cards=None, over_quantity=None)
    if reason != LINE_FILE and not change.applied and (change.over_cards or change.over_quantity):
        return replace(change, applied=True, cards=None, quantity=None)
    return replace(change, ended=True)


def _noted(card: Card, event: x.ResponseLate | x.CardReprinted | x.CardExpressed | x.ContentsNoted) -> Card:
    match event:
        case x.ResponseLate():
            return replace(card, late=True)
        case x.CardReprinted():
            # A print that comes late is of before: it neither counts back nor says what the line says now.
            newer = event.print_version > card.print_version
            return replace(card, print_version=event.print_version, stale_print=False) if newer else card
        case x.CardExpressed():
            return replace(card, express=event.on)
        case x.ContentsNoted():
            return replace(
                card,
                pieces=event.quantity or card.pieces,
                lot=event.lot or card.lot,
                serials=event.serials or card.serials,
            )
        case _:
            assert_never(event)
