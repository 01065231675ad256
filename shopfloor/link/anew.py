"""A new name for a journal whose old one the line knows more of: asked for as a decision, then given to the engine."""

import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from shopfloor.core.line_link import Decided, Deliver, NewName, OwnJournal, Ruling
from shopfloor.link.inbox import insist
from shopfloor.link.line_names import terminal_of
from shopfloor.link.log import LineLog, NoReply
from shopfloor.link.status import LinkStatus
from shopfloor.link.trouble import LinkTrouble

_log = logging.getLogger("shopfloor.link")

INCARNATION_BYTES: Final = 4  # as many as a new folder's
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

    async def take(self) -> None:
        """Go on under a new name, of what was read back by now under the old one. Returns if this terminal may not.

        Raises Renamed when it is done, LinkTrouble if the line did not answer.
        """
        name = await self._decided()
        if name is None:
            return
        _log.info("this journal goes on as %s: the line has event %d of it and then others", name.after, name.kept)
        await insist(lambda: self._deliver.begin_anew(name), self._status)
        raise Renamed(f"This terminal goes on as {name.after}.", remedy="Nothing is to be done.")

    async def _decided(self) -> NewName | None:
        before = self._journal.origin()
        terminal = terminal_of(before)
        thing = f"incarnation.{terminal}"
        for _ in range(LOST_MAX):
            last = await self._log.last_decision(thing)
            after = f"{terminal}~{self._draw()}"
            name = NewName(before=before, after=after, kept=self._journal.acked_n())
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
