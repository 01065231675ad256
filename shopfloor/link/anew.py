"""A new name for a journal whose old one the line knows more of: asked for as a decision, then given to the engine."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from msgspec.structs import replace

from shopfloor.core.anew import recorded_again
from shopfloor.core.branches import Branch
from shopfloor.core.line_link import Decided, Deliver, NewName, OwnJournal, Ruling
from shopfloor.link.inbox import insist
from shopfloor.link.line_names import terminal_of
from shopfloor.link.log import LineLog, NoReply
from shopfloor.link.status import LinkStatus
from shopfloor.link.trouble import LinkTrouble

_log = logging.getLogger("shopfloor.link")

INCARNATION_BYTES: Final = 4  # as many as a new folder's
LOOK_S: Final = 0.2  # whether a copy of the disk has told what it told before
LOOKS: Final = 50  # a permission is good for ten seconds: who has not used it by then has died
LOST_MAX: Final = 5  # each time a copy of the same disk was faster; more copies than that are no accident


def draw_incarnation() -> str:
    """What tells a journal from others of the same terminal."""
    return secrets.token_hex(INCARNATION_BYTES)


Decide = Callable[[str, bytes, int], Awaitable[Decided]]


class Renamed(LinkTrouble):
    """The journal has a new name: the line is to be spoken to under that one from here on."""


class NewNames:
    """Asks for a new name over one connection."""

    def __init__(
        self,
        log: LineLog,
        journal: OwnJournal,
        deliver: Deliver,
        status: LinkStatus,
        decide: Decide,
        draw: Callable[[], str],
    ) -> None:
        self._log = log
        self._journal = journal
        self._deliver = deliver
        self._status = status
        self._decide = decide
        self._draw = draw

    async def take(self, kept: int | None = None) -> None:
        """Go on under a new name. Returns if this terminal may not.

        Events up to `kept` stay the old name's: what was read back by now under it, if nothing is said. Raises Renamed
        when it is done, LinkTrouble if the line did not answer.
        """
        before = self._journal.origin()
        kept = self._journal.acked_n() if kept is None else kept
        name = await self.decided(before, kept, self._elsewhere(before, kept))
        if name is None:
            return
        _log.info("this journal goes on as %s: the line has event %d of it and then others", name.after, name.kept)
        await insist(lambda: self._deliver.begin_anew(name), self._status)
        raise Renamed(f"This terminal goes on as {name.after}.", remedy="Nothing is to be done.")

    async def others(self) -> None:
        """Wait for what a copy of this disk told, which took a new name before: what both did before is told once."""
        before = self._journal.origin()
        last = await self._log.last_decision(f"incarnation.{terminal_of(before)}")
        name = _name_in(last.payload) if last is not None else None
        if name is None or name.before != before:
            return
        for _ in range(LOOKS):
            if any(branch.after == name.after for branch in self._journal.branches(before)):
                return
            await asyncio.sleep(LOOK_S)

    def _elsewhere(self, before: str, kept: int) -> tuple[Branch, ...]:
        """What of the journal behind an event is under other names: it took one, and was put back to before that."""
        found: list[Branch] = []
        known = self._journal.branches(before)
        while True:
            counts = [(self._covered(branch), branch) for branch in known if branch.kept == kept]
            count, branch = max(counts, default=(0, None), key=lambda it: it[0])
            if branch is None or not count:
                return tuple(found)
            found.append(replace(branch, again=count))
            kept += count

    def _covered(self, branch: Branch) -> int:
        held = self._journal.events(branch.kept, branch.again)
        return recorded_again(held, self._journal.events_of(branch.after, 0, branch.again), branch)

    async def decided(self, before: str, kept: int, elsewhere: tuple[Branch, ...] = ()) -> NewName | None:
        """A new name for what is behind an event of an old one; None if this terminal may not. Raises LinkTrouble."""
        terminal = terminal_of(before)
        thing = f"incarnation.{terminal}"
        for _ in range(LOST_MAX):
            last = await self._log.last_decision(thing)
            after = f"{terminal}~{self._draw()}"
            name = NewName(before=before, after=after, kept=kept, elsewhere=elsewhere)
            decided = await self._decide(thing, msgspec.json.encode(name), last.seq if last else 0)
            match decided.ruling:
                case Ruling.WON:
                    return name
                case Ruling.DENIED:
                    return None
                case Ruling.LOST:
                    continue
                case Ruling.UNLINKED:
                    break
        raise NoReply("Expected a new name from the line, got no answer.", remedy="It is asked again by itself.")


def _name_in(payload: bytes) -> NewName | None:
    try:
        return msgspec.json.decode(payload, type=NewName)
    except msgspec.DecodeError:
        return None
