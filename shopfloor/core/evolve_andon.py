"""What an event changes at calls and restarts."""

from typing import assert_never

from msgspec.structs import replace

from shopfloor.core import events as e
from shopfloor.core.line import CallKind, Scope
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call, Entity, Restart

AndonEvent = (
    e.CallRaised | e.CallAcknowledged | e.CallArrived | e.CallStopped | e.CallCleared | e.CallRejected | e.RestartEnded
)


def evolve_andon(shop: Shop, event: AndonEvent, at: Now, call_id: str) -> tuple[Entity, ...]:
    """The calls and restarts the event changes; `call_id` names a call it raises; nothing for a call nobody knows."""
    if isinstance(event, e.CallRaised):
        return (_raised(event, at, call_id),)
    if isinstance(event, e.RestartEnded):
        restart = shop.restarts.get(event.station)
        return (replace(restart, restart_s=0),) if restart else ()
    call = shop.calls.get(event.call)
    if call is None:
        return ()
    match event:
        case e.CallAcknowledged():
            return (replace(call, acked_us=at.at_us, acked_by=event.by),)
        case e.CallArrived():
            taken = replace(call, arrived_us=at.at_us)
            return (taken if call.acked_us else replace(taken, acked_us=at.at_us, acked_by=event.by),)
        case e.CallStopped():
            # A rise in severity voids the acknowledgement: whoever took a help call has not seen the stop.
            return (replace(call, kind=CallKind.STOP, stopped_us=event.since_us, acked_us=0, acked_by=""),)
        case e.CallCleared():
            cleared = replace(call, cleared_us=at.at_us, cleared_by=event.by)
            if not cleared.acked_us:
                cleared = replace(cleared, acked_us=at.at_us, acked_by=event.by)
            return (cleared, *_restart(call, at, event.restart_s))
        case e.CallRejected():
            return (replace(call, rejected=event.reason or "rejected"), *_restart(call, at, event.restart_s))
        case _:
            assert_never(event)


def _raised(event: e.CallRaised, at: Now, call_id: str) -> Call:
    return Call(
        id=call_id,
        station=event.station,
        reason=event.reason,
        kind=event.call_kind,
        raised_kind=event.call_kind,
        scope=event.scope,
        raised=at,
        by=event.by,
        deadline_s=event.deadline_s,
        stopped_us=at.at_us if event.call_kind is CallKind.STOP else 0,
    )


def _restart(call: Call, at: Now, restart_s: float) -> tuple[Restart, ...]:
    if restart_s <= 0:
        return ()
    station = "" if call.scope is Scope.LINE else call.station
    return (Restart(station=station, since=at, restart_s=restart_s),)
