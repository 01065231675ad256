"""Events of other terminals folded into the shop: at its end, or among what is known where they come late."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from shopfloor.core.delivery import Adopted, Raised
from shopfloor.core.entities import entity_key
from shopfloor.core.events import Recorded
from shopfloor.core.evolve import Replay
from shopfloor.core.floor import Floor, unpack_shop
from shopfloor.core.line_link import Cursor, Standing
from shopfloor.core.merge import Key, differences, key_of
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow
from shopfloor.engine.climb import Climb, Climbed, Packed, Path, Since, line_by, until_us
from shopfloor.engine.ground import Ground
from shopfloor.engine.refold import TAIL_MAX, Figures, Folded, Fresh, Known, Page, Refold
from shopfloor.engine.timeline import Timeline

PAGE_EVENTS: Final = 200  # read at once where events are folded from the disk: two milliseconds
TAIL_KEPT: Final = 2_000  # of those before everything that came late; others are as late now and then

Count = Callable[[int], Mapping[str, int]]


class Merged(Struct, frozen=True):
    """What came of it: the shop, what to write and to drop of it, and how many known events were folded anew."""

    shop: Shop
    events: Sequence[Recorded]
    changed: tuple[Entity, ...]
    gone: tuple[Entity, ...]
    digest: Sequence[DigestRow]
    digest_gone: Sequence[DigestRow]
    refolded: int
    first: Key
    line_by: tuple[str, int] | None = None


class Merger:
    """Knows where the shop stands in the order of the line.

    `since` reads what is stored behind a key, on no floor of this vector and of some origins not behind a number,
    `count` how much each origin wrote until a moment. Events that are stored and not in the shop yet wait: `begin` and
    `work` fold all of them in, `done` says what is to be written then, and `took` that it was.
    """

    def __init__(self, origin: str, head: Key, since: Since, ground: Ground, count: Count) -> None:
        self._read_since = since
        self._count = count
        self.ground = ground
        self._figures = Figures(origin)
        self._timeline = Timeline()
        self._near: list[tuple[Key, Shop]] = []
        self._packed: Packed | None = None
        self.climbing: Climb | None = None  # what is on its way to another floor
        self._tail: list[Folded] = []
        self._tail_from: Key = head
        self._waiting: dict[str, list[Recorded]] = {}
        self._waits = 0
        self._first = _END  # of those that wait
        self._on_disk: int | None = None
        self._run: Refold | None = None
        self.head = head

    @property
    def waiting(self) -> int:
        """How many stored events are not in the shop yet."""
        return self._waits

    @property
    def until(self) -> dict[str, int]:
        """Of each origin that has events waiting the last one that is in the shop."""
        return {origin: events[0].n - 1 for origin, events in self._waiting.items()}

    def span(self, heads: Mapping[str, int], new: Sequence[Recorded] = ()) -> int:
        """How many events have to be folded to have what waits and `new` in the shop; `heads`: all that is stored."""
        fresh = self._waits + len(new)
        first = min((key_of(event) for event in new), default=self._first)
        first = min(first, self._first)
        if first >= self.head:
            return fresh
        at = self._before(first)
        if at is not None and at[0] >= self._tail_from:
            return fresh + len(self._tail) - self._place(at[0])
        if self._on_disk is None:
            found = self._timeline.before(first)
            under = self._count(found[0][0]) if found else self.ground.vector
            self._on_disk = 2 * sum(max(0, n - under.get(origin, 0)) for origin, n in heads.items())
        return fresh + self._on_disk

    def note(self, recorded: Sequence[Recorded], rows: Sequence[tuple[DigestRow, ...]], shop: Shop | None) -> None:
        """The terminal's own events happened, with these figures: `shop` is as it is after them, if all is stored."""
        if not recorded:
            return
        self.ground.learn(recorded)
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
        self._run = None if new else self._run
        self._waits += len(new)
        for event in new:
            self._waiting.setdefault(event.origin, []).append(event)
        self._first = min([self._first, *map(key_of, new)])

    def stop(self) -> None:
        """What was begun will not be done."""
        self._run = None

    def begin(self, shop: Shop, new: Sequence[Recorded] = ()) -> None:
        """Begin to fold what waits, and `new`, into `shop`, which stays as it is."""
        late = {origin: list(events) for origin, events in self._waiting.items()} if new else self._waiting
        for event in new:
            late.setdefault(event.origin, []).append(event)
        fresh = Fresh(late)
        if self.climbing is not None and self.climbing.is_spoilt(fresh.first):
            self.climbing = None
        if fresh.first > self.head:
            self._run = Refold(shop, Known(), fresh, self._figures, at=self.head)
            return
        found = self._before(fresh.first)
        if found is not None and found[0] >= self._tail_from:
            at, base = found
            known = Known(self._tail[self._place(at) :])
        else:
            found = self._timeline.before(fresh.first)
            at, base = found or (_BEGINNING, _own(self.ground.shop(), shop))
            known = Known(page=self._pages(at if found else None, fresh.until))
        self._run = Refold(base, known, fresh, self._figures, at=at)

    def _pages(self, at: Key | None, until: Mapping[str, int]) -> Page:
        """What is on the disk behind a key and folded in by now: what happens from now on is told."""
        head = self.head

        def page(after: Key | None) -> Sequence[Recorded]:
            found = self._read_since(after or at, self.ground.vector, PAGE_EVENTS, until)
            return [event for event in found if key_of(event) <= head]

        return page

    def work(self, count: int) -> bool:
        """Fold so many events of what was begun; whether all are."""
        assert self._run is not None
        return self._run.work(count)

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
            run.digest,
            run.digest_gone,
            run.refolded,
            run.first,
            run.line_by,
        )

    def took(self, done: Merged) -> None:
        """What was folded is stored."""
        run = self._run
        assert run is not None
        if self._packed is not None and run.first < until_us(self._packed.us):
            self._packed = None
        self.ground.learn(run.floors)
        self._timeline.cut(run.first)
        for key, shop in run.stones.kept:
            self._timeline.note(key, shop, always=True)
        self._near = run.near
        if self._tail_from <= run.at == run.folded_from:
            self._tail[self._place(run.at) :] = run.folded
        else:
            self._tail, self._tail_from = run.folded, run.folded_from
        self.head = run.head
        self._timeline.note(self.head, done.shop, events=len(run.fresh), always=bool(run.refolded))
        self._none_waits()
        self._forget(max(self._place(run.first) - TAIL_KEPT, len(self._tail) - TAIL_MAX))

    def rise(self, shop: Callable[[], Shop], heads: Mapping[str, int]) -> Climb | None:
        """The way to the floors that count by now, and what follows from it; None if it stands on them already.

        `shop` is what is true until then. Call `stood` once what came of it is stored.
        """
        way = self.ground.way(heads)
        if way is None:
            return None
        kept, floors = way
        below, base = self.ground.below(kept)
        if base is None:
            return None  # the state there is kept no longer: this terminal's hash says that it stands elsewhere
        dropped = self.ground.dropped(kept)
        path = self._path(shop())
        if not dropped and all(self._has_nothing_late(floor) for floor in floors):
            self.climbing = path.level(floors, self._packed)
        else:
            nothing, vector = dict.fromkeys(heads, 0), below.vector() if below else {}
            covered = [nothing | floor.vector() for floor in floors]
            ways = list(zip(floors, covered, strict=True))
            self.climbing = path.anew(vector, _own(base, shop()), ways, dropped, shop)
        return self.climbing

    def pack(self, shop: Shop, us: int) -> Climb:
        """The way to the state after everything until a moment."""
        self.climbing = self._path(shop).pack(us)
        return self.climbing

    def keep(self, packed: Packed) -> None:
        """A floor is set on that state: it has not to be made again to stand there."""
        self._packed = packed

    def stood(self, climbed: Climbed) -> None:
        """That is stored."""
        risen = climbed.risen
        if climbed.shop is not None:  # everything has another place
            self._timeline.rise()
            self._near = []
            self._forget(len(self._tail))
        kept = len(self.ground.on) - len(risen.dropped)
        last = risen.raised[-1]
        self.ground.stand(kept, [it.floor for it in risen.raised])
        self._packed = None
        end = until_us(last.floor.us)
        self._timeline.rise(end)
        self._near = [stone for stone in self._near if stone[0] >= end]
        self._forget(self._place(end))

    def adopt(self, shop: Shop, standing: Standing, cursor: Cursor) -> tuple[Adopted, Shop]:
        """What follows from another terminal's state at a floor, with what is known here and not under it on top.

        Call `adopted` once it is stored. Raises ValueError if the state cannot be read.
        """
        vector = standing.floor.vector()
        base = Shop(*unpack_shop(standing.body, standing.hash))
        rest = self._read_since(None, vector, None, {})
        replay = Replay(_own(base, shop))
        for event in rest:
            replay.step(event)
        after = replay.settle()
        changed, gone = differences(shop, after)
        raised = Raised(standing.floor, standing.hash, standing.body)
        return Adopted(raised=raised, cursor=cursor, changed=changed, gone=gone, line_by=line_by(base, after)), after

    def adopted(self, got: Adopted) -> None:
        """That is stored."""
        self.ground.found(got.raised.floor)
        self._packed = self.climbing = None
        self._timeline.rise()
        self._near, self._tail = [], []
        self._none_waits()
        self.head = max([(got.raised.floor.us, 0, "", 0), *map(key_of, self._since(None))])
        self._tail_from = self.head

    def _path(self, shop: Shop) -> Path:
        def start(place: Key) -> tuple[Key | None, Shop]:
            return self._timeline.before(place) or (None, _own(self.ground.shop(), shop))

        return Path(self._read_since, self.ground.vector, start, self._figures.origin)

    def _has_nothing_late(self, floor: Floor) -> bool:
        vector = floor.vector()
        return all(n <= vector.get(origin, 0) for origin, n in self._count(floor.us).items())

    def _since(self, after: Key | None) -> list[Recorded]:
        return self._read_since(after, self.ground.vector, None, {})

    def _none_waits(self) -> None:
        self._waiting, self._waits, self._first, self._run, self._on_disk = {}, 0, _END, None, None

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
_END: Final[Key] = (1 << 63, 0, "", 0)


def _own(base: Shop, shop: Shop) -> Shop:
    """A shop of before, that belongs to the same process as `shop`."""
    own = base.copy()
    own.origin, own.ready, own.ended_us = shop.origin, shop.ready, shop.ended_us
    own.share_process(shop)
    return own


def _key_of(event: Folded) -> Key:
    return event.key


def _place_of(stone: tuple[Key, Shop]) -> Key:
    return stone[0]
