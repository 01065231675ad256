"""What every step of a card shares: which stations follow, what must have happened before, what was done already."""

from shopfloor.core.events_base import Inferred
from shopfloor.core.line import Loop, Mark
from shopfloor.core.names import card_name, person_name, station_name
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState

MADE = frozenset({CardState.FULL, CardState.IN_USE, CardState.IN_TRANSIT})


def next_place(shop: Shop, card: Card) -> str:
    """The name of the station where the card's next step is."""
    loop = shop.loops.get(card.loop)
    if loop is None:
        return ""
    if card.state in MADE and loop.consumer is not None:
        return station_name(shop, loop.consumer)
    return station_name(shop, station_of(card, loop))


def station_of(card: Card, loop: Loop) -> str:
    """Where the card is at work or waits; the last station if a line file from elsewhere has shortened its route."""
    return loop.route[min(max(card.step, 1), len(loop.route)) - 1]


def after_finish(loop: Loop, step: int) -> CardState:
    """The state of a card that is finished at route position `step`."""
    if step < len(loop.route):
        return CardState.QUEUED
    if loop.consumer is None:
        return CardState.EMPTY
    travels = loop.transit and loop.sequence.in_transit is not Mark.FORBIDDEN
    return CardState.IN_TRANSIT if travels else CardState.FULL


def content(loop: Loop, card: Card) -> int:
    """Pieces in the card's container; 0 unless it is made."""
    return (card.pieces or loop.quantity) if card.state in MADE else 0


def is_outside(shop: Shop, loop: Loop) -> bool:
    """Whether the loop is supplied from outside, where nobody may scan."""
    return all(station in shop.stations and shop.stations[station].outside for station in loop.route)


def inferred(card: Card, loop: Loop, until: int) -> tuple[Inferred, ...]:
    """Steps that must have happened for the card to be at position `until` (one past the end: at the consumer)."""
    if card.state in MADE:
        return (Inferred("withdraw", loop.consumer, 0),) if until == 1 and loop.consumer else ()
    steps: list[Inferred] = []
    for step in range(max(card.step, 1), until):
        if not (step == card.step and card.state is CardState.IN_PROCESS):
            steps.append(Inferred("start", loop.route[step - 1], step))
        steps.append(Inferred("finish", loop.route[step - 1], step))
    return tuple(steps)


def refuse_inference(shop: Shop, card: Card, loop: Loop, steps: tuple[Inferred, ...]) -> Refusal | None:
    """Refuse to infer what the loop's sequence wants scanned: where that scan is missing."""
    if loop.sequence.in_process is not Mark.MANDATORY:
        return None
    missing = next((step for step in steps if step.what == "start"), None)
    return None if missing is None else step_missing(shop, card, missing.station)


def step_missing(shop: Shop, card: Card, station: str) -> Refusal:
    """The refusal of a step before another that has to be scanned, at `station`."""
    args: dict[str, str | int] = {"card": card_name(shop, card), "station": station_name(shop, station)}
    return Refusal(Rule.STEP_MISSING, args, card.id)


def wrong_station(shop: Shop, card: Card) -> Refusal:
    """The refusal of a card that belongs elsewhere: where."""
    args: dict[str, str | int] = {"card": card_name(shop, card), "station": next_place(shop, card)}
    return Refusal(Rule.WRONG_STATION, args, card.id)


def not_possible(shop: Shop, what: str, card: Card | None = None, **args: str | int) -> Refusal:
    """The refusal of a request that does not fit its loop or card; `what` chooses the words."""
    named = {"card": card_name(shop, card)} if card else {}
    return Refusal(Rule.NOT_POSSIBLE, {"what": what, **named, **args}, card.id if card else "")


def already_done(shop: Shop, card: Card, what: str, station: str, at_us: int) -> Refusal:
    """The refusal of what was done before: when, where, and by whom where the card still knows."""
    args: dict[str, str | int] = {
        "card": card_name(shop, card),
        "what": what,
        "station": station_name(shop, station),
        "at_us": at_us,
        "next": next_place(shop, card),
    }
    if card.done_us == at_us and card.done_station == station and card.done_by:
        args["by"] = person_name(shop, card.done_by)
    return Refusal(Rule.ALREADY_DONE, args, card.id)


def finished_us(card: Card, step: int) -> int:
    """When the step was finished in this turn; 0 if nobody knows."""
    return card.finished_us[step - 1] if step <= len(card.finished_us) else 0
