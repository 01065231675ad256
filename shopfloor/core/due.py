"""What falls due by itself: a call's deadline, the end of a restart, the retirement of surplus cards."""

from shopfloor.core.events import CallStopped, CardRetired, Event, RestartEnded
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState

SURPLUS = "surplus"
LOOP_REMOVED = "loop removed"
_AT_REST = frozenset({CardState.FULL, CardState.EMPTY, CardState.WAITING, CardState.IN_USE})


def due(shop: Shop, now: Now) -> tuple[Event, ...]:
    """Everything that is due at `now`, in the order in which it fell due."""
    found: list[tuple[int, str, Event]] = []
    for call in shop.calls.values():
        deadline_us = round(call.deadline_s * US_PER_S)
        if deadline_us and not call.stopped_us and elapsed_us(call.raised, now) >= deadline_us:
            since_us = call.raised.at_us + deadline_us
            found.append((since_us, call.id, CallStopped(station=call.station, call=call.id, since_us=since_us)))
    for restart in shop.restarts.values():
        span_us = round(restart.restart_s * US_PER_S)
        if elapsed_us(restart.since, now) >= span_us:
            found.append((restart.since.at_us + span_us, restart.station, RestartEnded(station=restart.station)))
    found.sort(key=lambda item: item[:2])
    return tuple(event for _, _, event in found) + _surplus(shop)


def next_due_us(shop: Shop, now: Now) -> int | None:
    """Microseconds until something falls due, None if nothing will."""
    left = [
        round(call.deadline_s * US_PER_S) - elapsed_us(call.raised, now)
        for call in shop.calls.values()
        if call.deadline_s and not call.stopped_us
    ]
    left += [round(r.restart_s * US_PER_S) - elapsed_us(r.since, now) for r in shop.restarts.values()]
    return max(0, min(left)) if left else None


def _surplus(shop: Shop) -> tuple[Event, ...]:
    events: list[Event] = []
    for loop_id, alive in shop.alive.items():
        loop = shop.loops.get(loop_id)
        if alive <= (loop.cards if loop else 0):
            continue
        if loop is None:
            resting = [card for card in shop.of_loop(loop_id) if card.state in _AT_REST]
            events += [CardRetired(card=card.id, reason=LOOP_REMOVED) for card in resting]
        else:
            # The highest number goes first, whichever order they come back in: everybody can predict that.
            empty = [card for card in shop.of_loop(loop_id) if card.state is CardState.EMPTY]
            surplus = empty[::-1][: alive - loop.cards]
            events += [CardRetired(card=card.id, reason=SURPLUS) for card in surplus]
    return tuple(events)
