"""The link's own log against the server as it is set up for a line: TLS, keys, rights, repetitions."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator

import pytest

from shopfloor.link.jetstream import Address, JetStreamLog
from shopfloor.link.join_key import JoinKey
from shopfloor.link.joined import tls_of
from shopfloor.link.server.rights import KeyRole
from shopfloor.link.trouble import Denied, KeyRefused
from tests.helpers.line_served import Served, served

HEARD_S_MAX = 5.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("line")) as serving:
        yield serving


class Ear:
    """What was heard."""

    def __init__(self) -> None:
        self.seqs: asyncio.Queue[int] = asyncio.Queue()
        self.words: asyncio.Queue[tuple[str, str, bytes]] = asyncio.Queue()

    def woken(self, seq: int) -> None:
        self.seqs.put_nowait(seq)

    def told(self, kind: str, terminal: str, payload: bytes) -> None:
        self.words.put_nowait((kind, terminal, payload))


def log_of(key: JoinKey) -> JetStreamLog:
    address = Address(line=key.line, terminal=key.terminal, hosts=key.hosts, seed=key.seed, tls=tls_of(key.authority))
    return JetStreamLog(address)


def with_logs(*keys: JoinKey, body: Callable[..., Coroutine[None, None, None]]) -> None:
    async def run() -> None:
        logs = [log_of(key) for key in keys]
        ears = [Ear() for _ in keys]
        try:
            for log, ear in zip(logs, ears, strict=True):
                await log.open(ear)
                await log.ident()  # answered, so the server knows by now what is listened to
            await body(*logs, *ears)
        finally:
            for log in logs:
                await log.close()

    asyncio.run(run())


def test_two_terminals_share_the_line_with_the_keys_they_were_given(server: Served) -> None:
    async def body(press: JetStreamLog, wash: JetStreamLog, ear: Ear, other: Ear) -> None:
        seq = await press.publish("press~a", b"events", expected_seq=0, message_id="press~a:1")
        assert await asyncio.wait_for(other.seqs.get(), HEARD_S_MAX) == seq
        assert [each.payload for each in await wash.read(seq - 1, 10)] == [b"events"]
        last = await wash.last_of("press~a")
        assert last is not None
        assert last.seq == seq
        await wash.tell("hb", b"well")
        assert await asyncio.wait_for(ear.words.get(), HEARD_S_MAX) == ("hb", "wash", b"well")
        await press.tell("stop", b"now")
        assert await asyncio.wait_for(other.words.get(), HEARD_S_MAX) == ("stop", "press", b"now")
        for thing in ("credit.saw", "card.housing", "restart.line", "incarnation.press"):
            assert await press.decide(thing, b"x", expected_seq=0, message_id=thing) > seq
        assert (await wash.ident()).last_seq == seq + 4

    with_logs(server.key("press"), server.key("wash"), body=body)


def test_a_denial_is_told_as_one_and_at_once(server: Served) -> None:
    async def body(log: JetStreamLog, ear: Ear) -> None:
        del ear
        with pytest.raises(Denied):
            await log.publish("wash~a", b"forged", expected_seq=0, message_id="x")
        with pytest.raises(Denied):
            await log.decide("takeover.wash", b"x", expected_seq=0, message_id="y")

    with_logs(server.key("saw"), body=body)


def test_a_leader_may_take_over(server: Served) -> None:
    async def body(log: JetStreamLog, ear: Ear) -> None:
        del ear
        assert await log.decide("takeover.wash", b"x", expected_seq=0, message_id="z")

    with_logs(server.key("leader", KeyRole.LEADER), body=body)


def test_a_revoked_key_is_refused_as_one(server: Served) -> None:
    lost = server.key("lost")
    server.revoke("lost")

    async def body(log: JetStreamLog, ear: Ear) -> None:
        raise AssertionError((log, ear))

    with pytest.raises(KeyRefused):
        with_logs(lost, body=body)
