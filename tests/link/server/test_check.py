"""Which servers and streams may hold a line."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from shopfloor.clock import SystemClock
from shopfloor.link.caller import Caller, visit
from shopfloor.link.server.admin import Admin
from shopfloor.link.server.check import Varz, changes, check_server, check_stream, wanted_stream
from shopfloor.link.server.supervise import put_in_force
from shopfloor.link.stream_api import ident
from shopfloor.link.subjects import Subjects
from shopfloor.link.trouble import ServerTrouble
from shopfloor.link.versions import LINE_MAJOR, WORD
from tests.helpers.line_served import Served, served

GOOD = msgspec.json.decode(
    b'{"server_name":"a","version":"2.15.1","tls_required":true,"auth_required":true,'
    b'"jetstream":{"config":{"sync_interval":120000000000,"sync_always":true}}}',
    type=Varz,
)
WANTED = wanted_stream(Subjects("demo"), 1)


def test_a_server_as_it_should_be_is_taken() -> None:
    check_server(GOOD)


@pytest.mark.parametrize(
    ("varz", "words"),
    [
        (replace(GOOD, version="2.9.10"), "2.14.0 or newer, got 2.9.10"),
        (replace(GOOD, version=""), "to say its version"),
        (replace(GOOD, jetstream=Varz().jetstream), "without JetStream"),
        (
            msgspec.convert(msgspec.to_builtins(GOOD) | {"jetstream": {"config": {"sync_always": False}}}, Varz),
            "a power cut takes minutes of acknowledged scans",
        ),
        (replace(GOOD, tls_required=False), "to encrypt and to ask for keys"),
        (replace(GOOD, auth_required=False), "to encrypt and to ask for keys"),
    ],
)
def test_a_server_that_may_lose_what_it_acknowledged_is_refused_in_words(varz: Varz, words: str) -> None:
    with pytest.raises(ServerTrouble, match=words):
        check_server(varz)


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("persist_mode", "async", "got persist_mode 'async', which overrides the server's sync"),
        ("storage", "memory", "got storage 'memory'"),
        ("no_ack", True, "take and acknowledge"),
        ("sealed", True, "take and acknowledge"),
        ("metadata", {WORD: str(LINE_MAJOR + 1)}, "of version 1 or older, got '2'"),
    ],
)
def test_a_stream_that_cannot_be_made_good_is_refused(field: str, value: object, words: str) -> None:
    check_stream(WANTED)
    with pytest.raises(ServerTrouble, match=words):
        check_stream(WANTED | {field: value})


def test_what_the_server_leaves_out_is_off() -> None:
    assert changes(WANTED, WANTED) == {}
    assert changes({k: v for k, v in WANTED.items() if v}, WANTED) == {}
    assert changes(WANTED | {"metadata": WANTED["metadata"] | {"_nats.level": "1"}}, WANTED) == {}
    assert changes(WANTED | {"metadata": None}, WANTED) == {"metadata": WANTED["metadata"]}
    assert changes(WANTED | {"allow_rollup_hdrs": True, "more": 1}, WANTED) == {"allow_rollup_hdrs": False}


def remake_stream(serving: Served, **other: object) -> None:
    config = WANTED | other

    async def ask(caller: Caller) -> None:
        await caller.request(f"$JS.API.STREAM.DELETE.{config['name']}")
        answer = await caller.request(f"$JS.API.STREAM.CREATE.{config['name']}", msgspec.json.encode(config))
        assert b'"error"' not in answer, answer

    visit(Admin(serving.place, (serving.host,)).visitor(), ask)


def _major(serving: Served) -> int:
    """The version of the line as a terminal reads it."""

    async def ask(caller: Caller) -> bytes:
        return await caller.request("$JS.API.STREAM.INFO.shopfloor-demo")

    return ident(visit(Admin(serving.place, (serving.host,)).visitor(), ask), "demo").major


def test_a_real_server_and_stream_are_taken_refused_and_mended(tmp_path: Path) -> None:
    with served(tmp_path) as serving:
        assert serving.said == ["stream shopfloor-demo created"]
        admin = Admin(serving.place, (serving.host,))
        assert "as it was" in admin.keep_stream(Subjects("demo"), replicas=1)
        remake_stream(serving, allow_rollup_hdrs=True, allow_direct=False)
        assert "changed: allow_direct, allow_rollup_hdrs" in admin.keep_stream(Subjects("demo"), replicas=1)
        assert "as it was" in admin.keep_stream(Subjects("demo"), replicas=1)
        remake_stream(serving, metadata={})
        assert "changed: metadata" in admin.keep_stream(Subjects("demo"), replicas=1)
        remake_stream(serving, metadata={WORD: str(LINE_MAJOR + 1)})
        with pytest.raises(ServerTrouble, match="a newer program"):
            admin.keep_stream(Subjects("demo"), replicas=1)
        assert _major(serving) == LINE_MAJOR + 1
        remake_stream(serving, persist_mode="async")
        with pytest.raises(ServerTrouble, match="persist_mode 'async'"):
            admin.keep_stream(Subjects("demo"), replicas=1)
        with pytest.raises(ServerTrouble, match=r"refuses stream .*replicas"):
            admin.keep_stream(Subjects("other"), replicas=3)


def test_a_real_server_that_does_not_sync_always_is_refused(tmp_path: Path) -> None:
    with served(tmp_path) as serving:
        text = serving.place.config.read_text().replace("sync_interval: always", 'sync_interval: "2m"')
        serving.server.stop()
        serving.place.config.write_text(text)
        serving.server._process.start()
        admin = Admin(serving.place, (serving.host,))
        serving.server._wait_ready(admin, serving.server._never)
        with pytest.raises(ServerTrouble, match="syncs now and then"):
            admin.check_servers()


def test_new_keys_are_known_to_the_running_server_when_it_is_said_so(tmp_path: Path) -> None:
    with served(tmp_path) as serving:
        before = Admin(serving.place, (serving.host,)).servers(expected=1)[0].config_digest
        serving.key("press")
        after = Admin(serving.place, (serving.host,)).servers(expected=1)[0].config_digest
        assert before != after
    assert not put_in_force(serving.place, serving.binary, SystemClock()), "nobody runs any more"
