"""What somebody is told whose command was recorded."""

from datetime import tzinfo

from shopfloor.core.events import Recorded, ScanRefused, SignalEvent
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state import Book
from shopfloor.core.update import Outcome
from shopfloor.core.words import refusal_words, verdict_words


def refused(refusal: Refusal, zone: tzinfo, command_id: str) -> Outcome:
    """What somebody is told whose command was refused, and not recorded."""
    sentence, remedy = refusal_words(refusal, zone)
    return Outcome(n=0, kind="refused", refusal=refusal, words=sentence, remedy=remedy, command_id=command_id)


def outcome_of(recorded: Recorded, shop: Shop, zone: tzinfo) -> Outcome | None:
    """What the command of an event came to, given the shop after it; None if nobody hears of it."""
    event = recorded.event
    if not isinstance(event, SignalEvent):
        return Outcome(n=recorded.n, kind=event.kind, command_id=recorded.command_id)
    book = shop.book(event.station)
    is_its = book.verdict is not None and (book.verdict.origin, book.verdict.n) == (recorded.origin, recorded.n)
    verdict = book.verdict if is_its else None
    if verdict is None:
        return None
    words, remedy = verdict_words(shop, event.station, verdict, zone)
    refusal = None
    if isinstance(event, ScanRefused):
        refusal = Refusal(Rule(event.rule), event.args, event.card)
    return Outcome(
        n=recorded.n,
        kind=event.kind,
        station=event.station,
        card=verdict.card,
        device=event.device,
        refusal=refusal,
        words=words,
        remedy=remedy,
        command_id=recorded.command_id,
    )


def is_same_answer(now: Book, then: Book) -> bool:
    """Whether two states of a station's book hold the answer to the same scan."""
    if now.verdict is None or then.verdict is None:
        return False
    return (now.verdict.origin, now.verdict.n) == (then.verdict.origin, then.verdict.n)
