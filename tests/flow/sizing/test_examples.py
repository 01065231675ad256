"""The worked examples of the reference by their ids, with the numbers that their sources print."""

from fractions import Fraction

import pytest

from shopfloor.flow.sizing.ddmrp import Colour, position_of, zones_of
from shopfloor.flow.sizing.formulas import size
from shopfloor.flow.sizing.values import Solves
from shopfloor.flow.sizing.work import Work
from shopfloor.flow.units import InputError
from tests.flow.sizing.asked import answered, ask, inputs, values

F = Fraction
BUFFER = {"demand": "4/day", "lead_time": "10d", "lead_time_factor": "0.5", "variability": "0.5"}


def test_e1_is_10_where_a_float_says_11() -> None:
    sizing = ask("toyota", demand="2000/day", lead_time="0.1d", safety="10%", container="22")
    assert answered(sizing) == (10, 10)
    assert sizing.stock_max == 220


def test_e3_is_5() -> None:
    assert answered(ask("toyota", demand="2000/day", lead_time="0.4d", safety="0.10", container="200")) == (F(22, 5), 5)


def test_e6_is_4_rounded_up_and_3_rounded_down() -> None:
    given = {"demand": "150/h", "lead_time": "30min", "container": "25"}
    assert answered(ask("toyota", **given, safety="10%")) == (F(33, 10), 4)
    assert answered(ask("toyota", **given, safety="10%", rounding="down")) == (F(33, 10), 3)
    assert answered(ask("toyota", **given, stock="7.5")) == (F(33, 10), 4), "(dL + S) / C as the slides print it"


def test_e7_and_t11_are_21() -> None:
    sizing = ask("toyota", demand="480/day", lead_time="1.5d", safety="15%", container="40")
    assert answered(sizing) == (F(207, 10), 21)
    assert [step.value for step in sizing.steps] == [720, 828, F(207, 10)]


def test_e19_is_8_when_its_units_are_given() -> None:
    sizing = ask("toyota", demand="2400/2h", lead_time="40min", safety="10%", container="120")
    assert answered(sizing) == (F(22, 3), 8)


@pytest.mark.parametrize(("demand", "lead_time"), [("2400", "40"), ("2400/2h", "40"), ("2400", "40min")])
def test_e19_is_refused_without_its_units(demand: str, lead_time: str) -> None:
    with pytest.raises(InputError):
        ask("toyota", demand=demand, lead_time=lead_time, safety="10%", container="120")


def test_e23_ifs_basic_is_27() -> None:
    sizing = ask("ifs-basic", demand="100/day", lead_time="2d", stock="20", lot="50", container="10")
    assert answered(sizing) == (27, 27)


def test_e24_ifs_constant_cycle_is_38() -> None:
    sizing = ask("ifs-constant-cycle", demand="100/day", lead_time="2d", stock="30", lot="350", container="10")
    assert answered(sizing) == (38, 38)


def test_ifs_constant_cycle_with_a_small_lot_covers_the_lead_time() -> None:
    sizing = ask("ifs-constant-cycle", demand="100/day", lead_time="2d", stock="30", lot="200", container="10")
    assert answered(sizing) == (23, 23)


@pytest.mark.parametrize(("safety", "constant", "cards"), [("0", "1", 5), ("0", "0", 4), ("50%", "1", 7)])
def test_e26_sap_multiplies_by_the_factor_and_then_adds_the_constant(safety: str, constant: str, cards: int) -> None:
    given = {"demand": "100/day", "lead_time": "2d", "container": "50"}
    assert answered(ask("sap", **given, safety=safety, constant=constant)) == (cards, cards)
    assert ask("sap", **given).cards == 5, "the constant is 1 and the factor 1 unless given"


def test_e26_sap_solves_for_the_quantity() -> None:
    sizing = ask("sap", demand="100/day", lead_time="2d", cards="7", safety="50%")
    assert values(sizing.solves, sizing.exact, sizing.quantity, sizing.cards) == (Solves.QUANTITY, 50, 50, 7)


def test_d365_adds_safety_stock_and_the_minimum() -> None:
    given = {"demand": "100/day", "lead_time": "2d", "container": "50", "safety": "10%"}
    assert answered(ask("d365", **given, stock="30")) == (5, 5)
    assert answered(ask("d365", **given, stock="30", constant="1")) == (6, 6)


