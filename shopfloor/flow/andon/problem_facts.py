"""What the records say of a problem: its calls day by day, their causes, what they cost, and what was done about it."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from shopfloor.core.line import Line
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_andon import Effort, Problem
from shopfloor.flow.andon.effect import BEFORE_US_MAX, Effect, effects, lost_minutes, of_problem, proposed_effort
from shopfloor.flow.andon.record import US_PER_MS, CallRecord
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
    records: Sequence[CallRecord],
    calendar: WorkCalendar,
    *,
    since_us: int,
    now_us: int,
) -> ProblemFacts:
    """The facts of a problem; nothing was recorded before `since_us`. They reach back as far as the effects do."""
    first_us = min((m.done_us for m in problem.countermeasures if m.done_us), default=now_us)
    from_us = max(since_us, min(first_us, problem.opened_us or now_us) - BEFORE_US_MAX)
    within = [r for r in records if from_us <= r.raised_us < now_us]
    own = of_problem(problem, within)
    window_s = line.andon.whys_window_s
    window_min = lost_minutes(problem, within, now_us - round(window_s * US_PER_S), now_us)
    bars, days = _bars([r.raised_us for r in own], calendar, from_us, now_us)
    cleared = [r.call_ms * US_PER_MS / US_PER_S for r in own if r.cleared_us]
    causes = Counter(r.cause for r in own)
    unsaid = causes.pop("", 0)
    others = Counter(
        r.station
        for r in within
        if r.reason == problem.reason and r.station != problem.station and not r.rejected and not r.reopens
    )
    return ProblemFacts(
        from_us=from_us,
        now_us=now_us,
        calls=len(own),
        rejected=sum(1 for r in within if r.rejected and r.station == problem.station and r.reason == problem.reason),
        lost_min=lost_minutes(problem, within, from_us, now_us),
        lost_window_min=window_min,
        effort=proposed_effort(window_min, window_s),
        median_s=nearest_rank(cleared, 50) if cleared else None,
        bars=bars,
        days_per_bar=days,
        causes=(*causes.most_common(CAUSES_SHOWN), *([("", unsaid)] if unsaid else [])),
        others=tuple(others.most_common(STATIONS_SHOWN)),
        effects=effects(problem, records, calendar, since_us=since_us, now_us=now_us),
    )


def _bars(raised: Sequence[int], calendar: WorkCalendar, from_us: int, to_us: int) -> tuple[tuple[Bar, ...], int]:
    """The local days of the range put together as few as fit; the last bar may be of fewer days."""
    if to_us <= from_us:
        return (), 1
    edges = [calendar.day_bounds(from_us)[0]]
    while edges[-1] < to_us:
        edges.append(calendar.day_bounds(edges[-1])[1])
    days = -(-(len(edges) - 1) // BARS_MAX)
    if days > 1:
        days = -(-days // 7) * 7
    starts, last = edges[:-1:days], edges[-1]
    counts = Counter(bisect_right(starts, at_us) - 1 for at_us in raised)
    ends = [*starts[1:], last]
    return tuple(Bar(start, end, counts[i]) for i, (start, end) in enumerate(zip(starts, ends, strict=True))), days
