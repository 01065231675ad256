"""What screens show of calls: those people are told of, and those that are put aside."""

from enum import StrEnum

from msgspec import Struct

from shopfloor.core.closing import Asked, asks_for
from shopfloor.core.due_andon import has_deadline, next_escalation
from shopfloor.core.line import Scope
from shopfloor.core.line_andon import Role, Severity
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import person_name, reason_name, station_name
from shopfloor.core.shop import Shop, covers
from shopfloor.core.state_andon import Shelf
from shopfloor.core.state_call import Call, CallSource
from shopfloor.core.suppress import explained_by


class Aside(StrEnum):
    """Why nobody is told of an open call: cleared and not closed yet, on a shelf, or explained by another's stop."""

    NOT = ""
    ASKS = "asks"
    SHELVED = "shelved"
    SUPPRESSED = "suppressed"


class CallView(Struct, frozen=True, kw_only=True):
    """An open call with its clocks. `left_us` to the stop: None if it is a stop, has no deadline, or is over.

    `covers`: the stations that stand with it, or would. `aside` and its details: `shelf_left_us` to the
    end of the shelf of `shelved_by`, `suppressed_by` the station whose stop explains it, `asks` what closing wants.
    `returned`: what called by itself is gone, and nobody has seen it yet. `roles`: who is called by now, and
    `next_level_us` the time until more are, None if nobody else will be.
    """

    id: str
    station: str
    station_name: str
    reason: str
    reason_name: str
    is_stop: bool
    line_wide: bool
    age_us: int
    left_us: int | None
    stopped_for_us: int
    acked_by: str
    arrived: bool
    raised_at_us: int
    deadline_us: int = 0
    severity: Severity = Severity.MEDIUM
    source: CallSource = CallSource.PERSON
    scope: Scope = Scope.STATION
    covers: tuple[str, ...] = ()
    segment: str = ""
    level: int = 0
    returned: bool = False
    reopened: bool = False
    aside: Aside = Aside.NOT
    shelf_left_us: int = 0
    shelved_by: str = ""
    one_shot: bool = False
    suppressed_by: str = ""
    asks: tuple[Asked, ...] = ()
    roles: tuple[Role, ...] = ()
    next_level_us: int | None = None
    args: dict[str, str | int] = {}


class AdviceView(Struct, frozen=True, kw_only=True):
    """A hint of a rule."""

    reason: str
    reason_name: str
    since_us: int
    args: dict[str, str | int] = {}


def call_views(shop: Shop, now: Now) -> tuple[CallView, ...]:
    """Every open call that people are told of, most urgent first."""
    return tuple(view for view in all_call_views(shop, now) if not view.aside)


def all_call_views(shop: Shop, now: Now) -> tuple[CallView, ...]:
    """Every open call, those put aside among them, most urgent first."""
    views = [call_view(shop, call, now) for call in (*shop.calls.values(), *shop.told_ahead())]
    return tuple(sorted(views, key=urgency))


def urgency(call: CallView) -> tuple[bool, int, int, str]:
    """Sort key: stop before help, then the more severe, then oldest."""
    return (not call.is_stop, -call.severity, call.raised_at_us, call.id)


def told_at(shop: Shop, station: str) -> list[Call]:
    """The calls raised at a station that people are told of, most urgent first."""
    return [call for call in shop.standing_at(station) if explained_by(shop, call) is None]


def is_told(shop: Shop, call: Call) -> bool:
    """Whether people are told of the call: by banner, lamp and sound."""
    return aside(shop, call) is Aside.NOT


def aside(shop: Shop, call: Call) -> Aside:
    """Why nobody is told of it; a stop that is not cleared is never put aside."""
    return _aside(call, shop.shelf_of(call), explained_by(shop, call))


def called_roles(shop: Shop, call: Call) -> tuple[Role, ...]:
    """Who is called by now: the reason's roles, and those of every escalation that was reached; each once."""
    reason = shop.reasons.get(call.reason)
    if reason is None:
        return (Role.LEADER,)
    roles = list(reason.roles)
    policy = next((e for e in shop.line.escalations if e.id == reason.escalation), None)
    if policy is not None:
        steps = (*policy.not_taken[: call.level], *policy.not_cleared[: call.overdue])
        roles += [role for step in steps for role in step.roles]
    return tuple(dict.fromkeys(roles))


def advices_at(shop: Shop, station: str) -> tuple[AdviceView, ...]:
    """The hints for a station, oldest first."""
    found = sorted((a for a in shop.advices.values() if a.station == station), key=lambda a: (a.since_us, a.reason))
    return tuple(
        AdviceView(reason=a.reason, reason_name=reason_name(shop, a.reason), since_us=a.since_us, args=a.args)
        for a in found
    )


def call_view(shop: Shop, call: Call, now: Now) -> CallView:
    """One call with its clocks at `now`."""
    age_us = max(0, elapsed_us(call.raised, now))
    is_stop = bool(call.stopped_us) and not call.cleared_us
    deadline_us = round(call.deadline_s * US_PER_S)
    shelf = shop.shelf_of(call)
    explained = explained_by(shop, call)
    escalation = next_escalation(shop, call)
    return CallView(
        id=call.id,
        station=call.station,
        station_name=station_name(shop, call.station),
        reason=call.reason,
        reason_name=reason_name(shop, call.reason),
        is_stop=is_stop,
        line_wide=call.scope is Scope.LINE,
        age_us=age_us,
        left_us=max(0, deadline_us - age_us) if has_deadline(call) else None,
        stopped_for_us=max(0, age_us - (call.stopped_us - call.raised.at_us)) if is_stop else 0,
        acked_by=person_name(shop, call.acked_by) if call.acked_us else "",
        arrived=bool(call.arrived_us),
        raised_at_us=call.raised.at_us,
        deadline_us=deadline_us,
        severity=call.severity,
        source=call.source,
        scope=call.scope,
        covers=_covered(shop, call),
        segment=shop.segment(call.station) if call.scope is Scope.SEGMENT else "",
        level=max(call.level, call.overdue),
        returned=bool(call.returned_us),
        reopened=bool(call.reopens),
        aside=_aside(call, shelf, explained),
        shelf_left_us=max(0, round(shelf.for_s * US_PER_S) - elapsed_us(shelf.since, now)) if shelf else 0,
        shelved_by=person_name(shop, shelf.by) if shelf else "",
        one_shot=shelf.one_shot if shelf else False,
        suppressed_by=station_name(shop, explained.station) if explained else "",
        asks=asks_for(shop, call) if call.cleared_us else (),
        roles=called_roles(shop, call),
        next_level_us=max(0, escalation[1] - elapsed_us(escalation[0], now)) if escalation else None,
        args=call.args,
    )


def _aside(call: Call, shelf: Shelf | None, explained: Call | None) -> Aside:
    if call.cleared_us:
        return Aside.ASKS
    if shelf is not None:
        return Aside.SHELVED
    return Aside.NOT if explained is None else Aside.SUPPRESSED


def _covered(shop: Shop, call: Call) -> tuple[str, ...]:
    """The stations in its scope; one station is not looked for among hundreds each time a screen looks."""
    if call.scope is Scope.STATION or (call.scope is Scope.SEGMENT and not shop.segment(call.station)):
        return (call.station,) if call.station in shop.stations else ()
    return tuple(station.id for station in shop.line.stations if covers(shop, call, station.id))
