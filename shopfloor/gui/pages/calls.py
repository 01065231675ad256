"""The calls: open ones by urgency with what can be done, what is put aside, what was, and what recurs."""

from msgspec.structs import replace
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.call_views import Aside, CallView, all_call_views
from shopfloor.gui.bridge import AskHistory, AskPast, LineModel, PrintSheet
from shopfloor.gui.calls_aside import AsidePart, aside_rows
from shopfloor.gui.calls_figures import FiguresPart
from shopfloor.gui.calls_history import HistoryPart
from shopfloor.gui.calls_hub import CallsHub
from shopfloor.gui.calls_open import OpenPart
from shopfloor.gui.calls_problems import ProblemsPart
from shopfloor.gui.calls_tabs import Part, PartFace, PartTabs
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import ink_on
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import GAP_MM, TARGET_MM
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.touch import Tone
from shopfloor.gui.ui import Ui

TICK_MS = 500  # as an edge flashes; clocks show seconds
COALESCE_MS = 60  # a flood of calls is one look at them
_AWAY = frozenset({Aside.SHELVED, Aside.SUPPRESSED})


class CallsPage(QWidget):
    """Parts to switch between; `stations`: the terminal's own or its desk; none on a board, where nothing can be done.

    Signals:
        stops_painted(tuple[str, ...]): the rows of these stops were painted.
    """

    stops_painted = Signal(object)

    def __init__(
        self,
        model: LineModel,
        ui: Ui,
        ask: AskHistory,
        past: AskPast,
        parent: QWidget | None = None,
        *,
        stations: tuple[str, ...] = (),
        print_sheet: PrintSheet | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._ui = model, ui
        self.hub = CallsHub(model, ui, self, stations)
        self.part = Part.OPEN
        self.tabs = PartTabs(ui, tuple(Part), self)
        self.open, self.put_aside = OpenPart(self.hub, self), AsidePart(self.hub, self)
        self.history, self.figures = HistoryPart(self.hub, ask, self), FiguresPart(self.hub, past, self)
        self.problems = ProblemsPart(self.hub, past, self, print_sheet=print_sheet)
        self._parts: dict[Part, QWidget] = {
            Part.OPEN: self.open,
            Part.ASIDE: self.put_aside,
            Part.HISTORY: self.history,
            Part.FIGURES: self.figures,
            Part.PROBLEMS: self.problems,
        }
        self._tick = NamedTimer(self, "calls-tick", TICK_MS, self.refresh)
        self._soon = NamedTimer(self, "calls-soon", COALESCE_MS, self.refresh, once=True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._connect()
        self.show_part(Part.OPEN)

    @Slot()
    def refresh(self) -> None:
        """Look at every call."""
        calls = all_call_views(self._model.shop, self._model.now())
        self.tabs.show_parts(self.part, self._faces(calls))
        match self.part:
            case Part.OPEN:
                standing = tuple(call for call in calls if call.aside is Aside.NOT)
                self.open.show_calls((*standing, *(call for call in calls if call.aside is Aside.ASKS)))
            case Part.ASIDE:
                self.put_aside.show_calls(calls)
            case Part.HISTORY:
                self.history.refresh()
            case Part.FIGURES:
                self.figures.refresh()
            case Part.PROBLEMS:
                self.problems.refresh()

    @Slot(object)
    def show_part(self, part: Part) -> None:
        """Show another part."""
        self.part = part
        self.hub.leave()
        for known, widget in self._parts.items():
            widget.setVisible(known is part)
        self.refresh()

    def _connect(self) -> None:
        self._model.reset.connect(self._on_news)
        self._model.updated.connect(self._on_news)
        self._ui.changed.connect(self._place)
        self.tabs.picked.connect(self.show_part)
        self.put_aside.taken.connect(self._on_news)
        self.open.whys.connect(self._on_whys)
        self.open.stops_painted.connect(self.stops_painted)

    @Slot()
    def _on_news(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    @Slot(object)
    def _on_whys(self, problem: str) -> None:
        self.show_part(Part.PROBLEMS)
        self.problems.choose(problem)
        self.problems.ask_whys()

    def _faces(self, calls: tuple[CallView, ...]) -> dict[Part, PartFace]:
        open_face = _open_face([call for call in calls if call.aside not in _AWAY])
        if self.hub.is_silent():  # they may be over: no colour
            open_face = replace(open_face, tone=Tone.PLAIN)
        faces = {Part.OPEN: open_face}
        aside = len(aside_rows(self.hub, calls))
        faces[Part.ASIDE] = PartFace(data(str(aside))) if aside else PartFace()
        worked_on = sum(1 for problem in self._model.shop.problems.values() if problem.open)
        faces[Part.PROBLEMS] = PartFace(data(str(worked_on))) if worked_on else PartFace()
        return faces

    def _place(self) -> None:
        theme = self._ui.theme
        gap, high = theme.mm(GAP_MM), theme.mm(TARGET_MM)
        self.tabs.setGeometry(0, 0, self.width(), high)
        for widget in self._parts.values():
            widget.setGeometry(0, high + gap, self.width(), max(1, self.height() - high - gap))
        self.hub.sheet.setGeometry(self.rect())
        self.hub.writing.setGeometry(self.rect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(self.rect(), ink.look.ground)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything."""
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Look, and go on looking."""
        super().showEvent(event)
        self.refresh()
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden page costs nothing; an open question is forgotten."""
        super().hideEvent(event)
        self._tick.stop()
        self._soon.stop()
        self.hub.leave()


def _open_face(calls: list[CallView]) -> PartFace:
    """How many, and the shape and colour of the most urgent."""
    stops = sum(1 for call in calls if call.is_stop)
    asks = sum(1 for call in calls if call.aside is Aside.ASKS)
    standing = len(calls) - asks
    if stops:
        note = f"{stops} / {standing}" if standing > stops else str(stops)
        return PartFace(data(note), Icon.STOP, Tone.STOP)
    if standing:
        return PartFace(data(str(standing)), Icon.CALL, Tone.CALL)
    return PartFace(data(str(asks)), Icon.ASK) if asks else PartFace()
