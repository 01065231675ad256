"""A sizing as text for people and as a document for programs."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from shopfloor.flow.sizing.compare import Change, Other
from shopfloor.flow.sizing.ddmrp import Position
from shopfloor.flow.sizing.formulas import FORMULAS, Card, Formula
from shopfloor.flow.sizing.values import Sizing, Solves
from shopfloor.flow.units import Wrong, number_text

_GAP = 3  # between the columns of a table


def sizing_text(
    formula: Formula,
    sizing: Sizing,
    changes: tuple[Change, ...],
    beside: tuple[Other, ...],
    position: Position | None,
) -> str:
    """The answer, its terms, the working, what changes it, and the others' answers."""
    lines = [f"{formula.whose}: {formula.expression}", "", *_answer(sizing), "", "Terms"]
    lines += _table((str(term.words), f"{number_text(term.value)} {term.unit}".rstrip()) for term in sizing.terms)
    lines += ["", "Working"]
    lines += _table((str(step.words), f"{step.working} = {number_text(step.value)}") for step in sizing.steps)
    if position is not None:
        lines += ["", "Now", *_position(position)]
    if changes:
        lines += ["", "If it changes"]
        lines += _table((str(change.words), _short(change.sizing), _signed(change)) for change in changes)
    if beside:
        lines += ["", "Others for the same inputs (cards, before rounding, inputs they have no place for)"]
        lines += _table(_other(other) for other in beside)
    return "\n".join(line.rstrip() for line in lines)


def sizing_json(
    sizing: Sizing, changes: tuple[Change, ...], beside: tuple[Other, ...], position: Position | None
) -> dict[str, Any]:
    """The same for programs; every number that need not be whole is a fraction as text."""
    document = {
        **_answer_json(sizing),
        "solves": sizing.solves,
        "rounding": str(sizing.rounding),
        "terms": {
            term.name: {"value": str(term.value), "unit": term.unit, "words": str(term.words)} for term in sizing.terms
        },
        "steps": [
            {"words": str(step.words), "working": step.working, "value": str(step.value)} for step in sizing.steps
        ],
        "unused": sizing.unused,
        "sensitivity": [
            {
                "change": str(change.words),
                "input": change.name,
                "difference": str(change.difference),
                **_answer_json(change.sizing),
            }
            for change in changes
        ],
        "others": [{**_answer_json(other.sizing), "ignores": other.ignores} for other in beside],
    }
    if position is not None:
        document["position"] = {
            "net_flow": str(position.net_flow),
            "planning": position.planning,
            "planning_share": str(position.planning_share),
            "execution": position.execution,
            "execution_share": str(position.execution_share),
            "order": str(position.order),
        }
    return document


def formulas_text() -> str:
    """Every formula: its name, whose it is, how it goes, what it needs and may use."""
    lines = []
    for formula in FORMULAS.values():
        lines += [f"{formula.name}: {formula.whose}", f"  {formula.expression}"]
        lines.append(f"  needs {_options(_needed(formula))}")
        if formula.may:
            lines.append(f"  may use {_options(formula.may)}")
    return "\n".join(lines)


def formulas_json() -> list[dict[str, Any]]:
    """The same for programs."""
    return [
        {
            "formula": formula.name,
            "whose": str(formula.whose),
            "expression": formula.expression,
            "needs": _needed(formula),
            "may": formula.may,
        }
        for formula in FORMULAS.values()
    ]


def wrong_text(wrong: Wrong) -> str:
    """One input that cannot be used, under the name of its option."""
    return f"--{_option(wrong.name)}: expected {wrong.expected}, got {wrong.got}.\n  {wrong.remedy}"


def _answer(sizing: Sizing) -> list[str]:
    exact = f"Before rounding: {number_text(sizing.exact)}. {sizing.rounding}"
    if sizing.quantity is None:
        lines = [f"{_cards(sizing.cards)} of one job each.", exact]
    else:
        lines = [f"{_cards(sizing.cards)} of {number_text(sizing.quantity)}.", exact]
        lines.append(f"At most {number_text(sizing.quantity * sizing.cards)} in the loop.")
    if sizing.unused:
        lines.append(f"This formula has no place for {_options(sizing.unused)}.")
    return lines


def _answer_json(sizing: Sizing) -> dict[str, Any]:
    quantity = None if sizing.quantity is None else str(sizing.quantity)
    return {"formula": sizing.formula, "cards": sizing.cards, "exact": str(sizing.exact), "quantity": quantity}


def _short(sizing: Sizing) -> str:
    if sizing.solves is Solves.CARDS or sizing.quantity is None:
        return _cards(sizing.cards)
    return f"{_cards(sizing.cards)} of {number_text(sizing.quantity)}"


def _signed(change: Change) -> str:
    if not change.difference:
        return "no change"
    return ("+" if change.difference > 0 else "−") + number_text(abs(change.difference))


def _other(other: Other) -> tuple[str, str, str, str]:
    ignores = f"without {_options(other.ignores)}" if other.ignores else ""
    return str(other.whose), _short(other.sizing), number_text(other.sizing.exact), ignores


def _position(position: Position) -> list[str]:
    return _table(
        (
            ("net flow", number_text(position.net_flow), f"{_percent(position.planning_share)} of the top of green"),
            ("planning", position.planning, ""),
            ("execution", position.execution, f"{_percent(position.execution_share)} of the top of red"),
            ("order", number_text(position.order), ""),
        )
    )


def _percent(share: Fraction) -> str:
    return f"{float(100 * share):.2f} %"


def _cards(count: int) -> str:
    return f"{count} card" if count == 1 else f"{count} cards"


def _needed(formula: Formula) -> tuple[str, ...]:
    card = {Card.EITHER: ("container or cards",), Card.CONTAINER: ("container",), Card.ANY: ()}[formula.card]
    return (*formula.needs, *card)


def _options(names: Iterable[str]) -> str:
    return ", ".join("--" + _option(name).replace(" or ", " or --") for name in names)


def _option(name: str) -> str:
    return name.replace("_", "-")


def _table(rows: Iterable[tuple[str, ...]]) -> list[str]:
    listed = list(rows)
    widths = [max(map(len, column)) for column in zip(*listed, strict=True)]
    gap = " " * _GAP
    return ["  " + gap.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in listed]
