"""Who is called when: two timers with levels, badges that prove an arrival, segments, reopening."""

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core import commands_andon as a
from shopfloor.core.call_views import call_view, called_roles
from shopfloor.core.due import next_due_us
from shopfloor.core.events import CallArrived, CallStopped, ScanRefused, SignedOn
from shopfloor.core.events_andon import CallEscalated, CallReopened
from shopfloor.core.line import Role, Scope
from shopfloor.core.line_andon import Escalation, EscalationStep
from shopfloor.core.moment import US_PER_S
from shopfloor.core.views import StationState, station_state
from tests.helpers.calls import MAX, REASONS, andon_line, only_call, touch
from tests.helpers.desk import Desk
from tests.helpers.lines import ANA, OLE

POLICY = Escalation(
    id="two",
    not_taken=(
        EscalationStep(after_s=30, roles=(Role.MAINTENANCE,)),
        EscalationStep(after_s=90, roles=(Role.PLANNER,)),
    ),
    not_cleared=(EscalationStep(after_s=300, roles=(Role.ADMIN,)),),
)


def desk_of(*, deadline_s: float = 0, scope: Scope = Scope.STATION, segments: tuple[str, ...] = ()) -> Desk:
    """A desk whose tool calls escalate; `segments` of the first stations."""
    line = andon_line(people=(ANA, OLE, MAX), escalations=(POLICY,))
    tool = next(r for r in REASONS if r.id == "tool")
    tool = replace(tool, escalation="two", deadline_s=deadline_s, scope=scope)
    stations = [replace(s, segment=segments[i] if i < len(segments) else "") for i, s in enumerate(line.stations)]
    reasons = tuple(tool if r.id == "tool" else r for r in REASONS)
    return Desk(replace(line, stations=tuple(stations), reasons=reasons))


def call(desk: Desk) -> None:
    """Call for the tool at the saw."""
    touch(desk, c.RaiseCall(station="saw", reason="tool"))


def levels(desk: Desk) -> list[tuple[str, int]]:
    """The escalations so far."""
    return [(r.event.timer, r.event.level) for r in desk.journal if isinstance(r.event, CallEscalated)]


def test_the_time_to_the_next_level_is_known_until_there_is_none() -> None:
    desk = desk_of()
    call(desk)

    def left_s() -> float | None:
        left_us = call_view(desk.shop, only_call(desk), desk.clock.now()).next_level_us
        return None if left_us is None else left_us / US_PER_S

    desk.clock.advance(10)
    assert left_s() == 20
    desk.clock.advance(25)
    desk.tick()
    assert left_s() == 55
    touch(desk, c.AcknowledgeCall(station="saw"))
    assert left_s() == 300, "taken and not cleared is another time"
    desk.clock.advance(300)
    desk.tick()
    assert left_s() is None


def test_nobody_takes_it_and_more_are_called_each_at_its_instant() -> None:
    desk = desk_of()
    call(desk)
    raised_us = only_call(desk).raised.at_us
    assert called_roles(desk.shop, only_call(desk)) == (Role.LEADER,)
    desk.clock.advance(29.9)
    desk.tick()
    assert levels(desk) == []
    desk.clock.advance(70)
    desk.tick()
    assert levels(desk) == [("not_taken", 1), ("not_taken", 2)]
    assert [r.event.since_us for r in desk.journal if isinstance(r.event, CallEscalated)] == [
        raised_us + 30 * US_PER_S,
        raised_us + 90 * US_PER_S,
    ]
    assert called_roles(desk.shop, only_call(desk)) == (Role.LEADER, Role.MAINTENANCE, Role.PLANNER)
    desk.clock.advance(10_000)
    desk.tick()
    assert levels(desk) == [("not_taken", 1), ("not_taken", 2)]


def test_taking_ends_the_first_timer_and_begins_the_second() -> None:
    desk = desk_of()
    call(desk)
    touch(desk, c.AcknowledgeCall(station="saw"), after_s=20)
    desk.clock.advance(299)
    desk.tick()
    assert levels(desk) == []
    desk.clock.advance(1)
    desk.tick()
    assert levels(desk) == [("not_cleared", 1)]
    assert call_view(desk.shop, only_call(desk), desk.clock.now()).level == 1


def test_the_next_instant_is_known_beforehand() -> None:
    desk = desk_of()
    call(desk)
    assert next_due_us(desk.shop, desk.clock.now()) == 30 * US_PER_S


def test_a_stop_calls_everybody_anew() -> None:
    desk = desk_of(deadline_s=40)
    call(desk)
    touch(desk, c.AcknowledgeCall(station="saw"), after_s=35)
    desk.clock.advance(5)
    desk.tick()
    assert isinstance(desk.journal[-1].event, CallStopped)
    assert (only_call(desk).acked_us, only_call(desk).level) == (0, 0)
    desk.clock.advance(30)
    desk.tick()
    assert levels(desk) == [("not_taken", 1), ("not_taken", 1)]


