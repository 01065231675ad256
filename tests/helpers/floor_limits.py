"""What counts against which hard limit of a line, told without the look-ups of the shop that is judged."""

from collections import Counter

from shopfloor.core.line import LimitPolicy, Line
from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState

Limit = tuple[str, str]  # line, station or lane; which

_RELEASED = {CardState.IN_PROCESS, CardState.QUEUED}


def counts(shop: Shop, line: Line) -> Counter[Limit]:
    """How many cards each limit counts."""
    routes = {loop.id: loop.route for loop in line.loops}
    counts: Counter[Limit] = Counter()
    for card in shop.cards.values():
        if card.state not in _RELEASED:
            continue
        counts["line", ""] += 1
        if card.state is CardState.QUEUED:
            counts["lane", f"{card.loop} {card.step}"] += 1
        elif card.loop in routes and card.step <= len(routes[card.loop]):
            counts["station", routes[card.loop][card.step - 1]] += 1
    return counts


def limits_of(line: Line) -> dict[Limit, int]:
    """The hard limits."""
    limits: dict[Limit, int] = {}
    if line.wip_limit is not None:
        limits["line", ""] = line.wip_limit
    for station in line.stations:
        if station.wip_limit is not None and station.limit_policy is LimitPolicy.HARD:
            limits["station", station.id] = station.wip_limit
    for loop in line.loops:
        for index, limit in enumerate(loop.lane_limits):
            if limit is not None:
                limits["lane", f"{loop.id} {index + 2}"] = limit
    return limits
