"""What every event has, and what it has if somebody at a station brought it about."""

from typing import ClassVar

from msgspec import Struct


class AnEvent(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """`device` is where it came from ("" for the program itself), `code` the text that was read, if any."""

    kind: ClassVar[str]
    version: ClassVar[int] = 1


class SignalEvent(AnEvent, frozen=True, kw_only=True, omit_defaults=True):
    """What came from somebody at a station: through which device, from which text, and who it was."""

    station: str
    device: str = ""
    code: str = ""
    by: str = ""


class Inferred(Struct, frozen=True, omit_defaults=True, gc=False):
    """A step nobody scanned, that a later scan proves: kept out of figures. `what`: start or finish at `station`."""

    what: str
    station: str
    step: int
