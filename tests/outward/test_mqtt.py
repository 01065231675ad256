"""MQTT, against a real broker."""

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace
from paho.mqtt import client as paho

from shopfloor.core.line_andon import Sender, SenderKind
from shopfloor.outward.message import What, document
from shopfloor.outward.mqtt import MqttSending
from shopfloor.outward.sender import SendFault
from tests.helpers.free_port import free_port
from tests.helpers.mosquitto import Mosquitto
from tests.outward.calls import message

WAIT_S_MAX = 30.0  # only a broken test waits so long

Heard = tuple[str, bool, dict[str, Any]]  # topic, retained, payload


def sender(port: int, *, more: str = "", user: str = "") -> Sender:
    return Sender(id="bus", kind=SenderKind.MQTT, target=f"mqtt://127.0.0.1:{port}/plant/calls{more}", user=user)


@contextmanager
def mosquitto(folder: Path, *settings: str) -> Iterator[int]:
    """A running broker; its port."""
    broker = Mosquitto(folder, *settings)
    broker.start()
    try:
        yield broker.port
    finally:
        broker.stop()


@contextmanager
def ear(port: int) -> Iterator["queue.SimpleQueue[Heard]"]:
    """Whoever listens to everything."""
    heard: queue.SimpleQueue[Heard] = queue.SimpleQueue()
    ready: queue.SimpleQueue[None] = queue.SimpleQueue()
    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.on_message = lambda _c, _d, m: heard.put((m.topic, m.retain, msgspec.json.decode(m.payload)))
    client.on_subscribe = lambda *_: ready.put(None)
    client.connect("127.0.0.1", port)
    client.subscribe("#", qos=1)
    client.loop_start()
    ready.get(timeout=WAIT_S_MAX)
    try:
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()


def test_a_message_is_published_and_what_stands_at_the_station_is_retained(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as port:
        with ear(port) as heard:
            MqttSending(sender(port), "").send(replace(message(), standing="call"))
            assert heard.get(timeout=WAIT_S_MAX) == (
                "plant/calls",
                False,
                document(replace(message(), standing="call")),
            )
            assert heard.get(timeout=WAIT_S_MAX)[0] == "plant/calls/press"
        with ear(port) as late:
            topic, retained, state = late.get(timeout=WAIT_S_MAX)
    assert (topic, retained) == ("plant/calls/press", True)
    assert (state["standing"], state["station"], state["id"]) == ("call", "press", "gear/c1.0.raised.0")


def test_the_retained_topic_can_be_left_out_and_a_test_leaves_it_alone(tmp_path: Path) -> None:
    with mosquitto(tmp_path) as port, ear(port) as heard:
        MqttSending(sender(port, more="?state=0"), "").send(message())
        MqttSending(sender(port), "").send(message(What.TEST))
        MqttSending(sender(port), "").send(message(What.OVER))
        topics = [heard.get(timeout=WAIT_S_MAX)[0] for _ in range(4)]
    assert topics == ["plant/calls", "plant/calls", "plant/calls", "plant/calls/press"]


def test_a_broker_that_wants_a_password_gets_it_and_says_when_it_is_wrong(tmp_path: Path) -> None:
    passwords = tmp_path / "passwords"
    # PBKDF2-SHA512 as mosquitto_passwd writes it, for the password "secret".
    passwords.write_text(_password_line("line", "secret"))
    # Started by root it becomes a user who cannot read files of a test; by anybody else it ignores the first line.
    with mosquitto(tmp_path, "user root", "allow_anonymous false", f"password_file {passwords}") as port:
        MqttSending(sender(port, user="line"), "secret").send(message())
        with pytest.raises(SendFault, match=r"(?i)not authori[sz]ed") as caught:
            MqttSending(sender(port, user="line"), "guess").send(message())
    assert not caught.value.permanent


def test_a_broker_that_is_down_is_tried_again() -> None:
    with pytest.raises(SendFault, match="cannot be reached") as caught:
        MqttSending(sender(free_port()), "").send(message())
    assert not caught.value.permanent


@pytest.mark.parametrize("target", ["mqtt://127.0.0.1", "mqtt://127.0.0.1/a/#", "mqtt:///topic"])
def test_a_target_without_a_host_or_a_plain_topic_is_refused_with_an_example(target: str) -> None:
    with pytest.raises(SendFault, match="mqtt://host:1883/topic"):
        MqttSending(replace(sender(1), target=target), "")


def _password_line(user: str, password: str) -> str:
    import hashlib
    from base64 import b64encode

    salt, rounds = b"0123456789ab", 101
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    return f"{user}:$7${rounds}${b64encode(salt).decode()}${b64encode(digest).decode()}\n"
