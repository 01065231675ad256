"""Cards whose paper no longer says what the line says: which change marks them, and what ends it."""

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.entities import entity_key
from shopfloor.core.events_loop import CardReprinted
from shopfloor.core.evolve import fold
from shopfloor.core.line import CardTemplate, Line, Part
from shopfloor.core.loop_views import LoopRole, Pace, loop_rows, rows_of
from shopfloor.core.state import CardState, LastStep
from shopfloor.core.views import card_view
from tests.helpers.desk import Desk, rule_of
from tests.helpers.routes import bring, long_line, with_loop, with_station

WITH_PART, PHOTO = Part(id="A", description="Housing"), Part(id="A", photo="a.png")
NEW_QUANTITY = with_loop(long_line(), "long", quantity=24)


def stale(desk: Desk) -> set[str]:
    """The cards that have to be printed anew, as they are and as a rebuild from the journal has them."""
    rebuilt = {(type(x), entity_key(x)): x for x in fold(desk.journal)}
    assert rebuilt == {(type(x), entity_key(x)): x for x in desk.shop.entities()}
    return {card.id for card in desk.shop.cards.values() if card.stale_print}


def put(desk: Desk, line: Line) -> None:
    """Put a line file in force."""
    assert rule_of(desk.do(c.ChangeLine(line=line))) == ""


def named(station: str, name: str) -> Line:
    """The line with another name of a station."""
    line = long_line()
    return replace(line, stations=tuple(replace(s, name=name) if s.id == station else s for s in line.stations))


def of(loop: str, *numbers: int) -> set[str]:
    """Ids of some cards of a loop."""
    return {f"{loop}-{number:02d}" for number in numbers or (1, 2, 3, 4)}


@pytest.mark.parametrize(
    "line",
    [
        NEW_QUANTITY,
        with_loop(long_line(), "long", part="B"),
        with_loop(long_line(), "long", route=("saw", "mill")),
        with_loop(long_line(), "long", consumer="yard"),
        replace(long_line(), parts=(WITH_PART, *long_line().parts[1:])),
        replace(long_line(), parts=(Part(id="A", unit="kg"), *long_line().parts[1:])),
    ],
    ids=["quantity", "part", "route", "consumer", "description", "unit"],
)
def test_what_is_printed_marks_the_cards_of_its_loop_and_no_others(line: Line) -> None:
    desk = Desk(long_line())
    assert stale(desk) == set()
    put(desk, line)
    assert stale(desk) == of("long")


def test_another_name_of_a_station_marks_every_loop_that_names_it() -> None:
    desk = Desk(long_line())
    put(desk, named("mill", "Mill 2"))
    assert stale(desk) == of("long") | of("ring")


@pytest.mark.parametrize(
    "line",
    [
        with_loop(long_line(), "long", cards=6),
        with_loop(long_line(), "long", lane_limits=(2, 2), response_s=60.0),
        with_station(long_line(), "mill", wip_limit=2),
        named("yard", "Court"),
        replace(
            long_line(), name="Other", parts=(replace(long_line().parts[0], photo="a.png"), *long_line().parts[1:])
        ),
        replace(long_line(), templates=(CardTemplate(),)),
    ],
    ids=["number of cards", "limits", "station limit", "another station", "name and photo", "paper"],
)
def test_what_is_not_in_the_way_of_anybody_marks_no_card(line: Line) -> None:
    desk = Desk(long_line())
    put(desk, line)
    assert stale(desk) == set()


def test_a_new_print_ends_it_card_by_card() -> None:
    desk = Desk(long_line())
    put(desk, NEW_QUANTITY)
    desk.do(c.ReprintCard(station="saw", card="long-02"))
    assert stale(desk) == of("long", 1, 3, 4)
    assert desk.card("long", 2).print_version == 2


def test_a_print_of_before_the_change_does_not_end_it() -> None:
    desk = Desk(long_line())
    desk.do(c.ReprintCard(station="saw", card="long-02"))
    put(desk, NEW_QUANTITY)
    desk.record(CardReprinted(station="saw", card="long-02", print_version=2))
    assert stale(desk) == of("long")


