"""The line board: the whole line for everybody, from a terminal's page to a wall twenty metres away."""

from collections.abc import Callable
from functools import partial

import msgspec
from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QHideEvent, QMouseEvent, QPainter, QPaintEvent, QPixmap, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.health import Condition
from shopfloor.core.line import Line
from shopfloor.core.line_views import seen_of, silent_s
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.views import line_view
from shopfloor.flow.board import HourBoard, hour_board
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.gui.board_andon import FOOT_MM, andon_face, paint_segment, segment_rects
from shopfloor.gui.board_faces import BoardFaces, CallFace, board_faces, with_terminals
from shopfloor.gui.board_head import head_face, hour_faces
from shopfloor.gui.board_layout import FlowLayout, lay_flow
from shopfloor.gui.board_strip import (
    CALL_MM,
    HEAD_MM,
    HEAD_ROW_MM,
    HOURS_MM,
    HeadFace,
    HourFace,
    head_rows,
    paint_call,
    paint_head,
    paint_hours,
    paint_no_calls,
)
from shopfloor.gui.board_tiles import paint_gap, paint_station
from shopfloor.gui.bridge import AskHistory, LineModel
from shopfloor.gui.figures import FigureFeed
from shopfloor.gui.header import NOT_RECORDED
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.theme import Size, Theme, faded
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.ui import Ui

TICK_MS = 500  # one half of a flash: 1 Hz, under the 2 Hz that are allowed
COALESCE_MS = 30  # a burst of scans is one repaint; nobody sees thirty milliseconds from twenty metres
HOURS_EVERY_S = 10  # the plan moves by less than a card in that time, unless something is made
CALLS_SHOWN_MAX = 2
BOTTOM_SHARE_MAX = 0.4
FLOW_SCALE = 0.8  # of the type around them: stations that are smaller get the room that is kept for another call
FLOW_LEAST = 0.6  # stations that are smaller are not read at all: they get the room of the hours, too
HOURS_LEAST_MM = 17.0  # below this an hour is not legible and left out
MADE_MAX = 5_000  # a day at one card each seventeen seconds

TERMINAL = "terminal"  # the kind of health part by which a follower tells whether its terminal still speaks

_NO_FACES = BoardFaces(stations=(), gaps=((),), calls=())


