"""What a lamp's thread needs of a lamp, whatever the lamp is, and the one for kinds that only listen."""

from typing import Final, Protocol

from shopfloor.core.health import Condition
from shopfloor.devices.lamps.code import LampCode, Seen
from shopfloor.devices.lamps.wish import LampWish
from shopfloor.devices.transport import PortFault, Transport

UNASKED_BYTES_MAX: Final = 256  # of what a lamp says by itself; more is dropped in the next look
ANSWER_S_MAX: Final = 1.0  # a lamp that takes longer to answer is treated as gone


class LampDriver(Protocol):
    """One lamp that can be plugged in and out. Called by one thread; what talks to the lamp raises PortFault."""

    @property
    def emulated(self) -> bool:
        """Whether no real lamp is behind it."""

    def open(self) -> None:
        """Take the lamp's port."""

    def able(self, wish: LampWish) -> LampWish:
        """What of the wish this lamp can show; never raises."""

    def show(self, wish: LampWish) -> None:
        """Let it shine."""

    def look(self) -> Seen | None:
        """What the lamp says of itself; None where it cannot be asked."""

    def check(self) -> None:
        """Notice a cable that was pulled out; what came unasked is dropped. Never waits."""

    def close(self) -> None:
        """Let go of the port; never raises."""

    def describe(self) -> str:
        """The lamp's port as a technician knows it."""


class ListeningLamp:
    """A lamp that is told what to show and confirms nothing; some kinds can be asked whether they are there."""

    def __init__(self, code: LampCode, transport: Transport) -> None:
        self._code = code
        self._transport = transport
        self.emulated = transport.emulated

    def open(self) -> None:
        """Take the port."""
        self._transport.open()

    def able(self, wish: LampWish) -> LampWish:
        """What of the wish this kind can show."""
        return self._code.able(wish)

    def show(self, wish: LampWish) -> None:
        """Write all of it."""
        for frame in self._code.frames(wish):
            self._transport.write(frame)

    def look(self) -> Seen | None:
        """Ask, where the kind can be asked."""
        if not self._code.query:
            return None
        self._transport.write(self._code.query)
        answer = read_exactly(self._transport, self._code.answer_bytes)
        return self._code.read(answer)

    def check(self) -> None:
        """Read what nobody asked for."""
        self._transport.read(UNASKED_BYTES_MAX, 0.0)

    def close(self) -> None:
        """Let go of the port."""
        self._transport.close()

    def describe(self) -> str:
        """The port."""
        return self._transport.describe()


def read_exactly(transport: Transport, count: int) -> bytes:
    """So many bytes of an answer. Raises PortFault if they do not come in time."""
    answer = b""
    while len(answer) < count:
        piece = transport.read(count - len(answer), ANSWER_S_MAX)
        if not piece:
            raise silent(transport, expected=f"{count} bytes", got=f"{len(answer)}")
        answer += piece
    return answer


def silent(transport: Transport, *, expected: str, got: str) -> PortFault:
    """The fault of a lamp that does not answer as it should."""
    return PortFault(
        Condition.LOST,
        f"{transport.describe()}: expected {expected} within {ANSWER_S_MAX:.0f} s, got {got}.",
        remedy="Check the lamp's power and cable, and that its kind in the line file is right.",
    )
