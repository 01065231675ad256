"""Another number of cards or quantity from a day on, and what a line file that knows nothing of it does."""

from shopfloor.core import commands as c
from shopfloor.core.due import due, next_due_us
from shopfloor.core.events import LineChanged
from shopfloor.core.evolve import fold
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state import PlannedChange
from tests.helpers.desk import Desk, rule_of
from tests.helpers.kinds import desk_of, line_of, states

DAY_S = 86_400


def planned(*, in_s: float = DAY_S, cards: int | None = 5, quantity: int | None = None) -> Desk:
    """A desk where another number is planned."""
    desk = desk_of()
    from_us = desk.clock.now().at_us + round(in_s * US_PER_S)
    plan = c.PlanChange(
        station="press", loop="x", cards=cards, quantity=quantity, from_day="2026-01-06", from_us=from_us
    )
    assert rule_of(desk.do(plan)) == ""
    return desk


def in_force(desk: Desk) -> tuple[int, int]:
    """Cards and quantity of the loop now."""
    loop = desk.shop.loops["x"]
    return loop.cards, loop.quantity


def test_a_change_comes_into_force_on_its_day_with_its_cards() -> None:
    desk = planned(cards=5, quantity=40)
    desk.clock.advance(DAY_S - 1)
    desk.tick()
    assert in_force(desk) == (3, 50)
    assert next_due_us(desk.shop, desk.clock.now()) == US_PER_S
    desk.clock.advance(1)
    desk.tick()
    assert in_force(desk) == (5, 40)
    assert states(desk) == "full full full full full"
    assert due(desk.shop, desk.clock.now()) == ()
    assert [r.event.line for r in desk.journal if isinstance(r.event, LineChanged)][-1] == desk.shop.line


def test_fewer_cards_leave_when_they_come_back() -> None:
    desk = planned(cards=1)
    desk.scan("x", 1, "assembly")
    desk.clock.advance(DAY_S)
    desk.tick()
    assert in_force(desk) == (1, 50)
    assert states(desk) == "full full"
    desk.scan("x", 3, "assembly")
    desk.tick()
    assert states(desk) == "full"


def test_a_file_that_says_what_it_said_does_not_undo_the_change() -> None:
    desk = planned()
    desk.clock.advance(DAY_S)
    desk.tick()
    desk.do(c.ChangeLine(line=line_of()))
    assert in_force(desk) == (5, 50)


def test_a_file_that_says_something_new_has_decided() -> None:
    desk = planned()
    desk.clock.advance(DAY_S)
    desk.tick()
    desk.do(c.ChangeLine(line=line_of(cards=4)))
    assert in_force(desk) == (4, 50)
    assert desk.shop.changes == {}
    desk.do(c.ChangeLine(line=line_of()))
    assert in_force(desk) == (3, 50)


def test_what_is_in_force_stays_while_the_next_is_planned() -> None:
    desk = planned()
    desk.clock.advance(DAY_S)
    desk.tick()
    later_us = desk.clock.now().at_us + DAY_S * US_PER_S
    desk.do(c.PlanChange(station="press", loop="x", cards=7, from_day="2026-01-08", from_us=later_us))
    desk.do(c.ChangeLine(line=line_of()))
    assert in_force(desk) == (5, 50)
    desk.clock.advance(DAY_S)
    desk.tick()
    assert in_force(desk) == (7, 50)
    desk.do(c.ChangeLine(line=line_of()))
    assert in_force(desk) == (7, 50)


def test_a_planned_change_can_be_taken_back_until_its_day() -> None:
    desk = planned()
    desk.do(c.CancelChange(station="press", loop="x"))
    assert desk.shop.changes == {}
    desk.clock.advance(2 * DAY_S)
    desk.tick()
    assert in_force(desk) == (3, 50)
    assert rule_of(desk.do(c.CancelChange(station="press", loop="x"))) == "not_possible"


def test_taking_back_the_next_leaves_what_is_in_force() -> None:
    desk = planned()
    desk.clock.advance(DAY_S)
    desk.tick()
    later_us = desk.clock.now().at_us + DAY_S * US_PER_S
    desk.do(c.PlanChange(station="press", loop="x", cards=7, from_us=later_us))
    desk.do(c.CancelChange(station="press", loop="x"))
    desk.do(c.ChangeLine(line=line_of()))
    assert in_force(desk) == (5, 50)
    assert rule_of(desk.do(c.CancelChange(station="press", loop="x"))) == "not_possible"


def test_a_change_of_a_loop_that_is_gone_is_dropped() -> None:
    desk = planned()
    gone = line_of()
    desk.do(c.ChangeLine(line=type(gone)(id=gone.id, name=gone.name, stations=gone.stations)))
    desk.clock.advance(DAY_S)
    desk.tick()
    assert desk.shop.changes == {}


def test_what_does_not_fit_the_loop_cannot_be_planned() -> None:
    desk = desk_of(lot=2, jokers=2)
    plans = [(None, None), (0, None), (2, None), (1_296, None), (None, 0), (None, 10_000_001)]
    for cards, quantity in plans:
        plan = c.PlanChange(station="press", loop="x", cards=cards, quantity=quantity)
        assert rule_of(desk.do(plan)) == "not_possible", plan
    assert rule_of(desk.do(c.PlanChange(station="press", loop="y", cards=3))) == "not_possible"


def test_a_restart_knows_what_is_planned_and_in_force() -> None:
    desk = planned(quantity=40)
    (kept,) = (entity for entity in fold(desk.journal) if isinstance(entity, PlannedChange))
    assert kept == desk.shop.changes["x"]
    assert (kept.was_cards, kept.was_quantity, kept.applied) == (3, 50, False)
