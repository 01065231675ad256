"""A finish into a full lane: refused, marked, and the mark ends when a place frees."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.events import (
    CardFinished,
    ScanRefused,
)
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state import CardState
from shopfloor.core.views import StationState, station_state, station_view
from tests.helpers.desk import Desk
from tests.helpers.routes import bring, long_line, said, with_loop


def _full_lane() -> Desk:
    desk = Desk(with_loop(long_line(), "long", lane_limits=(1, None)))
    bring(desk, "long", "queued 2", number=2)
    bring(desk, "long", "in_process 1", number=1)
    return desk


def test_a_finish_into_a_full_lane_is_refused_and_marked() -> None:
    desk = _full_lane()
    event = desk.scan("long", 1, "saw")
    refused_us = desk.clock.now().at_us
    assert isinstance(event, ScanRefused)
    assert (event.rule, event.args["next"], event.args["oldest"]) == ("lane_full", "Mill", "A 2")
    card = desk.card("long", 1)
    assert (card.state, card.blocked_us) == (CardState.IN_PROCESS, refused_us)
    assert station_state(desk.shop, "saw") is StationState.BLOCKED
    desk.scan("long", 1, "saw")
    assert desk.card("long", 1).blocked_us == refused_us


def test_a_blocked_station_refuses_nothing_by_itself() -> None:
    desk = _full_lane()
    desk.scan("long", 1, "saw")
    bring(desk, "short", "empty")
    assert said(desk.scan("short", 1, "saw")) == "start 1"
    assert station_state(desk.shop, "saw") is StationState.BLOCKED


def _start_the_oldest(desk: Desk) -> None:
    desk.scan("long", 2, "mill")


def _hold_the_queued(desk: Desk) -> None:
    desk.do(c.HoldCard(station="mill", card="long-02", reason="dent"))


def _prove_the_queued_further_on(desk: Desk) -> None:
    desk.scan("long", 2, "wash")


def _withdraw_the_queued(desk: Desk) -> None:
    desk.scan("long", 2, "assembly")


def _widen_the_lane(desk: Desk) -> None:
    desk.do(c.ChangeLine(line=with_loop(desk.shop.line, "long", lane_limits=(2, None))))


@pytest.mark.parametrize(
    "free",
    [_start_the_oldest, _hold_the_queued, _prove_the_queued_further_on, _withdraw_the_queued, _widen_the_lane],
)
def test_the_mark_ends_when_a_place_frees_and_the_card_says_scan_again(free: Callable[[Desk], None]) -> None:
    desk = _full_lane()
    desk.scan("long", 1, "saw")
    desk.clock.advance(5)
    free(desk)
    card = desk.card("long", 1)
    assert (card.blocked_us, card.again_us) == (0, desk.clock.now().at_us)
    (tile,) = station_view(desk.shop, "saw", desk.clock.now()).in_process
    assert (tile.again, tile.blocked) == (True, False)
    assert station_state(desk.shop, "saw") is StationState.RUNNING
    assert said(desk.scan("long", 1, "saw")) == "finish 1, queued"
    assert desk.card("long", 1).again_us == 0


def test_scan_again_is_not_said_while_another_has_taken_the_place() -> None:
    desk = _full_lane()
    bring(desk, "long", "in_process 1", number=3)
    desk.scan("long", 1, "saw")
    desk.scan("long", 3, "saw")
    desk.scan("long", 2, "mill")
    desk.scan("long", 3, "saw")
    (tile,) = station_view(desk.shop, "saw", desk.clock.now()).in_process
    assert (tile.number, tile.again) == (1, False)


def test_a_card_on_hold_loses_its_mark_when_the_lane_frees() -> None:
    desk = _full_lane()
    desk.scan("long", 1, "saw")
    desk.do(c.HoldCard(station="saw", card="long-01", reason="dent"))
    desk.scan("long", 2, "mill")
    desk.do(c.ReleaseCard(station="saw", card="long-01"))
    assert desk.card("long", 1).blocked_us == 0
    assert station_state(desk.shop, "saw") is StationState.RUNNING


def test_an_override_lets_a_finish_into_a_full_lane_once() -> None:
    desk = _full_lane()
    desk.do(c.GrantOverride(station="saw", reason="fire"))
    event = desk.scan("long", 1, "saw")
    assert isinstance(event, CardFinished)
    assert (event.over, event.override_by) == (("lane_full",), "touch")
    bring(desk, "long", "in_process 1", number=3)
    assert said(desk.scan("long", 3, "saw")) == "lane_full"


def test_times_in_refusals_are_instants() -> None:
    desk = _full_lane()
    event = desk.scan("long", 2, "saw")
    assert isinstance(event, ScanRefused)
    assert int(event.args["at_us"]) > 1_000_000 * US_PER_S


def test_a_line_file_that_leaves_the_lane_full_leaves_the_mark() -> None:
    desk = _full_lane()
    desk.scan("long", 1, "saw")
    blocked_us = desk.card("long", 1).blocked_us
    desk.do(c.ChangeLine(line=replace(desk.shop.line, name="New name")))
    assert desk.card("long", 1).blocked_us == blocked_us > 0
