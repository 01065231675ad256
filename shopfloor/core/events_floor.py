"""The cut below which the line's history is settled."""

from msgspec import Struct

from shopfloor.core.events_base import AnEvent


class Covered(Struct, frozen=True, gc=False):
    """An origin's events up to `n`, whose chain ends in `hash` there (hexadecimal)."""

    origin: str
    n: int
    hash: str


class FloorSet(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """A terminal that knew everything up to the moment `us` says what that was, and the `hash` of the state it made.

    `number` counts the floors; `before` is the floor this one stands on, "" for the first.
    """

    kind = "floor_set"
    number: int
    before: str = ""
    us: int
    covers: tuple[Covered, ...]
    hash: str
