"""Guests at a real server: a press through it, what it does not let a guest do, and who it does not let in."""

import base64
import os
import socket
import ssl
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

import msgspec
import pytest
from msgspec.structs import replace

from shopfloor.clock import SystemClock
from shopfloor.core.health import Condition
from shopfloor.core.line import Device, DeviceKind
from shopfloor.devices.manager import DeviceManager
from shopfloor.link.caller import Caller, visit
from shopfloor.link.log import NoReply
from shopfloor.link.server import config
from shopfloor.link.server.guests import GuestBook
from shopfloor.link.server.supervise import put_in_force, set_up
from tests.helpers.free_port import free_port
from tests.helpers.line_served import Served
from tests.helpers.recorder import WAIT_S_MAX, HealthLog, Inbox
from tests.helpers.terminal import until

paho = pytest.importorskip("paho.mqtt.client", reason="needs paho-mqtt (shopfloor[mqtt])")

SMALL_BYTES = 64 * 1024
NEVER_S = 0.5  # what was refused is not there after so long


class House:
    """A running server with its two ways in for guests."""

    def __init__(self, folder: Path) -> None:
        self.served = Served(folder)
        place = self.served.place
        set_up(place, replace(place.read_settings(), mqtt_port=free_port(), websocket_port=free_port()))
        self.served.start()
        self.settings = place.read_settings()
        self.authority = str(place.guests_authority)

    def guest(self, name: str, *, writes: tuple[str, ...] = (), reads: tuple[str, ...] = ()) -> str:
        """A new guest's password, in force."""
        _, password = GuestBook(self.served.place.guests).make(name, writes=writes, reads=reads, at_us=1)
        assert put_in_force(self.served.place, self.served.binary, SystemClock())
        return password


