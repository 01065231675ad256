"""Finds the port of a USB device by its numbers."""

from collections.abc import Callable, Iterable
from typing import Protocol

from shopfloor.clock import Clock
from shopfloor.core.health import Condition
from shopfloor.devices.address import UsbAddress
from shopfloor.devices.transport import PortFault

LOOK_AGAIN_S = 5.0  # listing takes 2.5 s per Bluetooth port on Windows and may toggle DTR of every adapter

_NS_PER_S = 1_000_000_000
# What pyserial's list raises where a device is pulled out while its numbers are read.
_PULLED_OUT = (OSError, TypeError, ValueError)


class UsbPort(Protocol):
    """One line of the system's list of serial ports."""

    @property
    def device(self) -> str: ...
    @property
    def vid(self) -> int | None: ...
    @property
    def pid(self) -> int | None: ...
    @property
    def serial_number(self) -> str | None: ...


class UsbFinder:
    """Looks for one device, from the thread of its port alone, and never more often than the system bears."""

    def __init__(
        self, address: UsbAddress, clock: Clock, *, list_ports: Callable[[], Iterable[UsbPort]] | None = None
    ) -> None:
        self._address = address
        self._clock = clock
        self._list_ports = list_ports or _system_ports
        self._looked_ns: int | None = None

    def find(self) -> str:
        """The path where the device is now. Raises PortFault: not there, twice there, or asked too soon."""
        # A path found earlier is not tried again: behind it there may be another device by now.
        now_ns = self._clock.now().mono_ns
        if self._looked_ns is not None and now_ns - self._looked_ns < LOOK_AGAIN_S * _NS_PER_S:
            raise self._not_there("")
        self._looked_ns = now_ns
        try:
            ports = list(self._list_ports())
        except _PULLED_OUT as error:
            raise self._not_there(f" USB ports cannot be listed: {error!r}.") from error
        found = sorted(port.device for port in ports if self._is(port))
        if not found:
            seen = ", ".join(_shown(port) for port in ports if port.vid is not None)
            raise self._not_there(f" USB ports here: {seen or 'none'}.")
        if len(found) > 1:
            raise PortFault(
                Condition.TROUBLE,
                f"Expected one device {self._address}, got {len(found)}: {', '.join(found)}.",
                remedy="Add the serial number (VID:PID:SERIAL), or use the path below /dev/serial/by-path.",
            )
        return found[0]

    def _is(self, port: UsbPort) -> bool:
        if (port.vid, port.pid) != (self._address.vid, self._address.pid):
            return False
        return self._address.serial in {"", port.serial_number}

    def _not_there(self, seen: str) -> PortFault:
        return PortFault(
            Condition.LOST, f"No USB device {self._address} is plugged in.{seen}", remedy="Plug the device in."
        )


def _shown(port: UsbPort) -> str:
    serial = f":{port.serial_number}" if port.serial_number else ""
    return f"{port.vid or 0:04X}:{port.pid or 0:04X}{serial} at {port.device}"


def _system_ports() -> Iterable[UsbPort]:
    from serial.tools.list_ports import comports

    return comports()
