"""How the terminal is: every device, the store and the program, what is wrong first, with its remedy."""

from collections.abc import Callable
from datetime import tzinfo

from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QHideEvent, QMouseEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from shopfloor import __version__
from shopfloor.core.commands_andon import RecordLampTest
from shopfloor.core.health import Health
from shopfloor.core.lamp_views import NOT_SEEN, SEEN, SOUND, LampTestView, lamp_test_view
from shopfloor.core.names import station_name
from shopfloor.core.text import Text
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.clocks import duration, zone_of
from shopfloor.gui.header_parts import LAMP, name_of
from shopfloor.gui.health_line import FLOOR, link_facts, member_faces
from shopfloor.gui.health_rows import DAY_US, MEMBER, NARROW_MM, PartFace, paint_part, tested_words
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on
from shopfloor.gui.line_words import LINK
from shopfloor.gui.theme import GAP_MM, PAD_MM, ROW_MM, TARGET_MM, Size, Weight
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.touch import Tone, TouchButton
from shopfloor.gui.ui import Ui

TICK_MS = 1_000  # ages in whole seconds
ROW_TALL_MM = 24.0  # a part that is not well says why and what to do
ROW_TALLER_MM = 30.0  # in two lines
MORE_MM = 7.5  # one line of words; the whole page is its target, and a row more fits on a small screen
HEAD_MM = 14.0
TEST = Text("TEST LAMPS AND SOUND")
TEST_MM = 66.0  # the way to the test of lamps and sound
ANSWER_MM = 30.0
_OF_LINE = frozenset({LINK, FLOOR, MEMBER})  # below what belongs to this terminal, unless something is wrong
TESTING_MS = 3_000  # two seconds of light, and what comes back


