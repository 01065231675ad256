"""Measured demand and lead time of a loop, from its history. Times are working time, in microseconds.

The parts of a turn and whose words they are (reference 2.1, SAP's key figures):

| part | card is | SAP |
|---|---|---|
| trigger | EMPTY or WAITING: nobody has begun | trigger time (WAIT → EMPTY) and the beginning of refill |
| refill | IN_PROCESS or QUEUED | the rest of refill time (EMPTY → IN TRANSIT) |
| transit | IN_TRANSIT | transit time (IN TRANSIT → FULL) |
| error | HELD or LOST | error time |
| wait | FULL or IN_USE | wait time at the user |

The five add up to the turn exactly. The replenishment lead time is what lies between the withdrawal and the full
container: the first four, without what a full container was held. A replenishment wholly outside working time is
measured by the time that passed.
"""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from shopfloor.core.state import CardState
from shopfloor.core.text import Text
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.loop_cycle import Cycle, Flaw, LoopHistory
from shopfloor.flow.percentiles import nearest_ranks
from shopfloor.flow.sizing.normal import root_up
from shopfloor.flow.sizing.values import NoAnswerError
from shopfloor.flow.work_axis import WorkAxis

# Fewer turns say nothing about a loop: one odd container would be a fifth of the figure.
CYCLES_MIN = 5
HOUR_US = 3_600_000_000
ROOT_PLACES = 3  # of a standard deviation in µs or containers: far below what a scan can tell


class Part(StrEnum):
    """What a card waits for or goes through."""

    TRIGGER = "trigger"
    REFILL = "refill"
    TRANSIT = "transit"
    ERROR = "error"
    WAIT = "wait"


_PART_OF = {
    CardState.EMPTY: Part.TRIGGER,
    CardState.WAITING: Part.TRIGGER,
    CardState.IN_PROCESS: Part.REFILL,
    CardState.QUEUED: Part.REFILL,
    CardState.IN_TRANSIT: Part.TRANSIT,
    CardState.HELD: Part.ERROR,
    CardState.LOST: Part.ERROR,
    CardState.FULL: Part.WAIT,
    CardState.IN_USE: Part.WAIT,
}


class Spread(Struct, frozen=True):
    """A set of values: percentiles by nearest rank, mean, sample standard deviation (rounded up at its third decimal).

    `sd` is None for a single value.
    """

    n: int
    mean: Fraction
    sd: Fraction | None
    least: int
    p50: int
    p85: int
    p95: int
    most: int


class TurnTimes(Struct, frozen=True):
    """What a turn took: `lead_us` until it was full; `parts` and `states` all of it, until then if it has not ended."""

    cycle: Cycle
    lead_us: int
    parts: dict[Part, int]
    states: dict[CardState, int]


class Measured(Struct, frozen=True, kw_only=True):
    """The figures of one loop over [from, to), `worked_us` of it working time.

    `per_hour` counts withdrawals in whole working hours, `per_day` in whole local days with work, None without any;
    `outside` counts withdrawals outside working time. `hours` and `days` are the counts, `days_us` the working time of
    those days. `turns` are the evidence, `flaws` and `open_cycles` what was kept out, `counts` how often cards left a
    part.
    """

    loop: str
    from_us: int
    to_us: int
    worked_us: int
    withdrawals: int
    outside: int
    per_hour: Spread | None
    per_day: Spread | None
    lead: Spread
    parts: dict[Part, Spread]
    states: dict[CardState, Spread]
    wait: Spread | None
    counts: dict[Part, int]
    turns: tuple[TurnTimes, ...]
    hours: tuple[int, ...]
    days: tuple[int, ...]
    days_us: int
    flaws: dict[Flaw, int]
    open_cycles: int
    undone: int

    @property
    def rate_per_h(self) -> Fraction:
        """Containers withdrawn in a working hour; 0 if no time was worked."""
        inside = self.withdrawals - self.outside
        return Fraction(inside * HOUR_US, self.worked_us) if self.worked_us else Fraction(0)


