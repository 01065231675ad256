"""A line to try logs on, in software and as a real server, with the same handles on both."""

import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Protocol, TypeVar

from shopfloor.clock import Clock, SystemClock
from shopfloor.link.jetstream import Address, JetStreamLog
from shopfloor.link.log import LineLog
from shopfloor.link.soft_loop import BEGIN_US, SoftClock, SoftLoop
from shopfloor.link.soft_server import SoftServer
from shopfloor.link.softnet import SoftNet
from tests.helpers.nats_process import NatsProcess

LINE = "gearbox"
_T = TypeVar("_T")


class Bench(Protocol):
    """What a test of a log needs."""

    def run(self, work: Coroutine[Any, Any, _T]) -> _T: ...
    def log(self, terminal: str) -> LineLog: ...
    def clock(self) -> Clock: ...
    def end(self) -> None: ...
    def start(self) -> None: ...
    def restart(self) -> None: ...
    def wipe(self) -> None: ...
    def copy(self) -> object: ...
    def restore(self, copy: Any) -> None: ...
    def close(self) -> None: ...


class SoftBench:
    """In software: time passes at once."""

    def __init__(self, seed: int = 1) -> None:
        self.loop = SoftLoop()
        self.server = SoftServer(LINE, lambda: BEGIN_US + round(self.loop.time() * 1e6))
        self.net = SoftNet(self.server, seed)
        self.end, self.restart, self.wipe = self.server.end, self.server.restart, self.server.wipe
        self.start, self.copy, self.restore = self.server.restart, self.server.copy, self.server.restore

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return self.loop.run_until_complete(work)

    def log(self, terminal: str) -> LineLog:
        return self.net.log(terminal)

    def clock(self) -> Clock:
        return SoftClock(self.loop)

    def close(self) -> None:
        self.loop.close()


class RealBench:
    """A real server, in real time."""

    def __init__(self, folder: Path) -> None:
        self.server = NatsProcess(folder, LINE)
        self._runner = asyncio.Runner()
        self.server.start()
        self.server.create()
        self.end, self.start, self.restart = self.server.kill, self.server.start, self.server.restart
        self.wipe, self.copy, self.restore = self.server.wipe, self.server.copy, self.server.restore

    def run(self, work: Coroutine[Any, Any, _T]) -> _T:
        return self._runner.run(work)

    def log(self, terminal: str) -> LineLog:
        return JetStreamLog(Address(line=LINE, terminal=terminal, hosts=self.server.hosts))

    def clock(self) -> Clock:
        return SystemClock()

    def close(self) -> None:
        self._runner.close()
        self.server.kill()
