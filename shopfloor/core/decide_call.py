"""Andon: calling, stopping, taking, arriving, clearing, rejecting."""

from collections.abc import Callable

from shopfloor.core.closing import Asked, asks_for, may_verify
from shopfloor.core.contacts import held
from shopfloor.core.decide_problem import recurrence
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import (
    CallAcknowledged,
    CallArrived,
    CallCleared,
    CallRaised,
    CallRejected,
    CallStopped,
    Event,
)
from shopfloor.core.events_andon import CallClosed, CallNamed, CallVerified
from shopfloor.core.line import CallKind, Reason, Role, Scope
from shopfloor.core.line_refusals import RESTART, unlinked
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import person_name, reason_name, station_name
from shopfloor.core.rights import Right, refuse_right
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop, scope_key
from shopfloor.core.state import Call
from shopfloor.core.state_call import CallSource

LATE = "late"  # what a call for a supplier who did not answer in time says of itself
MISTAKE_S = 5  # as long as a screen offers to take a call back
STOP_WITHOUT_REASON = Reason(id="", name="", kind=CallKind.STOP)


def raise_call(shop: Shop, source: Source, reason_id: str, now: Now, *, stop: bool) -> Decision:
    """Call for help or stop; one open call per station and reason, a second press only says since when.

    `stop` makes a call for a help reason a stop at once: pressing again what is already called turns it into a stop.
    """
    reason = shop.reasons.get(reason_id) if reason_id else STOP_WITHOUT_REASON
    if reason is None:
        return Refusal(Rule.UNKNOWN_CODE, {"code": reason_id})
    kind = CallKind.STOP if stop else reason.kind
    open_call = shop.open_call(source.station, reason_id)
    if open_call is not None and not is_gone_by_itself(open_call):
        if kind is CallKind.STOP and not open_call.stopped_us:
            return _stop(open_call, source, now)
        return _already_called(shop, open_call, now)
    raised = source.sign(raised_event(source.station, reason, kind))
    # Whoever calls has seen that what called by itself is gone: that one is over, and the new one has its own clock.
    before = tuple(source.sign(event) for event in ending(shop, open_call)) if open_call is not None else ()
    return (*before, raised, *recurrence(shop, raised, now))


def name_call(shop: Shop, source: Source, reason_id: str, now: Now) -> Decision:
    """Say what the station's general call is for; without one it is a call of its own."""
    reason = shop.reasons.get(reason_id)
    general = shop.line.andon.help_reason
    call = shop.open_call(source.station, general) if general else None
    if reason is None or call is None or reason.kind is CallKind.STOP or reason_id == general:
        return raise_call(shop, source, reason_id, now, stop=False)
    same = shop.open_call(source.station, reason_id)
    if same is not None:
        return _already_called(shop, same, now)
    named = source.sign(
        CallNamed(
            station=call.station,
            call=call.id,
            reason=reason.id,
            scope=reason.scope,
            deadline_s=0 if call.stopped_us else reason.deadline_s,
            severity=reason.severity,
            latched=reason.latched,
        )
    )
    return (named, *recurrence(shop, named, now))


def raised_event(
    station: str,
    reason: Reason,
    kind: CallKind,
    *,
    source: CallSource = CallSource.PERSON,
    args: dict[str, str | int] | None = None,
) -> CallRaised:
    """The event of a call for a reason, not yet signed."""
    return CallRaised(
        station=station,
        reason=reason.id,
        call_kind=kind,
        scope=reason.scope,
        deadline_s=0 if kind is CallKind.STOP else reason.deadline_s,
        severity=reason.severity,
        source=source,
        latched=reason.latched,
        args=args or {},
    )


def acknowledge(shop: Shop, source: Source, call_id: str) -> Decision:
    """Take a call; without an id the most urgent of the station that nobody has taken."""
    call = _find(shop, source, call_id, only=lambda c: not c.acked_us)
    if call is None:
        return _nothing(shop, source, "ack")
    if call.acked_us:
        return _by_whom(shop, "ack", call.acked_by, call.acked_us)
    if call.cleared_us:
        return _nothing(shop, source, "ack")
    taken = source.sign(CallAcknowledged(station=call.station, call=call.id))
    # What is gone by itself was only waiting for somebody to have seen it.
    return (taken, *ending(shop, call)) if call.returned_us and not call.stopped_us else (taken,)


