"""The scoreboard of the alarm system itself: ISA-18.2 and EEMUA 191 figures, each with its rule beside it.

Targets as ISA-18.2-2016 Table 7 and IEC 62682 are quoted (reference 2.3). They are meant for one operator's place; here
the line is that place. Rates are over working time. What somebody reopened is no call of its own.
"""

from collections.abc import Sequence
from enum import StrEnum
from fractions import Fraction

import numpy as np
from msgspec import Struct

from shopfloor.core.line_andon import Severity
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_andon import OutOfService, Shelf
from shopfloor.core.text import Text
from shopfloor.flow.andon.alarm_counts import (
    TEN_MIN_US,
    Chatter,
    Flood,
    Kinds,
    busiest,
    chattering,
    fleeting,
    floods,
    stale_by_day,
)
from shopfloor.flow.andon.isa_rules import RULES, Rule
from shopfloor.flow.andon.packed import Flag
from shopfloor.flow.andon.table import CallTable
from shopfloor.flow.andon.work import WorkTime
from shopfloor.flow.calendar import WorkCalendar

HOUR_US = 3600 * US_PER_S
DAY_US = 24 * HOUR_US
DAYS_WANTED = 30
TOP = 10
# With fewer kinds of calls than these ten of them are more than 5 % of the load even if all come equally often.
KINDS_FOR_TOP = 200


class Judgement(StrEnum):
    """What a figure is beside its targets."""

    ACCEPTABLE = "acceptable"
    MANAGEABLE = "manageable"
    OFF_TARGET = "off_target"
    NOT_JUDGED = "not_judged"


class EemuaLevel(StrEnum):
    """How well an alarm system performs, best first."""

    PREDICTIVE = "predictive"
    ROBUST = "robust"
    STABLE = "stable"
    REACTIVE = "reactive"
    OVERLOADED = "overloaded"


class Score(Struct, frozen=True, kw_only=True):
    """One figure, the most that is acceptable and manageable (the least for `low_share`), and how it was made.

    `number` None: nothing to make it of. `unit`: "" for a count, "%" for a share of a hundred.
    """

    name: str
    label: Text
    number: Fraction | None
    unit: str
    acceptable: Fraction | None
    manageable: Fraction | None
    verdict: Judgement
    rule: Text


class Scoreboard(Struct, frozen=True, kw_only=True):
    """The figures of [from, to). `level` None: no call, no level. `notes` say what they cannot tell."""

    from_us: int
    to_us: int
    worked_us: int
    calls: int
    scores: tuple[Score, ...]
    level: EemuaLevel | None
    level_rule: Text
    floods: tuple[Flood, ...]
    chattering: tuple[Chatter, ...]
    top: tuple[tuple[str, str, int], ...]
    notes: tuple[Text, ...]


class Suppressed(Struct, frozen=True, kw_only=True):
    """What nobody is told of at the end of the range: shelves and what is out of service, without those that ended."""

    shelves: Sequence[Shelf] = ()
    out: Sequence[OutOfService] = ()


def scoreboard(
    calls: CallTable,
    calendar: WorkCalendar,
    from_us: int,
    to_us: int,
    *,
    suppressed: Suppressed | None = None,
) -> Scoreboard:
    """The figures of calls raised in [from, to). Raises ValueError if the range is empty."""
    if to_us <= from_us:
        raise ValueError(f"expected a range with an end after its start, got {from_us} to {to_us}")
    raised_us = calls.column("raised_us")
    within = calls.where((raised_us >= from_us) & (raised_us < to_us) & ~calls.has(Flag.REOPENS))
    span = _Span(within, calendar, from_us, to_us)
    found = floods(span.raised)
    kinds = Kinds(within)
    chatter = chattering(within, kinds)
    top = kinds.most(TOP)
    stale = stale_by_day(calls, calendar, from_us, to_us)
    numbers: dict[str, Fraction | None] = {
        "per_day": span.per_day(),
        "per_hour": span.rate(HOUR_US),
        "per_10_min": span.rate(TEN_MIN_US),
        "most_in_10_min": Fraction(busiest(span.raised, TEN_MIN_US)),
        "hours_over_30": span.share_over(HOUR_US, 30),
        "periods_over_10": span.share_over(TEN_MIN_US, 10),
        "floods": Fraction(len(found)),
        "time_in_flood": span.share_in(found),
        "top_ten": _percent(sum(count for _, _, count in top), len(within)),
        "chattering": Fraction(len(chatter)),
        "fleeting": Fraction(int(fleeting(within).sum())),
        "stale": Fraction(max((count for _, count in stale), default=0)),
    }
    numbers |= _mix(within)
    if suppressed is not None:
        numbers |= _suppressed(suppressed)
    return Scoreboard(
        from_us=from_us,
        to_us=to_us,
        worked_us=span.worked_us,
        calls=len(within),
        scores=tuple(_score(RULES[name], number, kinds.count) for name, number in numbers.items()),
        level=_level(numbers) if len(within) else None,
        level_rule=_LEVEL_RULE,
        floods=found,
        chattering=chatter,
        top=tuple(top),
        notes=_notes(from_us, to_us),
    )


