"""What a port thread needs of a port, whatever the port is."""

from typing import Protocol

from shopfloor.core.health import Condition
from shopfloor.trouble import PortTrouble


class PortFault(PortTrouble):
    """A port does not do what was asked; `condition` is what health shows."""

    def __init__(self, condition: Condition, what: str, *, remedy: str) -> None:
        super().__init__(what, remedy=remedy)
        self.condition = condition


class Transport(Protocol):
    """A stream of bytes that can be plugged in and out. Every method is called by one thread; all raise PortFault."""

    @property
    def emulated(self) -> bool:
        """Whether no real device is behind it."""

    def open(self) -> None:
        """Take the port for this process alone."""

    def read(self, bytes_max: int, timeout_s: float) -> bytes:
        """What has come, as soon as there is any; b"" after the timeout, which is no end of anything."""

    def write(self, data: bytes) -> None:
        """Send, within a second."""

    def close(self) -> None:
        """Let go of the port; never raises, and does nothing if it is not open."""

    def describe(self) -> str:
        """The port as a technician knows it."""
