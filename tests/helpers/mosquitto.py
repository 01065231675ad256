"""A real MQTT broker on a port of its own."""

import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.helpers.tools import need_tools

READY_S_MAX = 30.0  # only a broken test waits so long
_BROKER = "mosquitto"


def need_mosquitto() -> None:
    """Skip the test that calls this unless there is a broker to run."""
    os.environ["PATH"] = os.pathsep.join([os.environ["PATH"], "/usr/sbin"])  # where Debian puts it
    need_tools(_BROKER)


def free_port() -> int:
    """A TCP port nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def mosquitto(folder: Path, *, port: int = 0, settings: str = "allow_anonymous true\n") -> Iterator[int]:
    """Run a broker that keeps nothing on the disk; the port it listens at."""
    need_mosquitto()
    port = port or free_port()
    config = folder / f"mosquitto-{port}.conf"
    # Started by root it becomes a user who cannot read files of a test; by anybody else it ignores this.
    config.write_text(f"user root\nlistener {port} 127.0.0.1\n{settings}")
    broker = subprocess.Popen([_BROKER, "-c", str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, broker)
        yield port
    finally:
        broker.terminate()
        broker.wait()


def _wait_for(port: int, broker: "subprocess.Popen[bytes]") -> None:
    pause = threading.Event()
    for _ in range(round(READY_S_MAX / 0.02)):
        assert broker.poll() is None, f"mosquitto ended with {broker.returncode}"
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            pause.wait(0.02)
        else:
            return
    raise AssertionError(f"mosquitto did not listen at {port}")
