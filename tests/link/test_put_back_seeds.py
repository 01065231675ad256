"""Disks put back while the server forgets and cables are cut, on real journals, by seed: all hold each scan once."""

import asyncio
import random
import shutil
from collections import Counter
from pathlib import Path

import pytest

from shopfloor.core import commands as c
from shopfloor.core.events import SignalEvent
from shopfloor.core.evolve import fold
from shopfloor.store.verify import verify
from tests.helpers.line_bench import SoftBench
from tests.helpers.line_desks import DeskTerminal, agree, until
from tests.helpers.scale import scaled

SEEDS = scaled(2, 60)
TURNS = 30
NAMES = ("t1", "t2", "t3")


class Plant:
    """Three terminals at work, while one thing a turn befalls them."""

    def __init__(self, bench: SoftBench, folder: Path, rng: random.Random, *, floors: bool) -> None:
        self._bench = bench
        self._rng = rng
        self._folder = folder
        self.terminals = {name: DeskTerminal(bench, folder, name) for name in NAMES}
        for terminal in self.terminals.values():
            terminal.sets_none = not floors
        self.scanned: list[str] = []
        self.gone: set[str] = set()

    async def turn(self) -> None:
        """Somebody scans, and something happens."""
        for terminal in self._rng.sample(list(self.terminals.values()), 2):
            self._scan(terminal)
            terminal.scan(self._rng.randrange(1, 4), self._rng.choice(("saw", "assembly")))
        name = self._rng.choice(NAMES)
        net = self._bench.net
        match self._rng.randrange(9):
            case 0 | 1:
                net.cut.symmetric_difference_update({name})
            case 2:
                net.cut.clear()
            case 3:
                self._bench.wipe()
            case 4:
                self._bench.server.lose_tail(self._rng.randrange(1, 8))
            case 5:
                await self._copy(name)
            case 6 | 7 if (self._folder / f"{name}-copy").exists():
                await self._put_back(name)
            case _:
                pass

    def _scan(self, terminal: DeskTerminal) -> None:
        self.scanned.append(f"nothing {len(self.scanned)}")
        command = c.ReadSignal(station="saw", device="gun", text=self.scanned[-1])
        terminal.desk.run(command, self._bench.clock().now())
        terminal.session.poke()

    async def _copy(self, name: str) -> None:
        terminal, copy = self.terminals[name], self._folder / f"{name}-copy"
        await terminal.disconnect()
        terminal.close()
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(terminal.folder, copy)
        terminal.reopen()
        terminal.connect()

    async def _put_back(self, name: str) -> None:
        """What is on that disk alone is lost with it, by nature."""
        terminal = self.terminals[name]
        others = [held(other) for other in self.terminals.values() if other is not terminal]
        before = held(terminal)
        await terminal.disconnect()
        terminal.close()
        shutil.rmtree(terminal.folder)
        shutil.copytree(self._folder / f"{name}-copy", terminal.folder)
        terminal.reopen()
        self.gone |= before.keys() - held(terminal).keys() - {code for other in others for code in other}
        terminal.connect()
        self._scan(terminal)


def held(terminal: DeskTerminal) -> Counter[str]:
    """How often a terminal holds what was scanned."""
    events = [recorded.event for recorded in terminal.events()]
    return Counter(
        event.code for event in events if isinstance(event, SignalEvent) and event.code.startswith("nothing")
    )


def _all_on_the_line(terminals: list[DeskTerminal]) -> bool:
    """Two endings of a journal may have one length."""
    views = [terminal.views[-1] for terminal in terminals]
    apart = any(terminal.reader.unread() or terminal.reader.astray() for terminal in terminals)
    return not apart and not any(view.owing or view.listens for view in views)


@pytest.mark.parametrize("floors", [False, True])
@pytest.mark.parametrize("seed", range(SEEDS))
def test_each_scan_is_held_once_by_all(seed: int, floors: bool, tmp_path: Path) -> None:
    bench = SoftBench(seed)
    plant = Plant(bench, tmp_path, random.Random(seed), floors=floors)
    terminals = list(plant.terminals.values())

    async def body() -> None:
        for terminal in terminals:
            terminal.connect()
        for _ in range(TURNS):
            await plant.turn()
            for _ in range(plant._rng.choice((1, 1, 3, 8))):
                await asyncio.sleep(0.5)
                for terminal in terminals:
                    terminal.second()
        bench.net.cut.clear()
        for terminal in terminals:
            terminal.sets_none = True
        await until(lambda: agree(terminals) and _all_on_the_line(terminals), terminals, within_s=200)
        for terminal in terminals:
            await terminal.disconnect()

    bench.run(body())
    for terminal in terminals:
        once = held(terminal)
        assert set(once.values()) <= {1}, "nothing is there twice"
        if not floors:  # else what is below the floor it began at is no event there
            assert set(plant.scanned) - plant.gone <= once.keys() <= set(plant.scanned), "nothing is lost"
        terminal.close()
        assert verify(terminal.folder, fold) == []
    bench.close()
