"""A disk is put back while the server forgets: no number is used for two events, whoever comes back first."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from shopfloor.core.line_link import LinkState
from tests.helpers.line_bench import Bench, SoftBench
from tests.helpers.line_crew import Crew

OLD = "t1~01"
ALONE_S = 8.0  # longer than a terminal listens for others


def _run(bench: Bench, crew: Crew, work: Coroutine[Any, Any, None]) -> None:
    async def whole() -> None:
        try:
            await work
        finally:
            await crew.stop()

    bench.run(whole())


async def _put_back(
    crew: Crew, *, sent: int = 5, forgotten: int = 5, since: int = 3, is_read_back: bool = True
) -> None:
    """Terminal t1 gets an old copy of its disk, and works on before it hears of anybody."""
    crew.record("t1", sent)
    if is_read_back:
        crew.start()
        await crew.converged()
    old = crew.replicas["t1"].restored()
    crew.record("t1", forgotten)
    if not is_read_back:
        crew.start()
    await crew.converged()
    await crew.stop("t1")
    crew.replicas["t1"] = old
    crew.record("t1", since)


def _each_once(crew: Crew) -> None:
    assert sorted(crew.held().elements()) == sorted(crew.recorded)
    assert {crew.state(name) for name in crew.sessions} == {LinkState.UP}


def test_what_the_disk_and_the_server_forgot_comes_from_the_others(bench: Bench) -> None:
    crew = Crew(bench, 3)

    async def body() -> None:
        await _put_back(crew, sent=80, forgotten=300)
        bench.wipe()
        crew.start("t1")
        crew.record("t2", 2)
        await crew.until(lambda: crew.replicas["t1"].origin() != OLD)
        crew.record("t1", 2)
        await crew.converged()
        assert len(crew.replicas["t2"].bodies()[OLD]) == 380
        _each_once(crew)

    _run(bench, crew, body())


@pytest.mark.parametrize("forgotten", [1, 2, 3, 4, 300])
@pytest.mark.parametrize("since", [0, 1, 3, 70])
@pytest.mark.parametrize("is_read_back", [True, False])
def test_whether_it_did_less_since_or_more_than_it_forgot(
    soft: SoftBench, forgotten: int, since: int, is_read_back: bool
) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        await _put_back(crew, sent=4, forgotten=forgotten, since=since, is_read_back=is_read_back)
        soft.wipe()
        crew.start("t1")
        await crew.converged()
        _each_once(crew)

    _run(soft, crew, body())


def test_alone_on_an_empty_line_it_sends_after_a_while_and_gives_way_when_others_are_back(bench: Bench) -> None:
    crew = Crew(bench, 2)

    async def body() -> None:
        await _put_back(crew)
        await crew.stop("t2")
        bench.wipe()
        crew.start("t1")
        await crew.until(lambda: crew.sessions["t1"].status.view().acked == 8)
        assert crew.replicas["t1"].origin() == OLD, "nobody says anything else"
        crew.start("t2")
        await crew.converged()
        bodies = crew.replicas["t2"].bodies()
        assert len(bodies[OLD]) == 10, "what was known first stays"
        crew.record("t1", 2)
        crew.record("t2", 2)
        await crew.converged()
        _each_once(crew)

    _run(bench, crew, body())


def test_those_who_read_what_it_sent_alone_leave_it_for_what_was_first(soft: SoftBench) -> None:
    crew = Crew(soft, 4)

    async def body() -> None:
        crew.record("t1", 5)
        old = crew.replicas["t1"].restored()
        crew.start("t1", "t3", "t4")
        await crew.until(lambda: len(crew.replicas["t3"].others.get(OLD, ())) == 5)
        await crew.stop("t3", "t4")
        crew.record("t1", 5)
        crew.start("t2")
        await crew.until(lambda: len(crew.replicas["t2"].others.get(OLD, ())) == 10)
        await crew.stop()
        crew.replicas["t1"] = old
        crew.record("t1", 3)
        soft.wipe()
        crew.start("t1", "t3")
        await crew.until(lambda: len(crew.replicas["t3"].others[OLD]) == 8)
        crew.record("t3", 1)
        crew.start("t2")
        await crew.until(lambda: crew.replicas["t1"].origin() != OLD)
        crew.start("t4")
        await crew.converged()
        assert len(crew.replicas["t3"].bodies()[OLD]) == 10
        _each_once(crew)
        soft.wipe()
        await asyncio.sleep(1)
        await crew.converged()
        _each_once(crew)

    _run(soft, crew, body())


def test_a_server_put_back_to_what_was_sent_alone_is_read_as_what_it_is(soft: SoftBench) -> None:
    crew = Crew(soft, 3)

    async def body() -> None:
        await _put_back(crew)
        await crew.stop("t2", "t3")
        soft.wipe()
        crew.start("t1")
        await crew.until(lambda: crew.sessions["t1"].status.view().acked == 8)
        copy = soft.copy()
        crew.start("t2", "t3")
        await crew.until(lambda: crew.replicas["t1"].origin() != OLD)
        await crew.converged()
        soft.restore(copy)
        await asyncio.sleep(1)
        await crew.converged()
        _each_once(crew)
        new = Crew(soft, 4)
        crew.replicas["t4"], crew.views["t4"] = new.replicas["t4"], []
        crew.terminal_of["t4"], crew.major["t4"] = "t4", new.major["t4"]
        crew.start("t4")
        await crew.converged()
        _each_once(crew)

    _run(soft, crew, body())


def test_a_server_from_before_is_put_back_after_it_had_sent_alone(soft: SoftBench) -> None:
    crew = Crew(soft, 3)

    async def body() -> None:
        await _put_back(crew)
        copy = soft.copy()
        await crew.stop("t2", "t3")
        soft.wipe()
        crew.start("t1")
        await crew.until(lambda: crew.sessions["t1"].status.view().acked == 8)
        crew.start("t3")
        soft.restore(copy)
        await crew.until(lambda: crew.replicas["t1"].origin() != OLD)
        crew.start("t2")
        await crew.converged()
        _each_once(crew)

    _run(soft, crew, body())


def test_both_put_back_to_the_same_night(soft: SoftBench) -> None:
    """Nothing on the disk says that anything is missing."""
    crew = Crew(soft, 3)

    async def body() -> None:
        crew.record("t1", 5)
        crew.start()
        await crew.converged()
        old, copy = crew.replicas["t1"].restored(), soft.copy()
        crew.record("t1", 5)
        await crew.converged()
        await crew.stop()
        soft.restore(copy)
        crew.replicas["t1"] = old
        crew.record("t1", 3)
        crew.start("t1")
        await crew.until(lambda: crew.sessions["t1"].status.view().acked == 8)
        crew.start("t2", "t3")
        await crew.converged()
        assert len(crew.replicas["t3"].bodies()[OLD]) == 10
        _each_once(crew)

    _run(soft, crew, body())


def test_put_back_twice_with_others_who_know_either_ending(soft: SoftBench) -> None:
    crew = Crew(soft, 3)

    async def body() -> None:
        await _put_back(crew, since=0)
        older = crew.replicas["t1"].restored()
        await crew.stop("t2", "t3")
        crew.record("t1", 3)
        soft.wipe()
        crew.replicas["t2"] = crew.replicas["t2"].restored()
        del crew.replicas["t2"].others[OLD][5:], crew.replicas["t2"].proofs[OLD]  # it is put back, too
        for n in range(6, 11):
            crew.replicas["t2"].seqs.pop((OLD, n), None)
        crew.start("t1", "t2")
        await crew.until(lambda: len(crew.replicas["t2"].others[OLD]) == 8)
        await crew.stop()
        crew.replicas["t1"] = older
        crew.record("t1", 4)
        soft.wipe()
        crew.start("t1")
        await crew.until(lambda: crew.sessions["t1"].status.view().acked == 9)
        crew.start("t2")
        await crew.until(lambda: crew.replicas["t1"].origin() != OLD)
        crew.start("t3")
        await crew.converged()
        _each_once(crew)

    _run(soft, crew, body())


def test_nobody_waits_to_send_on_a_line_that_has_forgotten_nothing(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.start()
        crew.record("t1", 5)
        await crew.converged()
        soft.server.restart()
        await crew.until(lambda: crew.state("t1") is not LinkState.UP)
        await crew.until(lambda: crew.state("t1") is LinkState.UP)
        crew.record("t1", 1)
        await crew.until(lambda: crew.sessions["t1"].status.view().acked == 6, within_s=1)
        await crew.converged()

    _run(soft, crew, body())
