"""What an event changes at cards and at the book of the station where it happened."""

from typing import assert_never

from msgspec.structs import replace

from shopfloor.core import events as e
from shopfloor.core import events_loop as x
from shopfloor.core.evolve_loop import asking
from shopfloor.core.line import Line
from shopfloor.core.moment import Now
from shopfloor.core.rules import Rule
from shopfloor.core.shop import Shop, lane_limit
from shopfloor.core.state import Book, Card, CardState, Entity, LastStep

CardEvent = (
    e.CardCirculated
    | e.CardWithdrawn
    | e.CardStarted
    | e.CardFinished
    | e.StepUndone
    | e.CardHeld
    | e.CardReleased
    | e.CardLost
    | e.CardFound
    | e.CardRetired
    | e.ScanRefused
    | x.PiecesWithdrawn
    | x.CardOpened
    | x.CardReceived
    | x.CardAcknowledged
)


def evolve_card(shop: Shop, event: CardEvent, at: Now, n: int, origin: str) -> tuple[Entity, ...]:
    """The cards and books that event `n` of `origin` changes; nothing for a card nobody knows, or one that is over."""
    if isinstance(event, e.CardCirculated):
        return () if event.card in shop.cards else (replace(_circulated(shop, event, at, n), origin=origin),)
    card = shop.cards.get(event.card)
    if card is None or card.state is CardState.RETIRED:
        return ()
    if isinstance(event, e.ScanRefused):
        return _mark_blocked(card, event, at)
    new = _moved(shop, card, event, at, n)
    if new is not card and new.origin != origin:
        new = replace(new, origin=origin)
    changed: tuple[Entity, ...] = (new,)
    if isinstance(event, _Step):
        changed += (_note_step(shop, card, event, at, n, origin),)
    elif isinstance(event, e.StepUndone):
        changed += _note_undo(shop, event, event.of or origin)
    return changed + _unblocked(shop, card, new, at)


def unblocked_by_line(shop: Shop, line: Line, at: Now) -> tuple[Card, ...]:
    """Blocked cards whose lane has a place under a new line file."""
    loops = {loop.id: loop for loop in line.loops}
    freed: list[Card] = []
    for card in _blocked(shop):
        loop = loops.get(card.loop)
        limit = lane_limit(loop, card.step + 1) if loop else None
        if limit is None or len(shop.lane(card.loop, card.step + 1)) < limit:
            freed.append(replace(card, blocked_us=0, again_us=at.at_us))
    return tuple(freed)


def _circulated(shop: Shop, event: e.CardCirculated, at: Now, n: int) -> Card:
    empty = event.state is CardState.EMPTY
    emptied_us = at.at_us if event.state in _ASKS else 0
    card = Card(
        id=event.card,
        loop=event.loop,
        number=event.number,
        state=event.state,
        since_us=at.at_us,
        emptied_us=emptied_us,
        lives=event.lives,
        extra=event.extra,
        n=n,
    )
    return asking(shop, card, at) if empty else card


_ASKS = frozenset({CardState.EMPTY, CardState.WAITING})
_HOLDING = frozenset({CardState.FULL, CardState.IN_USE, CardState.IN_TRANSIT})
_Step = (
    e.CardWithdrawn
    | e.CardStarted
    | e.CardFinished
    | x.PiecesWithdrawn
    | x.CardOpened
    | x.CardReceived
    | x.CardAcknowledged
)
_Made = e.CardStarted | e.CardFinished
_WHAT = {
    e.CardWithdrawn: "withdrawn",
    e.CardStarted: "started",
    e.CardFinished: "finished",
    x.PiecesWithdrawn: "pieces",
    x.CardOpened: "opened",
    x.CardReceived: "received",
    x.CardAcknowledged: "acknowledged",
}
_Moving = (
    e.CardWithdrawn
    | e.CardStarted
    | e.CardFinished
    | e.StepUndone
    | e.CardHeld
    | e.CardReleased
    | e.CardLost
    | e.CardFound
    | e.CardRetired
    | x.PiecesWithdrawn
    | x.CardOpened
    | x.CardReceived
    | x.CardAcknowledged
)


