"""Planned changes of a loop: another number of cards or quantity from a day on, over a line file that says otherwise.

A change in force stays over the line file while the file says what it said when the change came; a file that says
something else has decided anew, and the change counts no longer.
"""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec.structs import replace

from shopfloor.core.codes import CARD_NUMBER_MAX, card_id
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import CardCirculated, Event, LineChanged
from shopfloor.core.events_loop import ChangeApplied, ChangeDropped, ChangePlanned
from shopfloor.core.evolve_loop import LINE_FILE
from shopfloor.core.line import Line, Loop, StartState
from shopfloor.core.lots import emptied_into
from shopfloor.core.moment import Now
from shopfloor.core.names import loop_name
from shopfloor.core.owning import unasked_epoch
from shopfloor.core.rights import Right, refuse_right
from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState, PlannedChange
from shopfloor.core.steps import not_possible

AS_THE_LOOP_SAYS: Mapping[str, StartState] = MappingProxyType({})
QUANTITY_MAX = 10_000_000
LIVES_SPENT = "lives spent"
EXPIRED = "expired"
CANCELLED = "cancelled"
LOOP_REMOVED = "loop removed"


def plan_change(
    shop: Shop, source: Source, loop_id: str, *, cards: int | None, quantity: int | None, day: str, from_us: int
) -> Decision:
    """Plan another number of cards or quantity; it replaces what was planned for the loop and is not in force yet."""
    refused = refuse_right(shop, source, Right.PLAN)
    if refused is not None:
        return refused
    loop = shop.loops.get(loop_id)
    if loop is None or (cards is None and quantity is None):
        return not_possible(shop, "change", loop=loop_name(shop, loop_id))
    least = max(loop.lot, loop.jokers + 1, 1)
    if cards is not None and not least <= cards <= CARD_NUMBER_MAX:
        return not_possible(shop, "cards", loop=loop_name(shop, loop_id), least=least, most=CARD_NUMBER_MAX)
    if quantity is not None and not 1 <= quantity <= QUANTITY_MAX:
        return not_possible(shop, "quantity", loop=loop_name(shop, loop_id), least=1, most=QUANTITY_MAX)
    before = shop.changes.get(loop_id)
    stands = before is not None and (before.over_cards is not None or before.over_quantity is not None)
    event = ChangePlanned(
        station=source.station,
        loop=loop_id,
        cards=cards,
        quantity=quantity,
        day=day,
        from_us=from_us,
        was_cards=before.was_cards if before and stands else loop.cards,
        was_quantity=before.was_quantity if before and stands else loop.quantity,
    )
    return (source.sign(event),)


def cancel_change(shop: Shop, source: Source, loop_id: str) -> Decision:
    """Take back what is planned and not yet in force."""
    refused = refuse_right(shop, source, Right.PLAN)
    if refused is not None:
        return refused
    change = shop.changes.get(loop_id)
    if change is None or change.applied:
        return not_possible(shop, "no_change", loop=loop_name(shop, loop_id))
    return (source.sign(ChangeDropped(station=source.station, loop=loop_id, reason=CANCELLED)),)


def changes_due(shop: Shop, now: Now) -> tuple[Event, ...]:
    """The planned changes that come into force by `now`, with the line they make and its new cards."""
    events: list[Event] = []
    line = shop.line
    for change in sorted(shop.changes.values(), key=lambda c: (c.from_us, c.loop)):
        if change.applied or change.from_us > now.at_us:
            continue
        if change.loop not in shop.loops:
            events.append(ChangeDropped(station="", loop=change.loop, reason=LOOP_REMOVED))
            continue
        events.append(ChangeApplied(loop=change.loop))
        line = _changed(line, change.loop, change.cards, change.quantity)
    return (*events, *line_events(shop, line)) if events else ()


def over_file(shop: Shop, line: Line) -> tuple[Line, tuple[Event, ...]]:
    """A line file with the changes in force over it, and those that it ends by saying something new."""
    events: list[Event] = []
    for loop in line.loops:
        change = shop.changes.get(loop.id)
        if change is None or (change.over_cards is None and change.over_quantity is None):
            continue
        if _says_as_before(loop, change):
            line = _changed(line, loop.id, change.over_cards, change.over_quantity)
        else:
            events.append(ChangeDropped(station="", loop=loop.id, reason=LINE_FILE))
    return line, tuple(events)


def line_events(shop: Shop, line: Line) -> tuple[Event, ...]:
    """The change to another line, if it is one, and the cards that it wants and does not have."""
    changed: tuple[Event, ...] = (LineChanged(line=line, epoch=unasked_epoch(shop)),) if line != shop.line else ()
    return (*changed, *(event for loop in line.loops for event in circulate(shop, loop)))


def circulate(shop: Shop, loop: Loop, first: Mapping[str, StartState] = AS_THE_LOOP_SAYS) -> list[CardCirculated]:
    """The cards that a loop wants and does not have; `first` may name what single ones begin with."""
    known = shop.of_loop(loop.id)
    # Cards that lived as long as the loop wants are not replaced: that is what the limit is for.
    missing = loop.cards - sum(
        1
        for card in known
        if not card.extra and (card.state is not CardState.RETIRED or card.note in {LIVES_SPENT, EXPIRED})
    )
    # A retired number never comes back: its paper may still be in somebody's pocket.
    begin = max((card.number for card in known), default=0) + 1
    end = min(begin + missing, CARD_NUMBER_MAX + 1)
    cards = {card_id(loop.id, number): number for number in range(begin, end)}
    return [
        CardCirculated(card=card, loop=loop.id, number=number, state=_first_state(loop, first.get(card, loop.start)))
        for card, number in cards.items()
    ]


def _first_state(loop: Loop, start: StartState) -> CardState:
    return CardState.FULL if start is StartState.FULL else emptied_into(loop)


def _says_as_before(loop: Loop, change: PlannedChange) -> bool:
    cards = change.over_cards is None or loop.cards == change.was_cards
    return cards and (change.over_quantity is None or loop.quantity == change.was_quantity)


def _changed(line: Line, loop_id: str, cards: int | None, quantity: int | None) -> Line:
    loops = tuple(
        replace(loop, cards=cards or loop.cards, quantity=quantity or loop.quantity) if loop.id == loop_id else loop
        for loop in line.loops
    )
    return replace(line, loops=loops)
