"""What a decision is: events that happen, or the rule that says no."""

from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.events import Event, SignalEvent
from shopfloor.core.rules import Refusal

Decision = tuple[Event, ...] | Refusal

_E = TypeVar("_E", bound=SignalEvent)


class Source(Struct, frozen=True, kw_only=True):
    """Where a command comes from: the station, the device ("touch" for a finger), the text read, and who."""

    station: str
    device: str = "touch"
    code: str = ""
    by: str = ""

    def sign(self, event: _E) -> _E:
        """The event with where it came from written on it."""
        return replace(event, device=self.device, code=self.code, by=self.by)
