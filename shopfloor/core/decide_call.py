"""Andon: calling, stopping, taking, arriving, clearing, rejecting."""

from collections.abc import Callable

from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import (
    CallAcknowledged,
    CallArrived,
    CallCleared,
    CallRaised,
    CallRejected,
    CallStopped,
)
from shopfloor.core.line import CallKind, Reason, Scope
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import person_name, reason_name, station_name
from shopfloor.core.rights import Right, refuse_right
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop, covers
from shopfloor.core.state import Call

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
    open_call = next((c for c in shop.calls_at(source.station) if c.reason == reason_id), None)
    if open_call is not None:
        if kind is CallKind.STOP and not open_call.stopped_us:
            return _stop(open_call, source, now)
        return _already_called(shop, open_call, now)
    return (
        source.sign(
            CallRaised(
                station=source.station,
                reason=reason_id,
                call_kind=kind,
                scope=reason.scope,
                deadline_s=0 if kind is CallKind.STOP else reason.deadline_s,
            )
        ),
    )


def acknowledge(shop: Shop, source: Source, call_id: str) -> Decision:
    """Take a call; without an id the most urgent of the station that nobody has taken."""
    call = _find(shop, source, call_id, only=lambda c: not c.acked_us)
    if call is None:
        return _nothing(shop, source, "ack")
    if call.acked_us:
        return _by_whom(shop, "ack", call.acked_by, call.acked_us)
    return (source.sign(CallAcknowledged(station=call.station, call=call.id)),)


def arrive(shop: Shop, source: Source, call_id: str) -> Decision:
    """Say that help is there; without an id the most urgent call of the station to which nobody has come."""
    call = _find(shop, source, call_id, only=lambda c: not c.arrived_us)
    if call is None:
        return _nothing(shop, source, "arrive")
    if call.arrived_us:
        return _by_whom(shop, "arrive", call.acked_by, call.arrived_us)
    return (source.sign(CallArrived(station=call.station, call=call.id)),)


def clear(shop: Shop, source: Source, call_id: str) -> Decision:
    """Say that the cause is gone. Clearing a stop needs the right to restart; the last stop of a scope restarts it."""
    call = _find(shop, source, call_id, only=lambda _: True)
    if call is None:
        return _nothing(shop, source, "clear")
    if call.stopped_us:
        refused = refuse_right(shop, source, Right.RESTART)
        if refused is not None:
            return refused
    return (
        source.sign(
            CallCleared(
                station=call.station,
                call=call.id,
                restart_s=shop.line.restart_s if _is_last_stop(shop, call) else 0,
            )
        ),
    )


def stop_now(shop: Shop, source: Source, call_id: str, now: Now) -> Decision:
    """Turn an open help call into a stop; anybody may."""
    call = shop.calls.get(call_id)
    if call is None:
        return _nothing(shop, source, "stop")
    return _already_called(shop, call, now) if call.stopped_us else _stop(call, source, now)


def reject(shop: Shop, source: Source, call_id: str, why: str, now: Now) -> Decision:
    """Take back a call that was a mistake: anybody may within seconds; later it needs a reason, for a stop rights."""
    call = shop.calls.get(call_id)
    if call is None:
        return _nothing(shop, source, "reject")
    soon = elapsed_us(call.raised, now) <= MISTAKE_S * US_PER_S
    if not soon and not why.strip():
        return Refusal(Rule.NO_RIGHT, {"right": "reject", "roles": "", "why": "reason"})
    restart_s = 0.0
    if call.stopped_us and not soon:
        refused = refuse_right(shop, source, Right.RESTART)
        if refused is not None:
            return refused
        restart_s = shop.line.restart_s if _is_last_stop(shop, call) else 0.0
    return (source.sign(CallRejected(station=call.station, call=call.id, reason=why, restart_s=restart_s)),)


def _stop(call: Call, source: Source, now: Now) -> Decision:
    return (source.sign(CallStopped(station=call.station, call=call.id, since_us=now.at_us, chosen=True)),)


def _find(shop: Shop, source: Source, call_id: str, *, only: Callable[[Call], bool]) -> Call | None:
    if call_id:
        return shop.calls.get(call_id)
    calls = shop.calls_at(source.station)
    return next((call for call in calls if only(call)), calls[0] if calls else None)


def _is_last_stop(shop: Shop, call: Call) -> bool:
    others = [c for c in shop.calls.values() if c.stopped_us and c.id != call.id]
    if call.scope is Scope.LINE:
        return not any(c.scope is Scope.LINE for c in others)
    return not any(covers(c, call.station) for c in others)


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
