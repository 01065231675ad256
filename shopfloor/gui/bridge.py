"""The door from the engine's thread to the screen: one signal, one mirror of the shop for every page."""

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Final, Protocol, TypeVar

from PySide6.QtCore import QObject, Signal, Slot

from shopfloor.clock import Clock
from shopfloor.core.commands import Command
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_link import LinkView
from shopfloor.core.line_views import as_told, see_link
from shopfloor.core.moment import Now
from shopfloor.core.ports import History, Submit
from shopfloor.core.shop import Shop
from shopfloor.core.text import Text
from shopfloor.core.update import DigestRow, Outcome, Snapshot, Update
from shopfloor.gui.timer import NamedTimer

LINK_MS: Final = 40  # how the link is comes many times while others answer a stop: all of it is painted at once

_T = TypeVar("_T")

Printed = Callable[[Text, Text], None]  # a sentence, and where the paper is or what to do
PrintCards = Callable[[str, str, Printed], None]  # prints a loop's cards, or the one named, while the screen lives
PrintSheet = Callable[[str, Printed], None]  # prints a problem on one sheet of A3


class Listen(Protocol):
    """What a screen needs of an engine or follower: a snapshot and then updates, without a gap."""

    def __call__(self, put: Callable[[Snapshot | Update], None]) -> Callable[[], None]:
        """Begin to call `put` from another thread; the returned function ends it."""


class AskHistory(Protocol):
    """What a page with figures needs of an engine or follower: the past, answered on another thread."""

    def __call__(self, series: str, key: str | None, last: int) -> Future[list[DigestRow]]:
        """The newest `last` figures of a series (of one key, None for all), oldest first; fails with Trouble."""


class AskPast(Protocol):
    """What a page with figures of its own needs: a question, answered on another thread; fails with Trouble."""

    def __call__(self, question: Callable[[History], _T]) -> Future[_T]:
        """Let `question` look at the history; it must touch nothing of the screen."""


class LineModel(QObject):
    """The line as the screens see it: a mirror of the shop, kept by updates, in the GUI thread.

    Signals:
        reset: the mirror was made anew; pages read everything again.
        updated(Update): the mirror has changed by this update already.
    """

    reset = Signal()
    updated = Signal(object)
    _arrived = Signal(object)

    def __init__(self, listen: Listen, submit: Submit, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shop = Shop()
        self.health: dict[str, Health] = {}
        self.ready = False
        self._link: tuple[LinkView, Now] | None = None
        self._owes_link = False
        self._relink = NamedTimer(self, "link", LINK_MS, self._show_link, once=True)
        self._submit = submit
        self._clock = clock
        self._arrived.connect(self._on_arrived)
        self._end = listen(self._arrived.emit)

    def now(self) -> Now:
        """What o'clock it is on this terminal."""
        return self._clock.now()

    def link(self) -> LinkView | None:
        """How the link to the line is now, and with it whom the mirror hears; None: this terminal is alone."""
        if self._link is None:
            return None
        now = self.now()
        view = as_told(*self._link, now)
        see_link(self.shop, view, now)
        return view

    def send(self, command: Command, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None) -> bool:
        """Hand a command to the engine; False when its inbox is full. `reply` is called on the engine's thread."""
        return self._submit(command, self.now(), command_id=command_id, reply=reply)

    def close(self) -> None:
        """Stop listening; call it before the engine ends."""
        self._relink.stop()
        self._end()

    @Slot(object)
    def _on_arrived(self, news: Snapshot | Update) -> None:
        if isinstance(news, Snapshot):
            self.shop = Shop(news.line, news.entities)
            self.health = {}
            self._note_health(news.health)
            self._note_link(news.link)
            self.ready = True
            self.reset.emit()
            return
        if news.link is not None and news == Update(link=news.link) and self._may_wait(news.link):
            self._note_link(news.link)
            self._owes_link = True
            return
        if news.line is not None:
            self.shop.set_line(news.line)
        self.shop.put(news.changed)
        self._note_health(news.health)
        self._note_link(news.link)
        self.updated.emit(news)

    def _note_health(self, parts: Iterable[Health]) -> None:
        """What was ended on purpose (it left the line file, another terminal drives it now) is no part any more."""
        for part in parts:
            if part.condition is Condition.STOPPED:
                self.health.pop(part.id, None)
            else:
                self.health[part.id] = part

    def _may_wait(self, view: LinkView) -> bool:
        """Whether the link was painted a moment ago; what comes or goes and a stop are painted now all the same."""
        just_now = self._relink.isActive()
        if not just_now:
            self._relink.start()
        if self._link is None or not just_now:
            return False
        old = self._link[0]
        return view.state is old.state and [it.call.id for it in view.stops] == [it.call.id for it in old.stops]

    @Slot()
    def _show_link(self) -> None:
        if self._owes_link:
            self._owes_link = False
            self._relink.start()
            self.updated.emit(Update(link=self._link and self._link[0]))

    def _note_link(self, view: LinkView | None) -> None:
        if view is not None:
            self._link = (view, self.now())
            self.link()
