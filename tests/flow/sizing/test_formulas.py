"""The formulas beyond the worked examples: each term does what its source says, and misfits are refused."""

from fractions import Fraction

import pytest

from shopfloor.flow.sizing.formulas import FORMULAS, formula_named, size
from shopfloor.flow.sizing.values import Inputs, NoAnswerError, Solves
from shopfloor.flow.units import InputError
from tests.flow.sizing.asked import answered, ask, inputs, values

F = Fraction
BASIC = {"demand": "100/day", "lead_time": "2d"}
PLAIN = BASIC | {"container": "30"}
EVERYTHING = BASIC | {
    "lot": "50", "sigma": "20/day", "z": "1.645", "interval": "1d", "cycle": "1-4-4", "next_lead_time": "1d",
    "lead_time_factor": "0.5", "variability": "0.5",
}  # fmt: skip


@pytest.mark.parametrize("formula", sorted(FORMULAS))
def test_every_formula_shows_its_terms_and_its_working(formula: str) -> None:
    sizing = ask(formula, **EVERYTHING, container="30")
    assert sizing.formula == formula
    assert sizing.cards >= 1
    assert sizing.terms
    assert sizing.steps
    assert str(sizing.rounding)
    assert {"demand"} <= {term.name for term in sizing.terms}
    assert FORMULAS[formula].run.__doc__


@pytest.mark.parametrize("formula", sorted(FORMULAS))
def test_every_formula_names_what_it_lacks(formula: str) -> None:
    with pytest.raises(InputError) as wrong:
        size(formula, Inputs())
    named = {one.name for one in wrong.value.wrongs}
    assert set(FORMULAS[formula].needs) <= named


def test_names_are_found_in_any_spelling() -> None:
    assert formula_named("Two_Bin").name == "two-bin"
    assert formula_named("IFS").name == "ifs-basic"
    with pytest.raises(InputError, match="toyota"):
        formula_named("lean")


def test_one_of_quantity_and_cards_is_solved_for() -> None:
    with pytest.raises(InputError, match="neither"):
        ask("toyota", **BASIC)
    with pytest.raises(InputError, match="both"):
        ask("toyota", **PLAIN, cards="7")
    assert ask("toyota", **PLAIN).solves is Solves.CARDS
    solved = ask("toyota", **BASIC, cards="7")
    assert values(solved.solves, solved.exact, solved.quantity) == (Solves.QUANTITY, F(200, 7), 29)


def test_qad_rounds_order_point_and_order_quantity_each() -> None:
    sizing = ask("qad", **PLAIN, stock="10", safety="10%", lot="40")
    assert answered(sizing) == (F(231 + 40, 30), 8 + 2)
    terms = {term.name: term.value for term in sizing.terms}
    assert values(terms["order_point"], terms["order_quantity"], terms["buffer_maximum"]) == (240, 60, 300)
    assert ask("qad", **PLAIN).cards == 7 + 1, "one card is ordered unless a lot is given"
    assert ask("qad", **PLAIN, multiple="120").cards == 8
    assert ask("qad", **PLAIN, multiple="180").cards == 12
    with pytest.raises(InputError, match="container"):
        ask("qad", **BASIC, cards="5")


def test_jde_adds_the_delay_of_the_scan_to_the_lead_time() -> None:
    assert ask("jde", **PLAIN, stock="20").exact == F(220, 30)
    assert ask("jde", **PLAIN, stock="20", scan_delay="0.5d").exact == F(270, 30)
    assert ask("jde", **BASIC, stock="20", scan_delay="0.5d", cards="9").quantity == 30


def test_infor_and_roser_agree_with_toyota_where_they_know_the_same_terms() -> None:
    assert ask("infor", **PLAIN, safety="10%").exact == ask("toyota", **PLAIN, safety="10%").exact
    assert ask("roser", **PLAIN).exact == ask("toyota", **PLAIN).exact


def test_oracle_applies_order_modifiers_to_a_size_but_never_to_cards() -> None:
    assert ask("oracle", **BASIC, cards="4").quantity == 67
    assert ask("oracle", **BASIC, cards="4", multiple="25").quantity == 75
    assert ask("oracle", **BASIC, cards="4", minimum="80", multiple="25").quantity == 100
    assert ask("oracle", **PLAIN, multiple="25", minimum="500").cards == ask("oracle", **PLAIN).cards == 8


def test_monden_covers_the_order_interval_too() -> None:
    assert ask("monden", **PLAIN, interval="1d", stock="15").exact == F(315, 30)
    assert ask("monden", **PLAIN, interval="1d", safety="10%").exact == F(330, 30)


