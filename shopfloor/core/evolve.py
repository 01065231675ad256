"""What an event changes: pure and total. A late, repeated or foreign event is applied or ignored, never an error."""

from collections.abc import Iterable, Sequence
from typing import assert_never

from msgspec.structs import replace

from shopfloor.core import events as e
from shopfloor.core import events_loop as x
from shopfloor.core.credits import evolve_credits, is_shared, payer
from shopfloor.core.entities import is_gone
from shopfloor.core.events_andon import AndonEvent
from shopfloor.core.events_floor import FloorSet
from shopfloor.core.events_line import BegunAnew, CreditsAsked, CreditsGiven, FindingSettled, Permitted, StationsTaken
from shopfloor.core.evolve_andon import andon_args, evolve_andon
from shopfloor.core.evolve_card import CardEvent, evolve_card
from shopfloor.core.evolve_line import evolve_line
from shopfloor.core.evolve_loop import LoopEvent, evolve_loop
from shopfloor.core.evolve_terminals import (
    evolve_anew,
    evolve_first,
    evolve_permitted,
    evolve_posts,
    evolve_taken,
    line_decree,
    line_stands,
)
from shopfloor.core.findings import (
    found_after_take_over,
    found_at_call,
    found_at_card,
    found_at_line,
    found_at_step,
    settled,
    settled_by_line,
)
from shopfloor.core.line import Line
from shopfloor.core.line_refusals import LINE
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.shop import Shop, read_key
from shopfloor.core.state import RELEASED, Book, Call, Card, CardState, Entity, Verdict


def apply(shop: Shop, recorded: e.Recorded) -> tuple[Entity, ...]:
    """Let an event happen in `shop`; the entities it changed, gone ones with their last value."""
    changed = evolve(shop, recorded)
    _happen(shop, recorded, changed)
    _remember_read(shop, recorded)
    return changed


def fold(events: Iterable[e.Recorded], base: tuple[Line, tuple[Entity, ...]] | None = None) -> tuple[Entity, ...]:
    """Every living entity after all events, from nothing or from the line file and entities of a floor."""
    replay = Replay(Shop(*base) if base else Shop())
    for recorded in events:
        replay.step(recorded)
    return tuple(replay.settle().entities())


class Replay:
    """Many events one after the other, from a shop that stays as it is; what nobody can see between them is left out.

    Only the last verdict of a station lasts: making every one of them doubles the time of a rebuild. What codes were
    read lately belongs to the process, and is not remembered either.
    """

    def __init__(self, base: Shop) -> None:
        self.shop = base.copy()
        self._answers: dict[str, e.Recorded] = {}

    def step(self, recorded: e.Recorded) -> tuple[Entity, ...]:
        """Let one event happen; what it changed, but for the station's verdict."""
        changed = _changes(self.shop, recorded)
        _happen(self.shop, recorded, changed)
        event = recorded.event
        if isinstance(event, e.SignalEvent) and event.device:
            self._answers[event.station] = recorded
        return changed

    def settle(self) -> Shop:
        """The shop with the verdicts of now."""
        for recorded in self._answers.values():
            self.shop.put(_with_verdict(self.shop, recorded, ()))
        self._answers.clear()
        return self.shop


def answer_of(recorded: Sequence[e.Recorded]) -> e.Recorded:
    """Of the events of one command the one that answers it: the last that came from somebody, else the last."""
    answers = [r for r in recorded if isinstance(r.event, e.SignalEvent) and r.event.device]
    return (answers or recorded)[-1]


def changed_line(shop: Shop, recorded: e.Recorded) -> Line | None:
    """The line file an event puts in force in `shop`, if it does; the same just before it and just after."""
    event = recorded.event
    if not isinstance(event, e.LineChanged):
        return None
    return event.line if line_stands(shop.decrees.get(LINE), event, recorded.origin) else None


def at_of(recorded: e.Recorded) -> Now:
    """When an event happened, on all clocks."""
    return Now(recorded.moment.us, recorded.mono_ns, recorded.boot)


def evolve(shop: Shop, recorded: e.Recorded) -> tuple[Entity, ...]:
    """The new values of every entity the event changes; `shop` stays as it is."""
    return _with_verdict(shop, recorded, _changes(shop, recorded))


