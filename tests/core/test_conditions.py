"""Calls that call by themselves: the sequences of ISA-18.2 and of Phoebus, delays, latches, contacts, service."""

from collections.abc import Sequence

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core import commands_andon as a
from shopfloor.core.call_views import Aside, aside
from shopfloor.core.events import CallRaised, CallStopped, ScanRefused
from shopfloor.core.events_andon import AdviceEnded, Advised, CallAgain, CallReturned, CallRose
from shopfloor.core.line import CallKind, Device, DeviceKind, Reason
from shopfloor.core.line_andon import Effect, Input, InputMode, Severity, Watch, WatchKind
from shopfloor.core.rules import Refusal
from shopfloor.core.state_andon import rule_reason
from shopfloor.core.state_call import Call
from tests.helpers.calls import REASONS, andon_line, desk_with, touch
from tests.helpers.desk import Desk, rule_of

OK, MINOR, MEDIUM, MAJOR, CRITICAL = Severity
IO = Device(
    id="io",
    kind=DeviceKind.MODBUS,
    port="virtual",
    station="saw",
    map={"cord": "call:tool", "guard": "stop:fault", "chatter": "call:leak"},
    inputs=tuple(Input(name=name, address=0, mode=InputMode.CONTACT) for name in ("cord", "guard", "chatter")),
)
LEAK = Reason(id="leak", name="Leak", delay_s=10, count=3)


def desk_of(**changes: object) -> Desk:
    """A desk with an input module; `changes` are the tool reason's."""
    reasons = tuple(replace(r, **changes) if r.id == "tool" else r for r in REASONS)
    return Desk(replace(andon_line(devices=(IO,)), reasons=(*reasons, LEAK)))


def isa_state(desk: Desk, reason: str = "tool") -> str:
    """The state of ISA-18.2 of a reason at the saw."""
    if desk.shop.out_of_service("saw", reason) is not None:
        return "OOSRV"
    call = desk.shop.open_call("saw", reason)
    if call is None:
        return "NORM"
    if aside(desk.shop, call) in {Aside.SHELVED, Aside.SUPPRESSED}:
        return "SHLVD" if aside(desk.shop, call) is Aside.SHELVED else "DSUPR"
    if call.returned_us:
        return "RTNUN"
    return "ACKED" if call.acked_us else "UNACK"


def say(desk: Desk, severity: Severity, reason: str = "tool", effect: Effect = Effect.HELP) -> object:
    """Let a rule report how bad it is, two seconds later."""
    condition = a.ReportCondition(station="saw", reason=reason, severity=severity, effect=effect)
    return touch(desk, condition, after_s=2)


def ack(desk: Desk) -> object:
    """Take the call at the saw."""
    return touch(desk, c.AcknowledgeCall(station="saw"), after_s=2)


def held(desk: Desk) -> Call:
    """The call for the tool."""
    call = desk.shop.open_call("saw", "tool")
    assert call is not None
    return call


def walk(desk: Desk, steps: Sequence[Severity | str]) -> list[str]:
    """The states after each step: a severity is reported, "ack" takes the call."""
    states = []
    for step in steps:
        _ = say(desk, step) if isinstance(step, Severity) else ack(desk)
        states.append(isa_state(desk))
    return states


def test_a_rise_in_severity_voids_the_acknowledgement() -> None:
    steps: list[Severity | str] = [OK, MAJOR, "ack", CRITICAL, "ack", OK]
    assert walk(desk_of(), steps) == ["NORM", "UNACK", "ACKED", "UNACK", "ACKED", "NORM"]


def test_what_returned_unseen_waits_for_somebody_and_may_come_again() -> None:
    steps: list[Severity | str] = [MAJOR, OK, MEDIUM, MEDIUM, OK, "ack"]
    assert walk(desk_of(), steps) == ["UNACK", "RTNUN", "UNACK", "UNACK", "RTNUN", "NORM"]


def test_the_same_again_is_no_entry() -> None:
    desk = desk_of()
    say(desk, MEDIUM)
    before = len(desk.journal)
    say(desk, MEDIUM)
    assert len(desk.journal) == before


@pytest.mark.parametrize("latched", [False, True])
def test_an_acknowledgement_covers_what_is_not_worse(*, latched: bool) -> None:
    desk = desk_of(latched=latched)
    assert walk(desk, [MAJOR, "ack", MINOR]) == ["UNACK", "ACKED", "ACKED"]
    assert held(desk).severity is (MAJOR if latched else MINOR)
    say(desk, MAJOR)
    assert isa_state(desk) == ("ACKED" if latched else "UNACK")


def test_an_acknowledgement_takes_what_is_so_now_and_not_what_was_latched() -> None:
    desk = desk_of(latched=True)
    say(desk, MAJOR)
    say(desk, MINOR)
    assert (held(desk).severity, held(desk).current) == (MAJOR, MINOR)
    ack(desk)
    assert (held(desk).severity, held(desk).acked_severity) == (MINOR, MINOR)
    assert isinstance(say(desk, MAJOR), CallRose)
    assert isa_state(desk) == "UNACK"


