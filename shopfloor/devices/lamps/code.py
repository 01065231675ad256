"""What a kind of lamp is, as pure functions from wishes to bytes, and the lamp itself as the twin of its bytes."""

from typing import Protocol

from msgspec import Struct

from shopfloor.devices.lamps.wish import LampWish


class Seen(Struct, frozen=True, kw_only=True):
    """What a lamp answered when it was asked. `shown` None: it does not say what shines. `touched`: its sensor."""

    shown: LampWish | None = None
    touched: bool = False


class LampTwin(Protocol):
    """The lamp's end of the cable: takes bytes in any pieces, knows what shines, answers as the lamp would."""

    shown: LampWish

    def feed(self, data: bytes) -> bytes:
        """Take what was written; the answer, b"" for none."""


class LampCode(Protocol):
    """How a kind that only listens is told what to show. `query` b"": it cannot be asked."""

    query: bytes
    answer_bytes: int

    def able(self, wish: LampWish) -> LampWish:
        """What of the wish this lamp can show."""

    def frames(self, wish: LampWish) -> tuple[bytes, ...]:
        """What has to be written, each in one piece."""

    def read(self, answer: bytes) -> Seen:
        """What the answer to `query` means."""

    def twin(self) -> LampTwin:
        """A lamp of this kind, dark."""
