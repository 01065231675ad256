"""A line with a year behind it: written to its log in batches, with a floor near its end on which two stand."""

from collections.abc import Iterator

import msgspec

from shopfloor.core.codec import encode_event
from shopfloor.core.events import Recorded
from shopfloor.core.events_floor import Covered, FloorSet
from shopfloor.core.evolve import Replay
from shopfloor.core.floor import floor_of, pack_shop
from shopfloor.core.line_link import LineEntry
from shopfloor.core.shop import Shop
from shopfloor.core.state_hash import state_hash
from shopfloor.link.log import LineLog
from shopfloor.link.snapshots import HEAD, PIECE_BYTES, Head
from shopfloor.link.wire import BATCH_EVENTS_MAX, encode_batch
from shopfloor.store.rows import GENESIS, Names, link
from tests.helpers.journal_rows import batches

ORIGIN = "press~aa"


class Year:
    """`events` events of one terminal on so many cards, the last `tail` of them behind the floor."""

    def __init__(self, events: int, tail: int, *, cards: int) -> None:
        self._hash = GENESIS
        self._under = events - tail
        self._rows = [row for batch in batches(ORIGIN, events, cards=cards) for row in batch.events]
        replay = Replay(Shop())
        for row in self._rows[: self._under]:
            replay.step(row)
        self.hash, self.body = pack_shop(replay.settle())
        self.entries = list(self._chained())
        for entry in self.entries[self._under :]:
            replay.step(entry.recorded)
        self.state = state_hash(replay.settle().entities())

    async def write(self, log: LineLog, other: LineLog) -> None:
        """Put it on a line, as its terminal and one more would have."""
        seq, settled = 0, 0
        for first in range(0, len(self.entries), BATCH_EVENTS_MAX):
            head, payload = encode_batch(self.entries[first : first + BATCH_EVENTS_MAX])
            seq = await log.publish(ORIGIN, payload, expected_seq=seq, message_id=head.message_id)
            settled = seq if head.last <= self._under else settled
        floor = next(found for entry in self.entries if (found := floor_of(entry.recorded)) is not None)
        message = await log.at(settled)
        assert message is not None
        stream = (await log.ident()).stream
        for keeper in (log, other):
            pieces = [
                await keeper.keep(f"piece-{at}", self.body[at : at + PIECE_BYTES])
                for at in range(0, len(self.body), PIECE_BYTES)
            ]
            head_of = Head(
                floor=floor, hash=self.hash, stream=stream, seq=settled, ts_us=message.ts_us, pieces=tuple(pieces)
            )
            await keeper.keep(HEAD, msgspec.msgpack.encode(head_of))

    def _chained(self) -> Iterator[LineEntry]:
        """The rows as the line carries them, with the event that sets the floor among those behind it."""
        names = Names({1: ("press", "aa")}, {1: self._rows[0].boot})
        for row in self._rows[: self._under]:
            yield self._entry(row, names)
        top = self._rows[self._under - 1]
        covers = (Covered(ORIGIN, top.n, self._hash.hex()),)
        event = FloorSet(number=1, us=top.moment.us, covers=covers, hash=self.hash)
        behind = [event, *(row.event for row in self._rows[self._under :])]
        for place, one in enumerate(behind, start=1):
            moment = msgspec.structs.replace(top.moment, us=top.moment.us + place * 1_000_000)
            row = msgspec.structs.replace(top, n=top.n + place, moment=moment, event=one, command_id="")
            yield self._entry(row, names)

    def _entry(self, row: Recorded, names: Names) -> LineEntry:
        kind, version, body = encode_event(row.event)
        columns = (
            row.n, 1, row.moment.us, row.moment.count, row.uncertainty_us, row.mono_ns, 1, kind, version,
            row.command_id or None, body, b"",
        )  # fmt: skip
        self._hash = link(self._hash, columns, names)
        return LineEntry(seq=0, ts_us=0, recorded=row, hash=self._hash, body=body)
