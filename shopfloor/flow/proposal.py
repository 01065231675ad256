"""A number of cards from what the journal says: measured demand and lead time, their spread, and the plan it makes."""

import random
from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.text import Text
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.loop_cycle import LoopHistory, since_change
from shopfloor.flow.loop_figures import CYCLES_MIN, HOUR_US, Measured, Spread, measure, spread
from shopfloor.flow.percentiles import nearest_ranks
from shopfloor.flow.replay import Replayed, projected, replay
from shopfloor.flow.sizing.formulas import size
from shopfloor.flow.sizing.values import Inputs, NoAnswerError, Sizing
from shopfloor.flow.units import Amount, Rate, Span, TimeUnit

SERVICE = Fraction(95, 100)
SAFETY = Fraction(10, 100)  # Monden: at most a tenth
# Whole hours or days that a spread of demand is made of; fewer are an anecdote.
BUCKETS_MIN = 5
# The share of withdrawals outside working time up to which the calendar is still believed.
OUTSIDE_MAX = Fraction(1, 20)
# Turns that are enough not to call the data thin: the standard deviation is then right to about a sixth.
CYCLES_GOOD = 20
RESAMPLES = 200
_DRAWN_MAX = 500  # values of one resample; its answer moves no more beyond, and 200 of them stay under a second
_SEED = 1  # the same journal gives the same proposal


class Proposal(Struct, frozen=True, kw_only=True):
    """`cards` by the statistical formula, with Toyota's answer beside it and everything it was made of.

    `bucket` is the length of time whose demand varies by `demand`: "hour" or "day". `agree` is the share of RESAMPLES
    resamplings of the measured demand and lead times that give the same number, `low` and `high` their 5 % and 95 %
    points. `now` and `then` replay the history since the last change with the present and with the
    proposed number; `expected_*` project both with replenishment times drawn anew.
    """

    cards: int
    sizing: Sizing
    toyota: Sizing
    measured: Measured
    bucket: str
    demand: Spread
    service: Fraction
    agree: Fraction
    low: int
    high: int
    now: Replayed
    then: Replayed
    expected_now: Replayed
    expected_then: Replayed

    @property
    def thin(self) -> bool:
        """Whether there are too few turns to rely on the spread."""
        return self.measured.lead.n < CYCLES_GOOD


def propose(
    history: LoopHistory, calendar: WorkCalendar, *, service: Fraction = SERVICE, safety: Fraction = SAFETY
) -> Proposal:
    """Raises NoAnswerError where there is too little data, no store, or no such service level."""
    recent = _replayable(history)
    now = replay(recent, calendar, 0)
    measured = measure(history, calendar)
    _check_calendar(measured)
    bucket, counts, length = _buckets(measured)
    leads = [turn.lead_us for turn in measured.turns]
    inputs = _inputs(history, measured, service, safety)
    sizing = size("statistical", _with_spread(inputs, history, counts, leads, length))
    shift = sizing.cards - history.loop.cards
    answers = _resampled(inputs, history, counts, leads, length)
    low, high = nearest_ranks(answers, (5, 95))
    return Proposal(
        cards=sizing.cards,
        sizing=sizing,
        toyota=size("toyota", replace(inputs, lead_time=_hours(measured.lead.mean))),
        measured=measured,
        bucket=bucket,
        demand=spread(counts),
        service=service,
        agree=Fraction(answers.count(sizing.cards), len(answers)),
        low=int(low),
        high=int(high),
        now=now,
        then=replay(recent, calendar, shift),
        expected_now=projected(recent, calendar, 0),
        expected_then=projected(recent, calendar, shift),
    )


def _replayable(history: LoopHistory) -> LoopHistory:
    """What the present number of cards has lived through; all of it where that is next to nothing."""
    recent = since_change(history)
    return recent if sum(1 for cycle in recent.cycles if cycle.full_us) >= CYCLES_MIN else history


def _check_calendar(measured: Measured) -> None:
    """A week's overtime squeezed into no working time would look like a wild demand."""
    if measured.outside > measured.withdrawals * OUTSIDE_MAX:
        raise NoAnswerError(
            Text("withdrawals in working time"),
            f"{measured.outside} of {measured.withdrawals} outside it",
            Text(
                "Put the shifts that are really worked into the line file's calendar, or choose a window without them."
            ),
        )


def _buckets(measured: Measured) -> tuple[str, Sequence[int], Fraction]:
    """The counts nearest to the lead time, and how many hours each is: σ then has little way to grow with √t."""
    days = len(measured.days)
    if days >= BUCKETS_MIN and measured.lead.mean * days >= measured.days_us > 0:
        return "day", measured.days, Fraction(measured.days_us, days * HOUR_US)
    if len(measured.hours) < BUCKETS_MIN:
        raise NoAnswerError(
            Text("at least {n} working hours of withdrawals", {"n": BUCKETS_MIN}),
            f"{len(measured.hours)} whole hours",
            Text("Let the loop run longer, or choose a longer window."),
        )
    return "hour", measured.hours, Fraction(1)


def _inputs(history: LoopHistory, measured: Measured, service: Fraction, safety: Fraction) -> Inputs:
    quantity = history.loop.quantity
    withdrawn = Amount(Fraction((measured.withdrawals - measured.outside) * quantity), history.unit)
    return Inputs(
        demand=Rate(withdrawn, Span(Fraction(measured.worked_us, HOUR_US), TimeUnit.HOUR)),
        container=Amount(Fraction(quantity), history.unit),
        service=service,
        safety=safety,
    )


def _with_spread(
    inputs: Inputs, history: LoopHistory, counts: Sequence[int], leads: Sequence[int], length: Fraction
) -> Inputs:
    """σ in units of the part, for a bucket of `length` hours; the safety is the spread, not a share."""
    lead, demand = spread(leads), spread(counts)
    sigma = (demand.sd or Fraction(0)) * history.loop.quantity
    return replace(
        inputs,
        lead_time=_hours(lead.mean),
        sigma=Rate(Amount(sigma, history.unit), Span(length, TimeUnit.HOUR)),
        sigma_lead_time=_hours(lead.sd or Fraction(0)),
        safety=None,
    )


def _resampled(
    inputs: Inputs, history: LoopHistory, counts: Sequence[int], leads: Sequence[int], length: Fraction
) -> list[int]:
    chance = random.Random(_SEED)  # noqa: S311 - a repeatable draw, not a secret
    answers = []
    assert inputs.demand is not None
    for _ in range(RESAMPLES):
        some = chance.choices(counts, k=min(len(counts), _DRAWN_MAX))
        times = chance.choices(leads, k=min(len(leads), _DRAWN_MAX))
        hours = length * len(some)
        drawn = Amount(Fraction(sum(some) * history.loop.quantity), history.unit)
        asked = replace(inputs, demand=Rate(drawn, Span(hours, TimeUnit.HOUR)))
        answers.append(size("statistical", _with_spread(asked, history, some, times, length)).cards)
    return answers


def _hours(us: Fraction) -> Span:
    return Span(us / HOUR_US, TimeUnit.HOUR)
