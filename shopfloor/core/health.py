"""The condition of ports, disk and program as values that screens can show."""

from enum import StrEnum

from msgspec import Struct


class Condition(StrEnum):
    """How a part of the terminal is."""

    NEW = "new"
    UP = "up"
    LOST = "lost"
    BUSY = "busy"
    DENIED = "denied"
    TROUBLE = "trouble"
    STOPPED = "stopped"
    VIRTUAL = "virtual"


class Health(Struct, frozen=True, kw_only=True):
    """One part: `id` such as a device's, since when, the words for a technician, and counters by name."""

    id: str
    kind: str
    condition: Condition
    since_us: int
    station: str = ""
    detail: str = ""
    remedy: str = ""
    counts: dict[str, int] = {}
