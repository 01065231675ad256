"""The line on a NATS server's JetStream: one connection, every answer awaited by our own watch, none of its consumers.

Of the client library only its wire is used: its flush, its callbacks and its reconnecting do not tell a dead link.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable
from contextlib import suppress
from functools import partial
from typing import Any, Final

import msgspec
import nats.errors
from msgspec import Struct
from nats.aio.msg import Msg

from shopfloor.link import stream_api as api
from shopfloor.link.caller import silence_eof_noise
from shopfloor.link.genuine import NOBODYS, LineClient
from shopfloor.link.hang_up import CLOSE_S_MAX, hang_up
from shopfloor.link.hosts import Hosts
from shopfloor.link.join_key import JoinKey
from shopfloor.link.joined import tls_of
from shopfloor.link.line_names import EVERY, LineNames
from shopfloor.link.log import REPLY_S_MAX, Ears, Ident, NoReply, Stored
from shopfloor.link.stream_reader import StreamReader
from shopfloor.link.subjects import TLS_NAME, inbox_prefix
from shopfloor.link.trouble import Denied, KeyRefused, LinkTrouble, Unreachable, WrongServer

CONNECT_S_MAX: Final = (
    3.0  # a name, TCP, TLS and the key over a slow link; a bad certificate hangs the library for ever
)
NEXT_S: Final = 1.0  # a silent server of several: the next one is tried, and this one in peace if none lets us in
TOLD_KINDS: Final = ("hb", "stop", "stopack")  # what terminals tell each other besides the log
_PING_S: Final = 2  # keeps network equipment from forgetting the connection; nothing is judged by it

_log = logging.getLogger("shopfloor.link")

_REFUSED: Final = ("authorization violation", "authentication", "user authentication")
_DENIAL: Final = "permissions violation"
_WATCH: Final = "Look at the network cable and at the server."


class Address(Struct, frozen=True, kw_only=True):
    """Where a terminal's line is and who it is there. `hosts`: "name:port"; `seed` "" and `tls` None for trying."""

    line: str
    terminal: str
    hosts: tuple[str, ...]
    seed: str = ""
    tls: ssl.SSLContext | None = None


def address_of(key: JoinKey) -> Address:
    """Where a joining key leads. Raises LinkTrouble if it cannot be used."""
    return Address(line=key.line, terminal=key.terminal, hosts=key.hosts, seed=key.seed, tls=tls_of(key.authority))


