"""Own events that a clock set ahead has put into the future, before anybody else heard of them: back to their time."""

from collections.abc import Iterable

from msgspec.structs import replace

from shopfloor.core.events import Recorded
from shopfloor.core.line_link import UNHEARD_US, Discipline
from shopfloor.core.moment import Moment, Now


def retimed(events: Iterable[Recorded], clock: Discipline, after: Moment) -> tuple[tuple[Recorded, ...], int]:
    """The events with moments that can be true, from the first on whose cannot; and by how much the newest was ahead.

    `clock`: what the line's clock says now; within its boot the monotonic clock tells when each event happened. What
    is of a boot before happened before this one began. Their order stays, behind `after`; none is moved to later.
    What was recorded by the line's own clock stays, and all stays where that is far behind what it was: somebody has
    set it, and no terminal's was wrong.
    """
    found: list[Recorded] = []
    last, ahead_us = after, 0
    for event in events:
        us, unsure_us, is_known = _when(event, clock)
        if not found and not _cannot_be(event, us + unsure_us):
            last = event.moment
            continue
        if not found and us + unsure_us + UNHEARD_US < last.us:
            break
        at_us = min(us, event.moment.us)
        moment = Moment(at_us) if at_us > last.us else Moment(last.us, last.count + 1)
        ahead_us = event.moment.us - us
        unsure_us += max(0, moment.us - at_us) + (0 if is_known else event.uncertainty_us)
        found.append(replace(event, moment=moment, uncertainty_us=unsure_us))
        last = moment
    return tuple(found), max(0, ahead_us)


def _cannot_be(event: Recorded, until_us: int) -> bool:
    """Whether it was recorded by a guess, and is of the future by more than the guess allows for."""
    return event.uncertainty_us >= UNHEARD_US and event.moment.us - event.uncertainty_us > until_us


def _when(event: Recorded, clock: Discipline) -> tuple[int, int, bool]:
    """The latest instant at which it can have happened, how sure that is, and whether it is when it happened."""
    of_boot = clock.read(Now(0, event.mono_ns, event.boot))
    if of_boot is not None:
        return (*of_boot, True)
    return (*(clock.read(Now(0, 0, clock.boot)) or (clock.server_us, clock.uncertainty_us)), False)
