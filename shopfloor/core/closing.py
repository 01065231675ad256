"""What is asked before a cleared call is closed: a second look, its cause, the Five Whys of a reason that recurs."""

from enum import StrEnum

from shopfloor.core.line_andon import Role
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import service_key
from shopfloor.core.state_call import Call


class Asked(StrEnum):
    """What a call still wants."""

    VERIFY = "verify"
    CAUSE = "cause"
    WHYS = "whys"


def asks_for(shop: Shop, call: Call) -> tuple[Asked, ...]:
    """What must be said of the call before it is closed, in the order in which it is asked; a mistake asks nothing."""
    asked = []
    reason = shop.reasons.get(call.reason)
    if reason is not None and reason.verify and not call.verified_by:
        asked.append(Asked.VERIFY)
    problem = shop.problems.get(service_key(call.station, call.reason))
    if problem is not None and problem.open and problem.whys_us < problem.opened_us:
        asked.append(Asked.WHYS)
    if reason is not None and reason.cause:
        asked.append(Asked.CAUSE)
    return tuple(asked)


def may_verify(shop: Shop, call: Call, person: str) -> bool:
    """Whether somebody may say that it is really over: no operator, and not who cleared it or came to help."""
    found = shop.people.get(person)
    if found is None or found.role is Role.OPERATOR:
        return False
    return person not in {call.cleared_by, call.arrived_by} and Asked.VERIFY in asks_for(shop, call)
