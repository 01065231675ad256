"""Whatever befalls network, line and terminals, by seed: every event once, gapless, in one order, on all terminals."""

import asyncio
import random

import pytest

from shopfloor.link.soft_server import SoftServer
from shopfloor.link.softnet import Weather
from shopfloor.link.wire import decode_batch
from tests.helpers.line_bench import SoftBench
from tests.helpers.line_crew import Crew
from tests.helpers.replica import Replica
from tests.helpers.scale import scaled

SEEDS = scaled(25, 1000)
DISK_SEEDS = scaled(3, 500)
COPIES_SEED = (
    621  # two computers with one disk, both put back: the line has two endings of one name, one behind another
)
TERMINALS = 5
CLONES_MAX = 2
TURNS = 120
CALM_S_MAX = 90.0

BAD = Weather(delay_s_min=0.05, delay_s_max=0.6, lost=0.08, repeated=0.08)
STORM = Weather(delay_s_min=0.001, delay_s_max=2.0, lost=0.3, repeated=0.2)
GOOD = Weather()


class Nemesis:
    """Does to a line what its seed says, one thing a turn."""

    def __init__(self, bench: SoftBench, crew: Crew, rng: random.Random, *, disks: bool = False) -> None:
        self._bench = bench
        self._crew = crew
        self._rng = rng
        self._copy = bench.server.copy()
        self._down: set[str] = set()
        self._disks = disks
        self._old: dict[str, Replica] = {}
        self.gone: set[str] = set()

    async def turn(self) -> None:
        """Something happens, or nothing."""
        names = sorted(self._crew.replicas)
        name = self._rng.choice(names)
        self._crew.record(self._rng.choice(names), self._rng.choice((1, 1, 2, 5, 40)))
        net, server = self._bench.net, self._bench.server
        match self._rng.randrange(26):
            case 0 | 1 | 2:
                net.cut.symmetric_difference_update({name})
            case 3:
                net.cut = set(self._rng.sample(names, self._rng.randrange(1, len(names) + 1)))
            case 4 | 5:
                net.cut.clear()
            case 6:
                net.weather = self._rng.choice((GOOD, BAD, STORM))
            case 7 | 8:
                await self._kill_or_start(name)
            case 9:
                server.restart()
            case 10:
                server.end()
            case 11:
                server.wipe()
            case 12:
                server.lose_tail(self._rng.randrange(1, 40))
            case 13:
                self._copy = server.copy()
            case 14:
                server.restore(self._copy)
            case 15 | 16 | 17:
                server.restart()
            case 18 | 19 if self._disks:
                await self._put_back(name)
            case 20 if self._disks and len(names) < TERMINALS + CLONES_MAX:
                self._clone(name, f"copy-{len(names)}")
            case 21 | 22 if self._disks:
                self._old[name] = self._crew.replicas[name].restored()
            case _:
                pass

    async def _put_back(self, name: str) -> None:
        """Whatever else is going on. What is on that disk alone is lost with it, by nature."""
        if name in self._old:
            if name not in self._down:
                await self._crew.stop(name)
            self._down.discard(name)
            old, replicas = self._old[name].restored(), self._crew.replicas
            others = [replica.held() for other, replica in replicas.items() if other != name]
            self.gone |= replicas[name].held().keys() - old.held().keys() - {what for held in others for what in held}
            replicas[name] = old
            self._crew.record(name, self._rng.randrange(4))
            self._crew.start(name)

    def _clone(self, name: str, other: str) -> None:
        self._crew.clone(name, other)
        self._crew.record(other, self._rng.randrange(1, 4))
        self._crew.record(name, self._rng.randrange(1, 4))
        self._crew.start(other)

    async def calm(self) -> None:
        """Everything works again."""
        self._bench.net.cut.clear()
        self._bench.net.weather = GOOD
        if not self._bench.server.up:
            self._bench.server.restart()
        for name in sorted(self._down):
            self._crew.start(name)
        self._down.clear()

    async def _kill_or_start(self, name: str) -> None:
        if name in self._down:
            self._crew.start(name)
            self._down.discard(name)
        else:
            await self._crew.stop(name)
            self._down.add(name)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_event_is_held_once_by_all_in_one_order(seed: int) -> None:
    bench = SoftBench(seed)
    crew = Crew(bench, TERMINALS)
    rng = random.Random(seed)

    async def body() -> None:
        crew.start()
        nemesis = Nemesis(bench, crew, rng)
        for _ in range(TURNS):
            await nemesis.turn()
            await asyncio.sleep(rng.choice((0.01, 0.3, 1.0, 4.0)))
        await nemesis.calm()
        await crew.converged(within_s=CALM_S_MAX)
        await crew.stop()

    bench.run(body())
    stored = _stored(bench.server)
    assert sorted(stored) == sorted(set(stored)), "no event is on the line twice"
    for replica in crew.replicas.values():
        numbers = [n for origin, n in stored if origin == replica.origin()]
        assert numbers == list(range(1, len(replica.own) + 1)), "each origin's are in order and gapless"
    bench.close()


@pytest.mark.parametrize("seed", [*range(DISK_SEEDS), COPIES_SEED])
def test_with_disks_put_back_and_copied_too_every_event_is_held_once(seed: int) -> None:
    bench = SoftBench(seed)
    crew = Crew(bench, TERMINALS)
    rng = random.Random(seed)

    nemesis = Nemesis(bench, crew, rng, disks=True)

    async def body() -> None:
        crew.start()
        for _ in range(TURNS):
            await nemesis.turn()
            await asyncio.sleep(rng.choice((0.01, 0.3, 1.0, 4.0)))
        await nemesis.calm()
        await crew.converged(within_s=CALM_S_MAX)
        await crew.stop()

    bench.run(body())
    held = crew.held()
    assert set(held.values()) == {1}, "nothing is there twice"
    assert set(crew.recorded) - nemesis.gone <= held.keys() <= set(crew.recorded), "nothing is lost"
    assert len({replica.origin() for replica in crew.replicas.values()}) == len(crew.replicas), "each has its own name"
    bench.close()


def test_the_same_seed_is_the_same_story() -> None:
    stories = []
    for _ in range(2):
        bench = SoftBench(7)
        crew = Crew(bench, 3)
        rng = random.Random(7)

        async def body(bench: SoftBench = bench, crew: Crew = crew, rng: random.Random = rng) -> None:
            crew.start()
            nemesis = Nemesis(bench, crew, rng, disks=True)
            for _ in range(40):
                await nemesis.turn()
                await asyncio.sleep(1)
            await crew.stop()

        bench.run(body())
        stories.append((bench.server.messages(), bench.loop.time(), [r.order() for r in crew.replicas.values()]))
        bench.close()
    assert stories[0] == stories[1]


def _stored(server: SoftServer) -> list[tuple[str, int]]:
    return [
        (entry.recorded.origin, entry.recorded.n)
        for message in server.messages()
        if server.names.is_events(message.subject)
        for entry in decode_batch(message.payload, seq=message.seq, ts_us=message.ts_us)
    ]
