"""Journals of several terminals folded into one state: by moment, whatever order the events arrived in."""

import zlib
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from shopfloor.core.entities import entity_key, newest
from shopfloor.core.events import Recorded, StepUndone
from shopfloor.core.evolve import apply
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity, PlannedChange, Restart, Taught
from shopfloor.core.state_andon import Advice, OutOfService, Shelf
from shopfloor.core.state_call import Call
from shopfloor.core.state_line import Finding

Key = tuple[int, int, str, int]  # moment, count, origin, n: no two events have the same

_OWN_BITS = 40  # a terminal writes less than 2**40 events
OWN_MAX = 1 << _OWN_BITS
_MARK_BITS = 22  # with these, the number of a foreign event still fits 63 bits


def key_of(recorded: Recorded) -> Key:
    """Where an event stands in the order of the line: by its moment, then by who wrote it."""
    return recorded.moment.us, recorded.moment.count, recorded.origin, recorded.n


def replayed(
    base: Shop, events: Iterable[Recorded], each: Callable[[Shop, Recorded], None]
) -> tuple[Shop, tuple[Entity, ...]]:
    """(the shop after `events`, in their order, from `base`, which stays as it is; the entities they changed).

    `each` sees the shop just before each event.
    """
    shop = base.copy()
    changed: list[Entity] = []
    for recorded in events:
        each(shop, recorded)
        changed += apply(shop, recorded)
    return shop, newest(changed)


def differences(before: Shop, after: Shop) -> tuple[tuple[Entity, ...], tuple[Entity, ...]]:
    """(living entities of `after` that `before` has not, or has otherwise; those of `before` that are gone, ended)."""
    then = {(type(entity), entity_key(entity)): entity for entity in before.entities()}
    changed = tuple(e for e in after.entities() if then.pop((type(e), entity_key(e)), None) != e)
    return changed, tuple(_ended(entity) for entity in then.values())


def local_number(recorded: Recorded, origin: str) -> Recorded:
    """The event under a number that no event of another origin has here: for rows that are kept by number alone."""
    event = recorded.event
    if isinstance(event, StepUndone) and (event.of or recorded.origin) != origin:
        event = replace(event, undone=numbered(event.of or recorded.origin, event.undone))
        recorded = replace(recorded, event=event)
    return recorded if recorded.origin == origin else replace(recorded, n=numbered(recorded.origin, recorded.n))


def merged(known: Sequence[Recorded], new: Iterable[Recorded]) -> list[Recorded]:
    """Both in the order of the line."""
    return sorted([*known, *new], key=key_of)


def _ended(entity: Entity) -> Entity:
    """The entity as one that is over, so that whoever keeps it lets it go."""
    match entity:
        case Call():
            return replace(entity, closed_us=entity.closed_us or 1)
        case Restart():
            return replace(entity, restart_s=0)
        case Taught():
            return replace(entity, card="")
        case PlannedChange() | Shelf() | OutOfService() | Advice():
            return replace(entity, ended=True)
        case Finding():
            return replace(entity, settled=True)
        case _:
            return entity  # these stay as long as the line does


def numbered(origin: str, n: int) -> int:
    """The number of an event of another origin among rows that are kept by number alone."""
    mark = zlib.crc32(origin.encode()) % (1 << _MARK_BITS) + 1
    return mark << _OWN_BITS | n
