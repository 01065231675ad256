"""MQTT: every message on the target's topic, and what stands at each station as a retained one."""

import ssl
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import msgspec

from shopfloor.core.line_andon import Sender
from shopfloor.outward.message import Message, What, document, instant
from shopfloor.outward.sender import SEND_S_MAX, SendFault

if TYPE_CHECKING:
    from paho.mqtt.client import Client

PORT = 1883
TLS_PORT = 8883
QOS = 1  # at least once, as everything here; the id tells repeats

_CHECK = "Check the sender's target, user and password, and that the broker runs."


class MqttSending:
    """One connection a message, QoS 1. `?state=0` in the target leaves out the retained topic `<topic>/<station>`."""

    def __init__(self, sender: Sender, password: str) -> None:
        try:
            from paho.mqtt import client as paho
        except ImportError as error:
            raise SendFault(
                f"{sender.id} needs a library for MQTT that is not installed.",
                remedy='Install it: pip install "shopfloor[mqtt]"',
            ) from error
        self._paho = paho
        self._sender, self._password = sender, password
        url = urlsplit(sender.target)
        self._tls = url.scheme == "mqtts"
        self._host = url.hostname or ""
        self._port = url.port or (TLS_PORT if self._tls else PORT)
        self._topic = url.path.strip("/")
        self._state = parse_qs(url.query).get("state", ["1"])[-1] not in {"0", "no", "false"}
        if not self._host or not self._topic or set(sender.target) & {"#", "+"}:
            raise SendFault(
                f"Expected a target such as mqtt://host:1883/topic, got {sender.target}.",
                remedy=f"Correct the target of {sender.id} in the line file.",
            )

    def send(self, message: Message) -> None:
        """Publish, and wait until the broker has it; raises SendFault."""
        client = self._connected()
        try:
            self._publish(client, self._topic, document(message), retain=False)
            if self._state and message.what is not What.TEST:
                self._publish(client, f"{self._topic}/{message.station}", _state(message), retain=True)
        finally:
            client.disconnect()
            client.loop_stop()

    def close(self) -> None:
        """Nothing is kept."""

    @property
    def _where(self) -> str:
        return f"The broker {self._host}:{self._port}"

    def _connected(self) -> "Client":
        paho = self._paho
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, reconnect_on_failure=False)
        client.connect_timeout = SEND_S_MAX
        if self._sender.user:
            client.username_pw_set(self._sender.user, self._password)
        if self._tls:
            client.tls_set_context(ssl.create_default_context())
        answered = threading.Event()
        refused: list[str] = []

        def on_connect(_client: object, _data: object, _flags: object, reason: Any, _properties: object) -> None:
            if reason.is_failure:
                refused.append(str(reason))
            answered.set()

        client.on_connect = on_connect
        try:
            client.connect(self._host, self._port)
        except (OSError, ValueError) as error:
            raise SendFault(f"{self._where} cannot be reached: {error}", remedy=_CHECK) from error
        client.loop_start()
        if not answered.wait(SEND_S_MAX) or refused:
            client.disconnect()
            client.loop_stop()
            words = f"refused: {refused[0]}" if refused else f"gave no answer within {SEND_S_MAX:.0f} s"
            raise SendFault(f"{self._where} {words}.", remedy=_CHECK)
        return client

    def _publish(self, client: "Client", topic: str, value: object, *, retain: bool) -> None:
        info = client.publish(topic, msgspec.json.encode(value), qos=QOS, retain=retain)
        try:
            info.wait_for_publish(SEND_S_MAX)
            arrived = info.is_published()
        except (RuntimeError, ValueError) as error:  # the connection was lost
            raise SendFault(f"{self._where} was lost: {error}", remedy=_CHECK) from error
        if not arrived:
            raise SendFault(f"{self._where} did not take the message within {SEND_S_MAX:.0f} s.", remedy=_CHECK)


def _state(message: Message) -> dict[str, object]:
    return {
        "line": message.line,
        "station": message.station,
        "standing": message.standing,
        "at": instant(message.at_us),
        "id": message.id,
    }
