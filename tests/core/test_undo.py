"""Taking back the last step at a station."""

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.codes import single_code
from shopfloor.core.events import CardStarted, Event, StepUndone
from shopfloor.core.line import LimitPolicy
from shopfloor.core.rules import Refusal
from shopfloor.core.views import station_view
from tests.helpers.desk import Desk, rule_of
from tests.helpers.lines import ANA, OLE
from tests.helpers.routes import bring, long_line, said, with_loop, with_station


def undo(desk: Desk, place: str, *, after_s: float = 2, reason: str = "") -> Event | Refusal:
    """Touch undo at a station."""
    desk.clock.advance(after_s)
    return desk.do(c.UndoStep(station=place, reason=reason))


@pytest.mark.parametrize(
    ("state", "place"),
    [
        ("full", "assembly"),
        ("empty", "saw"),
        ("empty", "wash"),
        ("in_process 1", "saw"),
        ("in_process 1", "assembly"),
        ("queued 2", "mill"),
        ("queued 2", "wash"),
        ("in_process 3", "wash"),
    ],
)
def test_undo_puts_the_card_back_with_what_the_step_inferred(state: str, place: str) -> None:
    desk = Desk(long_line())
    before = bring(desk, "long", state)
    desk.scan("long", 1, place)
    assert desk.card("long", 1).state is not before.state
    assert isinstance(undo(desk, place), StepUndone)
    assert replace(desk.card("long", 1), n=before.n) == before


def test_a_conwip_cycle_is_taken_back_too() -> None:
    desk = Desk(long_line())
    before = bring(desk, "ring", "in_process 3")
    desk.scan("ring", 1, "wash")
    undo(desk, "wash")
    assert replace(desk.card("ring", 1), n=before.n) == before


def test_the_command_code_undoes() -> None:
    desk = Desk(long_line())
    desk.scan("long", 1, "assembly")
    assert isinstance(desk.read(single_code("undo"), "assembly"), StepUndone)


def test_undo_is_once() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 1")
    assert isinstance(undo(desk, "saw"), StepUndone)
    assert rule_of(undo(desk, "saw")) == "nothing_to_undo"


def test_nothing_was_done_here() -> None:
    assert rule_of(undo(Desk(long_line()), "saw")) == "nothing_to_undo"


@pytest.mark.parametrize(("after_s", "rule"), [(10, ""), (10.000_001, "undo_too_late")])
def test_undo_is_within_ten_seconds(after_s: float, rule: str) -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 1")
    assert rule_of(undo(desk, "saw", after_s=after_s)) == rule


def test_the_ten_seconds_are_monotonic() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 1")
    desk.clock.step_wall(7200)
    assert isinstance(undo(desk, "saw"), StepUndone)


def test_an_undone_step_may_be_done_again() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 1")
    undo(desk, "saw")
    assert said(desk.scan("long", 1, "saw")) == "start 1"


def test_a_card_that_moved_on_cannot_go_back() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "queued 2")
    desk.scan("long", 1, "mill")
    assert rule_of(undo(desk, "saw")) == "undo_moved_on"
    assert station_view(desk.shop, "saw", desk.clock.now()).undo_left_us == 0
    assert station_view(desk.shop, "mill", desk.clock.now()).undo_left_us == 8_000_000


def test_a_refused_scan_is_no_later_event() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "queued 2")
    desk.scan("long", 1, "saw")
    desk.scan("long", 1, "yard")
    assert isinstance(undo(desk, "saw"), StepUndone)


def test_a_lane_position_is_restored() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "queued 2", number=1)
    bring(desk, "long", "queued 2", number=2)
    desk.scan("long", 1, "mill")
    undo(desk, "mill")
    assert [card.number for card in desk.shop.lane("long", 2)] == [1, 2]


def test_a_place_in_the_lane_that_is_taken_refuses() -> None:
    desk = Desk(with_loop(long_line(), "long", lane_limits=(1, None)))
    bring(desk, "long", "in_process 1", number=2)
    bring(desk, "long", "queued 2", number=1)
    desk.scan("long", 1, "mill")
    desk.scan("long", 2, "saw")
    event = undo(desk, "mill")
    assert rule_of(event) == "undo_moved_on"


def test_a_place_at_the_station_that_is_taken_refuses() -> None:
    desk = Desk(with_station(long_line(), "wash", wip_limit=1))
    bring(desk, "long", "in_process 3")
    desk.scan("long", 1, "assembly")
    desk.scan("ring", 1, "wash")
    assert rule_of(undo(desk, "assembly")) == "undo_moved_on"


def test_a_soft_limit_does_not_refuse() -> None:
    desk = Desk(with_station(long_line(), "wash", wip_limit=1, limit_policy=LimitPolicy.SOFT))
    bring(desk, "long", "in_process 3")
    desk.scan("long", 1, "assembly")
    desk.scan("ring", 1, "wash")
    assert isinstance(undo(desk, "assembly"), StepUndone)


