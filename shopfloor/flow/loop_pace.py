"""How a loop turns, measured from its own cards and figures, and how many cards that asks for.

Withdrawals are those the cards remember (each card its last one), and where these are too few the containers made:
over many turns of a closed loop both are the same. The lead time of a sizing is the median wait of an emptied card for
its start plus the time that 85 % of the turns from start to full did not exceed; safety is in that percentile, so none
is added on top.
"""

from collections.abc import Sequence
from fractions import Fraction

from msgspec import Struct

from shopfloor.core.line import Line, Loop
from shopfloor.core.loop_views import OUT_OF_USE, Pace
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state import Card, CardState
from shopfloor.core.update import DigestRow
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import Lead, Made, read_figures
from shopfloor.flow.percentiles import nearest_rank
from shopfloor.flow.sizing.compare import Change, Other, others, sensitivity
from shopfloor.flow.sizing.formulas import DEFAULT, size
from shopfloor.flow.sizing.values import Inputs, Sizing
from shopfloor.flow.units import PIECES, Amount, Rate, Span, TimeUnit

TAKES_MIN = 3  # two intervals: one alone may be the lunch of the consumer
CYCLES_MIN = 5  # of one turn nobody says what is usual
LEAD_PERCENT = 85  # the lead time a sizing covers: what is rarer is a call, not a card
ROWS_LOOKED_AT = 60  # newest turns of a loop: the pace of now, not of last month
_US_PER_MS = 1_000
_RESTING = OUT_OF_USE | {CardState.RETIRED}
_HOUR_US = 3600 * US_PER_S
_MINUTE_US = 60 * US_PER_S


class Evidence(Struct, frozen=True, kw_only=True):
    """What is known of a loop's demand and lead time; `made` containers in `over_us` of work, `turns` seen to the end.

    `wait_us` is the median over the `waits` cards that remember theirs, `make_us` covers 85 % of the turns.
    """

    made: int
    over_us: int
    turns: int
    make_us: int | None
    waits: int
    wait_us: int | None

    @property
    def enough(self) -> bool:
        """Whether a number of cards may be made of it."""
        return self.turns >= CYCLES_MIN and self.made > CYCLES_MIN and self.over_us > 0


class Why(Struct, frozen=True):
    """The number of cards that the evidence asks for, with its working, what changes it, and others' answers."""

    inputs: Inputs
    sizing: Sizing
    changes: tuple[Change, ...]
    others: tuple[Other, ...]


def loop_pace(cards: Sequence[Card], made: Sequence[DigestRow], leads: Sequence[DigestRow], work: WorkCalendar) -> Pace:
    """The pace of one loop from its cards and its rows of "made" and "lead", oldest first."""
    waits, makes = _waits_us(cards, work), _makes_us(leads)
    if not makes:
        makes = [
            work.working_us(card.released_us, card.since_us)
            for card in cards
            if card.state is CardState.FULL and card.released_us
        ]
    return Pace(
        take_us=_interval_us(_takes_us(cards), work) or _interval_us(_made_us(made), work),
        wait_us=_median(waits),
        make_us=_median(makes),
    )


def line_paces(
    line: Line, cards: dict[str, list[Card]], made: Sequence[DigestRow], leads: Sequence[DigestRow], work: WorkCalendar
) -> dict[str, Pace]:
    """The pace of every loop; `cards` by loop."""
    by_made, by_lead = _by_key(made), _by_key(leads)
    return {
        loop.id: loop_pace(cards.get(loop.id, []), by_made.get(loop.id, ()), by_lead.get(loop.id, ()), work)
        for loop in line.loops
    }


def loop_evidence(
    cards: Sequence[Card], made: Sequence[DigestRow], leads: Sequence[DigestRow], work: WorkCalendar
) -> Evidence:
    """What is known of one loop from its cards and its rows of "made" and "lead", oldest first."""
    instants, makes, waits = _made_us(made), _makes_us(leads), _waits_us(cards, work)
    over_us = work.working_us(instants[0], instants[-1]) if len(instants) > 1 else 0
    return Evidence(
        made=len(instants),
        over_us=over_us,
        turns=len(makes),
        make_us=round(nearest_rank(makes, LEAD_PERCENT)) if makes else None,
        waits=len(waits),
        wait_us=_median(waits),
    )


def why_cards(loop: Loop, unit: str, evidence: Evidence) -> Why | None:
    """The number of cards the evidence asks for by Toyota's formula, None where it is not enough.

    Demand is rounded up to a tenth of a unit an hour and the lead time to a tenth of a minute, as they are shown.
    """
    if not evidence.enough:
        return None
    inputs = sizing_inputs(loop, unit, evidence)
    return Why(inputs, size(DEFAULT, inputs), sensitivity(DEFAULT, inputs), others(DEFAULT, inputs))


def sizing_inputs(loop: Loop, unit: str, evidence: Evidence) -> Inputs:
    """The evidence as inputs of a sizing; the first container only starts the clock of the demand."""
    label = unit or PIECES
    pieces = (evidence.made - 1) * loop.quantity
    an_hour = _up(Fraction(pieces * _HOUR_US, evidence.over_us))
    lead = _up(Fraction((evidence.wait_us or 0) + (evidence.make_us or 0), _MINUTE_US))
    return Inputs(
        demand=Rate(Amount(an_hour, label), Span(Fraction(1), TimeUnit.HOUR)),
        lead_time=Span(lead, TimeUnit.MINUTE),
        container=Amount(Fraction(loop.quantity), label),
    )


def _up(value: Fraction) -> Fraction:
    return max(Fraction(1, 10), Fraction(-(-value * 10 // 1), 10))


def _takes_us(cards: Sequence[Card]) -> list[int]:
    """When each card that turns was emptied last; of one out of use the last time may be long ago."""
    return sorted(card.emptied_us for card in cards if card.emptied_us and card.cycle and card.state not in _RESTING)


def _made_us(made: Sequence[DigestRow]) -> list[int]:
    return [row.at_us for row, _ in read_figures(made, Made)][-ROWS_LOOKED_AT:]


def _makes_us(leads: Sequence[DigestRow]) -> list[int]:
    times = [figure.lead_ms for _, figure in read_figures(leads, Lead) if figure.lead_ms is not None]
    return [time_ms * _US_PER_MS for time_ms in times[-ROWS_LOOKED_AT:]]


def _waits_us(cards: Sequence[Card], work: WorkCalendar) -> list[int]:
    """From emptied to started of each card's last turn; an inferred start has none."""
    return [
        work.working_us(card.emptied_us, card.released_us)
        for card in cards
        if card.emptied_us and card.released_us >= card.emptied_us
    ]


def _interval_us(instants: Sequence[int], work: WorkCalendar) -> int | None:
    if len(instants) < TAKES_MIN:
        return None
    return (work.working_us(instants[0], instants[-1]) // (len(instants) - 1)) or None


def _median(values: Sequence[int]) -> int | None:
    return round(nearest_rank(values, 50)) if values else None


def _by_key(rows: Sequence[DigestRow]) -> dict[str, list[DigestRow]]:
    found: dict[str, list[DigestRow]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row)
    return found
