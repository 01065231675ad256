"""What falls due by itself: deadlines, restarts, planned changes, late suppliers, lots, cards that leave."""

from shopfloor.core.credits import gifts_due
from shopfloor.core.decide_call import LATE, raised_event
from shopfloor.core.decide_plan import LOOP_REMOVED, changes_due
from shopfloor.core.due_andon import andon_due, andon_left_us
from shopfloor.core.events import CardCirculated, CardRetired, Event, LineChanged
from shopfloor.core.events_loop import LotReleased, ResponseLate
from shopfloor.core.lots import complete
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.owning import is_first, minds_card, minds_loop
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.core.state_call import CallSource
from shopfloor.core.surplus import SURPLUS, leaving_now

__all__ = ["LOOP_REMOVED", "SURPLUS"]


def due(shop: Shop, now: Now) -> tuple[Event, ...]:
    """Everything that is due at `now`, in the order in which it fell due, with what follows from it."""
    changes = changes_due(shop, now) if is_first(shop) else ()
    after = _with_line_of(shop, changes)
    leaving = tuple(
        CardRetired(card=card.id, reason=reason) for card, reason in leaving_now(after, now) if minds_card(shop, card)
    )
    lots = _lots(after, leaving)
    return (*andon_due(shop, now), *changes, *_late(after, now, leaving), *leaving, *lots, *gifts_due(shop))


def next_due_us(shop: Shop, now: Now) -> int | None:
    """Microseconds until something falls due, None if nothing will."""
    left = list(andon_left_us(shop, now))
    if gifts_due(shop):
        return 0
    if is_first(shop):
        left += [change.from_us - now.at_us for change in shop.changes.values() if not change.applied]
    return max(0, min(left)) if left else None


def _with_line_of(shop: Shop, changes: tuple[Event, ...]) -> Shop:
    """The shop under the line that planned changes bring: what follows from it is due at the same instant."""
    line = next((event.line for event in changes if isinstance(event, LineChanged)), None)
    if line is None:
        return shop
    after = shop.copy()
    after.set_line(line)
    new = (event for event in changes if isinstance(event, CardCirculated))
    after.put(Card(id=card.card, loop=card.loop, number=card.number, state=card.state) for card in new)
    return after


def _late(shop: Shop, now: Now, leaving: tuple[CardRetired, ...]) -> list[Event]:
    gone = {event.card for event in leaving}
    events: list[Event] = []
    called: set[tuple[str, str]] = {(call.station, call.reason) for call in shop.calls.values()}
    for loop in (loop for loop in shop.clocked if minds_loop(shop, loop.id)):
        span_us = round(loop.response_s * US_PER_S)
        for card in shop.by_loop.get(loop.id, {}).values():
            if card.state is not CardState.EMPTY or card.asked is None or card.late or card.id in gone:
                continue
            if elapsed_us(card.asked, now) < span_us:
                continue
            events.append(ResponseLate(card=card.id, since_us=card.asked.at_us + span_us))
            reason = shop.reasons.get(loop.response_reason)
            key = (loop.route[0], loop.response_reason)
            if reason is not None and key not in called:
                called.add(key)
                told: dict[str, str | int] = {"what": LATE, "loop": loop.id}
                events.append(raised_event(key[0], reason, reason.kind, source=CallSource.RULE, args=told))
    return events


def _lots(shop: Shop, leaving: tuple[CardRetired, ...]) -> list[LotReleased]:
    """Lots that are complete though nothing was withdrawn: a card was found, a smaller lot came into force."""
    gone = [event.card for event in leaving]
    released: list[LotReleased] = []
    for loop_id, count in shop.waiting.items():
        loop = shop.loops.get(loop_id)
        if loop is not None and 0 < loop.lot <= count and minds_loop(shop, loop_id):
            released += complete(shop, loop, without=gone)
    return released
