"""What a countermeasure did: the rate of a problem's calls before and after, by an exact test.

Both times are measured by one rule: working time, calls of the station's reason that were no mistakes and no reopening.
The test is the exact conditional binomial of `flow.poisson`, two-sided.
"""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction
from math import ceil

import numpy as np
from msgspec import Struct

from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_andon import Countermeasure, Effort, Problem
from shopfloor.core.text import Text
from shopfloor.flow.andon.chance import split_chance
from shopfloor.flow.andon.packed import NEVER, Flag
from shopfloor.flow.andon.record import US_PER_MS
from shopfloor.flow.andon.table import CallTable, Ints
from shopfloor.flow.calendar import WorkCalendar

# So often a countermeasure that changes nothing is called better or worse.
ALPHA = Fraction(1, 20)
# What was longer ago than that before a countermeasure was another plant.
BEFORE_US_MAX = 90 * 24 * 3600 * US_PER_S

WEEK_S = 7 * 24 * 3600
# Lost minutes a week: an hour is worth an afternoon of the team, a shift is worth a project.
MEDIUM_FROM_MIN = 60
LARGE_FROM_MIN = 480


class Outcome(StrEnum):
    """What can be said of a countermeasure by now."""

    BETTER = "better"
    NO_CHANGE = "no_change"
    WORSE = "worse"
    TOO_EARLY = "too_early"


class Effect(Struct, frozen=True, kw_only=True):
    """One countermeasure that is in place. `p`: chance of so uneven a split if nothing had changed; None: no calls.

    `wait_us`: working time still to pass, at least, before even no call at all could show an effect; 0 if none.
    `together`: how many countermeasures came into place in the time after, this one among them: what is seen is of all
    of them.
    """

    number: int
    done_us: int
    before: int
    before_us: int
    after: int
    after_us: int
    p: Fraction | None
    outcome: Outcome
    wait_us: int = 0
    together: int = 1

    @property
    def before_h(self) -> Fraction | None:
        """Calls an hour of working time before; None without any time."""
        return Fraction(self.before * 3600 * US_PER_S, self.before_us) if self.before_us else None

    @property
    def after_h(self) -> Fraction | None:
        """Calls an hour of working time since."""
        return Fraction(self.after * 3600 * US_PER_S, self.after_us) if self.after_us else None


def effects(
    problem: Problem,
    calls: CallTable,
    calendar: WorkCalendar,
    *,
    since_us: int,
    now_us: int,
    alpha: Fraction = ALPHA,
) -> tuple[Effect, ...]:
    """The countermeasures of a problem that are in place, in their order; nothing was recorded before `since_us`."""
    raised = np.sort(of_problem(problem, calls).column("raised_us"))
    placed = [measure for measure in problem.countermeasures if measure.done_us]
    return tuple(_effect(one, placed, raised, calendar, span=(since_us, now_us), alpha=alpha) for one in placed)


def of_problem(problem: Problem, calls: CallTable) -> CallTable:
    """The calls that count: of the station's reason, neither rejected nor reopened."""
    known = calls.where(calls.word("reason").is_(problem.reason))
    known = known.where(known.word("station").is_(problem.station))
    return known.where(~known.has(Flag.REJECTED | Flag.REOPENS))


def outcome_words(effect: Effect) -> Text:
    """What can be said, with the numbers it is said by."""
    numbers: dict[str, str | int] = {
        "before": effect.before,
        "before_h": _hours(effect.before_us),
        "after": effect.after,
        "after_h": _hours(effect.after_us),
        "p": "–" if effect.p is None else _chance(effect.p),
        "wait_h": _hours(effect.wait_us),
    }
    match effect.outcome:
        case Outcome.BETTER:
            return Text(
                "Better: {before} calls in {before_h} h before, {after} in {after_h} h since; by chance {p}.", numbers
            )
        case Outcome.WORSE:
            return Text(
                "Worse: {before} calls in {before_h} h before, {after} in {after_h} h since; by chance {p}.", numbers
            )
        case Outcome.NO_CHANGE:
            return Text(
                "No change seen: {before} calls in {before_h} h before, {after} in {after_h} h since; by chance {p}.",
                numbers,
            )
        case Outcome.TOO_EARLY if effect.wait_us:
            return Text(
                "Too early: {before} calls in {before_h} h before, {after} in {after_h} h since. At least {wait_h} h of"
                " work more are needed.",
                numbers,
            )
        case Outcome.TOO_EARLY:
            return Text("Too early: no calls were recorded before it, so there is nothing to compare with.")