def _changes(shop: Shop, recorded: e.Recorded) -> tuple[Entity, ...]:
    event = recorded.event
    at = at_of(recorded)
    if isinstance(event, CardEvent):
        changed = evolve_card(shop, event, at, recorded.n, recorded.origin)
        noted = _spent(shop, _unsure(changed, recorded), recorded.origin)
        return (*noted, *found_at_card(shop, recorded), *found_after_take_over(shop, recorded))
    if isinstance(event, LoopEvent):
        return evolve_loop(shop, event, at)
    if isinstance(event, AndonEvent):
        call = shop.calls.get(event.call) if isinstance(event, e.CallAcknowledged) else None
        if call is not None and call.acked_us:
            return found_at_call(call, recorded)  # whoever came first has it
        changed = evolve_andon(shop, event, at, call_id=f"{recorded.origin}-{recorded.n}")
        over = (one.id for one in changed if isinstance(one, Call) and is_gone(one))
        return (*changed, *(finding for call_id in over for finding in settled(shop, f"call:{call_id}")))
    match event:
        case e.TerminalStarted():
            return evolve_posts(shop, event, recorded)
        case FindingSettled():
            return settled(shop, event.finding)
        case CreditsAsked() | CreditsGiven():
            return evolve_credits(shop, event, at)
        case BegunAnew():
            return evolve_anew(shop, event, recorded)
        case Permitted():
            return evolve_permitted(shop, event, recorded)
        case StationsTaken():
            return evolve_taken(shop, event, at.at_us)
        case e.ClockStepped():
            return found_at_step(recorded, event)
        case e.TerminalStopped() | e.Unknown() | FloorSet():
            return ()
        case e.LineChanged():
            if changed_line(shop, recorded) is None:
                return found_at_line(shop, event, recorded)
            changed = evolve_first(shop, event.line, evolve_line(shop, event.line, at))
            return (*changed, line_decree(event, recorded), *settled_by_line(shop, event))
        case e.SignedOn():
            book = replace(shop.book(event.station), person=event.person, person_since_us=at.at_us)
            return (book,)
        case e.SignedOff():
            return (replace(shop.book(event.station), person=""),)
        case e.OverrideGranted():
            book = replace(shop.book(event.station), override_by=event.by, override_reason=event.reason, override_at=at)
            return (book,)
        case e.ScanRepeated():
            asked = event.card if event.asked else shop.book(event.station).asked_card
            return (replace(shop.book(event.station), asked_card=asked),)
        case e.ScanUnread() | e.ShelfRead() | x.CardsIssued():
            return ()
        case _:
            assert_never(event)


def _unsure(changed: tuple[Entity, ...], recorded: e.Recorded) -> tuple[Entity, ...]:
    """The same with the clock's uncertainty on the card that was moved."""
    unsure_us = recorded.uncertainty_us
    if not unsure_us:
        for entity in changed:  # a loop: of every event `any` would be a third of the time this takes
            if isinstance(entity, Card) and entity.unsure_us:
                break
        else:
            return changed
    return tuple(
        replace(entity, unsure_us=unsure_us)
        if isinstance(entity, Card)
        and (entity.origin, entity.n) == (recorded.origin, recorded.n)
        and entity.unsure_us != unsure_us
        else entity
        for entity in changed
    )


def _spent(shop: Shop, changed: tuple[Entity, ...], origin: str) -> tuple[Entity, ...]:
    """The same with the terminal whose place of the line's limit a card takes by this event; one at rest has none.

    One that is put on hold gives its place back, and keeps whose it was.
    """
    if not is_shared(shop):
        return changed
    noted: list[Entity] = []
    for entity in changed:
        if isinstance(entity, Card):
            was = shop.cards.get(entity.id)
            spender = ""
            if entity.state in RELEASED:
                held = was is not None and was.state in RELEASED
                spender = was.spender if was is not None and held else payer(shop, entity, origin)
            elif entity.state is CardState.HELD and entity.held_from in RELEASED:
                spender = entity.spender
            noted.append(entity if entity.spender == spender else replace(entity, spender=spender))
        else:
            noted.append(entity)
    return tuple(noted)


