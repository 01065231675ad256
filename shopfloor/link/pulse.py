"""Once a second: is the line there, what does its clock say, and how is this terminal and every other one."""

import asyncio
from collections.abc import Callable
from typing import Final

import msgspec

from shopfloor.clock import Clock
from shopfloor.core.line_link import Discipline, Known, OwnJournal, Presence
from shopfloor.core.moment import NS_PER_US, Now
from shopfloor.link.claims import Claims
from shopfloor.link.line_names import HEARTBEATS
from shopfloor.link.log import Ident, LineLog, NoReply
from shopfloor.link.status import LinkStatus
from shopfloor.link.trouble import LinkTrouble
from shopfloor.link.wire import Count, Micros

BEAT_S: Final = 1.0
BEAT_BYTES_MAX: Final = 16_000  # some hundred are usual, some thousand with claims: more only fills memory
ANSWER_S_MAX: Final = 2.5  # with the second between two beats a dead link is told after 3.5 s at most


class Doubt(LinkTrouble):
    """It is another line than a moment ago, or it has less: look again from the beginning."""


class _Beat(msgspec.Struct, array_like=True, frozen=True):
    origin: str
    n: Count
    hash: bytes
    applied: Count
    offset_us: Micros
    uncertainty_us: Micros
    version: str
    floor: Count = 0
    floor_hash: str = ""
    floor_us: Micros = 0
    claims: tuple[Known, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_beats = msgspec.msgpack.Decoder(_Beat)


class Pulse:
    """Beats over one connection."""

    def __init__(self, log: LineLog, journal: OwnJournal, clock: Clock, status: LinkStatus, *, version: str) -> None:
        self._log = log
        self._journal = journal
        self._origin = journal.origin()
        self._clock = clock
        self._status = status
        self._version = version
        self._claims = Claims(journal, status)

    async def run(self, more: Callable[[int], int]) -> None:
        """Beat for ever; `more` is told the line's last message, and says how far it was read. Raises LinkTrouble."""
        while True:
            ident = await self.ask()
            is_other = (ident.stream, ident.major) != (self._status.stream, self._status.major)
            if is_other or ident.last_seq < more(ident.last_seq):
                raise Doubt("The line is another one than a moment ago.", remedy="It is looked at again by itself.")
            await self._log.tell(HEARTBEATS, self._beat())
            self._status.publish()
            await asyncio.sleep(BEAT_S)

    async def ask(self) -> Ident:
        """What the line is now; its clock is noted. Raises NoReply, NoStream."""
        before = self._clock.now()
        try:
            async with asyncio.timeout(ANSWER_S_MAX):
                ident = await self._log.ident()
        except TimeoutError as error:
            words = f"Expected the line to answer within {ANSWER_S_MAX:g} s, got nothing."
            raise NoReply(words, remedy="Look at the network cable and at the server.") from error
        now = self._clock.now()
        self._status.discipline = disciplined(self._status.discipline, ident.now_us, before, now)
        self._status.last_seq = ident.last_seq
        return ident

    def _beat(self) -> bytes:
        n, digest = self._journal.head()
        self._status.head = n
        now = self._clock.now()
        server_us, uncertainty_us = (self._status.discipline and self._status.discipline.read(now)) or (now.at_us, 0)
        offset_us = server_us - now.at_us
        on = self._status.stands_on = self._journal.stands_on()
        floor = (on.floor.number, on.hash, on.floor.us) if on is not None else (0, "", 0)
        beat = _Beat(
            self._origin,
            n,
            digest,
            self._status.applied,
            offset_us,
            uncertainty_us,
            self._version,
            *floor,
            claims=self._claims.next(now),
        )
        return _encoder.encode(beat)


def disciplined(known: Discipline | None, server_us: int, before: Now, now: Now) -> Discipline:
    """The better of what was known of the server's clock and a new answer, which it gave between the two instants.

    A slow answer says less than a quick one of a minute ago; but if the server's clock was set, the old one is wrong.
    """
    half_us = -(-(now.mono_ns - before.mono_ns) // (2 * NS_PER_US))
    fresh = Discipline(server_us + half_us, now.mono_ns, now.boot, half_us + 1)
    then = known.read(now) if known is not None else None
    if known is None or then is None or fresh.uncertainty_us <= then[1]:
        return fresh
    agrees = abs(then[0] - fresh.server_us) <= then[1] + fresh.uncertainty_us
    return known if agrees else fresh


def claims_of(payload: bytes) -> tuple[Known, ...]:
    """What a terminal says it knows and the line has not."""
    try:
        return _beats.decode(payload).claims
    except msgspec.DecodeError:
        return ()


def presence_of(terminal: str, payload: bytes, heard_ns: int) -> Presence | None:
    """What a terminal says of itself; None if it cannot be read, or is no heartbeat."""
    if len(payload) > BEAT_BYTES_MAX:
        return None
    try:
        beat = _beats.decode(payload)
    except msgspec.DecodeError:
        return None
    return Presence(
        terminal=terminal,
        origin=beat.origin,
        n=beat.n,
        hash=beat.hash,
        applied=beat.applied,
        offset_us=beat.offset_us,
        uncertainty_us=beat.uncertainty_us,
        version=beat.version,
        floor=beat.floor,
        floor_hash=beat.floor_hash,
        floor_us=beat.floor_us,
        heard_ns=heard_ns,
    )
