"""Demand-driven buffers: zones, net flow, what to order, and which demand counts. Formulas of OCA ddmrp 16.0."""

from collections import defaultdict
from collections.abc import Iterable
from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from shopfloor.core.text import Text
from shopfloor.flow.sizing.normal import ceil
from shopfloor.flow.sizing.values import Inputs, Sizing, Solves
from shopfloor.flow.sizing.work import QUANTITY_UP, Work
from shopfloor.flow.units import Amount, brief

ZERO = Fraction(0)


class Colour(StrEnum):
    """Where a buffer stands."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class Zones(Struct, frozen=True):
    """The zones of a buffer in pieces; their tops are what a planner compares with."""

    red_base: Fraction
    red_safety: Fraction
    yellow: Fraction
    green: Fraction

    @property
    def top_of_red(self) -> Fraction:
        """TOR: below it, stock is short."""
        return self.red_base + self.red_safety

    @property
    def top_of_yellow(self) -> Fraction:
        """TOY: a net flow below it asks for an order."""
        return self.top_of_red + self.yellow

    @property
    def top_of_green(self) -> Fraction:
        """TOG: what an order fills up to."""
        return self.top_of_yellow + self.green

    @property
    def spike(self) -> Fraction:
        """A day's demand from here on is a spike: half the red zone (Orlicky, 3rd edition)."""
        return self.top_of_red / 2

    @property
    def on_hand_target(self) -> Fraction:
        """The stock to expect on average: TOR + green / 2."""
        return self.top_of_red + self.green / 2


class Position(Struct, frozen=True):
    """Where a buffer stands and what to order. Shares are of the top of green and of the top of red."""

    net_flow: Fraction
    planning: Colour
    planning_share: Fraction
    execution: Colour
    execution_share: Fraction
    order: Fraction


class Due(Struct, frozen=True):
    """Demand of one day, counted from today; what is past due has a negative day."""

    day: int
    quantity: Fraction


def zones(
    lead_time: Fraction,
    demand: Fraction,
    *,
    lead_time_factor: Fraction,
    variability: Fraction,
    order_cycle: Fraction = ZERO,
    minimum: Fraction = ZERO,
) -> Zones:
    """Red base = DLT·ADU·LTF, safety = base·VF, yellow = DLT·ADU, green = max(cycle·ADU, DLT·ADU·LTF, MOQ)."""
    yellow = lead_time * demand
    base = yellow * lead_time_factor
    return Zones(base, base * variability, yellow, max(order_cycle * demand, base, minimum))


def position(
    buffer: Zones,
    on_hand: Fraction,
    *,
    incoming: Fraction = ZERO,
    due: Fraction = ZERO,
    in_progress: Fraction = ZERO,
    multiple: Fraction = ZERO,
    minimum: Fraction = ZERO,
    tolerance: Fraction = ZERO,
) -> Position:
    """Net flow = on hand + incoming − qualified demand; below the top of yellow, order up to the top of green.

    At the top of yellow itself nothing is ordered (OCA; others order there too). An order is rounded up to a multiple,
    unless what is above the last multiple is at most `tolerance` of one; it is never below `minimum`.
    """
    flow = on_hand + incoming - due
    order = max(ZERO, buffer.top_of_green - flow - in_progress) if flow < buffer.top_of_yellow else ZERO
    if order:
        order = max(_in_multiples(order, multiple, tolerance), minimum)
    return Position(
        net_flow=flow,
        planning=_colour(flow, buffer.top_of_yellow, buffer.top_of_red),
        planning_share=flow / buffer.top_of_green,
        execution=_colour(on_hand, buffer.top_of_red, buffer.top_of_red / 2),
        execution_share=on_hand / buffer.top_of_red,
        order=order,
    )


def qualified_demand(demand: Iterable[Due], *, spike: Fraction, horizon_days: int) -> Fraction:
    """Past due and today, and of the days up to the horizon those whose sum reaches the spike threshold."""
    by_day: dict[int, Fraction] = defaultdict(Fraction)
    for due in demand:
        by_day[max(0, due.day)] += due.quantity
    return sum((sum_ for day, sum_ in by_day.items() if not day or (day <= horizon_days and sum_ >= spike)), ZERO)


def zones_of(work: Work) -> Zones:
    """The zones for the inputs of a sizing."""
    return zones(
        work.time("lead_time"),
        work.demand(),
        lead_time_factor=work.number("lead_time_factor", otherwise=0),
        variability=work.number("variability", otherwise=0),
        order_cycle=work.time("interval"),
        minimum=work.amount("minimum"),
    )


def position_of(inputs: Inputs) -> Position | None:
    """Where the buffer of these inputs stands; None if no stock on hand was given."""
    if inputs.on_hand is None:
        return None
    return position(
        zones_of(Work("ddmrp", inputs)),
        inputs.on_hand.value,
        incoming=_value(inputs.incoming),
        due=_value(inputs.due),
        in_progress=_value(inputs.in_progress),
        multiple=_value(inputs.multiple),
        minimum=_value(inputs.minimum),
        tolerance=inputs.tolerance or ZERO,
    )


def ddmrp(work: Work) -> Sizing:
    """n = TOG / C: as many cards as fill the buffer; a card of one piece where no container is given."""
    buffer = zones_of(work)
    demand, time = work.demand(), work.time("lead_time")
    factor, spread = work.number("lead_time_factor", otherwise=0), work.number("variability", otherwise=0)
    over = f"{brief(time)} × {brief(demand)}"
    work.step(Text("red base"), f"{over} × {brief(factor)}", buffer.red_base)
    work.step(Text("red safety"), f"{brief(buffer.red_base)} × {brief(spread)}", buffer.red_safety)
    work.step(Text("yellow"), over, buffer.yellow)
    cycle, minimum = work.time("interval"), work.amount("minimum")
    choices = (cycle * demand, buffer.red_base, minimum)
    work.step(Text("green, the largest of"), ", ".join(map(brief, choices)), buffer.green)
    for name, value, words in (
        ("red_base", buffer.red_base, Text("red base")),
        ("red_safety", buffer.red_safety, Text("red safety")),
        ("yellow", buffer.yellow, Text("yellow zone")),
        ("green", buffer.green, Text("green zone")),
        ("top_of_red", buffer.top_of_red, Text("top of red")),
        ("top_of_yellow", buffer.top_of_yellow, Text("top of yellow")),
        ("top_of_green", buffer.top_of_green, Text("top of green")),
        ("spike", buffer.spike, Text("a day's demand that is a spike")),
    ):
        work.assume(name, value, work.label, words)
    top = buffer.top_of_green
    if work.inputs.cards is not None:
        exact = top / work.number("cards", otherwise=1)
        return work.result(
            exact, work.inputs.cards, Fraction(ceil(exact)), solves=Solves.QUANTITY, rounding=QUANTITY_UP
        )
    size = work.amount("container", otherwise=Fraction(1))
    exact = work.step(Text("cards"), f"{brief(top)} ÷ {brief(size)}", top / size)
    return work.result(exact, work.whole(exact), size)


def _colour(value: Fraction, green: Fraction, yellow: Fraction) -> Colour:
    if value >= green:
        return Colour.GREEN
    return Colour.YELLOW if value >= yellow else Colour.RED


def _in_multiples(order: Fraction, multiple: Fraction, tolerance: Fraction) -> Fraction:
    if not multiple:
        return order
    above = order % multiple
    if above and above > multiple * tolerance:
        above -= multiple
    return order - above


def _value(amount: Amount | None) -> Fraction:
    return ZERO if amount is None else amount.value
