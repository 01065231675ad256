"""Suppressed by design: calls of rules that the stop of another station explains, and nobody need answer."""

from shopfloor.core.line_andon import WatchKind
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import rule_reason
from shopfloor.core.state_call import Call, CallSource

_STARVED, _BLOCKED = rule_reason(WatchKind.STARVED), rule_reason(WatchKind.BLOCKED)


def explained_by(shop: Shop, call: Call) -> Call | None:
    """The stop upstream of a starved station, or downstream of a blocked one, that explains the rule's call."""
    if call.source is not CallSource.RULE or call.stopped_us:
        return None
    kinds = watched_kinds(shop, call.station, call.reason)
    return next((stop for kind in kinds if (stop := explains(shop, kind, call.station)) is not None), None)


def watched_kinds(shop: Shop, station: str, reason: str) -> list[WatchKind]:
    """What watches call for under a reason at a station."""
    if reason in {_STARVED, _BLOCKED}:
        return [WatchKind.STARVED if reason == _STARVED else WatchKind.BLOCKED]
    return [w.kind for w in shop.line.watches if w.reason == reason and w.station in {"", station}]


def explains(shop: Shop, kind: WatchKind, station: str) -> Call | None:
    """The oldest stop over a station that the kind of condition at `station` follows from."""
    if kind is WatchKind.STARVED:
        around = _upstream(shop, station)
    elif kind is WatchKind.BLOCKED:
        around = _downstream(shop, station)
    else:
        return None
    stops = [stop for other in around if (stop := shop.stop_over(other)) is not None]
    return min(stops, key=lambda stop: (stop.stopped_us, stop.id), default=None)


def _upstream(shop: Shop, station: str) -> list[str]:
    found: list[str] = []
    for loop in shop.line.loops:
        if station == loop.consumer:
            found += loop.route
        elif station in loop.route:
            found += loop.route[: loop.route.index(station)]
    return found


def _downstream(shop: Shop, station: str) -> list[str]:
    found: list[str] = []
    for loop in shop.line.loops:
        if station in loop.route:
            found += loop.route[loop.route.index(station) + 1 :]
            found += [loop.consumer] if loop.consumer else []
    return found
