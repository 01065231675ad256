"""What a frame from a device means here and now; every complete frame becomes exactly one event."""

from typing import assert_never

from shopfloor.core import decide_admin, decide_call
from shopfloor.core.codes import (
    BadgeScan,
    CardScan,
    CommandScan,
    ShelfScan,
    UnknownScan,
    Verb,
    card_id,
    folded,
    parse,
    parse_action,
    printable,
)
from shopfloor.core.commands import ReadSignal, SignalKind
from shopfloor.core.decide_shelf import read_shelf
from shopfloor.core.decide_step import decide_step
from shopfloor.core.decide_undo import decide_undo
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import Event, ScanRefused, ScanRepeated, ScanUnread
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import card_name, station_name
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop

RESTART_REPEAT_S = 30  # how long after a start the last scan before it may be scanned again by somebody who is not sure


def decide_signal(shop: Shop, signal: ReadSignal, now: Now) -> Event:
    """The one journal entry of a complete frame: its step, a refusal, a repeat, or "unread"."""
    code = printable(signal.text.strip())
    source = source_of(shop, signal.station, signal.device, code)
    if signal.signal in {SignalKind.NO_READ, SignalKind.UNDECODABLE}:
        return source.sign(ScanUnread(station=signal.station, why=signal.signal.value))
    repeated = _repeated(shop, source, now)
    if repeated is not None:
        return repeated
    decision = _button(shop, source, now) if signal.signal is SignalKind.BUTTON else _scan(shop, signal, source, now)
    if isinstance(decision, Refusal):
        return refused(source, decision)
    (event,) = decision
    return event


def source_of(shop: Shop, station: str, device: str, code: str = "") -> Source:
    """Who is behind a device: the person signed on at its station, else the device itself."""
    return Source(station=station, device=device, code=code, by=shop.book(station).person or device)


def refused(source: Source, refusal: Refusal) -> ScanRefused:
    """The journal entry of a refusal: "I did scan it" can be answered."""
    return source.sign(
        ScanRefused(station=source.station, rule=refusal.rule.value, card=refusal.card, args=dict(refusal.args))
    )


def _repeated(shop: Shop, source: Source, now: Now) -> ScanRepeated | None:
    if not source.code:
        return None
    reads = shop.reads.get(source.station, {})
    read = reads.get(folded(source.code))
    window_us = round(shop.line.repeat_window_s * US_PER_S)
    step = shop.book(source.station).step
    last = step if step is not None and folded(step.code) == folded(source.code) and not step.undone else None
    if read is not None and elapsed_us(read, now) < window_us:
        args: dict[str, str | int] = {}
    elif last is not None and not reads and _just_restarted(shop, last.at, now):
        args = {"restart": 1}
    else:
        return None
    if last is not None:
        args |= {"card": card_name(shop, last.card), "what": last.what, "at_us": last.at.at_us}
    return source.sign(ScanRepeated(station=source.station, card=last.card if last else "", args=args))


def _just_restarted(shop: Shop, step_at: Now, now: Now) -> bool:
    if shop.ready is None or not shop.ended_us:
        return False
    soon = elapsed_us(shop.ready, now) <= RESTART_REPEAT_S * US_PER_S
    return soon and shop.ended_us - step_at.at_us <= RESTART_REPEAT_S * US_PER_S


def _scan(shop: Shop, signal: ReadSignal, source: Source, now: Now) -> Decision:
    scan = parse(signal.text, shop.known)
    match scan:
        case CardScan():
            return _card(shop, scan, source, now)
        case CommandScan():
            return _act(shop, scan.action, source, now)
        case BadgeScan():
            return decide_admin.sign_on(shop, source, scan.person)
        case ShelfScan():
            return (source.sign(read_shelf(shop, scan.loop, source.station)),)
        case UnknownScan():
            return Refusal(Rule.UNKNOWN_CODE, {"code": scan.text, "why": scan.why.value})
        case _:
            assert_never(scan)


def _card(shop: Shop, scan: CardScan, source: Source, now: Now) -> Decision:
    card = shop.cards.get(card_id(scan.loop, scan.number))
    if card is None:
        args: dict[str, str | int] = {"card": card_id(scan.loop, scan.number), "loop": scan.loop}
        return Refusal(Rule.UNKNOWN_CARD, args)
    if scan.print_version < card.print_version:
        args = {"card": card_name(shop, card), "print": scan.print_version, "current": card.print_version}
        return Refusal(Rule.OLD_PRINT, args, card.id)
    return decide_step(shop, card, source, now)


def _button(shop: Shop, source: Source, now: Now) -> Decision:
    device = next((d for d in shop.line.devices if d.id == source.device), None)
    action = device.map.get(source.code) if device else None
    if action is None:
        args: dict[str, str | int] = {
            "code": source.code,
            "why": "button",
            "station": station_name(shop, source.station),
        }
        return Refusal(Rule.UNKNOWN_CODE, args)
    return _act(shop, action, source, now)


def _act(shop: Shop, action: str, source: Source, now: Now) -> Decision:
    verb, argument = parse_action(action)
    match verb:
        case Verb.CALL:
            return decide_call.raise_call(shop, source, argument, now, stop=False)
        case Verb.STOP:
            return decide_call.raise_call(shop, source, argument, now, stop=True)
        case Verb.ACK:
            return decide_call.acknowledge(shop, source, "")
        case Verb.ARRIVE:
            return decide_call.arrive(shop, source, "")
        case Verb.CLEAR:
            return decide_call.clear(shop, source, "")
        case Verb.UNDO:
            return decide_undo(shop, source, "", now)
        case Verb.SIGNOFF:
            return decide_admin.sign_off(shop, source)
        case _:
            assert_never(verb)
