"""`shopfloor line serve`, `key`, `join`, `status` and `export-config`, as a technician types them."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor import __version__
from shopfloor.cli.line_join import _say
from shopfloor.cli.main import run
from shopfloor.clock import ManualClock, SystemClock
from shopfloor.core.floor_views import Stand, standings
from shopfloor.link.caller import Caller, visit, visitor_of
from shopfloor.link.joined import KEY_FILE, read_joined
from shopfloor.link.pulse import _Beat, _encoder
from shopfloor.link.server.line_status import FloorStatus, LineStatus, StreamStatus, TerminalStatus
from shopfloor.store.link_note import clock_beside
from tests.helpers.free_port import free_port
from tests.helpers.line_served import Served, need_nats, served
from tests.helpers.lines import a_line
from tests.helpers.terminal import running

DONE, FAILED, USAGE = 0, 1, 2
Cap = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("served")) as serving:
        yield serving


def data_of(server: Served) -> str:
    return str(server.place.folder.parent)


def say(capfd: Cap, *args: str) -> tuple[int, str, str]:
    capfd.readouterr()
    code = run(["line", *args])
    said = capfd.readouterr()
    return code, said.out, said.err


def new_key(capfd: Cap, server: Served, name: str) -> str:
    code, out, err = say(capfd, "key", "new", name, "--data", data_of(server), "--json")
    assert (code, err) == (DONE, "")
    found = json.loads(out)
    assert found["urls"] == [f"tls://{server.host}"]
    assert found["running"] is True
    return str(found["key"])


def test_a_key_makes_a_computer_a_terminal_of_the_line(server: Served, tmp_path: Path, capfd: Cap) -> None:
    code, out, err = say(capfd, "key", "new", "press", "--data", data_of(server))
    assert code == DONE
    assert "Key of terminal press (station), shown this once" in err
    key = out.strip()
    code, out, err = say(capfd, "join", f"tls://{server.host}", key, "--data", str(tmp_path / "press"))
    assert (code, err) == (DONE, "")
    assert f"at {server.host}, encrypted, key accepted, 0 messages" in out
    assert "Terminal press of line demo." in out
    joined = read_joined(tmp_path / "press")
    assert joined is not None
    assert (joined.line, joined.terminal, joined.hosts) == ("demo", "press", (server.host,))


def test_a_scanner_may_type_the_key(
    server: Served, tmp_path: Path, capfd: Cap, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = new_key(capfd, server, "scanned")
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{key.lower()}\n"))
    assert say(capfd, "join", "-", "--data", str(tmp_path))[0] == DONE
    assert read_joined(tmp_path) is not None


def test_a_revoked_key_is_refused_in_words_and_not_kept(server: Served, tmp_path: Path, capfd: Cap) -> None:
    key = new_key(capfd, server, "lost")
    code, out, _ = say(capfd, "key", "revoke", "lost", "--data", data_of(server))
    assert (code, out) == (DONE, "lost: revoked, and in force.\n")
    code, _, err = say(capfd, "join", key, "--data", str(tmp_path))
    assert code == FAILED
    assert "does not know this key: it was revoked" in err
    assert not (tmp_path / KEY_FILE).exists()
    code, out, _ = say(capfd, "key", "list", "--data", data_of(server))
    assert [line for line in out.splitlines() if line.startswith("lost ") and "revoked" in line]


def test_a_server_that_is_not_there_is_told_in_words(server: Served, tmp_path: Path, capfd: Cap) -> None:
    key = new_key(capfd, server, "far")
    code, _, err = say(capfd, "join", f"127.0.0.1:{free_port()}", key, "--data", str(tmp_path))
    assert code == FAILED
    assert "nothing listens at this port" in err
    code, _, _ = say(capfd, "join", f"127.0.0.1:{free_port()}", key, "--data", str(tmp_path), "--offline")
    assert code == DONE


def test_a_damaged_key_is_told_in_words(server: Served, tmp_path: Path, capfd: Cap) -> None:
    key = new_key(capfd, server, "torn")
    code, _, err = say(capfd, "join", key[:-5], "--data", str(tmp_path))
    assert code == FAILED
    assert "is damaged" in err


def test_the_key_of_another_line_does_not_touch_a_terminal_with_a_journal(
    server: Served, tmp_path: Path, capfd: Cap
) -> None:
    with running(tmp_path, ManualClock(), a_line()):
        pass
    key = new_key(capfd, server, "stray")
    code, _, err = say(capfd, "join", key, "--data", str(tmp_path))
    assert code == FAILED
    assert f"Expected a key of line {a_line().id}" in err
    assert "got one of line demo" in err
    assert not (tmp_path / KEY_FILE).exists()


def test_the_key_of_another_terminal_does_not_touch_one_with_a_journal(
    server: Served, tmp_path: Path, capfd: Cap
) -> None:
    name = "lone"
    with running(tmp_path, ManualClock(), replace(a_line(), id="demo"), name=name):
        pass
    code, _, err = say(capfd, "join", new_key(capfd, server, "renamed"), "--data", str(tmp_path))
    assert code == FAILED
    assert f"Expected a key of terminal {name}" in err
    assert "got one of terminal renamed" in err
    assert not (tmp_path / KEY_FILE).exists()
    assert say(capfd, "join", new_key(capfd, server, name), "--data", str(tmp_path))[0] == DONE


def test_a_qr_code_of_a_key_is_a_secret_file_a_scanner_reads(server: Served, tmp_path: Path, capfd: Cap) -> None:
    zxing = pytest.importorskip("zxingcpp", reason="needs zxing-cpp to read codes back")
    pdfium = pytest.importorskip("pypdfium2", reason="needs pypdfium2 to see a page")
    for kind in ("png", "svg", "pdf"):
        path = tmp_path / f"key.{kind}"
        code, out, _ = say(capfd, "key", "new", f"qr-{kind}", "--data", data_of(server), "--out", str(path))
        assert code == DONE
        assert path.stat().st_mode & 0o777 == 0o600
    with pdfium.PdfDocument(tmp_path / "key.pdf") as document:
        page = document[0].render(scale=1).to_numpy()
        assert [each.text for each in zxing.read_barcodes(page)] == [out.strip()]


def test_a_qr_code_is_drawn_in_the_terminal(server: Served, capfd: Cap) -> None:
    code, out, _ = say(capfd, "key", "new", "drawn", "--data", data_of(server), "--qr")
    assert code == DONE
    assert len(out.splitlines()) > 35


def test_another_kind_of_picture_is_refused_before_a_key_is_made(server: Served, tmp_path: Path, capfd: Cap) -> None:
    code, _, err = say(capfd, "key", "new", "gif", "--data", data_of(server), "--out", str(tmp_path / "key.gif"))
    assert code == FAILED
    assert "Expected FILE.png, .svg or .pdf" in err
    assert "gif " not in say(capfd, "key", "list", "--data", data_of(server))[1]


def test_status_tells_the_terminals_and_the_stream(server: Served, tmp_path: Path, capfd: Cap) -> None:
    key = new_key(capfd, server, "talks")
    assert say(capfd, "join", key, "--data", str(tmp_path))[0] == DONE
    joined = read_joined(tmp_path)
    assert joined is not None
    now = SystemClock().now()
    known = clock_beside(tmp_path).of_boot(now)
    assert known is not None
    assert abs(known.server_us - now.at_us) < 60_000_000, "the time at the server it joined"
    told = asyncio.Event()

    async def work(caller: Caller) -> int:
        assert b'"seq"' in await caller.request("shopfloor.demo.ev.talks.a", b"x")
        beating = asyncio.ensure_future(beat(caller))
        try:
            return await asyncio.to_thread(run, ["line", "status", "--json", "--data", data_of(server)])
        finally:
            told.set()
            await beating

    async def beat(caller: Caller) -> None:
        payload = _encoder.encode(_Beat("talks~a", 42, b"", 0, 1500, 10, "1.2.3"))
        while not told.is_set():
            await caller._client.publish("shopfloor.demo.hb.talks", payload)
            try:
                await asyncio.wait_for(told.wait(), 0.1)
            except TimeoutError:
                continue

    capfd.readouterr()
    assert visit(visitor_of(joined), work) == DONE
    found = json.loads(capfd.readouterr().out)
    assert found["stream"].keys() == {"messages", "bytes", "last"}
    assert found["stream"]["messages"] >= 1
    (talks,) = [each for each in found["terminals"] if each["id"] == "talks"]
    assert talks == {
        "id": "talks",
        "link": "up",
        "last_seen_s": 0.0,
        "behind": found["stream"]["last"],
        "clock_offset_ms": 1.5,
        "version": "1.2.3",
        "head": 42,
        "floor": 0,
        "floor_hash": "",
    }
    assert found["floor"] == {"number": 0, "age_s": None, "agree": [], "differ": []}
    code, out, _ = say(capfd, "status", "--data", str(tmp_path))
    assert code == DONE
    assert "talks" in out
    assert "silent, last event" in out


def test_status_names_the_programs_that_are_others(capfd: Cap) -> None:
    terminals = (TerminalStatus(id="press", link="up", version="9.3", behind=0, clock_offset_ms=0.0, head=1),)
    _say(LineStatus("demo", "host", terminals, StreamStatus(1, 2, 3), FloorStatus(0, None, (), ())))
    assert f"press runs 9.3, this one {__version__}: unknown entries are kept" in capfd.readouterr().out


def test_status_names_the_terminal_whose_state_is_another(capfd: Cap) -> None:
    found = standings([Stand("press", 7, "aa"), Stand("wash", 7, "aa"), Stand("pack", 7, "bb"), Stand("new", 0, "")])
    floor = FloorStatus(found.floor, 90_000, found.agree, found.differ)
    _say(LineStatus("demo", "host", (), StreamStatus(1, 2, 3), floor))
    out = capfd.readouterr().out
    assert "floor 7, of 25:00:00 ago, 2 agree" in out
    assert "the state of pack is not that of the others" in out
    assert "shopfloor verify" in out


def test_a_folder_that_knows_no_line_says_so(tmp_path: Path, capfd: Cap) -> None:
    code, _, err = say(capfd, "status", "--data", str(tmp_path))
    assert code == FAILED
    assert "neither of a line server nor of a terminal" in err
    code, _, err = say(capfd, "key", "list", "--data", str(tmp_path))
    assert code == FAILED
    assert "Start one first" in err


def test_missing_libraries_are_told_with_how_to_get_them(
    tmp_path: Path, capfd: Cap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nkeys", None)
    code, _, err = say(capfd, "serve", "--data", str(tmp_path))
    assert code == FAILED
    assert "needs nkeys" in err
    assert "pip install 'shopfloor[line]'" in err
    assert say(capfd, "serve", "--help")[0] == DONE
    assert "export-config" in say(capfd, "--help")[1]


def test_a_cluster_is_written_and_said_what_to_do_with(tmp_path: Path, capfd: Cap) -> None:
    need_nats()
    out = tmp_path / "out"
    args = ("export-config", "--hosts", "a,b,c", "--data", str(tmp_path / "s"), "--out", str(out), "--line-id", "demo")
    code, said, _ = say(capfd, *args)
    assert code == DONE
    assert said.splitlines()[-1] == f"Next: {out / 'README.txt'}"
    assert sorted(path.name for path in out.iterdir()) == ["README.txt", "node-1", "node-2", "node-3"]
    code, _, err = say(capfd, *args, "--replicas", "2")
    assert code == FAILED
    assert "Expected 3 or 5 replicas" in err


def test_serve_runs_until_it_is_told_to_end_and_keeps_others_out(tmp_path: Path, capfd: Cap) -> None:
    need_nats()
    command = [sys.executable, "-m", "shopfloor", "line", "serve", "--data", str(tmp_path), "--line-id", "demo"]
    command += ["--listen", "127.0.0.1", "--host", "127.0.0.1", "--port", str(free_port())]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ) as process:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line.strip())
            if said[-1] == "ready":
                break
        assert said[0].startswith("nats-server ")
        assert "stream shopfloor-demo created" in said
        code, _, err = say(capfd, "serve", "--data", str(tmp_path))
        assert code == FAILED
        assert "is in use" in err
        code, _, err = say(capfd, "serve", "--data", str(tmp_path), "--line-id", "other")
        assert code == USAGE
        assert "Expected line demo, which this server holds, got other" in err
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == DONE
        assert process.stdout.read() == ""
