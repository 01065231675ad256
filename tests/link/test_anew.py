"""A disk that was put back or copied: the terminal goes on under a new name, and nothing is lost or there twice."""

import asyncio

from shopfloor.core.line_link import LinkState
from shopfloor.trouble import StoreTrouble
from tests.helpers.line_bench import Bench, SoftBench
from tests.helpers.line_crew import Crew

NEW = "t1~new01"
OLD = "t1~01"


async def _put_back(crew: Crew, *, sent: int = 5, forgotten: int = 5) -> None:
    """Terminal t1 gets an old copy of its disk, which has not the newest of what the line has of it."""
    crew.record("t1", sent)
    old = crew.replicas["t1"].restored()
    crew.record("t1", forgotten)
    crew.start()
    await crew.converged()
    await crew.stop("t1")
    crew.replicas["t1"] = old


def _each_once(crew: Crew) -> None:
    assert sorted(crew.held().elements()) == sorted(crew.recorded)


def test_a_disk_put_back_goes_on_under_a_new_name_and_learns_what_it_forgot(bench: Bench) -> None:
    crew = Crew(bench, 3)

    async def body() -> None:
        await _put_back(crew)
        crew.record("t1", 7)  # before it hears of the line
        crew.start("t1")
        await crew.until(lambda: crew.replicas["t1"].origin() == NEW)
        crew.record("t1", 2)
        crew.record("t2", 3)
        await crew.converged()
        assert crew.state("t1") is LinkState.UP
        assert LinkState.FORKED in {view.state for view in crew.views["t1"]}, "it was told meanwhile"
        view = crew.sessions["t1"].status.view()
        assert (view.origin, view.head, view.acked) == (NEW, 10, 10), "with the entry that says so"
        bodies = crew.replicas["t2"].bodies()
        assert (len(bodies[OLD]), len(bodies[NEW])) == (10, 10)
        _each_once(crew)

    crew.run(body())


def test_a_disk_put_back_from_before_its_first_event_goes_on_too(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        await _put_back(crew, sent=0)
        crew.record("t1", 3)
        crew.start("t1")
        await crew.until(lambda: crew.replicas["t1"].origin() == NEW)
        await crew.converged()
        assert len(crew.replicas["t1"].bodies()[OLD]) == 5
        _each_once(crew)

    crew.run(body())


def test_of_two_on_copies_of_one_disk_one_keeps_the_name_and_both_are_heard(bench: Bench) -> None:
    crew = Crew(bench, 2)

    async def body() -> None:
        crew.record("t1", 300)
        crew.start()
        await crew.converged()
        crew.clone("t1", "copy")
        crew.start("copy")
        for _ in range(10):
            crew.record("t1", 3)
            crew.record("copy", 2)
            await asyncio.sleep(0.1)
        names = {OLD, NEW}
        await crew.until(lambda: {crew.replicas[name].origin() for name in ("t1", "copy")} == names)
        crew.record("t1", 5)
        crew.record("copy", 5)
        await crew.converged()
        heard = crew.sessions["t2"].status
        await crew.until(lambda: {other.origin for other in heard.view().others} == names)
        await asyncio.sleep(1)
        assert {crew.replicas[name].origin() for name in ("t1", "copy")} == names, "it does not go on for ever"
        _each_once(crew)

    crew.run(body())


def test_what_was_not_sent_when_the_disk_was_copied_is_on_the_line_once(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.record("t1", 8)
        crew.start("t2")
        crew.clone("t1", "copy")
        crew.clone("t1", "third")
        for name in ("t1", "copy", "third"):
            crew.record(name, 4)
        crew.start("t1", "copy", "third")
        await crew.converged()
        origins = {crew.replicas[name].origin() for name in ("t1", "copy", "third")}
        assert len(origins) == 3
        assert OLD in origins
        _each_once(crew)

    crew.run(body())


def test_without_the_right_to_a_new_name_it_says_so_and_reads_on(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        await _put_back(crew)
        soft.net.denied.add("t1")
        crew.start("t1")
        await crew.until(lambda: crew.state("t1") is LinkState.FORKED)
        crew.record("t2", 3)
        await crew.until(lambda: len(crew.replicas["t1"].others.get("t2~02", ())) == 3)
        await asyncio.sleep(5)
        assert crew.state("t1") is LinkState.FORKED
        assert "expected the same here" in crew.sessions["t1"].status.view().detail
        soft.net.denied.clear()
        soft.server.restart()
        await crew.converged()
        _each_once(crew)

    crew.run(body())


def test_with_the_link_lost_on_the_way_to_a_new_name_it_asks_again(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        await _put_back(crew)
        crew.start("t1")
        await crew.until(lambda: crew.state("t1") is LinkState.FORKED)
        for _ in range(4):
            soft.net.cut.symmetric_difference_update({"t1"})
            crew.record("t1", 1)
            await asyncio.sleep(1.7)
        await crew.converged()
        _each_once(crew)

    crew.run(body())


def test_a_full_disk_holds_the_new_name_up_and_no_longer(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        await _put_back(crew)
        crew.start("t1")
        await crew.until(lambda: crew.state("t1") is LinkState.FORKED)
        crew.replicas["t1"].full = StoreTrouble("The disk is full.", remedy="Free space.")
        await asyncio.sleep(5)
        assert crew.replicas["t1"].origin() == OLD
        crew.replicas["t1"].full = None
        await crew.until(lambda: crew.replicas["t1"].origin() != OLD)
        await crew.converged()
        _each_once(crew)

    crew.run(body())


def test_a_wiped_line_is_filled_with_what_was_recorded_under_the_old_name_too(bench: Bench) -> None:
    crew = Crew(bench, 2)

    async def body() -> None:
        await _put_back(crew, sent=300, forgotten=300)
        crew.record("t1", 3)
        crew.start("t1")
        await crew.until(lambda: crew.replicas["t1"].origin() == NEW)
        await crew.converged()
        bench.wipe()
        await crew.until(lambda: crew.sessions["t1"].status.stream not in {"", crew.views["t2"][0].stream})
        await crew.converged()
        log = bench.log("t2")
        await log.open(crew.sessions["t2"])
        assert await log.last_of(OLD) is not None
        await log.close()
        _each_once(crew)

    crew.run(body())


def test_a_terminal_where_nothing_happens_notices_that_a_copy_goes_on_under_its_name(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.record("t1", 5)
        crew.start()
        await crew.converged()
        crew.clone("t1", "copy")
        crew.record("copy", 3)
        crew.start("copy")
        await crew.converged()
        assert (crew.replicas["copy"].origin(), crew.replicas["t1"].origin()) == (OLD, NEW)
        _each_once(crew)

    crew.run(body())
