"""One connection to a broker, driven by the thread that owns it."""

import select
import ssl
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shopfloor.clock import Clock
from shopfloor.core.health import Condition
from shopfloor.core.moment import Now
from shopfloor.devices.address import MqttAddress
from shopfloor.devices.mqtt.presses import Message
from shopfloor.devices.transport import PortFault

if TYPE_CHECKING:
    from paho.mqtt.client import Client

CONNECT_S_MAX = 1.5  # less than a device may take to end
ANSWER_S_MAX = 5.0  # a broker that runs answers within milliseconds
KEEPALIVE_S = 10  # a broker whose cable was pulled is missed within twice that
QOS = 1  # a press is worth a second try; that it may come twice is dealt with

_NS_PER_S = 1_000_000_000
_CHECK = "Check that the broker runs, its host and port, and the network."

Received = tuple[Message, Now]


class _TlsSocket(ssl.SSLSocket):
    """Closes itself when the broker is not believed: paho lets go of it without a word."""

    def do_handshake(self, block: bool = False) -> None:  # noqa: FBT001, FBT002 - the library's signature
        """Agree on keys; raises OSError, and is closed then."""
        try:
            super().do_handshake(block)
        except OSError:
            self.close()
            raise


class MqttConnection:
    """Subscribes to topics and hands out what comes. Every method by one thread; all but `close` raise PortFault."""

    def __init__(
        self, address: MqttAddress, topics: tuple[str, ...], clock: Clock, *, user: str = "", password: str = ""
    ) -> None:
        self._address = address
        self._user, self._password = user, password
        self._topics = topics
        self._clock = clock
        self._client: Client | None = None
        self._received: list[Received] = []
        self._fault: PortFault | None = None
        self._subscribed = False

    def open(self, is_asked_to_end: Callable[[], bool]) -> None:
        """Connect and subscribe; returns when the broker has agreed to both, or when somebody asks to end."""
        self._received, self._fault, self._subscribed = [], None, False
        self._client = self._new_client()
        try:
            self._client.connect(self._address.host, self._address.port, keepalive=KEEPALIVE_S)
        except (OSError, ValueError) as error:
            raise PortFault(
                Condition.LOST, f"{self._where} cannot be reached: {str(error) or type(error).__name__}", remedy=_CHECK
            ) from error
        until_ns = self._clock.now().mono_ns + round(ANSWER_S_MAX * _NS_PER_S)
        while not (self._subscribed or is_asked_to_end()):
            self._step(CONNECT_S_MAX / 3)
            if self._clock.now().mono_ns > until_ns:
                raise PortFault(
                    Condition.LOST, f"{self._where} gave no answer within {ANSWER_S_MAX:.0f} s.", remedy=_CHECK
                )

    def read(self, timeout_s: float) -> list[Received]:
        """What has come, each with the instant it was read, as soon as there is any; [] after the timeout."""
        if not self._received:  # some may have come with the answer to the subscription
            self._step(timeout_s)
        received, self._received = self._received, []
        return received

    def close(self) -> None:
        """Say good-bye; never raises, and does nothing if it is not open."""
        client, self._client = self._client, None
        if client is None:
            return
        socket = client.socket()
        client.disconnect()
        if socket is not None:
            socket.close()

    @property
    def _where(self) -> str:
        return f"The broker {self._address.host}:{self._address.port}"

    @property
    def _unknown_remedy(self) -> str:
        if not self._user:
            return 'Name this device\'s user at the broker (user = "..."), or let it accept clients without one.'
        return f"Check user {self._user} at the broker, and the password in secrets.toml in the data folder."

    def _new_client(self) -> "Client":
        try:
            from paho.mqtt import client as paho
        except ImportError as error:
            raise PortFault(
                Condition.TROUBLE,
                "MQTT buttons need a library that is not installed.",
                remedy='Install it: pip install "shopfloor[mqtt]"',
            ) from error
        # A name of its own for each connection: of two with one name a broker throws out the first, for ever.
        client = paho.Client(paho.CallbackAPIVersion.VERSION2, client_id=f"shopfloor-{uuid.uuid4().hex[:8]}")
        client.connect_timeout = CONNECT_S_MAX
        if self._user:
            client.username_pw_set(self._user, self._password)
        if self._address.tls:
            context = ssl.create_default_context()
            context.sslsocket_class = _TlsSocket
            client.tls_set_context(context)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        return client

    def _step(self, timeout_s: float) -> None:
        client = self._client
        socket = client.socket() if client is not None else None
        if client is None or socket is None:
            raise self._fault or self._lost("it is not connected")
        try:
            readable, writable, _ = select.select([socket], [socket] if client.want_write() else [], [], timeout_s)
            code = client.loop_read() if readable else 0
            code = code or (client.loop_write() if writable else 0)
            code = code or client.loop_misc()
        except (OSError, ValueError) as error:  # the socket was closed under us
            raise self._lost(str(error)) from error
        if self._fault is not None:
            raise self._fault
        if code:
            from paho.mqtt.client import error_string

            raise self._lost(error_string(code))

    def _lost(self, why: str) -> PortFault:
        return PortFault(Condition.LOST, f"{self._where} is gone: {why.rstrip('.')}.", remedy=_CHECK)

    def _on_connect(self, client: "Client", _data: object, _flags: object, reason: Any, _more: object) -> None:
        if reason.is_failure:
            self._fault = PortFault(
                Condition.DENIED,
                f"{self._where} refused this terminal: {reason}.",
                remedy=self._unknown_remedy,
            )
            return
        client.subscribe([(topic, QOS) for topic in self._topics])

    def _on_subscribe(self, _client: object, _data: object, _mid: int, reasons: list[Any], _more: object) -> None:
        if reasons and reasons[0].is_failure:  # the others are only where a device says that it is there
            self._fault = PortFault(
                Condition.DENIED,
                f"{self._where} does not let this terminal read {self._topics[0]}: {reasons[0]}.",
                remedy="Let the broker allow it, or correct the topic in the line file.",
            )
            return
        self._subscribed = True

    def _on_message(self, _client: object, _data: object, found: Any) -> None:
        message = Message(
            topic=found.topic,
            payload=bytes(found.payload),
            qos=found.qos,
            mid=found.mid,
            retain=bool(found.retain),
            dup=bool(found.dup),
        )
        self._received.append((message, self._clock.now()))
