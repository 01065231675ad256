"""What is true, one value an entity: its key among those of its kind, and whether it has ended."""

from collections.abc import Iterable
from typing import assert_never

from shopfloor.core.state import Book, Call, Card, Entity, PlannedChange, Restart, Taught
from shopfloor.core.state_andon import Advice, Contact, LampTest, OutOfService, Problem, Shelf, service_key
from shopfloor.core.state_line import Credit, Decree, Finding, Post


def newest(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """The last value of each entity, in the order in which they changed first."""
    last: dict[tuple[type[Entity], str], Entity] = {}
    for entity in entities:
        last[type(entity), entity_key(entity)] = entity
    return tuple(last.values())


def entity_key(entity: Entity) -> str:
    """The key of an entity among those of its kind."""
    match entity:
        case Card() | Call():
            return entity.id
        case Restart() | Book():
            return entity.station
        case Taught():
            return entity.text
        case PlannedChange():
            return entity.loop
        case Shelf() | OutOfService() | Advice():
            return service_key(entity.station, entity.reason)
        case Contact():
            return f"{entity.device}/{entity.input}"
        case Problem() | Finding():
            return entity.id
        case Post():
            return entity.station
        case Credit():
            return entity.origin
        case Decree():
            return entity.thing
        case LampTest():
            return entity.lamp
        case _:
            assert_never(entity)


def is_gone(entity: Entity) -> bool:
    """Whether an entity has ended and leaves the shop.

    A closed or rejected call, a restart that is over, a code that is forgotten, a change that counts no longer.
    """
    match entity:
        case Call():
            return bool(entity.closed_us or entity.rejected)
        case Restart():
            return entity.restart_s <= 0
        case Taught():
            return not entity.card
        case PlannedChange() | Shelf() | OutOfService() | Advice():
            return entity.ended
        case Finding():
            return entity.settled
        case Card() | Book() | Contact() | Problem() | LampTest() | Post() | Credit() | Decree():
            return False
        case _:
            assert_never(entity)
