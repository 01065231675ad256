"""One thread a topic: connects to the broker, hands on presses, and says how it is. For ever."""

import logging
import threading
from collections.abc import Callable, Sequence

from shopfloor.clock import Clock
from shopfloor.core.commands import ReadSignal, SignalKind
from shopfloor.core.health import Condition
from shopfloor.core.line import Device
from shopfloor.core.moment import Now
from shopfloor.core.ports import Report, Submit
from shopfloor.devices.address import MqttAddress
from shopfloor.devices.modbus.told import Told
from shopfloor.devices.mqtt.availability import availability_topics, is_online
from shopfloor.devices.mqtt.connection import MqttConnection
from shopfloor.devices.mqtt.presses import Message, Presses
from shopfloor.devices.port_thread import HELD_SHOWN_S, JOIN_S, SUBMIT_AGAIN_S
from shopfloor.devices.retry import RETRY_S, Backoff
from shopfloor.devices.transport import PortFault

READ_TIMEOUT_S = 0.2  # how late a stop is seen; five wake-ups a second are 0.06 % of a core

_NS_PER_S = 1_000_000_000

log = logging.getLogger(__name__)


class MqttDevice:
    """Owns one device's connection; nobody else touches it. A daemon, so that a hanging network cannot hold the exit.

    What is pressed while the broker is away is not made up for: an acknowledgement that comes minutes late would meet
    another call. Health says that it is away.
    """

    def __init__(
        self,
        device: Device,
        address: MqttAddress,
        *,
        submit: Submit,
        report: Report,
        clock: Clock,
        jitter: Callable[[], float],
        retry_s: Sequence[float] = RETRY_S,
        password: str = "",
    ) -> None:
        self._device = device
        self._shown = f"{'mqtts' if address.tls else 'mqtt'}://{address.host}:{address.port}/{address.topic}"
        self._last_words = availability_topics(address.topic)
        self._connection = MqttConnection(
            address, (address.topic, *self._last_words), clock, user=device.user, password=password
        )
        self._presses = Presses(device.map)
        self._submit = submit
        self._clock = clock
        self._jitter = jitter
        self._backoff = Backoff(retry_s)
        self._told = Told(device, report, clock=clock, detail=self._shown)
        self._counts = dict.fromkeys(("reconnects", "held_back", "undelivered"), 0)
        self._opened_before = False
        self._is_offline = False
        self._wake = threading.Event()
        self._stopping = False
        self._again = False
        self._thread = threading.Thread(target=self._run, name=f"shopfloor-mqtt-{device.id}", daemon=True)

    @property
    def alive(self) -> bool:
        """Whether the thread runs; only a bug ends one that nobody stopped."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin; the thread connects."""
        self._told.begin()
        self._thread.start()

    def restart(self) -> None:
        """Leave the broker and connect again at once; returns before that is done."""
        self._again = True
        self._wake.set()

    def ask_stop(self) -> None:
        """Ask the thread to end; returns at once."""
        self._stopping = True
        self._wake.set()

    def join(self, timeout_s: float = JOIN_S) -> bool:
        """Wait for the end; False if the network holds the thread longer than that."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self.alive

    def _run(self) -> None:
        condition = Condition.TROUBLE
        try:
            while not self._stopping:
                self._session()
            condition = Condition.STOPPED
        finally:
            self._say(condition, self._shown, "" if self._stopping else "Restart the device.")

    def _session(self) -> None:
        began = self._clock.now()
        try:
            self._connection.open(self._is_asked)
            began = self._clock.now()
            if not self._is_asked():
                self._up()
            while not self._is_asked():
                self._read()
        except PortFault as fault:
            self._lost(fault)
        finally:
            self._connection.close()
        self._pause((self._clock.now().mono_ns - began.mono_ns) / _NS_PER_S)

    def _is_asked(self) -> bool:
        return self._stopping or self._again

    def _pause(self, up_s: float) -> None:
        if self._again:
            self._backoff.reset()
        elif not self._stopping:
            self._clock.wait(self._wake, self._backoff.wait_s(up_s=up_s, jitter=self._jitter()))
        self._again = False
        self._wake.clear()

    def _read(self) -> None:
        for message, now in self._connection.read(READ_TIMEOUT_S):
            if message.topic in self._last_words:
                self._hear(message)
                continue
            for word in self._presses.take(message):
                self._hand_over(word, now)
            self._show()
        self._told.count(self._all_counts())

    def _hear(self, message: Message) -> None:
        """The last word of the device; a retained one is as good as any."""
        online = is_online(message.payload)
        if online is not None and online is self._is_offline:
            self._is_offline = not online
            self._show()

    def _hand_over(self, word: str, now: Now) -> None:
        """Submit once; while the inbox is full wait here, so that the rest stays with the broker."""
        signal = ReadSignal(station=self._device.station, device=self._device.id, text=word, signal=SignalKind.BUTTON)
        if self._submit(signal, now):
            return
        self._counts["held_back"] += 1
        while not self._submit(signal, now):
            if self._stopping:
                self._counts["undelivered"] += 1
                return
            if (self._clock.now().mono_ns - now.mono_ns) > HELD_SHOWN_S * _NS_PER_S:
                self._say(
                    Condition.TROUBLE,
                    "The inbox is full: presses of this device wait.",
                    "Wait; if it stays, look at the disk in Health.",
                )
            self._clock.wait(self._wake, SUBMIT_AGAIN_S)
            if not self._stopping:
                self._wake.clear()

    def _up(self) -> None:
        self._counts["reconnects"] += self._opened_before
        self._opened_before = True
        self._is_offline = False
        self._presses.connected()
        log.info("%s is up at %s", self._device.id, self._shown)
        self._show()

    def _lost(self, fault: PortFault) -> None:
        if fault.condition is not self._told.health.condition:
            log.info("%s is %s: %s", self._device.id, fault.condition.value, fault)
        self._say(fault.condition, fault.what, fault.remedy)

    def _show(self) -> None:
        """Connected: whether the device is there, and what it said that means nothing here."""
        if self._is_offline:
            self._say(
                Condition.LOST,
                f"{self._shown} is offline, says the broker.",
                "Check the power or battery of the button and its distance to the gateway.",
            )
            return
        unmapped = self._presses.unmapped
        unknown = f"; {unmapped!r} is not in its map" if unmapped else ""
        self._say(Condition.UP, f"{self._shown}{unknown}", "")

    def _say(self, condition: Condition, detail: str, remedy: str) -> None:
        self._told.say(condition, detail, remedy, counts=self._all_counts())

    def _all_counts(self) -> dict[str, int]:
        return self._presses.counts | self._counts
