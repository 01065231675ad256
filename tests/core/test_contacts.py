"""Contacts and rules beside each other and beside people: several say the same, some are gone, a line file changes."""

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core import commands_andon as a
from shopfloor.core.call_views import Aside, aside
from shopfloor.core.events import CallRaised, CallStopped, ScanRefused
from shopfloor.core.line import CallKind, Device, DeviceKind, LoopKind, Role
from shopfloor.core.line_andon import AndonPolicy, Effect, Escalation, EscalationStep, Input, InputMode, Severity
from shopfloor.core.state_call import Call, CallSource
from tests.helpers.calls import MAX, REASONS, andon_line, touch
from tests.helpers.desk import Desk
from tests.helpers.kinds import desk_of as loop_desk

SOON = Escalation(id="soon", not_taken=(EscalationStep(after_s=60, roles=(Role.MAINTENANCE,)),))
NAMES = ("left", "right", "mushroom")
IO = Device(
    id="io",
    kind=DeviceKind.MODBUS,
    port="virtual",
    station="saw",
    map={"left": "call:tool", "right": "call:tool", "mushroom": "stop:tool"},
    inputs=tuple(Input(name=name, address=0, mode=InputMode.CONTACT) for name in NAMES),
)


def desk_of(**changes: object) -> Desk:
    """A desk with two pull cords and a mushroom for the tool; `changes` are the tool reason's."""
    reasons = tuple(replace(r, **changes) if r.id == "tool" else r for r in REASONS)
    return Desk(replace(andon_line(devices=(IO,)), reasons=reasons))


def contact(desk: Desk, name: str, *, active: bool, station: str = "saw") -> object:
    """Let a contact change a second later."""
    return touch(desk, a.ReadContact(station=station, device="io", input=name, active=active), after_s=1)


def held(desk: Desk) -> Call:
    """The call for the tool at the saw."""
    call = desk.shop.open_call("saw", "tool")
    assert call is not None
    return call


def raised(desk: Desk) -> int:
    """How many calls there have been."""
    return sum(isinstance(r.event, CallRaised) for r in desk.journal)


@pytest.mark.parametrize("taken", [False, True])
def test_a_call_of_two_cords_goes_on_until_both_are_let_go(*, taken: bool) -> None:
    desk = desk_of()
    contact(desk, "left", active=True)
    contact(desk, "right", active=True)
    if taken:
        touch(desk, c.AcknowledgeCall(station="saw"))
    contact(desk, "left", active=False)
    desk.tick()
    assert (held(desk).returned_us, bool(held(desk).acked_us), raised(desk)) == (0, taken, 1)
    contact(desk, "right", active=False)
    assert (desk.shop.open_call("saw", "tool") is None) is taken


def test_the_worst_of_several_contacts_speaks_for_all() -> None:
    desk = desk_of()
    contact(desk, "mushroom", active=True)
    contact(desk, "left", active=True)
    before = len(desk.journal)
    for _ in range(3):
        desk.tick()
    assert (held(desk).current, len(desk.journal)) == (Severity.CRITICAL, before)
    contact(desk, "mushroom", active=False)
    desk.tick()
    assert (held(desk).current, bool(held(desk).stopped_us)) == (Severity.MEDIUM, True)


def test_a_contact_and_a_rule_of_one_reason_do_not_correct_each_other() -> None:
    desk = desk_of()
    contact(desk, "left", active=True)
    touch(desk, a.ReportCondition(station="saw", reason="tool", severity=Severity.HIGH))
    before = len(desk.journal)
    desk.tick()
    touch(desk, a.ReportCondition(station="saw", reason="tool", severity=Severity.HIGH))
    assert len(desk.journal) == before


def test_a_contact_calls_anew_for_what_a_rule_has_called_for_and_is_gone() -> None:
    desk = desk_of()
    touch(desk, a.ReportCondition(station="saw", reason="tool", severity=Severity.HIGH))
    touch(desk, a.ReportCondition(station="saw", reason="tool", severity=Severity.NONE))
    contact(desk, "left", active=True)
    assert (held(desk).source, held(desk).returned_us) == (CallSource.CONTACT, 0)