def _moved(shop: Shop, card: Card, event: _Moving, at: Now, n: int) -> Card:
    match event:
        case e.CardWithdrawn():
            return _emptied(shop, card, event, at, n)
        case e.CardStarted():
            return _started(_taken_unseen(card, event, at), event, at, n)
        case e.CardFinished():
            return _finished(shop, _taken_unseen(card, event, at), event, at, n)
        case x.PiecesWithdrawn() | x.CardOpened() | x.CardReceived() | x.CardAcknowledged():
            return _at_consumer(shop, card, event, at, n)
        case e.StepUndone():
            # What is printed and what was marked meanwhile is no part of the step.
            kept = replace(event.restored, n=n, print_version=card.print_version, stale_print=card.stale_print)
            return replace(kept, express=card.express)
        case e.CardHeld():
            before = card.held_from if card.state is CardState.HELD else card.state
            return replace(card, state=CardState.HELD, held_from=before, note=event.reason, n=n)
        case e.CardReleased():
            if card.held_from is None:
                return card
            return replace(card, state=card.held_from, held_from=None, note="", n=n)
        case e.CardLost():
            return replace(_at_rest(card, at, n), state=CardState.LOST)
        case e.CardFound():
            emptied_us = at.at_us if event.state in _ASKS else card.emptied_us
            found = _answered(replace(_at_rest(card, at, n), state=event.state, emptied_us=emptied_us, made_by=""))
            empty = _unloaded(found) if event.state in _ASKS else found
            return asking(shop, empty, at) if event.state is CardState.EMPTY else empty
        case e.CardRetired():
            return replace(_at_rest(card, at, n), state=CardState.RETIRED, note=event.reason)
        case _:
            assert_never(event)


def _taken_unseen(card: Card, event: e.CardStarted | e.CardFinished, at: Now) -> Card:
    """The card as its start proves it was: emptied where nobody of this line's journals had said so yet."""
    if card.state not in _HOLDING or not any(step.what == "withdraw" for step in event.inferred):
        return card
    empty = replace(_answered(_unloaded(card)), state=CardState.EMPTY, cycle=card.cycle + 1, emptied_us=at.at_us)
    return replace(empty, finished_us=(), made_by="", express=False)


def _started(card: Card, event: e.CardStarted, at: Now, n: int) -> Card:
    first = card.step == 0
    finished = () if first else card.finished_us
    finished += (at.at_us,) * (event.step - 1 - len(finished))
    # A release nobody scanned has no known time: lead times must not be made of it.
    released_us = (0 if event.inferred else at.at_us) if first else card.released_us
    return replace(
        card,
        state=CardState.IN_PROCESS,
        step=event.step,
        since_us=at.at_us,
        started=at,
        released_us=released_us,
        queued_us=0,
        finished_us=finished,
        done_what="started",
        done_station=event.station,
        done_us=at.at_us,
        done_by=event.by,
        blocked_us=0,
        again_us=0,
        over_limit=any(rule != Rule.NOT_OLDEST for rule in event.over),
        n=n,
    )


def _finished(shop: Shop, card: Card, event: e.CardFinished, at: Now, n: int) -> Card:
    before = card.finished_us if card.step else ()
    before += (at.at_us if event.inferred else 0,) * event.step
    finished = (*before[: event.step - 1], at.at_us)
    done = replace(
        card,
        state=event.into,
        since_us=at.at_us,
        started=None,
        finished_us=finished,
        done_what="finished",
        done_station=event.station,
        done_us=at.at_us,
        done_by=event.by,
        blocked_us=0,
        again_us=0,
        over_limit=False,
        n=n,
    )
    if event.into is CardState.QUEUED:
        return replace(done, step=event.step + 1, queued_us=at.at_us)
    done = replace(done, step=0, queued_us=0, made_by=event.station)
    if event.into is CardState.EMPTY:
        done = replace(_unloaded(done), emptied_us=at.at_us, cycle=card.cycle + 1, express=False)
        return asking(shop, done, at)
    return done if event.into is CardState.IN_TRANSIT else replace(_answered(done), express=False)


def _at_consumer(
    shop: Shop,
    card: Card,
    event: x.PiecesWithdrawn | x.CardOpened | x.CardReceived | x.CardAcknowledged,
    at: Now,
    n: int,
) -> Card:
    what = _WHAT[type(event)]
    done = replace(card, done_what=what, done_station=event.station, done_us=at.at_us, done_by=event.by, n=n)
    match event:
        case x.CardAcknowledged():
            return replace(done, acked_us=at.at_us, acked_by=event.by, asked=None)
        case x.PiecesWithdrawn() if not event.left:
            return _emptied(shop, card, event, at, n)
        case x.PiecesWithdrawn():
            since_us = card.since_us if card.state is CardState.IN_USE else at.at_us
            return replace(done, state=CardState.IN_USE, since_us=since_us, pieces=event.left)
        case x.CardOpened() | x.CardReceived():
            opened = isinstance(event, x.CardOpened)
            made = replace(
                _at_rest(card, at, n),
                state=CardState.IN_USE if opened else CardState.FULL,
                made_by=card.made_by or _last_station(shop, card),
                express=False,
                done_what=what,
                done_station=event.station,
                done_us=at.at_us,
                done_by=event.by,
            )
            return _answered(made)
        case _:
            assert_never(event)


