"""The line as its terminals need it: a log that numbers, keeps and repeats, whatever engine is behind."""

from typing import Final, Protocol

from msgspec import Struct

from shopfloor.link.trouble import LinkTrouble
from shopfloor.link.versions import LINE_MAJOR

REPLY_S_MAX: Final = 3.0  # a line that answers later is told as lost, and judged by nothing else


class NoReply(LinkTrouble):
    """No answer in time: it may have been done, or not."""


class WrongLast(LinkTrouble):
    """Somebody was faster: the last message of that subject is another than was expected. Nothing was stored."""


class Refused(LinkTrouble):
    """The server answers, and does not do it: its disk is full, or its store is damaged. Nothing was stored."""


class NoStream(LinkTrouble):
    """The server answers, and has no such line."""


class Ident(Struct, frozen=True):
    """Which log it is: `stream` names its creation; its first and last message; the server's clock as it answered.

    `major`: the version its terminals write.
    """

    stream: str
    first_seq: int
    last_seq: int
    now_us: int
    major: int = LINE_MAJOR


class Stored(Struct, frozen=True):
    """A message of the log: its number, when it was appended (the server's clock), and what it holds."""

    seq: int
    ts_us: int
    subject: str
    payload: bytes


class Ears(Protocol):
    """What a terminal hears without asking. Called on the loop of the log; must not block."""

    def woken(self, seq: int) -> None:
        """Message `seq` was stored just now. A hint: it may be missing, late or repeated."""

    def told(self, kind: str, terminal: str, payload: bytes) -> None:
        """Another terminal told something that is not stored."""


class LineLog(Protocol):
    """One connection to the line: opened once, used by one loop, and replaced by a fresh one on any doubt.

    Every call but `close` raises LinkTrouble: NoReply after REPLY_S_MAX, Denied, or another that says what is wrong.
    """

    async def open(self, ears: Ears) -> None:
        """Connect and begin to listen."""

    async def ident(self) -> Ident:
        """What the log is now: asked of the one that decides on order, so that its answer is a sign of life.

        Raises NoStream.
        """

    async def publish(self, origin: str, payload: bytes, *, expected_seq: int, message_id: str) -> int:
        """Append to the subject of an origin if its last message is `expected_seq` (0: none); the number it got.

        A message that was stored before is not stored again: it raises WrongLast as any other, for it is the last now.
        """

    async def decide(self, thing: str, payload: bytes, *, expected_seq: int, message_id: str) -> int:
        """The same on the subject of a thing that terminals race for."""

    async def last_of(self, origin: str) -> Stored | None:
        """The last message of an origin's subject."""

    async def last_decision(self, thing: str) -> Stored | None:
        """The last decision on a thing."""

    async def keep(self, name: str, payload: bytes) -> int:
        """Store a snapshot's part as this terminal's newest of that name, whatever was before; the number it got."""

    async def kept(self, name: str) -> list[Stored]:
        """The newest of that name of every terminal."""

    async def at(self, seq: int) -> Stored | None:
        """The message with this number; None if there is none."""

    async def read(self, after_seq: int, limit: int) -> list[Stored]:
        """Messages that follow, in order and without a gap but those the log has itself; none if there are none yet."""

    async def tell(self, kind: str, payload: bytes) -> None:
        """Tell something to those who listen at the moment; it is not stored, and nobody answers."""

    async def close(self) -> None:
        """End the connection, soon and whatever state it is in; never raises."""
