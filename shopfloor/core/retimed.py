"""Own events that a clock set ahead has put into the future, before anybody else heard of them: back to their time."""

from collections.abc import Iterable

from msgspec.structs import replace

from shopfloor.core.events import Recorded
from shopfloor.core.line_link import Discipline
from shopfloor.core.moment import Moment, Now


def retimed(events: Iterable[Recorded], clock: Discipline, after: Moment) -> tuple[tuple[Recorded, ...], int]:
    """The events with moments that can be true, from the first on whose cannot; and by how much the newest was ahead.

    `clock`: what the line's clock says now; within its boot the monotonic clock tells when each event happened. What
    is of a boot before happened before this one began. Their order stays, behind `after`; none is moved to later.
    """
    found: list[Recorded] = []
    last, ahead_us = after, 0
    for event in events:
        us, unsure_us = _when(event, clock)
        if not found and event.moment.us - event.uncertainty_us <= us + unsure_us:
            last = event.moment
            continue
        at_us = min(us, event.moment.us)
        moment = Moment(at_us) if at_us > last.us else Moment(last.us, last.count + 1)
        ahead_us = event.moment.us - us
        found.append(replace(event, moment=moment, uncertainty_us=unsure_us + max(0, moment.us - at_us)))
        last = moment
    return tuple(found), max(0, ahead_us)


def _when(event: Recorded, clock: Discipline) -> tuple[int, int]:
    """The latest instant at which it can have happened, and by how much it may have been before."""
    of_boot = clock.read(Now(0, event.mono_ns, event.boot))
    if of_boot is not None:
        return of_boot
    begun_us, unsure_us = clock.read(Now(0, 0, clock.boot)) or (clock.server_us, clock.uncertainty_us)
    return begun_us, unsure_us + max(event.uncertainty_us, 0)
