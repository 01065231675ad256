"""A short visit to the line's server: connect, ask some questions, leave; every failure is told as what it is.

The client library tells a denial as a time-out and tries a dead address for ever; here the first reason ends the call.
"""

import asyncio
import logging
import socket
import ssl
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self, TypeVar

import nats.errors
from msgspec import Struct
from nats.aio.client import Client
from nats.aio.msg import Msg

from shopfloor.link.join_key import JoinKey, url_of
from shopfloor.link.joined import tls_of
from shopfloor.link.log import NoReply
from shopfloor.link.subjects import TLS_NAME, inbox_prefix
from shopfloor.link.trouble import Denied, KeyRefused, LinkTrouble, Unreachable, WrongServer

CONNECT_S_MAX: Final = 5.0  # TLS over a slow link; a wrong certificate would hang the library for ever
REPLY_S_MAX: Final = 3.0
CLOSE_S_MAX: Final = 1.0  # with TLS the library waits half a minute for the other side's farewell

_DENIAL: Final = "permissions violation"
_EOF_NOISE: Final = "returning true from eof_received() has no effect when using ssl"

_T = TypeVar("_T")


class Visitor(Struct, frozen=True, kw_only=True):
    """Who calls, and where. `name` is the terminal's, or the server's own tool's."""

    name: str
    seed: str
    hosts: tuple[str, ...]
    authority: bytes


def visitor_of(key: JoinKey) -> Visitor:
    """The terminal of a joining key."""
    return Visitor(name=key.terminal, seed=key.seed, hosts=key.hosts, authority=key.authority)


class Caller:
    """One connection to the first of the hosts that lets us in; an asynchronous context."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self._client = Client()
        self._errors: list[Exception] = []
        self._denied: asyncio.Future[str] | None = None
        self.host = ""

    @property
    def server_version(self) -> str:
        """The version the server says it has."""
        return str(self._client.connected_server_version).split()[-1].rstrip(">")

    async def __aenter__(self) -> Self:
        """Connect. Raises Unreachable, WrongServer or KeyRefused: the reason of the host that came furthest."""
        reasons: list[LinkTrouble] = []
        for host in self._visitor.hosts:
            try:
                await self._connect(host)
            except LinkTrouble as trouble:
                reasons.append(trouble)
            else:
                self.host = host
                return self
        raise max(reasons, key=_how_far)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave, soon."""
        await self._close()

    async def request(self, subject: str, payload: bytes = b"", *, timeout_s: float = REPLY_S_MAX) -> bytes:
        """One question, one answer. Raises Denied, NoReply."""
        asked = asyncio.ensure_future(self._client.request(subject, payload, timeout=timeout_s))
        try:
            answer = await self._unless_denied(asked, subject)
        except nats.errors.NoRespondersError as error:
            raise NoReply(
                f"The server at {self.host} has nobody who answers {subject}.",
                remedy="Its storage (JetStream) is not running, or this is the server of another line.",
            ) from error
        except (nats.errors.Error, TimeoutError) as error:
            raise NoReply(
                f"The server at {self.host} did not answer {subject} within {timeout_s:g} s.",
                remedy="Look at the server's log; a cluster needs more than half of its nodes.",
            ) from error
        return bytes(answer.data)

    async def collect(
        self, subject: str, *, for_s: float, enough: Callable[[Sequence[tuple[str, bytes]]], bool], ask: str = ""
    ) -> list[tuple[str, bytes]]:
        """(Subject, payload) of what is told within some seconds, or until it is enough. Raises Denied, NoReply.

        `ask`: a question to publish first, whose answers come to `subject`.
        """
        heard: list[tuple[str, bytes]] = []
        done = asyncio.Event()

        async def hear(message: Msg) -> None:
            heard.append((message.subject, bytes(message.data)))
            if enough(heard):
                done.set()

        async def listen() -> None:
            await self._client.subscribe(subject, cb=hear)
            if ask:
                await self._client.publish(ask, b"", reply=subject)
            with suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), for_s)

        try:
            await self._unless_denied(asyncio.ensure_future(listen()), subject)
        except nats.errors.Error as error:
            raise self._gone() from error
        return heard

    async def replies(self, subject: str, *, for_s: float, enough: int) -> list[bytes]:
        """The answers of several servers to one question. Raises Denied, NoReply."""
        inbox = self._client.new_inbox()
        heard = await self.collect(inbox, for_s=for_s, enough=lambda heard: len(heard) >= enough, ask=subject)
        return [payload for _, payload in heard]

    async def _connect(self, host: str) -> None:
        self._errors = []
        loop = asyncio.get_running_loop()
        self._denied = loop.create_future()
        self._client = Client()
        silence_eof_noise()
        connecting = self._client.connect(
            url_of(host),
            name=f"shopfloor {self._visitor.name}",
            tls=tls_of(self._visitor.authority),
            tls_hostname=TLS_NAME,
            # Else a server, or whoever pretends to be one, could talk the client out of encryption.
            tls_handshake_first=True,
            nkeys_seed_str=self._visitor.seed,
            inbox_prefix=inbox_prefix(self._visitor.name),
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=round(CONNECT_S_MAX),
            error_cb=self._heard_error,
        )
        try:
            await asyncio.wait_for(connecting, CONNECT_S_MAX)
        except (OSError, nats.errors.Error, TimeoutError, ssl.SSLError) as error:
            await self._close()
            raise _why(host, (error, *self._errors)) from error
        except BaseException:
            await self._close()
            raise

    async def _heard_error(self, error: Exception) -> None:
        self._errors.append(error)
        if _DENIAL in str(error) and self._denied is not None and not self._denied.done():
            self._denied.set_result(str(error))

    async def _unless_denied(self, asked: "asyncio.Future[_T]", subject: str) -> _T:
        assert self._denied is not None, "connected first"
        await asyncio.wait((asked, self._denied), return_when=asyncio.FIRST_COMPLETED)
        if self._denied.done() and not asked.done():
            asked.cancel()
            with suppress(asyncio.CancelledError, nats.errors.Error, TimeoutError):
                await asked
            raise self._denial(subject)
        return asked.result()

    def _denial(self, subject: str) -> Denied:
        self._denied = asyncio.get_running_loop().create_future()  # the next question begins anew
        return Denied(
            f"The key of {self._visitor.name} has not the right for {subject}.",
            remedy="Another line's key, or a role without this right: `shopfloor line key list` on the server.",
        )

    def _gone(self) -> NoReply:
        return NoReply(f"The server at {self.host} went away.", remedy="Look at its log and at the network.")

    async def _close(self) -> None:
        with suppress(OSError, nats.errors.Error, TimeoutError):
            await asyncio.wait_for(self._client.close(), CLOSE_S_MAX)


