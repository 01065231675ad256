"""Floors, snapshots, compaction and new terminals on a network that fails, by seed: all come to one state."""

import asyncio
import random
from pathlib import Path

import pytest

from shopfloor.core.evolve import fold
from shopfloor.link.snapshots import HEAD, agreed, read_head
from shopfloor.store.verify import verify
from tests.helpers.line_bench import SoftBench
from tests.helpers.line_desks import DeskTerminal, agree, until
from tests.helpers.scale import scaled

SEEDS = scaled(2, 60)
TURNS = scaled(16, 60)
NEW_MAX = 3


class Plant:
    """Two terminals at work, and others that come, while one thing a turn befalls them."""

    def __init__(self, bench: SoftBench, folder: Path, rng: random.Random) -> None:
        self.bench = bench
        self.rng = rng
        self._folder = folder
        self.terminals = [DeskTerminal(bench, folder, name) for name in ("t1", "t2")]
        self.off: set[str] = set()
        self.dropped = 0
        self.joined = 0

    async def turn(self) -> None:
        """Something happens, or nothing."""
        terminal = self.rng.choice(self.terminals)
        terminal.scan(self.rng.randrange(1, 4), self.rng.choice(("saw", "assembly")))
        match self.rng.randrange(12):
            case 0 | 1 if terminal.name != "t1":
                self.bench.net.cut.symmetric_difference_update({terminal.name})
            case 2:
                await terminal.disconnect()
                terminal.restart()
                terminal.connect()
            case 3 if len(self.terminals) < 2 + NEW_MAX:
                self.join()
            case 4 | 5:
                self.compact()
            case 6:
                self.bench.restart()
            case 7 if self.rng.random() < 0.3:
                self.bench.wipe()
            case 8:
                self.bench.server.lose_tail(self.rng.randrange(1, 6))
            case _:
                pass

    def calm(self) -> None:
        """Everything works again."""
        self.bench.net.cut.clear()

    def join(self) -> None:
        """One more, that did something before."""
        new = DeskTerminal(self.bench, self._folder, f"t{len(self.terminals) + 1}")
        new.scan(2, "assembly")
        new.connect()
        self.terminals.append(new)
        self.joined += 1

    def compact(self) -> int:
        """As the line's server does it; how many messages were dropped so far."""
        server = self.bench.server
        stream = server.ident().stream
        heads = [head for head in map(read_head, server.kept(HEAD)) if head is not None and head.stream == stream]
        found = next(iter(agreed(heads)), None)
        if found is not None:
            before = len(server.messages())
            server.compact(found.seq)
            self.dropped += before - len(server.messages())
        return self.dropped


def _story(seed: int, folder: Path) -> Plant:
    bench = SoftBench(seed)
    plant = Plant(bench, folder, random.Random(seed))

    async def body() -> None:
        for terminal in plant.terminals:
            terminal.connect()
        for _ in range(TURNS):
            await plant.turn()
            for _ in range(plant.rng.choice((1, 1, 3, 8))):
                await asyncio.sleep(0.5)
                for terminal in plant.terminals:
                    terminal.second()
        plant.calm()
        await until(lambda: agree(plant.terminals), plant.terminals, within_s=120)
        before = plant.dropped
        for terminal, place in zip(plant.terminals[:2], ("saw", "assembly"), strict=True):
            terminal.scan(1, place)
            terminal.scan(2, place)
        await until(lambda: plant.compact() > before, plant.terminals)
        plant.join()
        await until(lambda: agree(plant.terminals), plant.terminals, within_s=120)
        for terminal in plant.terminals:
            await terminal.disconnect()
            terminal.close()

    bench.run(body())
    bench.close()
    return plant


@pytest.mark.parametrize("seed", range(SEEDS))
def test_everybody_comes_to_one_state_and_one_floor(seed: int, tmp_path: Path) -> None:
    plant = _story(seed, tmp_path)
    assert plant.dropped > 0
    assert plant.joined > 0
    for terminal in plant.terminals:
        assert verify(terminal.folder, fold) == []
