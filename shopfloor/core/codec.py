"""Events and entities to and from the bytes the journal keeps."""

from typing import get_args

import msgspec

from shopfloor.core.entities import entity_key
from shopfloor.core.events import Event, Unknown
from shopfloor.core.state import Book, Call, Card, Entity, PlannedChange, Restart, Taught
from shopfloor.core.state_andon import Advice, Contact, LampTest, OutOfService, Problem, Shelf
from shopfloor.core.state_line import Credit, Decree, Finding, Post

_EVENT_TYPES: dict[tuple[str, int], type[Event]] = {(cls.kind, cls.version): cls for cls in get_args(Event)}
_ENTITY_TYPES: dict[str, type[Entity]] = {
    "card": Card,
    "call": Call,
    "restart": Restart,
    "book": Book,
    "taught": Taught,
    "planned": PlannedChange,
    "shelf": Shelf,
    "service": OutOfService,
    "advice": Advice,
    "contact": Contact,
    "problem": Problem,
    "lamp_test": LampTest,
    "post": Post,
    "finding": Finding,
    "credit": Credit,
    "decree": Decree,
}
_ENTITY_KINDS: dict[type[Entity], str] = {cls: kind for kind, cls in _ENTITY_TYPES.items()}


def encode_event(event: Event | Unknown) -> tuple[str, int, bytes]:
    """(kind, version, JSON body) of an event; an unknown one as it came."""
    if isinstance(event, Unknown):
        return event.of_kind, event.of_version, event.body
    return event.kind, event.version, msgspec.json.encode(event)


def decode_event(kind: str, version: int, body: bytes) -> Event | Unknown:
    """The event of a journal row; a kind or version this program does not know becomes `Unknown`.

    Raises msgspec.DecodeError or ValidationError if the body of a known kind is damaged.
    """
    cls = _EVENT_TYPES.get((kind, version))
    if cls is None:
        return Unknown(of_kind=kind, of_version=version, body=body)
    return msgspec.json.decode(body, type=cls)


def as_read(event: Event | Unknown) -> Event | Unknown:
    """The event as whoever reads its bytes has it: where it is made, 20 s may be an int, and everywhere else 20.0."""
    return decode_event(*encode_event(event))


def encode_entity(entity: Entity) -> tuple[str, str, bytes]:
    """(kind, id, JSON body) of a materialised entity."""
    return _ENTITY_KINDS[type(entity)], entity_id(entity), msgspec.json.encode(entity)


def decode_entity(kind: str, body: bytes) -> Entity:
    """The entity of a stored row. Raises KeyError for an unknown kind, msgspec errors for a damaged body."""
    return msgspec.json.decode(body, type=_ENTITY_TYPES[kind])


def entity_id(entity: Entity) -> str:
    """The key of an entity among those of its kind."""
    return entity_key(entity)


def event_kinds() -> tuple[tuple[str, int], ...]:
    """Every (kind, version) this program writes or reads."""
    return tuple(sorted(_EVENT_TYPES))
