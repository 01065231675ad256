"""What a frame from a device means here and now; every complete frame becomes exactly one event."""

from typing import assert_never

from shopfloor.core import decide_admin, decide_call, decide_loop
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
from shopfloor.core.credits import asks
from shopfloor.core.decide_shelf import read_shelf
from shopfloor.core.decide_step import decide_step
from shopfloor.core.decide_undo import decide_undo
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import Event, ScanRefused, ScanRepeated, ScanUnread
from shopfloor.core.events_loop import ContentsNoted
from shopfloor.core.labels import read_label
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import card_name, station_name
from shopfloor.core.owning import refuse_others
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop, read_key
from shopfloor.core.state import Card

LABEL_S = 10  # a label is scanned next after its card; later it may be anybody's
RESTART_REPEAT_S = 30  # how long after a start the last scan before it may be scanned again by somebody who is not sure


def decide_signal(shop: Shop, signal: ReadSignal, now: Now) -> tuple[Event, ...]:
    """The one journal entry of a complete frame: its step, a refusal, a repeat, or "unread"; and what follows from it.

    What follows (the lot that a withdrawal completes) has no device: nobody signalled it.
    """
    code = printable(signal.text.strip())
    source = source_of(shop, signal.station, signal.device, code)
    if signal.signal in {SignalKind.NO_READ, SignalKind.UNDECODABLE}:
        return (source.sign(ScanUnread(station=signal.station, why=signal.signal.value)),)
    repeated = _repeated(shop, source, now)
    if repeated is not None:
        return (repeated,)
    decision = _button(shop, source, now) if signal.signal is SignalKind.BUTTON else _scan(shop, signal, source, now)
    if isinstance(decision, Refusal):
        return (refused(source, decision), *wanted(shop, decision))
    return decision


def wanted(shop: Shop, refusal: Refusal) -> tuple[Event, ...]:
    """What this terminal asks of the others because it had to refuse."""
    return asks(shop) if refusal.rule is Rule.LINE_LIMIT and "share" in refusal.args else ()


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
    read = reads.get(read_key(shop, source.device, source.code))
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
            # Whoever is waited for comes before what is only still to be checked.
            return (
                decide_call.arrive_by_badge(shop, source, scan.person)
                or decide_call.verify_by_badge(shop, source, scan.person)
                or decide_admin.sign_on(shop, source, scan.person)
            )
        case ShelfScan():
            return (source.sign(read_shelf(shop, scan.loop, source.station)),)
        case UnknownScan():
            return _foreign(shop, signal, source, now) or Refusal(
                Rule.UNKNOWN_CODE, {"code": scan.text, "why": scan.why.value}
            )
        case _:
            assert_never(scan)


def _foreign(shop: Shop, signal: ReadSignal, source: Source, now: Now) -> Decision | None:
    """A code that is none of ours: one that was taught, or a label on the container of the card scanned just before."""
    taught = shop.cards.get(shop.taught.get(decide_loop.taught_text(signal.text), ""))
    if taught is not None:
        return refuse_others(shop, source.station) or decide_step(shop, taught, source, now)
    card = _just_scanned(shop, source.station, now)
    loop = shop.loops.get(card.loop) if card else None
    if card is None or loop is None or card.state not in decide_loop.HOLDING:
        return None
    contents = read_label(signal.text, loop.labels)
    if contents is None:
        return None
    serials = dict.fromkeys((*card.serials, contents.serial)) if contents.serial else ()
    return decide_loop.note_contents(
        shop, source, card, quantity=contents.quantity, lot=contents.lot, serials=tuple(serials)
    )


def _just_scanned(shop: Shop, station: str, now: Now) -> Card | None:
    """The card of the station's last step, while a label may follow it or the label before."""
    book = shop.book(station)
    if book.step is None or book.step.undone:
        return None
    span_us = elapsed_us(book.step.at, now)
    if book.verdict is not None and book.verdict.kind == ContentsNoted.kind:
        span_us = min(span_us, now.at_us - book.verdict.at_us)
    return shop.cards.get(book.step.card) if 0 <= span_us <= LABEL_S * US_PER_S else None


def _card(shop: Shop, scan: CardScan, source: Source, now: Now) -> Decision:
    card = shop.cards.get(card_id(scan.loop, scan.number))
    if card is None:
        args: dict[str, str | int] = {"card": card_id(scan.loop, scan.number), "loop": scan.loop}
        return Refusal(Rule.UNKNOWN_CARD, args)
    if scan.print_version < card.print_version:
        args = {"card": card_name(shop, card), "print": scan.print_version, "current": card.print_version}
        return Refusal(Rule.OLD_PRINT, args, card.id)
    return refuse_others(shop, source.station) or decide_step(shop, card, source, now)


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
            return refuse_others(shop, source.station) or decide_undo(shop, source, "", now)
        case Verb.SIGNOFF:
            return decide_admin.sign_off(shop, source)
        case _:
            assert_never(verb)
