"""What the parts of the Calls page share: the line, where things are done, the sheets, and the way to the engine."""

from datetime import tzinfo

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from shopfloor.core import commands as c
from shopfloor.core.health import Condition
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.clocks import zone_of
from shopfloor.gui.header import TERMINAL
from shopfloor.gui.icons import Icon
from shopfloor.gui.sheet import Choice, Sheet
from shopfloor.gui.ui import Ui
from shopfloor.gui.write_sheet import WriteSheet


class CallsHub(QObject):
    """`stations` are this terminal's own or its desk; where there are none nothing can be done.

    Signals:
        answered(Outcome): a command of this page came to something.
    """

    answered = Signal(object)

    def __init__(self, model: LineModel, ui: Ui, page: QWidget, stations: tuple[str, ...]) -> None:
        super().__init__(page)
        self.model, self.ui, self.stations = model, ui, stations
        self.sheet, self.writing = Sheet(ui, page), WriteSheet(ui, page)
        self.answered.connect(self._on_answered)

    @property
    def shop(self) -> Shop:
        """The mirror."""
        return self.model.shop

    @property
    def acts(self) -> bool:
        """Whether something can be done here."""
        return bool(self.stations)

    def now(self) -> Now:
        """What o'clock it is."""
        return self.model.now()

    def zone(self) -> tzinfo:
        """Where the line is."""
        return zone_of(self.shop.line.timezone)

    def at(self, station: str) -> str:
        """Where something about a station is done: there if it is our own, for whoever has come there may do more."""
        return station if station in self.stations else next(iter(self.stations), "")

    def is_silent(self) -> bool:
        """Whether the terminal that a board follows has stopped speaking: what is shown may be over."""
        parts = self.model.health.values()
        return any(part.kind == TERMINAL and part.condition is not Condition.UP for part in parts)

    def send(self, command: c.Command | None) -> None:
        """Let it happen; what it comes to is said if it is a refusal."""
        if command is not None and not self.model.send(command, reply=self.answered.emit):
            self.say(Text("It was not taken: too much at once."), Text("Try again in a moment."))

    def say(self, words: Text, remedy: Text) -> None:
        """Say something that has to be read."""
        self.sheet.ask(words, (Choice("ok", Text("OK"), Icon.CHECK),), lambda _answer: None, detail=remedy)

    def leave(self) -> None:
        """Forget an open question."""
        self.sheet.leave()
        self.writing.leave()

    @Slot(object)
    def _on_answered(self, outcome: Outcome) -> None:
        if outcome.refusal is not None:
            self.say(outcome.words, outcome.remedy)
