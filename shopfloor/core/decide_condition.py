"""Calls nobody pressed: contacts and rules that call as long as something is so. States and names as in ISA-18.2."""

from msgspec.structs import replace

from shopfloor.core.closing import asks_for
from shopfloor.core.commands_andon import ReadContact, ReportCondition
from shopfloor.core.contacts import CONTACT_STOP, held, meaning
from shopfloor.core.decide_call import ending, is_gone_by_itself, raised_event
from shopfloor.core.decide_problem import recurrence
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import CallCleared, CallStopped, Event
from shopfloor.core.events_andon import (
    AdviceEnded,
    Advised,
    CallAgain,
    CallReturned,
    CallRose,
    CallVaried,
    ContactChanged,
)
from shopfloor.core.line import CallKind, Reason
from shopfloor.core.line_andon import Effect, Severity
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.owning import is_mine
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import Contact, service_key
from shopfloor.core.state_call import Call, CallSource


def report(shop: Shop, condition: ReportCondition, now: Now) -> Decision:
    """What a condition that is as bad as it says does to calls and hints; nothing if it says nothing new."""
    gone = condition.severity is Severity.NONE or condition.effect is Effect.OFF
    # What called before the line file forgot its station or reason must be able to end.
    if not gone and (condition.station not in shop.stations or condition.reason not in shop.reasons):
        return Refusal(Rule.UNKNOWN_CODE, {"code": condition.reason or condition.station})
    advice = shop.advices.get(service_key(condition.station, condition.reason))
    if gone or condition.effect is not Effect.ADVISE:
        ended = (AdviceEnded(station=condition.station, reason=condition.reason),) if advice else ()
        return (*ended, *_calls(shop, condition, now, gone=gone))
    if advice is not None or shop.out_of_service(condition.station, condition.reason) is not None:
        return ()
    return (Advised(station=condition.station, reason=condition.reason, args=condition.args),)


def read_contact(shop: Shop, contact: ReadContact, now: Now) -> Decision:
    """What a changed contact does: noted, and its call raised or returned; the same again says nothing."""
    action = meaning(shop, contact.device, contact.input)
    source = Source(station=contact.station, device=contact.device, code=contact.input, by=contact.device)
    if action is None:
        args: dict[str, str | int] = {"code": contact.input, "why": "button", "station": contact.station}
        return Refusal(Rule.UNKNOWN_CODE, args)
    key = f"{contact.device}/{contact.input}"
    known = shop.contacts.get(key)
    if known is not None and known.active == contact.active and known.station == contact.station:
        return ()
    changed = source.sign(ContactChanged(station=contact.station, input=contact.input, active=contact.active))
    if known is None and not contact.active:
        return (changed,)
    reason, kind = action
    recent = (*(known.recent_us if known else ()), now.at_us)
    if contact.active and not _counts(reason, recent, now) and reason.delay_s > 0:
        return (changed,)
    others = held(shop, contact.station, reason.id, beside=key)
    if not contact.active and others:
        return (changed,)  # how bad it is still, they say themselves
    kind = CallKind.STOP if CallKind.STOP in others else kind
    severity = _severity(reason, kind) if contact.active else Severity.NONE
    condition = _condition(contact.station, contact.device, reason, kind, severity)
    return (changed, *_calls(shop, condition, now, gone=not contact.active))


def contacts_due(shop: Shop, now: Now) -> list[Event]:
    """Calls of contacts that have been active for long enough, or that are still active and may call again."""
    # Of several contacts that call for the same the worst speaks for all, or each would correct the other for ever.
    worst: dict[tuple[str, str], ReportCondition] = {}
    for contact in shop.contacts.values():
        mine = contact.active and is_mine(shop, contact.station)
        action = meaning(shop, contact.device, contact.input) if mine else None
        if action is None or contact.station not in shop.stations:
            continue
        reason, kind = action
        if elapsed_us(contact.since, now) < round(reason.delay_s * US_PER_S):
            continue
        condition = _condition(contact.station, contact.device, reason, kind, _severity(reason, kind))
        known = worst.setdefault((contact.station, reason.id), condition)
        if condition.severity > known.severity:
            worst[contact.station, reason.id] = condition
    if not worst:
        return []
    called = {(call.station, call.reason): call for call in shop.calls.values() if not call.cleared_us}
    return [event for key, condition in worst.items() for event in _so(shop, condition, called.get(key), now)]