def test_a_card_that_comes_with_the_change_has_the_right_paper() -> None:
    desk = Desk(long_line())
    put(desk, with_loop(long_line(), "long", quantity=24, cards=6))
    assert stale(desk) == of("long")
    assert not desk.card("long", 5).stale_print


def test_a_retired_card_is_not_printed_any_more_and_a_lost_one_is() -> None:
    desk = Desk(long_line())
    desk.do(c.RetireCard(card="long-04"))
    desk.do(c.LoseCard(station="saw", card="long-03"))
    put(desk, NEW_QUANTITY)
    assert desk.card("long", 4).state is CardState.RETIRED
    assert not desk.card("long", 4).stale_print
    assert desk.card("long", 3).stale_print


def test_it_goes_with_the_card_through_its_steps() -> None:
    desk = Desk(long_line())
    put(desk, NEW_QUANTITY)
    bring(desk, "long", "in_process 2")
    assert stale(desk) == of("long")


def test_taking_a_step_back_changes_nothing_about_the_paper() -> None:
    desk = Desk(long_line())
    desk.scan("long", 1, "assembly")
    put(desk, NEW_QUANTITY)
    undo(desk)
    assert desk.card("long", 1).state is CardState.FULL
    assert desk.card("long", 1).stale_print
    desk.scan("long", 1, "assembly")
    desk.do(c.ReprintCard(station="saw", card="long-01"))
    undo(desk)
    assert desk.card("long", 1).state is CardState.FULL
    assert not desk.card("long", 1).stale_print


def undo(desk: Desk) -> None:
    """Take the last step at the assembly back."""
    step = desk.shop.book("assembly").step
    assert isinstance(step, LastStep)
    assert rule_of(desk.do(c.UndoStep(station="assembly"))) == ""


def test_a_planned_change_marks_them_on_its_day_and_not_before() -> None:
    desk = Desk(long_line())
    day_us = desk.clock.now().at_us + 60_000_000
    plan = c.PlanChange(station="saw", loop="long", cards=None, quantity=24, from_day="2026-07-01", from_us=day_us)
    assert rule_of(desk.do(plan)) == ""
    assert stale(desk) == set()
    desk.clock.advance(61.0)
    desk.tick()
    assert stale(desk) == of("long")


def test_a_card_that_outlived_its_loop_is_printed_anew_when_the_loop_comes_back() -> None:
    desk = Desk(long_line())
    desk.do(c.HoldCard(station="saw", card="long-01", reason="dent"))
    put(desk, replace(long_line(), loops=long_line().loops[1:]))
    assert stale(desk) == set()
    put(desk, long_line())
    assert desk.card("long", 1).state is CardState.HELD
    assert stale(desk) == of("long", 1)


def test_a_lane_that_has_a_place_again_and_a_new_quantity_are_both_noted() -> None:
    full = with_loop(long_line(), "long", lane_limits=(1, 1))
    desk = Desk(full)
    bring(desk, "long", "queued 2", number=1)
    bring(desk, "long", "in_process 1", number=2)
    desk.scan("long", 2, "saw")
    assert desk.card("long", 2).blocked_us
    put(desk, with_loop(full, "long", lane_limits=(2, 1), quantity=24))
    card = desk.card("long", 2)
    assert (bool(card.blocked_us), bool(card.again_us), card.stale_print) == (False, True, True)
    assert stale(desk) == of("long")


def test_the_planner_sees_the_loop_and_the_station_the_card() -> None:
    desk = Desk(long_line())
    put(desk, NEW_QUANTITY)
    rows = loop_rows(desk.shop, desk.clock.now().at_us, {"long": Pace()})
    assert {row.id: row.stale for row in rows} == {"long": 4, "short": 0, "ring": 0}
    assert [row.id for row in rows_of(desk.shop, rows, LoopRole.PLANNER)] == ["long"]
    assert card_view(desk.shop, desk.card("long", 1)).stale_print
    assert not card_view(desk.shop, desk.card("short", 1)).stale_print
