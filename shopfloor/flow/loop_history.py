"""One pass over a journal: what happened in each loop. A step that is undone leaves nothing behind.

It folds the same `evolve` as the engine and watches the cards change, so that every kind of card and every kind of
event, also of later versions, is read by one rule: a turn begins where the card's cycle number rises.
"""

from collections import deque
from collections.abc import Iterable
from typing import Any, cast

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core import events as e
from shopfloor.core.events_loop import LotReleased
from shopfloor.core.evolve import apply
from shopfloor.core.floor import Base
from shopfloor.core.line import Line
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.flow.loop_cycle import IN_STORE, CardsChange, Cycle, Flaw, LoopHistory, Move, Stay

# The newest turns of a loop: a year of a busy one. A pass over any journal needs no more memory than they.
CYCLES_MAX = 20_000
# A turn moves the store twice; the rest is for holds and losses.
MOVES_MAX = 3 * CYCLES_MAX
# Stays of one state that its distribution is made of: percentiles move no more beyond, and it stays recent.
STAYS_MAX = 2_000
# A plant changes the number of cards some times a year.
CHANGES_MAX = 1_000

# What never moves a card: most of a journal's refused scans and calls are passed over at once.
_STILL = (
    e.ScanRefused
    | e.ScanRepeated
    | e.ScanUnread
    | e.ShelfRead
    | e.CallRaised
    | e.CallAcknowledged
    | e.CallArrived
    | e.CallStopped
    | e.CallCleared
    | e.CallRejected
    | e.RestartEnded
    | e.SignedOn
    | e.SignedOff
    | e.OverrideGranted
    | e.TerminalStarted
    | e.TerminalStopped
)
_Said = Cycle | Stay | Move


class _Track(Struct, frozen=True):
    """A card since the event `n`. `said` is what its last step, the event `step_n`, said; `before` the card before it.

    What follows from a step without anybody (a lot that is complete) goes back with it.
    """

    state: CardState
    step: int
    cycle: int
    since_us: int
    n: int
    step_n: int = 0
    turn: Cycle | None = None
    said: tuple[_Said, ...] = ()
    before: "_Track | None" = None


class _Collected:
    """What one loop has come to so far."""

    __slots__ = ("changes", "circulated", "cycles", "floor", "moves", "retired", "stays", "trimmed_us")

    def __init__(self) -> None:
        self.cycles: deque[Cycle] = deque(maxlen=CYCLES_MAX)
        self.moves: list[Move] = []
        self.floor = 0  # the store before the first of the moves
        self.trimmed_us = 0
        self.stays: dict[tuple[CardState, int], deque[Stay]] = {}
        self.changes: deque[CardsChange] = deque(maxlen=CHANGES_MAX)
        self.circulated = 0
        self.retired = 0

    def take(self, said: _Said) -> None:
        """Keep what can no longer be taken back."""
        if isinstance(said, Cycle):
            self.cycles.append(said)
        elif isinstance(said, Move):
            self.moves.append(said)
            if len(self.moves) >= 2 * MOVES_MAX:
                self._trim()
        elif said.whole:
            self.stays.setdefault((said.state, said.step), deque(maxlen=STAYS_MAX)).append(said)

    def _trim(self) -> None:
        self.moves.sort(key=_order)
        gone, self.moves = self.moves[:-MOVES_MAX], self.moves[-MOVES_MAX:]
        self.floor += sum(move.change for move in gone)
        self.trimmed_us = self.moves[0].at_us