class JetStreamLog:
    """Implements `LineLog`. On any doubt it is closed, which ends its connection at once, and a fresh one is opened.

    `hosts` remembers for the next one which server answered.
    """

    def __init__(self, address: Address, hosts: Hosts | None = None) -> None:
        self._address = address
        self._hosts = hosts or Hosts(address.hosts)
        self._host = ""
        self._names = LineNames(address.line)
        self._api = api.Api(self._names.stream)
        self._client = LineClient()
        self._begun = False
        self._waiting: dict[asyncio.Future[Any], str] = {}
        self._over: LinkTrouble | None = None
        self._first_error: asyncio.Future[Exception] | None = None
        self._reader = StreamReader(self._client, self._api.batches, f"{self._names.root}.>")

    @property
    def server_version(self) -> str:
        """What the server calls its version; "" before it was reached."""
        return str(self._client._server_info.get("version", ""))  # noqa: SLF001 - the property wants a bare x.y.z

    async def open(self, ears: Ears) -> None:
        """Connect to the first host that lets us in, and listen. Raises Unreachable, WrongServer or KeyRefused."""
        hosts = self._hosts.order
        if not hosts:
            raise Unreachable("Expected the address of a line server, got none.", remedy="Join the line again.")
        tries = [(host, CONNECT_S_MAX) for host in hosts]
        if len(hosts) > 1:
            tries = [*((host, NEXT_S) for host in hosts), *tries]  # all of them may be slow
        reasons: dict[str, LinkTrouble] = {}
        for host, patience_s in tries:
            if not isinstance(reasons.get(host), Unreachable | None):
                continue  # it answered, and will not answer otherwise
            try:
                await self._connect(host, patience_s)
            except LinkTrouble as trouble:
                reasons[host] = trouble
                self._hosts.doubted(host)
                await self._begin_anew()
            else:
                await self._listen(ears)
                return
        raise next((one for one in reasons.values() if not isinstance(one, Unreachable)), reasons[hosts[0]])

    async def ident(self) -> Ident:
        """What the log is now. Raises NoStream."""
        found = api.ident((await self._request(self._api.info)).data, self._address.line)
        self._hosts.answered(self._host)
        return found

    async def publish(self, origin: str, payload: bytes, *, expected_seq: int, message_id: str) -> int:
        """Append to the subject of an origin. Raises WrongLast."""
        return await self._append(self._names.events(origin), payload, expected_seq, message_id)

    async def decide(self, thing: str, payload: bytes, *, expected_seq: int, message_id: str) -> int:
        """Append to the subject of a thing. Raises WrongLast."""
        return await self._append(self._names.decision(thing), payload, expected_seq, message_id)

    async def last_of(self, origin: str) -> Stored | None:
        """The last message of an origin's subject."""
        return await self._get({"last_by_subj": self._names.events(origin)})

    async def last_decision(self, thing: str) -> Stored | None:
        """The last decision on a thing."""
        return await self._get({"last_by_subj": self._names.decision(thing)})

    async def keep(self, name: str, payload: bytes) -> int:
        """Store a part of a snapshot."""
        subject = self._names.snapshot(self._address.terminal, name)
        return api.acknowledged((await self._request(subject, payload)).data, subject, 0)

    async def kept(self, name: str) -> list[Stored]:
        """The newest of that name of every terminal."""
        asking = self._reader.newest(self._names.snapshot(EVERY, name))
        found: list[Stored] = await self._watch(asking, self._api.batches)
        return [message for message in found if message.subject != NOBODYS]

    async def at(self, seq: int) -> Stored | None:
        """The message with this number."""
        return await self._get({"seq": seq}) if seq > 0 else None

    async def read(self, after_seq: int, limit: int) -> list[Stored]:
        """Messages that follow."""
        messages: list[Stored] = await self._watch(self._reader.read(after_seq, limit), self._api.batches)
        return messages

    async def tell(self, kind: str, payload: bytes) -> None:
        """Tell those who listen; a denial is known at the next call."""
        if self._over is not None:
            raise self._over
        with suppress(nats.errors.Error, OSError):  # a connection that is gone is found by the next question
            await self._client.publish(self._names.told(kind, self._address.terminal), payload)

    async def close(self) -> None:
        """End the connection at once."""
        await self._drop()

    async def _begin_anew(self) -> None:
        await self._drop()
        # The end of that connection is none of the next one's.
        self._client, self._begun, self._over = LineClient(), False, None
        self._reader = StreamReader(self._client, self._api.batches, f"{self._names.root}.>")

    async def _connect(self, host: str, patience_s: float) -> None:
        address = self._address
        scheme = "tls" if address.tls else "nats"
        self._begun, self._host = True, host
        silence_eof_noise()
        self._first_error = asyncio.get_running_loop().create_future()
        connecting = asyncio.ensure_future(
            self._client.connect(
                f"{scheme}://{host}",
                name=address.terminal,
                error_cb=self._heard_error,
                closed_cb=partial(self._heard_end, self._client),
                allow_reconnect=False,
                connect_timeout=int(CONNECT_S_MAX),
                ping_interval=_PING_S,
                no_echo=True,
                tls=address.tls,
                tls_hostname=TLS_NAME if address.tls else None,
                # Before the first word: else whoever is in between says that the server does not encrypt.
                tls_handshake_first=address.tls is not None,
                nkeys_seed_str=address.seed or None,
                inbox_prefix=inbox_prefix(address.terminal),
            )
        )
        try:
            either: set[asyncio.Future[Any]] = {connecting, self._first_error}
            await asyncio.wait(either, timeout=patience_s, return_when=asyncio.FIRST_COMPLETED)
            error = _error_of(connecting) or (self._first_error.result() if self._first_error.done() else None)
            if error is not None or not connecting.done():
                raise _reason(host, error)
            self._hosts.doubted(host)  # until the line answers through it: a server without the others lets us in, too
        finally:
            self._first_error = None
            if not connecting.done():
                connecting.cancel()
                await asyncio.wait({connecting}, timeout=CLOSE_S_MAX)
            _error_of(connecting)  # looked at, also if another reason came first: else somebody complains of it

    async def _listen(self, ears: Ears) -> None:
        async def wake(message: Msg) -> None:
            with suppress(KeyError, ValueError):
                ears.woken(int((message.headers or {})["Nats-Sequence"]))

        async def tell(message: Msg) -> None:
            ears.told(*self._names.teller_of(message.subject), bytes(message.data))

        subscriptions = [(f"{self._names.log}.>", wake)]
        subscriptions += [(f"{self._names.root}.{kind}.>", tell) for kind in TOLD_KINDS]
        for subject, hear in subscriptions:
            await self._watch(self._client.subscribe(subject, cb=hear), subject)
        await self._watch(self._reader.open(), "the answers")

    async def _append(self, subject: str, payload: bytes, expected_seq: int, message_id: str) -> int:
        headers = {api.MESSAGE_ID: message_id, api.EXPECTED_LAST: str(expected_seq)}
        answer = await self._request(subject, payload, headers)
        return api.acknowledged(answer.data, subject, expected_seq)

    async def _get(self, question: dict[str, str | int]) -> Stored | None:
        answer = await self._request(self._api.message, msgspec.json.encode(question))
        return api.message(answer.data)

    async def _request(self, subject: str, payload: bytes = b"", headers: dict[str, str] | None = None) -> Msg:
        asking = self._client.request(subject, payload, timeout=REPLY_S_MAX, headers=headers)
        answer: Msg = await self._watch(asking, subject)
        return answer

    async def _watch(self, asking: Awaitable[Any], subject: str) -> Any:
        """What was asked for, unless the link ends, or the server denies it, or three seconds pass."""
        asked = asyncio.ensure_future(asking)
        over: asyncio.Future[LinkTrouble] = asyncio.get_running_loop().create_future()
        self._waiting[over] = subject.lower()
        if self._over is not None:
            over.set_result(self._over)
        try:
            await asyncio.wait({asked, over}, timeout=REPLY_S_MAX, return_when=asyncio.FIRST_COMPLETED)
            if over.done():
                raise over.result()
            if not asked.done():
                raise _silence(subject)
            return asked.result()
        except (nats.errors.Error, OSError, TimeoutError) as error:
            raise _silence(subject, error) from error
        finally:
            del self._waiting[over]
            asked.cancel()
            with suppress(asyncio.CancelledError, nats.errors.Error, OSError, TimeoutError, LinkTrouble):
                if asked.done():
                    asked.exception()  # looked at, so that nobody complains of it

    async def _heard_error(self, error: Exception) -> None:
        if self._first_error is not None and not self._first_error.done():
            self._first_error.set_result(error)
        if not isinstance(error, nats.errors.Error | OSError | TimeoutError):
            _log.error("a message was left out by a fault of the program", exc_info=error)
        words = str(error)
        if _DENIAL in words:
            denied = Denied(f"The server denies it to {self._address.terminal}: {words}.", remedy=_RIGHTS)
            for over, subject in list(self._waiting.items()):
                if subject in words and not over.done():
                    over.set_result(denied)

    async def _heard_end(self, client: LineClient) -> None:
        if client is not self._client:
            return  # an earlier host's, which did not let us in
        # A hint for whoever waits, to look again sooner; what the link is, is judged by answers alone.
        self._over = self._over or NoReply("The connection to the line server has ended.", remedy=_WATCH)
        for over in self._waiting:
            if not over.done():
                over.set_result(self._over)

    async def _drop(self) -> None:
        if self._begun:
            await hang_up(self._client)


_RIGHTS: Final = "Make a key with more rights at the server: shopfloor line key new."


def _silence(subject: str, error: Exception | None = None) -> NoReply:
    if isinstance(error, nats.errors.NoRespondersError):
        words = f"The server has nobody who answers {subject}."
        return NoReply(words, remedy="Its storage is not running yet, or it is another line's server.")
    words = f"Expected an answer to {subject} within {REPLY_S_MAX:g} s, got none{f' ({error})' if error else ''}."
    return NoReply(words, remedy=_WATCH)


def _error_of(connecting: "asyncio.Future[None]") -> BaseException | None:
    return connecting.exception() if connecting.done() and not connecting.cancelled() else None


def _reason(host: str, error: BaseException | None) -> LinkTrouble:
    words = str(error or "").lower()
    if any(sign in words for sign in _REFUSED):
        return KeyRefused(f"The server at {host} does not let this key in.", remedy="Ask for a new joining key.")
    if isinstance(error, ssl.SSLError):
        return WrongServer(f"The server at {host} is not this line's: {error}.", remedy="Join the line again.")
    detail = f" ({error})" if words else ""
    return Unreachable(f"Nobody answers at {host}{detail}.", remedy=_WATCH)
