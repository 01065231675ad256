"""Calls and stops: deadlines, who means which call, severity, rejecting, rights, clocks."""

import pytest

from shopfloor.core import commands as c
from shopfloor.core.events import (
    CallAcknowledged,
    CallArrived,
    CallCleared,
    CallRaised,
    CallRejected,
    CallStopped,
    ScanRefused,
)
from shopfloor.core.evolve import evolve
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state import Call
from shopfloor.core.views import StationState, call_views
from tests.helpers.calls import MAX, andon_line, desk_with, only_call, state, touch
from tests.helpers.desk import Desk, rule_of
from tests.helpers.lines import ANA, OLE
from tests.helpers.routes import said

# Deadlines.


def test_a_call_is_no_stop_before_its_deadline() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    assert state(desk) is StationState.CALLED
    assert said(desk.scan("long", 1, "saw", after_s=59.999_999)) == "start 1"


def test_cleared_at_55_of_60_leaves_no_stop() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    assert isinstance(touch(desk, c.ClearCall(station="saw"), after_s=55), CallCleared)
    desk.clock.advance(3600)
    assert state(desk) is StationState.IDLE or state(desk) is StationState.STARVED
    assert not any(isinstance(recorded.event, CallStopped) for recorded in desk.journal)


def test_cleared_exactly_at_the_deadline_is_a_stop() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    call = only_call(desk)
    touch(desk, c.ClearCall(station="saw", call=call.id), after_s=60)
    stopped, cleared = (recorded.event for recorded in desk.journal[-2:])
    assert isinstance(stopped, CallStopped)
    assert (stopped.since_us, stopped.chosen) == (call.raised.at_us + 60 * US_PER_S, False)
    assert isinstance(cleared, CallCleared)


def test_a_stop_that_is_noticed_late_began_at_the_deadline() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    raised_us = desk.clock.now().at_us
    event = desk.scan("long", 1, "saw", after_s=200)
    assert isinstance(event, ScanRefused)
    assert (event.rule, event.args["call"]) == ("stopped", "Material missing")
    assert event.args["since_us"] == raised_us + 60 * US_PER_S
    assert desk.journal[-2].moment.us == raised_us + 200 * US_PER_S


def test_the_oldest_deadline_stops_first() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="wash", reason="material"))
    touch(desk, c.RaiseCall(station="saw", reason="material"), after_s=5)
    touch(desk, c.RaiseCall(station="mill", reason="tool"))
    desk.clock.advance(500)
    desk.tick()
    stops = [r.event.station for r in desk.journal if isinstance(r.event, CallStopped)]
    assert stops == ["wash", "saw"]


def test_a_call_without_a_deadline_never_stops() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    desk.clock.advance(1e6)
    assert state(desk) is StationState.CALLED


def test_a_pull_at_42_of_60_does_not_move_the_deadline_and_a_stop_does_not_wait_for_it() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    raised_us = desk.clock.now().at_us
    again = touch(desk, c.RaiseCall(station="saw", reason="material"), after_s=42)
    assert isinstance(again, ScanRefused)
    assert (again.rule, again.args["what"], again.args["ago_s"]) == ("already_done", "call", 42)
    assert call_views(desk.shop, desk.clock.now())[0].left_us == 18 * US_PER_S
    chosen = touch(desk, c.StopCall(station="saw", call=only_call(desk).id))
    assert isinstance(chosen, CallStopped)
    assert (chosen.chosen, chosen.since_us) == (True, raised_us + 42 * US_PER_S)
    assert state(desk) is StationState.STOPPED
    desk.clock.advance(100)
    desk.tick()
    assert only_call(desk).stopped_us == raised_us + 42 * US_PER_S


@pytest.mark.parametrize("step_s", [7200, -7200])
def test_within_a_boot_the_deadline_is_monotonic(step_s: float) -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    desk.clock.step_wall(step_s)
    assert said(desk.scan("long", 1, "saw", after_s=59)) == "start 1"
    assert state(desk) is StationState.CALLED
    desk.clock.advance(1)
    assert state(desk) is StationState.STOPPED


@pytest.mark.parametrize(("after_s", "expected"), [(59, StationState.CALLED), (60, StationState.STOPPED)])
def test_across_a_boot_the_deadline_is_by_utc(after_s: float, expected: StationState) -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    raised_us = desk.clock.now().at_us
    desk.clock.reboot("boot-2", after_s=after_s)
    assert state(desk) is expected
    if expected is StationState.STOPPED:
        assert only_call(desk).stopped_us == raised_us + 60 * US_PER_S


# Which call is meant.


