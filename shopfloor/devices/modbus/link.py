"""What a bus needs of a connection to Modbus modules, whatever the connection is."""

from collections.abc import Sequence
from typing import Protocol

from shopfloor.core.health import Condition
from shopfloor.devices.transport import PortFault


class UnitFault(PortFault):
    """One unit of a bus did not do what was asked, the bus itself is well. `silent`: it did not answer at all."""

    def __init__(self, what: str, *, remedy: str, silent: bool) -> None:
        super().__init__(Condition.LOST, what, remedy=remedy)
        self.silent = silent


class Link(Protocol):
    """Requests to the units of one bus. Every method is called by one thread.

    All raise PortFault when the bus is gone, and requests raise UnitFault when only the unit is.
    """

    @property
    def emulated(self) -> bool:
        """Whether no real module is behind it."""

    @property
    def poll_ms(self) -> int:
        """How often the inputs of one module may be read."""

    def open(self) -> None:
        """Connect."""

    def close(self) -> None:
        """Let go of the connection; never raises, and does nothing if it is not open."""

    def read_inputs(self, unit: int, address: int, count: int) -> list[bool]:
        """Discrete inputs (function 2)."""

    def read_registers(self, unit: int, address: int, count: int) -> list[int]:
        """Input registers (function 4)."""

    def read_coils(self, unit: int, address: int, count: int) -> list[bool]:
        """Coils as the module has them (function 1)."""

    def write_coils(self, unit: int, address: int, values: Sequence[bool]) -> None:
        """Switch coils (function 15; function 5 for one, and for modules that refuse 15)."""

    def describe(self) -> str:
        """The bus as a technician knows it."""
