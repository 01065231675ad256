"""What an event changes at calls, restarts, shelves, contacts and problems."""

from typing import assert_never

from msgspec.structs import replace

from shopfloor.core import events_andon as e
from shopfloor.core.evolve_problem import ProblemEvent, evolve_problem, forget_call, remember_call
from shopfloor.core.line import CallKind, Scope
from shopfloor.core.line_andon import Severity
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop, scope_key
from shopfloor.core.state_andon import (
    Advice,
    AndonEntity,
    Contact,
    LampTest,
    OutOfService,
    Restart,
    Shelf,
    service_key,
)
from shopfloor.core.state_call import Call

RECENT_MAX = 20  # no filter counts further


def evolve_andon(shop: Shop, event: e.AndonEvent, at: Now, call_id: str) -> tuple[AndonEntity, ...]:
    """The entities the event changes; `call_id` names a call it raises; nothing for what nobody knows."""
    match event:
        case e.CallRaised():
            return (_raised(event, at, call_id), *remember_call(shop, event, at))
        case e.CallNamed():
            named = shop.calls.get(event.call)
            return (
                (_named(named, event, at), *forget_call(shop, named), *remember_call(shop, event, at)) if named else ()
            )
        case e.CallReopened():
            return (_reopened(shop, event, at, call_id),)
        case e.RestartEnded():
            restart = shop.restarts.get(event.station)
            return (replace(restart, restart_s=0),) if restart else ()
        case e.CallShelved() | e.CallUnshelved() | e.TakenOutOfService() | e.ReturnedToService():
            return _put_aside(shop, event, at)
        case e.Advised() | e.AdviceEnded() | e.ContactChanged() | e.LampTested():
            return _noted(shop, event, at)
        case _:
            if isinstance(event, ProblemEvent):
                return evolve_problem(shop, event, at)
            call = shop.calls.get(event.call)
            return _of_call(shop, call, event, at) if call else ()


def andon_args(event: e.AndonEvent) -> dict[str, str | int]:
    """What the sentence about the event needs."""
    match event:
        case e.CallRaised():
            return {"reason": event.reason, "call_kind": event.call_kind.value}
        case (
            e.CallShelved()
            | e.CallUnshelved()
            | e.TakenOutOfService()
            | e.ReturnedToService()
            | e.CallReopened()
            | e.CallNamed()
            | e.ProblemOpened()
        ):
            return {"reason": event.reason}
        case e.CallVerified():
            return {"person": event.person, "closes": int(event.closes)}
        case e.ContactChanged():
            return {"input": event.input, "active": int(event.active)}
        case e.CountermeasureSet() | e.CountermeasureFinished():
            return {"number": event.number}
        case e.LampTested():
            seen = "" if event.ok is None else "yes" if event.ok else "no"
            return {"lamp": event.lamp, "ok": seen}
        case _:
            return {}


_OfCall = (
    e.CallAcknowledged
    | e.CallArrived
    | e.CallStopped
    | e.CallCleared
    | e.CallRejected
    | e.CallRose
    | e.CallVaried
    | e.CallReturned
    | e.CallAgain
    | e.CallEscalated
    | e.CallClosed
    | e.CallVerified
)


def _of_call(shop: Shop, call: Call, event: _OfCall, at: Now) -> tuple[AndonEntity, ...]:
    match event:
        case e.CallAcknowledged():
            return (_taken(call, event.by, at),)
        case e.CallArrived():
            arrived = replace(call, arrived_us=at.at_us, arrived_by=event.person)
            return (arrived if call.acked_us else _taken(arrived, event.by, at),)
        case e.CallStopped():
            stopped = replace(call, kind=CallKind.STOP, stopped_us=event.since_us, severity=Severity.CRITICAL)
            return (_untaken(stopped, at),)
        case e.CallCleared():
            cleared = replace(call, cleared_us=at.at_us, cleared_by=event.by, closed_us=0 if event.asks else at.at_us)
            taken = cleared if cleared.acked_us else _taken(cleared, event.by, at)
            return (taken, *_restart(shop, call, at, event.restart_s), *_one_shot_over(shop, call))
        case e.CallRejected():
            rejected = replace(call, rejected=event.reason or "rejected")
            aside: tuple[AndonEntity, ...] = (*_restart(shop, call, at, event.restart_s), *_one_shot_over(shop, call))
            return (rejected, *forget_call(shop, call), *aside)
        case e.CallRose():
            return (_untaken(replace(call, severity=event.severity, current=event.severity), at),)
        case e.CallVaried():
            held = call.severity if call.latched or call.stopped_us else event.severity
            return (replace(call, current=event.severity, severity=held),)
        case e.CallReturned():
            closed_us = at.at_us if event.closes else 0
            over = replace(call, current=Severity.NONE, returned_us=at.at_us, cleared_us=closed_us, closed_us=closed_us)
            return (over, *_one_shot_over(shop, call))
        case e.CallAgain():
            held = max(call.severity, event.severity) if call.latched or call.stopped_us else event.severity
            return (_untaken(replace(call, current=event.severity, severity=held, returned_us=0), at),)
        case e.CallEscalated():
            if event.timer == NOT_TAKEN:
                return (replace(call, level=event.level),)
            return (replace(call, overdue=event.level),)
        case e.CallClosed():
            return (_closed(call, event, at),)
        case e.CallVerified():
            return (
                replace(call, verified_by=event.person, closed_us=at.at_us if event.closes and call.cleared_us else 0),
            )
        case _:
            assert_never(event)


