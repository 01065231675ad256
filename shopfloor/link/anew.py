"""A new name for a journal whose old one the line knows more of: asked for as a decision, then given to the engine."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec
from msgspec.structs import replace

from shopfloor.core.line_link import Decided, Deliver, NewName, OwnJournal, Ruling
from shopfloor.link.branching import branched_off, elsewhere
from shopfloor.link.inbox import insist
from shopfloor.link.line_names import terminal_of
from shopfloor.link.log import LineLog, NoReply, Stored
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

    async def ask(self, before: str, kept: int | None = None) -> NewName | None:
        """A new name for what is behind an event of an old one; None if this terminal may not. Raises LinkTrouble.

        Without `kept` it is for what was not read back by now.
        """
        terminal = terminal_of(before)
        thing = f"incarnation.{terminal}"
        for _ in range(LOST_MAX):
            last = await self._others(before, thing)
            known = self._journal.acked_n() if kept is None else kept
            name = NewName(before=before, after=f"{terminal}~{self._draw()}", kept=known)
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

    async def begin(self, name: NewName, kept: int | None = None) -> None:
        """Go on under it, while nothing is read. Raises Renamed.

        Events up to `kept` stay the old name's: what was read back by now under it, if nothing is said.
        """
        kept = self._journal.acked_n() if kept is None else kept
        branched = branched_off(self._journal)
        kept = kept if branched is None else min(kept, branched)
        name = replace(name, kept=kept, elsewhere=elsewhere(self._journal, kept))
        _log.info("this journal goes on as %s: the line has event %d of it and then others", name.after, name.kept)
        await insist(lambda: self._deliver.begin_anew(name), self._status)
        raise Renamed(f"This terminal goes on as {name.after}.", remedy="Nothing is to be done.")

    async def _others(self, before: str, thing: str) -> Stored | None:
        """The last decision. If a copy of this disk took a name by it, what that one told is waited for.

        So is what one tells that is heard under a name of its own: the line may have forgotten the decision. What both
        of them did before they were two is told once.
        """
        last = await self._log.last_decision(thing)
        name = _name_in(last.payload) if last is not None else None
        after = name.after if name is not None and name.before == before else ""
        copies = self._status.heads_of(terminal_of(before), besides={before, self._journal.origin()})
        for _ in range(LOOKS):
            has_told = not after or any(branch.after == after for branch in self._journal.branches(before))
            if has_told and all(self._journal.head_of(origin) >= n for origin, n in copies.items()):
                break
            await asyncio.sleep(LOOK_S)
        return last


def _name_in(payload: bytes) -> NewName | None:
    try:
        return msgspec.json.decode(payload, type=NewName)
    except msgspec.DecodeError:
        return None
