"""What the server's own folder may ask its servers: how they are, and that the line's stream is as it has to be."""

from typing import Any, Final

import msgspec
from msgspec import Struct

from shopfloor.link.caller import Caller, Visitor, visit
from shopfloor.link.joined import write_private
from shopfloor.link.nkey import new_seed, public_of
from shopfloor.link.server.certificates import Authority
from shopfloor.link.server.check import Varz, changes, check_server, check_stream, wanted_stream
from shopfloor.link.server.config import Admins
from shopfloor.link.server.place import Place
from shopfloor.link.subjects import Subjects
from shopfloor.link.trouble import ServerTrouble

SERVERS_S_MAX: Final = 5.0  # on a loaded machine; one that does not say how it is within this is not well
_NO_STREAM: Final = 10059  # the server's number for it


class _Error(Struct, frozen=True):
    code: int = 0
    err_code: int = 0
    description: str = ""


class _State(Struct, frozen=True):
    messages: int = 0
    bytes: int = 0
    last_seq: int = 0


class StreamAnswer(Struct, frozen=True):
    """The answer to a question about the stream."""

    config: dict[str, Any] = {}
    state: _State = _State()
    created: str = ""
    ts: str = ""
    error: _Error | None = None


class _SystemAnswer(Struct, frozen=True):
    data: Varz = Varz()


class TooFew(ServerTrouble):
    """A server of the line did not say how it is: it does not run, or is too busy at the moment."""


class Admin:
    """Speaks with the line's servers by the two keys only their folder has."""

    def __init__(self, place: Place, hosts: tuple[str, ...]) -> None:
        self._place = place
        self._hosts = hosts

    @staticmethod
    def make_keys(place: Place) -> Admins:
        """The public halves; the keys are made where they are missing. Raises OSError."""
        public = []
        for path in (place.admin, place.system):
            if not path.exists():
                write_private(path, new_seed().encode("ascii") + b"\n")
            public.append(public_of(path.read_text("ascii").strip()))
        return Admins(*public)

    def visitor(self, *, system: bool = False) -> Visitor:
        """The server's own tool as a client."""
        seed = (self._place.system if system else self._place.admin).read_text("ascii").strip()
        authority = Authority(self._place.tls).der()
        return Visitor(name="server", seed=seed, hosts=self._hosts, authority=authority)

    def servers(self, *, expected: int) -> list[Varz]:
        """How the servers are, one answer each. Raises LinkTrouble."""

        async def ask(caller: Caller) -> list[bytes]:
            return await caller.replies("$SYS.REQ.SERVER.PING.VARZ", for_s=SERVERS_S_MAX, enough=expected)

        answers = visit(self.visitor(system=True), ask)
        return [msgspec.json.decode(answer, type=_SystemAnswer).data for answer in answers]

    def check_servers(self, *, expected: int = 1) -> list[Varz]:
        """The same, refused in words if one of them is missing or may lose what it acknowledges."""
        found = self.servers(expected=expected)
        for varz in found:
            check_server(varz)
        if len(found) < expected:
            names = ", ".join(sorted(varz.server_name for varz in found)) or "none"
            raise TooFew(
                f"Expected {expected} servers, got {len(found)} ({names}).",
                remedy="Start the missing ones, and see that they reach each other's cluster port.",
            )
        return found

    def storage_ready(self) -> bool:
        """Whether the server has read its store. Raises LinkTrouble if it does not answer at all."""

        async def ask(caller: Caller) -> StreamAnswer:
            return msgspec.json.decode(await caller.request("$JS.API.INFO"), type=StreamAnswer)

        return visit(self.visitor(), ask).error is None

    def keep_stream(self, subjects: Subjects, *, replicas: int) -> str:
        """Create the line's stream or bring it in shape; what was done, in words. Raises LinkTrouble."""
        wanted = wanted_stream(subjects, replicas)

        async def ask(caller: Caller) -> str:
            found = await stream_info(caller, subjects.stream)
            if found.error is not None and found.error.err_code != _NO_STREAM:
                raise _refused(subjects.stream, found.error)
            if found.error is not None:
                await _change(caller, "CREATE", wanted)
                return f"stream {subjects.stream} created"
            check_stream(found.config)
            differing = changes(found.config, wanted)
            if not differing:
                return f"stream {subjects.stream} as it was, {found.state.messages} messages"
            await _change(caller, "UPDATE", found.config | wanted)
            return f"stream {subjects.stream} changed: {', '.join(sorted(differing))}"

        return visit(self.visitor(), ask)


async def stream_info(caller: Caller, stream: str) -> StreamAnswer:
    """What the stream is. Raises LinkTrouble."""
    return msgspec.json.decode(await caller.request(f"$JS.API.STREAM.INFO.{stream}"), type=StreamAnswer)


async def _change(caller: Caller, verb: str, config: dict[str, Any]) -> None:
    subject = f"$JS.API.STREAM.{verb}.{config['name']}"
    answer = msgspec.json.decode(await caller.request(subject, msgspec.json.encode(config)), type=StreamAnswer)
    if answer.error is not None:
        raise _refused(config["name"], answer.error)
    check_stream(answer.config)


def _refused(stream: str, error: _Error) -> ServerTrouble:
    return ServerTrouble(
        f"The server refuses stream {stream}: {error.description} ({error.err_code}).",
        remedy="A full disk, too few nodes of a cluster, or a folder of another line: the server's log says more.",
    )