NOT_TAKEN = "not_taken"
NOT_CLEARED = "not_cleared"


def _raised(event: e.CallRaised, at: Now, call_id: str) -> Call:
    is_stop = event.call_kind is CallKind.STOP
    severity = Severity.CRITICAL if is_stop else event.severity
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
        stopped_us=at.at_us if is_stop else 0,
        severity=severity,
        current=severity,
        untaken=at,
        source=event.source,
        device=event.device,
        latched=event.latched,
        args=event.args,
    )


def _named(call: Call, event: e.CallNamed, at: Now) -> Call:
    severity = call.severity if call.stopped_us else event.severity
    return replace(
        call,
        reason=event.reason,
        scope=event.scope,
        deadline_s=event.deadline_s,
        severity=severity,
        current=severity,
        latched=event.latched,
        counted_us=at.at_us,
    )


def _reopened(shop: Shop, event: e.CallReopened, at: Now, call_id: str) -> Call:
    reason = shop.reasons.get(event.reason)
    severity = reason.severity if reason else Severity.MEDIUM
    return Call(
        id=call_id,
        station=event.station,
        reason=event.reason,
        kind=CallKind.HELP,
        raised_kind=CallKind.HELP,
        scope=reason.scope if reason else Scope.STATION,
        raised=at,
        by=event.by,
        severity=severity,
        current=severity,
        untaken=at,
        device=event.device,
        reopens=event.reopens,
    )


def _taken(call: Call, by: str, at: Now) -> Call:
    """Whoever takes a call has seen what its condition says now, which a latched call holds from then on."""
    seen = call.severity if call.stopped_us else call.current or call.severity
    return replace(
        call,
        acked_us=at.at_us,
        acked_by=by,
        acked_severity=seen,
        severity=seen,
        taken=at,
        untaken=None,
        answered=call.answered or at,
    )


def _untaken(call: Call, at: Now) -> Call:
    """A rise in severity voids the acknowledgement: whoever took it has not seen this, and is called anew."""
    level = 0 if call.acked_us else call.level
    return replace(
        call,
        acked_us=0,
        acked_by="",
        acked_severity=Severity.NONE,
        taken=None,
        untaken=at,
        level=level,
        overdue=0,
    )


def _closed(call: Call, event: e.CallClosed, at: Now) -> Call:
    cleared_us = call.cleared_us or call.returned_us or at.at_us
    return replace(
        call,
        closed_us=at.at_us,
        cleared_us=cleared_us,
        cause=event.cause,
        cause_note=event.note,
        shares=event.shares,
    )


def _restart(shop: Shop, call: Call, at: Now, restart_s: float) -> tuple[Restart, ...]:
    if restart_s <= 0:
        return ()
    return (Restart(station=scope_key(shop, call.scope, call.station), since=at, restart_s=restart_s),)


def _one_shot_over(shop: Shop, call: Call) -> tuple[Shelf, ...]:
    shelf = shop.shelves.get(service_key(call.station, call.reason))
    return (replace(shelf, ended=True),) if shelf and shelf.one_shot else ()


def _told_again(shop: Shop, shelf: Shelf, at: Now) -> tuple[Call, ...]:
    """What stood on a shelf and nobody has taken is waited for from now on: nobody was told before."""
    # All of them: two terminals may have called for it, and which of the two came first here is chance.
    return tuple(
        replace(call, untaken=at)
        for call in shop.calls_of.get(shelf.station, ())
        if call.reason == shelf.reason and not (call.cleared_us or call.acked_us or call.stopped_us or call.returned_us)
    )


def _put_aside(
    shop: Shop, event: e.CallShelved | e.CallUnshelved | e.TakenOutOfService | e.ReturnedToService, at: Now
) -> tuple[AndonEntity, ...]:
    key = service_key(event.station, event.reason)
    match event:
        case e.CallShelved():
            shelf = Shelf(
                station=event.station,
                reason=event.reason,
                by=event.by,
                since=at,
                for_s=event.for_s,
                one_shot=event.one_shot,
                why=event.why,
            )
            return (shelf,)
        case e.CallUnshelved():
            found = shop.shelves.get(key)
            return (replace(found, ended=True), *_told_again(shop, found, at)) if found else ()
        case e.TakenOutOfService():
            out = OutOfService(
                station=event.station, reason=event.reason, by=event.by, since_us=at.at_us, why=event.why
            )
            return (out,)
        case e.ReturnedToService():
            service = shop.services.get(key)
            return (replace(service, ended=True),) if service else ()
        case _:
            assert_never(event)


def _noted(
    shop: Shop, event: e.Advised | e.AdviceEnded | e.ContactChanged | e.LampTested, at: Now
) -> tuple[AndonEntity, ...]:
    match event:
        case e.Advised():
            return (Advice(station=event.station, reason=event.reason, since_us=at.at_us, args=event.args),)
        case e.AdviceEnded():
            advice = shop.advices.get(service_key(event.station, event.reason))
            return (replace(advice, ended=True),) if advice else ()
        case e.ContactChanged():
            known = shop.contacts.get(f"{event.device}/{event.input}")
            recent = known.recent_us if known else ()
            if event.active:
                recent = (*recent, at.at_us)[-RECENT_MAX:]
            contact = Contact(
                device=event.device,
                input=event.input,
                station=event.station,
                active=event.active,
                since=at,
                recent_us=recent,
            )
            return (contact,)
        case e.LampTested():
            return (LampTest(lamp=event.lamp, at_us=at.at_us, ok=event.ok, detail=event.detail, by=event.by),)
        case _:
            assert_never(event)
