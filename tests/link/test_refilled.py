"""A line server that lost everything is filled by its terminals, though old events have left them and some are dead."""

from pathlib import Path

import pytest

from shopfloor.core.evolve import fold
from shopfloor.core.line_link import LinkState, NewName
from shopfloor.link.snapshots import HEAD
from shopfloor.store.archive import make_archive
from shopfloor.store.verify import verify
from tests.helpers.line_bench import Bench, SoftBench
from tests.helpers.line_desks import DeskTerminal, agree, pass_s, until, with_a_floor

EVER_US = 1 << 62


async def _end(terminals: list[DeskTerminal]) -> None:
    for terminal in terminals:
        await terminal.disconnect()
        terminal.close()
        assert verify(terminal.folder, fold) == []


def _archive(terminal: DeskTerminal) -> None:
    made = make_archive(terminal.folder, EVER_US, terminal.floor)
    assert made is not None
    terminal.desk.drop_archived(made)


async def _floors(terminals: list[DeskTerminal], *, above: int) -> None:
    """Work until everybody stands on a floor above that one."""
    first, second = terminals[0], terminals[1]
    number = 0
    while not (agree(terminals) and first.floor > above):
        number = number % 3 + 1
        second.scan(number, "assembly")
        first.scan(number, "saw")
        await pass_s(terminals, 3)


def test_a_wiped_line_gets_from_terminals_that_archived_what_a_new_one_needs(bench: Bench, tmp_path: Path) -> None:
    async def body() -> None:
        both = await with_a_floor(bench, tmp_path)
        await _floors(both, above=1)
        for terminal in both:
            _archive(terminal)
        assert all(one.journal.since(None) for one in both)
        bench.wipe()
        await until(lambda: agree(both) and both[0].views[-1].state is LinkState.UP, both)
        both[0].scan(1, "saw")
        await pass_s(both, 3)
        new = DeskTerminal(bench, tmp_path, "t3")
        new.connect()
        everybody = [*both, new]
        await until(lambda: agree(everybody), everybody)
        assert {one.views[-1].state for one in everybody} == {LinkState.UP}
        both[1].scan(2, "assembly")
        await pass_s(everybody, 4)
        await until(lambda: agree(everybody), everybody)
        await _end(everybody)

    bench.run(body())


def test_a_new_terminal_on_a_wiped_line_knows_what_a_dead_one_did(soft: SoftBench, tmp_path: Path) -> None:
    async def body() -> None:
        both = await with_a_floor(soft, tmp_path)
        dead = DeskTerminal(soft, tmp_path, "t3")
        dead.connect()
        everybody = [*both, dead]
        await until(lambda: agree(everybody), everybody)
        dead.scan(1, "saw")
        await pass_s(everybody, 2)
        await until(lambda: agree(everybody), everybody)
        await dead.disconnect()
        dead.close()
        soft.wipe()
        await until(lambda: agree(both) and both[0].views[-1].state is LinkState.UP, both)
        new = DeskTerminal(soft, tmp_path, "t4")
        new.connect()
        all_of_them = [*both, new]
        await pass_s(all_of_them, 10)
        await _floors_of_two(both, new, above=both[0].floor)
        await until(lambda: agree(all_of_them), all_of_them, within_s=200)
        await _end(all_of_them)

    soft.run(body())


async def _floors_of_two(both: list[DeskTerminal], new: DeskTerminal, *, above: int) -> None:
    number = 0
    while not (agree(both) and both[0].floor > above):
        number = number % 3 + 1
        both[1].scan(number, "assembly")
        both[0].scan(number, "saw")
        await pass_s([*both, new], 3)


def test_a_line_put_back_to_before_what_was_archived_is_no_sign_of_another_terminal(
    soft: SoftBench, tmp_path: Path
) -> None:
    async def body() -> None:
        both = await with_a_floor(soft, tmp_path)
        copy = soft.copy()
        await _floors(both, above=2)
        await pass_s(both, 3)
        before = [one.reader.origin() for one in both]
        for terminal in both:
            _archive(terminal)
        soft.restore(copy)
        await pass_s(both, 3)
        await until(lambda: agree(both) and both[0].views[-1].state is LinkState.UP, both)
        both[0].scan(1, "saw")
        await pass_s(both, 3)
        await until(lambda: agree(both), both)
        assert [one.reader.origin() for one in both] == before
        assert len(soft.server.kept(HEAD)) == 2
        await _end(both)

    soft.run(body())


def test_a_new_name_for_a_journal_whose_own_floor_stands_for_old_events(soft: SoftBench, tmp_path: Path) -> None:
    """Nothing of it was read back: what the line is now begins after it."""

    async def body() -> None:
        both = await with_a_floor(soft, tmp_path)
        await _floors(both, above=1)
        first = both[0]
        await first.disconnect()
        _archive(first)
        before = first.reader.origin()
        lowest = first.journal.floors().on[0]
        assert lowest.id.startswith(f"{before}:"), "set by itself, in an event that it does not cover"
        name = NewName(before=before, after="t1~anew", kept=0)
        first.begin_anew(name).result()
        assert first.journal.floors().on[0].id == lowest.id
        first.restart()
        assert first.reader.origin() == "t1~anew"
        await _end(both)

    soft.run(body())


def test_a_new_name_leaves_a_floor_whose_state_is_kept_no_longer(soft: SoftBench, tmp_path: Path) -> None:
    async def body() -> None:
        both = await with_a_floor(soft, tmp_path)
        lowest = both[0].reader.stands_on()
        assert lowest is not None
        await _floors(both, above=5)
        second = both[1]
        await second.disconnect()
        before = second.reader.origin()
        on = second.journal.floors().on
        assert second.journal.state_at(on[1].id) is None, "of the newest three alone it is kept"
        kept = on[1].vector()[before]
        second.begin_anew(NewName(before=before, after="t2~anew", kept=kept)).result()
        tip = second.journal.floors().on[-1:]
        assert all(second.journal.state_at(floor.id) is not None for floor in tip)
        second.restart()
        await _end(both)

    soft.run(body())


@pytest.mark.parametrize("befell", ["new name", "snapshot"])
def test_rows_stay_that_an_archive_holds_whose_floor_is_left_meanwhile(
    soft: SoftBench, tmp_path: Path, befell: str
) -> None:
    """The file is written beside the engine, which goes on."""

    async def body() -> None:
        both = await with_a_floor(soft, tmp_path)
        await _floors(both, above=2)
        first = both[1]
        made = make_archive(first.folder, EVER_US, first.floor - 1)
        assert made is not None
        await first.disconnect()
        if befell == "new name":
            before = first.reader.origin()
            kept = made.floor.vector()[before] - 1
            first.begin_anew(NewName(before=before, after="t2~anew", kept=kept)).result()
        else:
            await _floors_of_one(both[0])
            standing = both[0].reader.standing()
            assert standing is not None
            cursor = first.reader.cursor()
            assert cursor is not None
            first.adopt(standing, cursor).result()
        rows = len(first.journal.since(None))
        first.desk.drop_archived(made)
        assert len(first.journal.since(None)) == rows
        first.restart()
        await _end(both)

    soft.run(body())


async def _floors_of_one(terminal: DeskTerminal) -> None:
    above = terminal.floor
    while terminal.floor == above:
        terminal.scan(1, "saw")
        await pass_s([terminal], 3)
