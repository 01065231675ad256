"""Serial device servers and scanners with Ethernet: a TCP stream."""

import select
import socket

from shopfloor.core.health import Condition
from shopfloor.devices.address import SocketAddress
from shopfloor.devices.transport import PortFault

CONNECT_TIMEOUT_S = 1.5  # a port thread ends within 2 s
WRITE_TIMEOUT_S = 1.0

# A pulled network cable is silent: after 30 s without a byte ask, and after three answers missing give up.
_KEEPALIVE = {"TCP_KEEPIDLE": 30, "TCP_KEEPALIVE": 30, "TCP_KEEPINTVL": 10, "TCP_KEEPCNT": 3}


class SocketTransport:
    """One TCP connection; the far side closing it is a port that was pulled out."""

    emulated = False

    def __init__(self, address: SocketAddress) -> None:
        self._address = address
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """Connect."""
        try:
            connected = socket.create_connection((self._address.host, self._address.port), timeout=CONNECT_TIMEOUT_S)
        except OSError as error:
            raise PortFault(
                Condition.LOST,
                f"{self._address} does not answer: {error}.",
                remedy="Check the device's power, its network cable, and host and port in the line file.",
            ) from error
        if connected.getsockname() == connected.getpeername():
            # A dialled local port without a listener can be given to the caller itself, which then answers itself.
            connected.close()
            raise PortFault(Condition.LOST, f"{self._address} does not answer.", remedy="Start the device server.")
        self._socket = connected
        connected.settimeout(WRITE_TIMEOUT_S)
        connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPALIVE.items():
            if hasattr(socket, name):
                connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)

    def read(self, bytes_max: int, timeout_s: float) -> bytes:
        """What has come, as soon as there is any; b"" after the timeout."""
        connected = self._connected()
        try:
            if not select.select([connected], [], [], timeout_s)[0]:
                return b""
            data = connected.recv(bytes_max)
        except (OSError, ValueError) as error:
            raise self._gone(str(error)) from error
        if not data:
            raise self._gone("the other side closed the connection")
        return data

    def write(self, data: bytes) -> None:
        """Send, within a second."""
        connected = self._connected()
        try:
            connected.sendall(data)
        except OSError as error:
            raise self._gone(str(error)) from error

    def close(self) -> None:
        """Hang up."""
        connected, self._socket = self._socket, None
        if connected is not None:
            connected.close()

    def describe(self) -> str:
        """The address as the line file writes it."""
        return str(self._address)

    def _connected(self) -> socket.socket:
        if self._socket is None:
            raise PortFault(Condition.LOST, f"{self._address} is not connected.", remedy="")
        return self._socket

    def _gone(self, why: str) -> PortFault:
        return PortFault(
            Condition.LOST,
            f"{self._address} went away: {why}.",
            remedy="Check the device's power and its network cable.",
        )
