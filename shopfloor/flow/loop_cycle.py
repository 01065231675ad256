"""What a journal says about one loop, as instants: turns of its cards, moves of its store, stays in each state."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.line import Loop
from shopfloor.core.state import CardState

# In the store or beside the consumer with something in it: what the next withdrawal can take from.
IN_STORE = frozenset({CardState.FULL, CardState.IN_USE})


class Flaw(StrEnum):
    """Why a turn is kept out of figures."""

    INFERRED = "inferred"  # a step was proved by a later scan, so nobody knows when it happened
    IMPLAUSIBLE = "implausible"  # a finish too soon after its start
    CLOCK = "clock"  # the wall clock was set during it
    LOST = "lost"  # the card was lost during it


class Stay(Struct, frozen=True):
    """A card in one state over [from, to); `to_us` 0: it still is. `whole` is false where an end was not seen."""

    card: str
    state: CardState
    step: int
    from_us: int
    to_us: int = 0
    whole: bool = True


class Cycle(Struct, frozen=True, kw_only=True):
    """One turn of a card, from the withdrawal `n` (`began_us`) to the next one.

    `full_us` is when the container came back full and `ended_us` when it was withdrawn again: 0 while not yet, or where
    nobody saw it. `stays` follow each other without a gap.
    """

    card: str
    n: int
    began_us: int
    full_us: int = 0
    full_n: int = 0
    ended_us: int = 0
    stays: tuple[Stay, ...] = ()
    flaws: frozenset[Flaw] = frozenset()


class Move(Struct, frozen=True):
    """The store grew or shrank by one container: `cycle` is the turn that a withdrawal began or a return filled.

    `cycle` 0: neither; the card was circulated, held, lost, found or retired.
    """

    at_us: int
    n: int
    change: int
    cycle: int = 0

    @property
    def order(self) -> tuple[int, int, int]:
        """Sort key: of one event, a return that it proves comes before the withdrawal that proves it."""
        return self.at_us, self.n, -self.change


class CardsChange(Struct, frozen=True):
    """A line file that gave the loop another number of cards."""

    at_us: int
    n: int
    before: int
    after: int


class LoopHistory(Struct, frozen=True, kw_only=True):
    """One loop over [from, to). `level` is its store at `from_us`, before any of `moves`.

    `stays` are whole stays by state and route position, `now` the open ones of all cards that are not retired.
    `circulated` and `retired` count cards over the whole journal, `undone` the steps taken back.
    """

    loop: Loop
    unit: str
    from_us: int
    to_us: int
    cycles: tuple[Cycle, ...]
    level: int
    moves: tuple[Move, ...]
    stays: Mapping[tuple[CardState, int], tuple[Stay, ...]]
    now: tuple[Stay, ...]
    changes: tuple[CardsChange, ...]
    circulated: int
    retired: int
    undone: int = 0

    @property
    def withdrawals(self) -> tuple[Move, ...]:
        """The moves that a withdrawal made."""
        return tuple(move for move in self.moves if move.cycle and move.change < 0)


def between(history: LoopHistory, from_us: int, to_us: int) -> LoopHistory:
    """The part of a history in [from, to): turns that began in it; those that came back full later are still open.

    The last event of the history, at its very end, belongs to a part that reaches beyond it.
    """
    from_us = max(from_us, history.from_us)
    end_us = max(from_us, min(to_us, history.to_us + 1))
    return replace(
        history,
        from_us=from_us,
        to_us=max(from_us, min(to_us, history.to_us)),
        cycles=tuple(_until(c, end_us) for c in history.cycles if from_us <= c.began_us < end_us),
        level=history.level + sum(move.change for move in history.moves if move.at_us < from_us),
        moves=tuple(move for move in history.moves if from_us <= move.at_us < end_us),
        changes=tuple(change for change in history.changes if from_us <= change.at_us < end_us),
    )


def since_change(history: LoopHistory) -> LoopHistory:
    """The part of a history since its number of cards changed last; all of it if it never did."""
    return between(history, history.changes[-1].at_us, history.to_us + 1) if history.changes else history


def _until(cycle: Cycle, end_us: int) -> Cycle:
    if cycle.full_us and cycle.full_us >= end_us:
        return replace(cycle, full_us=0, full_n=0, ended_us=0)
    return replace(cycle, ended_us=0) if cycle.ended_us >= end_us else cycle
