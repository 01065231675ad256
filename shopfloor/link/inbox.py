"""What the line has is read from the cursor on and handed to the engine, in order and without a gap."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from typing import Final

from shopfloor.core.events_line import BegunAnew
from shopfloor.core.line_link import Cursor, Decision, Deliver, LineEntry, Missing, OwnJournal
from shopfloor.link.genuine import is_word
from shopfloor.link.line_names import LineNames
from shopfloor.link.log import LineLog, Stored
from shopfloor.link.status import LinkStatus
from shopfloor.link.trouble import LinkTrouble
from shopfloor.link.wire import decode_batch
from shopfloor.trouble import Trouble

_log = logging.getLogger("shopfloor.link")

READ_MESSAGES_MAX: Final = 256  # of one question
DELIVERY_EVENTS: Final = 2_000  # handed to the engine at once, which takes them in by small steps; a megabyte
RETRY_S: Final = 1.0  # what the engine could not take (a full disk) is tried again

_RECORDING: Final = "recording"


class Inbox:
    """Reads over one connection, from a cursor on."""

    def __init__(
        self,
        log: LineLog,
        journal: OwnJournal,
        deliver: Deliver,
        status: LinkStatus,
        names: LineNames,
        decided: Callable[[Decision], None],
        doubt: Callable[[], None] = lambda: None,
    ) -> None:
        """`doubt` is told that somebody else sends under the own name."""
        self._doubt = doubt
        self._log = log
        self._journal = journal
        self._origin = journal.origin()
        self._deliver = deliver
        self._status = status
        self._names = names
        self._decided = decided
        self._woken = asyncio.Event()
        self._moved = asyncio.Event()
        self._cursor = Cursor("", 0, 0)
        self._handing = asyncio.Lock()

    @property
    def seq(self) -> int:
        """The message it has read up to."""
        return self._cursor.seq

    async def reached(self, seq: int) -> None:
        """Wait until it has read up to that message."""
        while self.seq < seq:
            self._moved.clear()
            await self._moved.wait()

    @asynccontextmanager
    async def still(self) -> AsyncIterator[None]:
        """Nothing is handed on meanwhile, nor any more if it ends by LinkTrouble: the connection ends with it.

        What was read under a name that the journal has no more would leave out what is another's from then on.
        """
        await self._handing.acquire()
        yield
        self._handing.release()

    def wake(self) -> None:
        """There may be more."""
        self._woken.set()

    async def run(self, cursor: Cursor) -> None:
        """Read for ever. Raises LinkTrouble."""
        self._cursor = cursor
        reading = self._ahead(cursor.seq)
        try:
            while True:
                messages = await reading
                if messages:
                    reading = self._ahead(messages[-1].seq)  # while the engine is at these
                    await self._take(messages)
                else:
                    await self._woken.wait()
                    reading = self._ahead(self._cursor.seq)
        finally:
            reading.cancel()

    def _ahead(self, seq: int) -> "asyncio.Task[list[Stored]]":
        self._woken.clear()
        reading = asyncio.create_task(self._log.read(seq, READ_MESSAGES_MAX))
        reading.add_done_callback(_looked_at)
        return reading

    async def _take(self, messages: list[Stored]) -> None:
        entries: list[LineEntry] = []
        for place, message in enumerate(messages):
            if self._names.is_events(message.subject):
                entries += self._told(message)
            elif thing := self._names.thing_of(message.subject):
                self._decided(Decision(seq=message.seq, ts_us=message.ts_us, thing=thing, payload=message.payload))
            if len(entries) >= DELIVERY_EVENTS or place == len(messages) - 1:
                await self._hand_on(self._proven(entries), message)
                entries = []

    def _told(self, message: Stored) -> list[LineEntry]:
        """Its events; none if they are another's than whose subject it is on. Raises WireTrouble."""
        if is_word(message, self._names):
            return decode_batch(message.payload, seq=message.seq, ts_us=message.ts_us)
        _log.warning("message %d is left out: it is not the word of whose subject it is on", message.seq)
        return []

    async def _hand_on(self, entries: list[LineEntry], last: Stored) -> None:
        cursor = Cursor(self._cursor.stream, last.seq, last.ts_us)
        async with self._handing:
            await insist(lambda: self._deliver.deliver(entries, cursor), self._status)
            if any(isinstance(entry.recorded.event, BegunAnew) for entry in entries):
                await self._leave(cursor)
        self._cursor = cursor
        self._moved.set()
        self._status.applied = cursor.seq
        self._status.last_seq = max(self._status.last_seq, cursor.seq)

    async def _leave(self, cursor: Cursor) -> None:
        """What was read may have another name now. Raises ReadAgain if the line is to be read from further back."""
        await insist(self._deliver.leave_branches, self._status)
        self._doubt()  # it may be this journal that is under another name
        if self._journal.cursor() != cursor:
            raise ReadAgain("The line is read again from where a journal branches.", remedy="Nothing is to be done.")

    def _proven(self, entries: list[LineEntry]) -> list[LineEntry]:
        """Without what somebody else sent under the own name: the outbox says so, and sends nothing."""
        own = [entry.recorded.n for entry in entries if entry.recorded.origin == self._origin]
        if not own:
            return entries
        known: dict[int, bytes] = {}
        for first, count in _runs(own):
            known |= {it.recorded.n: it.hash for it in self._journal.events(first - 1, count)}
        proven = [
            entry
            for entry in entries
            if entry.recorded.origin != self._origin or known.get(entry.recorded.n) == entry.hash
        ]
        if len(proven) < len(entries):
            self._doubt()
        return proven


async def insist(ask: Callable[[], Future[None]], status: LinkStatus) -> None:
    """Ask the engine until it has done it; what prevents it is told meanwhile.

    Raises LinkTrouble if an event is not what its origin wrote, or those before it are missing: no repetition helps.
    """
    while True:
        try:
            await _done(ask())
        except Missing as error:
            raise Dropped(
                f"The line has dropped events that are not known here, and no snapshot stands for them: {error}",
                remedy="Start the terminal of the first station, which leaves one; then this one goes on by itself.",
            ) from error
        except ValueError as error:
            raise Unfit(
                f"The line's events do not continue what is known here: {error}",
                remedy="Run `shopfloor verify` here and on that terminal, and keep both data folders.",
            ) from error
        except Trouble as trouble:
            _log.info("what the line has is not recorded: %s", trouble)
            status.hold(_RECORDING, trouble)
            await asyncio.sleep(RETRY_S)
        else:
            status.release(_RECORDING)
            return


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(First, count) of each piece without a gap: of several endings of a journal one comes behind another."""
    begin = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1 or at - begin == DELIVERY_EVENTS:
            yield numbers[begin], at - begin
            begin = at


def _looked_at(reading: "asyncio.Task[list[Stored]]") -> None:
    """What failed is told by whoever awaits it; if nobody does any more, it is no fault."""
    if not reading.cancelled():
        reading.exception()


class Dropped(LinkTrouble):
    """Events between what is known here and what the line has are on the line no more."""


class ReadAgain(LinkTrouble):
    """The line is to be read from further back, over a new connection."""


class Unfit(LinkTrouble):
    """What came by the line is not what its origin wrote, or something before it is missing."""


async def _done(future: "Future[None]") -> None:
    """Wait for another thread's answer; whoever stops waiting leaves it in peace."""
    loop = asyncio.get_running_loop()
    told = asyncio.Event()

    def tell(_: "Future[None]") -> None:
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(told.set)

    future.add_done_callback(tell)
    await told.wait()
    future.result()
