"""The digital inputs of one I/O module at a station, read in the bus's turns and told as presses and contacts."""

from collections import deque

from shopfloor.core.commands import ReadSignal, SignalKind
from shopfloor.core.commands_andon import ReadContact
from shopfloor.core.health import Condition
from shopfloor.core.line import Device
from shopfloor.core.line_andon import InputMode
from shopfloor.core.moment import Now
from shopfloor.core.ports import Report, Submit
from shopfloor.devices.modbus.bus import ModbusBus
from shopfloor.devices.modbus.link import Link
from shopfloor.devices.modbus.spans import spans
from shopfloor.devices.modbus.told import Told
from shopfloor.devices.modbus.watched import Change, Watched
from shopfloor.devices.transport import PortFault

UNKNOWN_POLLS = 3  # one failed poll is noise on the line
HELD_MAX = 64  # a minute of presses, one a second, while the inbox is full; then the oldest goes, and is counted
HELD_SHOWN_S = 0.5  # a shorter wait for the inbox is a burst, not a trouble
INPUTS_MAX = 2000  # the protocol's limits of one read (functions 2 and 4)
WORDS_MAX = 125
GAP_MAX = 7  # modules have inputs and counters in groups of four and eight: what lies between two of them is there, too

_NS_PER_MS = 1_000_000
_NS_PER_S = 1_000_000_000


class ModbusInputs:
    """One device of the line file. It leaves the bus for the others on it, whatever becomes of its module."""

    def __init__(self, device: Device, bus: ModbusBus, *, submit: Submit, report: Report) -> None:
        self._device = device
        self._bus = bus
        self._submit = submit
        self._clock = bus.clock
        self._watched = [Watched(contact) for contact in device.inputs]
        counters = [
            contact.counter + word
            for contact in device.inputs
            if contact.counter is not None
            for word in range(contact.counter_words)
        ]
        self._counter_spans = spans(counters, gap_max=GAP_MAX, count_max=WORDS_MAX)
        self._input_spans = spans((c.address for c in device.inputs), gap_max=GAP_MAX, count_max=INPUTS_MAX)
        self._poll_ns = (device.poll_ms or bus.poll_ms) * _NS_PER_MS
        self._due_ns = 0
        self._held: deque[tuple[ReadSignal | ReadContact, Now]] = deque()
        self._holding = False
        self._failures = 0
        self._opened = 0
        names = ("presses", "changes", "counted", "failed_polls", "reconnects", "held_back", "undelivered")
        self._counts = dict.fromkeys(names, 0)
        self._told = Told(device, report, clock=self._clock, detail=self._where())

    @property
    def unit(self) -> int:
        """The module's number on its bus."""
        return self._device.unit

    @property
    def alive(self) -> bool:
        """Whether the bus's thread runs; only a bug ends one that nobody stopped."""
        return self._bus.alive

    def start(self) -> None:
        """Begin; the bus is opened by its thread."""
        self._told.begin()
        self._bus.add(self)

    def restart(self) -> None:
        """Connect the bus anew at once; returns before that is done."""
        self._bus.try_again()

    def ask_stop(self) -> None:
        """Leave the bus; returns at once."""
        self._bus.remove(self)

    def join(self, timeout_s: float) -> bool:
        """Wait for the end; False if a driver holds the bus longer than that."""
        over = self._bus.wait_left(self, timeout_s)
        if over:
            self._counts["undelivered"] += len(self._held)
            self._held.clear()
            self._say(Condition.STOPPED, self._where())
        return over

    def due_ns(self) -> int:
        """The next poll; sooner where a sample can settle what the last one left open."""
        return min((self._due_ns, *(w.settles_ns for w in self._watched if w.settles_ns is not None)))

    def connected(self) -> None:
        """What was read last may be old."""
        self._opened += 1
        self._counts["reconnects"] = self._opened - 1
        for watched in self._watched:
            watched.gap()

    def exchange(self, link: Link) -> None:
        """Read the module once; raises PortFault."""
        self._hand_over()
        self._due_ns = self._clock.now().mono_ns + self._poll_ns
        # Counters first: a pulse that the levels then do not show was a press that is over.
        words: dict[int, int] = {}
        for span in self._counter_spans:
            words |= dict(enumerate(link.read_registers(self.unit, span.address, span.count), span.address))
        closed: dict[int, bool] = {}
        for span in self._input_spans:
            closed |= dict(enumerate(link.read_inputs(self.unit, span.address, span.count), span.address))
        now = self._clock.now()
        for watched in self._watched:
            contact = watched.contact
            first = contact.counter
            pulses = [] if first is None else [words[first + word] for word in range(contact.counter_words)]
            for change in watched.feed(closed[contact.address], pulses, now):
                self._tell(watched, change)
        self._failures = 0
        self._hand_over()
        self._say_up(now)

    def unreadable(self, fault: PortFault) -> None:
        """A poll failed; after the third, and before the first good one, the inputs are unknown."""
        self._failures += 1
        self._counts["failed_polls"] += 1
        unknown = self._failures >= UNKNOWN_POLLS or self._told.health.condition is Condition.NEW
        for watched in self._watched:
            if unknown:
                watched.forget()
            else:
                watched.gap()
        self._hand_over()
        if unknown:
            self._say(fault.condition, f"Its inputs are unknown: {fault.what}", fault.remedy)

    def ended(self) -> None:
        """The bus's thread has died of a bug."""
        self._say(Condition.TROUBLE, self._where(), "Restart the device.")

    def _tell(self, watched: Watched, change: Change) -> None:
        contact = watched.contact
        self._counts["counted"] += change.counted and change.active
        if contact.mode is InputMode.CONTACT:
            self._counts["changes"] += 1
            command: ReadSignal | ReadContact = ReadContact(
                station=self._device.station, device=self._device.id, input=contact.name, active=change.active
            )
        else:
            self._counts["presses"] += 1
            command = ReadSignal(
                station=self._device.station, device=self._device.id, text=contact.name, signal=SignalKind.BUTTON
            )
        if len(self._held) == HELD_MAX:
            self._held.popleft()
            self._counts["undelivered"] += 1
        self._held.append((command, change.at))

    def _hand_over(self) -> None:
        """Submit what is held. A full inbox is asked again at the next turn: the others on the bus do not wait."""
        while self._held:
            if not self._submit(*self._held[0]):
                self._counts["held_back"] += not self._holding
                self._holding = True
                return
            self._held.popleft()
        self._holding = False

    def _say_up(self, now: Now) -> None:
        if self._held and now.mono_ns - self._held[0][1].mono_ns > HELD_SHOWN_S * _NS_PER_S:
            self._say(
                Condition.TROUBLE,
                "The inbox is full: signals of this device wait for it.",
                "Wait; if it stays, look at the disk in Health.",
            )
        else:
            self._say(Condition.VIRTUAL if self._bus.emulated else Condition.UP, self._where())
        self._told.count(self._counts)

    def _say(self, condition: Condition, detail: str, remedy: str = "") -> None:
        self._told.say(condition, detail, remedy, counts=self._counts)

    def _where(self) -> str:
        return f"{self._bus.describe()} unit {self.unit}"
