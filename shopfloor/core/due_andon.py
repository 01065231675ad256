"""What falls due at calls: deadlines, escalations, restarts, shelves that end, contacts that have lasted."""

from collections.abc import Iterator

from shopfloor.core.decide_aside import shelf_left_us
from shopfloor.core.decide_condition import contact_left_us, contacts_due
from shopfloor.core.events import CallStopped, Event, RestartEnded
from shopfloor.core.events_andon import CallEscalated, CallUnshelved
from shopfloor.core.evolve_andon import NOT_CLEARED, NOT_TAKEN
from shopfloor.core.line_andon import EscalationStep
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.owning import is_mine, minds_call, minds_restart
from shopfloor.core.shop import Shop
from shopfloor.core.state_call import Call


def andon_due(shop: Shop, now: Now) -> list[Event]:
    """What is due at calls, in the order in which it fell due."""
    found: list[tuple[int, str, Event]] = []
    for call in shop.calls.values():
        if not minds_call(shop, call):
            continue
        if has_deadline(call):
            deadline_us = round(call.deadline_s * US_PER_S)
            if elapsed_us(call.raised, now) >= deadline_us:
                since_us = call.raised.at_us + deadline_us
                # What was gone at its deadline and is there again has not stood in between.
                since_us = max(since_us, call.untaken.at_us if call.untaken else 0)
                found.append((since_us, call.id, CallStopped(station=call.station, call=call.id, since_us=since_us)))
        found += ((event.since_us, call.id, event) for event in _escalations(shop, call, now))
    for restart in shop.restarts.values():
        span_us = round(restart.restart_s * US_PER_S)
        if minds_restart(shop, restart.station) and elapsed_us(restart.since, now) >= span_us:
            found.append((restart.since.at_us + span_us, restart.station, RestartEnded(station=restart.station)))
    for key, shelf in shop.shelves.items():
        if shelf_left_us(shop, key, now) <= 0 and is_mine(shop, shelf.station):
            event = CallUnshelved(station=shelf.station, reason=shelf.reason)
            found.append((shelf.since.at_us + round(shelf.for_s * US_PER_S), key, event))
    found.sort(key=lambda item: item[:2])
    return [*(event for _, _, event in found), *contacts_due(shop, now)]


def andon_left_us(shop: Shop, now: Now) -> Iterator[int]:
    """Microseconds until each of these falls due."""
    for call in shop.calls.values():
        if not minds_call(shop, call):
            continue
        if has_deadline(call):
            yield round(call.deadline_s * US_PER_S) - elapsed_us(call.raised, now)
        escalation = next_escalation(shop, call)
        if escalation is not None:
            since, after_us = escalation
            yield after_us - elapsed_us(since, now)
    for restart in shop.restarts.values():
        if not minds_restart(shop, restart.station):
            continue
        yield round(restart.restart_s * US_PER_S) - elapsed_us(restart.since, now)
    for key, shelf in shop.shelves.items():
        if is_mine(shop, shelf.station):
            yield shelf_left_us(shop, key, now)
    for contact in shop.contacts.values():
        left_us = contact_left_us(shop, contact, now)
        if left_us is not None:
            yield left_us


def has_deadline(call: Call) -> bool:
    """Whether the call will stop its scope by itself; one whose condition has gone will not."""
    return bool(call.deadline_s) and not (call.stopped_us or call.cleared_us or call.returned_us)


def next_escalation(shop: Shop, call: Call) -> tuple[Now, int] | None:
    """The next level of a call: since when its time runs, and how long it is; None if there is none to come."""
    _, left = _steps(shop, call)
    since = call.untaken or call.taken
    return (since, round(left[0].after_s * US_PER_S)) if left and since is not None else None


def _escalations(shop: Shop, call: Call, now: Now) -> list[CallEscalated]:
    timer, steps = _steps(shop, call)
    since = call.untaken if timer == NOT_TAKEN else call.taken
    reached = call.level if timer == NOT_TAKEN else call.overdue
    if since is None:
        return []
    waited_us = elapsed_us(since, now)
    return [
        CallEscalated(
            station=call.station,
            call=call.id,
            timer=timer,
            level=reached + number,
            roles=step.roles,
            since_us=since.at_us + round(step.after_s * US_PER_S),
        )
        for number, step in enumerate(steps, start=1)
        if waited_us >= round(step.after_s * US_PER_S)
    ]


def _steps(shop: Shop, call: Call) -> tuple[str, tuple[EscalationStep, ...]]:
    """(timer, the steps of it that are still to come) of a call; none for one that is shelved, gone or cleared."""
    reason = shop.reasons.get(call.reason)
    policy = next((e for e in shop.line.escalations if reason and e.id == reason.escalation), None)
    if policy is None or call.cleared_us or call.returned_us or shop.shelf_of(call) is not None:
        return NOT_TAKEN, ()
    if call.acked_us:
        return NOT_CLEARED, policy.not_cleared[call.overdue :]
    return NOT_TAKEN, policy.not_taken[call.level :]
