"""The floor: what it covers is folded before everything else, and never again; the rest follows, however old it is.

A terminal that was off for days writes of moments from before the floor. Everywhere, with the old history or without,
such events are folded right behind it: so all states stay equal. Their own moments stay in words and figures.
"""

import hashlib
import zlib
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from msgspec import Struct

from shopfloor.core.codec import decode_entity, encode_entity
from shopfloor.core.events import Recorded
from shopfloor.core.events_floor import Covered, FloorSet
from shopfloor.core.line import Line
from shopfloor.core.merge import Key, key_of
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity

ZIP_LEVEL: Final = 1  # a quarter of the time of the usual level, and a tenth more bytes


class Floor(Struct, frozen=True, kw_only=True):
    """A cut: `covers` are all events of the state whose hash it is, none with a moment after `us`.

    `id` is the event that set it, `rank` that event's place; `before` is the floor it stands on, `number` its depth.
    """

    id: str
    number: int
    before: str
    us: int
    covers: tuple[Covered, ...]
    hash: str
    rank: Key

    def vector(self) -> dict[str, int]:
        """By origin the last event it covers."""
        return {it.origin: it.n for it in self.covers}


class Base(Struct, frozen=True):
    """The lowest floor a journal keeps: below it events may be missing, and the state there stands for them."""

    floor: Floor
    line: Line
    entities: tuple[Entity, ...]


class _Body(Struct, frozen=True):
    line: Line
    entities: tuple[tuple[str, msgspec.Raw], ...]


_bodies = msgspec.json.Decoder(_Body)


def floor_of(recorded: Recorded) -> Floor | None:
    """The floor an event sets, if it does."""
    event = recorded.event
    if not isinstance(event, FloorSet):
        return None
    return Floor(
        id=f"{recorded.origin}:{recorded.n}",
        number=event.number,
        before=event.before,
        us=event.us,
        covers=event.covers,
        hash=event.hash,
        rank=key_of(recorded),
    )


def next_floor(tip: Floor | None, known: Iterable[Floor]) -> Floor | None:
    """The floor on `tip` (None: on nothing): of those that were set there the one of the earliest event.

    One that does not go on from what it says it stands on is none. So any set of floors gives the same way up.
    """
    found = [floor for floor in known if _stands_on(floor, tip)]
    return min(found, key=lambda floor: floor.rank, default=None)


def is_reached(floor: Floor, heads: Mapping[str, int]) -> bool:
    """Whether everything it covers is known, by the newest event of each origin."""
    return all(heads.get(it.origin, 0) >= it.n for it in floor.covers)


def is_covered(recorded: Recorded, vector: Mapping[str, int]) -> bool:
    """Whether a floor with this vector has the event under it."""
    return recorded.n <= vector.get(recorded.origin, 0)


def pack_shop(shop: Shop) -> tuple[str, bytes]:
    """(SHA-256 in hexadecimal, compressed bytes) of everything a fold goes on from: line file and entities.

    The same for the same state, whoever computed it and wherever its values came from: it went through bytes once.
    """
    line, entities = _read(_written(shop.line, shop.entities()))
    plain = _written(line, entities)
    return hashlib.sha256(plain).hexdigest(), zlib.compress(plain, ZIP_LEVEL)


def unpack_shop(body: bytes, expected_hash: str) -> tuple[Line, tuple[Entity, ...]]:
    """Line file and entities. Raises ValueError if they cannot be read, or are another state than was expected."""
    try:
        plain = zlib.decompress(body)
    except zlib.error as error:
        raise ValueError(f"Expected the state at a floor, got something else ({error!r}).") from error
    got = hashlib.sha256(plain).hexdigest()
    if got != expected_hash:
        raise ValueError(f"Expected the state {expected_hash[:12]} at a floor, got {got[:12]}.")
    return _read(plain)


def _written(line: Line, entities: Iterable[Entity]) -> bytes:
    rows = sorted(encode_entity(entity) for entity in entities)
    return msgspec.json.encode(_Body(line, tuple((kind, msgspec.Raw(one)) for kind, _, one in rows)))


def _read(plain: bytes) -> tuple[Line, tuple[Entity, ...]]:
    try:
        found = _bodies.decode(plain)
        return found.line, tuple(decode_entity(kind, bytes(one)) for kind, one in found.entities)
    except (msgspec.DecodeError, LookupError) as error:
        raise ValueError(f"Expected the state at a floor, got something else ({error!r}).") from error


def _stands_on(floor: Floor, tip: Floor | None) -> bool:
    if tip is None:
        return floor.number == 1 and not floor.before
    vector = floor.vector()
    return (
        floor.before == tip.id
        and floor.number == tip.number + 1
        and floor.us > tip.us
        and all(vector.get(it.origin, 0) >= it.n for it in tip.covers)
    )
