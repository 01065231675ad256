"""Work that leaves its own distribution: by percentile and by run rules, and how often they call by chance.

What is compared: the time from start to finish where the start is scanned, else from completion to completion (one scan
is both); each kind of work (loop) with its own kind, so that another mix of parts calls nobody. A completion-to-
completion time where starts are scanned would be slow whenever nobody asks for more: that is no fault of the station.

What is usual: the first `USUAL_MAX` durations since the station's `standard` changed, fixed from then on. A slow drift
cannot move what it is measured by; a new standard (another target, another part, another quantity) begins anew. What
comes while that is still being learned is judged by what came before it, and says nothing before `USUAL_MIN`.

Rules. Under way: longer than the nearest-rank percentile of the usual. Often: `times` of the last 2 · `times` − 1
completions longer than 85 of 100. Row: so many in a row longer than half.

False calls, exactly: of n exchangeable, continuous durations and one more, that one exceeds the k-th smallest with the
chance (n + 1 − k) / (n + 1). For several after the same n, the share that exceeds it is Beta(n + 1 − k, k), and with
B(x, y) its moments. A call of `often` begins where the window fills: of 2 · t completions the first is long no more
inside it, the last is, and t − 1 of those between: C(2t − 2, t − 1) · E[p^t (1 − p)^t]. A row of L begins to call
where L long ones follow one that is not: E[p^L (1 − p)]. Values that tie only make calls rarer.
"""

import math
from bisect import bisect_left, bisect_right, insort
from collections import deque
from fractions import Fraction
from functools import lru_cache

from msgspec import Struct

from shopfloor.core.line import Line
from shopfloor.flow.calendar import week_work
from shopfloor.flow.digest import Cycle

USUAL_MAX = 200  # the 99th percentile by nearest rank then has two values above it
USUAL_MIN = 30  # fewer say more about luck than about the station
OFTEN_PERCENT = Fraction(85)
ROW_PERCENT = Fraction(50)
ROW_MIN = 8  # eight in a row on one side: Western Electric's fourth rule
FALSE_CALLS_MAX = Fraction(1, 20)  # a shift, of both run rules together: the shortest runs that keep to it are used
TIMES_MAX = 50  # a run longer than that is a day's work: nobody waits for it
SHIFT_MS = 8 * 3600 * 1000  # where the line file names no shifts
_MIN_MS = 60_000


class RunRules(Struct, frozen=True):
    """`times` of the last `of` above the 85th percentile, or `row` in a row above the median.

    `false_a_shift`: how many calls of both together a shift brings by chance, where nothing has changed.
    """

    times: int
    of: int
    row: int
    false_a_shift: Fraction


class Slow(Struct, frozen=True):
    """What is too long for the work under way: `limit_ms` is exceeded so often a shift by chance, at most."""

    limit_ms: int
    usual_ms: int
    false_a_shift: Fraction


class Run(Struct, frozen=True):
    """A run of slow completions: `count` of the last `of`, longer than `percent` of 100 usually are."""

    count: int
    of: int
    percent: int
    usual_ms: int
    false_a_shift: Fraction


