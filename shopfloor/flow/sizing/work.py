"""A sheet of working: fetches terms in one unit of time, keeps every step, and rounds once at the end."""

from collections.abc import Callable
from fractions import Fraction

from shopfloor.core.text import Text
from shopfloor.flow.sizing.normal import ceil, floor
from shopfloor.flow.sizing.values import Inputs, NoAnswerError, Rounding, Sizing, Solves, Step, Term
from shopfloor.flow.units import PIECES, Amount, Span, TimeUnit, brief

CARDS = "cards"  # the unit of a number of cards

CARDS_UP = Text("Rounded up once, at the end, to whole cards.")
CARDS_DOWN = Text("Rounded down once, at the end, to whole cards, at least one: no slack, improvement has to follow.")
QUANTITY_UP = Text("Rounded up once, at the end, to whole units of the part: every card holds enough.")

_NAMES = {
    "demand": Text("demand"),
    "lead_time": Text("lead time"),
    "container": Text("quantity of one card"),
    "cards": Text("number of cards"),
    "safety": Text("safety"),
    "stock": Text("safety stock"),
    "lot": Text("lot"),
    "multiple": Text("order multiple"),
    "minimum": Text("smallest order"),
    "constant": Text("cards added"),
    "closed": Text("work while the supplier is closed"),
    "capacity_buffer": Text("capacity buffer"),
    "sigma": Text("standard deviation of demand"),
    "sigma_lead_time": Text("standard deviation of the lead time"),
    "service": Text("service level"),
    "z": Text("standard deviations of safety"),
    "interval": Text("order interval"),
    "cycle": Text("delivery cycle"),
    "scan_delay": Text("delay of the scan"),
    "next_lead_time": Text("lead time of the next station"),
    "move_time": Text("time of the move"),
    "return_time": Text("time of the card's return"),
    "lead_time_factor": Text("lead time factor"),
    "variability": Text("variability factor"),
}


def term_words(name: str) -> Text:
    """The name of an input as a planner reads it."""
    return _NAMES[name]


