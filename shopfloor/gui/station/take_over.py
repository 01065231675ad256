"""Taking a station over from a silent terminal, or back from the one that took it: what it means, and the answer."""

from PySide6.QtCore import QObject, Signal, Slot

from shopfloor.core.commands_line import TakeOver
from shopfloor.core.decision import Source
from shopfloor.core.line_link import LinkState
from shopfloor.core.line_views import away, other_post
from shopfloor.core.names import station_name
from shopfloor.core.rights import Right, refuse_right
from shopfloor.core.take_over import stakes_of
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome
from shopfloor.core.words_take_over import stakes_facts
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.clocks import zone_of
from shopfloor.gui.sheet import Sheet
from shopfloor.gui.station.questions import reason_choices
from shopfloor.gui.timer import NamedTimer

ASKED_MS_MAX = 12_000  # the line answers within three seconds, or the engine says that it did not
SAID_MS = 20_000  # a refusal is read, then it is in the way

# Reasons are kept in the journal in English, whatever the screen shows.
OVER_REASONS = (
    Text("The terminal is broken"),
    Text("Its network is down"),
    Text("The work is done from here"),
    Text("Something else"),
)
BACK_REASONS = (Text("The terminal works again"), Text("It was a mistake"), Text("Something else"))
OVER, BACK = Text("TAKE OVER"), Text("TAKE IT BACK")


class TakeOverQuestion(QObject):
    """`own`: the station is one of this terminal's, which may have been taken; `place`: where it is asked, "" nowhere.

    Signals:
        changed: the answer is there, or is no news any more.
    """

    changed = Signal()
    _answered = Signal(object)

    def __init__(self, model: LineModel, sheet: Sheet, station: str, *, own: bool, place: str) -> None:
        super().__init__(sheet)
        self._model, self._sheet, self._station = model, sheet, station
        self._own, self._place = own, place
        self.said: tuple[Text, Text] | None = None
        self._asked = NamedTimer(self, "take-over-asked", ASKED_MS_MAX, self.changed.emit, once=True)
        self._told = NamedTimer(self, "take-over-told", SAID_MS, self._forget, once=True)
        self._answered.connect(self._on_answered)

    @property
    def is_asked(self) -> bool:
        """Whether the line is being asked."""
        return self._asked.isActive()

    def offer(self) -> Text | None:
        """What somebody with the right may do here now; None: nothing."""
        shop, link, now = self._model.shop, self._model.link(), self._model.now()
        post = other_post(shop, link, self._station)
        if post is None or link is None or link.state is not LinkState.UP or not self._place:
            return None
        if refuse_right(shop, Source(station=self._place), Right.TAKE_OVER) is not None:
            return None
        if self._own:
            return BACK if post.epoch else OVER
        seen = away(shop, link, self._station, now)
        return OVER if seen is not None and seen.age_us is not None else None

    @Slot()
    def ask(self) -> None:
        """Say what it would mean, and ask why."""
        word, shop = self.offer(), self._model.shop
        if word is None:
            return
        post = shop.posts[self._station]
        stakes = stakes_of(shop, self._model.link(), post.terminal, self._model.now())
        stations = (self._station,) if self._own else stakes.stations
        terminal: dict[str, str | int] = {"terminal": post.terminal, "station": station_name(shop, self._station)}
        question = Text("Take {station} back?", terminal) if self._own else Text("Take over from {terminal}?", terminal)
        self._sheet.ask(
            question,
            reason_choices(BACK_REASONS if self._own else OVER_REASONS),
            lambda reason: self._send(TakeOver(station=self._place, stations=stations, reason=reason)),
            detail=Text("Why? It is done with the answer."),
            facts=stakes_facts(shop, stakes, stations, zone_of(shop.line.timezone)),
        )

    def _send(self, command: TakeOver) -> None:
        self.said = None
        if self._model.send(command, reply=self._answered.emit):
            self._asked.start()
        else:
            self.said = Text("It was not taken: too much at once."), Text("Try again in a moment.")
        self.changed.emit()

    @Slot(object)
    def _on_answered(self, outcome: Outcome) -> None:
        self._asked.stop()
        self.said = (outcome.words, outcome.remedy) if outcome.refusal is not None else None
        if self.said is not None:
            self._told.start()
        self.changed.emit()

    @Slot()
    def _forget(self) -> None:
        self.said = None
        self.changed.emit()
