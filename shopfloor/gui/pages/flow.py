"""Times live: each station's cycle time against its target, and how long cards take through a loop."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt, Slot
from PySide6.QtGui import QHideEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.line import Line
from shopfloor.core.moment import US_PER_S
from shopfloor.core.names import station_name
from shopfloor.core.text import Text
from shopfloor.core.update import DigestRow
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.gui.bridge import AskHistory, LineModel
from shopfloor.gui.figures import FigureFeed
from shopfloor.gui.flow_figures import FiguresPanel, NotePanel
from shopfloor.gui.flow_series import (
    Reading,
    Span,
    What,
    open_since,
    read_cycles,
    read_leads,
    read_point,
    span_of,
)
from shopfloor.gui.ink import ink_on
from shopfloor.gui.picks import PickRow, button_width
from shopfloor.gui.points import PointBuffer
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import GAP_MM, TARGET_MM
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.touch import Tone, TouchButton
from shopfloor.gui.ui import Ui

if TYPE_CHECKING:
    from shopfloor.gui.plot import TimePlot

REDRAW_MS = 100  # ten times a second is faster than anybody reads, and leaves the thread to the scans
AXIS_EVERY_S = 5  # the right edge is now
PANEL_MM = 62.0
PANEL_SHARE_MAX = 0.34
PANEL_HIGH_MM = 62.0
SHORT_MM = 125.0  # a page lower than this has one row of buttons
SPAN_S = (120.0, 600.0)  # one point alone has no span; the least shown is within this
SPAN_CYCLES = 12  # and room for so many cards on target

_WHATS = ((What.CYCLE, Text("Cycle times")), (What.LEAD, Text("Lead times")))
_SPANS = ((Span.SHIFT, Text("Shift")), (Span.DAY, Text("24 hours")), (Span.ALL, Text("All")))


class FlowPage(QWidget):
    """Buttons choose what is plotted; what comes in is appended and drawn at most ten times a second, if visible."""

    def __init__(self, model: LineModel, ui: Ui, ask: AskHistory, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model, self._ui = model, ui
        self._what, self._span, self._limits = What.CYCLE, Span.SHIFT, False
        self._keys: dict[What, str] = {}
        self._points = PointBuffer()
        self._feed = FigureFeed(model, ask, (), parent=self)
        self._calendar: tuple[Line, WorkCalendar] | None = None
        self._plot: TimePlot | None = None
        self._dirty = True
        self._drawn_us = 0
        self._whats, self._spans, self._picks = PickRow(ui, self), PickRow(ui, self), PickRow(ui, self)
        self._switch = TouchButton(ui, Text("Limits"), parent=self)
        self._figures, self._note = FiguresPanel(ui, self), NotePanel(ui, self)
        self._timer = NamedTimer(self, "flow-redraw", REDRAW_MS, self._on_time)
        self._connect()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def pick(self, what: What, key: str) -> None:
        """Show the cycle times of a station or the lead times of a loop."""
        self._what, self._keys[what] = what, key
        self._feed.want(((what.value, key),))
        self._offer()

    def touch(self, key: str) -> None:
        """Choose as a finger would: "cycle", "lead", "shift", "day", "all", "limits", or a station or loop."""
        if key == "limits":
            self._on_switch()
        elif key in {what.value for what in What}:
            self._on_what(key)
        elif key in {span.value for span in Span}:
            self._on_span(key)
        else:
            self._on_pick(key)

    @property
    def plotted(self) -> int:
        """How many points are kept for what is chosen."""
        return len(self._points)

    def redraw(self) -> None:
        """Draw what is there now."""
        self._dirty = False
        now_us = self._model.now().at_us
        self._drawn_us = now_us
        start_us = span_of(self._span, self._calendar_of(self._model.shop.line), now_us)
        at_s, _ = self._points.since(start_us)
        if not len(at_s):
            self._say_nothing()
            return
        # From the first figure on: hours before it would press what there is to the edge.
        start_us = max(start_us or 0, min(round(float(at_s[0]) * US_PER_S), now_us - self._least_span_us()))
        reading = self._read(start_us, now_us)
        self._draw(reading, (start_us, now_us))

    def _read(self, start_us: int, now_us: int) -> Reading:
        at_s, value_s = self._points.since(start_us)
        shop, key = self._model.shop, self._keys[self._what]
        if self._what is What.LEAD:
            values = value_s.tolist()
            return read_leads(at_s, values, start_us=start_us, now_us=now_us, open_us=open_since(shop, key))
        return read_cycles(value_s.tolist(), self._target_s(), with_limits=self._limits)

    def _draw(self, reading: Reading, span: tuple[int, int]) -> None:
        from shopfloor.gui.plot_levels import Level

        plot = self._plot_widget()
        tr = self._ui.say
        levels = tuple(Level(tr(mark.name), mark.value_s, mark.dash, mark.strong) for mark in reading.marks)
        at_s, value_s = self._points.since(span[0])
        plot.show_zone(self._calendar_of(self._model.shop.line).zone)
        plot.show_levels(levels)
        points = np.array(at_s), np.array(value_s)
        plot.show_points(*points, target_s=self._target_s(), span=span, precise=reading.precise)
        self._note.hide()
        plot.show()
        note = reading.note
        if plot.above:
            note = Text("{n} above the scale, drawn at its edge.", {"n": plot.above})
        self._figures.show_rows(self._title(), reading.rows, note)
        self._figures.show()

    def _say_nothing(self) -> None:
        if self._plot is not None:
            self._plot.hide()
        self._figures.hide()
        if self._feed.trouble:
            words = Text("The past cannot be read."), Text("{trouble}", {"trouble": self._feed.trouble})
        elif self._feed.waiting or not self._model.ready:
            words = Text("Reading the past…"), Text("")
        elif not self._keys.get(self._what):
            words = Text("Nothing to show yet."), Text("The line file names no station and no loop.")
        elif self._what is What.CYCLE:
            words = (
                Text("No cycle time here yet."),
                Text("Finish two cards at this station: the time between them is the first."),
            )
        else:
            words = Text("No lead time here yet."), Text("It is known when a card that was started comes to its end.")
        self._note.show_words(*words)
        self._note.show()

    def _title(self) -> Text:
        key = self._keys.get(self._what, "")
        return data(station_name(self._model.shop, key) if self._what is What.CYCLE else self._loop_name(key))

    def _loop_name(self, loop_id: str) -> str:
        loops = self._model.shop.loops
        found = loops.get(loop_id)
        if found is None:
            return loop_id
        several = sum(1 for loop in loops.values() if loop.part == found.part) > 1
        return loop_id if several else found.part

    def _target_s(self) -> float | None:
        """A station's own target, else the takt; a lead time has none."""
        if self._what is What.LEAD:
            return None
        shop = self._model.shop
        station = shop.stations.get(self._keys.get(What.CYCLE, ""))
        return (station.cycle_target_s if station else None) or shop.line.takt_s

    def _least_span_us(self) -> int:
        low, high = SPAN_S
        return round(min(high, max(low, SPAN_CYCLES * (self._target_s() or high))) * US_PER_S)

    def _offer(self) -> None:
        """Offer what the line has; choose the first where nothing that is there is chosen."""
        line = self._model.shop.line
        stations = [(s.id, data(s.name)) for s in line.stations]
        loops = [(x.id, data(self._loop_name(x.id))) for x in line.loops]
        choices = stations if self._what is What.CYCLE else loops
        if choices and self._keys.get(self._what) not in {key for key, _ in choices}:
            self._keys[self._what] = choices[0][0]
            self._feed.want(((self._what.value, choices[0][0]),))
        self._whats.offer([(what.value, word) for what, word in _WHATS], self._what.value)
        self._spans.offer([(span.value, word) for span, word in _SPANS], self._span.value)
        self._picks.offer(choices, self._keys.get(self._what, ""))
        self._switch.setVisible(self._what is What.CYCLE)
        self._switch.tone = Tone.INVERSE if self._limits else Tone.PLAIN
        self._switch.update()
        self._place()
        self._dirty = True

    def _connect(self) -> None:
        self._model.reset.connect(self._offer)
        self._model.updated.connect(self._on_line)
        self._feed.reloaded.connect(self._on_reloaded)
        self._feed.added.connect(self._on_added)
        self._ui.changed.connect(self._on_look)
        self._whats.picked.connect(self._on_what)
        self._spans.picked.connect(self._on_span)
        self._picks.picked.connect(self._on_pick)
        self._switch.clicked.connect(self._on_switch)
        self._offer()

    @Slot(object)
    def _on_line(self, _update: object) -> None:
        if self._calendar is not None and self._calendar[0] is not self._model.shop.line:
            self._offer()

    @Slot()
    def _on_reloaded(self) -> None:
        self._points.clear()
        self._on_added(tuple(self._feed.rows(self._what.value)))

    @Slot(object)
    def _on_added(self, rows: tuple[DigestRow, ...]) -> None:
        for row in rows:
            value_s, undone = read_point(self._what, row)
            if undone:
                self._points.take_back(undone)
            elif value_s is not None:
                self._points.append(row.at_us, value_s, row.n)
        self._dirty = True

    @Slot(object)
    def _on_what(self, what: str) -> None:
        self._what = What(what)
        key = self._keys.get(self._what)
        if key:
            self._feed.want(((what, key),))
        self._offer()

    @Slot(object)
    def _on_span(self, span: str) -> None:
        self._span = Span(span)
        self._offer()

    @Slot(object)
    def _on_pick(self, key: str) -> None:
        self.pick(self._what, key)

    @Slot()
    def _on_switch(self) -> None:
        self._limits = not self._limits
        self._offer()

    @Slot()
    def _on_look(self) -> None:
        if self._plot is not None:
            self._plot.dress()
        self._place()
        self._dirty = True
        self.update()

    @Slot()
    def _on_time(self) -> None:
        if self._dirty or abs(self._model.now().at_us - self._drawn_us) > AXIS_EVERY_S * US_PER_S:
            self.redraw()

    def _calendar_of(self, line: Line) -> WorkCalendar:
        if self._calendar is None or self._calendar[0] is not line:
            self._calendar = (line, WorkCalendar(line))
        return self._calendar[1]

    def _plot_widget(self) -> "TimePlot":
        if self._plot is None:
            from shopfloor.gui.plot import TimePlot

            self._plot = TimePlot(self._ui, self)
            self._place()
        return self._plot

    def _place(self) -> None:
        theme = self._ui.theme
        gap, high = theme.mm(GAP_MM), theme.mm(TARGET_MM)
        wide = self.width() - 2 * gap
        short = self.height() < theme.mm(SHORT_MM)
        for row in (self._whats, self._spans):
            row.fold(on=short)
        whats, spans = self._whats.wanted_width(), self._spans.wanted_width()
        switch = button_width(self._ui, self._switch.word) + gap if self._switch.isVisibleTo(self) else 0
        y = gap
        right = self.width()
        self._whats.setGeometry(gap, y, min(whats, wide), high)
        if short:
            # One row for all: what and how far back turn when touched, and the plot has the height.
            self._picks.setGeometry(gap + whats, y, wide - whats - switch - spans, high)
        if whats + switch + spans > wide + gap:
            self._switch.setGeometry(right - switch, y, max(1, switch - gap), high)
            y += high + gap
            self._spans.setGeometry(gap, y, wide, high)
        else:
            self._spans.setGeometry(right - spans, y, spans, high)
            self._switch.setGeometry(right - spans - switch, y, max(1, switch - gap), high)
        y += high + gap
        if not short:
            self._picks.setGeometry(gap, y, wide, high)
            y += high + gap
        self._place_plot(QRect(gap, y, wide, max(1, self.height() - y - gap)), gap)

    def _place_plot(self, rect: QRect, gap: int) -> None:
        """Plot and figures: side by side, or one above the other where the page is higher than wide."""
        self._note.setGeometry(rect)
        theme = self._ui.theme
        plot, figures = QRect(rect), QRect(rect)
        if rect.height() > rect.width():
            plot.setHeight(rect.height() - theme.mm(PANEL_HIGH_MM) - gap)
            figures.setTop(plot.bottom() + gap)
        else:
            plot.setWidth(rect.width() - round(min(theme.mm(PANEL_MM), rect.width() * PANEL_SHARE_MAX)) - gap)
            figures.setLeft(plot.right() + gap)
        if self._plot is not None:
            self._plot.setGeometry(plot)
        self._figures.setGeometry(figures)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(QRectF(self.rect()), ink.look.ground)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything."""
        super().resizeEvent(event)
        self._place()
        self._dirty = True

    def showEvent(self, event: QShowEvent) -> None:
        """Draw, and go on drawing."""
        super().showEvent(event)
        self.redraw()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden plot costs nothing but its memory."""
        super().hideEvent(event)
        self._timer.stop()