def _last_station(shop: Shop, card: Card) -> str:
    loop = shop.loops.get(card.loop)
    return loop.route[-1] if loop else ""


def _emptied(shop: Shop, card: Card, event: e.CardWithdrawn | x.PiecesWithdrawn, at: Now, n: int) -> Card:
    emptied = replace(
        _answered(_unloaded(_at_rest(card, at, n))),
        state=event.into,
        cycle=card.cycle + 1,
        emptied_us=at.at_us,
        finished_us=(),
        made_by="",
        express=False,
        done_what="withdrawn",
        done_station=event.station,
        done_us=at.at_us,
        done_by=event.by,
    )
    return asking(shop, emptied, at) if event.into is CardState.EMPTY else emptied


def _unloaded(card: Card) -> Card:
    return replace(card, pieces=0, lot="", serials=())


def _answered(card: Card) -> Card:
    """The card without what was awaited of its supplier: there is a container, or no signal yet."""
    return replace(card, acked_us=0, acked_by="", asked=None, late=False)


def _at_rest(card: Card, at: Now, n: int) -> Card:
    return replace(
        card,
        step=0,
        since_us=at.at_us,
        started=None,
        released_us=0,
        queued_us=0,
        blocked_us=0,
        again_us=0,
        over_limit=False,
        held_from=None,
        note="",
        n=n,
    )


def _mark_blocked(card: Card, event: e.ScanRefused, at: Now) -> tuple[Entity, ...]:
    if event.rule != Rule.LANE_FULL or card.state is not CardState.IN_PROCESS:
        return ()
    return (replace(card, blocked_us=card.blocked_us or at.at_us, again_us=0),)


def _note_step(
    shop: Shop,
    card: Card,
    event: e.CardWithdrawn
    | e.CardStarted
    | e.CardFinished
    | x.PiecesWithdrawn
    | x.CardOpened
    | x.CardReceived
    | x.CardAcknowledged,
    at: Now,
    n: int,
    origin: str,
) -> Book:
    book = shop.book(event.station)
    step = LastStep(
        n=n,
        card=card.id,
        what=_WHAT[type(event)],
        code=event.code,
        at=at,
        by=event.by,
        before=card,
        done_before=book.done_at,
        origin=origin,
    )
    # The question about one card outlives the steps of others: it is asked once.
    asked = "" if book.asked_card == card.id else book.asked_card
    if isinstance(event, e.CardFinished):
        book = replace(book, step=step, asked_card=asked, done_at=at, done_count=book.done_count + 1)
    else:
        book = replace(book, step=step, asked_card=asked)
    if isinstance(event, _Made) and event.override_by:
        book = replace(book, override_by="", override_reason="", override_at=None)
    return book


def _note_undo(shop: Shop, event: e.StepUndone, of: str) -> tuple[Book, ...]:
    book = shop.book(event.station)
    if book.step is None or (book.step.origin, book.step.n) != (of, event.undone):
        return ()
    book = replace(book, step=replace(book.step, undone=True))
    if event.what == "finished":
        book = replace(book, done_at=book.step.done_before if book.step else None, done_count=book.done_count - 1)
    return (book,)


def _unblocked(shop: Shop, old: Card, new: Card, at: Now) -> tuple[Card, ...]:
    """Cards whose finish was refused by a full lane that has a place again: the screen asks to scan them again."""
    if old.state is not CardState.QUEUED or (new.state is CardState.QUEUED and new.step == old.step):
        return ()
    loop = shop.loops.get(old.loop)
    limit = lane_limit(loop, old.step) if loop else None
    if limit is None or len(shop.lane(old.loop, old.step)) - 1 >= limit:
        return ()
    return tuple(
        replace(card, blocked_us=0, again_us=at.at_us)
        for card in _blocked(shop)
        if card.loop == old.loop and card.step == old.step - 1 and card.id != new.id
    )


def _blocked(shop: Shop) -> list[Card]:
    # A card on hold keeps its mark, and so loses it like any other.
    return [card for card in shop.cards.values() if card.blocked_us]
