"""Coils of a Modbus module as lamps: what they should be is written behind, again and again, and read back."""

import threading
from collections.abc import Callable, Mapping

from msgspec import Struct

from shopfloor.core.health import Condition
from shopfloor.devices.modbus.bus import ModbusBus
from shopfloor.devices.modbus.link import Link
from shopfloor.devices.modbus.spans import spans
from shopfloor.devices.transport import PortFault

RESEND_S = 10.0  # a module that was switched off and on behind a gateway shows the right lamp again after so long
REPAIR_S = 1.0  # a coil that is not as it was told is told again so often
COILS_MAX = 1968  # the protocol's limit of one write (function 15)

_NS_PER_S = 1_000_000_000


class CoilStatus(Struct, frozen=True, kw_only=True):
    """How the coils are: words for a technician, and by channel what the module said last; None: nothing is known."""

    condition: Condition
    detail: str
    remedy: str = ""
    lit: dict[str, bool] | None = None


class ModbusCoils:
    """A lamp's coils on a bus. Any thread may set and look; `changed` is called by the bus's thread and must not block.

    `channels`: name -> coil. Nothing is written before the first `set`.
    """

    def __init__(
        self,
        bus: ModbusBus,
        unit: int,
        channels: Mapping[str, int],
        *,
        changed: Callable[[], None] | None = None,
    ) -> None:
        self._bus = bus
        self._unit = unit
        self._channels = dict(channels)
        self._changed = changed or _nothing
        self._lock = threading.Lock()
        self._wanted: dict[int, bool] = {}
        self._unsent = False
        self._again_ns = 0
        self._read: dict[int, bool] = {}
        self._status = CoilStatus(condition=Condition.NEW, detail=self._where())

    @property
    def unit(self) -> int:
        """The module of the coils."""
        return self._unit

    @property
    def status(self) -> CoilStatus:
        """How the coils are."""
        with self._lock:
            return self._status

    def start(self) -> None:
        """Join the bus."""
        self._bus.add(self)

    def stop(self, timeout_s: float) -> bool:
        """Leave the bus, the coils as they are; False if a request is still under way after so long."""
        self._bus.remove(self)
        return self._bus.wait_left(self, timeout_s)

    def set(self, lit: Mapping[str, bool]) -> None:
        """Want these channels on or off, others as before; written soon, again after a reconnect and every 10 s.

        Raises KeyError for a channel that the lamp has not.
        """
        wanted = {self._channels[name]: on for name, on in lit.items()}
        with self._lock:
            fresh = self._wanted | wanted
            if fresh == self._wanted:
                return
            self._wanted = fresh
            self._unsent = True
        self._bus.wake()

    def read_back(self) -> dict[str, bool] | None:
        """By channel what the module said after the last write; None while it cannot be read."""
        return self.status.lit

    def due_ns(self) -> int:
        """The monotonic instant from which it wants the bus."""
        with self._lock:
            return 0 if self._unsent else self._again_ns

    def connected(self) -> None:
        """What the module shows may be old."""
        with self._lock:
            self._unsent = bool(self._wanted)

    def exchange(self, link: Link) -> None:
        """Write what is wanted and read it back, or only read before anything is wanted; raises PortFault."""
        with self._lock:
            wanted = dict(self._wanted)
            self._unsent = False
            self._again_ns = self._bus.clock.now().mono_ns + round(RESEND_S * _NS_PER_S)
        try:
            for span in spans(wanted, gap_max=0, count_max=COILS_MAX):
                values = [wanted[span.address + offset] for offset in range(span.count)]
                link.write_coils(self._unit, span.address, values)
            read: dict[int, bool] = {}
            for span in spans(self._channels.values(), gap_max=0, count_max=COILS_MAX):
                read |= dict(enumerate(link.read_coils(self._unit, span.address, span.count), span.address))
        except PortFault:
            with self._lock:
                self._unsent = bool(self._wanted)
            raise
        self._compare(wanted, read)

    def unreadable(self, fault: PortFault) -> None:
        """Say that nothing is known of the coils; they are written as soon as the module answers."""
        with self._lock:
            self._unsent = bool(self._wanted)
        self._show(CoilStatus(condition=fault.condition, detail=fault.what, remedy=fault.remedy))

    def ended(self) -> None:
        """Say that the bus's thread has died."""
        self._show(CoilStatus(condition=Condition.TROUBLE, detail=self._where(), remedy="Restart the device."))

    def _compare(self, wanted: dict[int, bool], read: dict[int, bool]) -> None:
        lit = {name: read[coil] for name, coil in self._channels.items()}
        wrong = [name for name, coil in self._channels.items() if wanted.get(coil, read[coil]) is not read[coil]]
        if not wrong:
            condition = Condition.VIRTUAL if self._bus.emulated else Condition.UP
            self._show(CoilStatus(condition=condition, detail=self._where(), lit=lit))
            return
        with self._lock:
            self._again_ns = self._bus.clock.now().mono_ns + round(REPAIR_S * _NS_PER_S)
        words = ", ".join(f"{name} is {'on' if lit[name] else 'off'}" for name in wrong)
        self._show(
            CoilStatus(
                condition=Condition.TROUBLE,
                detail=f"{self._where()} does not do what it was told: {words}.",
                remedy="See that nothing else switches this module; check its watchdog setting and its coils.",
                lit=lit,
            )
        )

    def _show(self, status: CoilStatus) -> None:
        with self._lock:
            same = status == self._status
            self._status = status
        if not same:
            self._changed()

    def _where(self) -> str:
        return f"{self._bus.describe()} unit {self._unit}"


def _nothing() -> None:
    pass