def lost_minutes(problem: Problem, calls: CallTable, from_us: int, to_us: int) -> Fraction:
    """Minutes that calls of the problem raised in [from, to) were stops."""
    own = of_problem(problem, calls)
    raised_us, stop_ms = own.column("raised_us"), own.column("stop_ms")
    stopped = (raised_us >= from_us) & (raised_us < to_us) & (stop_ms != NEVER)
    return Fraction(int(stop_ms[stopped].sum()) * US_PER_MS, 60 * US_PER_S)


def proposed_effort(lost_min: Fraction | float, window_s: float = WEEK_S) -> Effort:
    """The effort in proportion to the minutes lost in a window of that length. Raises ValueError for no window."""
    if window_s <= 0:
        raise ValueError(f"expected a window longer than 0 s, got {window_s}")
    weekly = Fraction(lost_min) * WEEK_S / Fraction(window_s)
    if weekly >= LARGE_FROM_MIN:
        return Effort.LARGE
    return Effort.MEDIUM if weekly >= MEDIUM_FROM_MIN else Effort.SMALL


def effort_words(effort: Effort) -> Text:
    """What an effort may be, and from when it is in proportion."""
    match effort:
        case Effort.SMALL:
            return Text(
                "Small: what the team changes itself within a day. Under {medium} lost minutes a week.",
                {"medium": MEDIUM_FROM_MIN},
            )
        case Effort.MEDIUM:
            return Text(
                "Medium: days of work, with help of maintenance or quality. From {medium} lost minutes a week.",
                {"medium": MEDIUM_FROM_MIN},
            )
        case Effort.LARGE:
            return Text(
                "Large: a project with a budget of its own. From {large} lost minutes a week, a whole shift.",
                {"large": LARGE_FROM_MIN},
            )


def _effect(
    one: Countermeasure,
    placed: Sequence[Countermeasure],
    raised: Ints,
    calendar: WorkCalendar,
    *,
    span: tuple[int, int],
    alpha: Fraction,
) -> Effect:
    since_us, now_us = span
    from_us = max(since_us, one.done_us - BEFORE_US_MAX)
    before, after = np.diff(
        np.searchsorted(raised, (min(from_us, one.done_us), one.done_us, max(one.done_us, now_us)))
    ).tolist()
    before_us, after_us = calendar.working_us(from_us, one.done_us), calendar.working_us(one.done_us, now_us)
    split = split_chance(before, before_us // US_PER_S, after, after_us // US_PER_S)
    p = split.uneven if split is not None else None
    wait_us = max(0, _needed_us(before, before_us, alpha) - after_us)
    if p is not None and p <= alpha:
        outcome = Outcome.BETTER if after * before_us < before * after_us else Outcome.WORSE
        wait_us = 0
    else:
        outcome = Outcome.TOO_EARLY if wait_us or not before else Outcome.NO_CHANGE
    return Effect(
        number=one.number,
        done_us=one.done_us,
        before=before,
        before_us=before_us,
        after=after,
        after_us=after_us,
        p=p,
        outcome=outcome,
        wait_us=wait_us,
        together=sum(1 for other in placed if one.done_us <= other.done_us < now_us),
    )


def _needed_us(before: int, before_us: int, alpha: Fraction) -> int:
    """Working time without a single call that has a chance of `alpha` if nothing had changed; 0 without calls before.

    (t_before / (t_before + t_after))^n ≤ α, solved for t_after.
    """
    if not before:
        return 0
    growth: float = float(alpha) ** (-1 / before)
    return ceil(before_us * (growth - 1))


def _hours(span_us: int) -> str:
    return f"{span_us / (3600 * US_PER_S):.1f}"


def _chance(p: Fraction) -> str:
    percent = float(100 * p)
    return f"{percent:.1f} %" if percent >= 0.1 else "< 0.1 %"
