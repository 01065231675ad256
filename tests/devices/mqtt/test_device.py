"""Buttons behind a real broker: presses, what is none, a broker that goes away, one that refuses."""

import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from shopfloor.clock import SystemClock
from shopfloor.core.commands import SignalKind
from shopfloor.core.health import Condition
from shopfloor.core.line import Device, DeviceKind
from shopfloor.devices.address import MqttAddress
from shopfloor.devices.mqtt import MqttDevice
from tests.helpers.mosquitto import Mosquitto
from tests.helpers.recorder import WAIT_S_MAX, HealthLog, Inbox

MAP = {"single": "call:material", "double": "stop", "Button1:SINGLE": "ack", "ON": "call:tool"}
RETRY_S = (0.01, 0.05, 0.1)

pytest.importorskip("paho.mqtt.client", reason="needs paho-mqtt (shopfloor[mqtt])")


class Terminal:
    """The devices of a test, and what came of them."""

    def __init__(self) -> None:
        self.inbox = Inbox()
        self.health = HealthLog()
        self.devices: list[MqttDevice] = []

    def device(self, port: int, topic: str = "zigbee2mqtt/box", *, name: str = "box") -> MqttDevice:
        made = MqttDevice(
            Device(id=name, kind=DeviceKind.MQTT, port=f"mqtt://127.0.0.1:{port}/{topic}", station="press", map=MAP),
            MqttAddress("127.0.0.1", port, topic),
            submit=self.inbox,
            report=self.health,
            clock=SystemClock(),
            jitter=lambda: 0.0,
            retry_s=RETRY_S,
        )
        self.devices.append(made)
        made.start()
        return made

    @property
    def words(self) -> list[str]:
        return [signal.text for signal in self.inbox.signals]


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    made = Terminal()
    yield made
    for device in made.devices:
        device.ask_stop()
    for device in made.devices:
        assert device.join()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    made = Mosquitto(tmp_path)
    made.start()
    yield made
    made.stop()


def test_a_press_reaches_the_station_as_the_map_names_it(broker: Mosquitto, terminal: Terminal) -> None:
    terminal.device(broker.port)
    terminal.health.wait("box", Condition.UP)
    broker.publish("zigbee2mqtt/box", '{"action":"single","battery":80}', '{"action":""}', '{"action":"double"}')

    signals = terminal.inbox.wait_taken(2)
    assert [(s.station, s.device, s.text, s.signal) for s in signals] == [
        ("press", "box", "single", SignalKind.BUTTON),
        ("press", "box", "double", SignalKind.BUTTON),
    ]
    terminal.health.wait("box", Condition.UP, messages=3, empty=1, battery=80)


@pytest.mark.parametrize(
    ("topic", "filter_", "payload", "word"),
    [
        ("stat/press_box/RESULT", "stat/press_box/RESULT", '{"Button1":{"Action":"SINGLE"}}', "Button1:SINGLE"),
        ("box/binary_sensor/call/state", "box/binary_sensor/call/state", "ON", "ON"),
        ("plant/press/7/button", "plant/+/7/#", "single", "single"),
    ],
)
def test_other_gateways_are_understood(
    broker: Mosquitto, terminal: Terminal, topic: str, filter_: str, payload: str, word: str
) -> None:
    terminal.device(broker.port, filter_)
    terminal.health.wait("box", Condition.UP)
    broker.publish(topic, payload)

    terminal.inbox.wait_taken(1)
    assert terminal.words == [word]


def test_a_retained_press_is_not_pressed_again_at_every_start(broker: Mosquitto, terminal: Terminal) -> None:
    broker.publish("zigbee2mqtt/box", '{"action":"double"}', retain=True)
    terminal.device(broker.port)
    terminal.health.wait("box", Condition.UP, retained=1)
    broker.publish("zigbee2mqtt/box", '{"action":"single"}')

    terminal.inbox.wait_taken(1)
    assert terminal.words == ["single"]


def test_a_word_that_means_nothing_is_shown_to_whoever_sets_it_up(broker: Mosquitto, terminal: Terminal) -> None:
    terminal.device(broker.port)
    terminal.health.wait("box", Condition.UP)
    broker.publish("zigbee2mqtt/box", '{"action":"hold"}')

    assert "'hold' is not in its map" in terminal.health.wait("box", Condition.UP, unmapped=1).detail
    assert terminal.words == []


