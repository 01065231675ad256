"""The floors that a desk stands on: when it goes to another one, by small steps, and what it need not keep below."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from shopfloor.core.delivery import Archived
from shopfloor.core.events import Event
from shopfloor.core.line import Line
from shopfloor.core.line_link import Cursor, LinkView, Standing
from shopfloor.core.moment import Moment, Now
from shopfloor.core.ports import Journal
from shopfloor.core.shop import Shop
from shopfloor.core.update import Update
from shopfloor.engine.climb import Climbed
from shopfloor.engine.debt import Debt
from shopfloor.engine.merger import Merger
from shopfloor.engine.survey import Survey, floor_at


class DeskFloors(ABC):
    """A part of the desk. Every method belongs to the engine's thread."""

    head: int
    shop: Shop
    survey: Survey
    surveyed_us: int
    watches: bool
    _debt: Debt
    _journal: Journal
    _last: Moment
    _merger: Merger
    _origin: str

    def settle(self, now: Now, link: LinkView | None) -> None:
        """Begin to stand on the floors that count by now, or to set the next one when it is due: `climb` does it."""
        if self._merger.climbing is not None or self._debt or self.waiting or self.owes_figures:
            return
        heads = self._heads()
        early = self.watches or now.at_us - self.surveyed_us < self.survey.look_us
        if self._merger.rise(lambda: self.shop, heads) is not None or early:
            return
        self.surveyed_us = now.at_us
        us = self.survey.due_us(self.shop, now, link, self._merger.ground, heads, self._journal.count_until)
        if us is not None:
            self._merger.pack(self.shop, us)

    @property
    def climbs(self) -> bool:
        """Whether it is on its way to another floor, and may go on: nothing waits to be written or folded in."""
        return self._merger.climbing is not None and not (self._debt or self.waiting or self.owes_figures)

    def climb(self, now: Now) -> Update:
        """Go on by one step. Raises StoreTrouble, and begins again when it is settled the next time."""
        merger = self._merger
        assert merger.climbing is not None
        done, update = True, Update()
        try:
            made = merger.climbing.step()
            if made is None:
                done = False
            elif isinstance(made, Climbed):
                update = self._rise(made)
            else:
                update = self._commit((floor_at(made.us, merger.ground.tip, self._journal, made.hash),), now, "")
                merger.keep(made)
                done = merger.rise(lambda: self.shop, self._heads()) is None  # stand on it: nothing here came late
        finally:
            if done:
                merger.climbing = None
        return update

    def drop_archived(self, got: Archived) -> None:
        """Forget the rows that a file holds: nothing is folded from below its floor any more. Raises StoreTrouble."""
        self._journal.drop_archived(got)
        self._merger.ground.rebase(self._journal.floors())

    def adopt(self, standing: Standing, cursor: Cursor) -> Update:
        """Go on from another terminal's state at a floor. Raises StoreTrouble, ValueError if it does not fit."""
        self.pay_all()
        floor, tip = standing.floor, self._merger.ground.tip
        if floor.vector().get(self._origin, 0) > self.head or (tip and tip.number >= floor.number):
            raise ValueError(f"Expected a floor above what is known here, got number {floor.number}.")
        got, shop = self._merger.adopt(self.shop, standing, cursor)
        self._journal.adopt(got)
        self._merger.adopted(got)
        shop.reads = self.shop.reads
        self.shop = shop
        self._last = max(self._last, Moment(floor.us))
        self._set_line(shop.line)
        return Update(changed=(*got.changed, *got.gone), line=shop.line, foreign=True)

    def _rise(self, climbed: Climbed) -> Update:
        risen, shop = climbed.risen, climbed.shop or self.shop
        self._journal.rise(risen)
        self._merger.stood(climbed)
        shop.reads = self.shop.reads
        shop.share_process(self.shop)
        self.shop = shop
        return Update(
            changed=(*risen.changed, *risen.gone),
            digest=tuple(risen.digest),
            line=self._line_by(risen.line_by),
            foreign=True,
            refigured=bool(risen.digest or risen.digest_gone),
        )

    @property
    @abstractmethod
    def owes_figures(self) -> bool:
        """Whether figures are still to be written."""

    @property
    @abstractmethod
    def waiting(self) -> int:
        """How many events of other terminals are stored and not in the shop yet."""

    @abstractmethod
    def pay_all(self) -> None:
        """Write everything that is owed; raises StoreTrouble."""

    @abstractmethod
    def _commit(self, events: Sequence[Event], now: Now, command_id: str) -> Update: ...

    @abstractmethod
    def _heads(self) -> dict[str, int]: ...

    @abstractmethod
    def _line_by(self, event: tuple[str, int] | None) -> Line | None: ...

    @abstractmethod
    def _set_line(self, line: Line) -> Line: ...
