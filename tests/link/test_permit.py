"""Permissions: of those who ask under one number one wins, whatever the network does; who died holds nobody up."""

import asyncio
import random
from collections.abc import Coroutine
from typing import Any

import pytest

from shopfloor.core.events_line import Permitted
from shopfloor.core.line_link import GOOD_FOR_S, Decided, LinkState, Ruling
from shopfloor.link.softnet import Weather
from shopfloor.trouble import StoreTrouble
from tests.helpers.line_bench import Bench, SoftBench
from tests.helpers.line_crew import Crew
from tests.helpers.scale import scaled

THING = "restart.press~1-7"
SEEDS = scaled(6, 300)
TURNS = 60
BAD = Weather(delay_s_min=0.02, delay_s_max=0.5, lost=0.1, repeated=0.1)


def _run(crew: Crew, work: Coroutine[Any, Any, None]) -> None:
    async def linked() -> None:
        crew.start()
        await crew.until(lambda: all(crew.state(name) is LinkState.UP for name in crew.replicas))
        await work

    crew.run(linked())


def test_one_of_several_wins_and_the_others_hear_who_was_faster(bench: Bench) -> None:
    crew = Crew(bench, 4)

    async def body() -> None:
        got = await asyncio.gather(*(crew.permit(name, THING) for name in crew.replicas))
        winner = next(name for name, one in zip(crew.replicas, got, strict=True) if one.ruling is Ruling.WON)
        origin = crew.replicas[winner].origin()
        assert [one.epoch for one in got if one.ruling is Ruling.WON] == [1]
        assert {(one.ruling, one.by) for one in got} - {(Ruling.WON, "")} <= {
            (Ruling.LOST, origin),
            (Ruling.BEHIND, origin),
        }
        crew.replicas[winner].append(Permitted(thing=THING, epoch=1))
        crew.sessions[winner].poke()
        await crew.converged()
        other = next(name for name in crew.replicas if name != winner)
        again = await crew.permit(other, THING)
        assert (again.ruling, again.epoch) == (Ruling.WON, 2), "what is recorded is over, and the next may decide"

    _run(crew, body())


