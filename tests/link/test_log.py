"""The line's log: one body of facts, on the network in software and on a real server."""

import asyncio

import pytest

from shopfloor.link.line_names import keeper_of
from shopfloor.link.log import LineLog, NoReply, NoStream, WrongLast
from shopfloor.link.trouble import LinkTrouble
from tests.helpers.line_bench import Bench, SoftBench

PRESS, DEBURR = "press-1~aa", "deburr-1~bb"
HEARD_S_MAX = 5.0


class Ear:
    """What a terminal heard."""

    def __init__(self) -> None:
        self.seqs: list[int] = []
        self.words: list[tuple[str, str, bytes]] = []
        self._heard = asyncio.Event()

    def woken(self, seq: int) -> None:
        self.seqs.append(seq)
        self._heard.set()

    def told(self, kind: str, terminal: str, payload: bytes) -> None:
        self.words.append((kind, terminal, payload))
        self._heard.set()

    async def wait(self) -> None:
        """Until something was heard since the last time."""
        async with asyncio.timeout(HEARD_S_MAX):
            await self._heard.wait()
        self._heard.clear()


async def _opened(bench: Bench, terminal: str = "press-1", ear: Ear | None = None) -> LineLog:
    log = bench.log(terminal)
    await log.open(ear or Ear())
    return log


async def _put(log: LineLog, origin: str, payload: bytes, expected_seq: int) -> int:
    return await log.publish(origin, payload, expected_seq=expected_seq, message_id=f"{origin}{payload!r}")


def test_what_was_published_is_read_in_order_with_the_time_it_was_appended(bench: Bench) -> None:
    async def body() -> None:
        log = await _opened(bench)
        assert await log.read(0, 10) == []
        assert await log.last_of(PRESS) is None
        first = await _put(log, PRESS, b"1", 0)
        other = await _put(log, DEBURR, b"x", 0)
        second = await _put(log, PRESS, b"2", first)
        assert (first, other, second) == (1, 2, 3)
        got = await log.read(0, 10)
        assert [(m.seq, m.payload) for m in got] == [(1, b"1"), (2, b"x"), (3, b"2")]
        assert got[0].ts_us <= got[1].ts_us <= got[2].ts_us <= (await log.ident()).now_us
        assert [m.seq for m in await log.read(1, 1)] == [2]
        assert await log.at(2) == got[1]
        assert await log.at(4) is None
        last = await log.last_of(PRESS)
        assert last == got[2]
        await log.close()

    bench.run(body())


def test_who_expects_another_last_message_stores_nothing(bench: Bench) -> None:
    async def body() -> None:
        log = await _opened(bench)
        await _put(log, PRESS, b"1", 0)
        with pytest.raises(WrongLast):
            await _put(log, PRESS, b"2", 0)
        with pytest.raises(WrongLast):
            await _put(log, DEBURR, b"2", 1)
        assert (await log.ident()).last_seq == 1
        await log.close()

    bench.run(body())


def test_the_same_message_again_is_stored_once(bench: Bench) -> None:
    async def body() -> None:
        log = await _opened(bench)
        assert await _put(log, PRESS, b"1", 0) == 1
        with pytest.raises(WrongLast):
            await _put(log, PRESS, b"1", 0)
        assert len(await log.read(0, 10)) == 1
        await log.close()

    bench.run(body())


def test_of_racers_for_a_thing_one_wins(bench: Bench) -> None:
    async def body() -> None:
        logs = [await _opened(bench, f"t{k}") for k in range(5)]
        asked = [
            log.decide("credit.housing", b"%d" % k, expected_seq=0, message_id=f"{k}") for k, log in enumerate(logs)
        ]
        got = await asyncio.gather(*asked, return_exceptions=True)
        assert sum(isinstance(one, int) for one in got) == 1
        assert sum(isinstance(one, WrongLast) for one in got) == 4
        winner = next(k for k, one in enumerate(got) if isinstance(one, int))
        last = await logs[0].last_decision("credit.housing")
        assert last is not None
        assert last.payload == b"%d" % winner
        assert await logs[0].last_decision("credit.cover") is None
        for log in logs:
            await log.close()

    bench.run(body())


