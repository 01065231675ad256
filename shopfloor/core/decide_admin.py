"""People at stations, cards taken out of use, and the line file in force."""

from collections.abc import Mapping

from msgspec.structs import replace

from shopfloor.core.decide_plan import AS_THE_LOOP_SAYS, circulate, over_file
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import (
    CardFound,
    CardHeld,
    CardLost,
    CardReleased,
    CardRetired,
    Event,
    LineChanged,
    OverrideGranted,
    SignedOff,
    SignedOn,
)
from shopfloor.core.limits import refuse_return
from shopfloor.core.line import Line, Loop, StartState
from shopfloor.core.lots import emptied_into
from shopfloor.core.names import card_name, person_name, station_name
from shopfloor.core.owning import unasked_epoch
from shopfloor.core.rights import Right, refuse_right
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop, place
from shopfloor.core.state import RELEASED, Card, CardState
from shopfloor.core.steps import MADE

_OUT_OF_USE = {CardState.HELD: Rule.HELD, CardState.LOST: Rule.LOST, CardState.RETIRED: Rule.RETIRED}
NAMED_CARDS_MAX = 6  # enough to walk and look; the rest is on the board


def sign_on(shop: Shop, source: Source, person: str) -> Decision:
    """Sign a person on; the one before is signed off by that."""
    if person not in shop.people:
        return Refusal(Rule.UNKNOWN_CODE, {"code": person})
    if shop.book(source.station).person == person:
        return Refusal(Rule.ALREADY_DONE, {"what": "sign_on", "by": person_name(shop, person)})
    return (source.sign(SignedOn(station=source.station, person=person)),)


def sign_off(shop: Shop, source: Source) -> Decision:
    """Sign the person at the station off."""
    person = shop.book(source.station).person
    if not person:
        return Refusal(Rule.ALREADY_DONE, {"what": "sign_off", "station": station_name(shop, source.station)})
    return (source.sign(SignedOff(station=source.station, person=person)),)


def grant_override(shop: Shop, source: Source, reason: str) -> Decision:
    """Let the next step at the station pass a limit, once; needs the right and a reason."""
    refused = refuse_right(shop, source, Right.OVERRIDE)
    if refused is not None:
        return refused
    if not reason.strip():
        return Refusal(Rule.NO_RIGHT, {"right": "override", "roles": "", "why": "reason"})
    return (source.sign(OverrideGranted(station=source.station, reason=reason)),)


def hold(shop: Shop, source: Source, card_id: str, reason: str) -> Decision:
    """Take a card out of use where it is."""
    card = shop.cards.get(card_id)
    refused = _refuse_mark(shop, source, card, card_id, Right.HOLD)
    if refused is not None:
        return refused
    if not reason.strip():
        return Refusal(Rule.NO_RIGHT, {"right": "hold", "roles": "", "why": "reason"}, card_id)
    return (source.sign(CardHeld(station=source.station, card=card_id, reason=reason)),)


def release(shop: Shop, source: Source, card_id: str) -> Decision:
    """Bring a held card back where it was; refused if a hard limit has no place for it now."""
    card = shop.cards.get(card_id)
    if card is None or card.state is not CardState.HELD:
        return _not_so(shop, card, card_id)
    refused = refuse_right(shop, source, Right.HOLD)
    if refused is not None:
        return refused
    broken = refuse_return(shop, back_from_hold(card))
    if broken is not None:
        return Refusal(broken, {"card": card_name(shop, card), "what": "release"}, card.id)
    return (source.sign(CardReleased(station=source.station, card=card_id)),)


def back_from_hold(card: Card) -> Card:
    """A held card as it was before, with its marks."""
    return replace(card, state=card.held_from or CardState.EMPTY, held_from=None, note="")


def lose(shop: Shop, source: Source, card_id: str) -> Decision:
    """Mark a card that nobody finds, on hold or not."""
    card = shop.cards.get(card_id)
    if card is not None and card.state is CardState.HELD:
        refused = refuse_right(shop, source, Right.HOLD)
    else:
        refused = _refuse_mark(shop, source, card, card_id, Right.HOLD)
    if refused is not None:
        return refused
    return (source.sign(CardLost(station=source.station, card=card_id)),)


