"""A network in software between terminals and a line server: it delays, loses, repeats, overtakes and cuts, by seed."""

import asyncio
import random
from collections.abc import Callable
from typing import TypeVar

from msgspec import Struct

from shopfloor.link.log import REPLY_S_MAX, Ears, Ident, NoReply, Stored
from shopfloor.link.soft_server import SoftServer
from shopfloor.link.trouble import Denied, KeyRefused, LinkTrouble

_T = TypeVar("_T")


class Weather(Struct, frozen=True, kw_only=True):
    """What a message meets on its way: each way takes between the two times; shares of those lost and repeated."""

    delay_s_min: float = 0.001
    delay_s_max: float = 0.004
    lost: float = 0.0
    repeated: float = 0.0


class SoftNet:
    """The cables of one line. `cut` holds the terminals that hear nothing and are not heard."""

    def __init__(self, server: SoftServer, seed: int, weather: Weather | None = None) -> None:
        self.server = server
        self.weather = weather or Weather()
        self.cut: set[str] = set()
        self.revoked: set[str] = set()
        self.denied: set[str] = set()
        self.asked = 0  # questions so far
        self.lose_answers = 0  # of so many questions from now on: what was asked is done, and nobody hears of it
        self.logs: dict[SoftLog, None] = {}  # in the order of their beginnings: a story is the same for the same seed
        self._rng = random.Random(seed)  # noqa: S311 - weather, no secret

    def log(self, terminal: str) -> "SoftLog":
        """A fresh connection of a terminal, not opened yet."""
        return SoftLog(self, terminal)

    def trips(self, terminal: str) -> list[float]:
        """How long each copy of a message of this terminal takes; none if it is lost."""
        weather, rng = self.weather, self._rng
        if terminal in self.cut or rng.random() < weather.lost:
            return []
        copies = 2 if rng.random() < weather.repeated else 1
        return [rng.uniform(weather.delay_s_min, weather.delay_s_max) for _ in range(copies)]


class SoftLog:
    """Implements `LineLog` on a `SoftNet`, on a soft loop or any other."""

    def __init__(self, net: SoftNet, terminal: str) -> None:
        self._net = net
        self._server = net.server
        self.terminal = terminal
        self._names = net.server.names
        self._ears: Ears | None = None
        self._start = -1

    async def open(self, ears: Ears) -> None:
        """Connect and begin to listen."""
        self._start = self._server.starts
        await self._ask(lambda: None)
        self._ears = ears
        self._net.logs[self] = None
        self._server.on_stored.append(self._wake)

    async def ident(self) -> Ident:
        """What the log is now."""
        return await self._ask(self._server.ident)

    async def publish(self, origin: str, payload: bytes, *, expected_seq: int, message_id: str) -> int:
        """Append to the subject of an origin. Raises WrongLast."""
        subject = self._names.events(origin)
        return await self._append(subject, payload, expected_seq, message_id)

    async def decide(self, thing: str, payload: bytes, *, expected_seq: int, message_id: str) -> int:
        """Append to the subject of a thing. Raises WrongLast."""
        subject = self._names.decision(thing)
        return await self._append(subject, payload, expected_seq, message_id)

    async def last_of(self, origin: str) -> Stored | None:
        """The last message of an origin's subject."""
        return await self._ask(lambda: self._server.last(self._names.events(origin)))

    async def last_decision(self, thing: str) -> Stored | None:
        """The last decision on a thing."""
        return await self._ask(lambda: self._server.last(self._names.decision(thing)))

    async def keep(self, name: str, payload: bytes) -> int:
        """Store a part of a snapshot."""
        subject = self._names.snapshot(self.terminal, name)
        return await self._put(subject, lambda: self._server.put(subject, payload))

    async def kept(self, name: str) -> list[Stored]:
        """The newest of that name of every terminal."""
        return await self._ask(lambda: self._server.kept(name))

    async def at(self, seq: int) -> Stored | None:
        """The message with this number."""
        return await self._ask(lambda: self._server.at(seq))

    async def read(self, after_seq: int, limit: int) -> list[Stored]:
        """Messages that follow."""
        return await self._ask(lambda: self._server.read(after_seq, limit))

    async def tell(self, kind: str, payload: bytes) -> None:
        """Tell those who listen."""
        for delay_s in self._net.trips(self.terminal):
            asyncio.get_running_loop().call_later(delay_s, self._spread, kind, payload)

    async def close(self) -> None:
        """End the connection."""
        self._net.logs.pop(self, None)
        if self._ears is not None:
            self._server.on_stored.remove(self._wake)
            self._ears = None

    def hear(self, kind: str, terminal: str, payload: bytes) -> None:
        """What another terminal told has come."""
        if self._ears is not None and self.terminal not in self._net.cut:
            self._ears.told(kind, terminal, payload)

    async def _append(self, subject: str, payload: bytes, expected_seq: int, message_id: str) -> int:
        return await self._put(subject, lambda: self._server.append(subject, payload, expected_seq, message_id))

    async def _put(self, subject: str, put: Callable[[], int]) -> int:
        def allowed() -> int:
            if self.terminal in self._net.denied:
                raise Denied(f"The key of {self.terminal} may not publish to {subject}.", remedy="Ask for the right.")
            return put()

        return await self._ask(allowed)

    async def _ask(self, do: Callable[[], _T]) -> _T:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[_T] = loop.create_future()
        self._net.asked += 1
        for delay_s in self._net.trips(self.terminal):
            loop.call_later(delay_s, self._arrive, do, answer)
        try:
            async with asyncio.timeout(REPLY_S_MAX):
                return await answer
        except TimeoutError as error:
            words = f"Expected an answer of the line server within {REPLY_S_MAX:g} s, got none."
            raise NoReply(words, remedy="Look at the network cable and the server.") from error

    def _arrive(self, do: Callable[[], _T], answer: "asyncio.Future[_T]") -> None:
        """The question is at the server, even if nobody waits for its answer any more."""
        if not self._server.up or self._start != self._server.starts or self.terminal in self._net.cut:
            return
        result: _T | LinkTrouble
        try:
            if self.terminal in self._net.revoked:
                raise KeyRefused(f"The server does not know the key of {self.terminal}.", remedy="Join again.")
            result = do()
        except LinkTrouble as trouble:
            result = trouble
        if self._net.lose_answers:
            self._net.lose_answers -= 1
            return
        for delay_s in self._net.trips(self.terminal):
            asyncio.get_running_loop().call_later(delay_s, _settle, answer, result)

    def _wake(self, seq: int) -> None:
        for delay_s in self._net.trips(self.terminal):
            asyncio.get_running_loop().call_later(delay_s, self._woken, seq)

    def _woken(self, seq: int) -> None:
        if self._ears is not None and self.terminal not in self._net.cut:
            self._ears.woken(seq)

    def _spread(self, kind: str, payload: bytes) -> None:
        if not self._server.up:
            return
        for log in self._net.logs:
            if log is not self:
                for delay_s in self._net.trips(log.terminal):
                    asyncio.get_running_loop().call_later(delay_s, log.hear, kind, self.terminal, payload)


def _settle(answer: "asyncio.Future[_T]", result: "_T | LinkTrouble") -> None:
    if answer.done():
        return
    if isinstance(result, LinkTrouble):
        answer.set_exception(result)
    else:
        answer.set_result(result)
