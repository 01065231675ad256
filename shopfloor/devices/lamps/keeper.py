"""What the rack needs of whoever keeps one lamp as it should be."""

from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.line_andon import Lamp
from shopfloor.devices.lamps.wish import Buzz, LampWish


class Shown(Struct, frozen=True, kw_only=True):
    """What a lamp was told last. `wish` None: nothing has reached it; `ok` None: it cannot be read back."""

    wish: LampWish | None = None
    ok: bool | None = None
    detail: str = ""


class LampKeeper(Protocol):
    """Keeps one lamp as it should be, for ever. Any thread may call it; nothing but `join` waits."""

    @property
    def shown(self) -> Shown:
        """What it was told last, and what it said."""

    def start(self) -> None:
        """Begin."""

    def want(self, wish: LampWish) -> None:
        """Show this from now on; what was wanted before and not yet shown is forgotten."""

    def restart(self) -> None:
        """Try the lamp's port again at once."""

    def ask_stop(self) -> None:
        """Make it dark and let go of it."""

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False if it takes longer."""


def lamp_part(lamp: Lamp) -> str:
    """The id of the lamp's condition in Health."""
    return f"lamp:{lamp.id}"


def for_lamp(lamp: Lamp, wish: LampWish) -> LampWish:
    """The wish for a lamp whose buzzer may not sound."""
    return wish if lamp.buzzer else replace(wish, buzzer=Buzz.OFF)
