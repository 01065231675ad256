"""The state at a floor on the line: who stands there with which hash, and the state itself in pieces.

A new terminal takes it in place of everything before it, if two terminals came to the same hash, or only one said one.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from shopfloor.core.floor import Floor
from shopfloor.core.line_link import OwnJournal, Standing
from shopfloor.link.line_names import keeper_of, terminal_of
from shopfloor.link.log import Ident, LineLog, NoReply, Refused, Stored
from shopfloor.link.status import LinkStatus
from shopfloor.link.trouble import Denied

_log = logging.getLogger("shopfloor.link")

HEAD: Final = "head"
PIECE_BYTES: Final = 64_000  # one second of half a megabit, in which a heartbeat has to get through
PIECES_MAX: Final = 1_500  # 96 MB: a line of a hundred thousand cards has some 2
AGAIN_S: Final = 30.0  # a server that has no room gets none within seconds; events go first
LOOK_S: Final = 1.0  # one small query; a new floor is there some times a day


class Head(Struct, frozen=True, kw_only=True):
    """A terminal's place: its floor, the hash there; `pieces` are the messages that hold the state, in order.

    Up to message `seq` the line has no event that the floor does not cover.
    """

    floor: Floor
    hash: str
    stream: str
    seq: int
    ts_us: int
    pieces: tuple[int, ...] = ()


_encoder = msgspec.msgpack.Encoder()
_heads = msgspec.msgpack.Decoder(Head)


class SnapshotOut:
    """Says over one connection where this terminal stands; the setter of a floor and one other add the state."""

    def __init__(self, log: LineLog, journal: OwnJournal, status: LinkStatus) -> None:
        self._log = log
        self._journal = journal
        self._status = status
        self._terminal = terminal_of(journal.origin())
        self._said = ("", False)  # the floor said last, and whether with its state

    async def run(self) -> None:
        """Say it for ever. Raises LinkTrouble."""
        while True:
            on = self._journal.stands_on()
            wanted = (on.floor.id, self._gives(on.floor)) if on is not None else self._said
            if self._said != wanted:
                standing = self._journal.standing()
                try:
                    if standing is not None and not await self._say(standing, whole=wanted[1]):
                        return
                except (NoReply, Refused) as trouble:  # whether the link is there, the heartbeat judges
                    _log.info("the state at a floor is said later: %s", trouble)
                    await asyncio.sleep(AGAIN_S)
            await asyncio.sleep(LOOK_S)

    async def _say(self, standing: Standing, *, whole: bool) -> bool:
        """False if this terminal's key may not."""
        try:
            if self._said == ("", False) and await self._has_said(standing.floor, whole=whole):
                return True
            pieces = [
                await self._log.keep(f"piece-{at // PIECE_BYTES}", standing.body[at : at + PIECE_BYTES])
                for at in range(0, len(standing.body) if whole else 0, PIECE_BYTES)
            ]
            head = Head(
                floor=standing.floor,
                hash=standing.hash,
                stream=self._status.stream,
                seq=standing.seq,
                ts_us=standing.ts_us,
                pieces=tuple(pieces),
            )
            await self._log.keep(HEAD, _encoder.encode(head))
        except Denied as trouble:
            _log.info("the state at a floor is kept here alone: %s", trouble)
            return False
        self._said = (standing.floor.id, whole)
        return True

    async def _has_said(self, floor: Floor, *, whole: bool) -> bool:
        for head in map(read_head, await _of(self._log, self._terminal)):
            if head is not None and head.floor.id == floor.id and bool(head.pieces) >= whole:
                self._said = (floor.id, whole)
                return True
        return False

    def _gives(self, floor: Floor) -> bool:
        """Whether the state is said, too: by the setter, and by the first by name of the others that are heard."""
        setter = terminal_of(floor.id.rpartition(":")[0])
        heard = {one.terminal for one in self._status.view().others} | {self._terminal}
        return self._terminal in {setter, min(heard - {setter}, default="")}


async def newest_snapshot(log: LineLog, ident: Ident) -> Standing | None:
    """The newest state that two terminals agree on, or that only one has said anything of; None if there is none."""
    for head in await _heads_of(log, ident):
        body = await _fetch(log, head)
        if body is not None:
            return Standing(floor=head.floor, hash=head.hash, body=body, seq=head.seq, ts_us=head.ts_us)
    return None


async def newest_floor(log: LineLog, ident: Ident) -> int:
    """The number of the floor whose state that is; 0 if there is none."""
    return next((head.floor.number for head in await _heads_of(log, ident)), 0)


async def _heads_of(log: LineLog, ident: Ident) -> list[Head]:
    found = [head for head in map(read_head, await log.kept(HEAD)) if head is not None and head.stream == ident.stream]
    return _trusted(found)


def read_head(message: Stored) -> Head | None:
    """What a terminal said; None if a newer program said it."""
    try:
        return _heads.decode(message.payload)
    except msgspec.DecodeError:
        return None


def agreed(heads: Sequence[Head]) -> list[Head]:
    """Those with a state that two terminals came to, the newest first."""
    said = Counter((head.floor.id, head.hash) for head in heads)
    found = [head for head in heads if head.pieces and said[head.floor.id, head.hash] > 1]
    return sorted(found, key=_height, reverse=True)


def _trusted(heads: Sequence[Head]) -> list[Head]:
    """Those with a state that may be taken, the best first: of a floor that one alone speaks of, its word is all."""
    said = Counter(head.floor.id for head in heads)
    alone = [head for head in heads if head.pieces and said[head.floor.id] == 1]
    return [*agreed(heads), *sorted(alone, key=_height, reverse=True)]


def _height(head: Head) -> tuple[int, int]:
    return head.floor.number, head.seq


async def _fetch(log: LineLog, head: Head) -> bytes | None:
    """The state; None if the line has dropped a piece meanwhile, for a newer one."""
    pieces = []
    for seq in head.pieces[:PIECES_MAX]:
        message = await log.at(seq)
        if message is None:
            return None
        pieces.append(message.payload)
    return b"".join(pieces)


async def _of(log: LineLog, terminal: str) -> list[Stored]:
    return [message for message in await log.kept(HEAD) if keeper_of(message.subject) == terminal]
