"""Four kinds of cable with a scanner at the far end: one test body runs on all of them."""

import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Protocol

import pytest

from shopfloor.devices.virtual import Fault, VirtualPort
from tests.helpers.tools import need_tools

APPEAR_S_MAX = 10.0


class Rig(Protocol):
    """A scanner on a cable. `port` is what the line file says."""

    port: str

    def send(self, data: bytes) -> None:
        """Put bytes on the cable."""

    def unplug(self) -> None:
        """Pull it out."""

    def replug(self) -> None:
        """Put it in again."""


class PtyRig:
    """A pseudo terminal; the symlink plays /dev/serial/by-id."""

    def __init__(self, folder: Path) -> None:
        if sys.platform == "win32":
            pytest.skip("needs pseudo terminals, which Windows has not")
        self._link = folder / "usb-scanner"
        self.port = str(self._link)
        self._fds: tuple[int, int] = (-1, -1)
        self.replug()

    def send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._fds[0], data) :]

    def unread(self) -> int:
        """Bytes that the program has not read yet."""
        import fcntl
        import termios

        found = fcntl.ioctl(self._fds[1], termios.FIONREAD, bytes(4))
        return int.from_bytes(found, sys.byteorder)

    def unplug(self) -> None:
        if self._link.is_symlink():
            self._link.unlink()
            for fd in self._fds:
                os.close(fd)

    def replug(self) -> None:
        import tty

        self._fds = os.openpty()
        tty.setraw(self._fds[1])
        self._link.symlink_to(os.ttyname(self._fds[1]))


class SocatRig:
    """Two pseudo terminals that a separate process joins."""

    def __init__(self, folder: Path) -> None:
        need_tools("socat")
        self._near, self._far = folder / "near", folder / "far"
        self.port = str(self._near)
        self._fd = -1
        self._socat: subprocess.Popen[bytes] | None = None
        self.replug()

    def send(self, data: bytes) -> None:
        while data:
            data = data[os.write(self._fd, data) :]

    def unplug(self) -> None:
        if self._socat is not None:
            self._socat.terminate()
            self._socat.wait(10)
            self._socat = None
            os.close(self._fd)
            for link in (self._near, self._far):
                link.unlink(missing_ok=True)

    def replug(self) -> None:
        self._socat = subprocess.Popen(
            ["socat", f"pty,rawer,link={self._near}", f"pty,rawer,link={self._far}"], stderr=subprocess.DEVNULL
        )
        end_s = time.monotonic() + APPEAR_S_MAX
        while not (self._near.exists() and self._far.exists()):
            assert time.monotonic() < end_s, "socat made no ports"
            threading.Event().wait(0.005)
        self._fd = os.open(self._far, os.O_RDWR | os.O_NOCTTY)


class TcpRig:
    """A serial device server."""

    def __init__(self, folder: Path) -> None:
        self._listener = _listen(0)
        number = self._listener.getsockname()[1]
        self.port = f"socket://127.0.0.1:{number}"
        self._peer: socket.socket | None = None

    def send(self, data: bytes) -> None:
        if self._peer is None:
            self._peer = self._listener.accept()[0]
        self._peer.sendall(data)

    def unplug(self) -> None:
        self._listener.close()
        if self._peer is not None:
            self._peer.close()
            self._peer = None

    def replug(self) -> None:
        self._listener = _listen(int(self.port.rpartition(":")[2]))


class VirtualRig:
    """The twin inside the program."""

    def __init__(self, folder: Path) -> None:
        self._port = VirtualPort.get(str(folder))
        self.port = f"virtual://{folder}"

    def send(self, data: bytes) -> None:
        assert self._port.send(data)

    def unplug(self) -> None:
        self._port.fault(Fault.UNPLUG)

    def replug(self) -> None:
        self._port.fault(Fault.REPLUG)


RIGS: dict[str, type[PtyRig] | type[SocatRig] | type[TcpRig] | type[VirtualRig]] = {
    "pty": PtyRig,
    "socat": SocatRig,
    "tcp": TcpRig,
    "virtual": VirtualRig,
}


def _listen(port: int) -> socket.socket:
    listener = socket.create_server(("127.0.0.1", port))  # reuses the address
    listener.settimeout(APPEAR_S_MAX)
    return listener
