"""Events of other terminals folded into the shop: at its end, or among what is known where they come late."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from shopfloor.core.entities import entity_key
from shopfloor.core.events import Recorded
from shopfloor.core.merge import Key, differences, key_of, merged
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow
from shopfloor.engine.refold import Figures, Folded, Refold
from shopfloor.engine.timeline import Timeline

TAIL_MAX: Final = 20_000  # events kept in memory to be folded anew, a kilobyte each; behind them the disk is read
TAIL_KEPT: Final = 2_000  # of those before everything that came late; others are as late now and then

Since = Callable[[Key | None], list[Recorded]]


class Merged(Struct, frozen=True):
    """What came of it: the shop, what to write and to drop of it, and how many known events were folded anew."""

    shop: Shop
    events: tuple[Recorded, ...]
    changed: tuple[Entity, ...]
    gone: tuple[Entity, ...]
    digest: tuple[DigestRow, ...]
    digest_gone: tuple[DigestRow, ...]
    refolded: int
    line_by: tuple[str, int] | None = None


class Merger:
    """Knows where the shop stands in the order of the line. `since` reads what is stored behind a key.

    Events that are stored and not in the shop yet wait: `begin` and `work` fold all of them in, `done` says what is
    to be written then, and `took` that it was.
    """

    def __init__(self, origin: str, head: Key, since: Since) -> None:
        self._since = since
        self._figures = Figures(origin)
        self._timeline = Timeline()
        self._near: list[tuple[Key, Shop]] = []
        self._tail: list[Folded] = []
        self._tail_from: Key = head
        self._waiting: list[Recorded] = []
        self._run: Refold | None = None
        self.head = head

    @property
    def waiting(self) -> int:
        """How many stored events are not in the shop yet."""
        return len(self._waiting)

    def span(self, new: Sequence[Recorded] = ()) -> int | None:
        """How many events have to be folded to have what waits and `new` in the shop; None: the disk knows."""
        fresh = len(self._waiting) + len(new)
        first = min((key_of(event) for event in (*self._waiting, *new)), default=self.head)
        if first >= self.head:
            return fresh
        at = self._before(first)
        return None if at is None or at[0] < self._tail_from else fresh + len(self._tail) - self._place(at[0])

    def note(self, recorded: Sequence[Recorded], rows: Sequence[tuple[DigestRow, ...]], shop: Shop | None) -> None:
        """The terminal's own events happened, with these figures: `shop` is as it is after them, if all is stored."""
        if not recorded:
            return
        own = [Folded(key_of(event), event, made) for event, made in zip(recorded, rows, strict=True)]
        if self._run is not None:
            self._run.more(own)
        self._tail += own
        if len(self._tail) > TAIL_MAX:
            self._forget(len(self._tail) // 2)
        self.head = max(self.head, own[-1].key)
        if shop is not None:
            self._timeline.note(self.head, shop, events=len(own))

    def wait(self, new: Sequence[Recorded]) -> None:
        """Events nobody here knew are stored, and not folded in yet."""
        self._waiting += new
        self._run = None

    def wait_begun(self, new: Sequence[Recorded]) -> None:
        """They are stored, and the run that was begun has them."""
        self._waiting += new

    def stop(self) -> None:
        """What was begun will not be done."""
        self._run = None

    def begin(self, shop: Shop, new: Sequence[Recorded] = ()) -> None:
        """Begin to fold what waits, and `new`, into `shop`, which stays as it is."""
        fresh = [Folded(key_of(event), event) for event in merged(self._waiting, new)]
        first = fresh[0].key
        if first > self.head:
            self._run = Refold(shop, (), fresh, self._figures, at=self.head)
            return
        found = self._before(first)
        if found is not None and found[0] >= self._tail_from:
            at, base = found
            known = self._tail[self._place(at) :]
        else:
            found = self._timeline.before(first)
            at, base = found or (_BEGINNING, _empty(shop))
            waits = {event.key for event in fresh}
            stored = self._since(at if found else None)
            known = [Folded(key, event) for event in stored if (key := key_of(event)) not in waits]
        self._run = Refold(base, known, fresh, self._figures, at=at)

    def work(self, count: int) -> bool:
        """Fold so many events of what was begun; whether all are."""
        assert self._run is not None
        return self._run.work(count)

    @property
    def left(self) -> int:
        """How many events of what was begun are not folded yet, some of them twice."""
        return 0 if self._run is None else self._run.left

    @property
    def begun(self) -> bool:
        """Whether a run was begun that is not done."""
        return self._run is not None

    def done(self, shop: Shop) -> Merged:
        """What is otherwise than in `shop` after everything was folded."""
        run = self._run
        assert run is not None
        after = run.shop()
        changed, gone = differences(shop, after)
        over = tuple(run.over.get((type(entity), entity_key(entity)), entity) for entity in gone)
        return Merged(
            after,
            run.fresh,
            changed,
            over,
            tuple(run.digest),
            tuple(run.digest_gone),
            run.known,
            run.line_by,
        )

    def took(self, done: Merged) -> None:
        """What was folded is stored."""
        run = self._run
        assert run is not None
        self._timeline.cut(run.first)
        for key, shop in run.stones:
            self._timeline.note(key, shop, always=True)
        self._near = run.near
        if run.at >= self._tail_from:
            self._tail[self._place(run.at) :] = run.folded
        else:
            self._tail, self._tail_from = run.folded, run.at
        self.head = run.folded[-1].key
        self._timeline.note(self.head, done.shop, events=len(run.fresh), always=bool(run.known))
        self._waiting, self._run = [], None
        self._forget(self._place(run.first) - TAIL_KEPT)

    def _before(self, key: Key) -> tuple[Key, Shop] | None:
        """The newest shop from before a key."""
        known = [stone for stone in self._near if stone[0] < key]
        found = self._timeline.before(key)
        if found is not None:
            known.append(found)
        return max(known, key=_place_of, default=None)

    def _place(self, key: Key) -> int:
        """How many events of the tail are not behind a key."""
        return bisect_right(self._tail, key, key=_key_of)

    def _forget(self, count: int) -> None:
        """Keep so many of the oldest events no longer."""
        if count > 0:
            self._tail_from = self._tail[count - 1].key
            del self._tail[:count]


_BEGINNING: Final[Key] = (-1, 0, "", 0)


def _empty(shop: Shop) -> Shop:
    """A shop from before everything, that belongs to the same process."""
    empty = Shop()
    empty.origin, empty.ready, empty.ended_us = shop.origin, shop.ready, shop.ended_us
    empty.live, empty.linked, empty.ahead = shop.live, shop.linked, shop.ahead
    return empty


def _key_of(event: Folded) -> Key:
    return event.key


def _place_of(stone: tuple[Key, Shop]) -> Key:
    return stone[0]
