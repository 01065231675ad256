"""Topics among the devices of a terminal."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from shopfloor.clock import SystemClock
from shopfloor.core.commands import SignalKind
from shopfloor.core.health import Condition
from shopfloor.core.line import Device, DeviceKind
from shopfloor.devices.manager import DeviceManager
from shopfloor.devices.virtual import VirtualPort
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.recorder import HealthLog, Inbox


def device(port: str, name: str = "box") -> Device:
    return Device(id=name, kind=DeviceKind.MQTT, port=port, station="press", map={"single": "stop"})


class Managed:
    """A manager whose devices end with the test."""

    def __init__(self, *devices: Device) -> None:
        self.inbox, self.health = Inbox(), HealthLog()
        self.manager = DeviceManager(devices, self.inbox, report=self.health, clock=SystemClock(), retry_s=(0.01,))


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    pytest.importorskip("paho.mqtt.client", reason="needs paho-mqtt (shopfloor[mqtt])")
    made = Mosquitto(tmp_path)
    made.start()
    yield made
    made.stop()


def test_a_topic_is_started_changed_and_ended_like_any_port(broker: Mosquitto) -> None:
    box = device(f"mqtt://127.0.0.1:{broker.port}/hall/box")
    managed = Managed(box)
    managed.manager.start()
    managed.health.wait("box", Condition.UP)
    managed.manager.renew([replace(box, port=f"mqtt://127.0.0.1:{broker.port}/hall/other")])
    managed.health.wait("box", Condition.UP)
    broker.publish("hall/box", "single")
    broker.publish("hall/other", "SINGLE")

    assert [signal.text for signal in managed.inbox.wait_taken(1)] == ["single"]
    assert managed.manager.stop() == ()
    assert managed.health.last("box").condition is Condition.STOPPED


def test_one_topic_has_one_device(broker: Mosquitto) -> None:
    port = f"mqtt://127.0.0.1:{broker.port}/hall/box"
    managed = Managed(device(port, "one"), device(port, "two"))
    managed.manager.start()

    assert "which one has already" in managed.health.wait("two", Condition.TROUBLE).detail
    managed.manager.stop()


def test_the_twin_of_a_topic_says_words_as_lines() -> None:
    managed = Managed(device("virtual://words"))
    managed.manager.start()
    managed.health.wait("box", Condition.VIRTUAL)
    assert VirtualPort.get("words").send(b"single\r\n")

    (signal,) = managed.inbox.wait_taken(1)
    assert (signal.text, signal.signal) == ("single", SignalKind.BUTTON)
    managed.manager.stop()


@pytest.mark.parametrize("port", ["/dev/ttyS7", "socket://localhost:1"])
def test_a_port_that_has_no_topics_is_left_out_in_words(port: str) -> None:
    managed = Managed(device(port))
    managed.manager.start()

    assert "Expected a port for mqtt" in managed.health.wait("box", Condition.TROUBLE).detail
    managed.manager.stop()
