"""What is asked before a cleared call is closed: its cause, and the Five Whys of a reason that recurs."""

from enum import StrEnum

from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import service_key
from shopfloor.core.state_call import Call


class Asked(StrEnum):
    """What a call still wants."""

    CAUSE = "cause"
    WHYS = "whys"


def asks_for(shop: Shop, call: Call) -> tuple[Asked, ...]:
    """What must be said of the call before it is closed, in the order in which it is asked; a mistake asks nothing."""
    asked = []
    problem = shop.problems.get(service_key(call.station, call.reason))
    if problem is not None and problem.open and problem.whys_us < problem.opened_us:
        asked.append(Asked.WHYS)
    reason = shop.reasons.get(call.reason)
    if reason is not None and reason.cause:
        asked.append(Asked.CAUSE)
    return tuple(asked)
