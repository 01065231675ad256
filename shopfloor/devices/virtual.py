"""The virtual twin of a port: inside this process, faults on command, and never mistaken for a real one."""

import threading
from enum import StrEnum

from shopfloor.core.health import Condition
from shopfloor.devices.transport import PortFault

BUFFER_BYTES_MAX = 4096  # a kernel's terminal buffer: a sender waits when nobody reads
SEND_TIMEOUT_S = 5.0  # longer than a commit on a bad disk; then the twin is unread, as a device would be

_NOISE = b"\x00\xff\xfeK\x7f\x1b[A\x80"


class Fault(StrEnum):
    """What can go wrong between a scanner and its port."""

    UNPLUG = "unplug"
    REPLUG = "replug"
    BUSY = "busy"
    DENIED = "denied"
    HALF = "half"
    NOISE = "noise"
    UNTEXT = "untext"
    OVERSIZE = "oversize"
    NO_READ = "no_read"
    DOUBLE = "double"
    BURST = "burst"
    GLUED = "glued"


class VirtualPort:
    """The device's end of an emulated cable; any thread may send, one transport may have it open."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._changed = threading.Condition()
        self._to_host = bytearray()
        self._from_host = bytearray()
        self._open = False
        self._refused: PortFault | None = None

    @classmethod
    def get(cls, name: str) -> "VirtualPort":
        """The port of that name in this process, made when it is first asked for."""
        with _LOCK:
            return _PORTS.setdefault(name, cls(name))

    @property
    def is_open(self) -> bool:
        """Whether somebody listens."""
        with self._changed:
            return self._open

    @property
    def written(self) -> bytes:
        """What the host wrote last, at most a buffer of it."""
        with self._changed:
            return bytes(self._from_host)

    def wait_open(self, timeout_s: float) -> bool:
        """Wait until somebody listens."""
        with self._changed:
            return self._changed.wait_for(lambda: self._open, timeout_s)

    def send(self, data: bytes) -> bool:
        """Send as the device would; False if nobody listened, as then the bytes are gone."""
        rest = memoryview(data)
        with self._changed:
            while rest:
                self._changed.wait_for(self._may_send, SEND_TIMEOUT_S)
                room = BUFFER_BYTES_MAX - len(self._to_host)
                if not self._open or not room:
                    return False
                self._to_host += rest[:room]
                rest = rest[room:]
                self._changed.notify_all()
        return True

    def fault(self, kind: str, *, code: str = "", times: int = 50) -> bool:
        """Do what `kind` (a Fault) says, with `code` where one is needed; False if nobody listened."""
        fault = Fault(kind)
        if fault in {Fault.UNPLUG, Fault.REPLUG, Fault.BUSY, Fault.DENIED}:
            self._plug(fault)
            return True
        frame = code.encode() + b"\r"
        match fault:
            case Fault.HALF:
                return self.send(frame[: max(1, len(code) // 2)])
            case Fault.NOISE:
                return self.send(_NOISE)
            case Fault.UNTEXT:
                return self.send(_NOISE + b"\r")
            case Fault.OVERSIZE:
                return self.send(b"K" * 600 + b"\r")
            case Fault.NO_READ:
                return self.send(b"NR\r")
            case Fault.DOUBLE:
                return self.send(frame * 2)
            case Fault.GLUED:
                return self.send(code.encode() + frame)
            case _:
                return self.send(frame * times)

    def take(self) -> None:
        """Open from the host's side; what came before is gone. Raises PortFault."""
        with self._changed:
            if self._refused is not None:
                raise self._refused
            if self._open:
                raise _refusal(self.name, Fault.BUSY)
            self._to_host.clear()
            self._open = True
            self._changed.notify_all()

    def receive(self, bytes_max: int, timeout_s: float) -> bytes:
        """Read from the host's side. Raises PortFault once it is pulled out."""
        with self._changed:
            self._changed.wait_for(lambda: self._to_host or not self._open, timeout_s)
            if not self._open:
                raise self._refused or _refusal(self.name, Fault.UNPLUG)
            data = bytes(self._to_host[:bytes_max])
            del self._to_host[:bytes_max]
            self._changed.notify_all()
            return data

    def put(self, data: bytes) -> None:
        """Write from the host's side. Raises PortFault once it is pulled out."""
        with self._changed:
            if not self._open:
                raise self._refused or _refusal(self.name, Fault.UNPLUG)
            self._from_host += data
            del self._from_host[:-BUFFER_BYTES_MAX]
            self._changed.notify_all()

    def give_back(self) -> None:
        """Close from the host's side."""
        with self._changed:
            self._open = False
            self._changed.notify_all()

    def _may_send(self) -> bool:
        return not self._open or len(self._to_host) < BUFFER_BYTES_MAX

    def _plug(self, fault: Fault) -> None:
        with self._changed:
            self._refused = None if fault is Fault.REPLUG else _refusal(self.name, fault)
            if fault is not Fault.REPLUG:
                self._open = False
                self._to_host.clear()
            self._changed.notify_all()


class VirtualTransport:
    """The host's end of an emulated cable."""

    emulated = True

    def __init__(self, name: str) -> None:
        self._port = VirtualPort.get(name)
        self._mine = False

    def open(self) -> None:
        """Take the port for this transport alone."""
        self._port.take()
        self._mine = True

    def read(self, bytes_max: int, timeout_s: float) -> bytes:
        """What has come, as soon as there is any; b"" after the timeout."""
        return self._port.receive(bytes_max, timeout_s)

    def write(self, data: bytes) -> None:
        """Send."""
        self._port.put(data)

    def close(self) -> None:
        """Let go of the port."""
        if self._mine:
            self._mine = False
            self._port.give_back()

    def describe(self) -> str:
        """The port, loudly no real one."""
        return f"emulated: virtual://{self._port.name}"


def _refusal(name: str, fault: Fault) -> PortFault:
    port = f"virtual://{name}"
    match fault:
        case Fault.BUSY:
            return PortFault(Condition.BUSY, f"{port} is used by another program (emulated).", remedy="Replug it.")
        case Fault.DENIED:
            return PortFault(Condition.DENIED, f"{port} may not be opened (emulated).", remedy="Replug it.")
        case _:
            return PortFault(Condition.LOST, f"{port} was pulled out (emulated).", remedy="Replug it.")


_LOCK = threading.Lock()
_PORTS: dict[str, VirtualPort] = {}  # as many as a line file names