def find(shop: Shop, source: Source, card_id: str, *, full: bool) -> Decision:
    """Bring a lost card back, FULL or EMPTY as its container is; always EMPTY where nobody would empty it (CONWIP)."""
    card = shop.cards.get(card_id)
    if card is None or card.state is not CardState.LOST:
        return _not_so(shop, card, card_id)
    refused = refuse_right(shop, source, Right.HOLD)
    if refused is not None:
        return refused
    loop = shop.loops.get(card.loop)
    emptied_by_nobody = loop is not None and loop.consumer is None
    empty = CardState.EMPTY if loop is None else emptied_into(loop)
    state = CardState.FULL if full and not emptied_by_nobody else empty
    return (source.sign(CardFound(station=source.station, card=card_id, state=state)),)


def retire(shop: Shop, source: Source, card_id: str, reason: str) -> Decision:
    """Take a card out of circulation for ever; never one in process."""
    card = shop.cards.get(card_id)
    if card is None or card.state is CardState.RETIRED or _in_process(card):
        return _not_so(shop, card, card_id)
    refused = refuse_right(shop, source, Right.RETIRE)
    return refused if refused is not None else (CardRetired(card=card_id, reason=reason),)


def change_line(shop: Shop, line: Line, first: Mapping[str, StartState] = AS_THE_LOOP_SAYS) -> Decision:
    """Put a line file in force and missing cards in circulation; refused if it would break what is in process.

    `first` may name the state only of cards that are put in circulation now, and FULL only where somebody empties them.
    """
    refused = _refuse_line(shop, line)
    if refused is not None:
        return refused
    line, ended = over_file(shop, line)
    new = [event for loop in line.loops for event in circulate(shop, loop, first)]
    loops = {event.card: loop for loop in line.loops for event in new if event.loop == loop.id}
    wrong = [
        card
        for card, state in first.items()
        if card not in loops or (state is StartState.FULL and loops[card].consumer is None)
    ]
    if wrong:
        named = ", ".join(sorted(wrong)[:NAMED_CARDS_MAX])
        return Refusal(Rule.LINE_FILE, {"what": "first", "cards": named, "count": len(wrong)})
    changed: tuple[Event, ...] = (LineChanged(line=line, epoch=unasked_epoch(shop)),) if line != shop.line else ()
    return (*ended, *changed, *new)


def _refuse_line(shop: Shop, line: Line) -> Refusal | None:
    if shop.line.id and line.id != shop.line.id:
        return Refusal(Rule.LINE_FILE, {"what": "id", "expected": shop.line.id, "got": line.id})
    loops = {loop.id: loop for loop in line.loops}
    stations = {station.id for station in line.stations}
    broken = [
        card for card in shop.cards.values() if _in_process(card) and not _still_fits(shop, card, loops, stations)
    ]
    if not broken:
        return _refuse_kind(shop, loops)
    named = ", ".join(
        f"{card.id} ({station_name(shop, place(shop, card))})"
        for card in sorted(broken, key=lambda c: c.id)[:NAMED_CARDS_MAX]
    )
    return Refusal(Rule.LINE_FILE, {"what": "in_process", "cards": named, "count": len(broken)})


def _refuse_kind(shop: Shop, loops: dict[str, Loop]) -> Refusal | None:
    """A made card of a loop without a consumer would be so for ever."""
    stuck = [
        card
        for card in shop.cards.values()
        if MADE & {card.state, card.held_from} and card.loop in loops and loops[card.loop].consumer is None
    ]
    if not stuck:
        return None
    named = ", ".join(card.id for card in sorted(stuck, key=lambda c: c.id)[:NAMED_CARDS_MAX])
    return Refusal(Rule.LINE_FILE, {"what": "kind", "cards": named, "count": len(stuck)})


def _in_process(card: Card) -> bool:
    return card.state in RELEASED or (card.state is CardState.HELD and card.held_from in RELEASED)


def _still_fits(shop: Shop, card: Card, loops: dict[str, Loop], stations: set[str]) -> bool:
    loop = loops.get(card.loop)
    if loop is None or card.step > len(loop.route):
        return False
    here = loop.route[card.step - 1]
    return here == place(shop, card) and here in stations


def _refuse_mark(shop: Shop, source: Source, card: Card | None, card_id: str, right: Right) -> Refusal | None:
    if card is None or card.state in _OUT_OF_USE or card.state is CardState.NEW:
        return _not_so(shop, card, card_id)
    return refuse_right(shop, source, right)


def _not_so(shop: Shop, card: Card | None, card_id: str) -> Refusal:
    if card is None:
        return Refusal(Rule.UNKNOWN_CARD, {"card": card_id})
    rule = _OUT_OF_USE.get(card.state, Rule.ALREADY_DONE)
    args: dict[str, str | int] = {"card": card_name(shop, card), "what": "state", "state": card.state.value}
    return Refusal(rule, {**args, "at_us": card.since_us, "reason": card.note}, card.id)
