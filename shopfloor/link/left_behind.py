"""A terminal that has read all there is and still stands below the others: a floor covers what the line has no more.

It was lost with a server, and who wrote it is gone for good. The others know it: their state stands for it.
"""

import asyncio
from typing import Final

from shopfloor.clock import Clock
from shopfloor.core.line_link import SILENT_NS, OwnJournal
from shopfloor.core.moment import Now
from shopfloor.link.log import Ident, LineLog, NoReply, Refused
from shopfloor.link.snapshots import newest_floor
from shopfloor.link.status import LinkStatus
from shopfloor.link.trouble import LinkTrouble

LEFT_S: Final = 60.0  # who wrote it may be on its way, and who folds much in stands higher by then
LOOK_S: Final = 5.0


class LeftBehind(LinkTrouble):
    """There is a state above that of this terminal, which it does not come to by what the line has."""


async def watch_floors(log: LineLog, ident: Ident, journal: OwnJournal, status: LinkStatus, clock: Clock) -> None:
    """Look for ever. Raises LeftBehind, LinkTrouble."""
    below_s = 0.0
    while True:
        await asyncio.sleep(LOOK_S)
        on = journal.stands_on()
        here = on.floor.number if on is not None else 0
        is_below = _highest(status, clock.now()) > here and status.applied >= status.last_seq
        below_s = below_s + LOOK_S if is_below else 0.0
        if below_s < LEFT_S:
            continue
        below_s = 0.0
        try:
            newest = await newest_floor(log, ident)
        except (NoReply, Refused):  # whether the link is there, the heartbeat judges
            continue
        if newest > here:
            raise LeftBehind(
                "The others know events that the line has no more.", remedy="Their state is taken by itself."
            )


def _highest(status: LinkStatus, now: Now) -> int:
    heard = (one.floor for one in status.view().others if now.mono_ns - one.heard_ns < SILENT_NS)
    return max(heard, default=0)
