"""USB HID lamps through hidapi, which is imported when the first of them is opened."""

import errno
from collections.abc import Callable
from importlib import import_module
from typing import Final, Protocol

from shopfloor.core.health import Condition
from shopfloor.devices.address import UsbAddress
from shopfloor.devices.transport import PortFault

_NO_REPORT_ID: Final = b"\0"  # devices without numbered reports want it before every report all the same
_MS_PER_S: Final = 1000
_ERRORS: Final = (OSError, ValueError)  # what hidapi raises for anything


class HidDevice(Protocol):
    """One open device of hidapi."""

    def open(self, vendor: int, product: int, serial: str | None) -> None:
        """Take the device with these numbers."""

    def write(self, report: bytes) -> int:
        """Send a report with its number in front; how many bytes, -1 for none."""

    def read(self, bytes_max: int, timeout_ms: int) -> list[int]:
        """The next report, empty after the timeout."""

    def error(self) -> str:
        """Why the last write failed."""

    def close(self) -> None:
        """Let go of it."""


class HidTransport:
    """One HID device; what is written is one report, what is read another."""

    emulated = False

    def __init__(self, address: UsbAddress, *, make: Callable[[], HidDevice] | None = None) -> None:
        self._address = address
        self._make = make or _hidapi
        self._device: HidDevice | None = None

    def open(self) -> None:
        """Take the device."""
        device = self._make()
        try:
            device.open(self._address.vid, self._address.pid, self._address.serial or None)
        except _ERRORS as error:
            raise self._not_opened(error) from error
        self._device = device

    def read(self, bytes_max: int, timeout_s: float) -> bytes:
        """The next report; b"" after the timeout."""
        try:
            return bytes(self._opened().read(bytes_max, max(1, round(timeout_s * _MS_PER_S))))
        except _ERRORS as error:
            raise self._gone(str(error)) from error

    def write(self, data: bytes) -> None:
        """Send one report."""
        device = self._opened()
        try:
            sent = device.write(_NO_REPORT_ID + data)
        except _ERRORS as error:
            raise self._gone(str(error)) from error
        if sent < 0:
            raise self._gone(device.error())

    def close(self) -> None:
        """Let go of the device."""
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def describe(self) -> str:
        """The device as the line file names it."""
        return f"USB {self._address}"

    def _opened(self) -> HidDevice:
        if self._device is None:
            raise PortFault(Condition.LOST, f"{self.describe()} is not open.", remedy="")
        return self._device

    def _not_opened(self, error: Exception) -> PortFault:
        if isinstance(error, OSError) and error.errno in {errno.EACCES, errno.EPERM}:
            return PortFault(
                Condition.DENIED,
                f"{self.describe()} may not be opened.",
                remedy="Let this user open the lamp: a udev rule for its VID and PID with MODE 0660 and a group.",
            )
        return PortFault(
            Condition.LOST,
            f"{self.describe()} cannot be opened: {error}.",
            remedy="Plug the lamp in; on Linux a udev rule must let this user open it.",
        )

    def _gone(self, why: str) -> PortFault:
        return PortFault(
            Condition.LOST, f"{self.describe()} went away: {why}.", remedy="Plug the lamp in again; check its cable."
        )


def _hidapi() -> HidDevice:
    try:
        hid = import_module("hid")
    except ImportError as error:
        raise PortFault(
            Condition.TROUBLE,
            "A lamp on USB HID needs the library hidapi, which is not installed.",
            remedy="Run: pip install 'shopfloor[usb]'",
        ) from error
    device: HidDevice = hid.device()
    return device
