"""The Modbus buses of a terminal: inputs and lamps that name the same port share one connection."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from random import SystemRandom

from shopfloor.clock import Clock
from shopfloor.devices.address import (
    ModbusAddress,
    ModbusSerialAddress,
    PathAddress,
    VirtualAddress,
    parse_address,
)
from shopfloor.devices.modbus.bus import ModbusBus
from shopfloor.devices.modbus.coils import ModbusCoils
from shopfloor.devices.modbus.link import Link
from shopfloor.devices.modbus.virtual import VirtualLink
from shopfloor.devices.modbus.wire import SerialLink, TcpLink
from shopfloor.devices.retry import RETRY_S
from shopfloor.trouble import PortTrouble


def _chance() -> float:
    return SystemRandom().uniform(-1, 1)


class Buses:
    """Finds or makes the bus of a port. A bus without members has no thread and no connection."""

    def __init__(
        self, clock: Clock, *, jitter: Callable[[], float] = _chance, retry_s: Sequence[float] = RETRY_S
    ) -> None:
        self._clock = clock
        self._jitter = jitter
        self._retry_s = retry_s
        self._lock = threading.Lock()
        self._buses: dict[object, tuple[ModbusBus, int, str]] = {}

    def bus(self, port: str, *, name: str, baud: int = 9600) -> ModbusBus:
        """The bus at a port of the line file, for the device or lamp `name`; from any thread.

        Raises PortTrouble for what is no port of a bus, and for a serial bus that others use at another speed.
        """
        key, link = _link(port, name, baud)
        with self._lock:
            return self._bus_of(key, link, baud=baud, name=name, port=port)

    def coils(
        self,
        port: str,
        *,
        name: str,
        unit: int,
        channels: Mapping[str, int],
        baud: int = 9600,
        changed: Callable[[], None] | None = None,
    ) -> ModbusCoils:
        """The coils of a lamp, not yet started. Raises PortTrouble as `bus` does."""
        return ModbusCoils(self.bus(port, name=name, baud=baud), unit, channels, changed=changed)

    def _bus_of(self, key: object, link: Link, *, baud: int, name: str, port: str) -> ModbusBus:
        bus, has_baud, first = self._buses.get(key, (None, baud, name))
        if bus is None or (has_baud != baud and not bus.alive):
            bus = ModbusBus(link, clock=self._clock, jitter=self._jitter, retry_s=self._retry_s)
            self._buses[key] = (bus, baud, name)
        elif has_baud != baud and isinstance(link, SerialLink):
            raise PortTrouble(
                f"Expected {has_baud} baud at {port} as {first} has it, got {baud}.",
                remedy=f"Give {name} and {first} the same baud in the line file.",
            )
        return bus


def _link(port: str, name: str, baud: int) -> tuple[object, Link]:
    match address := parse_address(port, name=name):
        case ModbusAddress():
            return address, TcpLink(address)
        case ModbusSerialAddress(path) | PathAddress(path):
            # By-id and ttyUSB0 may be one port: what the links point at now decides.
            return os.path.realpath(path), SerialLink(path, baud=baud)
        case VirtualAddress(twin):
            return address, VirtualLink(twin)
        case _:
            raise PortTrouble(
                f"Expected a bus, got {port!r}.",
                remedy="Use modbus://host:port, modbus:PATH such as modbus:/dev/serial/by-id/..., or virtual.",
            )
