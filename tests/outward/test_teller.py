"""Calls at a terminal's stations reach people outside, whatever is down or ends meanwhile."""

import socket
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.health import Condition
from shopfloor.core.line import Station
from shopfloor.core.line_andon import Role
from shopfloor.core.state_line import Post as StationPost
from shopfloor.core.update import Update
from shopfloor.outward import teller as teller_module
from tests.helpers.free_port import free_port
from tests.helpers.hook_server import Hook, hook_server
from tests.helpers.smtp_server import Post, mail_server
from tests.helpers.terminal import running
from tests.outward.calls import LINE, MAIL
from tests.outward.stage import hook_at, line_of, stage, telling


def told(bodies: list[dict[str, Any]]) -> list[str]:
    return [f"{body['what']} {body['reason']['id']}" for body in bodies]


def test_a_call_is_told_and_its_end_too_in_order(tmp_path: Path) -> None:
    hook = Hook()
    with hook_server(hook) as port, stage(tmp_path, line_of(hook_at(port))) as it:
        it.call()
        it.take()
        it.call("fault")
        it.clear()
        bodies = hook.wait(3)
        it.wait("hook", Condition.UP, sent=3)
    assert told(bodies) == ["raised material", "raised fault", "over material"]
    assert (bodies[1]["kind"], bodies[1]["severity"], bodies[1]["standing"]) == ("stop", "critical", "stop")


def test_a_deadline_is_told_as_a_stop(tmp_path: Path) -> None:
    hook = Hook()
    with hook_server(hook) as port, stage(tmp_path, line_of(hook_at(port))) as it:
        it.call()
        it.take()  # and so there is no repetition
        hook.wait(1)
        it.clock.advance(61)
        bodies = hook.wait(2)
    assert told(bodies) == ["raised material", "stopped material"]
    assert bodies[0]["stop_in_s"] == 60


def test_what_could_not_be_sent_is_sent_when_the_server_is_back(tmp_path: Path) -> None:
    port = free_port()
    hook = Hook()
    with stage(tmp_path, line_of(hook_at(port))) as it:
        it.call()
        down = it.wait("hook", Condition.LOST)
        assert "cannot be reached" in down.detail
        assert down.remedy
        it.take()
        it.clear()
        it.wait("hook", Condition.LOST)
        with hook_server(hook, port=port):
            it.clock.advance(60)
            assert told(hook.wait(2)) == ["raised material", "over material"]
            it.wait("hook", Condition.UP, sent=2)


def test_a_restart_tells_nothing_twice_and_the_end_of_what_was_told_before(tmp_path: Path) -> None:
    hook, clock = Hook(), ManualClock()
    with hook_server(hook) as port, running(tmp_path, clock, line_of(hook_at(port))) as terminal:
        with telling(terminal, clock) as (_, health):
            terminal.do(c.RaiseCall(station="press", reason="material"))
            terminal.do(c.RaiseCall(station="press", reason="tool"))
            hook.wait(2)
            health.wait("sender:hook", sent=2)
        terminal.do(c.ClearCall(station="press", call=""))  # the older one, while nobody tells
        with telling(terminal, clock):
            bodies = hook.wait(3)
            terminal.do(c.ClearCall(station="press", call=""))
            bodies = hook.wait(4)
    assert told(bodies) == ["raised material", "raised tool", "over material", "over tool"]


def test_a_call_that_nobody_could_tell_of_is_told_after_the_start(tmp_path: Path) -> None:
    hook, clock = Hook(), ManualClock()
    with hook_server(hook) as port, running(tmp_path, clock, line_of(hook_at(port))) as terminal:
        terminal.do(c.RaiseCall(station="press", reason="tool"))
        with telling(terminal, clock):
            assert told(hook.wait(1)) == ["raised tool"]