def arrive(shop: Shop, source: Source, call_id: str) -> Decision:
    """Say that help is there; without an id the most urgent call of the station to which nobody has come."""
    call = _find(shop, source, call_id, only=lambda c: not c.arrived_us)
    if call is None or (call.cleared_us and not call.arrived_us):
        return _nothing(shop, source, "arrive")
    if call.arrived_us:
        return _by_whom(shop, "arrive", call.arrived_by or call.acked_by, call.arrived_us)
    person = source.by if source.by in shop.people else ""
    return (source.sign(CallArrived(station=call.station, call=call.id, person=person)),)


def arrive_by_badge(shop: Shop, source: Source, person: str) -> tuple[Event, ...]:
    """The badge of somebody who is called, scanned at the station of a call, says that help is there; else nothing."""
    found = shop.people.get(person)
    waiting = [call for call in shop.standing_at(source.station) if not call.arrived_us]
    if found is None or found.role is Role.OPERATOR or not waiting:
        return ()
    call = waiting[0]
    signed = Source(station=source.station, device=source.device, code=source.code, by=person)
    return (signed.sign(CallArrived(station=call.station, call=call.id, person=person)),)


def verify_by_badge(shop: Shop, source: Source, person: str) -> tuple[Event, ...]:
    """The badge of a second person, scanned at the station of a cleared call that wants one, closes it; else nothing.

    Of several the one that was cleared first.
    """
    waiting = [call for call in shop.calls.values() if call.station == source.station and call.cleared_us]
    mine = [call for call in waiting if may_verify(shop, call, person)]
    if not mine:
        return ()
    call = min(mine, key=lambda one: (one.cleared_us, one.id))
    signed = Source(station=source.station, device=source.device, code=source.code, by=person)
    closes = asks_for(shop, call) == (Asked.VERIFY,)
    return (signed.sign(CallVerified(station=call.station, call=call.id, person=person, closes=closes)),)


def clear(shop: Shop, source: Source, call_id: str) -> Decision:
    """Say that the cause is gone. Clearing a stop needs the right to restart; the last stop of a scope restarts it."""
    call = _find(shop, source, call_id, only=lambda _: True)
    if call is None:
        return _nothing(shop, source, "clear")
    if call.cleared_us:
        return _nothing(shop, source, "clear")
    if call.stopped_us:
        refused = _refuse_restart(shop, source, call) or _refuse_alone(shop, call)
        if refused is not None:
            return refused
    if _is_so(shop, call):
        return _still_so(shop, call)
    restart_s = shop.line.restart_s if call.stopped_us and _is_last_stop(shop, call) else 0
    asks = bool(asks_for(shop, call))
    return (source.sign(CallCleared(station=call.station, call=call.id, restart_s=restart_s, asks=asks)),)


def stop_now(shop: Shop, source: Source, call_id: str, now: Now) -> Decision:
    """Turn an open help call into a stop; anybody may."""
    call = shop.calls.get(call_id)
    if call is None or call.cleared_us:
        return _nothing(shop, source, "stop")
    return _already_called(shop, call, now) if call.stopped_us else _stop(call, source, now)


def reject(shop: Shop, source: Source, call_id: str, why: str, now: Now) -> Decision:
    """Take back a call that was a mistake: anybody may within seconds; later it needs a reason, for a stop rights."""
    call = shop.calls.get(call_id)
    if call is None or call.cleared_us:
        return _nothing(shop, source, "reject")
    if _is_so(shop, call):
        return _still_so(shop, call)
    soon = is_mistake(call, now)
    if not soon and not why.strip():
        return Refusal(Rule.NO_RIGHT, {"right": "reject", "roles": "", "why": "reason"})
    restart_s = 0.0
    if call.stopped_us and not soon:
        refused = _refuse_restart(shop, source, call) or _refuse_alone(shop, call)
        if refused is not None:
            return refused
        restart_s = shop.line.restart_s if _is_last_stop(shop, call) else 0.0
    return (source.sign(CallRejected(station=call.station, call=call.id, reason=why, restart_s=restart_s)),)