class LoopReader:
    """Reads events in their order; `history` may be asked at any time, and again later."""

    def __init__(self, *, until_us: int | None = None, base: Base | None = None) -> None:
        """`base`: where the journal begins; cards are followed from there on."""
        self._until_us = until_us
        self._shop = Shop(base.line, base.entities) if base else Shop()
        self._line = self._shop.line
        self._cards: dict[str, int] = {}
        self._tracks: dict[str, _Track] = {}
        self._loops: dict[str, _Collected] = {}
        self._undone: dict[str, int] = {}
        self._first_us: dict[str, int] = {}
        self._last_us = 0
        self._clock_n = 0
        if base is not None:
            self._begin(base)

    @property
    def line(self) -> Line:
        """The line file in force after the events read so far."""
        return self._shop.line

    @property
    def shop(self) -> Shop:
        """The line after the events read so far; to look at only."""
        return self._shop

    def add(self, recorded: e.Recorded) -> None:
        """Read one event; what is later than the window is passed over."""
        at_us = recorded.moment.us
        if self._until_us is not None and at_us >= self._until_us:
            return
        self._last_us = at_us
        event = recorded.event
        if isinstance(event, e.ClockStepped):
            self._clock_n = recorded.n
        if isinstance(event, _STILL):
            return
        if isinstance(event, e.SignalEvent):
            # Without them there is no verdict for a screen and no window for repeats: half the time of a pass.
            recorded = replace(recorded, event=cast(e.Event, replace(event, device="", code="")))
        for entity in apply(self._shop, recorded):
            if isinstance(entity, Card):
                self._see(entity, recorded)
        if self._shop.line is not self._line:
            self._line = self._shop.line
            self._note_changes(recorded)

    def history(self, loop: str) -> LoopHistory:
        """What was read of one loop of the line; raises KeyError for any other."""
        found = self._shop.loops[loop]
        kept = self._loops.get(loop) or _Collected()
        cards = self._shop.by_loop.get(loop, {})
        tracks = {card: self._tracks[card] for card in cards}
        said = [one for track in tracks.values() for one in track.said]
        turns = [track.turn for track in tracks.values() if track.turn is not None]
        cycles = sorted(
            [*kept.cycles, *(one for one in said if isinstance(one, Cycle)), *turns], key=lambda c: (c.began_us, c.n)
        )
        moves = sorted([*kept.moves, *(one for one in said if isinstance(one, Move))], key=_order)
        from_us = max(self._first_us.get(loop, self._last_us), kept.trimmed_us)
        stays = {key: list(found) for key, found in kept.stays.items()}
        for one in said:
            if isinstance(one, Stay) and one.whole:
                stays.setdefault((one.state, one.step), []).append(one)
        part = self._shop.parts.get(found.part)
        return LoopHistory(
            loop=found,
            unit=part.unit if part else "pcs",
            from_us=from_us,
            to_us=max(from_us, self._last_us),
            cycles=tuple(cycle for cycle in cycles if cycle.began_us >= from_us),
            level=kept.floor + sum(move.change for move in moves if move.at_us < from_us),
            moves=tuple(move for move in moves if move.at_us >= from_us),
            stays={key: tuple(found) for key, found in stays.items()},
            now=tuple(
                Stay(card, track.state, track.step, track.since_us)
                for card, track in tracks.items()
                if track.state is not CardState.RETIRED
            ),
            changes=tuple(kept.changes),
            circulated=kept.circulated,
            retired=kept.retired,
            undone=self._undone.get(loop, 0),
        )

    def _begin(self, base: Base) -> None:
        us = self._last_us = base.floor.us
        self._cards = {loop.id: loop.cards for loop in base.line.loops}
        for card in self._shop.cards.values():
            self._loops.setdefault(card.loop, _Collected()).circulated += 1
            self._first_us.setdefault(card.loop, us)
            said = (Move(us, 0, 1),) if card.state in IN_STORE else ()
            self._tracks[card.id] = _Track(card.state, card.step, card.cycle, us, 0, said=said)

    def _note_changes(self, recorded: e.Recorded) -> None:
        for loop in self._line.loops:
            before = self._cards.get(loop.id, loop.cards)
            if before != loop.cards:
                change = CardsChange(recorded.moment.us, recorded.n, before, loop.cards)
                self._loops.setdefault(loop.id, _Collected()).changes.append(change)
            self._cards[loop.id] = loop.cards

    def _see(self, card: Card, recorded: e.Recorded) -> None:
        track = self._tracks.get(card.id)
        kept = self._loops.setdefault(card.loop, _Collected())
        at_us = recorded.moment.us
        if track is None:
            kept.circulated += 1
            self._first_us.setdefault(card.loop, at_us)
            said = (Move(at_us, recorded.n, 1),) if card.state in IN_STORE else ()
            self._tracks[card.id] = _Track(card.state, card.step, card.cycle, at_us, recorded.n, said=said)
            return
        if isinstance(recorded.event, e.StepUndone):
            if recorded.event.card == card.id:
                self._undone[card.loop] = self._undone.get(card.loop, 0) + 1
            if track.step_n == recorded.event.undone and track.before is not None:
                self._tracks[card.id] = replace(track.before, n=recorded.n, step_n=0, before=None)
                return
        if (card.state, card.step, card.cycle) == (track.state, track.step, track.cycle):
            return
        if not isinstance(recorded.event, LotReleased):
            for one in track.said:
                kept.take(one)
        kept.retired += card.state is CardState.RETIRED
        self._tracks[card.id] = self._moved(card, track, recorded)

    def _moved(self, card: Card, track: _Track, recorded: e.Recorded) -> _Track:
        """The card after a step, with what the step says."""
        at_us, n = recorded.moment.us, recorded.n
        flaws = self._flaws(card, track, recorded.event)
        held = CardState.HELD in {card.state, track.state} and track.state is not CardState.HELD
        whole = not flaws & {Flaw.CLOCK, Flaw.INFERRED} and not held
        stay = Stay(card.id, track.state, track.step, track.since_us, at_us, whole)
        turn = track.turn
        if turn is not None:
            turn = replace(turn, stays=(*turn.stays, stay), flaws=turn.flaws | flaws)
        said: list[_Said] = [stay]
        if card.cycle > track.cycle:
            said += self._turned(card, track, turn, recorded)
            # A turn that begins in the middle of its route was begun by a withdrawal that nobody scanned.
            seen = card.state in {CardState.EMPTY, CardState.WAITING}
            turn = Cycle(card=card.id, n=n, began_us=at_us, flaws=frozenset(() if seen else (Flaw.INFERRED,)))
        else:
            was, is_now = track.state in IN_STORE, card.state in IN_STORE
            if is_now and not was:
                returned = turn is not None and not turn.full_us
                said.append(Move(at_us, n, 1, turn.n if turn is not None and returned else 0))
                if turn is not None and returned:
                    turn = replace(turn, full_us=at_us, full_n=n)
            elif was and not is_now:
                said.append(Move(at_us, n, -1))
        moved = _Track(card.state, card.step, card.cycle, at_us, n, n, turn, tuple(said))
        match recorded.event:
            case LotReleased():
                return replace(moved, step_n=track.step_n, said=(*track.said, *said), before=track.before)
            case e.StepUndone():
                # Taken back is a step this reader does not know: the card goes on, its turn is nobody's figure.
                return replace(moved, turn=None)
            case _:
                return replace(moved, before=replace(track, said=(), before=None))

    def _turned(self, card: Card, track: _Track, turn: Cycle | None, recorded: e.Recorded) -> list[_Said]:
        """What the end of a turn says: the turn itself, and the store where the loop has one."""
        at_us, n = recorded.moment.us, recorded.n
        said: list[_Said] = []
        loop = self._shop.loops.get(card.loop)
        stored = track.state in IN_STORE
        seen = isinstance(recorded.event, e.CardFinished)  # CONWIP: the last finish is the next turn's beginning
        if turn is not None:
            ended = replace(turn, ended_us=at_us)
            if not stored and not turn.full_us and seen:
                ended = replace(ended, full_us=at_us, full_n=n)
            said.append(ended)
        if loop is not None and loop.consumer is not None:
            if not stored:
                said.append(Move(at_us, n, 1, turn.n if turn is not None and not turn.full_us else 0))
            said.append(Move(at_us, n, -1, n))
        return said

    def _flaws(self, card: Card, track: _Track, event: e.Event | e.Unknown) -> frozenset[Flaw]:
        found = set()
        fields = cast(Any, event)
        if getattr(fields, "inferred", ()):
            found.add(Flaw.INFERRED)
        if getattr(fields, "implausible", False):
            found.add(Flaw.IMPLAUSIBLE)
        if self._clock_n > track.n:
            found.add(Flaw.CLOCK)
        if CardState.LOST in {card.state, track.state}:
            found.add(Flaw.LOST)
        return frozenset(found)


def _order(move: Move) -> tuple[int, int, int]:
    return move.order


def read_loops(events: Iterable[e.Recorded], *, until_us: int | None = None, base: Base | None = None) -> LoopReader:
    """A reader that has read all of the events before an instant, from the beginning or from a base."""
    reader = LoopReader(until_us=until_us, base=base)
    for recorded in events:
        reader.add(recorded)
    return reader
