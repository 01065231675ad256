"""A disk put back from long ago: the line has no more what it forgot, and a snapshot stands for it."""

import shutil
from pathlib import Path

import pytest

from shopfloor.core import commands as c
from shopfloor.core.events import SignalEvent
from shopfloor.core.evolve import fold
from shopfloor.core.line_link import LinkState
from shopfloor.core.state_line import FindingKind
from shopfloor.store.archive import make_archive
from shopfloor.store.verify import verify
from tests.helpers.line_bench import SoftBench
from tests.helpers.line_desks import agree, pass_s, until, with_a_floor

EVER_US = 1 << 62


@pytest.mark.parametrize("is_archived", [False, True])
def test_a_disk_from_before_what_the_line_dropped_takes_a_new_name_and_then_the_snapshot(
    tmp_path: Path, is_archived: bool
) -> None:
    soft = SoftBench()

    async def body() -> None:
        both = await with_a_floor(soft, tmp_path)
        first = both[0]
        await first.disconnect()
        if is_archived:
            made = make_archive(first.folder, EVER_US, first.floor)
            assert made is not None
            first.journal.drop_archived(made)
        first.close()
        shutil.copytree(first.folder, tmp_path / "old")
        first.reopen()
        first.connect()
        before = first.reader.origin()
        for number in (1, 2, 3):
            first.scan(number, "saw")
            both[1].scan(number, "assembly")
            await pass_s(both, 4)
        await until(lambda: agree(both), both)
        await pass_s(both, 6)
        standing = both[1].reader.standing()
        assert standing is not None
        soft.server.compact(standing.seq)
        await first.disconnect()
        first.close()
        shutil.rmtree(first.folder)
        shutil.copytree(tmp_path / "old", first.folder)
        first.reopen()
        first.scan(4, "saw")  # what it does before it hears of the line
        first.connect()
        await until(lambda: first.reader.origin() != before, both)
        await until(lambda: agree(both), both)
        assert first.views[-1].state is LinkState.UP
        assert LinkState.FORKED in {view.state for view in first.views}
        assert [f.kind for f in both[1].desk.shop.findings.values()] == [FindingKind.BEGUN_ANEW]
        both[1].scan(1, "assembly")
        await pass_s(both, 4)
        await until(lambda: agree(both), both)
        for terminal in both:
            await terminal.disconnect()
            terminal.close()
            assert verify(terminal.folder, fold) == []

    soft.run(body())
    soft.close()


def test_what_was_read_back_before_the_line_was_wiped_is_told_once(soft: SoftBench, tmp_path: Path) -> None:
    """The line it finds is another one, which has dropped what both of them know."""

    async def body() -> None:
        both = await with_a_floor(soft, tmp_path)
        first, second = both
        for number in range(5):
            scan = c.ReadSignal(station="saw", device="gun", text=f"nothing {number}")
            first.desk.run(scan, soft.clock().now())
        first.session.poke()
        await until(lambda: agree(both), both)
        await pass_s(both, 3)
        await first.disconnect()
        first.close()
        shutil.copytree(first.folder, tmp_path / "old")
        first.reopen()
        first.connect()
        soft.wipe()
        await until(lambda: agree(both) and both[0].views[-1].state is LinkState.UP, both)
        for number in (1, 2, 3):
            first.scan(number, "saw")
            second.scan(number, "assembly")
            await pass_s(both, 4)
        await until(lambda: agree(both), both)
        await pass_s(both, 6)
        standing = second.reader.standing()
        assert standing is not None
        soft.server.compact(standing.seq)
        before = first.reader.origin()
        await first.disconnect()
        first.close()
        shutil.rmtree(first.folder)
        shutil.copytree(tmp_path / "old", first.folder)
        first.reopen()
        first.connect()
        await until(lambda: first.reader.origin() != before, both)
        await until(lambda: agree(both), both, within_s=120)
        scans = [r.event for r in second.events() if isinstance(r.event, SignalEvent)]
        told = [scan.code for scan in scans if scan.code.startswith("nothing")]
        assert sorted(told) == [f"nothing {number}" for number in range(5)]
        for terminal in both:
            await terminal.disconnect()
            terminal.close()
            assert verify(terminal.folder, fold) == []

    soft.run(body())