def test_a_supplier_cycle_of_1_4_4_covers_five_quarters_of_a_day() -> None:
    assert ask("supplier-cycle", demand="240/day", cycle="1-4-4", container="30").exact == 10
    assert ask("supplier-cycle", demand="240/day", cycle="1-4-4", container="30", constant="2").exact == 12
    assert ask("supplier-cycle", demand="10/h", cycle="1-4-4", container="30", day="24h").exact == 10
    with pytest.raises(InputError, match="--day"):
        ask("supplier-cycle", demand="10/h", cycle="1-4-4", container="30")


@pytest.mark.parametrize("cycle", ["1-4", "0-4-4", "1-0-4", "a-b-c", "1-4-4-4"])
def test_a_cycle_that_is_none_is_refused(cycle: str) -> None:
    with pytest.raises(InputError, match="1-4-4"):
        ask("supplier-cycle", demand="240/day", cycle=cycle, container="30")


def test_two_bins_hold_whole_containers_where_one_is_given() -> None:
    sizing = ask("two-bin", **PLAIN, safety="10%")
    assert values(sizing.exact, sizing.quantity, sizing.cards) == (220, 240, 2)
    with pytest.raises(NoAnswerError, match="two cards"):
        ask("two-bin", **BASIC, cards="3")


def test_the_spread_of_demand_grows_with_the_root_of_the_time() -> None:
    """20 in one day is 10 in a quarter of a day."""
    daily = ask("statistical", **PLAIN, sigma="20/day", z="2")
    assert ask("statistical", **PLAIN, sigma="10/0.25d", z="2").exact == daily.exact
    assert ask("statistical", **PLAIN, sigma="10/6h", z="2", day="24h").exact == daily.exact
    with pytest.raises(InputError, match="--day"):
        ask("statistical", **PLAIN, sigma="10/6h", z="2")


def test_a_service_level_says_which_z_it_took() -> None:
    sizing = ask("statistical", **PLAIN, sigma="20/day", service="95%")
    terms = {term.name: term for term in sizing.terms}
    assert terms["z"].value == F("1.645")
    assert "95%" in str(terms["z"].words)
    with pytest.raises(NoAnswerError, match="50%"):
        ask("statistical", **PLAIN, sigma="20/day", service="40%")
    with pytest.raises(InputError, match="both"):
        ask("statistical", **PLAIN, sigma="20/day", service="95%", z="2")


def test_a_formula_that_adds_cards_has_no_quantity_for_as_few() -> None:
    for formula, cards in (("oracle", "1"), ("sap", "1")):
        with pytest.raises(NoAnswerError, match="more than 1"):
            ask(formula, **BASIC, cards=cards)
    with pytest.raises(NoAnswerError, match="POLCA"):
        ask("polca", **BASIC, next_lead_time="1d", cards="3")


def test_a_loop_has_at_least_one_card() -> None:
    assert ask("toyota", demand="1/day", lead_time="0.1d", container="100", rounding="down").cards == 1


@pytest.mark.parametrize(("name", "text"), [("demand", "0/day"), ("lead_time", "0d"), ("container", "0")])
def test_nothing_is_not_a_demand_a_time_or_a_container(name: str, text: str) -> None:
    with pytest.raises(InputError, match="more than 0") as wrong:
        ask("toyota", **(PLAIN | {name: text}))
    assert [one.name for one in wrong.value.wrongs] == [name]


def test_pieces_and_kilograms_are_not_divided() -> None:
    with pytest.raises(InputError, match="in kg"):
        ask("toyota", demand="100kg/day", lead_time="2d", container="30 pcs")
    assert ask("toyota", demand="100kg/day", lead_time="2d", container="30").terms[0].unit == "kg/day"


def test_a_day_at_work_changes_what_an_hour_is() -> None:
    given = {"demand": "240/day", "lead_time": "6h", "container": "20"}
    assert ask("toyota", **given, day="24h").exact == 3
    assert ask("toyota", **given, day="7.5h").exact == F(48, 5)
    with pytest.raises(InputError, match="--day"):
        ask("toyota", **given)


def test_inputs_given_in_vain_are_named() -> None:
    assert ask("oracle", **PLAIN, safety="10%", stock="5").unused == ("safety", "stock")
    assert ask("toyota", **PLAIN, safety="10%", stock="5").unused == ()


def test_every_mistake_is_named_at_once() -> None:
    with pytest.raises(InputError) as wrong:
        inputs(demand="100", lead_time="2", container="x", day="25h")
    assert [one.name for one in wrong.value.wrongs] == ["demand", "lead_time", "container", "day"]
