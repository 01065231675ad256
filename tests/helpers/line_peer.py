"""Terminals of a line without a disk: they decide, write, and hear of each other when a test lets them."""

import random
from collections.abc import Mapping

from shopfloor.core import commands as c
from shopfloor.core.codec import as_read
from shopfloor.core.decide import decide
from shopfloor.core.delivery import Floors, Raised
from shopfloor.core.due import due
from shopfloor.core.events import Event, Recorded, ScanUnread
from shopfloor.core.events_floor import Covered, FloorSet
from shopfloor.core.evolve import apply
from shopfloor.core.floor import is_covered, unpack_shop
from shopfloor.core.line import Line
from shopfloor.core.merge import Key, key_of
from shopfloor.core.moment import Moment, Now, next_moment
from shopfloor.core.rules import Refusal
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity
from shopfloor.engine.climb import Climbed, Packed
from shopfloor.engine.ground import Ground
from shopfloor.engine.merger import Merger
from shopfloor.engine.refold import Figures


class Peer:
    """A terminal without a disk: decides by what it knows, writes its own events, folds those of others.

    A `lazy` one lets them wait, now and then with a run half done.
    """

    def __init__(self, name: str, line: Line, stations: tuple[str, ...], *, lazy: random.Random | None = None) -> None:
        self.name, self.stations = f"{name}~1", stations
        self._lazy = lazy
        self.shop = Shop()
        self.shop.origin = self.name
        self.known: list[Recorded] = []
        self.own: list[Recorded] = []
        self.heard: dict[str, int] = {}
        self.refolded = 0
        self._last = Moment(0)
        self.raised: dict[str, Raised] = {}
        self._merger = self._fresh(Floors())
        self._figures = Figures(self.name)
        self._start = c.StartTerminal(terminal=name, program="test", stations=stations)
        self._line = line

    def begin(self, now: Now) -> None:
        """Start, with the line file that everybody has."""
        self.do(self._start, now)
        self.do(c.ChangeLine(line=self._line), now)

    def do(self, command: c.Command, now: Now) -> None:
        """Decide one command after what fell due."""
        self._climb()
        self._record(due(self.shop, now), now)
        decision = decide(self.shop, command, now)
        if not isinstance(decision, Refusal):
            self._record(decision, now)

    def scan(self, now: Now) -> None:
        """Something that moves no card."""
        self._record((ScanUnread(station=self.stations[0], device="gun", why="no_read"),), now)

    def hear(self, batch: list[Recorded]) -> None:
        """Take events of another terminal, in its order; what is known already says nothing."""
        new = [r for r in batch if r.n > self.heard.get(r.origin, 0)]
        if not new:
            return
        self.known += new
        self.heard[new[-1].origin] = new[-1].n
        self._last = max(self._last, *(r.moment for r in new))
        self._merger.wait(new)
        if self._lazy is None:
            self.fold()
        elif self._lazy.random() < 0.5:  # own events happen while a run is half done
            self._merger.begin(self.shop)
            self._merger.work(self._lazy.randrange(40))

    def fold(self) -> None:
        """Fold in what waits."""
        if not self._merger.waiting:
            return
        if not self._merger.begun:
            self._merger.begin(self.shop)
        while not self._merger.work(7):
            pass
        done = self._merger.done(self.shop)
        self.refolded += done.refolded
        self.shop = done.shop
        self._merger.took(done)

    def _record(self, events: tuple[Event, ...], now: Now) -> None:
        written = []
        rows = []
        draft = self.shop.copy()
        for event in events:
            self._last = next_moment(self._last, now)
            recorded = Recorded(
                origin=self.name,
                n=len(self.own) + 1,
                moment=self._last,
                mono_ns=now.mono_ns,
                boot=now.boot,
                event=as_read(event),
            )
            rows.append(self._figures.of(draft, recorded))
            apply(draft, recorded)
            self.own.append(recorded)
            written.append(recorded)
        self.shop = draft
        self.known += written
        self._merger.note(written, rows, draft)

    def set_floor(self, us: int, now: Now) -> None:
        """Set the floor of what it knows until a moment, whoever else does."""
        tip = self._merger.ground.tip
        counts = {**(tip.vector() if tip else {}), **self._count(us)}
        event = FloorSet(
            number=tip.number + 1 if tip else 1,
            before=tip.id if tip else "",
            us=us,
            covers=tuple(Covered(origin, n, "") for origin, n in sorted(counts.items())),
            hash=self._hash_at(us),
        )
        self._record((event,), now)

    def settle(self) -> int:
        """Stand on the floors that count; the number of the highest."""
        self.fold()
        if self._merger.climbing is None:
            self._merger.rise(lambda: self.shop, self.heard | {self.name: len(self.own)})
        while self._merger.climbing is not None:
            self._climb()
        tip = self._merger.ground.tip
        return tip.number if tip else 0

    def begin_to_settle(self) -> None:
        """Be on the way to the floors that count, while something else happens."""
        self.fold()
        if self._merger.climbing is None:
            self._merger.rise(lambda: self.shop, self.heard | {self.name: len(self.own)})

    def _climb(self) -> None:
        climbing = self._merger.climbing
        if climbing is None or self._merger.waiting:
            return
        made = climbing.step()
        if isinstance(made, Climbed):
            self._merger.climbing = None
            self.shop = made.shop or self.shop
            self.raised |= {it.floor.id: it for it in made.risen.raised}
            self._merger.stood(made)

    def _hash_at(self, us: int) -> str:
        climbing = self._merger.pack(self.shop, us)
        while not isinstance(made := climbing.step(), Packed):
            pass
        self._merger.climbing = None
        return made.hash

    @property
    def tip(self) -> Raised:
        """The floor it stands on, with the state there."""
        assert self._merger.ground.tip is not None
        return self.raised[self._merger.ground.tip.id]

    def restart(self) -> None:
        """Begin again with what a disk keeps."""
        self.fold()
        tip = self._merger.ground.tip
        on = tuple(it.floor for it in self.raised.values() if tip is not None and it.floor.number <= tip.number)
        ground = self._merger.ground
        self._merger = self._fresh(Floors(ground.on, tuple(it for it in on if it not in ground.on)))
        self._merger.head = max(map(key_of, self.known))
        self._merger.ground.learn(self.known)

    def join(self, other: "Peer") -> None:
        """Begin with nothing but the state at another's floor."""
        raised = other.tip
        self.raised[raised.floor.id] = raised
        self._merger = self._fresh(Floors((raised.floor,)))
        self.shop = Shop(*unpack_shop(raised.body, raised.hash))
        self.shop.origin = self.name
        self.heard = raised.floor.vector()
        self._last = max(self._last, Moment(raised.floor.us))
        if self.own:  # written before it joined
            self._merger.wait(self.own)
            self.fold()

    def _fresh(self, floors: Floors) -> Merger:
        return Merger(self.name, (0, 0, "", 0), self._since, Ground(floors, self._load), self._count)

    def _load(self, floor_id: str) -> tuple[Line, tuple[Entity, ...]] | None:
        found = self.raised.get(floor_id)
        return None if found is None else unpack_shop(found.body, found.hash)

    def _count(self, us: int) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for r in self.known:
            if r.moment.us <= us:
                counts[r.origin] = max(r.n, counts.get(r.origin, 0))
        return counts

    def _since(
        self, after: Key | None, under: Mapping[str, int], limit: int | None, until: Mapping[str, int]
    ) -> list[Recorded]:
        found = (r for r in self.known if (after is None or key_of(r) > after) and not is_covered(r, under))
        return sorted((r for r in found if r.n <= until.get(r.origin, r.n)), key=key_of)[:limit]
