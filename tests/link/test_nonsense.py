"""What a key that may only show the line can tell everybody: it ends nobody's link, and nobody's word is forged."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from shopfloor.core.line_link import Known, LineEntry, LinkState
from shopfloor.core.moment import Moment
from shopfloor.link.claims import Answer, Ask, decode, encode
from shopfloor.link.line_names import HEARTBEATS
from shopfloor.link.log import LineLog
from shopfloor.link.own_word import PROOF_BYTES
from shopfloor.link.wire import encode_batch
from shopfloor.store.leaving import chained
from tests.helpers.line_bench import SoftBench
from tests.helpers.line_crew import Crew
from tests.helpers.line_desks import DeskTerminal, NoEars, agree, pass_s, until

HUGE = 2**64 - 1
WALL = "wall~01"
HASH = bytes(32)


def _beat(*claims: Known, number: int = 1) -> bytes:
    told = (WALL, number, HASH, number, number, number, "1", number, "", number, claims)
    return msgspec.msgpack.encode(told)


@pytest.mark.parametrize(
    "said",
    [
        lambda own, other: encode(Ask(WALL, own, other, HUGE)),
        lambda own, other: encode(Ask(WALL, own, other, -5)),
        lambda own, _: encode(Ask(WALL, own, "t1\0~", 0)),
        lambda own, _: _beat(Known(own, HUGE, HASH)),
        lambda own, _: _beat(Known(own, -(2**63), HASH), Known(own, 0, b"")),
        lambda _own, _other: _beat(Known("t2~before", HUGE, HASH)),
        lambda _own, _other: _beat(number=HUGE),
    ],
)
def test_numbers_that_no_disk_takes_are_not_looked_up(
    soft: SoftBench, tmp_path: Path, said: Callable[[str, str], bytes]
) -> None:
    async def body() -> None:
        terminals = [DeskTerminal(soft, tmp_path, name) for name in ("t1", "t2")]
        first, second = terminals
        for terminal in terminals:
            terminal.connect()
        first.scan(1, "saw")
        await until(lambda: agree(terminals), terminals)
        wall = soft.log("wall")
        await wall.open(NoEars())
        await wall.tell(HEARTBEATS, said(second.reader.origin(), first.reader.origin()))
        await pass_s(terminals, 8)
        first.scan(2, "saw")
        await until(lambda: agree(terminals), terminals)
        assert {terminal.views[-1].state for terminal in terminals} == {LinkState.UP}
        await wall.close()
        for terminal in terminals:
            await terminal.disconnect()
            terminal.close()

    soft.run(body())


def test_nobody_lets_another_terminal_seem_to_live(soft: SoftBench) -> None:
    """It could not be taken over."""
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.start("t1")
        await crew.until(lambda: crew.state("t1") is LinkState.UP)
        wall = soft.log("wall")
        await wall.open(NoEars())
        for origin in ("t2~02", WALL):
            await wall.tell(HEARTBEATS, msgspec.msgpack.encode((origin, 1, HASH, 1, 1, 1, "1")))
        await crew.until(lambda: bool(crew.sessions["t1"].status.view().others))
        await asyncio.sleep(1)
        assert [other.origin for other in crew.sessions["t1"].status.view().others] == [WALL]
        await wall.close()

    crew.run(body())


class _Curious:
    """Hears what is told."""

    def __init__(self) -> None:
        self.answers = 0

    def woken(self, seq: int) -> None: ...

    def told(self, kind: str, terminal: str, payload: bytes) -> None:
        self.answers += isinstance(decode(payload), Answer)


def test_a_question_for_events_of_somebody_else_is_not_answered(soft: SoftBench) -> None:
    """Everybody would hear the answer, a hundred times as long as the question."""
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.start()
        crew.record("t1", 300)
        await crew.converged()
        wall, curious = soft.log("wall"), _Curious()
        await wall.open(curious)
        await wall.tell(HEARTBEATS, encode(Ask(WALL, "t2~02", "t1~01", 0)))
        await asyncio.sleep(1)
        assert curious.answers == 0
        first = soft.log("t1")
        await first.open(NoEars())
        await first.tell(HEARTBEATS, encode(Ask("t1~01", "t2~02", "t1~01", 0)))
        await asyncio.sleep(1)
        assert curious.answers == 1
        await wall.close()
        await first.close()

    crew.run(body())


class _Liar:
    """Says that it knows more of a terminal than that does, and tells it when it is asked."""

    def __init__(self, log: LineLog, entries: list[LineEntry], proof: bytes) -> None:
        end = entries[-1]
        self.known = Known(end.recorded.origin, end.recorded.n, end.hash, proof)
        self._log = log
        self._entries = entries
        self._tasks: set[asyncio.Task[None]] = set()

    def woken(self, seq: int) -> None: ...

    def told(self, kind: str, terminal: str, payload: bytes) -> None:
        ask = decode(payload) if kind == HEARTBEATS else None
        if isinstance(ask, Ask) and ask.to == WALL:
            _, batch = encode_batch(self._entries[ask.after :])
            answer = Answer(WALL, ask.by, ask.origin, ask.after, batch)
            self._tasks.add(asyncio.get_running_loop().create_task(self._log.tell(HEARTBEATS, encode(answer))))

    async def lie(self) -> None:
        """For a while."""
        await self._log.open(self)
        for _ in range(10):
            await self._log.tell(HEARTBEATS, _beat(self.known))
            await asyncio.sleep(1)
        await self._log.close()


def test_nobody_can_put_words_into_a_journal_that_hears_what_others_know(soft: SoftBench, tmp_path: Path) -> None:
    """Nor make it take a new name, again and again."""

    async def body() -> None:
        terminals = [DeskTerminal(soft, tmp_path, name) for name in ("t1", "t2")]
        first, second = terminals
        for terminal in terminals:
            terminal.connect()
        first.scan(1, "saw")
        first.scan(2, "saw")
        await until(lambda: agree(terminals), terminals)
        origin, (head, _) = first.reader.origin(), first.reader.head()
        last = first.reader.events(head - 1, 1)[0]
        forged = replace(
            last, recorded=replace(last.recorded, n=head + 1, moment=Moment(last.recorded.moment.us + 1_000_000))
        )
        liar = _Liar(soft.log("wall"), chained([*first.reader.events(0, head), forged]), bytes(PROOF_BYTES))
        task = asyncio.get_running_loop().create_task(liar.lie())
        await until(task.done, terminals)
        assert first.reader.origin() == origin
        assert first.reader.head_of(origin) == 0
        await until(lambda: agree(terminals), terminals)
        assert len(second.reader.events_of(origin, 0, 1_000)) == head
        for terminal in terminals:
            await terminal.disconnect()
            terminal.close()

    soft.run(body())


def test_what_was_forgotten_is_not_taken_from_whoever_changed_it(soft: SoftBench, tmp_path: Path) -> None:
    """Its end can be proven, and what leads there is not what was written."""

    async def body() -> None:
        terminals = [DeskTerminal(soft, tmp_path, name) for name in ("t1", "t2")]
        first, second = terminals
        first.scan(1, "saw")
        await first.disconnect()
        first.close()
        shutil.copytree(first.folder, tmp_path / "copy")
        first.reopen()
        for terminal in terminals:
            terminal.connect()
        first.scan(2, "saw")
        await until(lambda: agree(terminals), terminals)
        origin = first.reader.origin()
        for terminal in terminals:
            await terminal.disconnect()
        first.close()
        shutil.rmtree(first.folder)
        (tmp_path / "copy").rename(first.folder)
        first.reopen()
        second.journal.forget_order(0)
        (known,) = second.reader.unread()
        entries = second.reader.events_of(origin, 0, 1_000)
        entries[-2] = replace(entries[-2], body=entries[-2].body.replace(b"saw", b"say"))
        soft.wipe()
        first.connect()
        liar = _Liar(soft.log("wall"), entries, known.proof)
        task = asyncio.get_running_loop().create_task(liar.lie())
        await until(task.done, [first])
        assert first.reader.origin() == origin
        second.connect()
        await until(lambda: first.reader.origin() != origin, terminals)
        await until(lambda: agree(terminals), terminals, within_s=90)
        assert first.reader.events_of(origin, 0, 1_000)[-1].hash == known.hash
        for terminal in terminals:
            await terminal.disconnect()
            terminal.close()

    soft.run(body())
