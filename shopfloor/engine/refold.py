"""One run over the events behind a shop of a while ago, with what came late among them; a few events at a time."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Final

from msgspec import Struct

from shopfloor.core.entities import entity_key, is_gone
from shopfloor.core.events import Recorded
from shopfloor.core.events_floor import FloorSet
from shopfloor.core.evolve import Replay, changed_line
from shopfloor.core.line import Line
from shopfloor.core.merge import Key, key_of, local_number
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow
from shopfloor.engine.timeline import EVERY_EVENTS, Timeline
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows

TAIL_MAX: Final = 10_000  # events kept in memory to be folded anew, a kilobyte or two each; then the disk is read
_TRIM_EVENTS: Final = 200  # of those that are too many so many are let go at once: some tenths of a millisecond

Page = Callable[[Key | None], Sequence[Recorded]]  # the next of those on the disk behind a key; none: that was all


class Folded(Struct, frozen=True, gc=False):
    """An event at its place in the order of the line, with the figures it has here; None: it is not folded in yet."""

    key: Key
    recorded: Recorded
    rows: tuple[DigestRow, ...] | None = None


class Figures:
    """Makes the figures of events, of other origins under their local numbers."""

    def __init__(self, origin: str) -> None:
        self.origin = origin
        self._calendar: tuple[Line, WorkCalendar] | None = None

    def of(self, shop: Shop, recorded: Recorded) -> tuple[DigestRow, ...]:
        """The figures of an event, given the shop just before it."""
        if self._calendar is None or self._calendar[0] is not shop.line:
            self._calendar = (shop.line, WorkCalendar(shop.line))
        return digest_rows(shop, local_number(recorded, self.origin), self._calendar[1])


class Fresh:
    """Events that came late, by their origins, each of which wrote them in order; `first` and `last` of all."""

    def __init__(self, of: Mapping[str, Sequence[Recorded]]) -> None:
        known = [events for events in of.values() if events]
        self.first = min(key_of(events[0]) for events in known)
        self.last = max(key_of(events[-1]) for events in known)
        self.until = {events[0].origin: events[0].n - 1 for events in known}
        self._of = known

    def __iter__(self) -> Iterator[Folded]:
        return heapq.merge(*map(_unfolded, self._of), key=attrgetter("key"))


class Known:
    """What is known behind a shop: events in memory, or those of the disk by pages, and then what happens meanwhile.

    It is folded without the late ones, too, while it comes from the disk: for the figures that it has.
    """

    def __init__(self, events: Sequence[Folded] = (), page: Page | None = None) -> None:
        self._events = events
        self._page = page
        self._at = 0
        self._more: list[Folded] = []
        self._last: Key | None = None

    @property
    def reads(self) -> bool:
        """Whether it comes from the disk."""
        return self._page is not None

    def more(self, own: Sequence[Folded]) -> None:
        """The terminal's own events that happened meanwhile: they are behind everything else."""
        self._more += own

    def next(self) -> Folded | None:
        """The next one, which stays the next until it is `taken`; None after the last."""
        if self._at == len(self._events):
            self._turn()
        return self._events[self._at] if self._at < len(self._events) else None

    def taken(self) -> None:
        """Go on."""
        self._at += 1

    def _turn(self) -> None:
        self._at, self._events = 0, ()
        if self._page is not None:
            page = self._page(self._last)
            if page:
                self._events = list(_unfolded(page))
                self._last = self._events[-1].key
                return
            self._page = None
        self._events, self._more = self._more, []


class Refold:
    """Folds `fresh` among the `known` events behind `base`, all of them in order, and says what is otherwise then."""

    def __init__(self, base: Shop, known: Known, fresh: Fresh, figures: Figures, *, at: Key) -> None:
        self.at = at
        self.first = fresh.first
        self.fresh: list[Recorded] = []
        self.floors: list[Recorded] = []  # those of them that set one
        self.refolded = 0
        self.digest: list[DigestRow] = []
        self.digest_gone: list[DigestRow] = []
        self.stones = Timeline()
        self.near: list[tuple[Key, Shop]] = []
        self.line_by: tuple[str, int] | None = None
        self.folded: list[Folded] = []
        self.folded_from = at  # the newest that is kept in `folded` no longer, or before all of them
        self.over: dict[tuple[type[Entity], str], Entity] = {}
        self.head = at
        self._count = 0
        self._figures = figures
        self._replay = Replay(base)
        self._known = known
        self._last = fresh.last
        self._late = iter(fresh)
        self._next_late = next(self._late, None)
        self._without: _Without | None = None

    def more(self, own: Sequence[Folded]) -> None:
        """The terminal's own events that happened meanwhile: they are behind everything else."""
        self._known.more(own)

    def work(self, count: int) -> bool:
        """Fold so many events; whether all are."""
        for _ in range(count):
            known, late = self._known.next(), self._next_late
            if late is not None and (known is None or late.key < known.key):
                self._take_late(late)
            elif known is not None:
                self._known.taken()
                self._take_known(known)
            else:
                return True
        return self._next_late is None and self._known.next() is None

    def shop(self) -> Shop:
        """The shop after everything."""
        return self._replay.settle()

    def _take_late(self, event: Folded) -> None:
        self._next_late = next(self._late, None)
        if event.key == self.first:
            if self._count:
                self.near.append((self.head, self._replay.settle().copy()))
            if self._known.reads:
                self._without = _Without(self._replay.shop, self._figures.origin)
        rows = self._figures.of(self._replay.shop, event.recorded)
        self.digest += rows
        self.fresh.append(event.recorded)
        if isinstance(event.recorded.event, FloorSet):
            self.floors.append(event.recorded)
        self._fold(event, rows)
        if event.key == self._last:
            self.near.append((event.key, self._replay.settle().copy()))

    def _take_known(self, event: Folded) -> None:
        self.refolded += 1
        rows, had = self._figures.of(self._replay.shop, event.recorded), event.rows
        if had is None and self._without is not None:
            had = self._without.figures(event.recorded)
        if had is not None and rows != had:
            self.digest += [row for row in rows if row not in had]
            self.digest_gone += [row for row in had if row not in rows]
        self._fold(event, rows)

    def _fold(self, event: Folded, rows: tuple[DigestRow, ...]) -> None:
        recorded = event.recorded
        shop = self._replay.shop
        for entity in self._replay.step(recorded):
            if is_gone(entity):
                self.over[type(entity), entity_key(entity)] = entity
        if changed_line(shop, recorded) is not None:
            self.line_by = (recorded.origin, recorded.n)
        self.folded.append(Folded(event.key, recorded, rows))
        self.head = event.key
        self._count += 1
        if self._count % EVERY_EVENTS == 0:
            self.stones.note(event.key, self._replay.settle().copy(), always=True)
        if len(self.folded) >= TAIL_MAX + _TRIM_EVENTS:
            self.folded_from = self.folded[_TRIM_EVENTS - 1].key
            del self.folded[:_TRIM_EVENTS]


class _Without:
    """The same shop without what came late: the figures that events of the disk have."""

    def __init__(self, shop: Shop, origin: str) -> None:
        self._replay = Replay(shop)
        self._figures = Figures(origin)

    def figures(self, recorded: Recorded) -> tuple[DigestRow, ...]:
        """Those of the next event."""
        rows = self._figures.of(self._replay.shop, recorded)
        self._replay.step(recorded)
        return rows


def _unfolded(events: Iterable[Recorded]) -> Iterator[Folded]:
    return (Folded(key_of(event), event) for event in events)