def test_what_was_told_is_remembered_over_a_restart_of_the_whole_terminal(tmp_path: Path) -> None:
    hook = Hook()
    clock = ManualClock()
    with hook_server(hook) as port:
        with stage(tmp_path, line_of(hook_at(port)), clock) as it:
            it.call("tool")
            hook.wait(1)
            it.wait("hook", sent=1)
        with stage(tmp_path, line_of(hook_at(port)), clock) as it:
            it.call("check")
            assert told(hook.wait(2)) == ["raised tool", "raised check"]


def test_calls_of_stations_of_other_terminals_are_theirs_to_tell(tmp_path: Path) -> None:
    hook = Hook()
    with hook_server(hook) as port, stage(tmp_path, line_of(hook_at(port))) as it:
        it.call("tool", station="saw")
        it.call("tool", station="press")
        bodies = hook.wait(1)
    assert [body["station"]["id"] for body in bodies] == ["press"]


def test_whoever_takes_a_station_over_tells_of_its_calls_and_the_other_no_longer(tmp_path: Path) -> None:
    hook = Hook()
    with hook_server(hook) as port, stage(tmp_path, line_of(hook_at(port))) as it:
        it.call("tool", station="saw")
        taken = StationPost(station="saw", terminal="t1", origin="t1~1", since_us=1, epoch=1)
        lost = StationPost(station="press", terminal="t2", origin="t2~1", since_us=1, epoch=1)
        it.teller._put(Update(changed=(taken, lost)))
        assert [body["station"]["id"] for body in hook.wait(1)] == ["saw"]
        it.call("tool", station="press")
        it.call("check", station="saw")
        bodies = hook.wait(2)
    assert [body["station"]["id"] for body in bodies] == ["saw", "saw"]


def test_a_call_nobody_takes_is_told_again_until_somebody_does(tmp_path: Path) -> None:
    hook = Hook()
    without_deadline = replace(LINE.reasons[0], deadline_s=0)
    with hook_server(hook) as port:
        line = replace(line_of(hook_at(port)), reasons=(without_deadline, *LINE.reasons[1:]), escalations=())
        line = replace(line, escalations=(replace(LINE.escalations[0], not_taken=(), not_cleared=()),))
        with stage(tmp_path, line) as it:
            it.call()
            for count in (1, 2, 3):
                hook.wait(count)
                it.wait("hook", sent=count)
                it.clock.advance(31)
            hook.wait(4)
            it.take()
            it.clock.advance(3600)
            it.call("tool")
            bodies = hook.wait(5)
    assert told(bodies) == ["raised material", *3 * ["repeat material"], "raised tool"]
    assert len({body["id"] for body in bodies}) == 5


def test_mail_of_the_end_goes_to_exactly_those_who_had_the_first(tmp_path: Path) -> None:
    post = Post(refuse={"cem@plant.example": "550 nobody here"})
    both = replace(LINE.reasons[0], roles=(Role.LEADER, Role.MAINTENANCE), escalation="")
    with mail_server(post) as port:
        line = replace(line_of(replace(MAIL, target=f"smtp://127.0.0.1:{port}")), reasons=(both,))
        with stage(tmp_path, line) as it:
            it.call()
            post.wait(1)
            assert "cem@plant.example" in it.wait("mail", Condition.TROUBLE).detail
            post.refuse.clear()
            it.clear()
            mails = post.wait(2)
    assert [mail.to for mail in mails] == [("ana@plant.example",), ("ana@plant.example",)]
    assert mails[1].mail["Subject"] == "It is OK again at Press 1: Material missing"


def test_who_was_refused_for_now_has_the_mail_at_the_next_try_and_the_others_have_it_once(tmp_path: Path) -> None:
    post = Post(refuse={"cem@plant.example": "450 later"})
    both = replace(LINE.reasons[0], roles=(Role.LEADER, Role.MAINTENANCE), escalation="")
    with mail_server(post) as port:
        line = replace(line_of(replace(MAIL, target=f"smtp://127.0.0.1:{port}")), reasons=(both,))
        with stage(tmp_path, line) as it:
            it.call()
            it.wait("mail", Condition.LOST)
            post.refuse.clear()
            it.clock.advance(2)
            mails = post.wait(2)
    assert [mail.to for mail in mails] == [("ana@plant.example",), ("cem@plant.example",)]


