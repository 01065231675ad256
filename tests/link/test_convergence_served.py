"""The same as on the line in software, on a real server that is killed, wiped, frozen and put back to a copy."""

import asyncio
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.line_bench import RealBench
from tests.helpers.line_crew import Crew
from tests.helpers.scale import scaled

SEEDS = scaled(1, 40)
TERMINALS = 4
TURNS = scaled(12, 60)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[RealBench]:
    bench = RealBench(tmp_path)
    yield bench
    bench.close()


async def _turn(bench: RealBench, crew: Crew, rng: random.Random, copies: list[Path]) -> None:
    names = sorted(crew.replicas)
    for _ in range(rng.randrange(4)):
        crew.record(rng.choice(names), rng.choice((1, 3, 30)))
    match rng.randrange(9):
        case 0 | 1:
            bench.restart()
        case 2:
            bench.wipe()
        case 3:
            copies.append(bench.copy())
        case 4 if copies:
            bench.restore(copies[-1])
        case 5:
            bench.server.freeze(on=True)
            await asyncio.sleep(rng.choice((0.1, 0.5, 3.2)))
            bench.server.freeze(on=False)
        case 6:
            name = rng.choice(names)
            await crew.stop(name)
            crew.record(name, 2)
            crew.start(name)
        case _:
            pass


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_event_is_held_once_by_all_in_one_order(bench: RealBench, seed: int) -> None:
    crew = Crew(bench, TERMINALS)
    rng = random.Random(seed)
    copies: list[Path] = []

    async def body() -> None:
        crew.start()
        try:
            for _ in range(TURNS):
                await _turn(bench, crew, rng, copies)
                await asyncio.sleep(rng.choice((0.0, 0.02, 0.1, 0.3)))
            await crew.converged()
        finally:
            await crew.stop()

    bench.run(body())