class Pace:
    """The usual and the latest durations of one station. Fed in order; not shared between threads."""

    def __init__(self) -> None:
        self._usual: dict[tuple[str, bool], Usual] = {}
        self._long: deque[tuple[bool, bool]] = deque(maxlen=2 * TIMES_MAX - 1)  # above 85 of 100, above the median
        self._spans_ms: list[int] = []  # completion to completion: how many there are in a shift
        self._last: _Added | None = None
        self._judged_by: Usual | None = None
        # What was said since the last completion: a watch asks each second, of each card under way.
        self._slow: dict[tuple[str, float, int, int], Slow | None] = {}
        self._run: dict[tuple[int, int], Run | None] = {}

    def add(self, figure: Cycle) -> None:
        """Note a completion, or that the last one never was."""
        self._slow.clear()
        self._run.clear()
        if figure.undone:
            self._take_back(figure.card)
            return
        added = _Added(figure.card)
        self._last = added
        if figure.cycle_ms is not None and len(self._spans_ms) < USUAL_MAX:
            self._spans_ms.append(figure.cycle_ms)
            added.span = True
        scanned = figure.process_ms is not None
        value = figure.process_ms if scanned else figure.cycle_ms
        if value is None:
            return
        usual = self._usual.setdefault((figure.loop, scanned), Usual())
        if usual.n >= USUAL_MIN:
            self._long.append((value > usual.rank(OFTEN_PERCENT), value > usual.rank(ROW_PERCENT)))
            added.judged = True
            self._judged_by = usual
        if usual.learn(value):
            added.learned = (usual, value)

    def gap(self) -> None:
        """What comes next does not follow what came last: no run goes over it."""
        self._long.clear()
        self._run.clear()
        self._last = None

    @property
    def complete(self) -> bool:
        """Whether every kind of work it has met is fixed."""
        return bool(self._usual) and all(usual.n >= USUAL_MAX for usual in self._usual.values())

    def slow(self, loop: str, percentile: float, *, after_ms: int, shift_ms: int) -> Slow | None:
        """What is too long for a card of the loop under way, None as long as too few are known.

        `after_ms`: it must last so much longer before anybody is called, which makes false calls rarer.
        """
        key = (loop, percentile, after_ms, shift_ms)
        if key not in self._slow:
            self._slow[key] = self._find_slow(loop, percentile, after_ms, shift_ms)
        return self._slow[key]

    def run(self, times: int, *, shift_ms: int) -> Run | None:
        """The run of slow completions that the latest one ends, if any."""
        key = (times, shift_ms)
        if key not in self._run:
            self._run[key] = self._find_run(times, shift_ms)
        return self._run[key]

    def a_shift(self, shift_ms: int) -> Fraction:
        """How many completions a shift of that length has here."""
        spent_ms = sum(self._spans_ms)
        return Fraction(shift_ms * len(self._spans_ms), spent_ms) if spent_ms else Fraction(0)

    def _find_slow(self, loop: str, percentile: float, after_ms: int, shift_ms: int) -> Slow | None:
        usual = self._usual.get((loop, True))
        if usual is None or usual.n < USUAL_MIN:
            return None
        limit_ms = usual.rank(Fraction(str(percentile)))
        chance = Fraction(usual.above(limit_ms + after_ms) + 1, usual.n + 1)
        return Slow(limit_ms, usual.rank(ROW_PERCENT), chance * self.a_shift(shift_ms))

    def _find_run(self, times: int, shift_ms: int) -> Run | None:
        known = [usual for usual in self._usual.values() if usual.n >= USUAL_MIN]
        if not known or not self._long:
            return None
        fewest = min(known, key=lambda usual: usual.n)  # the less is known, the more often chance calls
        rules = run_rules(fewest.n, times=times, a_shift=math.ceil(self.a_shift(shift_ms)))
        latest = list(self._long)
        usual_ms = (self._judged_by or fewest).rank(ROW_PERCENT)
        often = sum(above for above, _ in latest[-rules.of :])
        if often >= rules.times:
            return Run(often, rules.of, int(OFTEN_PERCENT), usual_ms, rules.false_a_shift)
        if len(latest) >= rules.row and all(above for _, above in latest[-rules.row :]):
            return Run(rules.row, rules.row, int(ROW_PERCENT), usual_ms, rules.false_a_shift)
        return None

    def _take_back(self, card: str) -> None:
        last, self._last = self._last, None
        if last is None or last.card != card:
            return
        if last.span:
            self._spans_ms.pop()
        if last.judged and self._long:
            self._long.pop()
        if last.learned is not None:
            usual, value = last.learned
            usual.forget(value)