@pytest.mark.parametrize("order", [(OK, "ack"), ("ack", OK)])
def test_a_latched_call_is_over_when_it_is_gone_and_seen_in_any_order(order: tuple[Severity | str, ...]) -> None:
    desk = desk_of(latched=True)
    assert walk(desk, [MAJOR, *order])[-1] == "NORM"
    assert desk.shop.calls == {}


def test_a_latched_call_holds_its_worst() -> None:
    desk = desk_of(latched=True)
    assert walk(desk, [MAJOR, OK, MINOR]) == ["UNACK", "RTNUN", "UNACK"]
    assert (held(desk).severity, held(desk).current) == (MAJOR, MINOR)


def test_a_condition_that_stops_must_be_cleared_by_somebody() -> None:
    desk = desk_of()
    say(desk, CRITICAL, effect=Effect.STOP)
    ack(desk)
    say(desk, OK)
    assert held(desk).stopped_us
    touch(desk, c.ClearCall(station="saw"))
    assert desk.shop.calls == {}


def test_help_becomes_a_stop_when_its_watch_stops_now() -> None:
    desk = desk_of()
    say(desk, MEDIUM)
    ack(desk)
    assert isinstance(say(desk, CRITICAL, effect=Effect.STOP), CallStopped)
    assert (isa_state(desk), held(desk).kind) == ("UNACK", CallKind.STOP)


def test_a_hint_calls_nobody_and_ends_by_itself() -> None:
    desk = desk_of()
    assert isinstance(say(desk, MINOR, effect=Effect.ADVISE), Advised)
    assert (desk.shop.calls, len(desk.shop.advices)) == ({}, 1)
    assert isinstance(say(desk, OK, effect=Effect.ADVISE), AdviceEnded)
    assert desk.shop.advices == {}


def test_a_watch_that_is_off_says_nothing() -> None:
    desk = desk_of()
    before = len(desk.journal)
    say(desk, MAJOR, effect=Effect.OFF)
    assert len(desk.journal) == before


def test_a_call_of_somebody_is_not_ended_by_a_condition() -> None:
    desk = desk_of()
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    say(desk, MAJOR)
    say(desk, OK)
    assert isa_state(desk) == "UNACK"


@pytest.mark.parametrize("command", [c.ClearCall, lambda **k: c.RejectCall(**k, reason="mistake")])
def test_what_is_still_so_cannot_be_cleared_or_taken_back(command: object) -> None:
    desk = desk_of()
    say(desk, MAJOR)
    answer = touch(desk, command(station="saw", call=held(desk).id))  # type: ignore[operator]
    assert isinstance(answer, ScanRefused)
    assert (answer.rule, answer.args["what"]) == ("not_possible", "still_so")


# Shelves and service.


def shelve(desk: Desk, **changes: object) -> object:
    """Put the tool at the saw on the shelf."""
    wish = a.ShelveCall(station="saw", at="saw", reason="tool", for_s=900, why="part is ordered")
    return touch(desk, replace(wish, **changes))


def test_a_shelf_survives_any_number_of_returns_until_its_time_is_over() -> None:
    desk = desk_of()
    say(desk, MAJOR)
    shelve(desk)
    assert walk(desk, [OK, MAJOR, OK, MEDIUM]) == ["SHLVD"] * 4
    desk.clock.advance(900)
    desk.tick()
    assert isa_state(desk) == "UNACK"


def test_a_one_shot_shelf_ends_when_it_clears() -> None:
    desk = desk_of()
    say(desk, MAJOR)
    shelve(desk, for_s=0, one_shot=True)
    assert isa_state(desk) == "SHLVD"
    say(desk, OK)
    assert (isa_state(desk), desk.shop.shelves) == ("RTNUN", {})


def test_a_one_shot_shelf_that_never_clears_ends_at_the_ceiling() -> None:
    desk = desk_of()
    say(desk, MAJOR)
    shelve(desk, for_s=0, one_shot=True)
    desk.clock.advance(desk.shop.line.andon.shelve_s_max)
    desk.tick()
    assert isa_state(desk) == "UNACK"


@pytest.mark.parametrize(
    ("changes", "what"),
    [({"for_s": 8 * 3600 + 1}, "shelve_long"), ({"for_s": 0}, "shelve_long"), ({"why": " "}, "")],
)
def test_a_shelf_has_a_ceiling_and_a_why(changes: dict[str, object], what: str) -> None:
    desk = desk_of()
    answer = shelve(desk, **changes)
    assert isinstance(answer, ScanRefused)
    assert answer.args.get("what", "") == what
    assert desk.shop.shelves == {}


