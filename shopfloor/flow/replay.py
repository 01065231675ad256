"""A loop's own history with other numbers of cards.

The recorded withdrawals are the demand, at their instants; each withdrawn container comes back after the working time
that its own turn took. A withdrawal that finds no full container waits for the next one, first come first served, and
its replenishment begins when it is served. Everything else that changed the store (cards held, lost, found, put in
circulation) happens when it happened. With the actual number of cards this is the history itself, to the microsecond.

What it cannot know: a withdrawal that came late because the store was empty is taken at its late instant, so that more
cards may have helped more than it says; and a station that makes more at a time may take longer for each.
"""

import heapq
import random
from collections import deque
from collections.abc import Mapping
from fractions import Fraction

from msgspec import Struct

from shopfloor.core.text import Text
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.loop_cycle import LoopHistory, between
from shopfloor.flow.sizing.values import NoAnswerError
from shopfloor.flow.work_axis import WorkAxis

PROJECTED = 21  # odd, so that one is the middle; its place moves little with more
PROJECTED_TURNS_MAX = 1_000  # a second for all of them
_SEED = 1  # the same history gives the same projection
RUNS_MAX = 1_000  # a replay of 20 000 turns takes a tenth of a second; more runs add no digit to a percentile


class Outage(Struct, frozen=True):
    """The store had no full container over [from, to), `worked_us` of it working time; the window's end ends it."""

    from_us: int
    to_us: int
    worked_us: int


class Replayed(Struct, frozen=True, kw_only=True):
    """What a number of cards would have come to. Times are working time.

    `late` withdrawals found nothing and waited `late_us` in all; `full_mean` is the average of full containers.
    """

    cards: int
    worked_us: int
    withdrawals: int
    outages: tuple[Outage, ...]
    late: int
    late_us: int
    full_mean: Fraction

    @property
    def out_us(self) -> int:
        """How long the store was empty."""
        return sum(outage.worked_us for outage in self.outages)


class _Store:
    """The level of a store along the working time: its area and when it was at or below nothing."""

    def __init__(self, level: int) -> None:
        self.level = level
        self.area = 0
        self.spans: list[tuple[int, int]] = []
        self._at = 0
        self._out_since: int | None = None

    def advance(self, at: int) -> None:
        """Go on to a later point; what happens at one point is one change."""
        if at <= self._at:
            return
        self.area += max(self.level, 0) * (at - self._at)
        if self.level <= 0 and self._out_since is None:
            self._out_since = self._at
        elif self.level > 0 and self._out_since is not None:
            self.spans.append((self._out_since, self._at))
            self._out_since = None
        self._at = at

    def close(self, at: int) -> None:
        """End at a point; an empty store ends with it."""
        self.advance(at)
        if self._out_since is not None:
            self.spans.append((self._out_since, at))


class _Rerun:
    """A store whose withdrawals wait for containers, and whose containers are away for so long each."""

    def __init__(self, level: int, took: Mapping[int, int]) -> None:
        self.store = _Store(level)
        self.late = 0
        self.late_us = 0
        self._took = took
        self._waiting: deque[tuple[int, int]] = deque()
        self._back: list[int] = []

    def advance(self, at: int) -> None:
        """Go on to a point, and let the containers come that are back by then."""
        while self._back and self._back[0] <= at:
            point = heapq.heappop(self._back)
            self.store.advance(point)
            self.change(point, 1)
        self.store.advance(at)

    def change(self, at: int, change: int) -> None:
        """The store grows or shrinks at the point it has come to; whoever waits longest is served first."""
        self.store.level += change
        while self._waiting and self.store.level > 0:
            since, cycle = self._waiting.popleft()
            self.late += at > since
            self.late_us += at - since
            self._serve(at, cycle)

    def withdraw(self, at: int, cycle: int) -> None:
        """Somebody takes a container, or waits for one."""
        if self.store.level > 0:
            self._serve(at, cycle)
        else:
            self._waiting.append((at, cycle))

    def close(self, at: int) -> None:
        """End at a point; who still waits has waited until then."""
        self.advance(at)
        self.store.close(at)
        self.late += len(self._waiting)
        self.late_us += sum(at - since for since, _ in self._waiting)

    def _serve(self, at: int, cycle: int) -> None:
        self.store.level -= 1
        if cycle in self._took:
            heapq.heappush(self._back, at + self._took[cycle])