def visit(visitor: Visitor, ask: Callable[[Caller], Coroutine[Any, Any, _T]]) -> _T:
    """Connect, ask and leave, from a thread without a loop. Raises LinkTrouble."""

    async def run() -> _T:
        async with Caller(visitor) as caller:
            return await ask(caller)

    return asyncio.run(run())


def _how_far(trouble: LinkTrouble) -> int:
    """A key that cannot be used at all comes first: no server is asked with it."""
    steps = (Unreachable, WrongServer, KeyRefused)
    return steps.index(type(trouble)) if type(trouble) in steps else len(steps)


def _why(host: str, errors: tuple[BaseException, ...]) -> LinkTrouble:
    for error in errors:
        if isinstance(error, ssl.SSLCertVerificationError):
            return WrongServer(
                f"The server at {host} is not this line's: its certificate is of another authority.",
                remedy="Check the address. If the server was set up anew, its terminals need new keys.",
            )
        if "authorization violation" in str(error).lower():
            return KeyRefused(
                f"The server at {host} does not know this key: it was revoked, or is of another line.",
                remedy="Make a new one on the server, `shopfloor line key new NAME`, and join again.",
            )
        if isinstance(error, nats.errors.NoServersError):
            continue  # says nothing beyond the reason that came before it
        if isinstance(error, ssl.SSLError | ConnectionResetError | nats.errors.Error):
            return WrongServer(
                f"What answers at {host} is no line server, or does not encrypt: {error}.",
                remedy="Check the address and the port.",
            )
    return Unreachable(f"No line server at {host}: {_plain(errors)}.", remedy="Check the address, the cable, and that "
        "`shopfloor line serve` runs there; a firewall must let its port through.")  # fmt: skip


def _plain(errors: tuple[BaseException, ...]) -> str:
    for error in reversed(errors):
        if isinstance(error, socket.gaierror):
            return "there is no computer of this name"
        if isinstance(error, ConnectionRefusedError):
            return "the computer is there, and nothing listens at this port"
        if isinstance(error, OSError) and error.strerror:
            return error.strerror
    return f"no answer within {CONNECT_S_MAX:g} s"


class _EofNoise(logging.Filter):
    """Drops one sentence of asyncio about how the client library closes TLS: it says nothing about the line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is said."""
        return _EOF_NOISE not in record.getMessage()


_eof_noise = _EofNoise()


def silence_eof_noise() -> None:
    """From now on that sentence is not said; harmless twice."""
    logging.getLogger("asyncio").addFilter(_eof_noise)
