"""A lamp inside this process: it takes the very bytes of its kind and says what would shine. Faults on command."""

import threading
from collections import deque
from collections.abc import Callable

from shopfloor.core.health import Condition
from shopfloor.devices.lamps.code import LampTwin
from shopfloor.devices.lamps.wish import DARK, LampWish
from shopfloor.devices.transport import PortFault
from shopfloor.devices.virtual import Fault

FRAMES_MAX = 256  # what a test or a screen looks back at

_PLUGS = {Fault.UNPLUG: Condition.LOST, Fault.BUSY: Condition.BUSY, Fault.DENIED: Condition.DENIED}


class VirtualLamp:
    """The lamp's end of an emulated cable; any thread may look, one transport may have it open."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._changed = threading.Condition()
        self._twin: LampTwin | None = None
        self._plugged = False
        self._answers = bytearray()
        self._frames: deque[bytes] = deque(maxlen=FRAMES_MAX)
        self._open = False
        self._refused: PortFault | None = None

    @classmethod
    def get(cls, name: str) -> "VirtualLamp":
        """The lamp of that name in this process, made when it is first asked for."""
        with _LOCK:
            return _LAMPS.setdefault(name, cls(name))

    @property
    def shown(self) -> LampWish:
        """What shines."""
        with self._changed:
            return self._twin.shown if self._twin else DARK

    @property
    def frames(self) -> tuple[bytes, ...]:
        """What was written last, each piece as it was written."""
        with self._changed:
            return tuple(self._frames)

    @property
    def is_open(self) -> bool:
        """Whether somebody drives it."""
        with self._changed:
            return self._open

    def wait_shown(self, wish: LampWish, timeout_s: float) -> bool:
        """Wait until it shows this."""
        return self.wait(lambda: self._twin is not None and self._twin.shown == wish, timeout_s)

    def wait_frames(self, count: int, timeout_s: float) -> bool:
        """Wait until so many pieces were written since it was made, at most `FRAMES_MAX`."""
        return self.wait(lambda: len(self._frames) >= count, timeout_s)

    def wait(self, met: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until something about it is so."""
        with self._changed:
            return self._changed.wait_for(met, timeout_s)

    def plug(self, twin: LampTwin) -> None:
        """Make it this very lamp, whatever its kind in the line file would be."""
        with self._changed:
            self._twin, self._plugged = twin, True

    def meddle(self, wish: LampWish) -> None:
        """Somebody presses the lamp's own button: it shows something else than it was told."""
        with self._changed:
            assert self._twin is not None, "nobody has opened it yet"
            self._twin.shown = wish
            self._changed.notify_all()

    def fault(self, kind: str) -> None:
        """Pull it out, put it in again, or refuse it (a Fault). Pulled out, it goes dark."""
        fault = Fault(kind)
        with self._changed:
            if fault is Fault.REPLUG:
                self._refused = None
            else:
                self._refused = PortFault(
                    _PLUGS[fault], f"virtual://{self.name}: {fault.value} (emulated).", remedy="Replug it."
                )
                self._open = False
                if self._twin is not None:
                    self._twin.shown = DARK
            self._changed.notify_all()

    def take(self, twin: Callable[[], LampTwin]) -> None:
        """Open from the host's side, as the lamp of the kind it is driven as. Raises PortFault."""
        with self._changed:
            if self._refused is not None:
                raise self._refused
            if self._open:
                raise PortFault(
                    Condition.BUSY, f"virtual://{self.name} is used by another lamp.", remedy="Name another."
                )
            if not self._plugged:
                was, self._twin = self._twin, twin()
                self._twin.shown = was.shown if was else DARK  # it has not been dark while nobody drove it
            self._answers.clear()
            self._open = True
            self._changed.notify_all()

    def put(self, data: bytes) -> None:
        """Write from the host's side. Raises PortFault once it is pulled out."""
        with self._changed:
            twin = self._driven()
            self._frames.append(data)
            self._answers += twin.feed(data)
            self._changed.notify_all()

    def receive(self, bytes_max: int, timeout_s: float) -> bytes:
        """Read from the host's side. Raises PortFault once it is pulled out."""
        with self._changed:
            self._changed.wait_for(lambda: self._answers or not self._open, timeout_s)
            self._driven()
            data = bytes(self._answers[:bytes_max])
            del self._answers[:bytes_max]
            return data

    def give_back(self) -> None:
        """Close from the host's side; a lamp stays as it is."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def _driven(self) -> LampTwin:
        if not self._open or self._twin is None:
            raise self._refused or PortFault(Condition.LOST, f"virtual://{self.name} is not open.", remedy="")
        return self._twin


class VirtualLampTransport:
    """The host's end of an emulated lamp's cable."""

    emulated = True

    def __init__(self, name: str, twin: Callable[[], LampTwin]) -> None:
        self._lamp = VirtualLamp.get(name)
        self._twin = twin
        self._mine = False

    def open(self) -> None:
        """Take the lamp for this transport alone."""
        self._lamp.take(self._twin)
        self._mine = True

    def read(self, bytes_max: int, timeout_s: float) -> bytes:
        """What the lamp has answered; b"" after the timeout."""
        return self._lamp.receive(bytes_max, timeout_s)

    def write(self, data: bytes) -> None:
        """Send."""
        self._lamp.put(data)

    def close(self) -> None:
        """Let go of it."""
        if self._mine:
            self._mine = False
            self._lamp.give_back()

    def describe(self) -> str:
        """The lamp, loudly no real one."""
        return f"emulated: virtual://{self._lamp.name}"


_LOCK = threading.Lock()
_LAMPS: dict[str, VirtualLamp] = {}  # as many as a line file names
