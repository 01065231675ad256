"""Ask a formula as a planner does: by texts."""

from shopfloor.flow.sizing.formulas import size
from shopfloor.flow.sizing.read import read_inputs
from shopfloor.flow.sizing.values import Inputs, Rounding, Sizing


def inputs(**texts: str) -> Inputs:
    """The inputs of these texts; `rounding="down"` for the other rule."""
    rounding = Rounding(texts.pop("rounding", Rounding.UP))
    return read_inputs(texts, rounding=rounding)


def ask(formula: str, **texts: str) -> Sizing:
    """The formula's answer for these texts."""
    return size(formula, inputs(**texts))


def answered(sizing: Sizing) -> tuple[object, ...]:
    """What it says before rounding, and the cards."""
    return sizing.exact, sizing.cards


def values(*found: object) -> tuple[object, ...]:
    """Numbers side by side, whole or fractions, to compare with others."""
    return found
