"""What a scan of a card at a place does: the next natural step, or the rule that refuses it."""

from typing import assert_never

from shopfloor.core.decide_consumer import at_consumer, refuse_card
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import CardFinished, CardStarted, ScanRepeated
from shopfloor.core.events_loop import CardAcknowledged
from shopfloor.core.limits import Passed, refuse_finish, refuse_one_scan, refuse_start
from shopfloor.core.line import Loop, Mark
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import card_name
from shopfloor.core.owning import is_known
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.core.steps import (
    after_finish,
    already_done,
    finished_us,
    inferred,
    not_possible,
    refuse_inference,
    wrong_station,
)

IMPLAUSIBLE_SHARE = 10  # a finish under a tenth of the target is a mistake, not a record
BACK_S = 10  # from finished to emptied and back takes longer; sooner it is a second scan of the same container
_ONE_SCAN = frozenset({Mark.OPTIONAL, Mark.FORBIDDEN})


def decide_step(shop: Shop, card: Card, source: Source, now: Now) -> Decision:
    """The next natural step of the card at the source's station (`domain.md`, "What a scan means")."""
    loop = shop.loops.get(card.loop)
    refused = refuse_card(shop, card)
    if refused is not None:
        return refused
    if loop is None:
        return Refusal(Rule.UNKNOWN_CARD, {"card": card.id}, card.id)
    if source.station == loop.consumer:
        return at_consumer(shop, card, loop, source)
    if source.station in loop.route:
        return _at_route(shop, card, loop, source, now)
    return wrong_station(shop, card)


def start_card(shop: Shop, card: Card, source: Source, now: Now) -> Decision:
    """Start the card by touch where a scan would start and finish it at once."""
    loop = shop.loops[card.loop]
    if source.station not in loop.route:
        return wrong_station(shop, card)
    here = loop.route.index(source.station) + 1
    if loop.sequence.in_process is Mark.FORBIDDEN:
        return not_possible(shop, "start", card)
    if here < card.step or (here == card.step and card.state is CardState.IN_PROCESS):
        return already_done(shop, card, "started", source.station, card.since_us if here == card.step else 0)
    return _start(shop, card, loop, source, now)


def acknowledge_card(shop: Shop, card: Card, source: Source) -> Decision:
    """Say that the supplier has read the card's signal; from any station, for suppliers have none of ours."""
    loop = shop.loops[card.loop]
    if not loop.acknowledge or card.state is not CardState.EMPTY:
        return not_possible(shop, "acknowledge", card)
    if card.acked_us:
        done = already_done(shop, card, "acknowledged", loop.route[0], card.acked_us)
        return Refusal(done.rule, done.args | {"by": card.acked_by}, done.card)
    return (source.sign(CardAcknowledged(station=source.station, card=card.id)),)


def _at_route(shop: Shop, card: Card, loop: Loop, source: Source, now: Now) -> Decision:
    here = loop.route.index(source.station) + 1
    match card.state:
        case CardState.FULL | CardState.IN_USE | CardState.IN_TRANSIT:
            if card.made_by == source.station and not _came_back(shop, card, loop, here, now):
                return already_done(shop, card, "finished", source.station, finished_us(card, here))
            return _start(shop, card, loop, source, now)
        case CardState.EMPTY if loop.acknowledge and not card.acked_us and here == 1:
            return acknowledge_card(shop, card, source)
        case CardState.EMPTY | CardState.WAITING:
            return _work(shop, card, loop, source, now)
        case CardState.IN_PROCESS | CardState.QUEUED:
            if here < card.step:
                return already_done(shop, card, "finished", source.station, finished_us(card, here))
            if here == card.step and card.state is CardState.IN_PROCESS:
                return _finish(shop, card, loop, source, now)
            return _work(shop, card, loop, source, now)
        case CardState.NEW | CardState.HELD | CardState.LOST | CardState.RETIRED:
            raise AssertionError(f"expected a card in circulation, got {card.state}")
        case _:
            assert_never(card.state)


def _came_back(shop: Shop, card: Card, loop: Loop, here: int, now: Now) -> bool:
    """Whether a full card may have been emptied where this terminal hears nothing; a second scan is no such thing."""
    if here != 1 or loop.consumer is None or is_known(shop, loop.consumer):
        return False
    return now.at_us - finished_us(card, len(loop.route)) > BACK_S * US_PER_S


def _work(shop: Shop, card: Card, loop: Loop, source: Source, now: Now) -> Decision:
    if loop.sequence.in_process in _ONE_SCAN:
        return _make(shop, card, loop, source, now)
    return _start(shop, card, loop, source, now)


def _make(shop: Shop, card: Card, loop: Loop, source: Source, now: Now) -> Decision:
    """Start and finish in one scan."""
    here = loop.route.index(source.station) + 1
    into = after_finish(loop, here)
    passed = refuse_one_scan(shop, card, loop, here, now, into=into)
    if isinstance(passed, Refusal):
        return passed
    return (
        source.sign(
            CardFinished(
                station=source.station,
                card=card.id,
                step=here,
                into=into,
                over=passed.over,
                override_by=passed.by,
                override_reason=passed.reason,
                inferred=inferred(card, loop, here),
                one_scan=True,
            )
        ),
    )


def _start(shop: Shop, card: Card, loop: Loop, source: Source, now: Now) -> Decision:
    here = loop.route.index(source.station) + 1
    passed = refuse_start(shop, card, loop, here, now)
    if isinstance(passed, Refusal):
        return passed
    steps = inferred(card, loop, here)
    refused = refuse_inference(shop, card, loop, steps)
    if refused is not None:
        return refused
    return (
        source.sign(
            CardStarted(
                station=source.station,
                card=card.id,
                step=here,
                inferred=steps,
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
                into=after_finish(loop, card.step),
                implausible=worked_us is not None and worked_us * IMPLAUSIBLE_SHARE < target_us,
                over=passed.over,
                override_by=passed.by,
                override_reason=passed.reason,
            )
        ),
    )
