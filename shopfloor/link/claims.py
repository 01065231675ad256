"""What terminals tell each other of events that the line has not: who knows what, a question for it, and the answer.

All of it goes where heartbeats go. Older programs take no notice, and no key needs a right that it has not.
"""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from shopfloor.core.line_link import SILENT_NS, Known, LineEntry, OwnJournal
from shopfloor.core.moment import Now
from shopfloor.link.line_names import terminal_of
from shopfloor.link.status import LinkStatus
from shopfloor.link.wire import Count, decode_batch, encode_batch, fitting

CLAIMS_MAX: Final = 8  # of one heartbeat, half a kilobyte: the others come with the next ones
ANSWER_EVENTS: Final = 256  # of one answer, which everybody hears: some 60 kB


class Ask(Struct, tag="ask", array_like=True, frozen=True):
    """A question for the events of an origin behind `after`, by who writes as `by` to who writes as `to`."""

    by: str
    to: str
    origin: str
    after: Count


class Answer(Struct, tag="answer", array_like=True, frozen=True):
    """The answer: consecutive events in `batch`, those that are kept of what was asked for."""

    by: str
    to: str
    origin: str
    after: Count
    batch: bytes


_encoder = msgspec.msgpack.Encoder()
_told = msgspec.msgpack.Decoder(Ask | Answer)


class Claims:
    """What this terminal knows and the line has not, of terminals that can hear it: the next ones each time."""

    def __init__(self, journal: OwnJournal, status: LinkStatus) -> None:
        self._journal = journal
        self._status = status
        self._last = ""

    def next(self, now: Now) -> tuple[Known, ...]:
        """Those to be told now."""
        heard = {one.terminal for one in self._status.view().others if now.mono_ns - one.heard_ns < SILENT_NS}
        known = [one for one in self._journal.unread() if terminal_of(one.origin) in heard] if heard else []
        known.sort(key=lambda one: (one.origin <= self._last, one.origin))
        told = tuple(known[:CLAIMS_MAX])
        self._last = told[-1].origin if told else ""
        return told


def encode(told: Ask | Answer) -> bytes:
    """A question or an answer as it is told."""
    return _encoder.encode(told)


def decode(payload: bytes) -> Ask | Answer | None:
    """What was told; None if it is a heartbeat, or a newer program's."""
    try:
        return _told.decode(payload)
    except msgspec.DecodeError:
        return None


def answer(journal: OwnJournal, ask: Ask) -> Answer:
    """What is known here of what somebody asks for."""
    entries = journal.events_of(ask.origin, ask.after, ANSWER_EVENTS)
    batch = encode_batch(fitting(entries))[1] if entries else b""
    return Answer(ask.to, ask.by, ask.origin, ask.after, batch)


def events_in(told: Answer) -> Sequence[LineEntry]:
    """The events of an answer, which the line has not. Raises WireTrouble."""
    return decode_batch(told.batch, seq=0, ts_us=0) if told.batch else ()
