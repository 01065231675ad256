"""Who may do what, as data."""

from enum import StrEnum

from shopfloor.core.decision import Source
from shopfloor.core.line import Role
from shopfloor.core.names import station_name
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop


class Right(StrEnum):
    """What somebody needs a role for. Calling and stopping are not here: they never need one."""

    RESTART = "restart"
    OVERRIDE = "override"
    LATE_UNDO = "late_undo"
    HOLD = "hold"
    RETIRE = "retire"
    PLAN = "plan"
    TEACH = "teach"
    SHELVE = "shelve"
    SERVICE = "service"
    PROBLEM = "problem"
    SETTLE = "settle"
    TAKE_OVER = "take_over"


_LEADS = frozenset({Role.LEADER, Role.ADMIN})
_ROLES: dict[Right, frozenset[Role]] = {
    Right.RESTART: _LEADS,
    Right.OVERRIDE: _LEADS,
    Right.LATE_UNDO: _LEADS,
    Right.HOLD: _LEADS | {Role.QUALITY, Role.PLANNER},
    Right.RETIRE: _LEADS | {Role.PLANNER},
    Right.PLAN: _LEADS | {Role.PLANNER},
    Right.TEACH: _LEADS,
    Right.SHELVE: _LEADS | {Role.MAINTENANCE},
    Right.SERVICE: _LEADS | {Role.MAINTENANCE},
    Right.SETTLE: _LEADS | {Role.PLANNER},
    Right.TAKE_OVER: _LEADS,
    Right.PROBLEM: _LEADS | {Role.MAINTENANCE, Role.QUALITY, Role.PLANNER},
}


def refuse_right(shop: Shop, source: Source, right: Right, *, also: Role | None = None) -> Refusal | None:
    """None if the person at the station, the device or `also` has the right; a line without people grants all."""
    if not shop.people:
        return None
    person = shop.people.get(shop.book(source.station).person)
    device = next((d for d in shop.line.devices if d.id == source.device), None)
    roles = {role for role in (person.role if person else None, device.role if device else None, also) if role}
    if roles & _ROLES[right]:
        return None
    needed = ", ".join(sorted(_ROLES[right]))
    return Refusal(
        Rule.NO_RIGHT, {"right": right.value, "roles": needed, "station": station_name(shop, source.station)}
    )
