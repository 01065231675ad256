"""`tell test` says of each sender whether people can be told by it."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.cli.main import run
from shopfloor.clock import ManualClock
from tests.helpers.hook_server import Hook, hook_server
from tests.helpers.smtp_server import Post, mail_server
from tests.helpers.terminal import running
from tests.outward.calls import MAIL
from tests.outward.stage import hook_at, line_of


def test_every_sender_is_tried_and_those_it_would_tell_are_named(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    post, hook = Post(), Hook()
    with mail_server(post) as mail_port, hook_server(hook) as hook_port:
        line = line_of(replace(MAIL, target=f"smtp://127.0.0.1:{mail_port}"), hook_at(hook_port))
        with running(tmp_path, ManualClock(), line):
            assert run(["tell", "test", "--data", str(tmp_path)]) == 0
    out = capfd.readouterr().out.splitlines()
    assert out[0] == "mail: told ana@plant.example, cem@plant.example"
    assert out[1] == f"hook: told http://127.0.0.1:{hook_port}/calls"
    assert post.received[0].mail["Subject"] == "Test message of Gearbox line"
    assert hook.bodies[0]["what"] == "test"


def test_one_sender_and_one_address_can_be_named_in_a_language(tmp_path: Path) -> None:
    post = Post()
    with mail_server(post) as port:
        line = line_of(replace(MAIL, target=f"smtp://127.0.0.1:{port}"), hook_at(9))
        with running(tmp_path, ManualClock(), line):
            named = ["--sender", "mail", "--to", "me@plant.example", "--language", "de"]
            assert run(["tell", "test", "--data", str(tmp_path), *named]) == 0
    assert post.received[0].to == ("me@plant.example",)
    assert post.received[0].mail["Subject"] == "Testnachricht von Gearbox line"


def test_a_sender_that_fails_is_said_with_a_remedy(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    hook = Hook(503)
    with hook_server(hook) as port, running(tmp_path, ManualClock(), line_of(hook_at(port))):
        assert run(["tell", "test", "--data", str(tmp_path)]) == 1
    assert "hook: 127.0.0.1:" in (said := capfd.readouterr().err)
    assert "answered 503" in said
    assert "Check the sender's target" in said


def test_an_unknown_sender_is_bad_usage(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with running(tmp_path, ManualClock(), line_of(MAIL)):
        assert run(["tell", "test", "--data", str(tmp_path), "--sender", "nobody"]) == 2
    assert "Expected one of the line's senders (mail), got nobody." in capfd.readouterr().err


def test_a_folder_without_a_journal_is_said(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["tell", "test", "--data", str(tmp_path)]) == 1
    assert "holds no journal" in capfd.readouterr().err
