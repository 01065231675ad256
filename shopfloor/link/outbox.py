"""The own journal as the outbox: what the line lacks of it is sent, in order, one message in flight."""

import asyncio
import logging
from typing import Final

from shopfloor.core.branches import ON_NO_BRANCH
from shopfloor.core.floor import Floor
from shopfloor.core.line_link import LineEntry, OwnJournal
from shopfloor.link.branching import branched_off
from shopfloor.link.genuine import word_of
from shopfloor.link.log import LineLog, NoReply, Refused, WrongLast
from shopfloor.link.own_word import OwnWord
from shopfloor.link.status import LinkStatus
from shopfloor.link.trouble import LinkTrouble
from shopfloor.link.wire import BATCH_EVENTS_MAX, encode_batch, fitting

_log = logging.getLogger("shopfloor.link")

LOOK_S: Final = 1.0  # an event that nobody announced is found after so long
SILENT_MAX: Final = 2  # unanswered messages in a row; then the connection is in doubt
WRONG_MAX: Final = 3  # an answer was lost, or the line lost its tail: more in a row is a damaged store
RETRY_S: Final = 1.0  # a server that refuses does so until somebody makes room

_SENDING: Final = "sending"
_WORK_ON: Final = "Work on: what is done here is recorded, and goes to the line under a new name by itself."


class Forked(LinkTrouble):
    """The line has events under this journal's name that it does not hold: an old copy, or two of one disk.

    `seq` is the newest message of that name. `kept`: its events behind that one are under another name; None: what was
    read back says.
    """

    def __init__(self, what: str, *, remedy: str, seq: int, kept: int | None = None) -> None:
        super().__init__(what, remedy=remedy)
        self.seq = seq
        self.kept = kept


