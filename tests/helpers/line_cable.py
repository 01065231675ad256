"""The way of a terminal to its line server, as a proxy on loopback that can be pulled, silenced, slowed and lossy."""

import asyncio
import random
import socket
import struct
import threading
from collections.abc import Coroutine
from contextlib import suppress
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

CHUNK_BYTES: Final = 16_384
AGAIN_S: Final = (0.2, 1.0)  # what a packet that TCP has to send again costs
ANSWER_S_MAX: Final = 10.0

_RESET: Final = struct.pack("ii", 1, 0)  # linger for no time: closing sends a reset


class Way(StrEnum):
    """How a cable is."""

    OPEN = "open"
    SILENT = "silent"  # everything is swallowed until it is healed, as by a switch that lost its power
    PULLED = "pulled"  # connections are reset, and new ones, too


class Slowness(Struct, frozen=True):
    """A bad line: delay each way, the share of chunks that are sent again, bytes a second (0: any number)."""

    delay_s: float = 0.0
    lost_share: float = 0.0
    bytes_s: int = 0


class Cables:
    """The loop on which all proxies of a rig run, in a thread of its own."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="cables-of-a-test", daemon=True)
        self._thread.start()
        self._cables: list[Cable] = []

    def lay(self, to_port: int, *, seed: int, host: str = "127.0.0.1") -> "Cable":
        """A cable from a free port of `host` to a port of this computer."""
        cable = Cable(to_port, random.Random(seed))
        self._do(cable.open(host))
        self._cables.append(cable)
        return cable

    def set(self, cable: "Cable", way: Way = Way.OPEN, slowness: Slowness | None = None) -> None:
        """Let something befall a cable, or heal it."""
        self._do(cable.become(way, slowness or Slowness()))

    def close(self) -> None:
        """End all of them."""
        for cable in self._cables:
            self._do(cable.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(ANSWER_S_MAX)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(ANSWER_S_MAX)


class Cable:
    """One proxy; belongs to the loop of its `Cables`."""

    def __init__(self, to_port: int, rng: random.Random) -> None:
        self._to_port = to_port
        self._rng = rng
        self._way = Way.OPEN
        self._slowness = Slowness()
        self._passes = asyncio.Event()
        self._passes.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.host = ""

    async def open(self, host: str) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._connected, host, 0)
        self.host = f"{host}:{self._server.sockets[0].getsockname()[1]}"

    async def become(self, way: Way, slowness: Slowness) -> None:
        """Be so from now on."""
        self._way, self._slowness = way, slowness
        (self._passes.clear if way is Way.SILENT else self._passes.set)()
        if way is Way.PULLED:
            for writer in list(self._writers):
                _reset(writer)

    async def close(self) -> None:
        """End with every connection."""
        if self._server is not None:
            self._server.close()
        for writer in list(self._writers):
            _reset(writer)
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        with suppress(asyncio.CancelledError):
            await self._carry(reader, writer)
        self._tasks.discard(task)
        self._writers.discard(writer)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far = None
        try:
            await self._passes.wait()
            if self._way is not Way.PULLED:
                far_reader, far = await asyncio.open_connection("127.0.0.1", self._to_port)
                self._writers.add(far)
                ways = [self._pump(reader, far), self._pump(far_reader, writer)]
                tasks = [asyncio.ensure_future(way) for way in ways]
                try:
                    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    for task in tasks:
                        task.cancel()
                    await asyncio.gather(*tasks, return_exceptions=True)
        except OSError:
            pass  # the server is not there: whoever connects is reset
        finally:
            _reset(writer)
            if far is not None:
                self._writers.discard(far)
                _reset(far)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while chunk := await reader.read(CHUNK_BYTES):
                slow = self._slowness
                pause_s = slow.delay_s + (len(chunk) / slow.bytes_s if slow.bytes_s else 0.0)
                if slow.lost_share and self._rng.random() < slow.lost_share:
                    pause_s += self._rng.uniform(*AGAIN_S)
                if pause_s:
                    await asyncio.sleep(pause_s)
                await self._passes.wait()
                writer.write(chunk)
                await writer.drain()


def _reset(writer: asyncio.StreamWriter) -> None:
    sock = writer.get_extra_info("socket")
    with suppress(OSError):
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    writer.transport.abort()