def replay(
    history: LoopHistory, calendar: WorkCalendar, shift: int, *, took: Mapping[int, int] | None = None
) -> Replayed:
    """The history with `shift` cards more (negative: less). `took`: other replenishment times by turn, in working µs.

    Raises NoAnswerError for a loop without a store, and where no card would be left.
    """
    cards = history.loop.cards + shift
    _check(history, cards)
    axis = WorkAxis(calendar, history.from_us, history.to_us)
    withdrawn = {move.cycle for move in history.withdrawals}
    run = _Rerun(history.level + shift, service_times(history, axis) if took is None else took)
    for move in history.moves:
        # Returns of turns in the window follow from their withdrawals; all else happens at its own instant.
        if move.change > 0 and move.cycle in withdrawn:
            continue
        at = axis.at(move.at_us)
        run.advance(at)
        if move.cycle and move.change < 0:
            run.withdraw(at, move.cycle)
        else:
            run.change(at, move.change)
    run.close(axis.total_us)
    return Replayed(
        cards=cards,
        worked_us=axis.total_us,
        withdrawals=len(withdrawn),
        outages=_outages(run.store, axis),
        late=run.late,
        late_us=run.late_us,
        full_mean=Fraction(run.store.area, axis.total_us) if axis.total_us else Fraction(0),
    )


def recorded(history: LoopHistory, calendar: WorkCalendar) -> Replayed:
    """What the journal itself says, without any replay: the store move by move."""
    _check(history, history.loop.cards)
    axis = WorkAxis(calendar, history.from_us, history.to_us)
    store = _Store(history.level)
    for move in history.moves:
        store.advance(axis.at(move.at_us))
        store.level += move.change
    store.close(axis.total_us)
    mean = Fraction(store.area, axis.total_us) if axis.total_us else Fraction(0)
    return Replayed(
        cards=history.loop.cards,
        worked_us=axis.total_us,
        withdrawals=len(history.withdrawals),
        outages=_outages(store, axis),
        late=0,
        late_us=0,
        full_mean=mean,
    )


def projected(history: LoopHistory, calendar: WorkCalendar, shift: int) -> Replayed:
    """The middle one of PROJECTED resamplings, by the time without a full container: what to expect of such a time.

    The recorded order of times is one of many; by it alone a card more never runs out. Of a long history its newest
    part is enough.
    """
    withdrawals = history.withdrawals
    recent = history
    if len(withdrawals) > PROJECTED_TURNS_MAX:
        recent = between(history, withdrawals[-PROJECTED_TURNS_MAX].at_us, history.to_us + 1)
    runs = resampled(recent, calendar, shift, seed=_SEED, runs=PROJECTED)
    return sorted(runs, key=lambda run: (run.out_us, len(run.outages)))[PROJECTED // 2]


def service_times(history: LoopHistory, axis: WorkAxis) -> dict[int, int]:
    """Working time from each withdrawal to the return of its container, by turn; none for what has not come back."""
    withdrawn = {move.cycle: axis.at(move.at_us) for move in history.withdrawals}
    return {
        move.cycle: axis.at(move.at_us) - withdrawn[move.cycle]
        for move in history.moves
        if move.change > 0 and move.cycle in withdrawn
    }


def resampled(
    history: LoopHistory, calendar: WorkCalendar, shift: int, *, seed: int, runs: int
) -> tuple[Replayed, ...]:
    """The same demand with replenishment times drawn from the recorded ones, `runs` times; the seed repeats it."""
    if not 1 <= runs <= RUNS_MAX:
        raise ValueError(f"expected 1 to {RUNS_MAX} runs, got {runs}")
    chance = random.Random(seed)  # noqa: S311 - a repeatable draw, not a secret
    axis = WorkAxis(calendar, history.from_us, history.to_us)
    times = list(service_times(history, axis).values())
    cycles = [move.cycle for move in history.withdrawals]
    if not times:
        return (replay(history, calendar, shift),) * runs
    drawn = (dict(zip(cycles, chance.choices(times, k=len(cycles)), strict=True)) for _ in range(runs))
    return tuple(replay(history, calendar, shift, took=took) for took in drawn)


def _check(history: LoopHistory, cards: int) -> None:
    if history.loop.consumer is None:
        remedy = Text("Its number of cards is its limit: see `loop measure` for lead time and throughput.")
        raise NoAnswerError(Text("a loop with a store and a consumer"), f"{history.loop.id} (CONWIP)", remedy)
    if cards < 1:
        raise NoAnswerError(Text("at least one card"), str(cards), Text("Choose a larger number of cards."))


def _outages(store: _Store, axis: WorkAxis) -> tuple[Outage, ...]:
    return tuple(Outage(axis.instant(start), axis.instant(end), end - start) for start, end in store.spans)
