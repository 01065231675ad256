"""The limits: what refuses a start, a finish or the return of an undone card, in the order of `domain.md`."""

from msgspec import Struct

from shopfloor.core.credits import has_place_for, held, is_shared, spent
from shopfloor.core.line import LaneOrder, LimitPolicy, Loop
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import card_name, person_name, reason_name, station_name
from shopfloor.core.owning import is_known
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop, lane_limit, place
from shopfloor.core.state import RELEASED, Card, CardState

OVERRIDE_S = 60  # badge, then scan: a leader stands at the station; later the permission is stale
NAMED_CARDS_MAX = 4  # as many as a refusal can name on one line


class Passed(Struct, frozen=True):
    """A step that may happen: the limits it goes `over`, softly or by the override of `by` for `reason`."""

    over: tuple[str, ...] = ()
    by: str = ""
    reason: str = ""


def refuse_start(shop: Shop, card: Card, loop: Loop, step: int, now: Now) -> Passed | Refusal:
    """Whether the card may start at route position `step` now: the rules in their order, first one that says no."""
    station = loop.route[step - 1]
    hard = _refuse_signal(shop, card, loop, station, now)
    if hard is not None:
        return hard
    over: list[str] = []
    by = reason = ""
    for refusal in (_refuse_wip(shop, card, station), _refuse_line(shop, card)):
        if refusal is None:
            continue
        if refusal.rule is Rule.WIP_LIMIT and shop.stations[station].limit_policy is LimitPolicy.SOFT:
            over.append(refusal.rule.value)
            continue
        by, reason = override_at(shop, station, now)
        if not by:
            return refusal
        over.append(refusal.rule.value)
    order = _refuse_order(shop, card, loop, step)
    if order is not None:
        if loop.lane_order is LaneOrder.REFUSE and not goes_before(shop, card, step):
            return order
        over.append(order.rule.value)
    return Passed(tuple(over), by, reason)


def refuse_one_scan(shop: Shop, card: Card, loop: Loop, step: int, now: Now, *, into: CardState) -> Passed | Refusal:
    """Whether one scan may start and finish the card at route position `step`: it is never in process there."""
    station = loop.route[step - 1]
    hard = _refuse_signal(shop, card, loop, station, now)
    if hard is not None:
        return hard
    over: list[str] = []
    by = reason = ""
    line = _refuse_line(shop, card) if into in RELEASED else None
    for refusal in (line, _refuse_lane(shop, card, loop, step)):
        if refusal is None:
            continue
        by, reason = override_at(shop, station, now)
        if not by:
            return refusal
        over.append(refusal.rule.value)
    order = _refuse_order(shop, card, loop, step)
    if order is not None:
        if loop.lane_order is LaneOrder.REFUSE and not goes_before(shop, card, step):
            return order
        over.append(order.rule.value)
    return Passed(tuple(over), by, reason)


def goes_before(shop: Shop, card: Card, step: int) -> bool:
    """Whether the card may pass its lane: it is express, and no express card is before it."""
    lane = shop.lane(card.loop, step)
    before = lane[: next((i for i, other in enumerate(lane) if other.id == card.id), len(lane))]
    return card.express and not any(other.express for other in before)


def refuse_finish(shop: Shop, card: Card, loop: Loop, now: Now) -> Passed | Refusal:
    """Whether the card may leave its station: the lane behind it must have a place."""
    refusal = _refuse_lane(shop, card, loop, card.step)
    if refusal is None:
        return Passed()
    by, reason = override_at(shop, place(shop, card), now)
    return Passed((refusal.rule.value,), by, reason) if by else refusal


def refuse_return(shop: Shop, card: Card) -> Rule | None:
    """The hard limit that `card`, put back as it is given, would break now; None if it fits."""
    present = shop.cards.get(card.id)
    was_released = present is not None and present.state in RELEASED
    limit = shop.line.wip_limit
    takes_place = card.state in RELEASED and not was_released and limit is not None
    if takes_place and (len(shop.released) >= (limit or 0) or not has_place_for(shop, card)):
        return Rule.LINE_LIMIT
    loop = shop.loops.get(card.loop)
    if loop is None:
        return None
    if card.state is CardState.IN_PROCESS:
        station = shop.stations.get(place(shop, card))
        if station is not None and station.limit_policy is LimitPolicy.HARD and _refuse_wip(shop, card, station.id):
            return Rule.WIP_LIMIT
    if card.state is CardState.QUEUED:
        most = lane_limit(loop, card.step)
        if most is not None and len([c for c in shop.lane(loop.id, card.step) if c.id != card.id]) >= most:
            return Rule.LANE_FULL
    return None


