"""Serial ports, real and USB, through pyserial."""

import errno
import logging
import sys
from collections.abc import Callable
from pathlib import Path

import serial

from shopfloor.core.health import Condition
from shopfloor.devices.transport import PortFault

if sys.platform == "win32":
    _TermiosError: type[Exception] = OSError  # has no termios; pyserial's other errors are enough
else:
    from termios import error as _TermiosError  # noqa: N812  # neither an OSError nor a SerialException

WRITE_TIMEOUT_S = 1.0  # 0 spins for ever on a full buffer

log = logging.getLogger(__name__)

# What pyserial raises when a device is pulled out: seen one by one, on Linux and on Windows.
PORT_ERRORS = (serial.SerialException, OSError, _TermiosError, TypeError, ValueError)
_GONE = {errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.EIO, errno.ENOTCONN}
_BUSY = {errno.EBUSY, errno.EAGAIN, errno.EWOULDBLOCK}
_DENIED = {errno.EACCES, errno.EPERM}


class SerialTransport:
    """One serial port, held exclusively. `find` says where it is at every opening."""

    emulated = False

    def __init__(self, find: Callable[[], str], *, shown: str, baud: int = 9600) -> None:
        self._find = find
        self._shown = shown
        self._baud = baud
        self._port: serial.Serial | None = None
        self._timeout_s = 0.0

    def open(self) -> None:
        """Take the port for this process alone."""
        path = self._find()
        try:
            # Both timeouts are finite: cancelling a read from another thread is not safe on every system.
            self._port = serial.Serial(path, self._baud, timeout=0.5, write_timeout=WRITE_TIMEOUT_S, exclusive=True)
        except PORT_ERRORS as error:
            raise open_fault(error, path) from error
        self._timeout_s = 0.5

    def read(self, bytes_max: int, timeout_s: float) -> bytes:
        """What has come, as soon as there is any; b"" after the timeout."""
        port = self._opened()
        try:
            if timeout_s != self._timeout_s:
                port.timeout = self._timeout_s = timeout_s
            first = port.read(1)
        except PORT_ERRORS as error:
            raise self._gone(error) from error
        if not first:
            return b""
        try:
            waiting = port.in_waiting
            return first + (port.read(min(waiting, bytes_max - 1)) if waiting else b"")
        except PORT_ERRORS:
            return first  # it may be the terminator of a code: the next read will find the port gone

    def write(self, data: bytes) -> None:
        """Send, within a second."""
        port = self._opened()
        try:
            port.write(data)  # no flush(): it can hang for ever in the driver
        except serial.SerialTimeoutException as error:
            raise PortFault(
                Condition.TROUBLE,
                f"{self._shown} did not take {len(data)} bytes within {WRITE_TIMEOUT_S:.0f} s.",
                remedy="Check the device's handshake setting: none is right.",
            ) from error
        except PORT_ERRORS as error:
            raise self._gone(error) from error

    def close(self) -> None:
        """Let go of the port."""
        port, self._port = self._port, None
        if port is None:
            return
        try:
            port.close()
        except PORT_ERRORS as error:
            log.info("%s: closing said %s", self._shown, error)

    def describe(self) -> str:
        """The port as a technician knows it."""
        return self._shown

    def _opened(self) -> serial.Serial:
        if self._port is None:
            raise PortFault(Condition.LOST, f"{self._shown} is not open.", remedy="")
        return self._port

    def _gone(self, error: Exception) -> PortFault:
        return PortFault(
            Condition.LOST, f"{self._shown} went away: {error}.", remedy="Plug the device in again; check its cable."
        )


def open_fault(error: Exception, path: str) -> PortFault:
    """The fault that an exception while opening `path` means."""
    number = _errno(error)
    if number in _GONE or "FileNotFoundError" in str(error):
        return PortFault(Condition.LOST, f"{path} is not there.", remedy="Plug the device in; check its cable.")
    # Windows says "access denied" for a port that somebody else has; pyserial passes it on as text only.
    if number in _BUSY or "PermissionError" in str(error):
        return PortFault(
            Condition.BUSY,
            f"{path} is used by another program.",
            remedy="End the other program: a second terminal, ModemManager or brltty.",
        )
    if number in _DENIED:
        group = _group(path)
        return PortFault(
            Condition.DENIED,
            f"{path} may not be opened: the user is not in group {group}.",
            remedy=f"Run: sudo usermod -aG {group} USER. Then sign in again.",
        )
    return PortFault(
        Condition.TROUBLE, f"{path} cannot be opened: {error}.", remedy="Check the port and baud of the line file."
    )


def _errno(error: Exception) -> int | None:
    for cause in (error, error.__context__):
        if isinstance(cause, OSError) and cause.errno is not None:
            return cause.errno
        if isinstance(cause, _TermiosError) and cause.args and isinstance(cause.args[0], int):
            return cause.args[0]
    return None


def _group(path: str) -> str:
    try:
        return Path(path).group()
    except (KeyError, OSError, NotImplementedError):
        return "dialout"