def test_one_open_call_a_station_and_reason() -> None:
    desk = desk_with()
    for place, reason in (("saw", "material"), ("saw", "tool"), ("mill", "material")):
        assert isinstance(touch(desk, c.RaiseCall(station=place, reason=reason)), CallRaised)
    assert rule_of(touch(desk, c.RaiseCall(station="saw", reason="tool"))) == "already_done"
    assert len(desk.shop.calls) == 3


def test_a_stop_on_top_of_a_call_turns_it_into_a_stop() -> None:
    desk = Desk(andon_line(devices=()))
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    touch(desk, c.StopCall(station="saw", call=only_call(desk).id), after_s=1)
    again = touch(desk, c.StopCall(station="saw", call=only_call(desk).id), after_s=1)
    assert isinstance(again, ScanRefused)
    assert (again.rule, again.args["what"]) == ("already_done", "stop")


def test_a_stop_without_a_reason_has_the_scope_of_the_station() -> None:
    desk = desk_with()
    event = touch(desk, c.RaiseCall(station="saw"))
    assert isinstance(event, CallRaised)
    assert (event.reason, event.call_kind, event.scope, event.deadline_s) == ("", "stop", "station", 0)
    assert state(desk, "saw") is StationState.STOPPED
    assert state(desk, "mill") is not StationState.STOPPED


def test_a_call_for_a_reason_that_is_not_in_the_line_file_is_refused() -> None:
    assert rule_of(touch(desk_with(), c.RaiseCall(station="saw", reason="weather"))) == "unknown_code"


def test_two_calls_and_one_clear_leave_the_less_urgent_call() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    touch(desk, c.RaiseCall(station="saw", reason="fault"), after_s=1)
    touch(desk, c.ClearCall(station="saw"), after_s=1)
    assert only_call(desk).reason == "tool"


@pytest.mark.parametrize("command", [c.AcknowledgeCall, c.ClearCall, c.ArriveCall])
def test_a_device_means_the_stop_before_the_help_and_then_the_oldest(command: type[c.ClearCall]) -> None:
    desk = desk_with()
    for reason in ("tool", "material", "fault", ""):
        touch(desk, c.RaiseCall(station="saw", reason=reason), after_s=1)
    touch(desk, c.RaiseCall(station="mill", reason="fault"), after_s=1)
    by_id = {call.id: call.reason for call in desk.shop.calls.values()}
    order = []
    for _ in range(4):
        event = touch(desk, command(station="saw"), after_s=1)
        order.append(by_id[getattr(event, "call", "")])
    assert order == ["fault", "", "tool", "material"]


@pytest.mark.parametrize("command", [c.AcknowledgeCall, c.ClearCall, c.ArriveCall])
def test_where_nobody_called_there_is_nothing_to_answer(command: type[c.ClearCall]) -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="mill", reason="tool"))
    event = touch(desk, command(station="saw"))
    assert isinstance(event, ScanRefused)
    assert (event.rule, event.args["what"]) == ("already_done", "nothing")


# Fields of a call.


def test_acknowledging_is_not_clearing_and_is_once() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    event = touch(desk, c.AcknowledgeCall(station="saw"), after_s=5)
    assert isinstance(event, CallAcknowledged)
    call = only_call(desk)
    assert (call.acked_us, call.acked_by, call.cleared_us) == (desk.clock.now().at_us, "touch", 0)
    again = touch(desk, c.AcknowledgeCall(station="saw"), after_s=5)
    assert isinstance(again, ScanRefused)
    assert (again.args["what"], again.args["at_us"]) == ("ack", call.acked_us)
    assert only_call(desk) == call


def test_a_taken_call_still_stops_at_its_deadline_and_the_rise_voids_the_taking() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    touch(desk, c.AcknowledgeCall(station="saw"))
    desk.clock.advance(60)
    assert state(desk) is StationState.STOPPED
    call = only_call(desk)
    assert (call.acked_us, call.acked_by, call.kind, call.raised_kind) == (0, "", "stop", "help")


def test_clearing_implies_acknowledging() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    call_id = only_call(desk).id
    touch(desk, c.ClearCall(station="saw"))
    assert call_id not in desk.shop.calls
    assert rule_of(touch(desk, c.ClearCall(station="saw", call=call_id))) == "already_done"


def test_arriving_takes_the_call() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    assert isinstance(touch(desk, c.ArriveCall(station="saw")), CallArrived)
    call = only_call(desk)
    assert call.arrived_us == call.acked_us == desk.clock.now().at_us


# Rights.


