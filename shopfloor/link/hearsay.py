"""A journal of which others know more than the line: its disk was put back, and the server forgot in the same minutes.

Whoever knows something that the line has not says so. Whose name it has looks into it: what it did since goes under a
new name, and what the others know comes from them, and by this terminal on the line again: nobody else may write there.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from msgspec import Struct

from shopfloor.core.anew import recorded_again
from shopfloor.core.branches import Branch
from shopfloor.core.line_link import Deliver, Known, LineEntry, OwnJournal
from shopfloor.link.anew import NewNames
from shopfloor.link.claims import Ask, answer, decode, encode, events_in
from shopfloor.link.inbox import Inbox, Unfit, insist
from shopfloor.link.line_names import HEARTBEATS, terminal_of
from shopfloor.link.log import LineLog, NoReply, Refused
from shopfloor.link.outbox import Forked, Outbox
from shopfloor.link.own_word import OwnWord
from shopfloor.link.status import LinkStatus
from shopfloor.link.wire import WireTrouble

_log = logging.getLogger("shopfloor.link")

LISTEN_S: Final = 4.0  # whoever lost the link with the server is back after two seconds; then two of its heartbeats
OWN_S: Final = 2.5  # so long after somebody knows more of the own name: what else is known has come with two heartbeats
LOOKED_S_MAX: Final = 30.0  # who cannot prove what it says keeps nobody from sending
ASK_S: Final = 1.5  # an answer is one message of the server's there and back
ASKS_MAX: Final = 3  # then it is gone, or does not know it any more: it says so again with its next heartbeat
TRIES_MAX: Final = 3  # of one claim of one teller: who keeps saying what it cannot tell is not asked all the time
TRIES_S: Final = 60.0  # after so long it is asked again: it may have been a copy that could not tell
WAITING_MAX: Final = 64  # of what is to be looked into: more come again with the next heartbeats
SETTLED_MAX: Final = 1_000  # more names than a line has: who makes them up fills no memory
ANSWERS_MAX: Final = 4  # a question that is not answered comes again
BACK: Final = 64  # events before the newest that both may know, where they are compared first
TAIL_MAX: Final = 20_000  # taken at once, some 20 MB; the rest is told of again
NONE: Final = bytes(32)  # the hash before the first event
PART: Final = 256  # handed to the engine at once: some ten milliseconds


class _Told(Struct, frozen=True):
    """What a terminal says it knows."""

    teller: str
    known: Known
    at_s: float


class Hearsay:
    """Hears and tells over one connection, and looks into what is said of this terminal's names."""

    def __init__(
        self,
        log: LineLog,
        journal: OwnJournal,
        deliver: Deliver,
        status: LinkStatus,
        *,
        inbox: Inbox,
        outbox: Outbox,
        names: NewNames,
        word: OwnWord,
    ) -> None:
        self._word = word
        self._log = log
        self._journal = journal
        self._deliver = deliver
        self._status = status
        self._inbox = inbox
        self._outbox = outbox
        self._names = names
        self._origin = journal.origin()
        self._terminal = terminal_of(self._origin)
        self._waiting: deque[_Told] = deque()
        self._asks: deque[Ask] = deque(maxlen=ANSWERS_MAX)
        self._asked: dict[tuple[str, str, int], asyncio.Future[Sequence[LineEntry]]] = {}
        self._more, self._questions, self._idle = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._idle.set()
        self._listening = 0
        self._settled: set[Known] = set()
        self._tries: Counter[tuple[str, Known]] = Counter()
        self._tries_s = 0.0

    def heard(self, teller: str, claims: Sequence[Known]) -> None:
        """Who writes as `teller` says what it knows and the line has not. What nobody here wrote is not looked into."""
        now_s = asyncio.get_running_loop().time()
        if now_s - self._tries_s >= TRIES_S:
            self._tries.clear()
            self._tries_s = now_s
        for known in claims:
            is_settled = known in self._settled or self._tries[teller, known] >= TRIES_MAX
            is_new = not is_settled and all((it.teller, it.known) != (teller, known) for it in self._waiting)
            is_own = terminal_of(known.origin) == self._terminal and self._word.gave(known)
            if is_own and is_new and len(self._waiting) < WAITING_MAX:
                self._waiting.append(_Told(teller, known, now_s))
                self._idle.clear()
                self._status.listens = True
                self._more.set()

    def told(self, terminal: str, payload: bytes) -> None:
        """A terminal asks or answers."""
        said = decode(payload)
        if said is None or said.to != self._origin or terminal_of(said.by) != terminal:
            return
        if isinstance(said, Ask):
            if terminal_of(said.origin) == terminal:  # nobody else has a use for it, and everybody hears the answer
                self._asks.append(said)
                self._questions.set()
            return
        waiting = self._asked.get((said.by, said.origin, said.after))
        if waiting is not None and not waiting.done() and said.batch:  # of two copies one may not know it
            try:
                waiting.set_result(events_in(said))
            except WireTrouble:
                waiting.set_result(())

    async def listen(self, listen_s: float = LISTEN_S) -> None:
        """Wait until everybody had the time to say what they know, and it was looked into."""
        self._listening += 1
        self._status.listens = True
        await asyncio.sleep(listen_s)
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOKED_S_MAX):
                await self._idle.wait()
        self._listening -= 1
        self._status.listens = self._listening > 0

    async def answers(self) -> None:
        """Answer for ever. Raises LinkTrouble."""
        while True:
            await self._questions.wait()
            self._questions.clear()
            while self._asks:
                ask = self._asks.popleft()
                if ask.origin != self._origin:
                    await self._log.tell(HEARTBEATS, encode(answer(self._journal, ask)))

    async def run(self) -> None:
        """Look into what is said for ever. Raises Renamed, LinkTrouble."""
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                told = await self._next()
                try:
                    await self._look_into(told)
                except (NoReply, Refused) as trouble:  # whether the link is there, the heartbeat judges
                    _log.info("what others know is looked into later: %s", trouble)
                self._waiting.remove(told)
            self._idle.set()
            self._status.listens = self._listening > 0

    async def _next(self) -> _Told:
        """Names of before go first: what they say of the own one, some event of theirs may say better."""
        while True:
            own = self._origin
            told = next((it for it in self._waiting if it.known.origin != own), self._waiting[0])
            left_s = told.at_s + OWN_S - asyncio.get_running_loop().time()
            if told.known.origin != own or self._has(told.known) or left_s <= 0:
                return told
            self._more.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._more.wait()

    async def _look_into(self, told: _Told) -> None:
        known, is_own = told.known, told.known.origin == self._origin
        if self._has(known) or (not is_own and self._status.hears(known.origin)):
            return  # a copy of this disk that goes on under that name looks into it
        last = await self._log.last_of(known.origin)
        if last is not None:
            await self._inbox.reached(last.seq)  # it may be on the line by now
        if is_own and not await self._is_own_on_the_line():
            return
        if self._has(known):
            return
        self._tries[told.teller, known] += 1
        found = await self._compared(told, is_own=is_own)
        if found is None:
            return
        kept, tail = found
        _log.info("%s knows event %d of %s; here it is known up to %d", told.teller, known.n, known.origin, kept)
        if is_own:
            name = await self._names.ask(known.origin, kept)
            if name is not None:
                async with self._inbox.still():
                    await self._names.begin(name, kept)
            self._settle(known)  # this terminal may not
        else:
            await self._take(known, kept, tail)

    async def _is_own_on_the_line(self) -> bool:
        """Whether all that the line has of the own name is of this journal; else the outbox says what follows."""
        try:
            await self._outbox.resume()
        except Forked:
            self._outbox.doubt()
            return False
        return True

    async def _take(self, known: Known, kept: int, tail: list[LineEntry]) -> None:
        """Take what another one knows of a former name: it is the end of what is known here, or another one."""
        origin = known.origin
        continues = not self._journal.events_of(origin, kept, 1)
        try:
            rest = self._not_elsewhere(origin, kept, tail)
            if len(rest) == len(tail) and continues:
                for at in range(0, len(rest), PART):
                    await insist(lambda at=at: self._deliver.hear(rest[at : at + PART]), self._status)  # type: ignore[misc]
            elif name := await self._names.ask(origin, rest[0].recorded.n - 1) if rest else None:
                rest = self._not_elsewhere(origin, kept, tail)  # a copy of this disk may have told it meanwhile
                if rest and rest[0].recorded.n == name.kept + 1:
                    await insist(lambda: self._deliver.take_branch(name, rest), self._status)
            else:  # whoever knows it will read that it is under another name; or this terminal may not
                self._settle(known)
                return
        except Unfit as trouble:
            _log.warning("what another terminal said of %s is left out: %s", origin, trouble)
            self._settle(known)
            return
        self._tries.clear()  # what is taken in parts goes on
        self._outbox.refill()
        self._outbox.doubt()

    def _not_elsewhere(self, origin: str, kept: int, tail: list[LineEntry]) -> list[LineEntry]:
        """What is under no other name yet of what somebody knows behind an event."""
        branches, place = self._journal.branches(origin), 0
        while place < len(tail):
            at = kept + place
            count = max((self._covered(tail[place:], at, it) for it in branches if it.kept <= at), default=0)
            if not count:
                break
            place += count
        return tail[place:]

    def _covered(self, tail: Sequence[LineEntry], kept: int, branch: Branch) -> int:
        """How many of the events behind one are in a branch."""
        after, limit = kept - branch.kept, branch.again - (kept - branch.kept)
        if limit <= 0:
            return 0
        return recorded_again(
            tail, self._events(branch.after, after, limit, is_own=branch.after == self._origin), branch
        )

    async def _compared(self, told: _Told, *, is_own: bool) -> tuple[int, list[LineEntry]] | None:
        """(Up to which event of an origin both know the same, what the other one knows behind it).

        None: no answer, or what was answered does not lead to what this terminal once wrote.
        """
        known, back = told.known, BACK
        after = max(0, min(self._newest(known.origin, is_own=is_own), known.n) - back)
        while entries := await self._ask(told, after):
            begin = entries[0].recorded.n - 1
            if (
                not begin
                or self._same(entries, is_own=is_own)
                or (begin > after and self._floor(known.origin) >= begin)
            ):
                return await self._proven(told, entries, is_own=is_own)
            if begin > after:
                return None  # where they part is kept there no longer
            back *= 4
            after = max(0, after - back)
        return None

    async def _proven(
        self, told: _Told, entries: Sequence[LineEntry], *, is_own: bool
    ) -> tuple[int, list[LineEntry]] | None:
        """The same, from these first events on to the one that is proven: the hash of that stands for all of them."""
        kept, tail = entries[0].recorded.n - 1, list[LineEntry]()
        last = b"" if kept else NONE
        while entries:
            same = 0 if tail else self._same(entries, is_own=is_own)
            kept += same
            tail += entries[same:][: TAIL_MAX - len(tail)]
            for entry in entries:
                if last and not self._journal.continues(last, entry):
                    return None
                last = entry.hash
            at = entries[-1].recorded.n
            if at == told.known.n:
                return (kept, tail) if tail and last == told.known.hash else None
            entries = await self._ask(told, at)
            if entries and entries[0].recorded.n != at + 1:
                return None
        return None

    def _same(self, entries: Sequence[LineEntry], *, is_own: bool) -> int:
        """How many of them are as they are known here; what is kept here no longer was."""
        first = entries[0].recorded
        held = {e.recorded.n: e.hash for e in self._events(first.origin, first.n - 1, len(entries), is_own=is_own)}
        low = min(held, default=0)
        for place, entry in enumerate(entries):
            if entry.recorded.n >= low and held.get(entry.recorded.n) != entry.hash:
                return place
        return len(entries)

    def _settle(self, known: Known) -> None:
        """Look into it no more over this connection."""
        if len(self._settled) >= SETTLED_MAX:
            self._settled.clear()
            self._tries.clear()
        self._settled.add(known)

    def _has(self, known: Known) -> bool:
        """Whether this journal has that event, or a floor that stands for it."""
        is_own = known.origin == self._origin
        found = self._events(known.origin, known.n - 1, 1, is_own=is_own)
        if found:
            return found[0].recorded.n > known.n or found[0].hash == known.hash
        return self._floor(known.origin) >= known.n

    def _floor(self, origin: str) -> int:
        """Up to which event of an origin a floor stands for what is known here."""
        on = self._journal.stands_on()
        return on.floor.vector().get(origin, 0) if on is not None else 0

    def _events(self, origin: str, after: int, limit: int, *, is_own: bool) -> list[LineEntry]:
        return self._journal.events(after, limit) if is_own else self._journal.events_of(origin, after, limit)

    def _newest(self, origin: str, *, is_own: bool) -> int:
        return self._journal.head()[0] if is_own else self._journal.head_of(origin)

    async def _ask(self, told: _Told, after: int) -> Sequence[LineEntry]:
        """What a terminal knows of an origin behind an event; nothing if it does not answer.

        It may begin later, with what is kept there; one follows the other, up to what is proven.
        """
        teller, origin = told.teller, told.known.origin
        for _ in range(ASKS_MAX):
            waiting = self._asked[teller, origin, after] = asyncio.get_running_loop().create_future()
            try:
                await self._log.tell(HEARTBEATS, encode(Ask(self._origin, teller, origin, after)))
                async with asyncio.timeout(ASK_S):
                    found: Sequence[LineEntry] = await waiting
                wanted = [entry for entry in found if entry.recorded.n <= told.known.n]
                begin = max(after + 1, wanted[0].recorded.n) if wanted else 0
                names = [(entry.recorded.origin, entry.recorded.n) for entry in wanted]
                return wanted if names == [(origin, begin + place) for place in range(len(wanted))] else ()
            except TimeoutError:
                continue
            finally:
                del self._asked[teller, origin, after]
        return ()