class Outbox:
    """Sends over one connection. What was sent is asked of the line, never remembered: it may have lost its tail."""

    def __init__(
        self, log: LineLog, journal: OwnJournal, status: LinkStatus, more: asyncio.Event, word: OwnWord
    ) -> None:
        self._word = word
        self._log = log
        self._journal = journal
        self._origin = journal.origin()
        self._status = status
        self._more = more
        self._doubts = False
        self._refills = True

    def refill(self) -> None:
        """Something of a former name is known that the line has not."""
        self._refills = True
        self._more.set()

    def doubt(self) -> None:
        """Somebody else may send under this name: the line says, even if there is nothing to send."""
        self._doubts = True
        self._more.set()

    async def run(self) -> None:
        """Send for ever. Raises Forked, LinkTrouble."""
        sent, last_seq = await self.resume()
        silent = wrong = 0
        while True:
            self._more.clear()
            await self._refill_all()
            if self._doubts:
                sent, last_seq = await self.resume()
                self._doubts = False
            entries = self._journal.events(sent, BATCH_EVENTS_MAX)
            if not entries:
                await self._wait()
                continue
            head, payload = encode_batch(fitting(entries), self._word.of)
            try:
                last_seq = await self._log.publish(
                    self._origin, payload, expected_seq=last_seq, message_id=head.message_id
                )
            except (WrongLast, NoReply, Refused) as trouble:  # it may have been stored: the line knows
                silent, wrong = (silent + 1, 0) if isinstance(trouble, NoReply) else (0, wrong + 1)
                if silent == SILENT_MAX:
                    raise
                if isinstance(trouble, Refused) or wrong > WRONG_MAX:
                    self._status.hold(_SENDING, trouble)
                    await asyncio.sleep(RETRY_S)
                sent, last_seq = await self.resume()
                continue
            silent, wrong, sent = 0, 0, head.last
            self._status.release(_SENDING)
            self._note(sent)

    async def resume(self) -> tuple[int, int]:
        """(The newest own event the line has, its message); 0 if it has none. Raises Forked, LinkTrouble."""
        last = await self._log.last_of(self._origin)
        self._refuse_branch(last.seq if last is not None else 0)
        if last is None:
            self._note(0)
            return 0, 0
        has = word_of(last, self._origin)
        if has is None:  # somebody left it there: behind what was read back, all is sent again, and known as such
            acked = self._journal.acked_n()
            self._note(acked)
            return acked, last.seq
        known = self._journal.events(has.last - 1, 1)
        is_archived = bool(known) and known[0].recorded.n > has.last  # the line lost more than is kept here
        if not is_archived and (not known or known[0].hash != has.hash):
            head, _ = self._journal.head()
            got = "another one" if known else "none"
            raise Forked(
                f"The line has event {has.last} of {self._origin}; expected the same here, got {got} (the newest is "
                f"{head}): this data folder is an old copy, or another terminal runs on a copy of it.",
                remedy=_WORK_ON,
                seq=last.seq,
            )
        self._note(has.last)
        return has.last, last.seq

    def compare(self, floor: Floor) -> None:
        """Raise Forked if a floor stands for events of this name that the journal does not hold."""
        covered = next((it for it in floor.covers if it.origin == self._origin), None)
        if covered is None:
            return
        known = self._journal.events(covered.n - 1, 1)
        if not known or (known[0].recorded.n == covered.n and known[0].hash.hex() != covered.hash):
            raise Forked(
                f"The others have event {covered.n} of {self._origin} otherwise than it is here: this data folder is "
                "an old copy.",
                remedy=_WORK_ON,
                seq=0,
            )

    def _refuse_branch(self, seq: int) -> None:
        """Raise Forked if this journal went on under another name before, and was put back to before that."""
        kept = branched_off(self._journal)
        if kept is not None:
            raise Forked(
                f"Events of {self._origin} behind {kept} are on the line under another name: this data folder is "
                "an old copy.",
                remedy=_WORK_ON,
                seq=seq,
                kept=kept,
            )

    async def _refill_all(self) -> None:
        """Send what the line has lost of former names, once; of one whose other end it has, until it has this one."""
        astray = self._journal.astray()
        if not self._refills and not astray:
            return
        refills, self._refills = self._refills, False
        for origin in self._journal.former():
            if refills or origin in astray:
                await self._refill(origin)

    async def _refill(self, origin: str) -> None:
        """Send what the line has lost of a former name: nobody else has the right to.

        A copy of this disk may go on under that name, and know more; it is left alone then. What the line has of that
        name may be under another one now: then it gets what is under the old one behind that.
        """
        while True:
            last = await self._log.last_of(origin)
            has, seq = (word_of(last, origin), last.seq) if last is not None else (None, 0)
            sent = has.last if has is not None else 0
            known = self._journal.events_of(origin, max(0, sent - 1), BATCH_EVENTS_MAX)
            if last is not None and (has is None or not known or known[0].hash != has.hash):
                kept = self._branches_off(origin, last.seq)
                if kept is None:
                    return
                known = self._journal.events_of(origin, kept, BATCH_EVENTS_MAX)
            elif last is not None:
                known = known[1:]
            if not known:
                return
            head, payload = encode_batch(fitting(_without_gap(known)), self._word.of)
            _log.info("the line lost events of %s from %d on: sending again", origin, head.first)
            try:
                await self._log.publish(origin, payload, expected_seq=seq, message_id=head.message_id)
            except WrongLast:
                continue  # its last message is looked at again

    def _branches_off(self, origin: str, seq: int) -> int | None:
        """Behind which event the line has, up to a message, what is under another name now; None: it has not."""
        astray, cursor = self._journal.astray().get(origin), self._journal.cursor()
        if astray is None or astray.kept == ON_NO_BRANCH or cursor is None or cursor.seq < seq:
            return None
        return astray.kept

    def _note(self, acked: int) -> None:
        if acked < self._status.acked:
            _log.info("the line has own events up to %d, it had %d: sending again", acked, self._status.acked)
        self._status.acked = acked
        self._status.head = max(acked, self._journal.head()[0])

    async def _wait(self) -> None:
        try:
            async with asyncio.timeout(LOOK_S):
                await self._more.wait()
        except TimeoutError:
            return


def _without_gap(entries: list[LineEntry]) -> list[LineEntry]:
    """Up to where some are missing: a state stands for those, that was taken while a copy went on under the name."""
    first = entries[0].recorded.n
    return [entry for place, entry in enumerate(entries) if entry.recorded.n == first + place]