def test_a_taken_call_that_is_gone_and_wants_a_cause_stands_no_longer() -> None:
    desk = desk_of(cause=True)
    contact(desk, "left", active=True)
    touch(desk, c.AcknowledgeCall(station="saw"))
    first = held(desk).id
    contact(desk, "left", active=False)
    assert desk.shop.open_call("saw", "tool") is None
    assert aside(desk.shop, desk.shop.calls[first]) is Aside.ASKS


def test_a_rule_that_says_it_is_over_does_not_end_the_call_of_a_contact() -> None:
    desk = desk_of()
    contact(desk, "left", active=True)
    touch(desk, a.ReportCondition(station="saw", reason="tool", severity=Severity.NONE))
    assert not held(desk).returned_us


def test_a_mushroom_stops_though_somebody_has_called_for_help() -> None:
    desk = desk_of()
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    assert isinstance(contact(desk, "mushroom", active=True), CallStopped)
    assert (held(desk).kind, bool(held(desk).stopped_us)) == (CallKind.STOP, True)
    contact(desk, "mushroom", active=False)
    assert held(desk).stopped_us, "who called for help ends it"


def test_a_rule_that_stops_does_so_though_somebody_has_called_for_help() -> None:
    desk = desk_of()
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    wish = a.ReportCondition(station="saw", reason="tool", severity=Severity.CRITICAL, effect=Effect.STOP)
    assert isinstance(touch(desk, wish), CallStopped)


@pytest.mark.parametrize("gone", ["device", "meaning", "station"])
def test_the_call_of_a_contact_that_left_the_line_file_can_be_cleared(gone: str) -> None:
    desk = desk_of()
    contact(desk, "left", active=True)
    line = desk.shop.line
    changes: dict[str, dict[str, object]] = {
        "device": {"devices": ()},
        "meaning": {"devices": (replace(IO, map={"right": "call:tool"}),)},
        "station": {"devices": (replace(IO, station="press"),)},
    }
    touch(desk, c.ChangeLine(line=replace(line, **changes[gone])))
    if gone == "station":
        contact(desk, "left", active=True, station="press")
    assert not isinstance(touch(desk, c.ClearCall(station="saw")), ScanRefused)
    desk.tick()
    assert desk.shop.open_call("saw", "tool") is None


@pytest.mark.parametrize("taken", [False, True])
def test_who_calls_for_what_has_gone_by_itself_is_heard(*, taken: bool) -> None:
    desk = desk_of(deadline_s=60, cause=taken)
    contact(desk, "left", active=True)
    if taken:
        touch(desk, c.AcknowledgeCall(station="saw"))
    first = held(desk)
    contact(desk, "left", active=False)
    desk.clock.advance(600)
    event = touch(desk, c.RaiseCall(station="saw", reason="tool"))
    assert isinstance(event, CallRaised)
    again = held(desk)
    assert again.id != first.id
    assert (again.source, again.returned_us, again.stopped_us) == (CallSource.PERSON, 0, 0)
    desk.tick()
    assert not held(desk).stopped_us, "its deadline is its own"


def test_a_call_that_comes_again_after_its_deadline_stops_from_then_on() -> None:
    desk = desk_of(deadline_s=60)
    contact(desk, "left", active=True)
    contact(desk, "left", active=False)
    desk.clock.advance(600)
    contact(desk, "left", active=True)
    again_us = desk.clock.now().at_us
    desk.tick()
    assert held(desk).stopped_us == again_us, "nothing stood while it was gone"


