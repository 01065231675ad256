"""The same on real journals: a disk put back while the server forgets comes to one state with the others."""

import asyncio
import shutil
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.core.evolve import fold
from shopfloor.core.line_link import LinkState
from shopfloor.core.state_line import FindingKind
from shopfloor.store.verify import verify
from tests.helpers.line_bench import Bench, SoftBench
from tests.helpers.line_desks import DeskTerminal, agree, pass_s, until

NAMES = ("t1", "t2", "t3")


async def _at_work(bench: Bench, folder: Path, *, floors: bool = False) -> list[DeskTerminal]:
    terminals = [DeskTerminal(bench, folder, name) for name in NAMES]
    for terminal in terminals:
        terminal.sets_none = not floors
        terminal.connect()
    for number in (1, 2):
        terminals[1].scan(number, "assembly")
        terminals[0].scan(number, "saw")
    await until(lambda: agree(terminals), terminals)
    return terminals


async def _keep(terminal: DeskTerminal) -> Path:
    """A copy of its disk."""
    await terminal.disconnect()
    terminal.close()
    copy = terminal.folder.with_name("copy")
    shutil.copytree(terminal.folder, copy)
    terminal.reopen()
    terminal.connect()
    return copy


async def _put_back(terminal: DeskTerminal, copy: Path) -> None:
    """Put it back; somebody scans before it hears of the line."""
    await terminal.disconnect()
    terminal.close()
    shutil.rmtree(terminal.folder)
    shutil.copytree(copy, terminal.folder)
    terminal.reopen()
    terminal.scan(4, "saw")


async def _put_back_unheard(soft: SoftBench, first: DeskTerminal, second: DeskTerminal, third: DeskTerminal) -> str:
    """The first forgets what the second alone has read, and nobody else is linked; the name it went by."""
    await third.disconnect()
    copy = await _keep(first)
    first.scan(1, "saw")
    first.scan(3, "saw")
    both = [first, second]
    await until(lambda: agree(both), both)
    before = first.reader.origin()
    await second.disconnect()
    await _put_back(first, copy)
    soft.wipe()
    first.connect()
    return before


def _steps(terminal: DeskTerminal) -> dict[str, int]:
    kinds = [recorded.event.kind for recorded in terminal.events()]
    return {kind: kinds.count(kind) for kind in ("card_started", "card_finished", "card_withdrawn", "terminal_started")}


async def _end(terminals: list[DeskTerminal]) -> None:
    await until(lambda: agree(terminals), terminals, within_s=150)
    assert {terminal.views[-1].state for terminal in terminals} == {LinkState.UP}
    found = [finding.kind for finding in terminals[1].desk.shop.findings.values()]
    assert FindingKind.BEGUN_ANEW in found
    for terminal in terminals:
        await terminal.disconnect()
        terminal.close()
        assert verify(terminal.folder, fold) == []


def test_it_reads_from_the_others_what_it_and_the_server_forgot(bench: Bench, tmp_path: Path) -> None:
    async def body() -> None:
        terminals = await _at_work(bench, tmp_path)
        first = terminals[0]
        copy = await _keep(first)
        first.scan(1, "saw")
        first.scan(3, "saw")
        await until(lambda: agree(terminals), terminals)
        before, steps = first.reader.origin(), _steps(first)
        await _put_back(first, copy)
        bench.wipe()
        first.connect()
        await until(lambda: first.reader.origin() != before, terminals)
        await until(lambda: agree(terminals), terminals, within_s=90)
        assert sum(_steps(first).values()) > sum(steps.values()), "what it forgot, and what it did since"
        await _end(terminals)

    bench.run(body())


