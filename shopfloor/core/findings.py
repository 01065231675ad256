"""What a merge finds: things that terminals which had not heard of each other did to one card, call or station."""

from collections import Counter
from collections.abc import Collection

from shopfloor.core import events as e
from shopfloor.core import events_loop as x
from shopfloor.core.credits import cards_of
from shopfloor.core.events import Recorded
from shopfloor.core.events_line import BegunAnew, StationsTaken
from shopfloor.core.line import Loop
from shopfloor.core.line_refusals import LINE
from shopfloor.core.owning import terminal_in
from shopfloor.core.shop import Shop
from shopfloor.core.state import RELEASED, Card, CardState
from shopfloor.core.state_call import Call
from shopfloor.core.state_line import Finding, FindingKind, Post
from shopfloor.core.steps import MADE, inferred

Step = e.CardStarted | e.CardFinished | e.CardWithdrawn | x.CardOpened | x.CardReceived | x.PiecesWithdrawn


def found_at_card(shop: Shop, recorded: Recorded) -> tuple[Finding, ...]:
    """A card seen at two places within the clocks' uncertainty, or withdrawn full after that had been inferred.

    Or the settling of that by the next scan anywhere.
    `shop` is the one just before. Steps that follow from each other are no finding however close they are.
    """
    event = recorded.event
    if not isinstance(event, Step):
        return ()
    card = shop.cards.get(event.card)
    if card is None:
        return ()
    if _is_elsewhere(shop, card, event, recorded):
        kind, apart_us = FindingKind.TWO_PLACES, recorded.moment.us - card.done_us
    elif _was_not_full(card, event):
        kind, apart_us = FindingKind.NOT_FULL, 0
    else:
        return settled(shop, f"card:{card.id}") if shop.findings else ()
    return (
        Finding(
            id=f"card:{card.id}",
            kind=kind,
            card=card.id,
            places=(card.done_station, event.station),
            at_us=recorded.moment.us,
            apart_us=apart_us,
        ),
    )


def found_after_take_over(shop: Shop, recorded: Recorded) -> tuple[Finding, ...]:
    """A step at a station that another terminal had taken over by then: its own one had not heard of it."""
    event = recorded.event
    post = shop.posts.get(event.station) if isinstance(event, Step) else None
    if post is None or not post.epoch or terminal_in(post.origin) == terminal_in(recorded.origin):
        return ()
    return (_still_worked(shop, post.station, terminal_in(recorded.origin), post.terminal, recorded.moment.us, 1),)


def found_before_take_over(shop: Shop, event: StationsTaken, old: Collection[Post], at_us: int) -> tuple[Finding, ...]:
    """What the taker had not heard of the terminal it took over: cards that one had begun to work at by then.

    `shop` is the one just before, `old` are the stations that are taken.
    """
    unheard = [card for card in cards_of(shop, old) if card.id not in event.cards]
    stations = Counter(card.done_station for card in unheard)
    return tuple(
        _still_worked(shop, station, event.from_terminal, event.terminal, at_us, count)
        for station, count in sorted(stations.items())
    )


def _still_worked(shop: Shop, station: str, before: str, after: str, at_us: int, count: int) -> Finding:
    key = f"after:{station}:{before}"
    known = shop.findings.get(key)
    return Finding(
        id=key,
        kind=FindingKind.STILL_WORKED,
        places=(station, before, after),
        at_us=at_us,
        count=(known.count if known else 0) + count,
    )


def found_at_call(call: Call, recorded: Recorded) -> tuple[Finding, ...]:
    """A call that somebody else had taken already, as it turns out."""
    event = recorded.event
    if not isinstance(event, e.CallAcknowledged) or not call.acked_us or event.by == call.acked_by:
        return ()
    return (
        Finding(
            id=f"call:{call.id}",
            kind=FindingKind.TWO_ANSWERS,
            call=call.id,
            places=(call.acked_by, event.by),
            at_us=recorded.moment.us,
        ),
    )


