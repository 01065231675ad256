"""Putting calls aside: on a shelf for a time, or out of service while something is repaired. Never a stop."""

from shopfloor.core.commands_andon import ShelveCall
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events_andon import CallReopened, CallShelved, CallUnshelved, ReturnedToService, TakenOutOfService
from shopfloor.core.events_line import FindingSettled
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import reason_name, station_name
from shopfloor.core.rights import Right, refuse_right
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import service_key


def shelve(shop: Shop, source: Source, command: ShelveCall) -> Decision:
    """Put a station's reason on the shelf, with an owner and an end; needs the right and a why."""
    refused = refuse_right(shop, source, Right.SHELVE) or _refuse_unknown(shop, command.at, command.reason)
    if refused is not None:
        return refused
    call = shop.open_call(command.at, command.reason)
    if call is not None and call.stopped_us:
        return _not_possible(shop, "shelve_stop", command.at, command.reason)
    most_s = shop.line.andon.shelve_s_max
    if not command.one_shot and not 0 < command.for_s <= most_s:
        return Refusal(Rule.NOT_POSSIBLE, {"what": "shelve_long", "minutes": int(most_s // 60)})
    if not command.why.strip():
        return Refusal(Rule.NO_RIGHT, {"right": "shelve", "roles": "", "why": "reason"})
    # A shelf that ends by itself when the call clears has a ceiling, too: a forgotten one must come back.
    for_s = most_s if command.one_shot else command.for_s
    event = CallShelved(
        station=command.at, reason=command.reason, for_s=for_s, one_shot=command.one_shot, why=command.why.strip()
    )
    return (source.sign(event),)


def unshelve(shop: Shop, source: Source, at: str, reason: str) -> Decision:
    """Take a station's reason off the shelf; anybody may."""
    if service_key(at, reason) not in shop.shelves:
        return _not_possible(shop, "not_shelved", at, reason)
    return (source.sign(CallUnshelved(station=at, reason=reason)),)


def take_out(shop: Shop, source: Source, at: str, reason: str, why: str) -> Decision:
    """Let no rule and no contact call while something is repaired; needs the right and a why."""
    unknown = _refuse_unknown(shop, at, reason) if reason else _refuse_station(shop, at)
    refused = refuse_right(shop, source, Right.SERVICE) or unknown
    if refused is not None:
        return refused
    if service_key(at, reason) in shop.services:
        return _not_possible(shop, "out_already", at, reason)
    if not why.strip():
        return Refusal(Rule.NO_RIGHT, {"right": "service", "roles": "", "why": "reason"})
    return (source.sign(TakenOutOfService(station=at, reason=reason, why=why.strip())),)


def put_back(shop: Shop, source: Source, at: str, reason: str) -> Decision:
    """Let rules and contacts call again."""
    refused = refuse_right(shop, source, Right.SERVICE)
    if refused is not None:
        return refused
    if service_key(at, reason) not in shop.services:
        return _not_possible(shop, "in_service", at, reason)
    return (source.sign(ReturnedToService(station=at, reason=reason)),)


def reopen(shop: Shop, source: Source, closed: str, at: str, reason: str, why: str) -> Decision:
    """Go on with a closed call that was not over."""
    refused = _refuse_unknown(shop, at, reason)
    if refused is not None:
        return refused
    if shop.open_call(at, reason) is not None or any(call.reopens == closed for call in shop.calls.values()):
        return _not_possible(shop, "open_already", at, reason)
    if not why.strip():
        return Refusal(Rule.NO_RIGHT, {"right": "reopen", "roles": "", "why": "reason"})
    return (source.sign(CallReopened(station=at, reopens=closed, reason=reason, why=why.strip())),)


def settle(shop: Shop, source: Source, finding_id: str) -> Decision:
    """Say that what the terminals disagreed on is cleared up; needs the right."""
    refused = refuse_right(shop, source, Right.SETTLE)
    if refused is not None:
        return refused
    if finding_id not in shop.findings:
        return Refusal(Rule.NOT_POSSIBLE, {"what": "settled_already"})
    return (source.sign(FindingSettled(station=source.station, finding=finding_id)),)


def shelf_left_us(shop: Shop, key: str, now: Now) -> int:
    """Microseconds until a shelf's time is over."""
    shelf = shop.shelves[key]
    return round(shelf.for_s * US_PER_S) - elapsed_us(shelf.since, now)


def _refuse_unknown(shop: Shop, at: str, reason: str) -> Refusal | None:
    station = _refuse_station(shop, at)
    if station is not None or reason in shop.reasons or not reason:
        return station
    return Refusal(Rule.UNKNOWN_CODE, {"code": reason})


def _refuse_station(shop: Shop, at: str) -> Refusal | None:
    return None if at in shop.stations else Refusal(Rule.UNKNOWN_CODE, {"code": at})


def _not_possible(shop: Shop, what: str, at: str, reason: str) -> Refusal:
    args: dict[str, str | int] = {
        "what": what,
        "call": reason_name(shop, reason),
        "station": station_name(shop, at),
    }
    return Refusal(Rule.NOT_POSSIBLE, args)
