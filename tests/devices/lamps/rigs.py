"""Lamps at the far end of a real cable: their twins behind a pseudo terminal and behind a socket."""

import os
import select
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

from shopfloor.clock import Clock, SystemClock
from shopfloor.core.line_andon import Lamp
from shopfloor.devices.lamps.code import LampTwin
from shopfloor.devices.lamps.lamp_thread import LampThread
from shopfloor.devices.lamps.make import driver_of
from shopfloor.devices.lamps.wish import LampWish
from tests.helpers.recorder import WAIT_S_MAX, HealthLog

RETRY_S = (0.01, 0.05)  # the test does not want to wait five seconds for what it has just plugged in


class Far:
    """A twin that any thread may watch, and what came over the cable."""

    def __init__(self, twin: LampTwin) -> None:
        self.twin = twin
        self._changed = threading.Condition()
        self._bytes = b""

    def take(self, data: bytes) -> bytes:
        """Feed the twin; its answer."""
        with self._changed:
            self._bytes += data
            answer = self.twin.feed(data)
            self._changed.notify_all()
            return answer

    def wait_bytes(self, wanted: bytes) -> None:
        """Wait until the cable carried exactly this since it was looked at last."""
        with self._changed:
            assert self._changed.wait_for(lambda: len(self._bytes) >= len(wanted), WAIT_S_MAX), self._bytes.hex(" ")
            assert self._bytes == wanted, self._bytes.hex(" ")
            self._bytes = b""

    def wait_shown(self, wish: LampWish) -> None:
        """Wait until the twin shows this."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.twin.shown == wish, WAIT_S_MAX), self.twin.shown

    def meddle(self, wish: LampWish) -> None:
        """Somebody else drives the lamp."""
        with self._changed:
            self.twin.shown = wish


class PtyLamp:
    """A lamp on a pseudo terminal; the symlink plays /dev/serial/by-id."""

    def __init__(self, folder: Path, twin: Callable[[], LampTwin]) -> None:
        if sys.platform == "win32":
            pytest.skip("needs pseudo terminals, which Windows has not")
        self._link = folder / "usb-lamp"
        self.port = str(self._link)
        self._make = twin
        self.far = Far(twin())
        self._stop = threading.Event()
        self._fds = (-1, -1)
        self._thread = threading.Thread()
        self.replug()

    def unplug(self) -> None:
        """Pull it out: it goes dark and forgets."""
        if not self._link.is_symlink():
            return
        self._stop.set()
        self._thread.join(WAIT_S_MAX)
        self._link.unlink()
        for fd in self._fds:
            os.close(fd)

    def replug(self) -> None:
        """Put it in again."""
        import tty

        self._stop.clear()
        self.far = Far(self._make())
        self._fds = os.openpty()
        tty.setraw(self._fds[1])
        self._thread = threading.Thread(target=self._read, args=(self._fds[0], self.far))
        self._thread.start()
        self._link.symlink_to(os.ttyname(self._fds[1]))

    def _read(self, fd: int, far: Far) -> None:
        while not self._stop.is_set():
            if select.select([fd], [], [], 0.01)[0]:
                far.take(os.read(fd, 256))


class TcpLamp:
    """A network lamp; `unplug` closes it, `replug` opens it at the same port, dark."""

    def __init__(self, twin: Callable[[], LampTwin]) -> None:
        self._make = twin
        self.far = Far(twin())
        self._number = 0
        self._stop = threading.Event()
        self._thread = threading.Thread()
        self.replug()
        self.port = f"socket://127.0.0.1:{self._number}"

    def unplug(self) -> None:
        """Switch it off."""
        self._stop.set()
        self._thread.join(WAIT_S_MAX)

    def replug(self) -> None:
        """Switch it on."""
        self._stop.clear()
        self.far = Far(self._make())
        listener = socket.create_server(("127.0.0.1", self._number))
        self._number = listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, args=(listener, self.far))
        self._thread.start()

    def _serve(self, listener: socket.socket, far: Far) -> None:
        peers: list[socket.socket] = []
        with listener:
            while not self._stop.is_set():
                for ready in select.select([listener, *peers], [], [], 0.01)[0]:
                    if ready is listener:
                        peers.append(listener.accept()[0])
                    elif data := _received(ready):
                        ready.sendall(far.take(data))
                    else:
                        peers.remove(ready)
                        ready.close()
            for peer in peers:
                peer.close()


class Driven:
    """One lamp with its thread, and what it says of itself."""

    def __init__(self, lamp: Lamp, *, clock: Clock | None = None, retry_s: tuple[float, ...] = RETRY_S) -> None:
        self.lamp = lamp
        self.health = HealthLog()
        self.clock = clock or SystemClock()
        self.thread = LampThread(
            lamp,
            driver_of(lamp, self.clock),
            report=self.health,
            clock=self.clock,
            jitter=lambda: 0.0,
            retry_s=retry_s,
        )

    @property
    def part(self) -> str:
        """Its id in Health."""
        return f"lamp:{self.lamp.id}"

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.thread.ask_stop()
        assert self.thread.join(WAIT_S_MAX)


def _received(peer: socket.socket) -> bytes:
    try:
        return peer.recv(256)
    except ConnectionError:
        return b""
