"""One run over the events behind a shop of a while ago, with what came late among them; a few events at a time."""

from collections.abc import Sequence
from typing import NamedTuple

from shopfloor.core.entities import entity_key, is_gone
from shopfloor.core.events import Recorded
from shopfloor.core.evolve import Replay, changed_line
from shopfloor.core.line import Line
from shopfloor.core.merge import Key, local_number
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity
from shopfloor.core.update import DigestRow
from shopfloor.engine.timeline import EVERY_EVENTS
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows


class Folded(NamedTuple):
    """An event at its place in the order of the line, with the figures it has here; None: it is not folded in yet."""

    key: Key
    recorded: Recorded
    rows: tuple[DigestRow, ...] | None = None


class Figures:
    """Makes the figures of events, of other origins under their local numbers."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._calendar: tuple[Line, WorkCalendar] | None = None

    def of(self, shop: Shop, recorded: Recorded) -> tuple[DigestRow, ...]:
        """The figures of an event, given the shop just before it."""
        if self._calendar is None or self._calendar[0] is not shop.line:
            self._calendar = (shop.line, WorkCalendar(shop.line))
        return digest_rows(shop, local_number(recorded, self._origin), self._calendar[1])


class Refold:
    """Folds `fresh` among the `known` events behind `base`, all of them in order, and says what is otherwise then."""

    def __init__(
        self, base: Shop, known: Sequence[Folded], fresh: Sequence[Folded], figures: Figures, *, at: Key
    ) -> None:
        self.at = at
        self.first = fresh[0].key
        self.fresh = tuple(event.recorded for event in fresh)
        self.known = len(known)
        self.digest: list[DigestRow] = []
        self.digest_gone: list[DigestRow] = []
        self.stones: list[tuple[Key, Shop]] = []
        self.near: list[tuple[Key, Shop]] = []
        self.line_by: tuple[str, int] | None = None
        self.folded: list[Folded] = []
        self.over: dict[tuple[type[Entity], str], Entity] = {}
        self._figures = figures
        self._base = base
        self._replay = Replay(base)
        # What was known from the disk alone has to be folded without the fresh ones first: for the figures it has.
        self._judged: list[Folded] | None = [] if any(event.rows is None for event in known) else None
        self._known = list(known)
        self._fresh = list(fresh)
        self._last_fresh = fresh[-1].key
        self._todo: list[Folded] = self._merged() if self._judged is None else self._known

    @property
    def left(self) -> int:
        """How many events are to be folded yet."""
        again = len(self._known) + len(self._fresh) if self._judged is not None else 0
        return len(self._todo) - len(self.folded if self._judged is None else self._judged) + again

    def more(self, own: Sequence[Folded]) -> None:
        """The terminal's own events that happened meanwhile: they are behind everything else."""
        self._known += own
        if self._judged is None:
            self._todo += own

    def work(self, count: int) -> bool:
        """Fold so many events; whether all are."""
        while count > 0:
            if self._judged is not None:
                count -= self._judge(count)
            elif len(self.folded) == len(self._todo):
                break
            else:
                count -= self._fold(count)
        return self.left == 0

    def shop(self) -> Shop:
        """The shop after everything."""
        return self._replay.settle()

    def _judge(self, count: int) -> int:
        assert self._judged is not None
        begun = len(self._judged)
        for event in self._known[begun : begun + count]:
            rows = event.rows
            made = self._figures.of(self._replay.shop, event.recorded)
            self._judged.append(event if rows is not None else event._replace(rows=made))
            self._replay.step(event.recorded)
        done = len(self._judged) - begun
        if len(self._judged) == len(self._known):
            self._known, self._judged = self._judged, None
            self._replay = Replay(self._base)
            self._todo = self._merged()
        return done

    def _fold(self, count: int) -> int:
        begun = len(self.folded)
        shop = self._replay.shop
        for event in self._todo[begun : begun + count]:
            key, recorded, had = event
            if key == self.first and self.folded:
                self.near.append((self.folded[-1].key, self._replay.settle().copy()))
            rows = self._figures.of(shop, recorded)
            if rows != had:
                had = had or ()
                self.digest += [row for row in rows if row not in had]
                self.digest_gone += [row for row in had if row not in rows]
            for entity in self._replay.step(recorded):
                if is_gone(entity):
                    self.over[type(entity), entity_key(entity)] = entity
            if changed_line(shop, recorded) is not None:
                self.line_by = (recorded.origin, recorded.n)
            self.folded.append(Folded(key, recorded, rows))
            if len(self.folded) % EVERY_EVENTS == 0:
                self.stones.append((key, self._replay.settle().copy()))
            if key == self._last_fresh:
                self.near.append((key, self._replay.settle().copy()))
        return len(self.folded) - begun

    def _merged(self) -> list[Folded]:
        return sorted([*self._known, *self._fresh], key=_key)


def _key(event: Folded) -> Key:
    return event.key
