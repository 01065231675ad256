"""What goes into a sizing and what comes out of it."""

from enum import StrEnum
from fractions import Fraction

from msgspec import Struct

from shopfloor.core.text import Text
from shopfloor.flow.units import Amount, Rate, Span
from shopfloor.flow.working_time import WorkingTime


class Rounding(StrEnum):
    """Which whole number of cards: up keeps some slack, down forces improvement and may run short."""

    UP = "up"
    DOWN = "down"


class Solves(StrEnum):
    """What a sizing answers."""

    CARDS = "cards"
    QUANTITY = "quantity"


class SupplierCycle(Struct, frozen=True):
    """A supplier's delivery cycle a-b-c: in `days` there are `deliveries`; cards come back `delay` deliveries later."""

    days: int
    deliveries: int
    delay: int


class Inputs(Struct, frozen=True, kw_only=True):
    """Everything a formula may use, in the units it was given in; None was not given. Shares: 0.1 is 10 %."""

    demand: Rate | None = None
    lead_time: Span | None = None
    container: Amount | None = None  # the quantity of one card
    cards: int | None = None  # given to solve for the quantity of one card
    safety: Fraction | None = None  # a share on top; a factor of 1.5 is 0.5
    stock: Amount | None = None
    lot: Amount | None = None
    multiple: Amount | None = None  # orders are multiples of it
    minimum: Amount | None = None  # the smallest order
    constant: int | None = None  # cards added without calculation
    closed: Span | None = None  # the longest working time of the consumer while the supplier does not work
    capacity_buffer: Fraction | None = None  # cards for a supplier without the capacity for a peak
    sigma: Rate | None = None  # standard deviation of demand in a length of time; grows with its square root
    sigma_lead_time: Span | None = None
    service: Fraction | None = None  # the share of cycles without shortage
    z: Fraction | None = None  # standard deviations of safety, instead of a service level
    interval: Span | None = None  # from order to order
    cycle: SupplierCycle | None = None
    scan_delay: Span | None = None
    next_lead_time: Span | None = None
    move_time: Span | None = None
    return_time: Span | None = None
    lead_time_factor: Fraction | None = None
    variability: Fraction | None = None
    on_hand: Amount | None = None  # from here on: where a DDMRP buffer stands now
    incoming: Amount | None = None  # within the lead time
    due: Amount | None = None  # qualified demand: past due, today, and spikes within the horizon
    in_progress: Amount | None = None  # ordered, and not yet incoming
    tolerance: Fraction | None = None  # the share of an order multiple that may be left out
    time: WorkingTime = WorkingTime()
    rounding: Rounding = Rounding.UP


class Term(Struct, frozen=True):
    """One quantity of a formula with its unit; `name` is that of the input where it is one."""

    name: str
    value: Fraction
    unit: str
    words: Text


class Step(Struct, frozen=True):
    """One line of the working: what is calculated, with which numbers, and the result."""

    words: Text
    working: str
    value: Fraction


class Sizing(Struct, frozen=True, kw_only=True):
    """An answer with its working. `exact` is the cards (or the quantity of a card) before `rounding`.

    `quantity` is that of one card, None where a card stands for one job; `unused` names inputs that were given in vain.
    """

    formula: str
    solves: Solves
    exact: Fraction
    cards: int
    quantity: Fraction | None
    terms: tuple[Term, ...]
    steps: tuple[Step, ...]
    rounding: Text
    unused: tuple[str, ...] = ()

    @property
    def answer(self) -> Fraction:
        """The number that was asked for: cards, or the quantity of one."""
        if self.solves is Solves.CARDS or self.quantity is None:
            return Fraction(self.cards)
        return self.quantity

    @property
    def stock_max(self) -> Fraction | None:
        """The most that can be in the loop: every card full."""
        return None if self.quantity is None else self.quantity * self.cards


class NoAnswerError(ValueError):
    """The inputs are understood, and this formula has no answer for them: what was expected, got, and the remedy."""

    def __init__(self, expected: Text, got: str, remedy: Text) -> None:
        super().__init__(f"expected {expected}, got {got}.\n  {remedy}")
        self.expected = expected
        self.got = got
        self.remedy = remedy
