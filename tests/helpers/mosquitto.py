"""A real MQTT broker of the test's own: mosquitto on a loopback port."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

UP_S_MAX = 20.0
SBIN = os.pathsep.join(("/usr/sbin", "/usr/local/sbin", "/sbin"))  # where Debian puts it, not on everybody's PATH


class Mosquitto:
    """One broker. It is started by hand, and may be stopped and started again at the same port."""

    def __init__(self, folder: Path, *settings: str) -> None:
        found = shutil.which("mosquitto") or shutil.which("mosquitto", path=SBIN)
        if found is None:
            pytest.skip("needs mosquitto (a system program)")
        self._program = found
        self._process: subprocess.Popen[bytes] | None = None
        self.port = _free_port()
        self._conf = folder / "mosquitto.conf"
        lines = settings or ("allow_anonymous true",)
        self._conf.write_text("\n".join((f"listener {self.port} 127.0.0.1", "persistence false", *lines, "")))

    def start(self) -> None:
        """Run it, and wait until it answers."""
        self._process = subprocess.Popen(
            [self._program, "-c", str(self._conf)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end_s = time.monotonic() + UP_S_MAX
        while not _answers(self.port):
            assert self._process.poll() is None, "mosquitto ended at once"
            assert time.monotonic() < end_s, "mosquitto does not answer"
            threading.Event().wait(0.01)

    def stop(self) -> None:
        """End it; its clients lose their connection."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(UP_S_MAX)
            self._process = None

    def publish(self, topic: str, *payloads: str | bytes, qos: int = 1, retain: bool = False) -> None:
        """Publish as a gateway of buttons does, and wait until the broker has it."""
        with self._client() as client:
            for payload in payloads:
                client.publish(topic, payload, qos=qos, retain=retain).wait_for_publish(UP_S_MAX)

    @contextmanager
    def _client(self) -> Iterator[Any]:
        paho = pytest.importorskip("paho.mqtt.client", reason="needs paho-mqtt (shopfloor[mqtt])")
        client = paho.Client(paho.CallbackAPIVersion.VERSION2)
        client.connect("127.0.0.1", self.port)
        client.loop_start()
        try:
            yield client
        finally:
            client.disconnect()
            client.loop_stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        number = listener.getsockname()[1]
        assert isinstance(number, int)
        return number


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