def test_a_call_that_reaches_nobody_by_mail_is_counted(tmp_path: Path) -> None:
    with stage(tmp_path, line_of(replace(MAIL, target=f"smtp://127.0.0.1:{free_port()}"))) as it:
        it.call("check")  # for quality, who has no address
        it.wait("mail", Condition.NEW, unaddressed=1)


def test_a_line_change_brings_senders_and_ends_others(tmp_path: Path) -> None:
    one, two = Hook(), Hook()
    with hook_server(one) as first, hook_server(two) as second, stage(tmp_path, line_of(hook_at(first))) as it:
        it.call("tool")
        one.wait(1)
        it.terminal.do(c.ChangeLine(line=line_of(replace(hook_at(second), id="other"))))
        it.wait("hook", Condition.STOPPED)
        it.call("check")
        assert told(two.wait(1)) == ["raised check"]
    assert told(one.bodies) == ["raised tool"]


def test_a_sender_with_a_new_target_sends_there_what_waits(tmp_path: Path) -> None:
    hook = Hook()
    with hook_server(hook) as port, stage(tmp_path, line_of(hook_at(free_port()))) as it:
        it.call("tool")
        it.wait("hook", Condition.LOST)
        it.teller.renew(line_of(hook_at(port)))
        assert told(hook.wait(1)) == ["raised tool"]


def test_a_server_that_hangs_holds_up_no_call_and_no_other_sender(tmp_path: Path) -> None:
    hook = Hook()
    with socket.create_server(("127.0.0.1", 0)) as deaf, hook_server(hook) as port:
        hanging = replace(hook_at(deaf.getsockname()[1]), id="deaf")
        stations = tuple(Station(id=f"s{n}", name=f"S {n}") for n in range(40))
        line = replace(line_of(hanging, hook_at(port)), stations=(*LINE.stations, *stations))
        with stage(tmp_path, line) as it:
            it.call("tool")
            accepted, _ = deaf.accept()  # its message is under way and will never be answered
            it.call("check")
            it.call("fault")
            assert told(hook.wait(3)) == ["raised tool", "raised check", "raised fault"]
            accepted.close()
            deaf.close()


def test_news_that_nobody_had_room_for_are_made_up_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(teller_module, "NEWS_MAX", 0)
    hook = Hook()
    with hook_server(hook) as port, running(tmp_path, clock := ManualClock(), line_of(hook_at(port))) as terminal:
        terminal.do(c.RaiseCall(station="press", reason="tool"))
        with telling(terminal, clock):
            monkeypatch.setattr(teller_module, "NEWS_MAX", 1)
            assert told(hook.wait(1)) == ["raised tool"]


def test_a_file_of_passwords_that_others_can_read_is_reported(tmp_path: Path) -> None:
    (tmp_path / "secrets.toml").write_text('[hook]\npassword = "s3cret"\n')
    (tmp_path / "secrets.toml").chmod(0o644)
    hook = Hook()
    with hook_server(hook) as port, stage(tmp_path, line_of(hook_at(port))) as it:
        part = it.health.wait("secrets", Condition.TROUBLE)
        assert "can be read by others" in part.detail
        it.call("tool")
        hook.wait(1)
        (tmp_path / "secrets.toml").chmod(0o600)
        it.teller.renew(line_of(hook_at(port)))
        it.health.wait("secrets", Condition.UP)
        assert not any("s3cret" in f"{health}" for health in it.health.all)
    assert hook.headers[0]["Authorization"] == "Bearer s3cret"


def test_a_test_message_goes_past_what_waits(tmp_path: Path) -> None:
    hook = Hook(503)
    with hook_server(hook) as port, stage(tmp_path, line_of(hook_at(port))) as it:
        it.call("tool")
        it.wait("hook", Condition.LOST)
        assert it.teller.test("hook")
        assert not it.teller.test("nobody")
        assert [body["what"] for body in hook.wait(2)] == ["raised", "test"]