@pytest.mark.parametrize("floors", [False, True])
def test_who_has_read_what_it_sent_alone_leaves_it_again(soft: SoftBench, tmp_path: Path, floors: bool) -> None:
    async def body() -> None:
        terminals = await _at_work(soft, tmp_path, floors=floors)
        first, second, third = terminals
        before = await _put_back_unheard(soft, *terminals)
        third.connect()
        others = [first, third]
        await until(lambda: agree(others), others)
        assert first.reader.origin() == before, "nobody there knows anything else"
        head = third.reader.head_of(before)
        third.scan(2, "assembly")
        await until(lambda: agree(others), others)
        second.connect()
        await until(lambda: first.reader.origin() != before, terminals)
        await until(lambda: agree(terminals), terminals, within_s=150)
        assert third.reader.head_of(before) != head or third.reader.branches(before)
        for terminal in terminals:
            terminal.sets_none = True
        first.scan(2, "saw")
        await pass_s(terminals, 2)
        await _end(terminals)

    soft.run(body())


def test_a_terminal_that_ends_while_it_hears_what_it_forgot_hears_the_rest_when_it_is_back(
    soft: SoftBench, tmp_path: Path
) -> None:
    async def body() -> None:
        terminals = await _at_work(soft, tmp_path)
        first = terminals[0]
        copy = await _keep(first)
        for _ in range(200):
            first.scan(3, "saw")
            first.scan(1, "saw")
        await until(lambda: agree(terminals), terminals)
        before = first.reader.origin()
        await _put_back(first, copy)
        soft.wipe()
        first.connect()
        await until(lambda: first.reader.origin() != before, terminals)
        for _ in range(6):
            await asyncio.sleep(0.7)
            await first.disconnect()
            first.restart()
            first.connect()
        await _end(terminals)

    soft.run(body())


@pytest.mark.parametrize("left", [2, 3, 4])
@pytest.mark.parametrize("reads", [False, True])
def test_the_line_may_be_read_again_from_within_the_other_ending(
    soft: SoftBench, tmp_path: Path, left: int, reads: bool
) -> None:
    async def body() -> None:
        terminals = await _at_work(soft, tmp_path)
        first, second, third = terminals
        before = await _put_back_unheard(soft, *terminals)
        if reads:
            third.connect()
        for number in (2, 5, 1):  # of a message each
            await until(lambda: first.session.status.view().acked == first.desk.head, [first])
            first.scan(number, "saw")
        await until(lambda: first.session.status.view().acked == first.desk.head, [first])
        assert len(soft.server.messages()) >= left
        if reads:
            await until(lambda: third.reader.head_of(before) == first.desk.head, [first, third])
        else:
            third.connect()
        second.connect()
        await until(lambda: first.reader.origin() != before, terminals)
        await until(lambda: agree(terminals), terminals, within_s=90)
        if reads:
            await third.disconnect()
            third.journal.forget_order(left)
            third.connect()
        else:
            soft.server.lose_tail(len(soft.server.messages()) - left)
        await pass_s(terminals, 10)
        await until(lambda: not any(terminal.reader.unread() for terminal in terminals), terminals)
        await _end(terminals)

    soft.run(body())


def test_behind_a_gap_a_name_of_before_has_another_ending_and_a_name_of_others_is_damaged(
    soft: SoftBench, tmp_path: Path
) -> None:
    async def body() -> None:
        terminals = await _at_work(soft, tmp_path)
        first = terminals[0]
        copy = await _keep(first)
        first.scan(1, "saw")
        await until(lambda: agree(terminals), terminals)
        before = first.reader.origin()
        await _put_back(first, copy)
        first.connect()
        await until(lambda: first.reader.origin() != before, terminals)
        await until(lambda: agree(terminals), terminals)
        far = {}
        for origin in (before, terminals[1].reader.origin()):
            newest = first.reader.events_of(origin, first.reader.head_of(origin) - 1, 1)[0]
            behind = replace(newest.recorded, n=newest.recorded.n + 7)
            far[origin] = replace(newest, seq=10_000, recorded=behind)
        got = first.journal.fitting(list(far.values()), every=True)
        assert [entry.recorded.origin for entry in got.entries] == [terminals[1].reader.origin()]
        assert got.astray is not None
        assert got.astray[before].seq == 10_000
        await _end(terminals)

    soft.run(body())
