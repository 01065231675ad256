"""A new terminal begins with the state at a floor, and then is as those that know all that was before."""

from pathlib import Path

import msgspec

from shopfloor.core.evolve import fold
from shopfloor.core.line_link import Cursor, LinkState
from shopfloor.link.line_names import keeper_of
from shopfloor.link.snapshots import HEAD, newest_snapshot
from shopfloor.store.verify import verify
from tests.helpers.line_bench import Bench, SoftBench
from tests.helpers.line_desks import DeskTerminal, agree, pass_s, until, with_a_floor


async def _end(terminals: list[DeskTerminal]) -> None:
    for terminal in terminals:
        await terminal.disconnect()
        terminal.close()
        assert verify(terminal.folder, fold) == []


def test_a_new_terminal_takes_the_state_and_what_came_after(bench: Bench, tmp_path: Path) -> None:
    async def body() -> None:
        both = await with_a_floor(bench, tmp_path)
        new = DeskTerminal(bench, tmp_path, "t3")
        new.scan(3, "assembly")  # what it did before it joined stays its own
        own = new.desk.head
        new.connect()
        everybody = [*both, new]
        await until(lambda: agree(everybody), everybody)
        assert len(new.events()) < len(both[0].events()), "what the floor covers was not read"
        assert [event.n for event in new.events() if event.origin == new.reader.origin()][:own] == list(
            range(1, own + 1)
        )
        both[0].scan(1, "saw")
        new.scan(2, "assembly")
        await pass_s(everybody, 4)
        await until(lambda: agree(everybody) and new.floor > 1, everybody)
        await new.disconnect()
        new.restart()
        new.connect()
        await until(lambda: agree(everybody), everybody)
        await _end(everybody)

    bench.run(body())


def test_a_state_that_two_found_differently_is_taken_from_neither(tmp_path: Path) -> None:
    soft = SoftBench()

    async def body() -> None:
        both = await with_a_floor(soft, tmp_path)
        log = soft.log("t9")
        await log.open(both[0].session)
        ident = await log.ident()
        found = await newest_snapshot(log, ident)
        assert found is not None
        assert found.floor.hash == found.hash
        (mine,) = (m for m in await log.kept(HEAD) if keeper_of(m.subject) == "t1")
        head = msgspec.msgpack.decode(mine.payload)
        soft.server.put(soft.server.names.snapshot("t2", HEAD), msgspec.msgpack.encode(head | {"hash": "0" * 64}))
        assert await newest_snapshot(log, ident) is None
        soft.server.put(soft.server.names.snapshot("t8", HEAD), mine.payload)
        again = await newest_snapshot(log, ident)
        assert again is not None, "two agree against one"
        assert again.hash == found.hash
        soft.server.put(soft.server.names.snapshot("t7", HEAD), b"of a newer program")
        assert await newest_snapshot(log, ident) is not None
        await _end(both)

    soft.run(body())
    soft.close()


def test_a_terminal_that_was_away_for_longer_than_the_line_keeps_begins_anew_and_keeps_its_own(tmp_path: Path) -> None:
    soft = SoftBench()

    async def body() -> None:
        both = await with_a_floor(soft, tmp_path)
        away = DeskTerminal(soft, tmp_path, "t3")
        away.connect()
        everybody = [*both, away]
        await until(lambda: agree(everybody), everybody)
        await away.disconnect()
        away.scan(3, "assembly")
        for number in (1, 2):
            both[1].scan(number, "assembly")
            both[0].scan(number, "saw")
        await pass_s(both, 5)
        await until(lambda: agree(both), both)
        await pass_s(both, 3)
        standing = both[0].reader.standing()
        assert standing is not None
        assert standing.seq > (away.reader.cursor() or Cursor("", 0, 0)).seq
        soft.server.compact(standing.seq)
        away.connect()
        await until(lambda: agree(everybody), everybody)
        assert away.floor >= standing.floor.number
        await _end(everybody)

    soft.run(body())
    soft.close()


def test_without_a_snapshot_a_terminal_says_what_the_line_lacks(tmp_path: Path) -> None:
    soft = SoftBench()

    async def body() -> None:
        both = [DeskTerminal(soft, tmp_path, name) for name in ("t1", "t2")]
        both[0].connect()
        await until(lambda: bool(soft.server.messages()), ())
        both[0].scan(1, "saw")
        await until(lambda: len(soft.server.messages()) > 1, ())
        soft.server.compact(soft.server.messages()[-1].seq)
        both[1].connect()
        await until(lambda: any("no snapshot stands for them" in view.detail for view in both[1].views), ())
        for terminal in both:
            await terminal.disconnect()
            terminal.close()

    soft.run(body())
    soft.close()


def test_a_server_without_room_for_a_state_is_kept_to_and_told_when_there_is_some(tmp_path: Path) -> None:
    soft = SoftBench()

    async def body() -> None:
        both = await with_a_floor(soft, tmp_path)
        soft.wipe()
        soft.server.is_full = True
        await until(lambda: all(one.views[-1].state is LinkState.TROUBLE for one in both), both)
        await pass_s(both, 5)
        for one in both:
            one.views.clear()
        await pass_s(both, 20)
        states = {view.state for one in both for view in one.views}
        assert states == {LinkState.TROUBLE}, "no connection is given up and made anew"
        soft.server.is_full = False
        await until(lambda: len(soft.server.kept(HEAD)) == 2 and agree(both), both)
        await _end(both)

    soft.run(body())
    soft.close()
