"""Several terminals' links on one line, started, stopped and looked at by a test."""

import asyncio
import itertools
from collections import Counter
from collections.abc import Callable, Coroutine
from typing import Any

from shopfloor.core.line_link import Decided, LinkState, LinkView, Question
from shopfloor.link.session import LinkSession
from shopfloor.link.versions import LINE_MAJOR
from tests.helpers.line_bench import LINE, Bench
from tests.helpers.replica import Replica

CALM_S_MAX = 60.0


class Crew:
    """Terminals t1..tN, each with its journal in memory and its link."""

    def __init__(self, bench: Bench, count: int) -> None:
        self.bench = bench
        self.replicas = {f"t{k}": Replica(f"t{k}~{k:02x}") for k in range(1, count + 1)}
        self.sessions: dict[str, LinkSession] = {}
        self.major = dict.fromkeys(self.replicas, LINE_MAJOR)
        self.views: dict[str, list[LinkView]] = {name: [] for name in self.replicas}
        self._questions = 0
        self.terminal_of = {name: name for name in self.replicas}
        self.recorded: list[str] = []
        self._drawn = itertools.count(1)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def start(self, *names: str) -> None:
        """Begin the links, all or some."""
        for name in names or self.replicas:
            session = LinkSession(
                lambda name=name: self.bench.log(self.terminal_of[name]),  # type: ignore[misc]
                line=LINE,
                journal=self.replicas[name],
                deliver=self.replicas[name],
                clock=self.bench.clock(),
                version="1",
                tell=self.views[name].append,
                draw=lambda: f"new{next(self._drawn):02x}",
                major=self.major[name],
            )
            self.sessions[name] = session
            self._tasks[name] = asyncio.get_running_loop().create_task(session.run())

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this on the bench, and end every link."""

        async def whole() -> None:
            try:
                await work
            finally:
                await self.stop()

        self.bench.run(whole())

    async def stop(self, *names: str) -> None:
        """End links, as a kill does: at any place."""
        for name in names or tuple(self._tasks):
            task = self._tasks.pop(name)
            task.cancel()
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()

    def clone(self, name: str, other: str) -> None:
        """Copy a terminal's disk to another computer, as it is now."""
        self.replicas[other] = self.replicas[name].restored()
        self.views[other] = []
        self.terminal_of[other] = self.terminal_of[name]
        self.major[other] = self.major[name]

    def record(self, name: str, count: int = 1) -> None:
        """Something happens at a terminal."""
        for _ in range(count):
            self.recorded.append(f"{name}-{len(self.recorded)}")
            self.replicas[name].record(by=self.recorded[-1])
        if name in self._tasks:
            self.sessions[name].poke()

    async def permit(self, name: str, thing: str, what: str = "") -> Decided:
        """Ask for the next decision on a thing, as a terminal that knows what its journal holds."""
        replica = self.replicas[name]
        self._questions += 1
        question = Question(
            thing=thing, epoch=replica.epoch(thing), origin=replica.origin(), what=what, at_us=self._questions
        )
        return await self.sessions[name].permit(question)

    def state(self, name: str) -> LinkState:
        """How a link is."""
        return self.sessions[name].status.state

    async def until(self, true: Callable[[], bool], *, within_s: float = CALM_S_MAX) -> None:
        """Wait until it is true; a link that has died tells why."""
        loop = asyncio.get_running_loop()
        end_s = loop.time() + within_s
        while not true():
            for task in self._tasks.values():
                if task.done():
                    task.result()
            assert loop.time() < end_s, f"not within {within_s} s: {self.told()}"
            await asyncio.sleep(0.02)

    async def converged(self, *, within_s: float = CALM_S_MAX) -> None:
        """Wait until every terminal knows everything, in one order."""
        await self.until(self.is_one, within_s=within_s)

    def is_one(self) -> bool:
        """Whether all terminals hold the same events, all of them on the line, in the same order."""
        known = [{o: b for o, b in replica.bodies().items() if b} for replica in self.replicas.values()]
        orders = [replica.order() for replica in self.replicas.values()]
        return (
            all(bodies == known[0] for bodies in known)
            and all(order == orders[0] for order in orders)
            and len(orders[0]) == sum(map(len, known[0].values()))
        )

    def held(self) -> Counter[str]:
        """How often the first terminal holds what was recorded anywhere."""
        return next(iter(self.replicas.values())).held()

    def told(self) -> str:
        """Where everybody is, for whoever looks for a fault."""
        return "; ".join(
            f"{name}: {self.sessions[name].status.view()}, knows "
            f"{ {origin: len(bodies) for origin, bodies in replica.bodies().items()} }"
            for name, replica in self.replicas.items()
            if name in self.sessions
        )
