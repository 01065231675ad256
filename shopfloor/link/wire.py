"""How events travel: consecutive ones of an origin as one message, bodies and hashes as their origin wrote them."""

from collections.abc import Callable, Sequence
from typing import Annotated, Final, NamedTuple

import msgspec
from msgspec.structs import replace

from shopfloor.core.codec import decode_event
from shopfloor.core.events import Recorded, Unknown
from shopfloor.core.line_link import LineEntry
from shopfloor.core.moment import Moment
from shopfloor.link.trouble import LinkTrouble

WIRE_VERSION: Final = 1  # of the envelope: fields are only ever added at its end
BATCH_EVENTS_MAX: Final = 256  # one message in flight: more would hold the line's other writers up
BATCH_BYTES_MAX: Final = 256 * 1024  # of bodies; the server takes a megabyte
BODY_BYTES_MAX: Final = 900 * 1024  # of one event: what is left of the megabyte beside its envelope


# What a disk takes, and a date can be written of: whoever tells more than that is not understood.
Count = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Nanos = Annotated[int, msgspec.Meta(ge=-(2**62), le=2**62)]
Micros = Annotated[int, msgspec.Meta(ge=-(2**53), le=2**53)]  # in the year 2255


class WireTrouble(LinkTrouble):
    """What came from the line cannot be read, or cannot be sent."""


class _Event(msgspec.Struct, array_like=True, frozen=True, gc=False):
    n: Count
    us: Micros
    count: Count
    uncertainty_us: Micros
    mono_ns: Nanos
    boot: str
    kind: str
    version: Count
    command_id: str
    body: bytes
    hash: bytes


class _Batch(msgspec.Struct, array_like=True, frozen=True, gc=False):
    wire: int
    origin: str
    first: Count
    last: Count
    hash: bytes
    events: tuple[_Event, ...]
    proof: bytes = b""


class _Head(msgspec.Struct, array_like=True, frozen=True, gc=False):
    wire: int
    origin: str
    first: Count
    last: Count
    hash: bytes


class BatchHead(NamedTuple):
    """Which events a message holds: first..last of an origin; `hash` is the last one's."""

    origin: str
    first: int
    last: int
    hash: bytes

    @property
    def message_id(self) -> str:
        """The same for the same events only: two journals of one name have other hashes."""
        return f"{self.origin}:{self.first}-{self.last}:{self.hash[:8].hex()}"


_encoder = msgspec.msgpack.Encoder()
_batches = msgspec.msgpack.Decoder(_Batch)
_heads = msgspec.msgpack.Decoder(_Head)


def fitting(entries: Sequence[LineEntry]) -> Sequence[LineEntry]:
    """As many of the first entries as one message takes. Raises WireTrouble if the first alone is too large."""
    total = 0
    for place, entry in enumerate(entries[:BATCH_EVENTS_MAX]):
        total += len(entry.body)
        if total > BATCH_BYTES_MAX and place:
            return entries[:place]
        if len(entry.body) > BODY_BYTES_MAX:
            raise WireTrouble(
                f"Expected events of {BODY_BYTES_MAX} bytes at most, got {len(entry.body)} in {entry.recorded.n}.",
                remedy="This terminal cannot send on. If it is a line file, it is far too large; ask for help.",
            )
    return entries[:BATCH_EVENTS_MAX]


def encode_batch(
    entries: Sequence[LineEntry], prove: Callable[[str, int, bytes], bytes] = lambda *_: b""
) -> tuple[BatchHead, bytes]:
    """Consecutive events of one origin as a message. Raises ValueError if they are not: a fault of the caller."""
    first, last = entries[0].recorded, entries[-1].recorded
    if last.n - first.n != len(entries) - 1 or last.origin != first.origin:
        raise ValueError(f"Expected consecutive events of one origin, got {first.n}..{last.n} in {len(entries)}.")
    head = BatchHead(first.origin, first.n, last.n, entries[-1].hash)
    proof = prove(head.origin, head.last, head.hash)
    return head, _encoder.encode(_Batch(WIRE_VERSION, *head, tuple(map(_event, entries)), proof))


def head_of(payload: bytes) -> BatchHead:
    """Which events a message holds, without reading them. Raises WireTrouble."""
    try:
        head = _heads.decode(payload)
    except msgspec.DecodeError as error:
        raise _unreadable(error) from error
    return BatchHead(head.origin, head.first, head.last, head.hash)


def decode_batch(payload: bytes, *, seq: int, ts_us: int) -> list[LineEntry]:
    """The events of message `seq`; kinds this program does not know pass as they are. Raises WireTrouble."""
    try:
        batch = _batches.decode(payload)
        entries = [_entry(batch.origin, event, seq, ts_us) for event in batch.events]
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unreadable(error) from error
    return [*entries[:-1], *(replace(last, proof=batch.proof) for last in entries[-1:])]


def _event(entry: LineEntry) -> _Event:
    it = entry.recorded
    event = it.event
    kind, version = (event.of_kind, event.of_version) if isinstance(event, Unknown) else (event.kind, event.version)
    return _Event(
        it.n, it.moment.us, it.moment.count, it.uncertainty_us, it.mono_ns, it.boot, kind, version, it.command_id,
        entry.body, entry.hash,
    )  # fmt: skip


def _entry(origin: str, event: _Event, seq: int, ts_us: int) -> LineEntry:
    recorded = Recorded(
        origin=origin,
        n=event.n,
        moment=Moment(event.us, event.count),
        mono_ns=event.mono_ns,
        boot=event.boot,
        event=decode_event(event.kind, event.version, event.body),
        command_id=event.command_id,
        uncertainty_us=event.uncertainty_us,
    )
    return LineEntry(seq=seq, ts_us=ts_us, recorded=recorded, hash=event.hash, body=event.body)


def _unreadable(error: Exception) -> WireTrouble:
    return WireTrouble(
        f"Expected a message of events, got one that cannot be read ({error}).",
        remedy="If another terminal runs a newer program, install that one here too. Else a disk is failing.",
    )