def test_a_broker_that_goes_away_is_lost_and_comes_back(broker: Mosquitto, terminal: Terminal) -> None:
    terminal.device(broker.port)
    terminal.health.wait("box", Condition.UP)
    broker.stop()
    lost = terminal.health.wait("box", Condition.LOST)
    assert "The broker 127.0.0.1" in lost.detail
    assert lost.remedy
    broker.start()
    terminal.health.wait("box", Condition.UP, reconnects=1)
    broker.publish("zigbee2mqtt/box", '{"action":"single"}')

    terminal.inbox.wait_taken(1)


def test_a_button_that_is_offline_is_shown_until_it_is_back(broker: Mosquitto, terminal: Terminal) -> None:
    broker.publish("zigbee2mqtt/box/availability", '{"state":"offline"}', retain=True)
    terminal.device(broker.port)

    assert "offline" in terminal.health.wait("box", Condition.LOST).detail
    broker.publish("zigbee2mqtt/box/availability", '{"state":"online"}', retain=True)
    terminal.health.wait("box", Condition.UP)


def test_two_devices_have_two_connections(broker: Mosquitto, terminal: Terminal) -> None:
    terminal.device(broker.port, "a", name="one")
    terminal.device(broker.port, "b", name="two")
    for name in ("one", "two"):
        terminal.health.wait(name, Condition.UP)
    broker.publish("b", "single")
    broker.publish("a", "double")

    signals = terminal.inbox.wait_taken(2)
    assert {(s.device, s.text) for s in signals} == {("two", "single"), ("one", "double")}  # each in its own time
    assert terminal.health.last("one").counts["reconnects"] == 0


def test_a_full_inbox_loses_no_press(broker: Mosquitto, terminal: Terminal) -> None:
    terminal.device(broker.port)
    terminal.health.wait("box", Condition.UP)
    terminal.inbox.fill(full=True)
    broker.publish("zigbee2mqtt/box", *["single", "double"] * 10)
    terminal.inbox.wait_refused(3)
    terminal.inbox.fill(full=False)

    terminal.inbox.wait_taken(20)
    assert terminal.words == ["single", "double"] * 10


def test_a_restart_connects_anew(broker: Mosquitto, terminal: Terminal) -> None:
    device = terminal.device(broker.port)
    terminal.health.wait("box", Condition.UP)
    device.restart()

    terminal.health.wait("box", Condition.UP, reconnects=1)


def test_a_broker_that_wants_a_password_is_denied_in_words(tmp_path: Path, terminal: Terminal) -> None:
    broker = Mosquitto(tmp_path, "allow_anonymous false")
    broker.start()
    try:
        terminal.device(broker.port)
        denied = terminal.health.wait("box", Condition.DENIED)
        assert "refused" in denied.detail
    finally:
        broker.stop()


def test_no_broker_is_lost_and_the_thread_ends_when_it_is_asked(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    device = terminal.device(port)

    assert "cannot be reached" in terminal.health.wait("box", Condition.LOST).detail
    device.ask_stop()
    assert device.join()
    assert terminal.health.last("box").condition is Condition.STOPPED


@pytest.mark.parametrize("garbage", [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\xff" * 50, b"\x20\x02\x00", b""])
def test_what_is_no_broker_is_lost_in_words(garbage: bytes, terminal: Terminal) -> None:
    with served(lambda peer: peer.sendall(garbage)) as port:
        terminal.device(port)
        assert terminal.health.wait("box", Condition.LOST, Condition.DENIED).remedy


class served:  # noqa: N801 - read as a word
    """A server that says one thing to whoever connects, and hangs up."""

    def __init__(self, say: Callable[[socket.socket], None]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._say = say
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> int:
        self._thread.start()
        port = self._listener.getsockname()[1]
        assert isinstance(port, int)
        return port

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(WAIT_S_MAX)

    def _run(self) -> None:
        while True:
            try:
                peer, _ = self._listener.accept()
            except OSError:
                return
            with peer:
                self._say(peer)