def test_a_shelved_call_does_not_escalate() -> None:
    desk = desk_of()
    touch(desk, c.SignOn(station="saw", person=ANA.id))
    call(desk)
    touch(desk, a.ShelveCall(station="saw", at="saw", reason="tool", for_s=600, why="known"))
    desk.clock.advance(200)
    desk.tick()
    assert levels(desk) == []


# Arrival by badge.


def test_a_badge_of_somebody_who_comes_says_that_help_is_there() -> None:
    desk = desk_of()
    call(desk)
    event = desk.read(MAX.badge, "saw")
    assert isinstance(event, CallArrived)
    assert (event.person, event.by) == (MAX.id, MAX.id)
    assert (only_call(desk).arrived_by, only_call(desk).acked_by) == (MAX.id, MAX.id)
    assert isinstance(desk.read(MAX.badge, "saw"), SignedOn)


def test_an_operators_badge_signs_on() -> None:
    desk = desk_of()
    call(desk)
    assert isinstance(desk.read(OLE.badge, "saw"), SignedOn)


def test_a_badge_at_another_station_signs_on() -> None:
    desk = desk_of()
    call(desk)
    assert isinstance(desk.read(MAX.badge, "drill"), SignedOn)


def test_a_leader_who_came_by_badge_may_restart_there_without_signing_on() -> None:
    desk = desk_of()
    touch(desk, c.RaiseCall(station="saw"))
    assert isinstance(touch(desk, c.ClearCall(station="saw")), ScanRefused)
    desk.read(ANA.badge, "saw")
    touch(desk, c.ClearCall(station="saw"))
    assert desk.shop.calls == {}


def test_somebody_without_the_right_who_came_by_badge_may_not_restart() -> None:
    desk = desk_of()
    touch(desk, c.RaiseCall(station="saw"))
    desk.read(MAX.badge, "saw")
    assert isinstance(touch(desk, c.ClearCall(station="saw")), ScanRefused)


# Segments.


def states(desk: Desk) -> list[StationState]:
    """Of every station, in flow order."""
    return [station_state(desk.shop, s.id) for s in desk.shop.line.stations]


def test_a_stop_of_a_segment_stands_to_the_buffer_and_no_further() -> None:
    desk = desk_of(scope=Scope.SEGMENT, segments=("front", "front", "back"))
    call(desk)
    touch(desk, c.StopCall(station="saw", call=only_call(desk).id))
    segment = [s.segment == "front" for s in desk.shop.line.stations]
    assert [state is StationState.STOPPED for state in states(desk)] == segment
    assert sum(segment) == 2


def test_a_segment_restarts_together_when_its_last_stop_is_cleared() -> None:
    desk = desk_of(scope=Scope.SEGMENT, segments=("front", "front", "back"))
    desk.do(c.ChangeLine(line=replace(desk.shop.line, restart_s=5)))
    touch(desk, c.SignOn(station="saw", person=ANA.id))
    call(desk)
    touch(desk, c.StopCall(station="saw", call=only_call(desk).id))
    touch(desk, c.ClearCall(station="saw"))
    front = [state for state, s in zip(states(desk), desk.shop.line.stations, strict=True) if s.segment == "front"]
    assert front == [StationState.RESTARTING] * 2
    desk.clock.advance(5)
    desk.tick()
    assert StationState.RESTARTING not in states(desk)


def test_a_segment_without_a_name_is_the_station_alone() -> None:
    desk = desk_of(scope=Scope.SEGMENT)
    call(desk)
    touch(desk, c.StopCall(station="saw", call=only_call(desk).id))
    assert [state is StationState.STOPPED for state in states(desk)].count(True) == 1


# Reopening.


def reopen(desk: Desk, call_id: str, why: str = "it leaks again") -> object:
    """Go on with a closed call."""
    return touch(desk, a.ReopenCall(station="saw", call=call_id, at="saw", reason="tool", why=why))


def test_a_closed_call_that_was_not_over_goes_on_without_a_deadline() -> None:
    desk = desk_of(deadline_s=60)
    call(desk)
    first = only_call(desk).id
    touch(desk, c.ClearCall(station="saw"))
    assert isinstance(reopen(desk, first), CallReopened)
    again = only_call(desk)
    assert (again.reopens, again.deadline_s, again.stopped_us) == (first, 0, 0)
    desk.clock.advance(100)
    desk.tick()
    assert not only_call(desk).stopped_us


@pytest.mark.parametrize("why", ["", " "])
def test_reopening_wants_a_why(why: str) -> None:
    desk = desk_of()
    call(desk)
    first = only_call(desk).id
    touch(desk, c.ClearCall(station="saw"))
    assert isinstance(reopen(desk, first, why), ScanRefused)
    assert desk.shop.calls == {}


def test_a_call_is_reopened_once() -> None:
    desk = desk_of()
    call(desk)
    first = only_call(desk).id
    touch(desk, c.ClearCall(station="saw"))
    reopen(desk, first)
    assert isinstance(reopen(desk, first), ScanRefused)
