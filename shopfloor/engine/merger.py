"""Events of other terminals folded into the shop: at its end, or among what is known where they come late."""

from collections.abc import Callable, Mapping, Sequence
from itertools import count

from msgspec import Struct

from shopfloor.core.delivery import Raised, Risen
from shopfloor.core.entities import is_gone
from shopfloor.core.events import Recorded
from shopfloor.core.floor import Floor, is_covered, pack_shop, unpack_shop
from shopfloor.core.line_refusals import LINE
from shopfloor.core.merge import Key, differences, key_of, local_number, merged, replayed
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow
from shopfloor.engine.ground import Ground
from shopfloor.engine.timeline import EVERY_EVENTS, Timeline
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows

Since = Callable[[Key | None, Mapping[str, int]], list[Recorded]]
Count = Callable[[int], Mapping[str, int]]


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
    """Knows where the shop stands in the order of the line.

    `since` reads what is stored behind a key and on no floor of this vector, `count` how much each origin wrote until
    a moment.
    """

    def __init__(self, origin: str, head: Key, since: Since, ground: Ground, count: Count) -> None:
        self._origin = origin
        self._read_since = since
        self._count = count
        self.ground = ground
        self._timeline = Timeline()
        self.head = head

    def note(self, recorded: Sequence[Recorded], shop: Shop) -> None:
        """The terminal's own events were committed: `shop` is as it is after them."""
        if recorded:
            self.ground.learn(recorded)
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
        at, base = self._start(shop, key_of(ordered[0]))
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
        self.ground.learn(new)
        self._timeline.cut(min(map(key_of, new)))
        for key, shop in done.stones:
            self._timeline.note(key, shop, always=True)
        self.head = done.head
        self._timeline.note(done.head, done.shop, events=len(new), always=bool(done.refolded))

    def rise(self, shop: Shop, heads: Mapping[str, int]) -> tuple[Risen, Shop] | None:
        """What follows from standing on the floors that count by now, and the shop then; None if it does already.

        Call `stood` once it is stored.
        """
        way = self.ground.way(heads)
        if way is None:
            return None
        kept, floors = way
        below, base = self.ground.below(kept)
        if base is None:
            return None  # the state there is kept no longer: this terminal's hash says that it stands elsewhere
        if not self.ground.dropped(kept) and all(self._has_nothing_late(floor) for floor in floors):
            return self._rise_level(shop, floors)
        self._timeline.rise()
        return self._refold(shop, below, base, kept, floors)

    def stood(self, risen: Risen) -> None:
        """That is stored."""
        kept = len(self.ground.on) - len(risen.dropped)
        last = risen.raised[-1]
        self.ground.stand(kept, [it.floor for it in risen.raised], Shop(*unpack_shop(last.body, last.hash)))
        self._timeline.rise(_until(last.floor.us))

    def state_at(self, shop: Shop, us: int) -> Shop:
        """The shop after everything until a moment that the floor does not have, and nothing of later."""
        at, base = self._start(shop, _until(us))
        after, _, _ = self._run(base, [event for event in self._since(at) if event.moment.us <= us])
        return after

    def _rise_level(self, shop: Shop, floors: Sequence[Floor]) -> tuple[Risen, Shop]:
        """Nothing came late: everything is folded as it was, and only where the next fold begins is another."""
        raised = [_raised(floor, self.state_at(shop, floor.us)) for floor in floors]
        return Risen(raised=raised), shop

    def _refold(
        self, shop: Shop, below: Floor | None, base: Shop, kept: int, floors: Sequence[Floor]
    ) -> tuple[Risen, Shop]:
        known = self._read_since(None, below.vector() if below else {})
        state, rest, rows, raised = self._own(base, shop), known, [], []
        for floor in floors:
            vector = floor.vector()
            under = [event for event in rest if is_covered(event, vector)]
            rest = [event for event in rest if not is_covered(event, vector)]
            state, _, more = self._run(state, under)
            raised.append(_raised(floor, state))
            rows += more
        after, _, more = self._run(state, rest)
        rows += more
        dropped = self.ground.dropped(kept)
        # Figures of floors that turned out not to count stay as they are: nobody knows in which order they were made.
        before = rows if dropped else self._run(self._own(base, shop), known)[2]
        changed, gone = differences(shop, after)
        return Risen(
            raised=raised,
            dropped=dropped,
            changed=changed,
            gone=gone,
            digest=tuple(row for row in rows if row not in set(before)),
            digest_gone=tuple(set(before).difference(rows)),
            line_by=_line_by(shop, after),
        ), after

    def _has_nothing_late(self, floor: Floor) -> bool:
        vector = floor.vector()
        return all(n <= vector.get(origin, 0) for origin, n in self._count(floor.us).items())

    def _start(self, shop: Shop, key: Key) -> tuple[Key | None, Shop]:
        """(Key, shop) to fold from, so that an event at `key` finds its place."""
        found = self._timeline.before(key)
        return found or (None, self._own(self.ground.shop(), shop))

    def _since(self, after: Key | None) -> list[Recorded]:
        return self._read_since(after, self.ground.vector)

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

    def _own(self, base: Shop, shop: Shop) -> Shop:
        """A shop of before, that belongs to the same process as `shop`."""
        own = base.copy()
        own.origin, own.ready, own.ended_us = shop.origin, shop.ready, shop.ended_us
        own.live, own.linked, own.ahead = shop.live, shop.linked, shop.ahead
        own.unlinked_us = shop.unlinked_us
        return own


def _raised(floor: Floor, shop: Shop) -> Raised:
    return Raised(floor, *pack_shop(shop))


def _until(us: int) -> Key:
    """Behind everything until a moment, before everything after it."""
    return us + 1, -1, "", 0


def _line_by(before: Shop, after: Shop) -> tuple[str, int] | None:
    """Origin and number of the event whose line file is in force after, if it is another one than before."""
    decree = after.decrees.get(LINE)
    return None if decree is None or decree == before.decrees.get(LINE) else (decree.origin, decree.n)
