"""The life of a link: connect, agree on how far the line was read, then send, receive and beat until one fails."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from shopfloor.clock import Clock
from shopfloor.core.line_link import (
    GOOD_FOR_NS,
    Cursor,
    Decided,
    Decision,
    Deliver,
    Discipline,
    LinkState,
    LinkView,
    OwnJournal,
    Question,
    Ruling,
    Standing,
)
from shopfloor.link.anew import NewNames, Renamed, draw_incarnation
from shopfloor.link.hearsay import OWN_S, Hearsay
from shopfloor.link.inbox import Dropped, Inbox, ReadAgain, Unfit, insist
from shopfloor.link.left_behind import LeftBehind, watch_floors
from shopfloor.link.line_names import HEARTBEATS, LineNames, terminal_of
from shopfloor.link.log import Ident, LineLog, NoReply
from shopfloor.link.outbox import Forked, Outbox
from shopfloor.link.own_word import OwnWord
from shopfloor.link.permit import decide, permit
from shopfloor.link.prefix import common_prefix
from shopfloor.link.pulse import Doubt, Pulse, claims_of, presence_of
from shopfloor.link.snapshots import SnapshotOut, newest_snapshot
from shopfloor.link.status import LinkStatus
from shopfloor.link.trouble import Denied, KeyRefused, LinkTrouble, Unreachable
from shopfloor.link.versions import LINE_MAJOR, OtherMajor, refuse_other
from shopfloor.trouble import Trouble

_log = logging.getLogger("shopfloor.link")

PAUSE_S_MIN: Final = 0.2  # between two attempts; doubled each time
PAUSE_S_MAX: Final = 2.0  # a server that is back is found within so long
STEADY_S: Final = 5.0  # a connection that fails sooner each time is tried as seldom as one that is not made
DENIED_PAUSE_S: Final = 10.0  # a right that was refused comes by hand: asking each second only fills logs


class LinkSession:
    """One terminal's link, on the loop that runs it. Connections are made by `connect`, a fresh one after any doubt."""

    def __init__(
        self,
        connect: Callable[[], LineLog],
        *,
        line: str,
        journal: OwnJournal,
        deliver: Deliver,
        clock: Clock,
        version: str,
        tell: Callable[[LinkView], None],
        decided: Callable[[Decision], None] = lambda _: None,
        told: Callable[[str, str, bytes], None] = lambda *_: None,
        discipline: Discipline | None = None,
        watches: bool = False,
        major: int = LINE_MAJOR,
        draw: Callable[[], str] = draw_incarnation,
        secret: bytes = b"",
    ) -> None:
        """`discipline`: what is known of the server's clock from before this start. `watches`: it sends no events.

        `major`: the version of lines it may write into. `draw`: a new incarnation. `secret`: what this terminal's key
        holds and no other's.
        """
        self._word = OwnWord(secret)
        self._draw = draw
        self._connect = connect
        self._names = LineNames(line)
        self._journal = journal
        self._deliver = deliver
        self._clock = clock
        self._version = version
        self._decided = decided
        self._told = told
        self._watches = watches
        self._more = asyncio.Event()
        self._log: LineLog | None = None
        self._inbox: Inbox | None = None
        self._hearsay: Hearsay | None = None
        self._listened = ""
        self._read_back = 0  # the newest own event the line had, also if it has forgotten it since
        self._major = major
        self._barred: OtherMajor | None = None
        self._up_ns: int | None = None
        self._dropped = False
        self._anew_ns: int | None = None
        self.status = LinkStatus(clock, journal.origin(), tell, discipline)

    async def run(self) -> None:
        """Keep the link until the task is cancelled."""
        pause_s = PAUSE_S_MIN
        while True:
            trouble = await self._attempt()
            self.status.enter(_state_of(trouble), trouble)
            if self._was_steady():
                pause_s = PAUSE_S_MIN
            slow = isinstance(trouble, Denied | KeyRefused | Unfit)
            await asyncio.sleep(DENIED_PAUSE_S if slow else pause_s)
            pause_s = min(pause_s * 2, PAUSE_S_MAX)

    def poke(self) -> None:
        """There are own events to send."""
        self._more.set()

    def woken(self, seq: int) -> None:
        """The line stored a message."""
        if self._inbox is not None and seq > self._inbox.seq:
            self._inbox.wake()

    def told(self, kind: str, terminal: str, payload: bytes) -> None:
        """Another terminal told something."""
        if kind != HEARTBEATS:
            self._told(kind, terminal, payload)
            return
        presence = presence_of(terminal, payload, self._clock.now().mono_ns)
        if presence is not None:
            if terminal_of(presence.origin) != terminal:
                return  # it would have a dead terminal seem to live
            self.status.heard(presence)
            if self._hearsay is not None:
                self._hearsay.heard(presence.origin, claims_of(payload))
        elif self._hearsay is not None:
            self._hearsay.told(terminal, payload)

    async def tell(self, kind: str, payload: bytes) -> bool:
        """Tell the terminals that listen; False if there is no link at the moment."""
        if self._log is None:
            return False
        try:
            await self._log.tell(kind, payload)
        except LinkTrouble:
            return False
        return True

    async def decide(self, thing: str, payload: bytes, *, expected_seq: int) -> Decided:
        """Ask for the permission on a thing, whose last decision known here is `expected_seq` (0: none)."""
        log = self._log
        if log is None or self._barred is not None:
            return Decided(Ruling.UNLINKED)
        return await decide(log, thing, payload, expected_seq=expected_seq)

    async def permit(self, question: Question) -> Decided:
        """Ask for the next decision on a thing; a line that was wiped or put back is asked a while later."""
        log, inbox = self._log, self._inbox
        if log is None or inbox is None or self._barred is not None:
            return Decided(Ruling.UNLINKED)
        if self._anew_ns is not None and self._clock.now().mono_ns - self._anew_ns < GOOD_FOR_NS:
            return Decided(Ruling.BEHIND)
        return await permit(log, question, read_seq=inbox.seq)

    async def _decide(self, thing: str, payload: bytes, expected_seq: int) -> Decided:
        return await self.decide(thing, payload, expected_seq=expected_seq)

    async def _attempt(self) -> Trouble:
        """One connection from its beginning to its end; why it ended."""
        self._up_ns = None
        log = self._connect()
        try:
            await log.open(self)
            await self._converse(log)
        except* Trouble as group:
            trouble = _worst(group)
            self._dropped = isinstance(trouble, Dropped | LeftBehind)
        finally:
            self._log = self._inbox = self._hearsay = None
            await log.close()
        _log.info("the link ended: %s", trouble)
        return trouble

    async def _converse(self, log: LineLog) -> None:
        self._log = log
        pulse = Pulse(log, self._journal, self._clock, self.status, version=self._version)
        ident = await pulse.ask()
        self.status.stream, self.status.major = ident.stream, ident.major
        if self.status.origin != self._journal.origin():
            self.status.origin, self._read_back = self._journal.origin(), 0
        self._barred = refuse_other(ident.major, self._major)
        await insist(self._deliver.leave_branches, self.status)
        cursor = await common_prefix(log, ident, self._journal)
        known = self._journal.cursor()
        self._read_back = max(self._read_back, self._journal.acked_n())
        is_another = known is not None and (known.stream != ident.stream or known.seq > cursor.seq)
        if is_another:
            # It has forgotten whom it permitted what: until that is no longer good, nobody else may.
            self._anew_ns = self._clock.now().mono_ns
        await self._forget(cursor)
        if self._journal.cursor() is None or self._dropped:
            cursor = await self._begin(log, ident) or cursor
        self.status.applied = cursor.seq
        outbox = Outbox(log, self._journal, self.status, self._more, self._word)
        inbox = Inbox(log, self._journal, self._deliver, self.status, self._names, self._decided, outbox.doubt)
        names = self._new_names(log)
        hearsay = Hearsay(
            log, self._journal, self._deliver, self.status, inbox=inbox, outbox=outbox, names=names, word=self._word
        )
        self._inbox, self._hearsay = inbox, hearsay
        sends = self._barred is None and not self._watches
        waits = is_another and self._listened != ident.stream
        self.status.listens = sends and (waits or not self._listened)  # a disk is put back while no process runs

        def more(last_seq: int) -> int:
            if last_seq > inbox.seq:
                inbox.wake()
            return inbox.seq

        self._up_ns = self._clock.now().mono_ns
        self.status.enter(LinkState.OTHER_MAJOR if self._barred else LinkState.UP, self._barred)
        async with asyncio.TaskGroup() as group:
            group.create_task(inbox.run(cursor))
            group.create_task(hearsay.answers())
            if sends:
                group.create_task(hearsay.run())
                listening = group.create_task(self._listen(hearsay)) if self.status.listens else None
                group.create_task(self._send(outbox, inbox, names, hearsay, listening if waits else None))
                group.create_task(SnapshotOut(log, self._journal, self.status).run())
            group.create_task(pulse.run(more))
            group.create_task(watch_floors(log, ident, self._journal, self.status, self._clock))

    async def _begin(self, log: LineLog, ident: Ident) -> Cursor | None:
        """Where to begin if not from what was read before; None: there.

        A snapshot must not stand for events of this journal that it does not hold: it takes another name first. What
        was read back, before its order was forgotten too, says best how much both hold.
        """
        standing = await self._standing_above(log, ident)
        forked = await self._forked(log, standing)
        if forked is not None:
            if not self._dropped:
                return None
            self.status.enter(LinkState.FORKED, forked)
            names, kept = self._new_names(log), max(self._read_back, self._journal.acked_n())
            name = await names.ask(self._journal.origin(), kept)
            if name is not None:
                await names.begin(name, kept)
        if standing is None:
            return None
        cursor = Cursor(ident.stream, standing.seq, standing.ts_us)
        _log.info("begins with the state at floor %s, message %d", standing.floor.id, standing.seq)
        await insist(lambda: self._deliver.adopt(standing, cursor), self.status)
        return cursor

    async def _forked(self, log: LineLog, standing: Standing | None) -> Forked | None:
        """Whether the line, or a state on it, has events of this name that the journal does not hold."""
        if self._barred is not None or self._watches:
            return None
        outbox = Outbox(log, self._journal, self.status, self._more, self._word)
        try:
            await outbox.resume()
            if standing is not None:
                outbox.compare(standing.floor)
        except Forked as trouble:
            return trouble
        return None

    def _new_names(self, log: LineLog) -> NewNames:
        return NewNames(log, self._journal, self._deliver, self.status, self._decide, self._draw)

    async def _standing_above(self, log: LineLog, ident: Ident) -> Standing | None:
        """The newest snapshot, if it is above what is known here."""
        standing = await newest_snapshot(log, ident)
        known = self._journal.standing()
        is_above = standing is not None and (known is None or known.floor.number < standing.floor.number)
        return standing if is_above else None

    def _was_steady(self) -> bool:
        up_ns = self._up_ns
        return up_ns is not None and self._clock.now().mono_ns - up_ns >= STEADY_S * 1e9

    async def _forget(self, cursor: Cursor) -> None:
        known = self._journal.cursor()
        if known is not None and known.seq > cursor.seq:
            _log.info("the line is another one behind message %d: its order is read again", cursor.seq)
            await insist(lambda: self._deliver.forget_order(cursor.seq), self.status)

    async def _listen(self, hearsay: Hearsay) -> None:
        await hearsay.listen()
        self._listened = self.status.stream

    async def _send(
        self,
        outbox: Outbox,
        inbox: Inbox,
        names: NewNames,
        hearsay: Hearsay,
        listening: "asyncio.Task[None] | None",
    ) -> None:
        """Send; whoever may not goes on reading.

        On a line that has forgotten something the others are listened to first: if this disk was put back, they know
        what its numbers were used for.
        """
        try:
            if listening is not None:
                await listening
            await self._set_right(outbox)
            await outbox.run()
        except Forked as trouble:
            self.status.enter(LinkState.FORKED, trouble)
            await inbox.reached(trouble.seq)  # then it is known what the line has of this journal
            await hearsay.listen(OWN_S)  # and what it told under other names before it was put back
            name = await names.ask(self._journal.origin(), trouble.kept)
            if name is not None:
                async with inbox.still():
                    await names.begin(name, trouble.kept)
        except Denied as trouble:
            self.status.enter(LinkState.DENIED, trouble)

    async def _set_right(self, outbox: Outbox) -> None:
        """Before others hear of them: own events that a clock set ahead has put into the future are put back.

        Of what the line has had, others know when it was.
        """
        head, _ = self._journal.head()
        newest, clock = self._journal.events(head - 1, 1), self.status.discipline
        read = clock.read(self._clock.now()) if clock is not None else None
        if clock is None or read is None or not newest or newest[0].recorded.moment.us <= sum(read):
            return
        sent, _ = await outbox.resume()
        kept = max(sent, self._read_back, self._journal.acked_n())
        await insist(lambda: self._deliver.retime(kept, clock), self.status)


def _state_of(trouble: Trouble) -> LinkState:
    match trouble:
        case Denied() | KeyRefused():
            return LinkState.DENIED
        case NoReply() | Unreachable() | Doubt():
            return LinkState.LOST
        case Renamed() | LeftBehind() | ReadAgain():
            return LinkState.CONNECTING
        case _:
            return LinkState.TROUBLE


def _worst(group: BaseExceptionGroup[Trouble]) -> Trouble:
    """What is worth telling of several failures of one connection."""
    found: list[Trouble] = []

    def collect(one: BaseExceptionGroup[Trouble] | Trouble) -> None:
        if isinstance(one, BaseExceptionGroup):
            for part in one.exceptions:
                collect(part)
        else:
            found.append(one)

    collect(group)
    return next((one for one in found if not isinstance(one, NoReply | Doubt)), found[0])