class Client:
    """Somebody else's program: an MQTT client that knows nothing of ours."""

    def __init__(self, house: House, user: str, password: str) -> None:
        self.got: list[tuple[str, bytes]] = []
        self.refused = self.ended = False
        self.connected = threading.Event()
        self.gone = threading.Event()
        self._answers: list[Any] = []
        self._answered = threading.Event()
        self._client = client = paho.Client(paho.CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        client.username_pw_set(user, password)
        client.tls_set(ca_certs=house.authority)
        client.on_connect = self._on_connect
        client.on_disconnect = lambda *_: self.gone.set()
        client.on_subscribe = self._on_subscribe
        client.on_message = lambda _client, _data, message: self.got.append((message.topic, message.payload))
        client.connect("127.0.0.1", house.settings.mqtt_port)
        client.loop_start()
        assert self.connected.wait(WAIT_S_MAX)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def subscribe(self, topic: str) -> bool:
        """Whether it was allowed."""
        self._answered.clear()
        self._client.subscribe(topic, qos=1)
        assert self._answered.wait(WAIT_S_MAX)
        return not self._answers[-1].is_failure

    def publish(self, topic: str, payload: str, *, retain: bool = False) -> None:
        self._client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(WAIT_S_MAX)

    def _on_connect(self, _client: object, _data: object, _flags: object, reason: Any, _more: object) -> None:
        self.refused = reason.is_failure
        self.connected.set()

    def _on_subscribe(self, _client: object, _data: object, _mid: int, reasons: list[Any], _more: object) -> None:
        self._answers += reasons
        self._answered.set()


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    made = House(tmp_path_factory.mktemp("house"))
    yield made
    made.served.server.stop()


def test_a_press_of_a_gateway_reaches_a_station_through_the_lines_own_server(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", house.authority)  # as a technician makes the system trust it
    gateway = house.guest("gateway", writes=("zigbee/#",), reads=("zigbee/#",))
    passwords = {"box": house.guest("press", reads=("zigbee/#",))}
    inbox, health = Inbox(), HealthLog()
    port = f"mqtts://127.0.0.1:{house.settings.mqtt_port}/zigbee/box"
    box = Device(id="box", kind=DeviceKind.MQTT, port=port, station="s", map={"single": "stop"}, user="press")
    manager = DeviceManager(
        [box], inbox, report=health, clock=SystemClock(), password_of=lambda device: passwords[device]
    )
    manager.start()
    try:
        assert health.wait("box", Condition.UP).detail == port
        with Client(house, "gateway", gateway) as there:
            there.publish("zigbee/box", '{"action":"single"}')
            signals = inbox.wait_taken(1)
        assert [(signal.station, signal.text) for signal in signals] == [("s", "single")]
    finally:
        assert manager.stop() == ()


def test_a_wrong_password_is_told_as_such(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", house.authority)
    house.guest("wash", reads=("zigbee/#",))
    health = HealthLog()
    port = f"mqtts://127.0.0.1:{house.settings.mqtt_port}/zigbee/box"
    box = Device(id="box", kind=DeviceKind.MQTT, port=port, station="s", map={"single": "stop"}, user="wash")
    manager = DeviceManager([box], Inbox(), report=health, clock=SystemClock(), password_of=lambda _: "guessed")
    manager.start()
    try:
        assert "wash" in health.wait("box", Condition.DENIED).remedy
    finally:
        assert manager.stop() == ()


def test_a_server_of_another_authority_is_not_believed(house: House) -> None:
    health = HealthLog()
    port = f"mqtts://127.0.0.1:{house.settings.mqtt_port}/zigbee/box"
    box = Device(id="box", kind=DeviceKind.MQTT, port=port, station="s", map={"single": "stop"}, user="wash")
    manager = DeviceManager([box], Inbox(), report=health, clock=SystemClock(), password_of=lambda _: "guessed")
    manager.start()
    try:
        assert "certificate" in health.wait("box", Condition.LOST).detail.lower()
    finally:
        assert manager.stop() == ()


def test_a_guest_writes_and_reads_its_own_topics_and_no_others(house: House) -> None:
    one = house.guest("one", writes=("one/#",), reads=("one/#", "two"))
    two = house.guest("two", writes=("two",), reads=("two",))
    with Client(house, "one", one) as first, Client(house, "two", two) as second:
        assert first.subscribe("one/#")
        assert first.subscribe("two")
        assert not second.subscribe("one/#")
        assert not second.subscribe("#")
        second.publish("one/forged", "no")
        first.publish("one/real", "yes")
        second.publish("two", "told")
        until(lambda: len(first.got) >= 2)
        threading.Event().wait(NEVER_S)
        assert sorted(first.got) == [("one/real", b"yes"), ("two", b"told")]


def test_no_guest_sees_what_terminals_tell_each_other(house: House) -> None:
    spy = house.guest("spy", writes=("#",), reads=("#",))
    press = house.served.visitor("press")
    with Client(house, "spy", spy) as client:
        assert client.subscribe("#"), "of everything in its own account"
        client.publish("shopfloor/demo/hb/press", "forged")
        until(lambda: client.got)
        client.got.clear()

        async def beat(caller: Caller) -> None:
            with suppress(NoReply):  # nobody has to answer
                await caller.request("shopfloor.demo.hb.press", b"true", timeout_s=NEVER_S)

        visit(press, beat)
        threading.Event().wait(NEVER_S)
        assert client.got == []


def test_what_is_retained_meets_whoever_comes_later(house: House) -> None:
    state = house.guest("state", writes=("state/#",), reads=("state/#",))
    with Client(house, "state", state) as first:
        first.publish("state/press", "stopped", retain=True)
    with Client(house, "state", state) as later:
        assert later.subscribe("state/#")
        until(lambda: later.got == [("state/press", b"stopped")])


def test_guests_cannot_fill_the_disk_of_the_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "GUESTS_BYTES_MAX", SMALL_BYTES)
    small = House(tmp_path)
    try:
        loud = small.guest("loud", writes=("loud/#",))
        with Client(small, "loud", loud) as client:
            for number in range(3 * SMALL_BYTES // 1024):
                client.publish(f"loud/{number}", "x" * 1024, retain=True)
                if client.refused or client.ended:
                    break
        with urllib.request.urlopen(f"http://127.0.0.1:{small.settings.monitor_port}/jsz?accounts=1") as answer:
            accounts = msgspec.json.decode(answer.read())["account_details"]
        (used,) = (one["storage"] for one in accounts if one["name"] == "GUESTS")
        assert 0 < used <= SMALL_BYTES
    finally:
        small.served.server.stop()


def test_a_revoked_guest_is_ended_and_does_not_come_in_again(house: House) -> None:
    password = house.guest("stolen", writes=("stolen/#",), reads=("stolen/#",))
    with Client(house, "stolen", password) as client:
        assert not client.refused
        GuestBook(house.served.place.guests).revoke("stolen", at_us=2)
        assert put_in_force(house.served.place, house.served.binary, SystemClock())
        assert client.gone.wait(WAIT_S_MAX)
    with Client(house, "stolen", password) as again:
        assert again.refused


def test_a_browser_finds_a_websocket_behind_a_certificate_it_accepts(house: House) -> None:
    context = ssl.create_default_context(cafile=house.authority)
    raw = socket.create_connection(("127.0.0.1", house.settings.websocket_port), timeout=WAIT_S_MAX)
    with context.wrap_socket(raw, server_hostname="127.0.0.1") as tls:
        key = base64.b64encode(os.urandom(16)).decode()
        asked = [
            "GET / HTTP/1.1",
            "Host: 127.0.0.1",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Key: {key}",
            "Sec-WebSocket-Version: 13",
        ]
        tls.sendall("\r\n".join([*asked, "", ""]).encode())
        said = b""
        while b"INFO {" not in said:
            more = tls.recv(4096)
            assert more, said
            said += more
    assert said.startswith(b"HTTP/1.1 101")
