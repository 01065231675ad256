"""Journals of several terminals folded into one state: by moment, whatever order the events arrived in."""

import zlib
from functools import lru_cache

from msgspec.structs import replace

from shopfloor.core.events import Recorded, StepUndone
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


def differences(before: Shop, after: Shop) -> tuple[tuple[Entity, ...], tuple[Entity, ...]]:
    """(living entities of `after` that `before` has not, or has otherwise; those of `before` that are gone, ended)."""
    changed: list[Entity] = []
    gone: list[Entity] = []
    for was, now in zip(before.tables(), after.tables(), strict=True):
        if was is now:
            continue
        changed += [entity for key, entity in now.items() if (old := was.get(key)) is not entity and old != entity]
        gone += [_ended(entity) for key, entity in was.items() if key not in now]
    return tuple(changed), tuple(gone)


def local_number(recorded: Recorded, origin: str) -> Recorded:
    """The event under a number that no event of another origin has here: for rows that are kept by number alone."""
    event = recorded.event
    if isinstance(event, StepUndone) and (event.of or recorded.origin) != origin:
        event = replace(event, undone=numbered(event.of or recorded.origin, event.undone))
        recorded = replace(recorded, event=event)
    return recorded if recorded.origin == origin else replace(recorded, n=numbered(recorded.origin, recorded.n))


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
    return _mark(origin) | n


@lru_cache(maxsize=256)
def _mark(origin: str) -> int:
    return (zlib.crc32(origin.encode()) % (1 << _MARK_BITS) + 1) << _OWN_BITS