class Usual:
    """The first durations of one kind of work, sorted; ms."""

    def __init__(self) -> None:
        self._sorted: list[int] = []

    @property
    def n(self) -> int:
        """How many are known."""
        return len(self._sorted)

    def learn(self, value: int) -> bool:
        """Take in another one; False once they are fixed."""
        if len(self._sorted) >= USUAL_MAX:
            return False
        insort(self._sorted, value)
        return True

    def forget(self, value: int) -> None:
        """Take back one that never was."""
        del self._sorted[bisect_left(self._sorted, value)]

    def rank(self, percent: Fraction) -> int:
        """The nearest-rank percentile."""
        return self._sorted[nearest(self.n, percent) - 1]

    def above(self, value: int) -> int:
        """How many are longer."""
        return self.n - bisect_right(self._sorted, value)


class _Added:
    """What the last completion left, so that it can be taken back."""

    __slots__ = ("card", "judged", "learned", "span")

    def __init__(self, card: str) -> None:
        self.card = card
        self.span = False
        self.judged = False
        self.learned: tuple[Usual, int] | None = None


def nearest(n: int, percent: Fraction) -> int:
    """The rank, from 1, of a percentile of n values: ⌈percent · n / 100⌉."""
    return max(1, min(n, math.ceil(percent * n / 100)))


def chance_above(n: int, percent: Fraction) -> Fraction:
    """How likely the next one exceeds a percentile of the n before it."""
    return Fraction(n + 1 - nearest(n, percent), n + 1)


def often_calls(n: int, times: int) -> Fraction:
    """Calls of `times` of the last 2 · `times` − 1, per completion, by chance, against n usual ones."""
    long = n + 1 - nearest(n, OFTEN_PERCENT)
    ways = math.comb(2 * times - 2, times - 1)
    return ways * Fraction(_rising(long, times) * _rising(n + 1 - long, times), _rising(n + 1, 2 * times))


def row_calls(n: int, row: int) -> Fraction:
    """Calls of `row` in a row, per completion, by chance, against n usual ones."""
    long = n + 1 - nearest(n, ROW_PERCENT)
    return Fraction(_rising(long, row) * (n + 1 - long), _rising(n + 1, row + 1))


def false_alarms_per_shift(n: int, *, times: int, row: int, a_shift: Fraction) -> Fraction:
    """Calls of both run rules together in a shift of so many completions, at most."""
    return (often_calls(n, times) + row_calls(n, row)) * a_shift


@lru_cache(maxsize=256)  # a terminal's stations while they learn: each count of usual ones once
def run_rules(n: int, *, times: int, a_shift: int) -> RunRules:
    """The shortest runs, of at least `times` and `ROW_MIN`, that chance calls for rarely enough."""
    each = FALSE_CALLS_MAX / 2
    times = next((t for t in range(max(1, times), TIMES_MAX) if often_calls(n, t) * a_shift <= each), TIMES_MAX)
    row = next((r for r in range(ROW_MIN, 2 * TIMES_MAX - 1) if row_calls(n, r) * a_shift <= each), 2 * TIMES_MAX - 1)
    price = false_alarms_per_shift(n, times=times, row=row, a_shift=Fraction(a_shift))
    return RunRules(times, 2 * times - 1, row, price)


def standard(line: Line, station: str) -> tuple[object, ...]:
    """What a station's usual times belong to: when any of it changes, they are learned anew."""
    place = next((s for s in line.stations if s.id == station), None)
    target = (place.cycle_target_s, place.cycle_min_s) if place else ()
    work = tuple((x.id, x.part, x.quantity, x.sequence.in_process) for x in line.loops if station in x.route)
    return (*target, *work)


def shift_ms(line: Line) -> int:
    """How long a shift of the line works on average, breaks left out."""
    days = sum(len(shift.days) for shift in line.shifts)
    if not days:
        return SHIFT_MS
    return sum(end - start for start, end in week_work(line.shifts)) * _MIN_MS // days


def _rising(start: int, count: int) -> int:
    return math.prod(range(start, start + count))
