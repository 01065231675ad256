"""Compaction on a real server: the last of every origin stays, whoever comes after it converges, and keys may not."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfloor.cli.main import run
from shopfloor.cli.output import DONE, FAILED
from shopfloor.clock import Clock, SystemClock
from shopfloor.core.evolve import fold
from shopfloor.link.caller import Caller, visit, visitor_of
from shopfloor.link.jetstream import JetStreamLog, address_of
from shopfloor.link.join_key import JoinKey
from shopfloor.link.log import LineLog
from shopfloor.link.server.admin import Admin
from shopfloor.link.server.compact import Compacted, compact
from shopfloor.link.server.supervise import local_host
from shopfloor.link.snapshots import HEAD
from shopfloor.store.verify import verify
from tests.helpers.line_bench import LINE
from tests.helpers.line_desks import DeskTerminal, agree, pass_s, until, with_a_floor
from tests.helpers.line_served import Served, served


class Line:
    """A line server with its keys."""

    def __init__(self, server: Served) -> None:
        self._keys: dict[str, JoinKey] = {name: server.key(name) for name in ("t1", "t2", "t3", "t4")}
        settings = server.place.read_settings()
        self._visitor = Admin(server.place, (local_host(settings),)).visitor()

    def log(self, terminal: str) -> LineLog:
        return JetStreamLog(address_of(self._keys[terminal]))

    def clock(self) -> Clock:
        return SystemClock()

    def write(self, terminal: str, subject: str, payload: bytes) -> None:
        """As a program that is none of ours does it with a terminal's key."""

        async def ask(caller: Caller) -> bytes:
            return await caller.request(subject, payload)

        visit(visitor_of(self._keys[terminal]), ask)

    async def compact(self) -> Compacted:
        """As `line serve` does once a day."""
        return await asyncio.to_thread(compact, self._visitor, LINE)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """It runs."""
    with served(tmp_path / "server", line=LINE) as server:
        yield Line(server)


async def _work(both: list[DeskTerminal]) -> int:
    """A floor above the one they stand on, on which both agree; its number."""
    before = both[0].floor
    for number in (1, 2):
        both[1].scan(number, "assembly")
        await pass_s(both, 1)
        both[0].scan(number, "saw")
    await until(lambda: both[0].floor > before + 1 and agree(both), both)
    return both[0].floor


def test_what_a_snapshot_stands_for_is_dropped_and_everybody_converges(
    line: Line, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async def body() -> None:
        both = await with_a_floor(line, tmp_path)
        away = DeskTerminal(line, tmp_path, "t3")
        away.connect()
        three = [*both, away]
        await until(lambda: agree(three), three)
        await away.disconnect()
        away.scan(3, "assembly")
        await _work(both)
        both[0].sets_none = True
        done = Compacted(0, 0, 0, 0, 0)
        while not done.dropped:
            await pass_s(both, 1)
            done = await line.compact()
        assert done.floor > 0
        command = ["line", "compact", "--data", str(tmp_path / "server"), "--json"]
        assert await asyncio.to_thread(run, command) == DONE
        assert json.loads(capfd.readouterr().out)["floor"] >= done.floor
        new = DeskTerminal(line, tmp_path, "t4")
        everybody = [*three, new]
        for terminal in (away, new):
            terminal.connect()
        await until(lambda: agree(everybody), everybody)
        await both[0].disconnect()
        both[0].restart()
        both[0].connect()
        await until(lambda: agree(everybody), everybody)
        log = line.log("t1")
        await log.open(both[0].session)
        for terminal in everybody:
            assert await log.last_of(terminal.reader.origin()) is not None
        await log.close()
        for terminal in everybody:
            await terminal.disconnect()
            terminal.close()
            assert verify(terminal.folder, fold) == []

    asyncio.run(body())


def test_nothing_is_dropped_where_no_two_agree(line: Line, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    async def body() -> None:
        alone = DeskTerminal(line, tmp_path, "t1")
        alone.connect()
        await until(lambda: alone.floor > 0, [alone])
        await pass_s([alone], 2)
        done = await line.compact()
        assert (done.floor, done.dropped) == (0, 0)
        assert await asyncio.to_thread(run, ["line", "compact", "--data", str(tmp_path / "server")]) == FAILED
        assert "No two terminals have said the same state" in capfd.readouterr().err
        log = line.log("t1")
        await log.open(alone.session)
        (head,) = await log.kept(HEAD)
        await log.close()
        again = f"{head.subject.removesuffix(HEAD)}again.{HEAD}"  # its key may write there
        await asyncio.to_thread(line.write, "t1", again, head.payload)
        assert (await line.compact()).floor == 0, "who says it twice is one all the same"
        await alone.disconnect()
        alone.close()

    asyncio.run(body())