def _happen(shop: Shop, recorded: e.Recorded, changed: tuple[Entity, ...]) -> None:
    if changed:
        shop.put(changed)
    line = changed_line(shop, recorded)
    if line is not None:
        shop.set_line(line)


def _with_verdict(shop: Shop, recorded: e.Recorded, changed: tuple[Entity, ...]) -> tuple[Entity, ...]:
    event = recorded.event
    # What the program itself noticed is no answer to anybody's signal: the strip keeps the last answer.
    if not isinstance(event, e.SignalEvent) or not event.device:
        return changed
    books = [entity for entity in changed if isinstance(entity, Book) and entity.station == event.station]
    book = books[-1] if books else shop.book(event.station)
    verdict = Verdict(
        n=recorded.n,
        origin=recorded.origin,
        kind=event.kind,
        at_us=recorded.moment.us,
        card=getattr(event, "card", ""),
        rule=event.rule if isinstance(event, e.ScanRefused) else "",
        args=_verdict_args(event),
    )
    others = tuple(entity for entity in changed if entity not in books)
    return (*others, replace(book, verdict=verdict))


def _verdict_args(event: e.SignalEvent) -> dict[str, str | int]:
    args: dict[str, str | int] = {"code": event.code} if event.code else {}
    match event:
        case e.ScanRefused() | e.ScanRepeated():
            args |= event.args
        case e.CardStarted():
            args |= {"inferred": _stations(event.inferred), "over": ", ".join(event.over)}
        case e.CardWithdrawn():
            args |= {"inferred": _stations(event.inferred), "into": event.into.value}
        case x.CardOpened() | x.CardReceived():
            args |= {"inferred": _stations(event.inferred)}
        case x.PiecesWithdrawn():
            args |= {"pieces": event.pieces, "left": event.left, "into": event.into.value}
        case e.CardFinished():
            args |= {"into": event.into.value, "implausible": int(event.implausible)}
            args |= {"inferred": _stations(event.inferred)} if event.inferred else {}
        case x.LotReleased() | x.CardsIssued():
            args |= {"loop": event.loop, "count": len(event.cards)}
        case x.CardReprinted():
            args |= {"print": event.print_version}
        case x.CardExpressed():
            args |= {"on": int(event.on)}
        case x.ContentsNoted():
            args |= {"quantity": event.quantity, "lot": event.lot, "serials": ", ".join(event.serials[-1:])}
        case x.CodeTaught():
            args |= {"text": event.text, "taught": event.card}
        case x.ChangePlanned():
            args |= {"loop": event.loop, "day": event.day, "cards": event.cards or 0, "quantity": event.quantity or 0}
        case x.ChangeDropped():
            args |= {"loop": event.loop}
        case e.StepUndone():
            args |= {"what": event.what}
        case e.ShelfRead():
            args |= {"loop": event.loop, **event.states}
        case StationsTaken():
            args |= {"stations": ",".join(event.stations), "from": event.from_terminal, "left": event.left}
        case e.SignedOn() | e.SignedOff():
            args |= {"person": event.person}
        case _:
            pass
    if isinstance(event, AndonEvent):
        args |= andon_args(event)
    if isinstance(event, e.ScanRepeated):
        args |= {"asked": int(event.asked)}
    return args


def _stations(steps: Iterable[e.Inferred]) -> str:
    return ",".join(dict.fromkeys(step.station for step in steps))


def _remember_read(shop: Shop, recorded: e.Recorded) -> None:
    event = recorded.event
    # A shelf may be asked again at once, and does not stand between a card and its repeat.
    if not isinstance(event, e.SignalEvent) or not event.code or isinstance(event, e.ScanUnread | e.ShelfRead):
        return
    # A repeat does not extend the window; a question does count as a read.
    if isinstance(event, e.ScanRepeated) and not event.asked:
        return
    at = at_of(recorded)
    window_us = round(shop.line.repeat_window_s * US_PER_S)
    kept = {k: v for k, v in shop.reads.get(event.station, {}).items() if elapsed_us(v, at) < window_us}
    shop.reads[event.station] = kept | {read_key(shop, event.device, event.code): at}