class HealthPage(QWidget):
    """Rows of at least 15 mm; those that do not fit follow when the page is touched.

    `test_lamps` lights and sounds everything for a moment; without it, or without `station`, nothing can be done here.
    """

    def __init__(
        self,
        model: LineModel,
        ui: Ui,
        parent: QWidget | None = None,
        *,
        station: str = "",
        test_lamps: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._ui = model, ui
        self._station, self._test_lamps = station, test_lamps
        self._faces: tuple[PartFace, ...] = ()
        self._first = 0
        self.test = TouchButton(ui, TEST, tone=Tone.ACTION, parent=self)
        self.seen = TouchButton(ui, Text("YES"), icon=Icon.CHECK, parent=self)
        self.dark = TouchButton(ui, Text("NO"), icon=Icon.CROSS, parent=self)
        self.test.clicked.connect(self._on_test)
        self.seen.clicked.connect(lambda: self._on_answer(ok=True))
        self.dark.clicked.connect(lambda: self._on_answer(ok=False))
        self._testing = NamedTimer(self, "health-testing", TESTING_MS, self._show_buttons, once=True)
        self._timer = NamedTimer(self, "health-tick", TICK_MS, self.refresh)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        model.reset.connect(self.refresh)
        model.updated.connect(self.refresh)
        ui.changed.connect(self._place)
        self._show_buttons()

    @Slot()
    def refresh(self) -> None:
        """Read the parts again."""
        if not self.isVisible():
            return
        now_us = self._model.now().at_us
        zone = zone_of(self._model.shop.line.timezone)
        found = [self._face(part, now_us, zone) for part in self._model.health.values()]
        found += member_faces(self._model.shop, self._model.link(), self._model.now(), self._ui, version=__version__)
        faces = tuple(sorted(found, key=lambda face: (face.is_well, face.kind in _OF_LINE, face.kind, face.name)))
        if faces != self._faces:
            asked, self._faces = self.asked(), faces
            if self._first >= len(faces):
                self._first = 0
            if self.asked() is not None and (asked is None or self.asked() != asked):
                self.seen.settle()
                self.dark.settle()
            self._show_buttons()
            self.update()

    def asked(self) -> LampTestView | None:
        """The lamp that was just tested, and somebody should say whether they saw it."""
        if not self._acts():
            return None
        return next((face.test for face in self._faces if face.test is not None and face.test.asks), None)

    def _acts(self) -> bool:
        return self._test_lamps is not None and bool(self._station)

    def _has_test(self) -> bool:
        return self._acts() and any(face.test is not None for face in self._faces)

    @Slot()
    def _show_buttons(self) -> None:
        on = not self._testing.isActive()
        self.test.mean(TEST if on else Text("TESTING"), on=on)
        self.test.setVisible(self._has_test())
        for button in (self.seen, self.dark):
            button.setVisible(self.asked() is not None)
        self._place()

    @Slot()
    def _on_test(self) -> None:
        if self._test_lamps is not None:
            self._test_lamps()
            self._testing.start()
            self._show_buttons()

    def _on_answer(self, *, ok: bool) -> None:
        asked = self.asked()
        if asked is not None:
            detail = SEEN if ok else NOT_SEEN
            self._model.send(RecordLampTest(station=self._station, lamp=asked.lamp, ok=ok, detail=detail))

    def _face(self, part: Health, now_us: int, zone: tzinfo) -> PartFace:
        name, test = name_of(part), None
        if part.kind in {LAMP, SOUND}:
            test = lamp_test_view(self._model.shop, name, now_us, since_us=part.since_us)
        return PartFace(
            name=name,
            kind=part.kind,
            where=station_name(self._model.shop, part.station) if part.station else "",
            condition=part.condition,
            age=duration(now_us - part.since_us),
            days=max(0, now_us - part.since_us) // DAY_US,
            detail=part.detail,
            remedy=part.remedy,
            counts=() if part.kind == LINK else tuple(sorted(part.counts.items())),
            facts=link_facts(part, self._model.link(), self._model.now()) if part.kind == LINK else (),
            test=test,
            tested=Text("") if test is None else tested_words(test, now_us, zone),
        )

    @Slot()
    def _place(self) -> None:
        theme, head = self._ui.theme, self._head_rect()
        gap, target = theme.mm(GAP_MM), theme.mm(TARGET_MM)
        wide = min(theme.mm(TEST_MM), round(head.width() * 0.44))
        self.test.setGeometry(round(head.right()) - wide, round(head.top()) + gap // 2, wide, target)
        ask = self._ask_rect()
        answer = min(theme.mm(ANSWER_MM), round(ask.width() * 0.2))
        top = round(ask.center().y()) - target // 2
        right = round(ask.right()) - theme.mm(PAD_MM)
        for button in (self.dark, self.seen):
            button.setGeometry(right - answer, top, answer, target)
            right -= answer + gap
        self.update()

    def _head_rect(self) -> QRectF:
        theme = self._ui.theme
        gap = theme.mm(GAP_MM)
        height = TARGET_MM + GAP_MM if self._has_test() else HEAD_MM
        return QRectF(gap, gap * 0.5, self.width() - 2 * gap, theme.mm(height))

    def _ask_rect(self) -> QRectF:
        """Where it asks whether somebody saw a lamp; empty while nothing is asked."""
        theme, head = self._ui.theme, self._head_rect()
        height = theme.mm(TARGET_MM + 2 * PAD_MM) if self.asked() is not None else 0
        return QRectF(head.left(), head.bottom(), head.width(), height)

    def _rows(self) -> list[tuple[PartFace | None, QRectF]]:
        """The visible rows; None is "more"."""
        theme = self._ui.theme
        ask, gap = self._ask_rect(), theme.mm(1.2)
        area = QRectF(ask.left(), ask.bottom() + (gap if ask.height() else 0), ask.width(), 0)
        bottom = self.height() - theme.mm(GAP_MM)
        found: list[tuple[PartFace | None, QRectF]] = []
        y = area.top()
        waiting = self._faces[self._first :]
        for index, face in enumerate(waiting):
            narrow = area.width() < theme.mm(NARROW_MM)
            height = theme.mm(ROW_MM if face.is_well else ROW_TALLER_MM if narrow else ROW_TALL_MM)
            last = index == len(waiting) - 1 and self._first == 0
            if found and y + height + (0 if last else theme.mm(MORE_MM) + gap) > bottom:
                break
            found.append((face, QRectF(area.left(), y, area.width(), height)))
            y += height + gap
        if len(found) < len(self._faces):
            found.append((None, QRectF(area.left(), bottom - theme.mm(MORE_MM), area.width(), theme.mm(MORE_MM))))
        return found

    def _paint_head(self, ink: Ink, rect: QRectF) -> None:
        wrong = sum(1 for face in self._faces if not face.is_well)
        side = ink.theme.type_px(Size.STATE)
        icon = Icon.TROUBLE if wrong else Icon.CHECK
        colour = ink.look.ink if wrong else ink.look.soft
        ink.icon(QRectF(rect.left(), rect.center().y() - side / 2, side, side), icon, colour)
        words = self._ui.tr("{n} need attention", n=wrong) if wrong else self._ui.tr("Everything is well")
        if wrong == 1:
            words = self._ui.tr("1 needs attention")
        if not self.test.isHidden():
            rect = rect.adjusted(0, 0, self.test.x() - rect.right() - ink.theme.mm(GAP_MM), 0)
        right = self._ui.tr("Shopfloor {version}", version=__version__)
        width = ink.width(right, Size.NOTE) + 2
        room = rect.adjusted(side * 1.5, 0, -width - ink.theme.mm(3), 0)
        ink.text(room, words, size=Size.STATE, weight=Weight.SEMIBOLD, colour=colour, lines=2)
        ink.text(
            QRectF(rect.right() - width, rect.top(), width, rect.height()),
            right,
            size=Size.NOTE,
            colour=ink.look.soft,
            side=Side.RIGHT,
        )

    def _paint_question(self, ink: Ink, rect: QRectF, asked: LampTestView) -> None:
        """Which lamp, and what is asked."""
        ink.field(rect, ink.look.panel, edge=ink.look.action, edge_mm=0.7)
        pad = ink.theme.mm(PAD_MM)
        room = QRectF(rect.left() + 2 * pad, rect.top(), self.seen.x() - rect.left() - 3 * pad, rect.height())
        words = self._ui.tr("{lamp}: did you see every colour?", lamp=asked.lamp)
        ink.text(room, words, size=Size.STATE, weight=Weight.SEMIBOLD, lines=2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Head and rows."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(QRectF(self.rect()), ink.look.ground)
            self._paint_head(ink, self._head_rect())
            asked = self.asked()
            if asked is not None:
                self._paint_question(ink, self._ask_rect(), asked)
            if not self._faces:
                words = self._ui.tr("No device has reported yet.")
                room = QRectF(self.rect())
                ink.text(room, words, size=Size.STATE, colour=ink.look.soft, side=Side.MIDDLE)
            for face, rect in self._rows():
                if face is None:
                    more = self._ui.tr("{count} in all. Touch for the others.", count=len(self._faces))
                    ink.text(rect, more, weight=Weight.SEMIBOLD, colour=ink.look.soft, side=Side.MIDDLE)
                else:
                    paint_part(ink, rect, face)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Turn to the rows that did not fit, then to the first again."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        shown = sum(1 for face, _ in self._rows() if face is not None)
        if shown < len(self._faces):
            self._first = 0 if self._first + shown >= len(self._faces) else self._first + shown
            self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons stay at the right."""
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Read, and go on reading."""
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden page costs nothing."""
        super().hideEvent(event)
        self._timer.stop()
        self._testing.stop()
