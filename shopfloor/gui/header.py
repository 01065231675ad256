"""The top of a terminal's window: pages to touch, the time, and how the devices are."""

from collections.abc import Sequence
from datetime import tzinfo

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shopfloor.core.health import Condition, Health
from shopfloor.core.line_views import LinkFace
from shopfloor.core.moment import US_PER_S
from shopfloor.core.text import Text
from shopfloor.core.views import StationState
from shopfloor.gui.clocks import clock
from shopfloor.gui.header_parts import LAMP, WELL, paint_parts, parts_width
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on, least_ratio
from shopfloor.gui.line_words import LINK, chip_width, paint_link
from shopfloor.gui.squeeze import squeeze
from shopfloor.gui.states import state_look
from shopfloor.gui.theme import GAP_MM, PAD_MM, TARGET_MM, Size, Weight
from shopfloor.gui.ui import Ui

HEADER_MM = TARGET_MM
LEAST_DOTS_MM = 21.0  # their number alone, and what keeps it from tabs and clock
# What the operator works with; the rest is on the Health page.
DEVICES = frozenset({"scanner", "buttons", "keyboard", "modbus", "mqtt"})
NOT_RECORDED = "not_recorded"  # the count of what the store owes the disk
TERMINAL = "terminal"  # the kind of part by which a board tells whether the terminal it follows still speaks
STATIONS = " stations"  # key of the tab behind which stations are that do not fit
ROUNDING = 0.03  # of a width: fonts come in whole pixels
# Which state of the stations behind one tab its shape shows: the first of these.
URGENCY = (
    StationState.STOPPED,
    StationState.CALLED,
    StationState.RESTARTING,
    StationState.BLOCKED,
    StationState.STARVED,
    StationState.RUNNING,
    StationState.IDLE,
)


class Tab(Struct, frozen=True):
    """One page to touch; a station's has its state, something else than a page an icon."""

    key: str
    word: Text
    state: StationState | None = None
    icon: Icon | None = None


