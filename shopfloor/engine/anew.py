"""The engine goes on under a new name: the journal is put in order, and the shop is folded from it."""

from collections.abc import Iterable

from shopfloor.core.anew import Base, Folded
from shopfloor.core.events import Recorded
from shopfloor.core.events_line import BegunAnew
from shopfloor.core.evolve import apply, changed_line
from shopfloor.core.line_link import NewName
from shopfloor.core.merge import local_number
from shopfloor.core.moment import Now, next_moment
from shopfloor.core.ports import Journal
from shopfloor.core.shop import Shop
from shopfloor.core.update import DigestRow
from shopfloor.engine.desk import Desk
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows

ANEW_WORDS = (
    "This terminal goes on under a new name on the line: its disk was put back or copied.",
    "Scan on: the answers come when it is done, after some seconds.",
)


def begin_anew(desk: Desk, journal: Journal, name: NewName, now: Now, terminal: str) -> Desk:
    """The desk that goes on under the new name; the same one if it has another name already.

    Raises StoreTrouble, and leaves everything as it was.
    """
    if desk.shop.origin != name.before:
        return desk
    desk.pay_all()
    begun = Recorded(
        origin=name.after,
        n=0,
        moment=next_moment(desk.last, now),
        mono_ns=now.mono_ns,
        boot=now.boot,
        event=BegunAnew(terminal=terminal, before=name.before, kept=name.kept, again=desk.head - name.kept),
        uncertainty_us=desk.unsure_us,
    )
    opened = journal.begin_anew(name, begun, lambda events, base: folded(events, base, name.after))
    opened.last = max(opened.last, desk.last)
    after = Desk(journal, opened, desk.survey, watches=desk.watches)
    was, shop = desk.shop, after.shop
    shop.reads, shop.ready, shop.ended_us = was.reads, was.ready, was.ended_us
    shop.share_process(was)
    after.unsure_us = desk.unsure_us
    return after


def folded(events: Iterable[Recorded], base: Base | None, origin: str) -> Folded:
    """What events come to on a floor or on nothing, in a journal of that name."""
    shop = Shop(*base) if base else Shop()
    digest: list[DigestRow] = []
    line_by: tuple[str, int] | None = None
    calendar = WorkCalendar(shop.line)
    for recorded in events:
        digest += digest_rows(shop, local_number(recorded, origin), calendar)
        apply(shop, recorded)
        if changed_line(shop, recorded) is not None:
            line_by, calendar = (recorded.origin, recorded.n), WorkCalendar(shop.line)
    return Folded(tuple(shop.entities()), tuple(digest), line_by)
