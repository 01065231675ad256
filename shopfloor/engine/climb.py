"""Standing on other floors, worked out by small steps: what is folded anew then, and the state at each of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from msgspec import Struct

from shopfloor.core.delivery import Raised, Risen
from shopfloor.core.events import Recorded
from shopfloor.core.evolve import Replay
from shopfloor.core.floor import Floor, pack_shop
from shopfloor.core.line_refusals import LINE
from shopfloor.core.merge import Key, differences, key_of
from shopfloor.core.shop import Shop
from shopfloor.core.update import DigestRow
from shopfloor.engine.refold import Figures

STEP_EVENTS: Final = 100  # read and folded in one step: some five milliseconds

Since = Callable[[Key | None, Mapping[str, int], int | None, Mapping[str, int]], list[Recorded]]


class Packed(Struct, frozen=True):
    """The state after everything until a moment: its hash and its bytes."""

    us: int
    hash: str
    body: bytes


class Climbed(Struct, frozen=True):
    """What is to be written, and the shop then; None: nothing came late, and it is as it was."""

    risen: Risen
    shop: Shop | None = None


Steps = Iterator[Packed | Climbed | None]
Vector = Mapping[str, int]  # by origin the number of an event
Way = tuple[Floor, Vector]


class Climb:
    """Made by steps of some milliseconds; `until` is up to where nothing may come late meanwhile, None: anywhere."""

    def __init__(self, steps: Steps, *, until: Key | None) -> None:
        self._steps = steps
        self._until = until

    def step(self) -> Packed | Climbed | None:
        """Go on a little; what came of it, None if there is more to do. After a StoreTrouble it is of no use."""
        return next(self._steps)

    def is_spoilt(self, first: Key) -> bool:
        """Whether an event that comes in at that place makes it worthless."""
        return self._until is None or first <= self._until


def until_us(us: int) -> Key:
    """Behind everything until a moment, before everything after it."""
    return us + 1, -1, "", 0


class Path:
    """What every climb of a terminal goes by. `start` gives the newest shop known from before a place, with its own."""

    def __init__(
        self, since: Since, under: Mapping[str, int], start: Callable[[Key], tuple[Key | None, Shop]], origin: str
    ) -> None:
        self._since = since
        self._under = under
        self._start = start
        self._origin = origin

    def pack(self, us: int) -> Climb:
        """Towards the state after everything until a moment that the floor does not have, and nothing of later."""
        return Climb(self._pack(us), until=until_us(us))

    def level(self, floors: Sequence[Floor], packed: Packed | None) -> Climb:
        """Towards standing on these floors where nothing came late; one of the states may be known."""
        return Climb(self._level(floors, packed), until=until_us(floors[-1].us))

    def anew(
        self, below: Vector, base: Shop, ways: Sequence[Way], dropped: Sequence[str], shop: Callable[[], Shop]
    ) -> Climb:
        """Towards standing on these floors above `base`, and everything else folded anew behind them.

        Each floor comes with how far it goes in every origin there is. What the terminal itself does meanwhile is read
        in its turn; `shop` is what is true until then.
        """
        return Climb(self._anew(below, base, ways, dropped, shop), until=None)

    def _pack(self, us: int) -> Iterator[Packed | None]:
        at, base = self._start(until_us(us))
        replay = Replay(base)
        while page := self._since(at, self._under, STEP_EVENTS, {}):
            for event in page:
                if event.moment.us > us:
                    yield Packed(us, *pack_shop(replay.settle()))
                    return
                replay.step(event)
            at = key_of(page[-1])
            yield None
        yield Packed(us, *pack_shop(replay.settle()))

    def _level(self, floors: Sequence[Floor], packed: Packed | None) -> Steps:
        raised: list[Raised] = []
        for floor in floors:
            found = packed if packed is not None and packed.us == floor.us else None
            steps = self._pack(floor.us)
            while found is None:
                found = next(steps)
                yield None
            raised.append(Raised(floor, found.hash, found.body))
        yield Climbed(Risen(raised=raised))

    def _anew(
        self, below: Vector, base: Shop, ways: Sequence[Way], dropped: Sequence[str], shop: Callable[[], Shop]
    ) -> Steps:
        # Figures of floors that turned out not to count stay as they are: nobody knows in which order they were made.
        rows = _Rows(compares=not dropped)
        was = None if dropped else _Walk(base, self._origin, self._since, below, rows.had)
        if was is not None:
            yield from _to_the_end([was])
        now, under, raised = base, below, list[Raised]()
        for floor, covered in ways:
            walk = _Walk(now, self._origin, self._since, under, rows.has, until=covered)
            yield from _to_the_end([walk])
            now, under = walk.shop(), floor.vector()
            raised.append(Raised(floor, *pack_shop(now)))
            yield None
        rest = _Walk(now, self._origin, self._since, under, rows.has)
        yield from _to_the_end([rest] if was is None else [was, rest])
        after = rest.shop()
        changed, gone = differences(shop(), after)
        risen = Risen(
            raised=raised,
            dropped=dropped,
            changed=changed,
            gone=gone,
            digest=tuple(rows.new),
            digest_gone=tuple(rows.gone),
            line_by=line_by(shop(), after),
        )
        yield Climbed(risen, after)


def _to_the_end(walks: "Sequence[_Walk]") -> Iterator[None]:
    """Fold all pages; what happens between two steps is read in the next one, and nothing behind the last."""
    while any(found := [walk.page() for walk in walks]):
        if STEP_EVENTS in found:
            yield None


class _Rows:
    """Figures as they were, and as they are; compared by pages, for a hundred thousand at once would hold everybody."""

    def __init__(self, *, compares: bool) -> None:
        self._compares = compares
        self._had: set[DigestRow] = set()
        self.new: list[DigestRow] = []
        self.gone: set[DigestRow] = set()

    def had(self, rows: Sequence[DigestRow]) -> None:
        """These were there."""
        self._had.update(rows)
        self.gone.update(rows)

    def has(self, rows: Sequence[DigestRow]) -> None:
        """These are there. Of an event `had` is told first."""
        if self._compares:
            self.new += [row for row in rows if row not in self._had]
            self.gone.difference_update(rows)


class _Walk:
    """Events of the disk that are not `under` a floor, folded a page at a time; `put` takes their figures."""

    def __init__(
        self,
        shop: Shop,
        origin: str,
        since: Since,
        under: Vector,
        put: Callable[[Sequence[DigestRow]], None],
        *,
        until: Vector | None = None,
    ) -> None:
        self._replay = Replay(shop)
        self._figures = Figures(origin)
        self._since = since
        self._under = under
        self._until = until or {}
        self._put = put
        self._at: Key | None = None

    def page(self) -> int:
        """Fold the next page; how many there were: none at the end, until more happens."""
        page = self._since(self._at, self._under, STEP_EVENTS, self._until)
        rows: list[DigestRow] = []
        for event in page:
            rows += self._figures.of(self._replay.shop, event)
            self._replay.step(event)
        self._put(rows)
        if page:
            self._at = key_of(page[-1])
        return len(page)

    def shop(self) -> Shop:
        """The shop after them."""
        return self._replay.settle()


def line_by(before: Shop, after: Shop) -> tuple[str, int] | None:
    """Origin and number of the event whose line file is in force after, if it is another one than before."""
    decree = after.decrees.get(LINE)
    return None if decree is None or decree == before.decrees.get(LINE) else (decree.origin, decree.n)
