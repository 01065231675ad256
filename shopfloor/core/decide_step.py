"""What a scan of a card at a place does: the next natural step, or the rule that refuses it."""

from typing import assert_never

from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import CardFinished, CardStarted, CardWithdrawn, Inferred, ScanRepeated
from shopfloor.core.limits import Passed, refuse_finish, refuse_start
from shopfloor.core.line import Loop, LoopKind
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import card_name, person_name, station_name
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState

IMPLAUSIBLE_SHARE = 10  # a finish under a tenth of the target is a mistake, not a record
_MADE = frozenset({CardState.FULL, CardState.IN_USE, CardState.IN_TRANSIT})


def decide_step(shop: Shop, card: Card, source: Source, now: Now) -> Decision:
    """The next natural step of the card at the source's station (`domain.md`, "What a scan means")."""
    refused = _refuse_card(shop, card)
    if refused is not None:
        return refused
    loop = shop.loops.get(card.loop)
    if loop is None:
        return Refusal(Rule.UNKNOWN_CARD, {"card": card.id}, card.id)
    if source.station == loop.consumer:
        return _at_consumer(shop, card, loop, source)
    if source.station in loop.route:
        return _at_route(shop, card, loop, source, now)
    return Refusal(Rule.WRONG_STATION, {"card": card_name(shop, card), "station": next_place(shop, card)}, card.id)


def next_place(shop: Shop, card: Card) -> str:
    """The name of the station where the card's next step is."""
    loop = shop.loops.get(card.loop)
    if loop is None:
        return ""
    if card.state is CardState.FULL and loop.consumer is not None:
        return station_name(shop, loop.consumer)
    return station_name(shop, loop.route[max(card.step, 1) - 1])


def _refuse_card(shop: Shop, card: Card) -> Refusal | None:
    rule: Rule
    match card.state:
        case CardState.RETIRED:
            rule = Rule.RETIRED
        case CardState.HELD:
            rule = Rule.HELD
        case CardState.LOST:
            rule = Rule.LOST
        case CardState.NEW:
            rule = Rule.NOT_IN_CIRCULATION
        case _:
            return None
    return Refusal(rule, {"card": card_name(shop, card), "reason": card.note, "at_us": card.since_us}, card.id)


def _at_consumer(shop: Shop, card: Card, loop: Loop, source: Source) -> Decision:
    match card.state:
        case CardState.EMPTY | CardState.WAITING:
            # A card that came back empty by a hand, or was put in circulation so, has no withdrawal to name.
            at_us = card.done_us if card.done_what == "withdrawn" else 0
            return _already_done(shop, card, "withdrawn", source.station, at_us)
        case _:
            return (
                source.sign(
                    CardWithdrawn(
                        station=source.station,
                        card=card.id,
                        inferred=_inferred(card, loop, len(loop.route) + 1),
                    )
                ),
            )


def _at_route(shop: Shop, card: Card, loop: Loop, source: Source, now: Now) -> Decision:
    here = loop.route.index(source.station) + 1
    match card.state:
        case CardState.FULL | CardState.IN_USE | CardState.IN_TRANSIT:
            if card.made_by == source.station:
                return _already_done(shop, card, "finished", source.station, card.done_us)
            return _start(shop, card, loop, source, now)
        case CardState.EMPTY | CardState.WAITING:
            return _start(shop, card, loop, source, now)
        case CardState.IN_PROCESS | CardState.QUEUED:
            if here < card.step:
                return _already_done(shop, card, "finished", source.station, _finished_us(card, here))
            if here == card.step and card.state is CardState.IN_PROCESS:
                return _finish(shop, card, loop, source, now)
            return _start(shop, card, loop, source, now)
        case CardState.NEW | CardState.HELD | CardState.LOST | CardState.RETIRED:
            raise AssertionError(f"expected a card in circulation, got {card.state}")
        case _:
            assert_never(card.state)


def _start(shop: Shop, card: Card, loop: Loop, source: Source, now: Now) -> Decision:
    here = loop.route.index(source.station) + 1
    passed = refuse_start(shop, card, loop, here, now)
    if isinstance(passed, Refusal):
        return passed
    return (
        source.sign(
            CardStarted(
                station=source.station,
                card=card.id,
                step=here,
                inferred=_inferred(card, loop, here),
                over=passed.over,
                override_by=passed.by,
                override_reason=passed.reason,
            )
        ),
    )


def _finish(shop: Shop, card: Card, loop: Loop, source: Source, now: Now) -> Decision:
    station = shop.stations[source.station]
    worked_us = elapsed_us(card.started, now) if card.started else None
    asked = shop.book(source.station).asked_card == card.id
    if worked_us is not None and worked_us < station.cycle_min_s * US_PER_S and not asked:
        args: dict[str, str | int] = {"card": card_name(shop, card), "worked_s": worked_us // US_PER_S}
        return (
            source.sign(
                ScanRepeated(
                    station=source.station,
                    card=card.id,
                    asked=True,
                    args=args,
                )
            ),
        )
    passed: Passed | Refusal = refuse_finish(shop, card, loop, now)
    if isinstance(passed, Refusal):
        return passed
    target_us = (station.cycle_target_s or 0) * US_PER_S
    return (
        source.sign(
            CardFinished(
                station=source.station,
                card=card.id,
                step=card.step,
                into=_after_finish(card, loop),
                implausible=worked_us is not None and worked_us * IMPLAUSIBLE_SHARE < target_us,
                over=passed.over,
                override_by=passed.by,
                override_reason=passed.reason,
            )
        ),
    )


def _after_finish(card: Card, loop: Loop) -> CardState:
    if card.step < len(loop.route):
        return CardState.QUEUED
    return CardState.EMPTY if loop.kind is LoopKind.CONWIP else CardState.FULL


def _inferred(card: Card, loop: Loop, until: int) -> tuple[Inferred, ...]:
    """Steps that must have happened for the card to be at position `until` (one past the end: at the consumer)."""
    if card.state in _MADE:
        return ()
    steps: list[Inferred] = []
    for step in range(max(card.step, 1), until):
        if not (step == card.step and card.state is CardState.IN_PROCESS):
            steps.append(Inferred("start", loop.route[step - 1], step))
        steps.append(Inferred("finish", loop.route[step - 1], step))
    return tuple(steps)


def _already_done(shop: Shop, card: Card, what: str, station: str, at_us: int) -> Refusal:
    args: dict[str, str | int] = {
        "card": card_name(shop, card),
        "what": what,
        "station": station_name(shop, station),
        "at_us": at_us,
        "next": next_place(shop, card),
    }
    if card.done_us == at_us and card.done_station == station and card.done_by:
        args["by"] = person_name(shop, card.done_by)
    return Refusal(Rule.ALREADY_DONE, args, card.id)


def _finished_us(card: Card, step: int) -> int:
    return card.finished_us[step - 1] if step <= len(card.finished_us) else 0
