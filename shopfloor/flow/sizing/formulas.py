"""The register of formulas: what each needs, what it may use, and the way to ask one."""

from enum import StrEnum

import msgspec
from msgspec import Struct

from shopfloor.core.text import Text
from shopfloor.flow.sizing import systems, textbook
from shopfloor.flow.sizing.ddmrp import ddmrp
from shopfloor.flow.sizing.values import Inputs, Sizing
from shopfloor.flow.sizing.work import Run, Work
from shopfloor.flow.units import PIECES, Amount, InputError, Rate, Wrong

DEFAULT = "toyota"


class Card(StrEnum):
    """What a formula has to know about the card."""

    EITHER = "either"  # its quantity to solve for cards, or the number to solve for the quantity
    CONTAINER = "container"
    ANY = "any"


class Formula(Struct, frozen=True):
    """One formula: `needs` without which it has no answer, `may` that it uses if given."""

    name: str
    whose: Text
    expression: str
    run: Run
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()
    card: Card = Card.EITHER

    @property
    def uses(self) -> frozenset[str]:
        """Every input that changes its answer."""
        return frozenset({*self.needs, *self.may, *_CARD_INPUTS[self.card], "rounding", "time"})


_CARD_INPUTS: dict[Card, tuple[str, ...]] = {
    Card.EITHER: ("container", "cards"),
    Card.CONTAINER: ("container",),
    Card.ANY: ("container", "cards"),
}
_BASIC = ("demand", "lead_time")
_STATE = ("on_hand", "incoming", "due", "in_progress", "tolerance")

FORMULAS: dict[str, Formula] = {
    formula.name: formula
    for formula in (
        Formula(
            "toyota",
            Text("Toyota and textbooks"),
            "n = (D · L · (1 + α) + S) / C",
            textbook.toyota,
            _BASIC,
            ("safety", "stock"),
        ),
        Formula(
            "sap",
            Text("SAP"),
            "n = (RT · AC / CONT · SF + C) ↑ + calendar buffer ↑ + capacity buffer ↑",
            systems.sap,
            _BASIC,
            ("safety", "constant", "closed", "capacity_buffer"),
        ),
        Formula(
            "d365",
            Text("Microsoft Dynamics 365"),
            "n = (D · L · (SF + 1) + SS) / Q + minimum",
            systems.d365,
            _BASIC,
            ("safety", "stock", "constant"),
        ),
        Formula("oracle", Text("Oracle"), "(C − 1) · S = D · L", systems.oracle, _BASIC, ("multiple", "minimum")),
        Formula(
            "jde",
            Text("Oracle JD Edwards"),
            "n = (D · (L + scan delay) + SS) / C",
            systems.jde,
            _BASIC,
            ("stock", "scan_delay"),
        ),
        Formula(
            "qad",
            Text("QAD"),
            "n = ((D · L + SS) · variability ↑ + order quantity ↑) / Q",
            systems.qad,
            _BASIC,
            ("safety", "stock", "lot", "multiple"),
            Card.CONTAINER,
        ),
        Formula(
            "ifs-basic",
            Text("IFS, basic"),
            "n = (D · L + SS + lot) / q",
            systems.ifs_basic,
            (*_BASIC, "lot"),
            ("stock",),
        ),
        Formula(
            "ifs-constant-cycle",
            Text("IFS, constant cycle"),
            "n = (SS + lot) / q if lot ≥ D · L + SS, else (D · L + SS) / q",
            systems.ifs_constant_cycle,
            (*_BASIC, "lot"),
            ("stock",),
        ),
        Formula("infor", Text("Infor LN"), "N = D · T · (1 + B/100) / Q", systems.infor, _BASIC, ("safety",)),
        Formula("roser", Text("Roser"), "K = RT / (TT · NPK)", textbook.roser, _BASIC),
        Formula(
            "statistical",
            Text("Statistical safety stock"),
            "n = (D · L + z · √(L · σ² + D² · σL²) + S) / C",
            textbook.statistical,
            (*_BASIC, "sigma", "service"),
            ("z", "sigma_lead_time", "stock"),
        ),
        Formula(
            "monden",
            Text("Monden, constant-cycle withdrawal"),
            "n = (D · (interval + L) · (1 + α) + S) / C",
            textbook.monden,
            (*_BASIC, "interval"),
            ("safety", "stock"),
        ),
        Formula(
            "supplier-cycle",
            Text("Toyota, delivery cycle a-b-c"),
            "n = (D · a · (1 + c) / b · (1 + α) + S) / q + constant",
            textbook.supplier_cycle,
            ("demand", "cycle"),
            ("safety", "stock", "constant"),
        ),
        Formula(
            "two-bin",
            Text("Two bins"),
            "bin = D · L · (1 + α) + S",
            textbook.two_bin,
            _BASIC,
            ("safety", "stock"),
            Card.ANY,
        ),
        Formula(
            "polca",
            Text("POLCA"),
            "n = (LT(A) + MT + LT(B) + RT) · jobs/period · (1 + S)",
            textbook.polca,
            (*_BASIC, "next_lead_time"),
            ("move_time", "return_time", "safety"),
            Card.ANY,
        ),
        Formula(
            "ddmrp",
            Text("DDMRP buffer"),
            "n = TOG / C; red = DLT · ADU · LTF · (1 + VF), yellow = DLT · ADU, green = max(cycle, red base, MOQ)",
            ddmrp,
            (*_BASIC, "lead_time_factor", "variability"),
            ("interval", "minimum", "multiple", *_STATE),
            Card.ANY,
        ),
    )
}
_ALIASES = {
    "textbook": "toyota",
    "ifs": "ifs-basic",
    "ifs-constant": "ifs-constant-cycle",
    "ln": "infor",
    "dynamics": "d365",
    "ax": "d365",
    "jd-edwards": "jde",
    "twobin": "two-bin",
    "z": "statistical",
}
_POSITIVE = (
    "demand",
    "lead_time",
    "container",
    "cards",
    "next_lead_time",
    "interval",
    "lot",
    "multiple",
    "lead_time_factor",
)


