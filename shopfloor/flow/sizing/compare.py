"""What changes an answer, and what others would answer: the same calculation again, with other inputs or formulas."""

from fractions import Fraction

import msgspec
from msgspec import Struct

from shopfloor.core.text import Text
from shopfloor.flow.sizing.formulas import FORMULAS, check, formula_named, missing, size, unused_inputs
from shopfloor.flow.sizing.values import Inputs, NoAnswerError, Sizing
from shopfloor.flow.units import Amount, InputError, Rate, Span, TimeUnit

TENTH = Fraction(1, 10)
POINTS = Fraction(5, 100)


class Change(Struct, frozen=True):
    """One input changed: what, the answer then, and by how much it differs."""

    name: str
    words: Text
    sizing: Sizing
    difference: Fraction


class Other(Struct, frozen=True):
    """Another formula's answer for the same inputs, with the inputs it has no place for."""

    sizing: Sizing
    whose: Text
    ignores: tuple[str, ...]


def sensitivity(name: str, inputs: Inputs) -> tuple[Change, ...]:
    """How the answer moves: lead time +1 day, demand +10 %, quantity −10 %, safety +5 points, spread +10 %."""
    before = size(name, inputs)
    uses = formula_named(name).uses
    changes = []
    for changed, words, after in _changed(inputs):
        if changed not in uses:
            continue
        try:
            sizing = size(name, after)
        except (InputError, NoAnswerError):
            continue  # the changed input has no answer, so there is no difference to show
        changes.append(Change(changed, words, sizing, sizing.answer - before.answer))
    return tuple(changes)


def others(name: str, inputs: Inputs) -> tuple[Other, ...]:
    """The answers of all other formulas whose inputs are all given."""
    own = formula_named(name)
    check(inputs)
    found = []
    for formula in FORMULAS.values():
        if formula is own or missing(formula, inputs):
            continue
        try:
            sizing = size(formula.name, inputs)
        except (InputError, NoAnswerError):
            continue  # it has no answer for these inputs: nothing to show beside ours
        found.append(Other(sizing, formula.whose, unused_inputs(formula, inputs)))
    return tuple(found)


def _changed(inputs: Inputs) -> list[tuple[str, Text, Inputs]]:
    found: list[tuple[str, Text, Inputs]] = []

    def change(name: str, words: Text, value: object) -> None:
        found.append((name, words, msgspec.structs.replace(inputs, **{name: value})))

    if inputs.lead_time is not None:
        unit = TimeUnit.DAY if inputs.time.converts(TimeUnit.DAY, inputs.lead_time.unit) else TimeUnit.HOUR
        if inputs.time.converts(unit, inputs.lead_time.unit):
            more = inputs.time.convert(Span(Fraction(1), unit), inputs.lead_time.unit, "lead_time")
            change("lead_time", Text("lead time +1 {unit}", {"unit": unit}), _longer(inputs.lead_time, more))
        change("lead_time", Text("lead time +10 %"), _longer(inputs.lead_time, inputs.lead_time.value * TENTH))
    if inputs.demand is not None:
        change("demand", Text("demand +10 %"), _scaled(inputs.demand, 1 + TENTH))
    if inputs.container is not None:
        less = Amount(inputs.container.value * (1 - TENTH), inputs.container.label)
        change("container", Text("quantity of one card −10 %"), less)
    if inputs.cards is not None and inputs.cards > 1:
        change("cards", Text("one card less"), inputs.cards - 1)
    if inputs.safety is not None:
        change("safety", Text("safety +5 points"), inputs.safety + POINTS)
    if inputs.sigma is not None:
        change("sigma", Text("spread of demand +10 %"), _scaled(inputs.sigma, 1 + TENTH))
    return found


def _longer(span: Span, more: Fraction) -> Span:
    return Span(span.value + more, span.unit)


def _scaled(rate: Rate, factor: Fraction) -> Rate:
    return Rate(Amount(rate.amount.value * factor, rate.amount.label), rate.per)