def found_at_post(post: Post, recorded: Recorded, terminal: str) -> Finding:
    """Another terminal claims a station that has one."""
    return Finding(
        id=f"post:{post.station}",
        kind=FindingKind.TWO_TERMINALS,
        places=(post.station, post.terminal, terminal),
        at_us=recorded.moment.us,
    )


def found_at_start(recorded: Recorded, event: BegunAnew) -> Finding:
    """A terminal's disk was put back or copied."""
    return Finding(
        id=f"anew:{event.terminal}", kind=FindingKind.BEGUN_ANEW, places=(event.terminal,), at_us=recorded.moment.us
    )


def found_at_step(recorded: Recorded, event: e.ClockStepped) -> tuple[Finding, ...]:
    """A terminal's clock was so far ahead that its events had to be put back in time when the line was heard."""
    if not event.events:
        return ()
    terminal = terminal_in(recorded.origin)
    return (
        Finding(
            id=f"clock:{terminal}",
            kind=FindingKind.CLOCK_AHEAD,
            places=(terminal,),
            at_us=recorded.moment.us,
            apart_us=-event.step_ms * 1_000,
            count=event.events,
        ),
    )


def found_at_line(shop: Shop, event: e.LineChanged, recorded: Recorded) -> tuple[Finding, ...]:
    """A line file that does not come into force because another terminal's has its number, and says something else."""
    known = shop.decrees.get(LINE)
    if known is None or event.epoch != known.epoch or event.line == shop.line:
        return ()
    terminals = terminal_in(known.origin), terminal_in(recorded.origin)
    return (Finding(id=f"line:{event.epoch}", kind=FindingKind.TWO_LINES, places=terminals, at_us=recorded.moment.us),)


def settled_by_line(shop: Shop, event: e.LineChanged) -> tuple[Finding, ...]:
    """The settling of that by a line file under a later number: whoever wrote it had seen the one in force."""
    known = shop.decrees.get(LINE)
    return settled(shop, f"line:{known.epoch}") if known is not None and event.epoch > known.epoch else ()


def settled(shop: Shop, finding_id: str) -> tuple[Finding, ...]:
    """The settling of a finding, if there is one."""
    found = shop.findings.get(finding_id)
    return () if found is None else (Finding(id=found.id, kind=found.kind, settled=True),)


def _is_elsewhere(shop: Shop, card: Card, event: Step, recorded: Recorded) -> bool:
    post = shop.posts.get(card.done_station)
    if post is None or post.origin == recorded.origin or card.done_station == event.station:
        return False
    apart_us = recorded.moment.us - card.done_us
    if not 0 <= apart_us <= card.unsure_us + recorded.uncertainty_us:
        return False
    loop = shop.loops.get(card.loop)
    return loop is not None and not _follows(card, loop, event)


def _was_not_full(card: Card, event: Step) -> bool:
    """Whether somebody took out of a container that another terminal had begun to fill, taking it for empty."""
    match event:
        case e.CardWithdrawn(inferred=()) | x.CardOpened(inferred=()) | x.PiecesWithdrawn():
            return card.state in RELEASED and not card.released_us
        case _:
            return False


def _follows(card: Card, loop: Loop, event: Step) -> bool:
    """Whether whoever made the step knew the card as it was."""
    match event:
        case e.CardFinished() if not event.one_scan:
            return card.state is CardState.IN_PROCESS and card.step == event.step
        case e.CardStarted() | e.CardFinished():
            return inferred(card, loop, event.step) == event.inferred and (
                bool(event.inferred) or card.state is not CardState.IN_PROCESS
            )
        case e.CardWithdrawn() | x.CardOpened() | x.CardReceived():
            return inferred(card, loop, len(loop.route) + 1) == event.inferred
        case x.PiecesWithdrawn():
            return card.state in MADE
