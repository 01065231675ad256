"""Buffers: zones, orders and which demand counts (T-15 and T-16 of the reference)."""

from fractions import Fraction

import pytest

from shopfloor.flow.sizing.ddmrp import Colour, Due, Zones, position, qualified_demand, zones
from shopfloor.flow.units import InputError
from tests.flow.sizing.asked import ask, values

F = Fraction
BUFFER = zones(F(10), F(4), lead_time_factor=F(1, 2), variability=F(1, 2))
WIDE = Zones(F(5), F(5), F(10), F(250))  # zones 10/10/250


def test_t15_a_smaller_demand_and_a_smallest_order() -> None:
    small = zones(F(10), F(2), lead_time_factor=F(1, 2), variability=F(1, 2))
    assert values(small.red_base, small.red_safety, small.top_of_red, small.top_of_yellow, small.top_of_green) == (
        10, 5, 15, 35, 45,
    )  # fmt: skip
    ordered = zones(F(10), F(2), lead_time_factor=F(1), variability=F(1), minimum=F(40))
    assert ordered.green == 40
    assert zones(F(10), F(2), lead_time_factor=F(1), variability=F(1, 4), minimum=F(45)).top_of_green == 25 + 20 + 45


def test_the_order_cycle_widens_green() -> None:
    assert zones(F(10), F(4), lead_time_factor=F(1, 2), variability=F(1, 2), order_cycle=F(7)).green == 28
    assert BUFFER.on_hand_target == 40


@pytest.mark.parametrize(
    ("flow", "tolerance", "order"), [("-2", "0", 500), ("-2", "0.1", 250), ("-22", "0.1", 500), ("-5", "0.1", 250)]
)
def test_t15_an_order_is_rounded_to_its_multiple(flow: str, tolerance: str, order: int) -> None:
    found = position(WIDE, F(0), due=-F(flow), multiple=F(250), tolerance=F(tolerance))
    assert values(found.net_flow, found.order) == (F(flow), order)


def test_at_the_top_of_yellow_nothing_is_ordered_and_just_below_it_is() -> None:
    assert position(BUFFER, F(70)).order == 0
    assert position(BUFFER, F(70)).planning is Colour.GREEN
    assert position(BUFFER, F(69)).order == 21
    assert position(BUFFER, F(69)).planning is Colour.YELLOW
    assert position(BUFFER, F(69), minimum=F(50)).order == 50


def test_what_is_ordered_is_not_ordered_again() -> None:
    assert position(BUFFER, F(50), in_progress=F(40)).order == 0
    assert position(BUFFER, F(50), incoming=F(20)).order == 0
    assert position(BUFFER, F(50), in_progress=F(60)).order == 0


@pytest.mark.parametrize(("on_hand", "colour"), [(30, "green"), (29, "yellow"), (15, "yellow"), (14, "red")])
def test_execution_is_coloured_by_stock_on_hand(on_hand: int, colour: str) -> None:
    assert position(BUFFER, F(on_hand)).execution == colour


@pytest.mark.parametrize(("flow", "colour"), [(70, "green"), (69, "yellow"), (30, "yellow"), (29, "red")])
def test_planning_is_coloured_by_net_flow(flow: int, colour: str) -> None:
    assert position(BUFFER, F(flow)).planning == colour


@pytest.mark.parametrize(
    ("demand", "counts"),
    [
        ([(0, 30)], 30),
        ([(-4, 3)], 3),
        ([(10, 14)], 0),
        ([(10, 30)], 30),
        ([(10, 15)], 15),
        ([(100, 30)], 0),
        ([(3, 8), (3, 8)], 16),
        ([(3, 8), (4, 8)], 0),
        ([], 0),
    ],
)
def test_t16_past_due_today_and_spikes_count(demand: list[tuple[int, int]], counts: int) -> None:
    due = [Due(day, F(quantity)) for day, quantity in demand]
    assert qualified_demand(due, spike=BUFFER.spike, horizon_days=10) == counts


def test_a_buffer_without_a_red_zone_is_refused() -> None:
    with pytest.raises(InputError, match="more than 0"):
        ask("ddmrp", demand="4/day", lead_time="10d", lead_time_factor="0", variability="0.5", on_hand="3")


def test_cards_fill_the_buffer_to_the_top_of_green() -> None:
    given = {"demand": "4/day", "lead_time": "10d", "lead_time_factor": "0.5", "variability": "0.5"}
    assert ask("ddmrp", **given, container="12").cards == 8
    assert ask("ddmrp", **given, cards="8").quantity == 12
    assert ask("ddmrp", **given).cards == 90, "a card of one piece where no container is given"
