"""What must hold after every event, told without the look-ups of the shop that it judges."""

from collections import Counter

from shopfloor.core.events import (
    CardCirculated,
    CardFinished,
    CardFound,
    CardLost,
    CardStarted,
    CardWithdrawn,
    Event,
    Recorded,
    StepUndone,
    Unknown,
)
from shopfloor.core.events_loop import (
    CardAcknowledged,
    CardOpened,
    CardReceived,
    LotReleased,
    PiecesWithdrawn,
)
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from tests.helpers.floor_limits import counts, limits_of

_RELEASED = {CardState.IN_PROCESS, CardState.QUEUED}
_MADE = {CardState.FULL, CardState.IN_USE, CardState.IN_TRANSIT}
_Stepping = CardStarted | CardFinished | CardWithdrawn | PiecesWithdrawn | CardOpened | CardReceived | CardAcknowledged
Step = tuple[str, int, str, int]  # card, cycle, what, route position


class Watch:
    """Looks at a shop after each event; an AssertionError says which promise it broke."""

    def __init__(self) -> None:
        self._steps: set[Step] = set()
        self._made_by: dict[int, list[Step]] = {}

    def look(self, before: Shop, recorded: Recorded, after: Shop) -> None:
        """Judge one event that turned the shop `before` into `after`."""
        self._limits(before, recorded, after)
        self._cards(before, recorded.event, after)
        self._starts(before, recorded.event)
        self._lots(before, recorded.event, after)
        self._pieces(before, recorded.event, after)
        self._once(before, recorded)

    def _limits(self, before: Shop, recorded: Recorded, after: Shop) -> None:
        """A count above its hard limit never grows, but by a named override (a new line file may find it there)."""
        was, now = counts(before, after.line), counts(after, after.line)
        limits = limits_of(after.line)
        named = getattr(recorded.event, "over", ()) if getattr(recorded.event, "override_by", "") else ()
        for key, limit in limits.items():
            rule = {"station": "wip_limit", "line": "line_limit", "lane": "lane_full"}[key[0]]
            if now[key] > limit and now[key] > was[key] and rule not in named:
                raise AssertionError(f"expected at most {limit} at {key}, got {now[key]} by {recorded}")

    def _cards(self, before: Shop, event: Event | Unknown, after: Shop) -> None:
        new = after.cards.keys() - before.cards.keys()
        assert before.cards.keys() <= after.cards.keys(), f"cards vanished by {event}"
        assert len(new) == isinstance(event, CardCirculated), f"cards appeared by {event}: {new}"
        moved = [
            card.id
            for card in after.cards.values()
            if card.id in before.cards and _where(card) != _where(before.cards[card.id])
        ]
        if isinstance(event, LotReleased):
            assert set(moved) <= set(event.cards), f"others moved by {event}: {moved}"
        else:
            assert len(moved) <= 1, f"more than one card moved by {event}: {moved}"
        for card_id in moved:
            assert before.cards[card_id].state is not CardState.RETIRED, f"{card_id} came back by {event}"
        released = {card.id for card in after.cards.values() if card.state in _RELEASED}
        assert released == after.released.keys(), f"the index of released cards is wrong after {event}"
        for card in after.cards.values():
            loop = after.loops.get(card.loop)
            assert loop is None or loop.consumer or card.state not in _MADE, f"full for ever by {event}: {card}"
        counted = [c for c in after.cards.values() if c.state is not CardState.RETIRED]
        waiting = Counter(card.loop for card in counted if card.state is CardState.WAITING)
        assert waiting == {k: n for k, n in after.waiting.items() if n}, f"wrong count of waiting cards after {event}"
        assert after.extras.keys() == {card.id for card in counted if card.extra}, f"wrong extra cards after {event}"
        alive = Counter(card.loop for card in counted if not card.extra)
        assert alive == {loop: count for loop, count in after.alive.items() if count}, f"wrong count after {event}"

    def _starts(self, before: Shop, event: Event | Unknown) -> None:
        if not (isinstance(event, CardStarted) or (isinstance(event, CardFinished) and event.one_scan)):
            return
        standing = (c for c in before.calls.values() if c.stopped_us and not c.cleared_us)
        stops = [c for c in standing if c.scope == "line" or c.station == event.station]
        assert not stops, f"started under a stop: {event} under {stops}"
        restarts = before.restarts.keys() & {event.station, ""}
        assert not restarts, f"started while restarting: {event}"
        state = before.cards[event.card].state
        assert state not in _MADE, f"made without a pull signal: {event}"
        assert state is not CardState.WAITING, f"started before its lot: {event}"

    def _lots(self, before: Shop, event: Event | Unknown, after: Shop) -> None:
        if not isinstance(event, LotReleased):
            return
        assert all(before.cards[card].state is CardState.WAITING for card in event.cards), f"not waiting: {event}"
        lot = after.loops[event.loop].lot
        by_itself = lot > 0 and len(event.cards) % lot == 0
        assert event.device or by_itself, f"no whole lot of {lot}: {event}"

    def _pieces(self, before: Shop, event: Event | Unknown, after: Shop) -> None:
        """No piece appears or vanishes, and what is in use is taken before what is full."""
        if not isinstance(event, PiecesWithdrawn):
            return
        card = before.cards[event.card]
        loop = before.loops[card.loop]
        assert event.pieces + event.left == (card.pieces or loop.quantity), f"pieces do not add up: {event}"
        assert after.cards[card.id].state is (CardState.IN_USE if event.left else event.into)
        opened = [c for c in before.of_loop(card.loop) if c.state is CardState.IN_USE]
        assert card.state is CardState.IN_USE or not opened, f"full before in use: {event}"

    def _once(self, before: Shop, recorded: Recorded) -> None:
        event = recorded.event
        match event:
            case (
                CardStarted()
                | CardFinished()
                | CardWithdrawn()
                | PiecesWithdrawn()
                | CardOpened()
                | CardReceived()
                | CardAcknowledged()
            ) if event.card in before.cards:
                steps = _steps_of(before.cards[event.card], event)
                for step in steps:
                    assert step not in self._steps, f"{step} happened twice, again by {recorded}"
                self._steps.update(steps)
                self._made_by[recorded.n] = steps
            case StepUndone():
                self._steps.difference_update(self._made_by.pop(event.undone))
            case CardLost() | CardFound():
                # Where a lost card has been nobody knows: it begins anew.
                self._steps = {step for step in self._steps if step[0] != event.card}
            case _:
                pass


def _steps_of(card: Card, event: _Stepping) -> list[Step]:
    inferred = getattr(event, "inferred", ())
    steps = [(card.id, card.cycle, i.what, i.step) for i in inferred]
    match event:
        case CardStarted():
            return [*steps, (card.id, card.cycle, "start", event.step)]
        case CardFinished():
            begun = [(card.id, card.cycle, "start", event.step)] if event.one_scan else []
            return [*steps, *begun, (card.id, card.cycle, "finish", event.step)]
        case CardWithdrawn():
            return [*steps, (card.id, card.cycle, "withdraw", 0)]
        case PiecesWithdrawn():
            return [] if event.left else [(card.id, card.cycle, "withdraw", 0)]
        case CardOpened():
            return [*steps, (card.id, card.cycle, "open", 0)]
        case CardReceived():
            return [*steps, (card.id, card.cycle, "receive", 0)]
        case CardAcknowledged():
            return [(card.id, card.cycle, "acknowledge", 0)]


def _where(card: Card) -> tuple[CardState, int]:
    return card.state, card.step