class _Span:
    """The calls of a range and the time they are measured by."""

    __slots__ = ("_calendar", "_from_us", "_to_us", "_work", "raised", "worked_us")

    def __init__(self, calls: CallTable, calendar: WorkCalendar, from_us: int, to_us: int) -> None:
        self._calendar = calendar
        self._from_us, self._to_us = from_us, to_us
        self.raised = np.sort(calls.column("raised_us"))
        self._work = WorkTime(calendar, from_us, to_us)
        # Where no shift runs in the whole range, whoever called worked outside the calendar.
        self.worked_us = self._work.total_us or to_us - from_us

    def rate(self, per_us: int) -> Fraction:
        """Calls in each stretch of working time of this length."""
        return Fraction(len(self.raised) * per_us, self.worked_us)

    def per_day(self) -> Fraction:
        """Calls a day; a day that the range cuts counts by what it has of the day's working time."""
        days = Fraction(0)
        start_us = self._from_us
        while start_us < self._to_us:
            day_us, end_us = self._calendar.day_bounds(start_us)
            cut = (start_us, min(end_us, self._to_us))
            whole_us = self._calendar.working_us(day_us, end_us)
            if whole_us:
                days += Fraction(self._calendar.working_us(*cut), whole_us)
            elif np.diff(np.searchsorted(self.raised, cut))[0]:
                days += Fraction(cut[1] - cut[0], end_us - day_us)
            start_us = end_us
        return len(self.raised) / (days or Fraction(self._to_us - self._from_us, DAY_US))

    def share_over(self, width_us: int, limit: int) -> Fraction:
        """Percent of the periods of this length that had more calls than the limit."""
        periods, counts = np.unique(self.raised // width_us, return_counts=True)
        starts = np.maximum(periods * width_us, self._from_us)
        ends = np.minimum((periods + 1) * width_us, self._to_us)
        # Of periods with calls, what was no working time.
        idle_us = int((ends - starts - (self._work.at(ends) - self._work.at(starts))).sum())
        over = int((counts > limit).sum())
        whole_us = self._work.total_us + idle_us
        return min(Fraction(100), Fraction(100 * over * width_us, whole_us or self.worked_us))

    def share_in(self, found: Sequence[Flood]) -> Fraction:
        """Percent of the working time that was flood."""
        flooded_us = 0
        for flood in found:
            end_us = min(flood.end_us, self._to_us)
            flooded_us += self._calendar.working_us(flood.start_us, end_us) or end_us - flood.start_us
        return min(Fraction(100), Fraction(100 * flooded_us, self.worked_us))


def _percent(part: int, whole: int) -> Fraction | None:
    return Fraction(100 * part, whole) if whole else None


def _mix(calls: CallTable) -> dict[str, Fraction | None]:
    """The three levels of the standard: low, medium, and what is high or a stop."""
    severity = calls.column("severity")
    low, medium = int((severity <= Severity.LOW).sum()), int((severity == Severity.MEDIUM).sum())
    return {
        "low_share": _percent(low, len(calls)),
        "medium_share": _percent(medium, len(calls)),
        "high_share": _percent(len(calls) - low - medium, len(calls)),
    }


def _suppressed(suppressed: Suppressed) -> dict[str, Fraction | None]:
    owners = [shelf.by for shelf in suppressed.shelves if not shelf.ended]
    owners += [out.by for out in suppressed.out if not out.ended]
    return {"suppressed": Fraction(len(owners)), "unauthorised": Fraction(owners.count(""))}


def _score(rule: Rule, number: Fraction | None, kinds: int) -> Score:
    return Score(
        name=rule.name,
        label=rule.label,
        number=number,
        unit=rule.unit,
        acceptable=rule.acceptable,
        manageable=rule.manageable,
        verdict=_judged(rule, number, kinds),
        rule=rule.rule,
    )


def _judged(rule: Rule, number: Fraction | None, kinds: int) -> Judgement:
    if number is None or rule.acceptable is None or (rule.name == "top_ten" and kinds < KINDS_FOR_TOP):
        return Judgement.NOT_JUDGED
    if number == rule.acceptable or (number > rule.acceptable) == rule.at_least:
        return Judgement.ACCEPTABLE
    if rule.manageable is not None and number <= rule.manageable:
        return Judgement.MANAGEABLE
    return Judgement.OFF_TARGET


# Average and peak calls in ten minutes, percent of ten-minute periods with more than ten: at most, for each level.
_LEVELS = (
    (EemuaLevel.PREDICTIVE, 1, 10, 1),
    (EemuaLevel.ROBUST, 10, 100, 5),
    (EemuaLevel.STABLE, 10, 1000, 25),
    (EemuaLevel.REACTIVE, 100, 1000, 50),
)
_LEVEL_RULE = Text(
    "EEMUA 191: the best level whose limits all hold for the average and the most calls in 10 minutes and for the share"
    " of 10-minute periods with more than 10: predictive under 1, 10 and 1 %; robust up to 10, 100 and 5 %; stable up"
    " to 10, 1000 and 25 %; reactive up to 100, 1000 and 50 %; else overloaded."
)


def _level(numbers: dict[str, Fraction | None]) -> EemuaLevel:
    seen = [numbers[name] or Fraction(0) for name in ("per_10_min", "most_in_10_min", "periods_over_10")]
    for level, *limits in _LEVELS:
        pairs = list(zip(seen, limits, strict=True))
        under = level is EemuaLevel.PREDICTIVE
        if all(number < limit if under else number <= limit for number, limit in pairs):
            return level
    return EemuaLevel.OVERLOADED


def _notes(from_us: int, to_us: int) -> tuple[Text, ...]:
    notes = [Text("The targets are upper limits. Few calls are no merit by themselves: problems may go unseen.")]
    days = Fraction(to_us - from_us, DAY_US)
    if days < DAYS_WANTED:
        notes.append(
            Text(
                "These figures need {wanted} days of data; here are {days}.",
                {"days": f"{float(days):.1f}", "wanted": DAYS_WANTED},
            )
        )
    return tuple(notes)
