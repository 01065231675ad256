"""What the records say of a problem: its calls day by day, their causes, what they cost, and what was done about it."""

from fractions import Fraction

import numpy as np
from msgspec import Struct

from shopfloor.core.line import Line
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_andon import Effort, Problem
from shopfloor.flow.andon.effect import BEFORE_US_MAX, Effect, effects, lost_minutes, of_problem, proposed_effort
from shopfloor.flow.andon.packed import Flag
from shopfloor.flow.andon.record import US_PER_MS
from shopfloor.flow.andon.table import CallTable, Coded, Ints
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.percentiles import nearest_rank

# What a timeline on paper shows side by side; more days are put together.
BARS_MAX = 62
CAUSES_SHOWN = 5
STATIONS_SHOWN = 6


class Bar(Struct, frozen=True):
    """Calls raised from this local midnight on, for one day or several."""

    start_us: int
    end_us: int
    calls: int


class ProblemFacts(Struct, frozen=True, kw_only=True):
    """A problem from `from_us` to `now_us`. `rejected` calls count in nothing else.

    `causes`: cause id ("" where none was said) and calls, most first, "" always last. `others`: other stations with
    calls for the same reason, most first. `lost_min`: minutes stopped, `lost_window_min` of the policy's window only.
    """

    from_us: int
    now_us: int
    calls: int
    rejected: int
    lost_min: Fraction
    lost_window_min: Fraction
    effort: Effort
    median_s: float | None
    bars: tuple[Bar, ...]
    days_per_bar: int
    causes: tuple[tuple[str, int], ...]
    others: tuple[tuple[str, int], ...]
    effects: tuple[Effect, ...]


def problem_facts(
    problem: Problem,
    line: Line,
    calls: CallTable,
    calendar: WorkCalendar,
    *,
    since_us: int,
    now_us: int,
) -> ProblemFacts:
    """The facts of a problem; nothing was recorded before `since_us`. They reach back as far as the effects do."""
    first_us = min((m.done_us for m in problem.countermeasures if m.done_us), default=now_us)
    from_us = max(since_us, min(first_us, problem.opened_us or now_us) - BEFORE_US_MAX)
    alike = calls.where(calls.word("reason").is_(problem.reason))
    raised_us = alike.column("raised_us")
    within = alike.where((raised_us >= from_us) & (raised_us < now_us))
    own = of_problem(problem, within)
    here = within.word("station").is_(problem.station)
    window_s = line.andon.whys_window_s
    window_min = lost_minutes(problem, own, now_us - round(window_s * US_PER_S), now_us)
    bars, days = _bars(own.column("raised_us"), calendar, from_us, now_us)
    cleared_ms = own.where(~own.has(Flag.OPEN)).column("call_ms").tolist()
    causes = _ranked(own.word("cause"))
    unsaid = causes.pop("", 0)
    others = _ranked(within.where(~here & ~within.has(Flag.REJECTED | Flag.REOPENS)).word("station"))
    return ProblemFacts(
        from_us=from_us,
        now_us=now_us,
        calls=len(own),
        rejected=int((here & within.has(Flag.REJECTED)).sum()),
        lost_min=lost_minutes(problem, own, from_us, now_us),
        lost_window_min=window_min,
        effort=proposed_effort(window_min, window_s),
        median_s=nearest_rank(cleared_ms, 50) * US_PER_MS / US_PER_S if cleared_ms else None,
        bars=bars,
        days_per_bar=days,
        causes=(*list(causes.items())[:CAUSES_SHOWN], *([("", unsaid)] if unsaid else [])),
        others=tuple(list(others.items())[:STATIONS_SHOWN]),
        effects=effects(problem, alike, calendar, since_us=since_us, now_us=now_us),
    )


def _ranked(words: Coded) -> dict[str, int]:
    """Calls by word, most first; of equal ones what came first."""
    found, first, counts = np.unique(words.codes, return_index=True, return_counts=True)
    order = np.lexsort((first, -counts))
    return {words.words[found[place]]: int(counts[place]) for place in order}


def _bars(raised: Ints, calendar: WorkCalendar, from_us: int, to_us: int) -> tuple[tuple[Bar, ...], int]:
    """The local days of the range put together as few as fit; the last bar may be of fewer days."""
    if to_us <= from_us:
        return (), 1
    edges = [calendar.day_bounds(from_us)[0]]
    while edges[-1] < to_us:
        edges.append(calendar.day_bounds(edges[-1])[1])
    days = -(-(len(edges) - 1) // BARS_MAX)
    if days > 1:
        days = -(-days // 7) * 7
    starts = edges[:-1:days]
    ends = [*starts[1:], edges[-1]]
    counts = np.bincount(np.searchsorted(starts, raised, side="right") - 1, minlength=len(starts)).tolist()
    return tuple(Bar(*one) for one in zip(starts, ends, counts, strict=True)), days
