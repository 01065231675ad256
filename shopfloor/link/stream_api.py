"""What JetStream is asked and what it answers, as bytes: its JSON, its headers, its error numbers."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple, TypeVar

import msgspec
from msgspec import Struct

from shopfloor.link.genuine import got as subject_got
from shopfloor.link.genuine import read_out
from shopfloor.link.log import Ident, NoReply, NoStream, Refused, Stored, WrongLast
from shopfloor.link.trouble import LinkTrouble
from shopfloor.link.versions import major_of

MESSAGE_ID: Final = "Nats-Msg-Id"
EXPECTED_LAST: Final = "Nats-Expected-Last-Subject-Sequence"

_NO_MESSAGE: Final = 10037
_NO_STREAM: Final = 10059
_WRONG_LAST: Final = frozenset({10071, 10164})
_RETRY_CODES: Final = frozenset({408, 503})  # no leader at the moment, or too busy: it may have been stored
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_US: Final = timedelta(microseconds=1)


class Api(NamedTuple):
    """The subjects at which a stream answers."""

    stream: str

    @property
    def info(self) -> str:
        """What the stream is: asked of its leader."""
        return f"$JS.API.STREAM.INFO.{self.stream}"

    @property
    def message(self) -> str:
        """One message: asked of its leader."""
        return f"$JS.API.STREAM.MSG.GET.{self.stream}"

    @property
    def batches(self) -> str:
        """Messages by the batch: any replica answers."""
        return f"$JS.API.DIRECT.GET.{self.stream}"


class _Error(Struct, frozen=True):
    code: int = 0
    err_code: int = 0
    description: str = ""


class _State(Struct, frozen=True):
    first_seq: int = 0
    last_seq: int = 0


class _Config(Struct, frozen=True):
    metadata: dict[str, str] | None = None


class _Info(Struct, frozen=True):
    created: str = ""
    ts: str = ""
    state: _State = _State()
    config: _Config = _Config()
    error: _Error | None = None


class _Ack(Struct, frozen=True):
    seq: int = 0
    error: _Error | None = None


class _Message(Struct, frozen=True):
    subject: str
    seq: int
    time: str
    data: bytes = b""
    hdrs: bytes = b""


class _Got(Struct, frozen=True):
    message: _Message | None = None
    error: _Error | None = None


_Answer = TypeVar("_Answer", _Info, _Ack, _Got)


def ident(data: bytes, line: str) -> Ident:
    """Raises NoStream, NoReply."""
    info = _read(data, _Info)
    if info.error is not None and info.error.err_code == _NO_STREAM:
        raise NoStream(f"The server has no line {line}.", remedy="Create it there: shopfloor line serve.")
    if info.error is not None:
        raise _trouble(info.error)
    major = major_of(info.config.metadata or {})
    return Ident(info.created, info.state.first_seq, info.state.last_seq, microseconds(info.ts), major)


def acknowledged(data: bytes, subject: str, expected_seq: int) -> int:
    """The number of the message that was stored. Raises WrongLast, NoReply."""
    ack = _read(data, _Ack)
    if ack.error is None:
        return ack.seq
    if ack.error.err_code in _WRONG_LAST:
        words = f"Expected last message {expected_seq} of {subject}: {ack.error.description}."
        raise WrongLast(words, remedy="Somebody else was faster; look at what they did.")
    raise _trouble(ack.error)


def message(data: bytes) -> Stored | None:
    """The message; None if there is none. Raises NoStream, NoReply."""
    got = _read(data, _Got)
    if got.error is not None and got.error.err_code == _NO_MESSAGE:
        return None
    if got.error is not None:
        raise _trouble(got.error)
    if got.message is None:
        return None
    it = got.message
    return Stored(it.seq, microseconds(it.time), subject_got(it.subject, it.hdrs), it.data)


def direct(headers: Mapping[str, str], data: bytes) -> Stored:
    """A message of a batch. Raises KeyError, ValueError if it is none."""
    return Stored(
        int(headers["Nats-Sequence"]),
        microseconds(headers["Nats-Time-Stamp"]),
        read_out(headers["Nats-Subject"], headers),
        bytes(data),
    )


def microseconds(text: str) -> int:
    """UTC microseconds of the server's way to write a time, which has up to nine decimals. Raises ValueError."""
    head, _, rest = text.removesuffix("Z").partition(".")
    return (datetime.fromisoformat(head).replace(tzinfo=UTC) - _EPOCH) // _US + int(f"{rest[:6]:0<6}")


def _read(data: bytes, kind: type[_Answer]) -> _Answer:
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise NoReply(f"The server's answer cannot be read ({error}).", remedy="Is it a line server?") from error


def _trouble(error: _Error) -> LinkTrouble:
    if error.err_code == _NO_STREAM:
        return NoStream("The server has no such line.", remedy="Create it there: shopfloor line serve.")
    if error.code in _RETRY_CODES:
        return NoReply(f"The server cannot now: {error.description}.", remedy="It is tried again by itself.")
    words = f"The server refused with {error.err_code}: {error.description}."
    return Refused(words, remedy="Look at the server's log; its disk may be full.")