def formula_named(name: str) -> Formula:
    """The formula of that name; capitals and underscores do not matter. Raises InputError."""
    plain = name.strip().lower().replace("_", "-").replace(" ", "-")
    found = FORMULAS.get(_ALIASES.get(plain, plain))
    if found is None:
        names = ", ".join(FORMULAS)
        raise InputError(Wrong("formula", Text("a formula"), name, Text("Those there are: {names}.", {"names": names})))
    return found


def size(name: str, inputs: Inputs) -> Sizing:
    """The answer of one formula. Raises InputError for inputs that do not fit, NoAnswerError where there is none."""
    formula = formula_named(name)
    check(inputs)
    wrongs = missing(formula, inputs)
    if wrongs:
        raise InputError(*wrongs)
    found = formula.run(Work(formula.name, inputs))
    unused = unused_inputs(formula, inputs)
    return msgspec.structs.replace(found, unused=unused) if unused else found


def missing(formula: Formula, inputs: Inputs) -> tuple[Wrong, ...]:
    """What the formula needs and was not given, or was given twice."""
    wrongs = [_not_given(name) for name in formula.needs if not _given(inputs, name)]
    if formula.card is Card.CONTAINER and inputs.container is None:
        wrongs.append(_not_given("container"))
    elif formula.card is Card.EITHER and inputs.container is None and inputs.cards is None:
        expected = Text("the quantity of one card, or the number of cards")
        wrongs.append(Wrong("container", expected, "neither", Text("Add --container 22 or --cards 10.")))
    elif formula.card is Card.EITHER and inputs.container is not None and inputs.cards is not None:
        expected = Text("the quantity of one card, or the number of cards")
        wrongs.append(Wrong("cards", expected, "both", Text("Leave out the one to calculate.")))
    return tuple(wrongs)


def unused_inputs(formula: Formula, inputs: Inputs) -> tuple[str, ...]:
    """Inputs that were given and that this formula does not know."""
    return tuple(name for name in given(inputs) if name not in formula.uses)


def given(inputs: Inputs) -> tuple[str, ...]:
    """The names of all inputs that were given, but for working time and rounding."""
    names = (name for name in inputs.__struct_fields__ if name not in {"time", "rounding"})
    return tuple(name for name in names if getattr(inputs, name) is not None)


def check(inputs: Inputs) -> None:
    """Raise InputError for values that cannot be, whatever the formula: nothing a day, or kg in a demand of pieces."""
    wrongs = [*_not_positive(inputs), *_unlike(inputs)]
    if inputs.z is not None and inputs.service is not None:
        wrongs.append(Wrong("z", Text("z or a service level"), "both", Text("One follows from the other.")))
    if wrongs:
        raise InputError(*wrongs)
    inputs.time.check()


_EXAMPLES = {
    "demand": "--demand 2000/day",
    "lead_time": "--lead-time 0.1d",
    "container": "--container 22",
    "lot": "--lot 50",
    "sigma": "--sigma 20/day",
    "service": "--service 95%, or --z 1.645",
    "interval": "--interval 1d",
    "cycle": "--cycle 1-4-4",
    "next_lead_time": "--next-lead-time 1d",
    "lead_time_factor": "--lead-time-factor 0.5",
    "variability": "--variability 0.5",
}


def _given(inputs: Inputs, name: str) -> bool:
    return getattr(inputs, name) is not None or (name == "service" and inputs.z is not None)


def _not_given(name: str) -> Wrong:
    remedy = Text("This formula needs it: add {example}.", {"example": _EXAMPLES[name]})
    return Wrong(name, Text("a value"), "nothing", remedy)


def _not_positive(inputs: Inputs) -> list[Wrong]:
    wrongs = []
    for name in _POSITIVE:
        value = getattr(inputs, name)
        number = value.amount.value if isinstance(value, Rate) else getattr(value, "value", value)
        if number is not None and number <= 0:
            remedy = Text("Leave it out if there is none.")
            wrongs.append(Wrong(name, Text("more than 0"), str(number), remedy))
    return wrongs


def _unlike(inputs: Inputs) -> list[Wrong]:
    labels: dict[str, str] = {}
    for name in given(inputs):
        value = getattr(inputs, name)
        amount = value.amount if isinstance(value, Rate) else value
        if isinstance(amount, Amount) and amount.label:
            labels[name] = amount.label
    if len(set(labels.values())) <= 1:
        return []
    first, *_ = labels.values()
    remedy = Text("Write all quantities in one unit; {pieces} may be left out.", {"pieces": PIECES})
    return [
        Wrong(name, Text("a quantity in {unit}", {"unit": first}), label, remedy)
        for name, label in labels.items()
        if label != first
    ]
