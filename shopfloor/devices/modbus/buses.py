"""The Modbus buses of a terminal: inputs and lamps that name the same port share one connection."""

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from random import SystemRandom

from msgspec import Struct

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

BusAddress = ModbusAddress | ModbusSerialAddress | VirtualAddress


def _chance() -> float:
    return SystemRandom().uniform(-1, 1)


class Buses:
    """Finds or makes the bus of a port, from any thread. A bus without members has no thread and no connection."""

    def __init__(
        self, clock: Clock, *, jitter: Callable[[], float] = _chance, retry_s: Sequence[float] = RETRY_S
    ) -> None:
        self._clock = clock
        self._jitter = jitter
        self._retry_s = retry_s
        self._lock = threading.Lock()
        self._known: list[_Known] = []  # as many as line files name

    def bus(self, port: str, *, name: str, baud: int = 9600) -> ModbusBus:
        """The bus at a port of the line file, for the device or lamp `name`.

        Raises PortTrouble for what is no port of a bus, and for a serial line that others use at another speed.
        """
        address = _bus_address(port, name)
        with self._lock:
            return self._bus_at(address, baud=baud, name=name)

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

    def _bus_at(self, address: BusAddress, *, baud: int, name: str) -> ModbusBus:
        for known in self._known:
            if not _same(known.address, address):
                continue
            if known.baud == baud or not isinstance(address, ModbusSerialAddress):
                return known.bus
            if known.bus.alive:
                raise PortTrouble(
                    f"Expected {known.baud} baud at {address} as {known.name} has it, got {baud}.",
                    remedy=f"Give {name} and {known.name} the same baud in the line file.",
                )
            self._known.remove(known)
            break
        bus = ModbusBus(_link(address, baud), clock=self._clock, jitter=self._jitter, retry_s=self._retry_s)
        self._known.append(_Known(bus=bus, address=address, baud=baud, name=name))
        return bus


class _Known(Struct, frozen=True, kw_only=True):
    bus: ModbusBus
    address: BusAddress
    baud: int
    name: str


def _same(one: BusAddress, other: BusAddress) -> bool:
    if isinstance(one, ModbusSerialAddress) and isinstance(other, ModbusSerialAddress):
        # By-id and ttyUSB0 may be one port, or not any more: what the links point at now decides.
        return one == other or os.path.realpath(one.path) == os.path.realpath(other.path)
    return one == other


def _bus_address(port: str, name: str) -> BusAddress:
    match address := parse_address(port, name=name):
        case ModbusAddress() | ModbusSerialAddress() | VirtualAddress():
            return address
        case PathAddress(path):
            return ModbusSerialAddress(path)
        case _:
            raise PortTrouble(
                f"Expected a bus, got {port!r}.",
                remedy="Use modbus://host:port, modbus:PATH such as modbus:/dev/serial/by-id/..., or virtual.",
            )


def _link(address: BusAddress, baud: int) -> Link:
    match address:
        case ModbusAddress():
            return TcpLink(address)
        case ModbusSerialAddress(path):
            return SerialLink(path, baud=baud)
        case VirtualAddress(twin):
            return VirtualLink(twin)
