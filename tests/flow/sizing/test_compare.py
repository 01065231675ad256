"""What changes an answer, and what others answer for the same inputs."""

from fractions import Fraction

from shopfloor.flow.sizing.compare import others, sensitivity
from shopfloor.flow.sizing.formulas import size
from tests.flow.sizing.asked import ask, inputs, values

TEXTBOOK = {"demand": "100/day", "lead_time": "2d", "container": "50", "safety": "10%"}


def test_one_more_day_of_lead_time_costs_two_cards_and_a_fifth() -> None:
    changes = {str(change.words): change for change in sensitivity("toyota", inputs(**TEXTBOOK))}
    longer = changes["lead time +1 day"]
    assert values(longer.sizing.cards, longer.difference, longer.sizing.exact) == (7, 2, Fraction(33, 5))
    assert changes["demand +10 %"].sizing.exact == Fraction(121, 25)
    assert changes["quantity of one card −10 %"].sizing.exact == Fraction(44, 9)
    assert changes["safety +5 points"].sizing.exact == Fraction(23, 5)


def test_a_change_is_the_same_calculation_again() -> None:
    changes = {str(change.words): change for change in sensitivity("sap", inputs(**TEXTBOOK))}
    again = ask("sap", **(TEXTBOOK | {"lead_time": "3d"}))
    assert changes["lead time +1 day"].sizing == again
    assert changes["lead time +1 day"].difference == again.cards - ask("sap", **TEXTBOOK).cards


def test_a_lead_time_in_minutes_grows_by_an_hour_unless_a_day_was_stated() -> None:
    given = {"demand": "60/h", "lead_time": "40min", "container": "10"}
    assert str(sensitivity("toyota", inputs(**given))[0].words) == "lead time +1 h"
    stated = sensitivity("toyota", inputs(**given, day="8h"))
    assert values(str(stated[0].words), stated[0].difference) == ("lead time +1 day", 48)


def test_only_what_a_formula_uses_is_changed() -> None:
    names = {change.name for change in sensitivity("oracle", inputs(**TEXTBOOK))}
    assert names == {"demand", "lead_time", "container"}


def test_with_the_quantity_solved_the_differences_are_in_pieces() -> None:
    asked = inputs(demand="100/day", lead_time="2d", cards="5")
    assert size("toyota", asked).quantity == 40
    changes = {change.name: change.difference for change in sensitivity("toyota", asked)}
    assert changes["cards"] == 10


def test_all_others_answer_whose_inputs_are_given() -> None:
    found = {other.sizing.formula: other for other in others("toyota", inputs(**TEXTBOOK, lot="120", stock="20"))}
    cards = {name: other.sizing.cards for name, other in found.items()}
    assert cards == {
        "sap": 6, "d365": 5, "oracle": 5, "jde": 5, "qad": 8, "ifs-basic": 7, "ifs-constant-cycle": 5, "infor": 5,
        "roser": 4, "two-bin": 2,
    }  # fmt: skip
    assert found["oracle"].ignores == ("safety", "stock", "lot")
    assert found["d365"].ignores == ("lot",)


def test_an_other_without_an_answer_is_left_out() -> None:
    asked = inputs(demand="100/day", lead_time="2d", cards="1")
    found = {other.sizing.formula for other in others("toyota", asked)}
    assert {"oracle", "sap", "two-bin", "qad"}.isdisjoint(found)
    assert {"d365", "infor", "roser", "jde"} <= found
