"""The engine goes on under a new name: the journal is put in order, and the shop is folded from it."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from shopfloor.core.anew import Base, Folded, renamed
from shopfloor.core.codec import encode_event
from shopfloor.core.events import Recorded
from shopfloor.core.events_line import BegunAnew
from shopfloor.core.evolve import apply, changed_line
from shopfloor.core.line_link import LineEntry, NewName
from shopfloor.core.merge import local_number
from shopfloor.core.moment import Moment, Now, next_moment
from shopfloor.core.owning import terminal_in
from shopfloor.core.ports import Journal, Opened
from shopfloor.core.shop import Shop
from shopfloor.core.update import DigestRow, Update
from shopfloor.engine.desk import Desk
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows

ANEW_WORDS = (
    "This terminal goes on under a new name on the line: its disk was put back or copied.",
    "Scan on: the answers come when it is done, after some seconds.",
)
LEAVE_WORDS = (
    "Another terminal's disk was put back: what it did before is put in its place here.",
    "Scan on: the answers come when it is done, after some seconds.",
)
CLOCK_WORDS = (
    "This terminal's clock was far ahead: what it recorded before it heard the line is put back to its time.",
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
        event=BegunAnew(terminal=terminal, before=name.before, kept=name.begins, again=desk.head - name.begins),
        uncertainty_us=desk.unsure_us,
    )
    opened = journal.begin_anew(name, begun, lambda events, base: folded(events, base, name.after))
    return _gone_on(desk, journal, opened)


def take_branch(desk: Desk, journal: Journal, name: NewName, entries: Sequence[LineEntry], now: Now) -> Update:
    """Record under a former name of this terminal what another one knows of `name.before` behind `name.kept`.

    Raises StoreTrouble, ValueError.
    """
    again = [(entry, *renamed(entry.recorded, entry.body, name)) for entry in entries]
    told = [replace(entry, seq=0, ts_us=0, recorded=event, body=body) for entry, event, body in again]
    event = BegunAnew(
        terminal=terminal_in(name.after),
        before=name.before,
        kept=name.kept,
        again=len(told),
        first=entries[0].hash.hex(),
    )
    said = Recorded(
        origin=name.after,
        n=len(told) + 1,
        moment=next_moment(desk.last, now),
        mono_ns=now.mono_ns,
        boot=now.boot,
        event=event,
        uncertainty_us=desk.unsure_us,
    )
    last = LineEntry(seq=0, ts_us=0, recorded=said, hash=b"", body=encode_event(event)[2])
    return desk.deliver(journal.chained([*told, last]), None)


def leave_branches(desk: Desk, journal: Journal) -> Desk:
    """The desk without what others recorded anew under another name; the same one if there is nothing of it.

    Raises StoreTrouble, and leaves everything as it was.
    """
    desk.pay_all()
    origin = desk.shop.origin
    opened = journal.leave_branches(lambda events, base: folded(events, base, origin))
    return desk if opened is None else _gone_on(desk, journal, opened)


def put_back_in_time(desk: Desk, journal: Journal, events: Sequence[Recorded]) -> Desk:
    """The desk whose newest own events are these. Raises StoreTrouble, and leaves everything as it was."""
    desk.pay_all()
    origin = desk.shop.origin
    opened = journal.retime(events, lambda found, base: folded(found, base, origin))
    return _gone_on(desk, journal, opened, last=opened.last)


def _gone_on(desk: Desk, journal: Journal, opened: Opened, *, last: Moment | None = None) -> Desk:
    """A desk on what the journal holds now, that goes on where this one was, or behind `last`."""
    opened.last = last or max(opened.last, desk.last)
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