@pytest.mark.parametrize(("badge", "rule"), [(ANA.badge, ""), (OLE.badge, "no_right"), (MAX.badge, "no_right")])
def test_clearing_a_stop_needs_leader_rights(badge: str, rule: str) -> None:
    desk = desk_with(people=(ANA, OLE, MAX))
    assert isinstance(touch(desk, c.RaiseCall(station="saw", reason="fault")), CallRaised)
    desk.read(badge, "saw")
    assert rule_of(touch(desk, c.ClearCall(station="saw"))) == rule


def test_calling_stopping_and_clearing_help_need_no_badge() -> None:
    desk = desk_with(people=(ANA,))
    assert isinstance(touch(desk, c.RaiseCall(station="saw", reason="tool")), CallRaised)
    assert isinstance(touch(desk, c.ClearCall(station="saw")), CallCleared)
    assert isinstance(touch(desk, c.RaiseCall(station="saw")), CallRaised)


def test_a_mistake_is_taken_back_within_seconds_by_anybody() -> None:
    desk = desk_with(people=(ANA,), restart_s=30)
    touch(desk, c.RaiseCall(station="saw", reason="fault"))
    event = touch(desk, c.RejectCall(station="saw", call=only_call(desk).id, reason="mistake"), after_s=5)
    assert isinstance(event, CallRejected)
    assert event.restart_s == 0
    assert not desk.shop.calls
    assert said(desk.scan("long", 1, "saw")) == "start 1"


def test_later_a_stop_is_rejected_only_by_a_leader_and_restarts() -> None:
    desk = desk_with(people=(ANA,), restart_s=30)
    touch(desk, c.RaiseCall(station="saw", reason="fault"))
    reject = c.RejectCall(station="saw", call=only_call(desk).id, reason="false alarm")
    assert rule_of(touch(desk, reject, after_s=6)) == "no_right"
    desk.read(ANA.badge, "saw")
    event = touch(desk, reject)
    assert isinstance(event, CallRejected)
    assert (event.reason, event.restart_s) == ("false alarm", 30)
    assert state(desk) is StationState.RESTARTING


def test_rejecting_needs_a_reason() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    assert (
        rule_of(touch(desk, c.RejectCall(station="saw", call=only_call(desk).id, reason=" "), after_s=6)) == "no_right"
    )
    assert len(desk.shop.calls) == 1


# What the edges of a decision are.


def test_a_stop_that_is_pressed_again_stays_the_stop_it_was() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="fault"))
    before = only_call(desk)
    again = touch(desk, c.RaiseCall(station="saw", reason="fault"), after_s=12)
    assert isinstance(again, ScanRefused)
    assert (again.rule, again.args["what"], again.args["ago_s"]) == ("already_done", "stop", 12)
    assert only_call(desk) == before


def test_a_call_that_is_named_is_meant_even_if_another_is_more_urgent() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    tool = only_call(desk)
    touch(desk, c.RaiseCall(station="saw", reason="fault"), after_s=1)
    touch(desk, c.ClearCall(station="saw", call=tool.id))
    assert only_call(desk).reason == "fault"


def test_a_mistake_within_seconds_needs_no_reason() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    assert isinstance(touch(desk, c.RejectCall(station="saw", call=only_call(desk).id, reason="")), CallRejected)
    assert not desk.shop.calls


@pytest.mark.parametrize("acked_after_s", [None, 5.0])
def test_a_cleared_call_is_an_acknowledged_one(acked_after_s: float | None) -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    if acked_after_s:
        touch(desk, c.AcknowledgeCall(station="saw"), after_s=acked_after_s)
    acked_us = only_call(desk).acked_us
    before = desk.shop.copy()
    touch(desk, c.ClearCall(station="saw"), after_s=10)
    cleared = next(entity for entity in evolve(before, desk.journal[-1]) if isinstance(entity, Call))
    assert cleared.cleared_us == desk.clock.now().at_us
    assert cleared.acked_us == (acked_us or cleared.cleared_us)


@pytest.mark.parametrize("command", [c.StopCall, c.ClearCall, c.AcknowledgeCall, c.ArriveCall])
def test_a_call_that_is_gone_is_answered(command: type[c.StopCall]) -> None:
    assert rule_of(touch(desk_with(), command(station="saw", call="t.1-99"))) == "already_done"


def test_the_first_answer_is_remembered_though_a_stop_voids_it() -> None:
    desk = desk_with()
    touch(desk, c.RaiseCall(station="saw", reason="material"))
    touch(desk, c.AcknowledgeCall(station="saw"), after_s=10)
    desk.clock.advance(60)
    desk.tick()
    call = only_call(desk)
    assert (call.acked_us, call.taken) == (0, None)
    assert call.answered is not None
    assert call.answered.at_us - call.raised.at_us == 10 * US_PER_S
