"""The server as it is started, ended, killed, and started again."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.clock import SystemClock
from shopfloor.link.caller import Caller, Visitor, visit
from shopfloor.link.server.admin import stream_info
from shopfloor.link.server.binary import Binary
from shopfloor.link.server.certificates import Authority
from shopfloor.link.server.process import ServerProcess, running_pid
from shopfloor.link.server.supervise import LineServer, write_config
from shopfloor.link.trouble import ServerTrouble
from tests.helpers.line_served import Served, need_nats, served, set_up_place
from tests.helpers.logfail import LogGuard

BACK_S_MAX = 30.0
STREAM = "shopfloor-demo"


@contextmanager
def watched(serving: Served) -> Iterator[None]:
    """Its supervision, on a thread of its own."""
    stopped = threading.Event()
    thread = threading.Thread(target=serving.server.run, args=(stopped,))
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(BACK_S_MAX)
        assert not thread.is_alive()


def until(what: Callable[[], bool]) -> None:
    """Wait for something another process does."""
    pause = threading.Event()
    for _ in range(round(BACK_S_MAX / 0.05)):
        if what():
            return
        pause.wait(0.05)
    pytest.fail("it did not happen")


def messages(visitor: Visitor) -> int:
    async def ask(caller: Caller) -> int:
        return (await stream_info(caller, STREAM)).state.messages

    return visit(visitor, ask)


def store(visitor: Visitor, subject: str) -> None:
    async def ask(caller: Caller) -> bytes:
        return await caller.request(subject, b"x")

    assert b'"seq"' in visit(visitor, ask)


def strike(serving: Served, sign: signal.Signals, caplog: pytest.LogCaptureFixture) -> None:
    """Something befalls the server: another one comes in its place, and has what was stored."""
    press = serving.visitor("press")
    store(press, "shopfloor.demo.ev.press.a")
    with watched(serving):
        first = serving.server.pid
        os.kill(first, sign)
        until(lambda: "the server is back" in caplog.text)
        assert running_pid(serving.place) == serving.server.pid != first
        assert messages(press) == 1


def test_a_killed_server_comes_back_with_what_it_had(
    tmp_path: Path, expect_log: LogGuard, caplog: pytest.LogCaptureFixture
) -> None:
    expect_log("the server ended after")
    expect_log("the server is back: stream shopfloor-demo as it was, 1 messages")
    with served(tmp_path) as serving:
        strike(serving, signal.SIGKILL, caplog)


def test_a_server_that_stands_still_is_ended_and_started_again_with_what_it_had(
    tmp_path: Path, expect_log: LogGuard, caplog: pytest.LogCaptureFixture
) -> None:
    for words in ("has left 1 questions in a row unanswered", "the server ended after", "the server is back"):
        expect_log(words)
    serving = Served(tmp_path)
    serving.server = LineServer(tmp_path, clock=SystemClock(), binary=serving.binary, silent_asks=1)
    serving.start()
    try:
        strike(serving, signal.SIGSTOP, caplog)
    finally:
        serving.server.stop()


def test_a_program_that_is_replaced_while_the_server_ends_is_waited_for(
    tmp_path: Path, expect_log: LogGuard, caplog: pytest.LogCaptureFixture
) -> None:
    for words in ("the server ended after", "the server is not started", "the server is back"):
        expect_log(words)
    serving = Served(tmp_path / "server")
    program = tmp_path / "nats-server"
    program.symlink_to(serving.binary.path)
    serving.server = LineServer(
        tmp_path / "server", clock=SystemClock(), binary=Binary(program, serving.binary.version, "test")
    )
    serving.start()
    try:
        with watched(serving):
            program.unlink()
            os.kill(serving.server.pid, signal.SIGKILL)
            until(lambda: "the server is not started" in caplog.text)
            program.symlink_to(serving.binary.path)
            until(lambda: "the server is back" in caplog.text)
    finally:
        serving.server.stop()


def test_a_wiped_store_gets_its_stream_again(tmp_path: Path) -> None:
    with served(tmp_path) as serving:
        press = serving.visitor("press")
        store(press, "shopfloor.demo.ev.press.a")
        serving.server.stop()
        for path in sorted(serving.place.store.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        serving.start()
        assert serving.said[-1] == "stream shopfloor-demo created"
        assert messages(press) == 0


def test_keys_and_authority_stay_over_a_restart(tmp_path: Path) -> None:
    with served(tmp_path) as serving:
        press = serving.visitor("press")
        before = Authority(serving.place.tls).der()
        serving.server.stop()
        serving.start()
        assert messages(press) == 0
        assert Authority(serving.place.tls).der() == before


@pytest.mark.parametrize("stands_still", [False, True])
def test_a_server_left_by_a_killed_supervisor_is_ended_first(tmp_path: Path, *, stands_still: bool) -> None:
    binary = need_nats()
    place = set_up_place(tmp_path)
    write_config(place, binary)
    orphan = ServerProcess(binary, place)
    orphan.start()
    try:
        until(lambda: running_pid(place) == orphan.pid)
        if stands_still:
            os.kill(orphan.pid, signal.SIGSTOP)
        server = LineServer(tmp_path, clock=SystemClock(), binary=binary)
        said: list[str] = []
        reaper = threading.Thread(target=lambda: until(lambda: not orphan.alive))
        reaper.start()  # a child that ended stays until its parent looks
        try:
            server.start(said.append)
            assert said[0] == f"a server without its supervisor ran here (process {orphan.pid}) and is ended first"
            assert running_pid(place) == server.pid != orphan.pid
        finally:
            server.stop()
            reaper.join(BACK_S_MAX)
    finally:
        orphan.stop()


def test_the_number_of_a_dead_server_may_be_another_programs(tmp_path: Path) -> None:
    place = set_up_place(tmp_path)
    assert running_pid(place) == 0
    place.pid.write_text(f"{os.getpid()}\n")
    assert running_pid(place) == 0
    place.pid.write_text("no number")
    assert running_pid(place) == 0


def test_a_port_in_use_is_told_with_the_servers_own_words(tmp_path: Path) -> None:
    serving = Served(tmp_path)
    settings = serving.place.read_settings()
    with socket.create_server(("127.0.0.1", settings.port)), pytest.raises(ServerTrouble, match="already in use"):
        serving.start()
    assert not serving.server._process.alive


def test_a_port_that_is_in_use_for_a_while_is_waited_for(
    tmp_path: Path, expect_log: LogGuard, caplog: pytest.LogCaptureFixture
) -> None:
    expect_log("the server ended after")
    expect_log("the server is back")
    with served(tmp_path) as serving:
        press = serving.visitor("press")
        settings = serving.place.read_settings()
        serving.server._process.stop()
        with socket.create_server(("127.0.0.1", settings.port)), watched_until_failed(serving):
            pass
        with watched(serving):
            until(lambda: "the server is back" in caplog.text)
        assert messages(press) == 0


@contextmanager
def watched_until_failed(serving: Served) -> Iterator[None]:
    """Supervision that has started the server once more, in vain."""
    with watched(serving):
        before = serving.server.pid
        until(lambda: serving.server.pid != before and not serving.server._process.alive)
        yield


def test_a_changed_address_gets_a_new_certificate_of_the_same_authority(tmp_path: Path) -> None:
    place = set_up_place(tmp_path)
    authority, certificate = Authority(place.tls).der(), (place.tls / "server.pem").read_text()
    from shopfloor.link.server.supervise import set_up

    set_up(place, place.read_settings())
    assert (place.tls / "server.pem").read_text() == certificate
    set_up(place, replace(place.read_settings(), hosts=("other:4222",)))
    assert (place.tls / "server.pem").read_text() != certificate
    assert Authority(place.tls).der() == authority


def test_secrets_are_for_this_user_only(tmp_path: Path) -> None:
    place = set_up_place(tmp_path)
    assert place.folder.stat().st_mode & 0o777 == 0o700
    for path in (place.admin, place.system, place.tls / "ca.key", place.tls / "server.key"):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_server_that_is_not_there_is_told_with_what_to_do(tmp_path: Path) -> None:
    from shopfloor.link.server.place import Place

    with pytest.raises(ServerTrouble, match="Start one first: shopfloor line serve"):
        Place(tmp_path).read_settings()