def override_at(shop: Shop, station: str, now: Now) -> tuple[str, str]:
    """(who, why) of an override that is waiting at the station, ("", "") if none is or it has gone stale."""
    book = shop.book(station)
    if book.override_at is None or elapsed_us(book.override_at, now) > OVERRIDE_S * US_PER_S:
        return "", ""
    return book.override_by, book.override_reason


def _refuse_signal(shop: Shop, card: Card, loop: Loop, station: str, now: Now) -> Refusal | None:
    stopped = _refuse_stopped(shop, card, station, now)
    return stopped or _refuse_no_signal(shop, card, loop, station) or _refuse_lot(shop, card, loop)


def _refuse_lot(shop: Shop, card: Card, loop: Loop) -> Refusal | None:
    if card.state is not CardState.WAITING:
        return None
    args: dict[str, str | int] = {
        "card": card_name(shop, card),
        "empty": shop.waiting.get(loop.id, 0),
        "lot": loop.lot,
    }
    return Refusal(Rule.LOT_INCOMPLETE, args, card.id)


def _refuse_stopped(shop: Shop, card: Card, station: str, now: Now) -> Refusal | None:
    stop = shop.stop_over(station)
    if stop is not None:
        args: dict[str, str | int] = {
            "card": card_name(shop, card),
            "call": reason_name(shop, stop.reason),
            "at": station_name(shop, stop.station),
            "since_us": stop.stopped_us,
            "by": person_name(shop, stop.by),
        }
        return Refusal(Rule.STOPPED, args, card.id)
    restart = shop.restart_over(station)
    if restart is None:
        return None
    left_us = max(0, round(restart.restart_s * US_PER_S) - elapsed_us(restart.since, now))
    return Refusal(Rule.STOPPED, {"card": card_name(shop, card), "restart_s": -(-left_us // US_PER_S)}, card.id)


def _refuse_no_signal(shop: Shop, card: Card, loop: Loop, station: str) -> Refusal | None:
    if card.state not in {CardState.FULL, CardState.IN_USE, CardState.IN_TRANSIT}:
        return None
    if station == loop.route[0] and loop.consumer is not None and not is_known(shop, loop.consumer):
        return None  # its terminal is not heard: the card in hand is the signal, and what happened there is inferred
    consumer = station_name(shop, loop.consumer or loop.route[0])
    return Refusal(Rule.NO_PULL_SIGNAL, {"card": card_name(shop, card), "consumer": consumer}, card.id)


def _refuse_wip(shop: Shop, card: Card, station_id: str) -> Refusal | None:
    station = shop.stations[station_id]
    if station.wip_limit is None:
        return None
    working = [c for c in shop.in_process(station_id) if c.id != card.id]
    if len(working) < station.wip_limit:
        return None
    named = ", ".join(card_name(shop, c) for c in working[:NAMED_CARDS_MAX])
    args: dict[str, str | int] = {
        "card": card_name(shop, card),
        "wip": len(working),
        "limit": station.wip_limit,
        "cards": named,
        "station": station.name,
    }
    return Refusal(Rule.WIP_LIMIT, args, card.id)


def _refuse_line(shop: Shop, card: Card) -> Refusal | None:
    # A card that a later scan proves to have been released counts too: the limit holds at every event.
    limit = shop.line.wip_limit
    if limit is None or card.state in RELEASED:
        return None
    args: dict[str, str | int] = {"card": card_name(shop, card), "wip": len(shop.released), "limit": limit}
    if shop.origin and is_shared(shop):
        share = held(shop, shop.origin)
        if spent(shop, shop.origin) < share and len(shop.released) < limit:
            return None
        return Refusal(Rule.LINE_LIMIT, args | {"share": share}, card.id)
    return None if len(shop.released) < limit else Refusal(Rule.LINE_LIMIT, args, card.id)


def _refuse_order(shop: Shop, card: Card, loop: Loop, step: int) -> Refusal | None:
    if step == 1:
        return None
    waiting = shop.lane(loop.id, step)
    if not waiting or waiting[0].id == card.id:
        return None
    args: dict[str, str | int] = {"card": card_name(shop, card), "oldest": card_name(shop, waiting[0])}
    return Refusal(Rule.NOT_OLDEST, args, card.id)


def _refuse_lane(shop: Shop, card: Card, loop: Loop, step: int) -> Refusal | None:
    if step >= len(loop.route):
        return None
    limit = lane_limit(loop, step + 1)
    waiting = shop.lane(loop.id, step + 1)
    if limit is None or len(waiting) < limit:
        return None
    args: dict[str, str | int] = {
        "card": card_name(shop, card),
        "wip": len(waiting),
        "limit": limit,
        "next": station_name(shop, loop.route[step]),
        "oldest": card_name(shop, waiting[0]),
    }
    return Refusal(Rule.LANE_FULL, args, card.id)
