"""Figures of calls: what most are for, how they are answered, what each station lost, and the alarm system itself."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.moment import US_PER_S
from shopfloor.core.text import Text
from shopfloor.flow.andon.figures import AndonFigures
from shopfloor.flow.andon.pareto import Measure, Pareto, ParetoRow
from shopfloor.gui.bridge import AskPast
from shopfloor.gui.calls_actions import Offer
from shopfloor.gui.calls_closed import cause_text
from shopfloor.gui.calls_detail import FactsAndButtons
from shopfloor.gui.calls_faces import reason_text
from shopfloor.gui.calls_figure_words import (
    NEAR_TITLE,
    SUMMARY_TITLE,
    TIMES_HEAD,
    near_facts,
    station_head,
    station_rows,
    summary_facts,
    times_rows,
)
from shopfloor.gui.calls_gather import Health, gather_figures, gather_health
from shopfloor.gui.calls_hub import CallsHub
from shopfloor.gui.calls_pareto import ParetoPanel
from shopfloor.gui.calls_scores import ScoreRow, score_rows
from shopfloor.gui.calls_table import TablePanel
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import ink_on
from shopfloor.gui.loops_info import InfoPanel
from shopfloor.gui.past import PastQuestion
from shopfloor.gui.picks import PickRow
from shopfloor.gui.row_list import Row, RowList
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import GAP_MM, TARGET_MM

_K = TypeVar("_K", bound=StrEnum)

AGAIN_S = 30  # a figure of days changes slowly
SIDE_SHARE = 0.36
TABLE_SHARE = 0.64
NARROW_MM = 190.0  # below this a table has fewer columns


class View(StrEnum):
    """What is looked at."""

    PARETO = "pareto"
    TIMES = "times"
    STATIONS = "stations"
    HEALTH = "health"


class Of(StrEnum):
    """What is ranked."""

    REASONS = "reasons"
    CAUSES = "causes"
    PLACES = "places"


_VIEWS = (
    (View.PARETO, Text("Pareto")),
    (View.TIMES, Text("Times")),
    (View.STATIONS, Text("Stations")),
    (View.HEALTH, Text("Alarm health")),
)
_DAYS = (("1", Text("24 hours")), ("7", Text("7 days")), ("30", Text("30 days")))
_OF = {Of.REASONS: Text("reasons"), Of.CAUSES: Text("causes"), Of.PLACES: Text("stations")}
_MEASURES = {
    Measure.COUNT: Text("calls"),
    Measure.STOP: Text("stop time"),
    Measure.CALL: Text("open time"),
}
OF, MEASURE = "of", "measure"


class FiguresPart(QWidget):
    """It asks when it is shown, when something else is picked, and now and then."""

    def __init__(self, hub: CallsHub, past: AskPast, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hub, self._ui = hub, hub.ui
        self._question = PastQuestion(past, self)
        self._figures: AndonFigures | None = None
        self._health: Health | None = None
        self._asked_us = 0
        self.view, self.days, self.of, self.measure = View.PARETO, 7, Of.REASONS, Measure.COUNT
        self.views, self.spans = PickRow(hub.ui, self), PickRow(hub.ui, self)
        self.pareto, self.summary = ParetoPanel(hub.ui, self), FactsAndButtons(hub.ui, self)
        self.times, self.near = TablePanel(hub.ui, self), InfoPanel(hub.ui, self)
        self.stations, self.scores = TablePanel(hub.ui, self), RowList(hub.ui, self, high=self._score_height)
        self._shown: dict[View, tuple[QWidget, ...]] = {
            View.PARETO: (self.pareto, self.summary),
            View.TIMES: (self.times, self.near),
            View.STATIONS: (self.stations,),
            View.HEALTH: (self.scores,),
        }
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.views.picked.connect(self.show_view)
        self.spans.picked.connect(self._on_span)
        self.summary.wanted.connect(self._on_wanted)
        self._question.changed.connect(self._show)
        hub.ui.changed.connect(self._place)
        self.show_view(View.PARETO)

    def refresh(self) -> None:
        """Ask again if what is known is old."""
        now = self._hub.now()
        if self._hub.model.ready and not 0 <= now.at_us - self._asked_us < AGAIN_S * US_PER_S:
            self._asked_us = now.at_us
            days = self.days
            if self.view is View.HEALTH:
                self._question.ask(lambda history: gather_health(history, now, days), self._take_health)
            else:
                self._question.ask(lambda history: gather_figures(history, now, days), self._take_figures)

    @Slot(object)
    def show_view(self, view: str) -> None:
        """Look at something else."""
        before, self.view = self.view, View(view)
        if (before is View.HEALTH) is not (self.view is View.HEALTH):
            self._asked_us = 0
        self.views.offer([(one.value, word) for one, word in _VIEWS], self.view.value)
        self.spans.offer(_DAYS, str(self.days))
        for one, widgets in self._shown.items():
            for widget in widgets:
                widget.setVisible(one is self.view)
        self._place()
        if self.isVisible():
            self.refresh()
        self._show()

    def _on_span(self, days: str) -> None:
        self.days, self._asked_us = int(days), 0
        self._figures = self._health = None
        self.show_view(self.view)

    @Slot(object)
    def _on_wanted(self, what: str) -> None:
        if what == OF:
            self.of = _after(tuple(Of), self.of)
        else:
            self.measure = _after(tuple(_MEASURES), self.measure)
        self._show()

    def _score_height(self, row: Row, width: float) -> float:
        return row.height(self._ui, width) if isinstance(row, ScoreRow) else 0.0

    def _take_figures(self, figures: AndonFigures) -> None:
        self._figures = figures

    def _take_health(self, health: Health) -> None:
        self._health = health

    @Slot()
    def _show(self) -> None:
        shop, nothing = self._hub.shop, self._nothing()
        figures = self._figures
        match self.view:
            case View.PARETO:
                ranked = self._pareto_rows()
                title = Text("{of} by {measure}", {"of": self._say(_OF[self.of]), "measure": self._say_measure()})
                self.pareto.show_rows(title, ranked, [self._name(row) for row in ranked], self.measure, nothing)
                facts = summary_facts(figures) if figures else ()
                self.summary.show_this(self.view, SUMMARY_TITLE, facts, self._offers())
            case View.TIMES:
                self.times.show_table(TIMES_HEAD, times_rows(figures) if figures else (), nothing)
                self.near.show_facts(NEAR_TITLE, near_facts(shop, figures, self._ui) if figures else ())
            case View.STATIONS:
                narrow = self.width() < self._ui.theme.mm(NARROW_MM)
                rows = station_rows(figures, narrow=narrow) if figures else ()
                self.stations.show_table(station_head(narrow=narrow), rows, nothing)
            case View.HEALTH:
                found = score_rows(shop, self._health.board, self._health.few) if self._health else ()
                self.scores.show_rows(found, nothing)

    def _nothing(self) -> Text:
        if self._question.trouble:
            return Text("The past cannot be read.")
        known = self._health if self.view is View.HEALTH else self._figures
        return Text("Reading the past…") if known is None else Text("No call in this time.")

    def _pareto_rows(self) -> tuple[ParetoRow, ...]:
        if self._figures is None:
            return ()
        table: Pareto = {
            Of.REASONS: self._figures.reasons,
            Of.CAUSES: self._figures.causes,
            Of.PLACES: self._figures.places,
        }[self.of]
        match self.measure:
            case Measure.COUNT:
                return table.by_count
            case Measure.CALL:
                return table.by_call_time
            case Measure.STOP:
                return table.by_stop_time

    def _name(self, row: ParetoRow) -> Text:
        match self.of:
            case Of.REASONS:
                return reason_text(self._hub.shop, row.id)
            case Of.CAUSES:
                return cause_text(self._hub.shop, row.id) if row.id else Text("no cause said")
            case Of.PLACES:
                return data(row.name)

    def _offers(self) -> tuple[Offer, ...]:
        return (
            Offer(OF, Text("WHAT"), Icon.RESTARTING, note=_OF[self.of]),
            Offer(MEASURE, Text("BY"), Icon.RESTARTING, note=_MEASURES[self.measure]),
        )

    def _say(self, text: Text) -> str:
        return self._ui.say(text)

    def _say_measure(self) -> str:
        return self._ui.say(_MEASURES[self.measure])

    def _place(self) -> None:
        theme = self._ui.theme
        gap, high = theme.mm(GAP_MM), theme.mm(TARGET_MM)
        width = self.width()
        self.spans.fold(on=False)
        spans = self.spans.wanted_width()
        if self.views.wanted_width() + spans > width + gap:
            self.spans.fold(on=True)
            spans = self.spans.wanted_width()
        self.spans.setGeometry(width - spans + gap, 0, spans - gap, high)
        self.views.setGeometry(0, 0, max(1, width - spans), high)
        body = QRect(0, high + gap, width, max(1, self.height() - high - gap))
        self._two(body, self.pareto, self.summary, 1 - SIDE_SHARE)
        self._two(body, self.times, self.near, TABLE_SHARE)
        self.stations.setGeometry(body)
        self.scores.setGeometry(body)

    def _two(self, body: QRect, first: QWidget, second: QWidget, share: float) -> None:
        gap = self._ui.theme.mm(GAP_MM)
        if body.height() > body.width():
            upper = round(body.height() * share)
            first.setGeometry(body.x(), body.y(), body.width(), upper)
            second.setGeometry(body.x(), body.y() + upper + gap, body.width(), max(1, body.height() - upper - gap))
        else:
            left = round(body.width() * share)
            first.setGeometry(body.x(), body.y(), left, body.height())
            second.setGeometry(body.x() + left + gap, body.y(), max(1, body.width() - left - gap), body.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(self.rect(), ink.look.ground)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._place()
        self._show()


def _after(known: Sequence[_K], now: _K) -> _K:
    """The next one, after the last the first."""
    return known[(known.index(now) + 1) % len(known)]