def test_a_stored_message_wakes_everybody_and_a_word_reaches_the_others(bench: Bench) -> None:
    async def body() -> None:
        mine, theirs = Ear(), Ear()
        log = await _opened(bench, "press-1", mine)
        other = await _opened(bench, "deburr-1", theirs)
        await other.ident()  # an answer: the server knows by now what it listens to
        seq = await _put(log, PRESS, b"1", 0)
        await theirs.wait()
        await mine.wait()
        assert theirs.seqs == mine.seqs == [seq]
        await log.tell("hb", b"well")
        await theirs.wait()
        assert theirs.words == [("hb", "press-1", b"well")]
        assert mine.words == []
        await log.close()
        await other.close()

    bench.run(body())


def test_a_restart_keeps_what_was_acknowledged_and_ends_the_connection(bench: Bench) -> None:
    async def body() -> None:
        log = await _opened(bench)
        before = await log.ident()
        await _put(log, PRESS, b"1", 0)
        bench.restart()
        with pytest.raises(NoReply):
            await log.ident()
        await log.close()
        log = await _opened(bench)
        after = await log.ident()
        assert (after.stream, after.last_seq) == (before.stream, 1)
        assert [m.payload for m in await log.read(0, 10)] == [b"1"]
        await log.close()

    bench.run(body())


def test_a_wiped_line_has_another_identity(bench: Bench) -> None:
    async def body() -> None:
        log = await _opened(bench)
        before = await log.ident()
        await _put(log, PRESS, b"1", 0)
        bench.wipe()
        await log.close()
        log = await _opened(bench)
        after = await log.ident()
        assert after.stream != before.stream
        assert after.last_seq == 0
        await log.close()

    bench.run(body())


def test_a_copy_that_was_put_back_has_the_old_identity_and_other_appends(bench: Bench) -> None:
    async def body() -> None:
        log = await _opened(bench)
        await _put(log, PRESS, b"1", 0)
        copy = bench.copy()
        await log.close()
        log = await _opened(bench)
        stream = (await log.ident()).stream
        await _put(log, PRESS, b"2", 1)
        old = await log.at(2)
        bench.restore(copy)
        await log.close()
        log = await _opened(bench)
        assert (await log.ident()).stream == stream
        assert (await log.ident()).last_seq == 1
        await _put(log, PRESS, b"3", 1)
        new = await log.at(2)
        assert old is not None
        assert new is not None
        assert new.ts_us != old.ts_us
        await log.close()

    bench.run(body())


def test_a_server_that_is_gone_is_told_within_the_limit(bench: Bench) -> None:
    async def body() -> None:
        log = await _opened(bench)
        bench.end()
        with pytest.raises(NoReply):
            await _put(log, PRESS, b"1", 0)
        await log.close()
        with pytest.raises(LinkTrouble):
            await _opened(bench)
        bench.start()

    bench.run(body())


def test_many_messages_come_by_the_batch(bench: Bench) -> None:
    async def body() -> None:
        log = await _opened(bench)
        seq = 0
        for n in range(300):
            seq = await _put(log, PRESS, b"%d" % n, seq)
        got: list[bytes] = []
        after = 0
        while batch := await log.read(after, 128):
            got += [m.payload for m in batch]
            after = batch[-1].seq
        assert got == [b"%d" % n for n in range(300)]
        await log.close()

    bench.run(body())


def test_no_stream_is_told_as_what_it_is() -> None:
    bench = SoftBench()
    bench.server.delete_stream()

    async def body() -> None:
        log = await _opened(bench)
        with pytest.raises(NoStream):
            await log.ident()

    bench.run(body())
    bench.close()


def test_the_newest_snapshot_of_each_terminal_is_found_by_its_name(bench: Bench) -> None:
    async def body() -> None:
        press, deburr = await _opened(bench), await _opened(bench, "deburr-1")
        assert await press.kept("head") == []
        seqs = [await press.keep("head", b"one"), await press.keep("piece-0", b"x"), await press.keep("head", b"two")]
        other = await deburr.keep("head", b"three")
        found = sorted((it.seq, keeper_of(it.subject), it.payload) for it in await deburr.kept("head"))
        assert found == [(seqs[2], "press-1", b"two"), (other, "deburr-1", b"three")]
        piece = await deburr.at(seqs[1])
        assert piece is not None
        assert piece.payload == b"x"
        for log in (press, deburr):
            await log.close()

    bench.run(body())