class Header(QWidget):
    """Tabs at the left, clock and devices at the right.

    Signals:
        chosen(key): a tab was touched. Stations that do not fit are behind one tab, "stations".
        health: the devices were touched.
    """

    chosen = Signal(object)
    health = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ui = ui
        self._tabs: tuple[Tab, ...] = ()
        self._current = ""
        self._line = ""
        self._clock = ""
        self._now_us = 0
        self._parts: tuple[Health, ...] = ()
        self._owed = 0
        self._link: LinkFace | None = None
        self._pressed = ""
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        ui.changed.connect(self.update)

    def show_tabs(self, tabs: Sequence[Tab], current: str) -> None:
        """Show these pages, `current` in front."""
        if (tuple(tabs), current) != (self._tabs, self._current):
            self._tabs, self._current = tuple(tabs), current
            self.update()

    def show_now(self, line: str, at_us: int, zone: tzinfo, parts: Sequence[Health]) -> None:
        """Show the time and the devices among the parts, and what is in trouble; what is not well comes first."""
        owed = sum(part.counts.get(NOT_RECORDED, 0) for part in parts)
        concerning = (part for part in parts if _concerns(part) and not part.counts.get(NOT_RECORDED))
        ordered = sorted(concerning, key=lambda part: (part.condition in WELL, part.id))
        shown = (line, clock(at_us, zone), tuple(ordered), owed)
        if shown != (self._line, self._clock, self._parts, self._owed):
            self._line, self._clock, self._parts, self._owed = shown
            self._now_us = at_us
            self.update()

    def show_link(self, face: LinkFace | None) -> None:
        """Show how the link to the line is; None: this terminal is alone. It ticks like the clock."""
        shown = face and LinkFace(face.look, face.for_us // US_PER_S * US_PER_S, face.behind)
        if shown != self._link:
            self._link = shown
            self.update()

    def tab_rects(self) -> list[tuple[Tab, QRectF]]:
        """The tabs and where they are: never one on another, whatever there is to show."""
        gap = self.ui.theme.mm(GAP_MM) / 2
        room = max(1.0, self.width() - self._least_right())
        tabs = self._visible_tabs(room, gap)
        widths = [self._tab_width(tab) for tab in tabs]
        least, finger = [self._least_width(tab) for tab in tabs], float(self.ui.theme.mm(TARGET_MM))
        above = [self._least_above(tab) for tab in tabs]
        names = [finger if tab.state is not None else width for tab, width in zip(tabs, least, strict=True)]
        for floors in (
            least,
            above,
            names,
            [finger] * len(tabs),
        ):  # a name may be cut, a word of ours only when all else fails
            widths = squeeze(widths, floors, room - gap * len(widths))
        rects, left = [], 0.0
        for tab, width in zip(tabs, widths, strict=True):
            rects.append((tab, QRectF(left, 0, width, self.height())))
            left += width + gap
        return rects

    def sizeHint(self) -> QSize:
        """Full width, one target high."""
        return QSize(self.ui.theme.mm(100), self.ui.theme.mm(HEADER_MM))

    def minimumSizeHint(self) -> QSize:
        """One target high."""
        return self.sizeHint()

    def _visible_tabs(self, room: float, gap: float) -> list[Tab]:
        """Every tab; else as many stations as fit whole, the current one among them, and one tab for the others.

        Where a finger has no room even for that, one tab is for all stations.
        """
        pages = [tab for tab in self._tabs if tab.state is None]
        stations = [tab for tab in self._tabs if tab.state is not None]
        tabs = pages
        for count in range(len(stations), 0, -1):
            shown = stations[:count]
            front = next((tab for tab in stations if tab.key == self._current), shown[0])
            if front not in shown:
                shown[-1] = front
            tabs = [*shown, *_others([tab for tab in stations if tab not in shown]), *pages]
            if sum(self._least_width(tab) + gap for tab in tabs) <= room:
                return tabs
            if count == 1 and len(stations) > 1 and len(tabs) * (self.ui.theme.mm(TARGET_MM) + gap) > room:
                name: dict[str, str | int] = {"name": self.ui.say(front.word), "count": len(stations) - 1}
                return [Tab(STATIONS, Text("{name} +{count}", name), _worst(stations)), *pages]
        return tabs

    def _tab_width(self, tab: Tab) -> float:
        """Pixels for the name on one line, as large as it is meant to be."""
        size = Size.STATE if tab.state is not None else Size.BODY
        return self._around(tab, Ink.measuring(self.ui).width(self.ui.say(tab.word), size, Weight.BOLD))

    def _least_width(self, tab: Tab) -> float:
        """Pixels below which a word of the name is cut, on two lines and as small as it may be."""
        words = self.ui.say(tab.word).split(" ")
        ink = Ink.measuring(self.ui)
        widest = max(ink.width(word, Size.BODY, Weight.BOLD) for word in words)
        return self._around(tab, widest * (least_ratio(Size.BODY) + ROUNDING), pads=2.4 if tab.state else 1.2)

    def _least_above(self, tab: Tab) -> float:
        """The same where a station's shape stands above its name."""
        if tab.state is None:
            return self._least_width(tab)
        ink = Ink.measuring(self.ui)
        widest = max(ink.width(word, Size.BODY, Weight.BOLD) for word in self.ui.say(tab.word).split(" "))
        words = widest * (least_ratio(Size.BODY) + ROUNDING)
        return max(float(self.ui.theme.mm(TARGET_MM)), words + self.ui.theme.mm(PAD_MM))

    def _around(self, tab: Tab, words: float, *, pads: float = 2.4) -> float:
        theme = self.ui.theme
        shape = theme.type_px(Size.BODY) * 1.5 if tab.state is not None else 0.0
        return max(float(theme.mm(TARGET_MM)), words + shape + theme.mm(PAD_MM) * pads)

    def _least_right(self) -> float:
        """What clock and devices need at least, and the link below the clock."""
        ink = Ink.measuring(self.ui)
        link = chip_width(ink) + self.ui.theme.mm(PAD_MM * 3) if self._link is not None else 0.0
        return max(ink.width("00:00:00", Size.STATE, Weight.SEMIBOLD) + self.ui.theme.mm(LEAST_DOTS_MM), link)

    def _at(self, event: QMouseEvent) -> str:
        point = event.position()
        if not QRectF(self.rect()).contains(point):
            return ""
        for tab, rect in self.tab_rects():
            if rect.contains(point):
                return tab.key
        rects = self.tab_rects()
        return " health" if not rects or point.x() > rects[-1][1].right() else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show which tab is meant."""
        self._pressed = self._at(event) if event.button() is Qt.MouseButton.LeftButton else ""
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the tab, if the finger is still on the same one."""
        pressed, self._pressed = self._pressed, ""
        self.update()
        if not pressed or self._at(event) != pressed:
            return
        if pressed == " health":
            self.health.emit()
        else:
            self.chosen.emit(pressed)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Paint anew."""
        super().resizeEvent(event)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Tabs, clock, devices."""
        with ink_on(self, self.ui) as ink:
            ink.painter.fillRect(QRectF(self.rect()), QColor(ink.look.ground))
            right = 0.0
            for tab, rect in self.tab_rects():
                self._paint_tab(ink, rect, tab)
                right = rect.right()
            self._paint_right(ink, QRectF(right, 0, self.width() - right, self.height()))

    def _paint_tab(self, ink: Ink, rect: QRectF, tab: Tab) -> None:
        look, theme = ink.look, ink.theme
        hidden = tab.key == STATIONS and all(shown.key != self._current for shown, _ in self.tab_rects())
        current = tab.key == self._current or hidden
        down = tab.key == self._pressed
        fill = look.sunk if down else look.raised if current else ""
        ink.field(rect, fill, edge=look.ink if current else look.edge, edge_mm=0.5 if current else 0.25)
        pad = theme.mm(PAD_MM)
        inner = rect.adjusted(pad, 0, -pad, 0)
        words = self.ui.say(tab.word)
        weight = Weight.BOLD if current else Weight.SEMIBOLD
        size = Size.STATE if tab.state is not None and current else Size.BODY
        if tab.state is None:
            inner = rect.adjusted(pad / 2, 0, -pad / 2, 0)
            if tab.icon is not None:
                side = theme.type_px(Size.BODY) * 1.05
                ink.icon(QRectF(rect.center().x() - side / 2, rect.top() + pad, side, side), tab.icon, look.ink)
                inner.setTop(rect.top() + pad + side)
            ink.text(inner, words, size=size, weight=weight, side=Side.MIDDLE, lines=2, colour=look.ink)
            return
        state = state_look(tab.state, look)
        side = theme.type_px(Size.BODY) * 1.05
        above = rect.width() < self._least_width(tab) - 1
        box = QRectF(inner.left() - pad * 0.3, rect.center().y() - side * 0.72, side * 1.44, side * 1.44)
        if above:
            box.moveCenter(QPointF(rect.center().x(), rect.top() + pad * 0.7 + side * 0.72))
        if state.fill:
            ink.field(box, state.fill, edge=state.edge, radius_mm=0.6)
        ink.icon(box.adjusted(side * 0.22, side * 0.22, -side * 0.22, -side * 0.22), state.icon, state.text)
        if above:
            name = QRectF(rect.left() + pad / 2, box.bottom(), rect.width() - pad, rect.bottom() - box.bottom())
            ink.text(name, words, size=Size.BODY, weight=weight, side=Side.MIDDLE, lines=2, may_cut=True)
            return
        name = inner.adjusted(box.width() + pad * 0.2, 0, 0, 0)
        ink.text(name, words, size=size, weight=weight, lines=2, may_cut=True)

    def _paint_right(self, ink: Ink, rect: QRectF) -> None:
        theme = ink.theme
        pad = theme.mm(PAD_MM)
        width = ink.width("00:00:00", Size.STATE, Weight.SEMIBOLD) + 2
        time = QRectF(rect.right() - width, rect.top(), width, rect.height() * 0.56)
        ink.text(time, self._clock, size=Size.STATE, weight=Weight.SEMIBOLD, side=Side.RIGHT)
        room = rect.adjusted(pad * 2, 0, 0, 0)
        need = ink.width(self._line, Size.NOTE) + 2
        ill = any(part.condition not in WELL for part in self._parts)
        link = min(chip_width(ink), room.width()) + pad if self._link is not None else 0.0
        said = self._marks(ink)
        marks = list(said)
        kept = 0 if self._link is not None else 1  # one is cut rather than left out, where nothing else is below
        while len(marks) > kept and sum(wide + pad for _, wide in marks) > room.width() - link:
            marks.pop()
        mark = link + sum(wide + pad for _, wide in marks)
        # The name is cut for the sake of devices alone.
        free = room.width() - parts_width(ink, self._parts, room, self._now_us) - pad * 2
        share = max(free, room.width() * (0.5 if ill or link else 1))
        name = max(width, mark, min(need + mark, share))
        named = name - mark >= min(need, 2 * width)  # a short name is there whole, or not at all
        name = name if named else max(width, mark)
        below = QRectF(rect.right() - name, time.bottom(), name, rect.height() - time.height())
        right = below.right() - link
        if self._link is not None:
            paint_link(ink, QRectF(right + pad, below.top(), link - pad, below.height()), self._link)
        for words, wide in marks:
            self._paint_mark(ink, QRectF(right - wide, below.top(), wide, below.height()), words)
            right -= wide + pad
        if named:
            left = below.adjusted(0, 0, -mark, 0)
            ink.text(left, self._line, size=Size.NOTE, colour=ink.look.soft, side=Side.RIGHT, may_cut=True)
        above = QRectF(room.left(), rect.top(), time.left() - room.left() - pad, time.height())
        if len(marks) == len(said) or not self._paint_above(ink, above, said[len(marks) :]):
            paint_parts(ink, self._parts, room.adjusted(0, 0, -name - pad * 2, 0), self._now_us)

    def _paint_above(self, ink: Ink, rect: QRectF, marks: Sequence[tuple[str, float]]) -> bool:
        """Marks without room below stand beside the clock: they say more than the devices. False: no room there."""
        pad, right = ink.theme.mm(PAD_MM), rect.right()
        if sum(wide + pad for _, wide in marks) > rect.width():
            return False
        for words, wide in marks:
            self._paint_mark(ink, QRectF(right - wide, rect.top(), wide, rect.height()), words)
            right -= wide + pad
        return True

    def _marks(self, ink: Ink) -> list[tuple[str, float]]:
        """What every page says, with its width, from the right: what is not on disk, that devices are not real."""
        pad = ink.theme.mm(PAD_MM)
        said = [self.ui.tr("not recorded {n}", n=self._owed)] if self._owed else []
        if any(part.condition is Condition.VIRTUAL for part in self._parts):
            said.append(self.ui.tr("EMULATED"))
        return [(words, ink.width(words, Size.NOTE, Weight.SEMIBOLD) + pad * 2) for words in said]

    def _paint_mark(self, ink: Ink, rect: QRectF, words: str) -> None:
        height = ink.line_height(Size.NOTE) * 1.1
        field = QRectF(rect.left(), rect.center().y() - height / 2, rect.width(), height)
        ink.field(field, ink.look.inverse, radius_mm=0.6)
        colour = ink.look.on_inverse
        ink.text(field, words, size=Size.NOTE, weight=Weight.SEMIBOLD, colour=colour, side=Side.MIDDLE)


def _others(hidden: Sequence[Tab]) -> list[Tab]:
    """The tab behind which these stations are; a stop behind it is seen from before it."""
    if not hidden:
        return []
    return [Tab(STATIONS, Text("+{count}", {"count": len(hidden)}), _worst(hidden))]


def _worst(stations: Sequence[Tab]) -> StationState:
    return min((tab.state for tab in stations if tab.state is not None), key=URGENCY.index)


def _concerns(part: Health) -> bool:
    """Whether the operator has to see it: a device, a lamp or terminal that is lost, or trouble without a mark."""
    lost = part.kind in {TERMINAL, LAMP} and part.condition not in WELL
    return lost or part.kind in DEVICES or (part.condition is Condition.TROUBLE and part.kind != LINK)