def test_a_stop_is_never_put_on_the_shelf_and_leaves_it() -> None:
    desk = desk_of(deadline_s=60)
    touch(desk, c.RaiseCall(station="saw", reason="tool"))
    shelve(desk)
    assert isa_state(desk) == "SHLVD"
    desk.clock.advance(60)
    desk.tick()
    assert (isa_state(desk), bool(held(desk).stopped_us)) == ("UNACK", True)
    answer = shelve(desk)
    assert isinstance(answer, ScanRefused)
    assert answer.args["what"] == "shelve_stop"


def test_what_is_out_of_service_calls_again_when_it_is_back() -> None:
    desk = desk_of()
    touch(desk, a.ReadContact(station="saw", device="io", input="cord", active=True))
    touch(desk, a.TakeOutOfService(station="saw", at="saw", reason="tool", why="wire is broken"))
    assert isa_state(desk) == "OOSRV"
    touch(desk, c.ClearCall(station="saw"))
    assert desk.shop.calls == {}
    desk.clock.advance(5)
    desk.tick()
    assert desk.shop.calls == {}
    touch(desk, a.ReturnToService(station="saw", at="saw", reason="tool"))
    desk.tick()
    assert isa_state(desk) == "UNACK"


def test_somebody_can_call_for_what_is_out_of_service() -> None:
    desk = desk_of()
    touch(desk, a.TakeOutOfService(station="saw", at="saw", why="wire is broken"))
    assert isinstance(touch(desk, c.RaiseCall(station="saw", reason="tool")), CallRaised)


# Contacts.


def contact(desk: Desk, name: str, *, active: bool, after_s: float = 1) -> object:
    """Let a contact change."""
    wish = a.ReadContact(station="saw", device="io", input=name, active=active)
    return touch(desk, wish, after_s=after_s)


def test_a_contact_calls_as_long_as_it_says_so() -> None:
    desk = desk_of()
    contact(desk, "cord", active=True)
    assert isa_state(desk) == "UNACK"
    ack(desk)
    contact(desk, "cord", active=False)
    assert isa_state(desk) == "NORM"


def test_a_contact_that_stops_is_not_restarted_by_its_reset() -> None:
    desk = desk_of()
    contact(desk, "guard", active=True)
    contact(desk, "guard", active=False)
    call = desk.shop.open_call("saw", "fault")
    assert call is not None
    assert call.stopped_us
    assert not isinstance(touch(desk, c.ClearCall(station="saw")), ScanRefused)


def test_a_contact_with_a_delay_calls_when_it_has_lasted() -> None:
    desk = desk_of()
    contact(desk, "chatter", active=True)
    desk.clock.advance(9.9)
    desk.tick()
    assert isa_state(desk, "leak") == "NORM"
    desk.clock.advance(0.1)
    desk.tick()
    assert isa_state(desk, "leak") == "UNACK"


def test_a_contact_that_is_gone_within_its_delay_called_nobody() -> None:
    desk = desk_of()
    contact(desk, "chatter", active=True)
    contact(desk, "chatter", active=False, after_s=9)
    desk.clock.advance(100)
    desk.tick()
    assert desk.shop.calls == {}


def test_a_contact_that_comes_often_within_its_delay_calls_at_once() -> None:
    desk = desk_of()
    for _ in range(2):
        contact(desk, "chatter", active=True)
        contact(desk, "chatter", active=False)
    assert isa_state(desk, "leak") == "NORM"
    contact(desk, "chatter", active=True)
    assert isa_state(desk, "leak") == "UNACK"


def test_an_input_without_a_meaning_is_an_entry_with_words() -> None:
    answer = contact(desk_of(), "nothing", active=True)
    assert isinstance(answer, ScanRefused)
    assert rule_of(answer) == "unknown_code"


def test_a_condition_at_a_place_nobody_knows_is_refused() -> None:
    desk = desk_of()
    wish = a.ReportCondition(station="moon", reason="tool", severity=MAJOR)
    assert isinstance(touch(desk, wish), Refusal)


# Suppressed by design.


@pytest.mark.parametrize("named", [False, True])
def test_a_stop_upstream_explains_a_starved_station(*, named: bool) -> None:
    reason = "tool" if named else rule_reason(WatchKind.STARVED)
    desk = desk_with(watches=(Watch(kind=WatchKind.STARVED, reason=reason if named else ""),))
    place = desk.shop.line.loops[0].route[1]
    touch(desk, a.ReportCondition(station=place, reason=reason, severity=MEDIUM))
    call = desk.shop.open_call(place, reason)
    assert call is not None
    assert aside(desk.shop, call) is Aside.NOT
    touch(desk, c.RaiseCall(station="saw"))
    assert aside(desk.shop, call) is Aside.SUPPRESSED
    touch(desk, c.ClearCall(station="saw"))
    assert aside(desk.shop, call) is Aside.NOT


def test_what_returned_is_an_entry_and_again_another() -> None:
    desk = desk_of()
    say(desk, MAJOR)
    assert isinstance(say(desk, OK), CallReturned)
    assert isinstance(say(desk, MAJOR), CallAgain)