def test_a_place_on_the_line_that_is_taken_refuses() -> None:
    desk = Desk(replace(long_line(), wip_limit=1))
    bring(desk, "short", "in_process 1")
    desk.scan("short", 1, "assembly")
    bring(desk, "ring", "in_process 1")
    assert rule_of(undo(desk, "assembly")) == "undo_moved_on"


def test_a_route_position_that_a_line_file_took_away_refuses() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 3")
    desk.scan("long", 1, "wash")
    desk.do(c.ChangeLine(line=with_loop(desk.shop.line, "long", route=("saw", "mill"))))
    assert rule_of(undo(desk, "wash")) == "undo_moved_on"


def test_a_route_that_shifted_refuses() -> None:
    desk = Desk(long_line())
    bring(desk, "short", "in_process 1")
    desk.scan("short", 1, "saw")
    desk.do(c.ChangeLine(line=with_loop(desk.shop.line, "short", route=("mill", "saw"))))
    assert rule_of(undo(desk, "saw")) == "undo_moved_on"


def test_an_undone_finish_counts_as_no_completion() -> None:
    desk = Desk(long_line())
    bring(desk, "short", "in_process 1")
    desk.scan("short", 1, "saw")
    before = desk.shop.book("saw")
    bring(desk, "long", "in_process 1")
    desk.scan("long", 1, "saw")
    undo(desk, "saw")
    after = desk.shop.book("saw")
    assert (after.done_at, after.done_count) == (before.done_at, before.done_count)


def _signed(badge: str = "") -> Desk:
    desk = Desk(replace(long_line(), people=(ANA, OLE)))
    bring(desk, "long", "empty")
    if badge:
        desk.read(badge, "saw")
    desk.scan("long", 1, "saw")
    return desk


def test_only_the_same_person_takes_a_step_back() -> None:
    desk = _signed(ANA.badge)
    desk.read(OLE.badge, "saw")
    assert rule_of(undo(desk, "saw")) == "no_right"
    desk.read(ANA.badge, "saw")
    assert isinstance(undo(desk, "saw"), StepUndone)


def test_a_step_of_a_device_is_taken_back_by_anybody() -> None:
    desk = _signed()
    desk.read(OLE.badge, "saw")
    event = undo(desk, "saw")
    assert isinstance(event, StepUndone)
    assert event.by == "ole"


def test_a_leader_may_take_back_later_with_a_reason() -> None:
    desk = _signed(OLE.badge)
    desk.clock.advance(3600)
    assert rule_of(undo(desk, "saw", reason="wrong card")) == "undo_too_late"
    desk.read(ANA.badge, "saw")
    assert rule_of(undo(desk, "saw")) in {"undo_too_late", "no_right"}
    event = undo(desk, "saw", reason="wrong card")
    assert isinstance(event, StepUndone)
    assert (event.by, event.reason) == ("ana", "wrong card")


def test_a_leader_cannot_take_back_what_moved_on() -> None:
    desk = _signed()
    desk.scan("long", 1, "mill")
    desk.read(ANA.badge, "saw")
    assert rule_of(undo(desk, "saw", reason="wrong card")) == "undo_moved_on"


def test_an_override_is_spent_even_if_its_step_is_taken_back() -> None:
    desk = Desk(replace(with_station(long_line(), "saw", wip_limit=1), people=(ANA,)))
    bring(desk, "short", "in_process 1")
    bring(desk, "long", "empty")
    desk.read(ANA.badge, "saw")
    desk.do(c.GrantOverride(station="saw", reason="rush"))
    assert isinstance(desk.scan("long", 1, "saw"), CardStarted)
    undo(desk, "saw")
    assert said(desk.scan("long", 1, "saw")) == "wip_limit"


def test_taking_back_a_start_fills_the_lane_and_scan_again_is_not_said() -> None:
    desk = Desk(with_loop(long_line(), "long", lane_limits=(1, None)))
    bring(desk, "long", "queued 2", number=1)
    bring(desk, "long", "in_process 1", number=2)
    desk.scan("long", 2, "saw")
    desk.scan("long", 1, "mill")
    undo(desk, "mill")
    (tile,) = station_view(desk.shop, "saw", desk.clock.now()).in_process
    assert (tile.number, tile.again) == (2, False)


def test_where_nobody_is_signed_in_the_terminal_takes_back_anybodys_step() -> None:
    desk = _signed(OLE.badge)
    desk.do(c.SignOff(station="saw"))
    assert isinstance(undo(desk, "saw"), StepUndone)


def test_a_step_of_a_released_card_is_taken_back_on_a_full_line() -> None:
    desk = Desk(replace(long_line(), wip_limit=1))
    bring(desk, "long", "queued 2")
    assert isinstance(undo(desk, "saw"), StepUndone)
    assert desk.card("long", 1).step == 1