def test_e28_oracle_is_5_and_the_other_way_50() -> None:
    assert answered(ask("oracle", demand="100/day", lead_time="2d", container="50")) == (5, 5)
    assert ask("oracle", demand="100/day", lead_time="2d", cards="5").quantity == 50


def test_e34_and_t13_polca_is_11() -> None:
    times = {"lead_time": "3d", "next_lead_time": "1d", "move_time": "0.25d", "return_time": "0.25d"}
    sizing = ask("polca", demand="128/63d", safety="10%", **times)
    assert answered(sizing) == (F(128, 63) * F(9, 2) * F(11, 10), 11)
    assert round(float(sizing.exact), 3) == 10.057
    assert sizing.quantity is None


def test_e36_two_bins_of_150_and_60() -> None:
    given = {"lead_time": "0.5d", "safety": "20%"}
    assert ask("two-bin", demand="250/day", **given).quantity == 150
    sizing = ask("two-bin", demand="100/day", **given)
    assert values(sizing.quantity, sizing.cards, sizing.stock_max) == (60, 2, 120)


def test_e41_zones() -> None:
    terms = {term.name: term.value for term in ask("ddmrp", **BUFFER).terms}
    names = ("red_base", "red_safety", "top_of_red", "yellow", "top_of_yellow", "green", "top_of_green", "spike")
    assert [terms[name] for name in names] == [20, 10, 30, 40, 70, 20, 90, 15]


def test_e42_zones_with_other_factors() -> None:
    def red(**changed: str) -> tuple[object, ...]:
        zones = zones_of(Work("ddmrp", inputs(**(BUFFER | changed))))
        return zones.red_base, zones.red_safety

    assert red(lead_time_factor="1") == (40, 20)
    assert red(lead_time_factor="1", variability="1") == (40, 40)
    assert red(lead_time_factor="1", variability="1", demand="2/day") == (20, 20)


def test_e43_full_is_green_and_orders_nothing() -> None:
    now = position_of(inputs(**BUFFER, on_hand="200"))
    assert now is not None
    assert values(now.net_flow, now.planning, now.execution, now.order) == (200, Colour.GREEN, Colour.GREEN, 0)
    assert (round(float(now.planning_share), 4), round(float(now.execution_share), 4)) == (2.2222, 6.6667)


def test_e44_and_t15_demand_today_asks_for_40() -> None:
    now = position_of(inputs(**BUFFER, on_hand="200", due="150"))
    assert now is not None
    assert values(now.net_flow, now.planning, now.order) == (50, Colour.YELLOW, 40)
    assert round(float(now.planning_share), 4) == 0.5556
    more = position_of(inputs(**BUFFER, on_hand="210", due="150"))
    assert more is not None
    assert more.order == 30


def test_t12_statistical_is_19_and_24_with_the_spread_of_the_lead_time() -> None:
    given = {"demand": "100/day", "lead_time": "4d", "sigma": "20/day", "z": "1.645", "container": "25"}
    assert answered(ask("statistical", **given)) == (F("18.632"), 19)
    wide = ask("statistical", **given, sigma_lead_time="1d")
    assert wide.cards == 24
    assert round(float(wide.exact * 25 - 400), 2) == 177.17


def test_t14_two_bins_of_216() -> None:
    assert ask("two-bin", demand="60/day", lead_time="3d", safety="20%").quantity == 216


@pytest.mark.parametrize(
    "formula", ["toyota", "sap", "d365", "oracle", "jde", "infor", "roser", "ifs-basic", "ifs-constant-cycle"]
)
def test_the_quantity_that_is_solved_needs_no_more_cards_than_were_given(formula: str) -> None:
    given = {"demand": "173/day", "lead_time": "2.3d"} | ({"lot": "90"} if formula.startswith("ifs") else {})
    for cards in range(2, 40):
        solved = size(formula, inputs(**given, cards=str(cards)))
        assert solved.quantity is not None
        again = ask(formula, **given, container=str(solved.quantity))
        assert again.cards <= cards, "a quantity rounded up holds enough"
