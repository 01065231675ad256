"""One thread a port: opens it, reads it, stamps and frames what comes, hands it on, and says how it is. For ever."""

import logging
import threading
from collections.abc import Callable, Sequence

from shopfloor.clock import Clock
from shopfloor.core.commands import ReadSignal, SignalKind
from shopfloor.core.health import Condition, Health
from shopfloor.core.line import Device
from shopfloor.core.moment import Now
from shopfloor.core.ports import Report, Submit
from shopfloor.devices.framing import Frame, Framer
from shopfloor.devices.retry import RETRY_S, Backoff
from shopfloor.devices.transport import PortFault, Transport

READ_TIMEOUT_S = 0.5  # how late a stop is seen; two wake-ups a second are 0.15 % of a core
READ_BYTES_MAX = 4096  # a kernel's terminal buffer
SUBMIT_AGAIN_S = 0.05  # a full inbox drains a hundred commits in this time on a good disk
HELD_SHOWN_S = 0.5  # a shorter wait for the inbox is a burst, not a trouble
COUNTS_S = 0.5  # counters are published at most this often
JOIN_S = 2.0

_NS_PER_S = 1_000_000_000

log = logging.getLogger(__name__)


class PortThread:
    """Owns one device's transport; nobody else touches it. A daemon, so that a hanging driver cannot hold the exit."""

    def __init__(
        self,
        device: Device,
        transport: Transport,
        *,
        to_signal: Callable[[Device, Frame], ReadSignal],
        submit: Submit,
        report: Report,
        clock: Clock,
        jitter: Callable[[], float],
        retry_s: Sequence[float] = RETRY_S,
    ) -> None:
        self._device = device
        self._transport = transport
        self._to_signal = to_signal
        self._submit = submit
        self._report = report
        self._clock = clock
        self._jitter = jitter
        self._backoff = Backoff(retry_s)
        self._framer = Framer()
        self._wake = threading.Event()
        self._stopping = False
        self._again = False
        self._thread = threading.Thread(target=self._run, name=f"shopfloor-port-{device.id}", daemon=True)
        self._counts = dict.fromkeys(("bytes", "no_reads", "reconnects", "held_back", "undelivered"), 0)
        self._health = Health(
            id=device.id,
            kind=device.kind.value,
            condition=Condition.NEW,
            since_us=clock.now().at_us,
            station=device.station,
            detail=transport.describe(),
        )
        self._published_ns = 0
        self._opened_before = False

    @property
    def alive(self) -> bool:
        """Whether the thread runs; only a bug ends one that nobody stopped."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin; the port is opened by the thread."""
        self._report([self._health])
        self._thread.start()

    def restart(self) -> None:
        """Close the port and try it again at once; returns before that is done."""
        self._again = True
        self._wake.set()

    def ask_stop(self) -> None:
        """Ask the thread to end; returns at once."""
        self._stopping = True
        self._wake.set()

    def join(self, timeout_s: float = JOIN_S) -> bool:
        """Wait for the end; False if a driver holds the thread longer than that."""
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
            self._show(condition, self._transport.describe(), "" if self._stopping else "Restart the device.")

    def _session(self) -> None:
        began = self._clock.now()
        try:
            self._transport.open()
            began = self._clock.now()
            self._up()
            while not (self._stopping or self._again):
                self._read()
        except PortFault as fault:
            self._framer.reset()
            self._lost(fault)
        finally:
            self._transport.close()
            self._framer.reset()
        self._pause((self._clock.now().mono_ns - began.mono_ns) / _NS_PER_S)

    def _pause(self, up_s: float) -> None:
        if self._again:
            self._backoff.reset()
        elif not self._stopping:
            self._clock.wait(self._wake, self._backoff.wait_s(up_s=up_s, jitter=self._jitter()))
        self._again = False
        self._wake.clear()

    def _read(self) -> None:
        before = self._clock.now()
        data = self._transport.read(READ_BYTES_MAX, READ_TIMEOUT_S)
        now = self._clock.now()
        self._counts["bytes"] += len(data)
        for frame in self._framer.feed(data, waited_ns=now.mono_ns - before.mono_ns):
            signal = self._to_signal(self._device, frame)
            self._counts["no_reads"] += signal.signal is SignalKind.NO_READ
            self._hand_over(signal, now)
        self._show_counts(now)

    def _hand_over(self, signal: ReadSignal, now: Now) -> None:
        """Submit once; while the inbox is full wait here, so that the rest stays in the port's own buffer."""
        if self._submit(signal, now):
            return
        self._counts["held_back"] += 1
        while not self._submit(signal, now):
            if self._stopping:
                self._counts["undelivered"] += 1
                return
            if (self._clock.now().mono_ns - now.mono_ns) > HELD_SHOWN_S * _NS_PER_S:
                self._show(
                    Condition.TROUBLE,
                    "The inbox is full: signals of this device wait in its port.",
                    "Wait; if it stays, look at the disk in Health.",
                )
            self._clock.wait(self._wake, SUBMIT_AGAIN_S)
            if not self._stopping:
                self._wake.clear()
        self._show_up()

    def _up(self) -> None:
        if self._opened_before:
            self._counts["reconnects"] += 1
        self._opened_before = True
        log.info("%s is up at %s", self._device.id, self._transport.describe())
        self._show_up()

    def _lost(self, fault: PortFault) -> None:
        if fault.condition is not self._health.condition:
            log.info("%s is %s: %s", self._device.id, fault.condition.value, fault)
        self._show(fault.condition, fault.what, fault.remedy)

    def _show_up(self) -> None:
        condition = Condition.VIRTUAL if self._transport.emulated else Condition.UP
        self._show(condition, self._transport.describe(), "")

    def _show(self, condition: Condition, detail: str, remedy: str) -> None:
        shown = self._health
        if (condition, detail, remedy) == (shown.condition, shown.detail, shown.remedy):
            return
        now = self._clock.now()
        since_us = shown.since_us if condition is shown.condition else now.at_us
        self._publish(now, condition=condition, since_us=since_us, detail=detail, remedy=remedy)

    def _show_counts(self, now: Now) -> None:
        if now.mono_ns - self._published_ns >= COUNTS_S * _NS_PER_S and self._all_counts() != self._health.counts:
            shown = self._health
            self._publish(
                now, condition=shown.condition, since_us=shown.since_us, detail=shown.detail, remedy=shown.remedy
            )

    def _publish(self, now: Now, *, condition: Condition, since_us: int, detail: str, remedy: str) -> None:
        self._published_ns = now.mono_ns
        self._health = Health(
            id=self._device.id,
            kind=self._device.kind.value,
            condition=condition,
            since_us=since_us,
            station=self._device.station,
            detail=detail,
            remedy=remedy,
            counts=self._all_counts(),
        )
        self._report([self._health])

    def _all_counts(self) -> dict[str, int]:
        framed = self._framer.counts
        return self._counts | {
            "frames": framed.frames,
            "undecodable": framed.undecodable,
            "overflows": framed.overflows,
            "stale": framed.stale,
        }
