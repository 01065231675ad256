"""A line server in memory, and what can happen to one: it may end, forget its tail, all of it, or return to a copy."""

import itertools
from bisect import bisect_left
from collections.abc import Callable
from operator import attrgetter
from typing import Final

from msgspec import Struct

from shopfloor.link.line_names import EVERY, LineNames
from shopfloor.link.log import Ident, NoStream, Refused, Stored, WrongLast
from shopfloor.link.versions import LINE_MAJOR

REMEMBERED_US: Final = 120_000_000  # for so long a repeated message is known by its id


class _Log(Struct, frozen=True):
    stream: str
    messages: tuple[Stored, ...]
    ids: dict[str, tuple[int, int]]


class SoftServer:
    """The log of one line. `clock` tells its microseconds; `on_stored` hears each new message."""

    def __init__(self, line: str, clock: Callable[[], int]) -> None:
        self.names = LineNames(line)
        self.up = True
        self.major = LINE_MAJOR
        self.starts = 0
        self.is_full = False
        self.is_confused = False  # expects another last message than it tells of
        self.on_stored: list[Callable[[int], None]] = []
        self._clock = clock
        self._creations = itertools.count(1)
        self._stream = ""
        self._messages: list[Stored] = []
        self._last: dict[str, Stored] = {}
        self._ids: dict[str, tuple[int, int]] = {}
        self.create()

    def create(self) -> None:
        """Begin an empty log, as after its disk was wiped."""
        self._stream = f"creation-{next(self._creations)}"
        self._put((), {})

    def restart(self) -> None:
        """End and begin again: every connection is lost."""
        self.starts += 1
        self.up = True

    def end(self) -> None:
        """End; nobody answers until it is started again."""
        self.up = False

    def wipe(self) -> None:
        """Lose the disk; somebody creates the line anew."""
        self.create()
        self.restart()

    def lose_tail(self, count: int) -> None:
        """A power cut of a disk that had acknowledged too early: the newest messages are gone."""
        kept = tuple(self._messages[: max(0, len(self._messages) - count)])
        seqs = {message.seq for message in kept}
        self._put(kept, {name: found for name, found in self._ids.items() if found[0] in seqs})
        self.restart()

    def copy(self) -> _Log:
        """A backup."""
        return _Log(self._stream, tuple(self._messages), dict(self._ids))

    def restore(self, copy: _Log) -> None:
        """Put a backup back."""
        self._stream = copy.stream
        self._put(copy.messages, dict(copy.ids))
        self.restart()

    def compact(self, until_seq: int) -> None:
        """Drop what is older, but the last message of each subject."""
        kept = {message.seq for message in self._last.values()}
        self._messages = [one for one in self._messages if one.seq > until_seq or one.seq in kept]

    def delete_stream(self) -> None:
        """The server answers, and has no line."""
        self._stream = ""

    @property
    def now_us(self) -> int:
        """The server's clock."""
        return self._clock()

    def messages(self) -> list[Stored]:
        """All of them, for whoever checks."""
        return list(self._messages)

    def ident(self) -> Ident:
        """Raises NoStream."""
        if not self._stream:
            raise NoStream(f"Expected line {self.names.line}, found none.", remedy="Create it at the server.")
        return Ident(
            self._stream, self._messages[0].seq if self._messages else 0, self._last_seq, self.now_us, self.major
        )

    def append(self, subject: str, payload: bytes, expected_seq: int, message_id: str) -> int:
        """The number the message got. Raises WrongLast."""
        self._make_room()
        last = self._last.get(subject)
        if self.is_confused:
            raise WrongLast(f"Expected another last message than {expected_seq} of {subject}.", remedy="")
        got = last.seq if last else 0
        if got != expected_seq:  # looked at first, as the real server does: a message repeated meets this
            raise WrongLast(f"Expected last message {expected_seq} of {subject}, got {got}.", remedy="")
        known = self._ids.get(message_id)
        if known is not None and self.now_us - known[1] < REMEMBERED_US:
            return known[0]
        seq = self.put(subject, payload)
        self._ids[message_id] = (seq, self._last[subject].ts_us)
        return seq

    def put(self, subject: str, payload: bytes) -> int:
        """The number the message got, whatever was before. Raises NoStream, Refused."""
        self._make_room()
        message = Stored(self._last_seq + 1, self.now_us, subject, payload)
        self._messages.append(message)
        self._last[subject] = message
        for hear in list(self.on_stored):
            hear(message.seq)
        return message.seq

    def kept(self, name: str) -> list[Stored]:
        """The last snapshot message of that name of each terminal."""
        self.ident()
        begin, end = self.names.snapshot(EVERY, name).split(EVERY)
        return [one for subject, one in self._last.items() if subject.startswith(begin) and subject.endswith(end)]

    def last(self, subject: str) -> Stored | None:
        """The last message of a subject."""
        self.ident()
        return self._last.get(subject)

    def at(self, seq: int) -> Stored | None:
        """The message with this number."""
        self.ident()
        place = self._place(seq)
        found = self._messages[place : place + 1]
        return found[0] if found and found[0].seq == seq else None

    def read(self, after_seq: int, limit: int) -> list[Stored]:
        """The messages that follow."""
        self.ident()
        place = self._place(after_seq + 1)
        return self._messages[place : place + limit]

    def _make_room(self) -> None:
        self.ident()
        if self.is_full:
            raise Refused("The server refused with 10047: its disk is full.", remedy="Make room at the server.")

    @property
    def _last_seq(self) -> int:
        return self._messages[-1].seq if self._messages else 0

    def _place(self, seq: int) -> int:
        return bisect_left(self._messages, seq, key=attrgetter("seq"))

    def _put(self, messages: tuple[Stored, ...], ids: dict[str, tuple[int, int]]) -> None:
        self._messages = list(messages)
        self._last = {message.subject: message for message in messages}
        self._ids = ids
