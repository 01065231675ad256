"""What happens where containers are used: receiving, opening, withdrawing them whole, in bulk, or by pieces."""

from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import CardWithdrawn, Event, ScanRefused, ScanRepeated
from shopfloor.core.events_loop import CardOpened, CardReceived, PiecesWithdrawn
from shopfloor.core.line import Consume, Loop, Mark
from shopfloor.core.lots import complete, emptied_into
from shopfloor.core.names import card_name, loop_name, station_name
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state import RELEASED, Card, CardState
from shopfloor.core.steps import (
    already_done,
    content,
    inferred,
    is_outside,
    not_possible,
    refuse_inference,
    station_of,
    step_missing,
    wrong_station,
)

BULK_MAX = 200  # a loop of 200 cards at once; more is a slip, and one commit of it would keep the line waiting
_OPENS = frozenset({Mark.MANDATORY, Mark.RECOMMENDED})
_Taken = CardWithdrawn | CardOpened | CardReceived | ScanRepeated


def at_consumer(shop: Shop, card: Card, loop: Loop, source: Source) -> Decision:
    """The next natural step of a card at its consumer, and the lot that it completes."""
    taken = _take(shop, card, loop, source)
    return taken if isinstance(taken, Refusal) else (taken, *_lots(shop, loop, [taken], source))


def receive(shop: Shop, card: Card, source: Source) -> Decision:
    """Receive a container by touch, whatever scans are missing before; marks of the sequence hold."""
    loop = shop.loops[card.loop]
    if source.station != loop.consumer:
        return wrong_station(shop, card)
    match card.state:
        case CardState.FULL | CardState.IN_USE:
            return already_done(shop, card, "received", source.station, card.done_us)
        case CardState.WAITING:
            return not_possible(shop, "receive", card)
        case _ if loop.transit or is_outside(shop, loop) or card.state is CardState.IN_TRANSIT:
            received = _receive(shop, card, loop, source)
            return received if isinstance(received, Refusal) else (received,)
        case _:
            return not_possible(shop, "receive", card)


def open_card(shop: Shop, card: Card, source: Source) -> Decision:
    """Open a full container at its consumer."""
    loop = shop.loops[card.loop]
    if source.station != loop.consumer:
        return wrong_station(shop, card)
    if card.state is CardState.IN_USE:
        return already_done(shop, card, "opened", source.station, card.done_us)
    if card.state is not CardState.FULL or loop.sequence.in_use is Mark.FORBIDDEN:
        return not_possible(shop, "open", card)
    return (source.sign(CardOpened(station=source.station, card=card.id)),)


def withdraw_many(shop: Shop, source: Source, cards: tuple[str, ...]) -> Decision:
    """Each card's next step here, in one transaction; a card that is refused has its refusal recorded."""
    wanted = tuple(dict.fromkeys(cards))
    if not wanted or len(wanted) > BULK_MAX:
        return not_possible(shop, "bulk", count=len(wanted), limit=BULK_MAX)
    events: list[Event] = []
    taken: dict[str, list[_Taken]] = {}
    for card_id in wanted:
        outcome = _one_of_many(shop, card_id, source)
        if isinstance(outcome, Refusal):
            args = dict(outcome.args)
            refused = ScanRefused(station=source.station, rule=outcome.rule.value, card=outcome.card, args=args)
            events.append(source.sign(refused))
        else:
            events.append(outcome)
            taken.setdefault(shop.cards[card_id].loop, []).append(outcome)
    for loop, found in taken.items():
        events += _lots(shop, shop.loops[loop], found, source)
    return tuple(events)


def withdraw_pieces(shop: Shop, source: Source, loop_id: str, pieces: int) -> Decision:
    """Take pieces: containers in use first, the first opened first, then the one full longest; never part of it."""
    loop = shop.loops.get(loop_id)
    if loop is None or loop.consume is not Consume.PIECES:
        return not_possible(shop, "pieces", loop=loop_name(shop, loop_id))
    if source.station != loop.consumer:
        args: dict[str, str | int] = {
            "card": loop_name(shop, loop_id),
            "station": station_name(shop, loop.consumer or ""),
        }
        return Refusal(Rule.WRONG_STATION, args)
    have = [c for c in shop.of_loop(loop_id) if c.state in {CardState.IN_USE, CardState.FULL}]
    have.sort(key=lambda card: (card.state is not CardState.IN_USE, card.since_us, card.number))
    total = sum(content(loop, card) for card in have)
    if not 1 <= pieces <= total:
        return Refusal(Rule.NOT_ENOUGH, {"loop": loop_name(shop, loop_id), "wanted": pieces, "have": total})
    events: list[PiecesWithdrawn] = []
    for card in have:
        took = min(pieces, content(loop, card))
        event = PiecesWithdrawn(
            station=source.station,
            card=card.id,
            pieces=took,
            left=content(loop, card) - took,
            into=emptied_into(loop),
        )
        events.append(source.sign(event))
        pieces -= took
        if not pieces:
            break
    empty = [event.card for event in events if not event.left and event.into is CardState.WAITING]
    return (*events, *(complete(shop, loop, added=empty, station=source.station) if empty else ()))