def measure(history: LoopHistory, calendar: WorkCalendar) -> Measured:
    """The figures; raises NoAnswerError for fewer than CYCLES_MIN turns without flaws."""
    turns = tuple(turn_times(cycle, calendar) for cycle in history.cycles if cycle.full_us and not cycle.flaws)
    if len(turns) < CYCLES_MIN:
        raise _thin(len(turns), history)
    axis = WorkAxis(calendar, history.from_us, history.to_us)
    instants = [move.at_us for move in history.withdrawals]
    # A loop without a consumer (CONWIP) has no store: what leaves it is what is finished.
    if history.loop.consumer is None:
        instants = [cycle.ended_us for cycle in history.cycles if cycle.ended_us]
    inside = [at_us for at_us in instants if calendar.working_us(at_us, at_us + 1)]
    hours = _by_hour(inside, axis)
    days, days_us = _by_day(instants, history, calendar)
    waits = [turn.parts[Part.WAIT] for turn in turns if turn.cycle.ended_us and Part.WAIT in turn.parts]
    return Measured(
        loop=history.loop.id,
        from_us=history.from_us,
        to_us=history.to_us,
        worked_us=axis.total_us,
        withdrawals=len(instants),
        outside=len(instants) - len(inside),
        per_hour=spread(hours) if hours else None,
        per_day=spread(days) if days else None,
        lead=spread([turn.lead_us for turn in turns]),
        parts={part: spread([turn.parts.get(part, 0) for turn in turns]) for part in Part if part is not Part.WAIT},
        states={
            state: spread(found)
            for state in CardState
            if (found := [turn.states[state] for turn in turns if state in turn.states])
        },
        wait=spread(waits) if waits else None,
        counts=_counts(turns),
        turns=turns,
        hours=tuple(hours),
        days=tuple(days),
        days_us=days_us,
        flaws={flaw: count for flaw in Flaw if (count := sum(1 for c in history.cycles if flaw in c.flaws))},
        open_cycles=sum(1 for cycle in history.cycles if not cycle.full_us and not cycle.flaws),
        undone=history.undone,
    )


def turn_times(cycle: Cycle, calendar: WorkCalendar) -> TurnTimes:
    """What a turn spent where, of one that came back full."""
    passed = calendar.working_us(cycle.began_us, cycle.full_us) == 0
    parts: dict[Part, int] = {}
    states: dict[CardState, int] = {}
    lead_us = 0
    for stay in cycle.stays:
        full = stay.from_us >= cycle.full_us
        if full and not cycle.ended_us:
            break
        took_us = stay.to_us - stay.from_us if passed else calendar.working_us(stay.from_us, stay.to_us)
        part = part_of(stay.state)
        parts[part] = parts.get(part, 0) + took_us
        states[stay.state] = states.get(stay.state, 0) + took_us
        lead_us += 0 if full else took_us
    return TurnTimes(cycle, lead_us, parts, states)


def part_of(state: CardState) -> Part:
    """The part of a turn that a state belongs to; what is on its way to FULL without being named is refill."""
    return _PART_OF.get(state, Part.REFILL)


def spread(values: Sequence[int]) -> Spread:
    """Raises ValueError if there are no values."""
    p50, p85, p95 = nearest_ranks(values, (50, 85, 95))
    n = len(values)
    mean = Fraction(sum(values), n)
    sd = None
    if n > 1:
        # Σ(x − x̄)² = Σx² − (Σx)²/n, in whole numbers so that nothing cancels.
        sd = root_up(Fraction(n * sum(x * x for x in values) - sum(values) ** 2, n * (n - 1)), ROOT_PLACES)
    return Spread(n, mean, sd, min(values), int(p50), int(p85), int(p95), max(values))


def _by_hour(instants: Sequence[int], axis: WorkAxis) -> list[int]:
    """Withdrawals in working time in each whole working hour; the rest at the end is left out."""
    counts = [0] * (axis.total_us // HOUR_US)
    for at_us in instants:
        hour = axis.at(at_us) // HOUR_US
        if hour < len(counts):
            counts[hour] += 1
    return counts


def _by_day(instants: Sequence[int], history: LoopHistory, calendar: WorkCalendar) -> tuple[list[int], int]:
    """Withdrawals in each whole local day that has work or a withdrawal, and the working time of these days."""
    counts: list[int] = []
    worked_us = 0
    start_us, end_us = calendar.day_bounds(history.from_us)
    if start_us < history.from_us:
        start_us, end_us = end_us, calendar.day_bounds(end_us)[1]
    ordered = sorted(instants)
    index = 0
    while end_us <= history.to_us:
        while index < len(ordered) and ordered[index] < start_us:
            index += 1
        first = index
        while index < len(ordered) and ordered[index] < end_us:
            index += 1
        day_us = calendar.working_us(start_us, end_us)
        if index > first or day_us:
            counts.append(index - first)
            worked_us += day_us
        start_us, end_us = end_us, calendar.day_bounds(end_us)[1]
    return counts, worked_us


def _counts(turns: Sequence[TurnTimes]) -> dict[Part, int]:
    """How often cards left each part, of the measured turns (SAP's counters)."""
    counts = dict.fromkeys(Part, 0)
    for turn in turns:
        stays = turn.cycle.stays
        for stay, following in zip(stays, [*stays[1:], None], strict=True):
            part = part_of(stay.state)
            if following is None or part_of(following.state) is not part:
                counts[part] += 1
    return counts


def _thin(n: int, history: LoopHistory) -> NoAnswerError:
    flawed = sum(1 for cycle in history.cycles if cycle.flaws)
    got = f"{n} whole turns" if n != 1 else "1 whole turn"
    if flawed:
        got += f", and {flawed} with a step that nobody scanned or cannot be trusted"
    remedy = Text("Let the loop run until its cards have turned often enough, or choose a longer window.")
    return NoAnswerError(Text("at least {n} whole turns of cards", {"n": CYCLES_MIN}), got, remedy)
