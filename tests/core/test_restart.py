"""How far a stop reaches, and the restart after it."""

from shopfloor.core import commands as c
from shopfloor.core.events import (
    CallAcknowledged,
    CallCleared,
    CallRaised,
    RestartEnded,
    ScanRefused,
)
from shopfloor.core.views import StationState
from tests.helpers.calls import desk_with, state, touch
from tests.helpers.desk import Desk, rule_of
from tests.helpers.lines import a_line
from tests.helpers.routes import said


def test_a_stop_of_the_line_covers_every_station() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="yard", reason="fire"))
    assert {state(desk, place) for place in desk.shop.stations} == {StationState.STOPPED}
    event = desk.scan("long", 1, "saw")
    assert isinstance(event, ScanRefused)
    assert (event.rule, event.args["call"], event.args["at"]) == ("stopped", "Fire", "Yard")


def test_stops_union_and_the_last_one_restarts() -> None:
    desk = desk_with(restart_s=10)
    touch(desk, c.RaiseCall(station="saw", reason="fault"))
    touch(desk, c.RaiseCall(station="saw", reason=""), after_s=1)
    first = touch(desk, c.ClearCall(station="saw"), after_s=1)
    assert isinstance(first, CallCleared)
    assert first.restart_s == 0
    assert state(desk) is StationState.STOPPED
    last = touch(desk, c.ClearCall(station="saw"), after_s=1)
    assert isinstance(last, CallCleared)
    assert last.restart_s == 10
    assert state(desk) is StationState.RESTARTING


def test_a_restart_refuses_starts_until_it_is_over() -> None:
    desk = desk_with(restart_s=10)
    touch(desk, c.RaiseCall(station="saw", reason="fault"))
    touch(desk, c.ClearCall(station="saw"))
    event = desk.scan("long", 1, "saw", after_s=7.5)
    assert isinstance(event, ScanRefused)
    assert (event.rule, event.args["restart_s"]) == ("stopped", 3)
    assert said(desk.scan("long", 1, "saw", after_s=2.5)) == "start 1"
    assert any(isinstance(recorded.event, RestartEnded) for recorded in desk.journal)


def test_without_a_restart_time_the_line_runs_at_once() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="fire"))
    touch(desk, c.ClearCall(station="saw"))
    assert not desk.shop.restarts
    assert said(desk.scan("long", 1, "saw")) == "start 1"


def test_a_line_stop_restarts_the_line_and_a_station_stop_its_station() -> None:
    desk = desk_with(restart_s=10)
    touch(desk, c.RaiseCall(station="yard", reason="fire"))
    touch(desk, c.ClearCall(station="yard"))
    assert state(desk, "mill") is StationState.RESTARTING
    desk.clock.advance(10)
    assert state(desk, "mill") is not StationState.RESTARTING
    touch(desk, c.RaiseCall(station="saw", reason="fault"))
    touch(desk, c.ClearCall(station="saw"))
    assert state(desk, "mill") is not StationState.RESTARTING
    assert state(desk, "saw") is StationState.RESTARTING


def test_of_two_restarts_the_longer_is_told() -> None:
    desk = desk_with(restart_s=10)
    touch(desk, c.RaiseCall(station="saw", reason="fault"))
    touch(desk, c.ClearCall(station="saw"))
    touch(desk, c.RaiseCall(station="yard", reason="fire"), after_s=5)
    touch(desk, c.ClearCall(station="yard"))
    event = desk.scan("long", 1, "saw", after_s=1)
    assert isinstance(event, ScanRefused)
    assert event.args["restart_s"] == 9


def test_a_station_stays_stopped_under_a_line_stop_whose_own_was_cleared() -> None:
    desk = desk_with(restart_s=10)
    touch(desk, c.RaiseCall(station="saw", reason="fault"))
    touch(desk, c.RaiseCall(station="yard", reason="fire"))
    cleared = touch(desk, c.ClearCall(station="saw"))
    assert isinstance(cleared, CallCleared)
    assert cleared.restart_s == 0
    assert state(desk, "saw") is StationState.STOPPED


def test_a_restart_goes_on_across_a_boot_by_utc() -> None:
    desk = desk_with(restart_s=10)
    touch(desk, c.RaiseCall(station="saw", reason="fault"))
    touch(desk, c.ClearCall(station="saw"))
    desk.clock.reboot("boot-2", after_s=9)
    assert state(desk) is StationState.RESTARTING
    desk.clock.advance(1)
    assert state(desk) is not StationState.RESTARTING


def test_buttons_call_stop_take_and_clear() -> None:
    desk = Desk(a_line())
    assert isinstance(desk.press("B1", "press", "box"), CallRaised)
    assert isinstance(desk.press("B4", "press", "box"), CallAcknowledged)
    assert rule_of(desk.press("B4", "press", "box")) == "already_done"
    assert isinstance(desk.press("B2", "press", "box"), CallRaised)
    assert isinstance(desk.press("B3", "press", "box"), CallCleared)
    assert isinstance(desk.press("B3", "press", "box"), CallCleared)
    assert rule_of(desk.press("B3", "press", "box")) == "already_done"