def test_a_late_supplier_is_called_until_somebody_clears_it() -> None:
    desk = loop_desk(LoopKind.SUPPLIER, response_s=60, response_reason="late")
    desk.scan("x", 1, "assembly")
    desk.clock.advance(100)
    desk.tick()
    (call,) = desk.shop.calls.values()
    assert not isinstance(touch(desk, c.ClearCall(station=call.station, call=call.id)), ScanRefused)
    desk.tick()
    assert desk.shop.calls == {}


def test_a_stop_without_a_reason_is_not_what_help_has_called_for() -> None:
    desk = desk_of()
    touch(desk, c.RaiseCall(station="saw", reason=""))
    touch(desk, a.NameCall(station="saw", reason="tool"))
    assert {call.reason for call in desk.shop.calls.values()} == {"", "tool"}


def test_nobody_comes_to_a_call_that_is_cleared() -> None:
    desk = desk_of(cause=True)
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    first = held(desk).id
    touch(desk, c.ClearCall(station="saw"))
    assert isinstance(touch(desk, c.ArriveCall(station="saw", call=first)), ScanRefused)
    assert not desk.shop.calls[first].arrived_us


def test_who_came_is_named_to_whoever_comes_second() -> None:
    desk = desk_of(deadline_s=60)
    touch(desk, c.ChangeLine(line=replace(desk.shop.line, people=(MAX,))))
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    desk.read(MAX.badge, "saw")
    desk.clock.advance(60)
    answer = touch(desk, c.ArriveCall(station="saw"))
    assert isinstance(answer, ScanRefused)
    assert answer.args["by"] == "Max"


# Mistakes, and shelves that end.


def times(desk: Desk) -> dict[str, tuple[int, bool]]:
    """How many calls of each reason at the saw count towards its whys, and whether they are worked on."""
    return {problem.reason: (len(problem.times_us), problem.open) for problem in desk.shop.problems.values()}


def test_a_call_that_was_a_mistake_does_not_make_its_reason_recur() -> None:
    desk = desk_of()
    touch(desk, c.ChangeLine(line=replace(desk.shop.line, andon=AndonPolicy(whys_times=2))))
    for why in ("", "wrong button"):
        touch(desk, c.RaiseCall(station="saw", reason="tool"), after_s=2)
        touch(desk, c.RejectCall(station="saw", call=held(desk).id, reason=why), after_s=2)
        assert times(desk) == {"tool": (0, False)}
    touch(desk, c.RaiseCall(station="saw", reason="tool"), after_s=2)
    touch(desk, c.ClearCall(station="saw"))
    touch(desk, c.RaiseCall(station="saw", reason="tool"), after_s=2)
    assert times(desk) == {"tool": (2, True)}
    touch(desk, c.RejectCall(station="saw", call=held(desk).id, reason="wrong button"), after_s=2)
    assert times(desk) == {"tool": (1, False)}


def test_help_that_was_given_a_name_recurs_under_that_name_alone() -> None:
    desk = desk_of()
    policy = AndonPolicy(whys_times=2, help_reason="material")
    touch(desk, c.ChangeLine(line=replace(desk.shop.line, andon=policy)))
    for _ in range(2):
        touch(desk, c.RaiseCall(station="saw", reason="material"), after_s=2)
        touch(desk, a.NameCall(station="saw", reason="tool"), after_s=2)
        last = times(desk)
        touch(desk, c.ClearCall(station="saw"))
    assert last == {"material": (0, False), "tool": (2, True)}


def test_nobody_is_called_in_one_go_by_everything_that_a_shelf_held_back() -> None:
    desk = desk_of(escalation="soon")
    touch(desk, c.ChangeLine(line=replace(desk.shop.line, escalations=(SOON,))))
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    touch(desk, a.ShelveCall(station="saw", at="saw", reason="tool", for_s=900, why="part is ordered"))
    desk.clock.advance(901)
    desk.tick()
    desk.tick()
    assert (desk.shop.shelves, held(desk).level) == ({}, 0)
    desk.clock.advance(SOON.not_taken[0].after_s)
    desk.tick()
    assert held(desk).level == 1