class BoardPage(QWidget):
    """One painted widget: what looks the same as before is not painted again, and kept as a picture for when it is.

    Framed (where it has a parent, unless told) it leaves the name of the line, the time and the most urgent call to
    the window around it.

    Signals:
        station_chosen(str): a station was touched, in a frame.
    """

    station_chosen = Signal(object)

    def __init__(
        self,
        model: LineModel,
        ui: Ui,
        ask: AskHistory,
        parent: QWidget | None = None,
        *,
        framed: bool | None = None,
    ) -> None:
        super().__init__(parent)
        self._model = model
        self._ui = ui
        self._feed = FigureFeed(model, ask, ("made", "call", "line"), last=MADE_MAX, parent=self)
        self._faces = _NO_FACES
        self._head: HeadFace | None = None
        self._hours: tuple[HourFace, ...] = ()
        self._board: HourBoard | None = None
        self._hours_due_us = 0
        self._calls_max = CALLS_SHOWN_MAX
        self._has_hours = True
        self._calendar: tuple[Line, WorkCalendar] | None = None
        self._layout = FlowLayout(1.0, (), (None,))
        self._framed = parent is not None if framed is None else framed
        self._silent = False
        self._lit = True
        self._pictures: dict[str, tuple[object, QPixmap]] = {}
        self._themes: tuple[Theme, Theme] = (ui.theme, ui.theme)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._tick = NamedTimer(self, "board-tick", TICK_MS, self._on_tick)
        self._soon = NamedTimer(self, "board-soon", COALESCE_MS, self.refresh, once=True)
        model.reset.connect(self._on_news)
        model.updated.connect(self._on_news)
        self._feed.changed.connect(self._on_figures)
        ui.changed.connect(self.forget)

    @Slot()
    def refresh(self) -> None:
        """Look at the line and mark what has changed for painting."""
        now = self._model.now()
        faces = self._look(now) if self._model.ready else _NO_FACES
        away_s = self._silent_s(now.at_us)
        if (away_s is not None) != self._silent or _shape(faces) != _shape(self._faces):
            self._silent = away_s is not None
            self._faces = faces
            self._lay_out()
        self._mark_flow(faces)
        self._mark_strips(now.at_us, away_s)

    def _look(self, now: Now) -> BoardFaces:
        shop = self._model.shop
        link, faces = self._model.link(), board_faces(line_view(shop, now), now.at_us)
        known = {call.id: seen_of(shop, link, call.id, now) for call in faces.calls if call.is_stop}
        seen = {call_id: found for call_id, found in known.items() if found is not None}
        faces = with_terminals(faces, silent_s(shop, link, now), seen)
        return msgspec.structs.replace(faces, andon=andon_face(shop, now))

    def tiles(self) -> tuple[QRectF, ...]:
        """Where each station stands, in flow order."""
        return self._layout.tiles

    def forget(self, part: str = "") -> None:
        """Throw away the picture of a part such as "station 3", or all pictures: they are painted when next shown."""
        if part:
            self._pictures.pop(part, None)
        else:
            self._lay_out()

    @Slot()
    def _on_tick(self) -> None:
        self._lit = not self._lit
        self.refresh()
        for index, station in enumerate(self._faces.stations):
            if station.flashing:
                self.update(self._layout.tiles[index].toAlignedRect())
        if any(not call.taken_by for call in self._faces.calls):
            self.update(self._calls_rect().toAlignedRect())

    @Slot()
    def _on_news(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _on_figures(self) -> None:
        self._hours_due_us = 0
        self._on_news()

    def _mark_flow(self, faces: BoardFaces) -> None:
        before, self._faces = self._faces, faces
        for index, station in enumerate(faces.stations):
            if station != before.stations[index]:
                self.update(self._layout.tiles[index].toAlignedRect())
        for index, gap in enumerate(faces.gaps):
            place = self._layout.gaps[index]
            if place is not None and gap != before.gaps[index]:
                self.update(place.toAlignedRect())
        if faces.calls != before.calls:
            self.update(self._bottom_rect().toAlignedRect())
        if faces.andon.segments != before.andon.segments:
            self.update(self._flow_rect().toAlignedRect())

    def _mark_strips(self, now_us: int, silent_s: int | None) -> None:
        shop = self._model.shop
        calendar = self._calendar_of(shop.line)
        if self._board is None or not 0 < self._hours_due_us - now_us <= HOURS_EVERY_S * US_PER_S:
            rows = self._feed.rows("made"), self._feed.rows("call")
            began_us = min((row.at_us for row in self._feed.rows("line", shop.line.id)), default=None)
            self._board = hour_board(shop.line, calendar, now_us, made=rows[0], calls=rows[1], began_us=began_us)
            self._hours_due_us = now_us + HOURS_EVERY_S * US_PER_S
            hours = hour_faces(shop, calendar, self._board, now_us=now_us)
            if hours != self._hours:
                self._hours = hours
                self.update(self._hours_rect().toAlignedRect())
        head = head_face(shop, calendar, self._board, now_us=now_us, silent_s=silent_s)
        # In a frame the window's head says it.
        owed = 0 if self._framed else sum(part.counts.get(NOT_RECORDED, 0) for part in self._model.health.values())
        head = msgspec.structs.replace(head, shelved=self._faces.andon.shelved, owed=owed)
        if head != self._head:
            self._head = head
            self.update(self._head_rect().toAlignedRect())

    def _calendar_of(self, line: Line) -> WorkCalendar:
        if self._calendar is None or self._calendar[0] is not line:
            self._calendar = (line, WorkCalendar(line))
            self._hours_due_us = 0
        return self._calendar[1]

    def _silent_s(self, now_us: int) -> int | None:
        """How long the source of what is shown has been silent; None while it speaks."""
        lost = [
            part.since_us
            for part in self._model.health.values()
            if part.kind == TERMINAL and part.condition is not Condition.UP
        ]
        return max(0, now_us - min(lost)) // US_PER_S if lost else None

    def _lay_out(self) -> None:
        theme = self._ui.theme
        gaps = tuple(bool(gap) for gap in self._faces.gaps)
        most = CALLS_SHOWN_MAX - (1 if self._framed else 0)
        foot_mm = FOOT_MM if self._faces.andon.segments else 0
        for self._calls_max, self._has_hours in ((most, True), (most - 1, True), (most - 1, False)):
            self._layout = lay_flow(self._flow_rect(), theme.px_per_mm, gaps, foot_mm=foot_mm)
            enough = FLOW_SCALE if self._calls_max == most else FLOW_LEAST
            if self._layout.scale >= theme.scale * enough:
                break
        palette = faded(theme.palette) if self._silent else theme.palette
        self._pictures.clear()
        self._themes = (
            Theme(palette, theme.px_per_mm, scale=theme.scale, distance_m=theme.distance_m),
            Theme(palette, theme.px_per_mm, scale=self._layout.scale),
        )
        self.update()

    def _head_rect(self) -> QRectF:
        theme = self._ui.theme
        rows = self._head_rows()
        height = theme.mm(HEAD_MM) + (theme.mm(HEAD_ROW_MM) if rows > 1 else 0)
        pad = theme.mm(2)
        return QRectF(pad, 0, self.width() - 2 * pad, height)

    def _head_rows(self) -> int:
        theme = self._ui.theme
        return 1 if self._framed else head_rows(self.width(), theme.px_per_mm * theme.scale)

    def _bottom_rect(self) -> QRectF:
        theme = self._ui.theme
        pad = theme.mm(3)
        wanted = (theme.mm(HOURS_MM) if self._has_hours else 0) + self._calls_max * theme.mm(CALL_MM + 1.2)
        height = min(wanted, self.height() * BOTTOM_SHARE_MAX)
        return QRectF(pad, self.height() - height - pad, self.width() - 2 * pad, height)

    def _calls(self) -> tuple[CallFace, ...]:
        """The calls that nobody else on this screen shows."""
        return self._faces.calls[1:] if self._framed else self._faces.calls

    def _calls_shown(self) -> int:
        """At least one, and no more than leave the hours their height."""
        theme = self._ui.theme
        hours = theme.mm(HOURS_LEAST_MM) if self._has_hours else 0
        room = int((self._bottom_rect().height() - hours) // theme.mm(CALL_MM + 1.2))
        return min(len(self._calls()), self._calls_max, max(1, room))

    def _calls_rect(self) -> QRectF:
        theme = self._ui.theme
        bottom = self._bottom_rect()
        height = self._calls_shown() * theme.mm(CALL_MM + 1.2)
        if not height and not self._framed:
            height = theme.mm(6.5)
        return QRectF(bottom.left(), bottom.top(), bottom.width(), height)

    def _hours_rect(self) -> QRectF:
        return self._bottom_rect().adjusted(0, self._calls_rect().height(), 0, 0)

    def _flow_rect(self) -> QRectF:
        theme = self._ui.theme
        pad = theme.mm(3)
        top = self._head_rect().bottom() + theme.mm(1)
        return QRectF(pad, top, self.width() - 2 * pad, self._bottom_rect().top() - theme.mm(2.5) - top)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint what the region asks for."""
        region = QRectF(event.rect())
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
            painter.fillRect(event.rect(), QColor(self._themes[0].palette.ground))
            self._paint_strips(self._ink(painter, self._themes[0]), region)
            self._paint_flow(self._ink(painter, self._themes[1]), region)
        finally:
            painter.end()

    def _ink(self, painter: QPainter, theme: Theme) -> Ink:
        ink = Ink(painter, self._ui, "BoardPage", QRectF(self.rect()).adjusted(-1, -1, 1, 1))
        ink.theme, ink.look = theme, theme.palette
        return ink

    def _paint_strips(self, ink: Ink, region: QRectF) -> None:
        head = self._head_rect()
        if self._head is not None and head.intersects(region):
            paint_head(ink, head, self._head, rows=self._head_rows(), framed=self._framed)
        calls = self._calls_rect()
        if calls.intersects(region):
            self._paint_calls(ink, calls)
        hours = self._hours_rect()
        if self._faces.stations and hours.intersects(region) and hours.height() >= ink.theme.mm(HOURS_LEAST_MM):
            paint_hours(ink, hours, self._hours)

    def _paint_calls(self, ink: Ink, rect: QRectF) -> None:
        calls, shown = self._calls(), self._calls_shown()
        if not calls:
            if not self._framed:
                paint_no_calls(ink, rect)
            return
        height = ink.theme.mm(CALL_MM)
        step = ink.theme.mm(CALL_MM + 1.2)
        for index, call in enumerate(calls[:shown]):
            place = QRectF(rect.left(), rect.top() + index * step, rect.width(), height)
            more = len(calls) - shown if index == shown - 1 else 0
            lit = self._lit or bool(call.taken_by)
            paint_call(ink, place, call, lit=lit, more=more, near=self._faces.andon.near)

    def _paint_flow(self, ink: Ink, region: QRectF) -> None:
        if not self._faces.stations:
            words = self._ui.tr("No station yet: the line file names none.")
            ink.theme = self._themes[0]
            words = words if self._model.ready else ""
            ink.text(self._flow_rect(), words, size=Size.STATE, colour=ink.look.soft, side=Side.MIDDLE, lines=2)
            return
        for index, face in enumerate(self._faces.stations):
            tile = self._layout.tiles[index]
            if tile.intersects(region):
                lit = self._lit or not face.flashing
                paint = partial(paint_station, rect=tile, face=face, lit=lit, stale=self._silent)
                self._draw(ink, f"station {index}", tile, (face, lit), paint)
        for index, gap in enumerate(self._faces.gaps):
            place = self._layout.gaps[index]
            if place is not None and place.intersects(region):
                paint_it = partial(paint_gap, rect=place, faces=gap, stale=self._silent)
                self._draw(ink, f"gap {index}", place, gap, paint_it)

        self._paint_segments(ink, region)

    def _paint_segments(self, ink: Ink, region: QRectF) -> None:
        """Below the stations: cheap, and painted with what stands above it."""
        foot = ink.theme.mm(FOOT_MM)
        for segment in self._faces.andon.segments:
            for rect in segment_rects(segment.view, self._layout.tiles, foot):
                if rect.intersects(region):
                    paint_segment(ink, rect, segment)

    def _draw(self, ink: Ink, key: str, rect: QRectF, face: object, paint: Callable[[Ink], None]) -> None:
        """Show the picture of a part; it is painted anew only if its face is another."""
        area = rect.toAlignedRect()
        known = self._pictures.get(key)
        if known is None or known[0] != face:
            ratio = self.devicePixelRatioF()
            picture = QPixmap(area.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(QColor(ink.look.ground))
            painter = QPainter(picture)
            try:
                painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
                painter.translate(-area.topLeft())
                paint(self._ink(painter, ink.theme))
            finally:
                painter.end()
            known = self._pictures[key] = (face, picture)
        ink.painter.drawPixmap(area.topLeft(), known[1])

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A touch on a station opens its page; any other is the window's."""
        touched = [at for at, tile in enumerate(self._layout.tiles) if tile.contains(event.position())]
        event.setAccepted(bool(touched) and self._framed)
        if event.isAccepted():
            self.station_chosen.emit(self._faces.stations[touched[0]].id)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press where a release means something."""
        event.setAccepted(self._framed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out for the new size."""
        super().resizeEvent(event)
        self._lay_out()

    def showEvent(self, event: QShowEvent) -> None:
        """Look again, and go on looking."""
        super().showEvent(event)
        self.refresh()
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden page costs nothing."""
        super().hideEvent(event)
        self._tick.stop()
        self._soon.stop()


def _shape(faces: BoardFaces) -> tuple[int, tuple[bool, ...], bool]:
    return len(faces.stations), tuple(bool(gap) for gap in faces.gaps), bool(faces.andon.segments)
