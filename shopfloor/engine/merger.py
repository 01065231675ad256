"""Events of other terminals folded into the shop: at its end, or among what is known where they come late."""

from collections.abc import Callable, Sequence
from itertools import count

from msgspec import Struct

from shopfloor.core.entities import is_gone
from shopfloor.core.events import Recorded
from shopfloor.core.line_refusals import LINE
from shopfloor.core.merge import Key, differences, key_of, local_number, merged, replayed
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow
from shopfloor.engine.timeline import EVERY_EVENTS, Timeline
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows

Since = Callable[[Key | None], list[Recorded]]


class Merged(Struct, frozen=True):
    """What came of it: the shop, what to write and to drop of it, and how many known events were folded anew.

    `middle`: the shop just after the last of the new events, where known ones come after it.
    """

    shop: Shop
    head: Key
    changed: tuple[Entity, ...]
    gone: tuple[Entity, ...]
    digest: tuple[DigestRow, ...]
    digest_gone: tuple[DigestRow, ...]
    refolded: int
    line_by: tuple[str, int] | None = None
    stones: tuple[tuple[Key, Shop], ...] = ()


class Merger:
    """Knows where the shop stands in the order of the line. `since` reads what is stored behind a key."""

    def __init__(self, origin: str, head: Key, since: Since) -> None:
        self._origin = origin
        self._since = since
        self._timeline = Timeline()
        self.head = head

    def note(self, recorded: Sequence[Recorded], shop: Shop) -> None:
        """The terminal's own events were committed: `shop` is as it is after them."""
        if recorded:
            self.head = max(self.head, key_of(recorded[-1]))
            self._timeline.note(self.head, shop, events=len(recorded))

    def fold(self, shop: Shop, new: Sequence[Recorded]) -> Merged:
        """Fold events nobody here knew into `shop`, which stays as it is. Call `took` once they are stored."""
        ordered = merged((), new)
        if key_of(ordered[0]) > self.head:
            after, changed, rows = self._run(shop, ordered)
            living = tuple(entity for entity in changed if not is_gone(entity))
            gone = tuple(entity for entity in changed if is_gone(entity))
            return Merged(after, key_of(ordered[-1]), living, gone, tuple(rows), (), 0, _line_by(shop, after))
        found = self._timeline.before(key_of(ordered[0]))
        at, base = found or (None, self._empty(shop))
        known = self._since(at)
        # What comes next may belong anywhere among these: milestones on the way keep it from the beginning.
        stones = Timeline()
        after, _, rows = self._run(base, merged(known, ordered), stones)
        _, _, rows_before = self._run(base, known)
        changed, gone = differences(shop, after)
        fresh = set(rows_before)
        return Merged(
            after,
            max(self.head, key_of(ordered[-1])),
            changed,
            gone,
            tuple(row for row in rows if row not in fresh),
            tuple(fresh.difference(rows)),
            len(known),
            _line_by(shop, after),
            stones.kept,
        )

    def took(self, done: Merged, new: Sequence[Recorded]) -> None:
        """What was folded is stored."""
        self._timeline.cut(min(map(key_of, new)))
        for key, shop in done.stones:
            self._timeline.note(key, shop, always=True)
        self.head = done.head
        self._timeline.note(done.head, done.shop, events=len(new), always=bool(done.refolded))

    def _run(
        self, base: Shop, events: Sequence[Recorded], stones: Timeline | None = None
    ) -> tuple[Shop, tuple[Entity, ...], list[DigestRow]]:
        """Fold the events; `stones` gets the shop as it was after every so many of them."""
        rows: list[DigestRow] = []
        calendars = [(base.line, WorkCalendar(base.line))]
        place = count(-1)

        def each(shop: Shop, recorded: Recorded) -> None:
            done = next(place)
            if stones is not None and done > 0 and done % EVERY_EVENTS == 0:
                stones.note(key_of(events[done]), shop.copy(), always=True)
            if shop.line is not calendars[-1][0]:
                calendars.append((shop.line, WorkCalendar(shop.line)))
            rows.extend(digest_rows(shop, local_number(recorded, self._origin), calendars[-1][1]))

        after, changed = replayed(base, events, each)
        return after, changed, rows

    def _empty(self, shop: Shop) -> Shop:
        """A shop from before everything, that belongs to the same process."""
        empty = Shop()
        empty.origin, empty.ready, empty.ended_us = shop.origin, shop.ready, shop.ended_us
        empty.live, empty.linked, empty.unlinked_us = shop.live, shop.linked, shop.unlinked_us
        empty.ahead = shop.ahead
        return empty


def _line_by(before: Shop, after: Shop) -> tuple[str, int] | None:
    """Origin and number of the event whose line file is in force after, if it is another one than before."""
    decree = after.decrees.get(LINE)
    return None if decree is None or decree == before.decrees.get(LINE) else (decree.origin, decree.n)