def test_who_has_not_read_the_line_up_to_the_last_decision_is_told_so(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        crew.replicas["t2"].full = StoreTrouble("The disk is full.", remedy="Free space.")
        assert (await crew.permit("t1", THING)).ruling is Ruling.WON
        behind = await crew.permit("t2", THING)
        assert (behind.ruling, behind.by) == (Ruling.BEHIND, "t1~01")
        crew.replicas["t2"].full = None

    _run(crew, body())


def test_a_winner_that_recorded_nothing_holds_nobody_up_for_longer_than_its_permission_is_good(
    soft: SoftBench,
) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        assert (await crew.permit("t1", THING)).epoch == 1
        await crew.stop("t1")
        await asyncio.sleep(2)
        assert (await crew.permit("t2", THING)).ruling is Ruling.LOST
        await asyncio.sleep(GOOD_FOR_S)
        got = await crew.permit("t2", THING)
        assert (got.ruling, got.epoch) == (Ruling.WON, 2)
        crew.start("t1")

    _run(crew, body())


def test_a_line_that_was_wiped_gives_nothing_while_a_permission_it_has_forgotten_is_good(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        for name in crew.replicas:
            crew.record(name)
        await crew.converged()
        assert (await crew.permit("t1", THING)).ruling is Ruling.WON
        soft.wipe()
        await crew.until(lambda: crew.state("t2") is not LinkState.UP)
        await crew.until(lambda: crew.state("t2") is LinkState.UP)
        assert (await crew.permit("t2", THING)).ruling is Ruling.BEHIND
        await crew.converged()
        await asyncio.sleep(GOOD_FOR_S)
        assert (await crew.permit("t2", THING)).ruling is Ruling.WON

    _run(crew, body())


def test_who_gave_its_own_permission_up_asks_again_at_once(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        assert (await crew.permit("t1", THING)).epoch == 1
        got = await crew.permit("t1", THING)
        assert (got.ruling, got.epoch) == (Ruling.WON, 2)

    _run(crew, body())


def test_an_answer_that_was_lost_is_found_again(soft: SoftBench) -> None:
    crew = Crew(soft, 1)

    async def body() -> None:
        def lose(_: int) -> None:
            soft.net.lose_answers = 1
            soft.server.on_stored.remove(lose)

        soft.server.on_stored.append(lose)
        got = await crew.permit("t1", THING)
        assert (got.ruling, got.epoch, soft.net.lose_answers) == (Ruling.WON, 1, 0)
        assert got.seq == len(soft.server.messages())

    _run(crew, body())


def test_a_key_without_the_right_is_told_as_that(soft: SoftBench) -> None:
    crew = Crew(soft, 1)

    async def body() -> None:
        soft.net.denied.add("t1")
        assert (await crew.permit("t1", "line")).ruling is Ruling.DENIED

    _run(crew, body())


def test_without_a_link_there_is_no_answer(soft: SoftBench) -> None:
    crew = Crew(soft, 2)

    async def body() -> None:
        soft.net.cut.add("t1")
        assert (await crew.permit("t1", THING)).ruling is Ruling.UNLINKED
        await crew.until(lambda: crew.state("t1") is LinkState.LOST)
        assert await crew.permit("t1", THING) == Decided(Ruling.UNLINKED)

    _run(crew, body())


def test_what_is_no_decision_of_ours_is_passed_over(soft: SoftBench) -> None:
    crew = Crew(soft, 1)

    async def body() -> None:
        strange = await crew.sessions["t1"].decide(THING, b"not ours", expected_seq=0)
        assert strange.ruling is Ruling.WON
        got = await crew.permit("t1", THING)
        assert (got.ruling, got.epoch) == (Ruling.WON, 1)

    _run(crew, body())


@pytest.mark.parametrize("seed", range(SEEDS))
def test_no_number_is_won_twice_whatever_the_network_does(seed: int) -> None:
    bench = SoftBench(seed)
    crew = Crew(bench, 5)
    rng = random.Random(seed)
    won: list[tuple[str, int]] = []

    async def race(name: str) -> None:
        if crew.sessions[name].status.state is not LinkState.UP and rng.random() < 0.9:
            return
        thing = rng.choice(("line", THING))
        asked_s = bench.loop.time()
        got = await crew.permit(name, thing)
        late = bench.loop.time() - asked_s > GOOD_FOR_S
        if got.ruling is Ruling.WON:
            won.append((thing, got.epoch))
            if not late and rng.random() < 0.8:  # else it dies with it
                crew.replicas[name].append(Permitted(thing=thing, epoch=got.epoch))
                crew.sessions[name].poke()

    async def body() -> None:
        loop = asyncio.get_running_loop()
        racing: list[asyncio.Task[None]] = []
        for _ in range(TURNS):
            names = sorted(crew.replicas)
            racing += [loop.create_task(race(name)) for name in rng.sample(names, rng.randrange(1, 5))]
            match rng.randrange(8):
                case 0:
                    bench.net.cut = set(rng.sample(names, rng.randrange(1, 4)))
                case 1 | 2:
                    bench.net.cut.clear()
                case 3:
                    bench.net.weather = rng.choice((BAD, Weather()))
                case 4:
                    bench.server.restart()
                case 5:
                    bench.net.lose_answers = rng.randrange(3)
                case _:
                    pass
            await asyncio.sleep(rng.choice((0.01, 0.3, 2.0, 6.0)))
        bench.net.cut.clear()
        bench.net.weather, bench.net.lose_answers = Weather(), 0
        await asyncio.gather(*racing)
        await crew.converged()

    _run(crew, body())
    bench.close()
    assert len(won) == len(set(won)), "two were told that they won the same"
    assert len(won) > TURNS // 8
    recorded = [
        (e.thing, e.epoch)
        for replica in crew.replicas.values()
        for entry in replica.own
        if isinstance(e := entry.recorded.event, Permitted)
    ]
    assert len(recorded) == len(set(recorded)), "no decision is in two journals"