def _one_of_many(shop: Shop, card_id: str, source: Source) -> _Taken | Refusal:
    card = shop.cards.get(card_id)
    loop = shop.loops.get(card.loop) if card else None
    if card is None or loop is None:
        return Refusal(Rule.UNKNOWN_CARD, {"card": card_id}, card_id if card else "")
    refused = refuse_card(shop, card)
    if refused is not None:
        return refused
    return _take(shop, card, loop, source) if source.station == loop.consumer else wrong_station(shop, card)


def refuse_card(shop: Shop, card: Card) -> Refusal | None:
    """The refusal of a card that is out of use, on hold or not yet in circulation."""
    rule = _OUT_OF_USE.get(card.state)
    if rule is None:
        return None
    return Refusal(rule, {"card": card_name(shop, card), "reason": card.note, "at_us": card.since_us}, card.id)


_OUT_OF_USE = {
    CardState.RETIRED: Rule.RETIRED,
    CardState.HELD: Rule.HELD,
    CardState.LOST: Rule.LOST,
    CardState.NEW: Rule.NOT_IN_CIRCULATION,
}


def _take(shop: Shop, card: Card, loop: Loop, source: Source) -> _Taken | Refusal:
    match card.state:
        case CardState.EMPTY if is_outside(shop, loop):
            return _delivered(shop, card, loop, source)
        case CardState.EMPTY | CardState.WAITING:
            # A card that came back empty by a hand, or was put in circulation so, has no withdrawal to name.
            at_us = card.done_us if card.done_what == "withdrawn" else 0
            return already_done(shop, card, "withdrawn", source.station, at_us)
        case CardState.IN_TRANSIT if loop.sequence.in_transit is not Mark.OPTIONAL:
            return _receive(shop, card, loop, source)
        case CardState.IN_PROCESS | CardState.QUEUED if _must_receive(loop):
            return _receive(shop, card, loop, source)
        case _:
            return _withdraw(shop, card, loop, source)


def _must_receive(loop: Loop) -> bool:
    return loop.transit and loop.sequence.in_transit not in {Mark.OPTIONAL, Mark.FORBIDDEN}


def _delivered(shop: Shop, card: Card, loop: Loop, source: Source) -> _Taken | Refusal:
    """A signal whose supplier never scans: it is delivered if he has read it, else the station asks once."""
    if not card.acked_us and shop.book(source.station).asked_card != card.id:
        args: dict[str, str | int] = {"card": card_name(shop, card), "delivered": 1, "at_us": card.emptied_us}
        return source.sign(ScanRepeated(station=source.station, card=card.id, asked=True, args=args))
    return _receive(shop, card, loop, source)


def _receive(shop: Shop, card: Card, loop: Loop, source: Source) -> CardReceived | Refusal:
    steps = inferred(card, loop, len(loop.route) + 1)
    refused = _refuse_steps(shop, card, loop) or refuse_inference(shop, card, loop, steps)
    return refused or source.sign(CardReceived(station=source.station, card=card.id, inferred=steps))


def _withdraw(shop: Shop, card: Card, loop: Loop, source: Source) -> _Taken | Refusal:
    steps = inferred(card, loop, len(loop.route) + 1)
    refused = refuse_inference(shop, card, loop, steps)
    if refused is not None:
        return refused
    if card.state is not CardState.IN_USE and loop.sequence.in_use in _OPENS:
        return source.sign(CardOpened(station=source.station, card=card.id, inferred=steps))
    return source.sign(CardWithdrawn(station=source.station, card=card.id, inferred=steps, into=emptied_into(loop)))


def _refuse_steps(shop: Shop, card: Card, loop: Loop) -> Refusal | None:
    sent = card.state in RELEASED or card.state is CardState.EMPTY
    if sent and loop.transit and loop.sequence.in_transit is Mark.MANDATORY:
        return step_missing(shop, card, station_of(card, loop))
    return None


def _lots(shop: Shop, loop: Loop, taken: list[_Taken], source: Source) -> tuple[Event, ...]:
    new = [event.card for event in taken if isinstance(event, CardWithdrawn) and event.into is CardState.WAITING]
    return complete(shop, loop, added=new, station=source.station) if new else ()