class Work:
    """One calculation by one formula. Times are counted in the unit of the demand."""

    def __init__(self, formula: str, inputs: Inputs) -> None:
        self.inputs = inputs
        self._formula = formula
        self._terms: dict[str, Term] = {}
        self._steps: list[Step] = []
        self._label = _label(inputs)
        assert inputs.demand is not None, "the register asks for it before a formula runs"
        self.unit: TimeUnit = inputs.demand.per.unit

    def demand(self) -> Fraction:
        """The demand in one unit of time."""
        assert self.inputs.demand is not None
        value = self.inputs.time.per(self.inputs.demand, self.unit, "demand")
        return self._keep("demand", value, f"{self._label}/{self.unit}")

    def time(self, name: str) -> Fraction:
        """An input that is a length of time, in the unit of the demand; 0 if it was not given."""
        span = getattr(self.inputs, name)
        if span is None:
            return Fraction(0)
        assert isinstance(span, Span)
        return self._keep(name, self.inputs.time.convert(span, self.unit, name), self.unit)

    def amount(self, name: str, *, otherwise: Fraction = Fraction(0)) -> Fraction:
        """An input that is a quantity of the part."""
        amount = getattr(self.inputs, name)
        assert amount is None or isinstance(amount, Amount)
        return otherwise if amount is None else self._keep(name, amount.value, self._label)

    def number(self, name: str, *, otherwise: int, unit: str = "") -> Fraction:
        """An input without a unit of its own: a share, a factor, or a number of cards."""
        value = getattr(self.inputs, name)
        return Fraction(otherwise) if value is None else self._keep(name, Fraction(value), unit)

    def assume(self, name: str, value: Fraction, unit: str, words: Text) -> Fraction:
        """A term that was not given and that this formula sets, or one that it finds on its way."""
        self._terms[name] = Term(name, value, unit, words)
        return value

    def step(self, words: Text, working: str, value: Fraction) -> Fraction:
        """One line of the working; the value again."""
        self._steps.append(Step(words, working, value))
        return value

    def over_lead_time(self) -> Fraction:
        """D · L, with its line."""
        demand, time = self.demand(), self.time("lead_time")
        return self.step(_OVER_LEAD_TIME, f"{brief(demand)} × {brief(time)}", demand * time)

    def with_safety(self, need: Fraction) -> Fraction:
        """need · (1 + α), with its line where a safety was given."""
        safety = self.number("safety", otherwise=0)
        if not safety:
            return need
        return self.step(_WITH_SAFETY, f"{brief(need)} × (1 + {brief(safety)})", need * (1 + safety))

    def plus(self, name: str, need: Fraction) -> Fraction:
        """need + a quantity of the inputs, with its line where that was given."""
        more = self.amount(name)
        if not more:
            return need
        words = _PLUS_LOT if name == "lot" else _PLUS_STOCK
        return self.step(words, f"{brief(need)} + {brief(more)}", need + more)

    def finish(self, need: Fraction, *, constant: Fraction = Fraction(0)) -> Sizing:
        """Cards = need ÷ quantity + constant, or quantity = need ÷ (cards − constant): whichever was not given."""
        if self.inputs.cards is None:
            return self._cards(need, constant)
        cards = self.number("cards", otherwise=0, unit=CARDS)
        if cards <= constant:
            raise NoAnswerError(
                Text("more than {constant} cards", {"constant": brief(constant)}),
                brief(cards),
                Text("This formula adds {constant} without calculating.", {"constant": brief(constant)}),
            )
        below = f"({brief(cards)} − {brief(constant)})" if constant else brief(cards)
        exact = self.step(_QUANTITY, f"{brief(need)} ÷ {below}", need / (cards - constant))
        return self.result(exact, int(cards), Fraction(ceil(exact)), solves=Solves.QUANTITY, rounding=QUANTITY_UP)

    def result(
        self,
        exact: Fraction,
        cards: int,
        quantity: Fraction | None,
        *,
        solves: Solves = Solves.CARDS,
        rounding: Text | None = None,
    ) -> Sizing:
        """The answer with all terms and steps so far."""
        return Sizing(
            formula=self._formula,
            solves=solves,
            exact=exact,
            cards=cards,
            quantity=quantity,
            terms=tuple(self._terms.values()),
            steps=tuple(self._steps),
            rounding=rounding or (CARDS_UP if self.inputs.rounding is Rounding.UP else CARDS_DOWN),
        )

    def whole(self, exact: Fraction) -> int:
        """Whole cards by the rule that was asked for, at least one: a loop without a card is none."""
        return max(1, (ceil if self.inputs.rounding is Rounding.UP else floor)(exact))

    @property
    def label(self) -> str:
        """The unit of the part."""
        return self._label

    def _cards(self, need: Fraction, constant: Fraction) -> Sizing:
        quantity = self.amount("container")
        working = f"{brief(need)} ÷ {brief(quantity)}"
        if constant:
            working += f" + {brief(constant)}"
        exact = self.step(_CARDS, working, need / quantity + constant)
        return self.result(exact, self.whole(exact), quantity)

    def _keep(self, name: str, value: Fraction, unit: str) -> Fraction:
        self._terms.setdefault(name, Term(name, value, unit, term_words(name)))
        return value


Run = Callable[[Work], Sizing]

_OVER_LEAD_TIME = Text("demand over the lead time")
_WITH_SAFETY = Text("with safety")
_PLUS_STOCK = Text("plus safety stock")
_PLUS_LOT = Text("plus the lot")
_CARDS = Text("cards")
_QUANTITY = Text("quantity of one card")


def _label(inputs: Inputs) -> str:
    for value in (inputs.demand, inputs.container, inputs.stock, inputs.lot):
        amount = value.amount if value is not None and not isinstance(value, Amount) else value
        if amount is not None and amount.label:
            return amount.label
    return PIECES
