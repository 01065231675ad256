"""How the line stands, as a document and as text: stations, loops, calls, and what is put aside."""

from typing import Any

from shopfloor.core.call_views import CallView, all_call_views
from shopfloor.core.closing import Asked
from shopfloor.core.line import Scope
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.names import reason_name, station_name
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call
from shopfloor.core.state_hash import state_hash
from shopfloor.core.views import LineView
from shopfloor.core.words import span_text
from shopfloor.exchange.instants import instant_text


def status_document(shop: Shop, view: LineView, head: int, now: Now) -> dict[str, Any]:
    """Everything that is so now."""
    views = {call.id: call for call in all_call_views(shop, now)}
    return {
        "line": shop.line.id,
        "head": head,
        "state": state_hash(shop.entities()),
        "wip": view.wip,
        "wip_limit": view.wip_limit,
        "stations": [
            {
                "id": station.id,
                "name": station.name,
                "state": station.state,
                "wip": station.wip,
                "wip_limit": station.wip_limit,
                "cards": [card.id for card in station.in_process],
            }
            for station in view.stations
        ],
        "loops": [
            {"id": loop.id, "part": loop.part, "cards": loop.cards, "by_state": loop.by_state} for loop in view.loops
        ],
        "calls": [_call(call, views[call.id]) for call in shop.calls.values()],
        "stops": [
            {"scope": call.scope, "station": call.station, "since": instant_text(call.stopped_us), "call": call.id}
            for call in shop.calls.values()
            if call.stopped_us and not call.cleared_us
        ],
        "shelves": [
            {"station": shelf.station, "reason": shelf.reason, "by": shelf.by, "one_shot": shelf.one_shot}
            | {"since": instant_text(shelf.since.at_us), "for_s": shelf.for_s, "why": shelf.why}
            for shelf in shop.shelves.values()
        ],
        "out_of_service": [
            {"station": out.station, "reason": out.reason, "by": out.by, "since": instant_text(out.since_us)}
            | {"why": out.why}
            for out in shop.services.values()
        ],
        "hints": [
            {"station": hint.station, "reason": hint.reason, "since": instant_text(hint.since_us)}
            for hint in shop.advices.values()
        ],
        "problems": [problem.id for problem in shop.problems.values() if problem.open],
    }


def status_text(shop: Shop, view: LineView, now: Now) -> str:
    """The same for somebody who reads it."""
    rows = [view.name]
    for station in view.stations:
        limit = f"/{station.wip_limit}" if station.wip_limit is not None else ""
        cards = ", ".join(card.name for card in station.in_process)
        rows.append(f"  {station.name:<20} {station.state:<11} {station.wip}{limit:<4} {cards}".rstrip())
    for loop in view.loops:
        states = ", ".join(f"{count} {state.replace('_', ' ')}" for state, count in loop.by_state.items() if count)
        rows.append(f"  {loop.id:<20} {loop.cards} cards: {states}")
    rows += [_call_row(call) for call in all_call_views(shop, now)]
    for out in shop.services.values():
        what = reason_name(shop, out.reason) if out.reason else "nothing"
        calls = f"{what} does not call" if out.reason else "no rule and no contact calls"
        rows.append(f"  OUT OF SERVICE at {station_name(shop, out.station)}: {calls}. {out.why}")
    return "\n".join(rows)


def _call(call: Call, view: CallView) -> dict[str, Any]:
    return {
        "id": call.id,
        "station": call.station,
        "reason": call.reason,
        "kind": call.kind,
        "status": _status(call),
        "raised_at": instant_text(call.raised.at_us),
        "acked_at": instant_text(call.acked_us) or None,
        "arrived_at": instant_text(call.arrived_us) or None,
        "stopped_at": instant_text(call.stopped_us) or None,
        "cleared_at": instant_text(call.cleared_us) or None,
        "deadline_s": call.deadline_s,
        "severity": call.severity.name.lower(),
        "level": view.level,
        "aside": view.aside,
        "returned": view.returned,
    }


def _status(call: Call) -> str:
    if call.cleared_us:
        return "cleared"
    return "arrived" if call.arrived_us else "acknowledged" if call.acked_us else "open"


def _call_row(call: CallView) -> str:
    what = "STOP" if call.is_stop else "CALL"
    covers = "line" if call.scope is Scope.LINE else "segment" if call.segment else "station"
    left = f", stops the {covers} in {span_text(call.left_us // US_PER_S)}" if call.left_us is not None else ""
    wants = "a second look" if Asked.VERIFY in call.asks else "its cause"
    aside = {"asks": f", cleared, wants {wants}", "shelved": ", on the shelf", "suppressed": ", explained by a stop"}
    over = ", over by itself" if call.returned and not call.asks else ""
    age = span_text(call.age_us // US_PER_S)
    name = call.reason_name or "-"
    return f"  {what} {name} at {call.station_name}, {age}{left}{over}{aside.get(call.aside, '')}"
