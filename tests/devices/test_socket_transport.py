"""Device servers."""

import socket
from pathlib import Path

import pytest

from shopfloor.core.health import Condition
from shopfloor.devices.address import SocketAddress
from shopfloor.devices.socket_transport import SocketTransport
from shopfloor.devices.transport import PortFault
from tests.devices.rigs import TcpRig


def test_a_dead_peer_is_asked_for_signs_of_life(tmp_path: Path) -> None:
    rig = TcpRig(tmp_path)
    transport = SocketTransport(SocketAddress("127.0.0.1", int(rig.port.rpartition(":")[2])))
    transport.open()
    try:
        inner = transport._socket
        assert inner is not None
        assert inner.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
        if hasattr(socket, "TCP_KEEPIDLE"):
            assert inner.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) == 30
            assert inner.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) == 10
            assert inner.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 3
        assert transport.read(10, 0.01) == b""
        rig.send(b"KA\r")
        assert transport.read(10, 5.0) == b"KA\r"
        transport.write(b"\x1b7,")
        rig.unplug()
        with pytest.raises(PortFault) as caught:
            transport.read(10, 5.0)
        assert caught.value.condition is Condition.LOST
    finally:
        transport.close()
        rig.unplug()


def test_nobody_there_is_lost_with_words() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        number = gone.getsockname()[1]
    transport = SocketTransport(SocketAddress("127.0.0.1", number))
    with pytest.raises(PortFault, match=f"127.0.0.1:{number} does not answer") as caught:
        transport.open()
    assert caught.value.condition is Condition.LOST
    with pytest.raises(PortFault):
        transport.read(1, 0.01)