def contact_left_us(shop: Shop, contact: Contact, now: Now) -> int | None:
    """Microseconds until an active contact calls, None if it calls already or never will."""
    if not contact.active or not is_mine(shop, contact.station):
        return None
    action = meaning(shop, contact.device, contact.input)
    if action is None:
        return None
    left_us = round(action[0].delay_s * US_PER_S) - elapsed_us(contact.since, now)
    return left_us if left_us > 0 else None


def _counts(reason: Reason, recent_us: tuple[int, ...], now: Now) -> bool:
    """Whether it came often enough within the delay to call at once, as a chattering fault does."""
    if reason.count <= 0 or len(recent_us) < reason.count:
        return False
    return now.at_us - recent_us[-reason.count] <= round(reason.delay_s * US_PER_S)


def _severity(reason: Reason, kind: CallKind) -> Severity:
    return Severity.CRITICAL if kind is CallKind.STOP else reason.severity


def _condition(station: str, device: str, reason: Reason, kind: CallKind, severity: Severity) -> ReportCondition:
    return ReportCondition(
        station=station,
        reason=reason.id,
        severity=severity,
        source=CallSource.CONTACT,
        effect=Effect.STOP if kind is CallKind.STOP else Effect.HELP,
        device=device,
    )


def _calls(shop: Shop, condition: ReportCondition, now: Now, *, gone: bool) -> tuple[Event, ...]:
    call = shop.open_call(condition.station, condition.reason)
    if not gone:
        return _so(shop, condition, call, now)
    # Somebody's call is theirs to end; so is that of a contact which a rule knows nothing of.
    if call is None or call.source is not condition.source or call.returned_us:
        return ()
    return _gone(shop, call, _source(condition))


def _so(shop: Shop, condition: ReportCondition, call: Call | None, now: Now) -> tuple[Event, ...]:
    """What follows from a condition that is so, given the open call for its reason."""
    if shop.out_of_service(condition.station, condition.reason) is not None:
        return ()
    source = _source(condition)
    if call is not None and call.source is condition.source:
        return _again(call, condition, source, now)
    if call is not None and not is_gone_by_itself(call):
        stops = condition.effect is Effect.STOP and not call.stopped_us
        return (_stopped(call, source, now),) if stops else ()
    before = tuple(source.sign(event) for event in ending(shop, call)) if call is not None else ()
    reason = shop.reasons.get(condition.reason) or CONTACT_STOP
    kind = CallKind.STOP if condition.effect is Effect.STOP else CallKind.HELP
    raised = raised_event(condition.station, reason, kind, source=condition.source, args=condition.args)
    signed = source.sign(replace(raised, severity=condition.severity))
    return (*before, signed, *recurrence(shop, signed, now))


def _source(condition: ReportCondition) -> Source:
    return Source(station=condition.station, device=condition.device, by=condition.device)


def _again(call: Call, condition: ReportCondition, source: Source, now: Now) -> tuple[Event, ...]:
    events: list[Event] = []
    if call.returned_us:
        events.append(source.sign(CallAgain(station=call.station, call=call.id, severity=condition.severity)))
    elif condition.severity > call.severity:
        events.append(source.sign(CallRose(station=call.station, call=call.id, severity=condition.severity)))
    elif condition.severity is not call.current:
        events.append(source.sign(CallVaried(station=call.station, call=call.id, severity=condition.severity)))
    if condition.effect is Effect.STOP and not call.stopped_us:
        events.append(_stopped(call, source, now))
    return tuple(events)


def _gone(shop: Shop, call: Call, source: Source) -> tuple[Event, ...]:
    """Whoever took it has nothing more to do; what is asked of it is asked then."""
    over = bool(call.acked_us) and not call.stopped_us
    asks = over and bool(asks_for(shop, call))
    returned = source.sign(CallReturned(station=call.station, call=call.id, closes=over and not asks))
    return (returned, source.sign(CallCleared(station=call.station, call=call.id, asks=True))) if asks else (returned,)


def _stopped(call: Call, source: Source, now: Now) -> Event:
    return source.sign(CallStopped(station=call.station, call=call.id, since_us=now.at_us))