def ending(shop: Shop, call: Call) -> tuple[CallCleared | CallClosed, ...]:
    """The end of a call that somebody has seen the end of, not signed yet."""
    if asks_for(shop, call):
        return (CallCleared(station=call.station, call=call.id, asks=True),)
    return (CallClosed(station=call.station, call=call.id),)


def is_mistake(call: Call, now: Now) -> bool:
    """Whether a call is so new that anybody may take it back as one."""
    return elapsed_us(call.raised, now) <= MISTAKE_S * US_PER_S


def is_last_of_line(shop: Shop, call: Call) -> bool:
    """Whether the end of this call restarts the whole line."""
    stands = bool(call.stopped_us) and not call.cleared_us
    return stands and call.scope is Scope.LINE and _is_last_stop(shop, call)


def is_gone_by_itself(call: Call) -> bool:
    """Whether what called by itself has gone by itself, and nothing stands."""
    return bool(call.returned_us) and not call.stopped_us


def _stop(call: Call, source: Source, now: Now) -> Decision:
    return (source.sign(CallStopped(station=call.station, call=call.id, since_us=now.at_us, chosen=True)),)


def _find(shop: Shop, source: Source, call_id: str, *, only: Callable[[Call], bool]) -> Call | None:
    if call_id:
        return shop.calls.get(call_id)
    calls = shop.calls_at(source.station)
    return next((call for call in calls if only(call)), calls[0] if calls else None)


def _is_last_stop(shop: Shop, call: Call) -> bool:
    """Whether no other stop is left over the scope of this one: then it restarts."""
    others = [c for c in shop.calls.values() if c.stopped_us and not c.cleared_us and c.id != call.id]
    scope = scope_key(shop, call.scope, call.station)
    wider = {"", scope_key(shop, Scope.SEGMENT, call.station), scope}
    if call.scope is Scope.LINE:
        wider = {""}
    elif call.scope is Scope.SEGMENT:
        wider = {"", scope}
    return not any(scope_key(shop, c.scope, c.station) in wider for c in others)


def _refuse_restart(shop: Shop, source: Source, call: Call) -> Refusal | None:
    """Whoever came by badge to the station of the call may do there what the badge allows, without signing on."""
    came = shop.people.get(call.arrived_by) if source.station == call.station else None
    return refuse_right(shop, source, Right.RESTART, also=came.role if came else None)


def _refuse_alone(shop: Shop, call: Call) -> Refusal | None:
    """The line restarts everywhere or not at all: not by a terminal that the others do not hear."""
    return unlinked(shop, RESTART) if shop.linked is False and is_last_of_line(shop, call) else None


def _is_so(shop: Shop, call: Call) -> bool:
    """Whether what calls by itself still does, and would call again at once.

    A contact that left the line file does not, nor does a rule at a station that did, nor a supplier who is late: that
    is said once.
    """
    if not call.current or call.station not in shop.stations:
        return False
    if shop.out_of_service(call.station, call.reason) is not None:
        return False
    if call.source is CallSource.CONTACT:
        return bool(held(shop, call.station, call.reason))
    return call.source is CallSource.RULE and call.args.get("what") != LATE


def _still_so(shop: Shop, call: Call) -> Refusal:
    args: dict[str, str | int] = {
        "what": "still_so",
        "source": call.source.value,
        "call": reason_name(shop, call.reason),
        "station": station_name(shop, call.station),
    }
    return Refusal(Rule.NOT_POSSIBLE, args)


def _already_called(shop: Shop, call: Call, now: Now) -> Refusal:
    args: dict[str, str | int] = {
        "what": "stop" if call.stopped_us else "call",
        "call": reason_name(shop, call.reason),
        "station": station_name(shop, call.station),
        "ago_s": max(0, elapsed_us(call.raised, now)) // US_PER_S,
    }
    return Refusal(Rule.ALREADY_DONE, args)


def _by_whom(shop: Shop, what: str, by: str, at_us: int) -> Refusal:
    return Refusal(Rule.ALREADY_DONE, {"what": what, "by": person_name(shop, by), "at_us": at_us})


def _nothing(shop: Shop, source: Source, what: str) -> Refusal:
    args: dict[str, str | int] = {"what": "nothing", "verb": what, "station": station_name(shop, source.station)}
    return Refusal(Rule.ALREADY_DONE, args)
