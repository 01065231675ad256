"""What is on a terminal's subject and is not its word: left out by everybody, and in nobody's way."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import msgspec
import pytest

from shopfloor.clock import SystemClock
from shopfloor.core.line_link import LinkState
from shopfloor.link.caller import Caller, Visitor, visit, visitor_of
from shopfloor.link.jetstream import JetStreamLog, address_of
from shopfloor.link.join_key import JoinKey
from shopfloor.link.server.rights import KeyRole
from shopfloor.link.thread import LinkThread
from shopfloor.link.wire import encode_batch
from tests.helpers.line_bench import SoftBench
from tests.helpers.line_crew import Crew
from tests.helpers.line_served import LINE, Served, served
from tests.helpers.logfail import LogGuard
from tests.helpers.replica import Replica

WAIT_S_MAX = 20.0
STREAM = f"shopfloor-{LINE}"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("line")) as serving:
        yield serving


def test_events_under_anothers_name_are_not_believed_and_hold_nobody_up(expect_log: LogGuard) -> None:
    expect_log("is left out")
    soft = SoftBench()
    crew = Crew(soft, 3)
    names = soft.server.names

    async def body() -> None:
        crew.start()
        crew.record("t1", 3)
        await crew.converged()
        forged = crew.replicas["t1"].restored()
        forged.record(2)
        _, payload = encode_batch(forged.events(3, 2))
        soft.server.put(names.events("t2~02"), payload)  # t2 speaks for t1
        soft.server.put(names.events("t1~01"), b"{}")
        crew.record("t1", 2)
        crew.record("t2", 2)
        await crew.converged()
        assert len(crew.replicas["t3"].others["t1~01"]) == 5
        await crew.stop("t1")
        soft.server.put(names.events("t1~01"), b"{}")
        crew.record("t1")
        crew.start("t1")
        await crew.converged()
        assert {crew.state(name) for name in crew.replicas} == {LinkState.UP}
        await crew.stop()

    soft.run(body())
    soft.close()


def test_an_answer_that_the_server_was_told_to_put_on_anothers_subject_is_not_believed(
    server: Served, expect_log: LogGuard
) -> None:
    """A board may ask, and says where the answer goes; whoever may write something puts his own words there so."""
    expect_log("is left out")
    press, wash = Replica("press~aa"), Replica("wash~bb")
    keys = {name: server.key(name) for name in ("press", "wash", "thief")}
    links = [_link(replica, keys[replica.origin()[:-3]]) for replica in (press, wash)]
    for link in links:
        link.start()
    press.record(3)
    wash.record(1)
    links[0].poke()
    links[1].poke()
    _until(lambda: len(wash.others.get("press~aa", ())) == 3 and len(press.others.get("wash~bb", ())) == 1)
    forged = press.restored()
    forged.record(1)
    _, payload = encode_batch(forged.events(3, 1))
    seq = _write(visitor_of(keys["thief"]), f"shopfloor.{LINE}.ev.thief.cc", payload)
    hall = server.visitor("hall", KeyRole.BOARD)
    for api, question in (("DIRECT.GET", {"seq": seq}), ("STREAM.MSG.GET", {"seq": seq}), ("STREAM.INFO", {})):
        _answer_to(hall, f"$JS.API.{api}.{STREAM}", question, f"shopfloor.{LINE}.ev.press.aa")
        _answer_to(hall, f"$JS.API.{api}.{STREAM}", question, f"shopfloor.{LINE}.snap.press.head")
    press.record(2)
    links[0].poke()
    _until(lambda: len(wash.others["press~aa"]) == 5)
    assert wash.bodies()["press~aa"] == press.bodies()["press~aa"]
    for link in links:
        link.stop()
        assert not link.alive
    assert not any(origin.startswith("thief") for origin in wash.others if wash.others[origin])


def test_the_answers_are_on_the_subject_all_the_same(server: Served) -> None:
    """If a newer server refuses to put them there, what looks for them can go."""
    hall = server.visitor("board", KeyRole.BOARD)
    _answer_to(hall, f"$JS.API.STREAM.INFO.{STREAM}", {}, f"shopfloor.{LINE}.ev.nobody.aa")
    last = b'{"last_by_subj":"shopfloor.%s.ev.nobody.aa"}' % LINE.encode()
    assert b"10037" not in _ask(hall, f"$JS.API.STREAM.MSG.GET.{STREAM}", last)


def _link(replica: Replica, key: JoinKey) -> LinkThread:
    address = address_of(key)
    return LinkThread(
        lambda: JetStreamLog(address),
        line=LINE,
        journal=lambda: replica,
        deliver=replica,
        clock=SystemClock(),
        version="1",
        report=lambda _: None,
    )


def _answer_to(visitor: Visitor, api: str, question: Mapping[str, object], subject: str) -> None:
    async def ask(caller: Caller) -> None:
        client = caller._client  # what no honest program does
        heard = asyncio.Event()

        async def hear(_: object) -> None:
            heard.set()

        await client.subscribe(subject, cb=hear)
        await client.publish(api, msgspec.json.encode(question), reply=subject)
        async with asyncio.timeout(WAIT_S_MAX):
            await heard.wait()

    visit(visitor, ask)


def _write(visitor: Visitor, subject: str, payload: bytes) -> int:
    return int(msgspec.json.decode(_ask(visitor, subject, payload))["seq"])


def _ask(visitor: Visitor, subject: str, payload: bytes) -> bytes:
    async def ask(caller: Caller) -> bytes:
        return await caller.request(subject, payload)

    return visit(visitor, ask)


def _until(true: Callable[[], bool]) -> None:
    end_s = time.monotonic() + WAIT_S_MAX
    while not true():
        assert time.monotonic() < end_s
        threading.Event().wait(0.01)
