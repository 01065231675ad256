"""The most urgent call or stop, over every page, with its clocks and what can be done about it."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shopfloor.core.commands import AcknowledgeCall, ArriveCall, ClearCall, Command, RejectCall, StopCall
from shopfloor.core.decide_call import MISTAKE_S
from shopfloor.core.line_views import Seen
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_call import CallSource
from shopfloor.core.text import Text
from shopfloor.core.views import CallView
from shopfloor.gui.call_words import reason_said, roles_said
from shopfloor.gui.clocks import countdown, duration
from shopfloor.gui.deadline_bar import BAR_MM, gone_share, paint_deadline
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on
from shopfloor.gui.line_words import seen_said
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import GAP_MM, PAD_MM, TARGET_MM, Size, Weight
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.touch import Tone, TouchButton
from shopfloor.gui.ui import Ui

BANNER_MM = 26.5
FOOT_MM = 1.5  # kept below words and buttons for the way to the stop, whether there is one or not: nothing jumps
EDGE_MM = 1.0
BUTTON_MM = 33.0
NARROW_MM = 215.0  # below this the words have no room beside four buttons, and stand above them
FLASH_MS = 500  # half a period: 1 Hz, well under the 2 Hz that may be looked at
MISTAKE = "mistake"


class Banner(QWidget):
    """Hidden while nothing is open. Its buttons act for the terminal's own station `at`.

    `acting` False: it has none, because nothing can be done where it is shown. `near_share` as the line's policy.

    For `MISTAKE_S` after a call of an `own` station, TAKE is TAKE BACK: nobody comes to help that fast.

    Signals:
        wanted(Command): a button was touched.
        listed: the "+n" button was touched.
        resized: it came, went, or changed its height.
        painted(tuple[str, ...]): it was painted, and stood for these stops.
    """

    wanted = Signal(object)
    listed = Signal()
    resized = Signal()
    painted = Signal(object)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ui = ui
        self.at = ""
        self.own: frozenset[str] = frozenset()
        self.acting = True
        self.near_share = 0.8
        self._stale = False
        self._calls: tuple[CallView, ...] = ()
        self._seen: Seen | None = None
        self._lit = True
        self._mistake: CallView | None = None
        self._words_right = 0
        self.stop_now = TouchButton(ui, Text("STOP NOW"), icon=Icon.STOP, tone=Tone.STOP, parent=self)
        self.take = TouchButton(ui, Text("TAKE"), icon=Icon.PERSON, parent=self)
        self.clear = TouchButton(ui, Text("CLEAR"), icon=Icon.CHECK, parent=self)
        self.more = TouchButton(ui, data("+1"), icon=Icon.MORE, parent=self)
        self.stop_now.clicked.connect(self._on_stop_now)
        self.take.clicked.connect(self._on_take)
        self.clear.clicked.connect(self._on_clear)
        self.more.clicked.connect(self.listed)
        self._flash = NamedTimer(self, "banner-flash", FLASH_MS, self._on_flash)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.hide()
        ui.changed.connect(self.updateGeometry)

    def show_calls(self, calls: tuple[CallView, ...], *, stale: bool = False, seen: Seen | None = None) -> None:
        """Show these open calls, most urgent first; stale ones may be over, and have neither colour nor flash.

        `seen`: how far the first, a stop, is known on the line.
        """
        before = self._calls[0].id if self._calls else ""
        self._calls, self._stale, self._seen = calls, stale, seen
        if not calls:
            self._flash.stop()
            if not self.isHidden():
                self.hide()
                self.resized.emit()
            return
        call = calls[0]
        self._fill_buttons(call)
        if call.id != before:
            for button in (self.stop_now, self.take, self.clear):
                button.settle()
        if self.isHidden():
            self.show()
            self.resized.emit()
        self._set_flashing(on=not call.acked_by and not stale)
        self._place()
        if call.is_stop and call.id != before:
            self.repaint()  # ahead of all that waits to be painted: the other terminals are told when it is seen
        else:
            self.update()

    def is_narrow(self) -> bool:
        """Whether the buttons stand under the words."""
        return self.acting and self.width() < self.ui.theme.mm(NARROW_MM)

    def sizeHint(self) -> QSize:
        """Full width; twice as high where it is narrow."""
        height = BANNER_MM + (TARGET_MM + GAP_MM / 2 if self.is_narrow() else 0)
        return QSize(self.ui.theme.mm(100), self.ui.theme.mm(height))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def _fill_buttons(self, call: CallView) -> None:
        if not self.acting:
            for button in (self.stop_now, self.take, self.clear, self.more):
                button.hide()
            return
        on = Tone.ON_STOP if call.is_stop and not self._stale else Tone.PLAIN
        self._mistake = self._find_mistake()
        if self._mistake is not None:
            left = data(countdown(MISTAKE_S * US_PER_S - self._mistake.age_us))
            self.take.mean(Text("TAKE BACK"), icon=Icon.UNDO, tone=on, note=left)
        elif call.acked_by:
            self.take.mean(Text("ARRIVED"), icon=Icon.PLACE, tone=on, on=not call.arrived)
        else:
            self.take.mean(Text("TAKE"), icon=Icon.PERSON, tone=on)
        # What calls by itself and is still so would call again at once: it ends by itself.
        self.clear.mean(Text("CLEAR"), tone=on, on=call.source is CallSource.PERSON or call.returned or call.is_stop)
        self.stop_now.setVisible(not call.is_stop)
        self.more.setVisible(len(self._calls) > 1)
        self.more.mean(data(f"+{len(self._calls) - 1}"), tone=on)

    def _find_mistake(self) -> CallView | None:
        """The newest call of this terminal, while it is so new that it can only have been a mistake to press."""
        fresh = [c for c in self._calls if c.station in self.own and c.age_us < MISTAKE_S * US_PER_S]
        return max(fresh, key=lambda call: call.raised_at_us, default=None)

    def _set_flashing(self, *, on: bool) -> None:
        if on and not self._flash.isActive() and self.isVisible():
            self._flash.start()
        if not on:
            self._flash.stop()
            self._lit = True

    def _shown_buttons(self) -> list[TouchButton]:
        """From the right."""
        ordered = [self.clear, self.take, self.stop_now, self.more]
        return [button for button in ordered if not button.isHidden()]

    def _place(self) -> None:
        theme = self.ui.theme
        pad, gap, target = theme.mm(PAD_MM), theme.mm(GAP_MM), theme.mm(TARGET_MM)
        narrow = self.is_narrow()
        shown = self._shown_buttons()
        width = theme.mm(BUTTON_MM)
        if narrow:
            width = min(theme.mm(BUTTON_MM * 2), (self.width() - 2 * pad - gap * 3) // 4)
        foot = theme.mm(FOOT_MM)
        top = self.height() - foot - pad - target if narrow else (self.height() - foot - target) // 2
        right = self.width() - pad
        for button in shown:
            wide = target if button is self.more else width
            button.setGeometry(right - wide, top, wide, target)
            right -= wide + gap
        self._words_right = right

    def _on_flash(self) -> None:
        self._lit = not self._lit
        self.update()

    def _send(self, command: Command) -> None:
        self.wanted.emit(command)

    def _on_stop_now(self) -> None:
        if self._calls:
            self._send(StopCall(station=self.at, call=self._calls[0].id))

    def _on_take(self) -> None:
        if self._mistake is not None:
            self._send(RejectCall(station=self.at, call=self._mistake.id, reason=MISTAKE))
        elif self._calls:
            call = self._calls[0]
            done = ArriveCall if call.acked_by else AcknowledgeCall
            self._send(done(station=self.at, call=call.id))

    def _on_clear(self) -> None:
        if self._calls:
            self._send(ClearCall(station=self.at, call=self._calls[0].id))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Buttons stay at the right."""
        super().resizeEvent(event)
        self.updateGeometry()
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Field, flashing edge, shape, words, clocks."""
        if not self._calls:
            return
        with ink_on(self, self.ui) as ink:
            self._paint(ink, self._calls[0])
        if not self._stale:
            self.painted.emit(tuple(call.id for call in self._calls if call.is_stop))

    def _paint(self, ink: Ink, call: CallView) -> None:
        look, pad = ink.look, ink.theme.mm(PAD_MM)
        rect = QRectF(self.rect())
        fill, text = (look.stop, look.on_stop) if call.is_stop else (look.call, look.on_call)
        edge = text if self._lit and not call.acked_by else look.stop_edge if call.is_stop else look.call_edge
        if self._stale:
            fill, text, edge = look.sunk, look.ink, look.soft
        ink.field(rect, fill, edge=edge, edge_mm=EDGE_MM, dashed=self._stale)
        self._paint_way(ink, rect, call, text)
        right = rect.right() - pad if self.is_narrow() else float(self._words_right)
        height = (ink.theme.mm(BANNER_MM) if self.is_narrow() else rect.height()) - ink.theme.mm(FOOT_MM)
        area = QRectF(rect.left() + pad * 1.6, rect.top() + pad, right - rect.left() - pad * 1.6, height - 2 * pad)
        side = area.height() * 0.52
        ink.icon(
            QRectF(area.left(), area.center().y() - side / 2, side, side),
            Icon.STOP if call.is_stop else Icon.CALL,
            text,
        )
        area.adjust(side + pad * 1.4, 0, -pad, 0)
        self._paint_words(ink, area, call, text)

    def _paint_way(self, ink: Ink, rect: QRectF, call: CallView, colour: str) -> None:
        """The way to the stop, over the whole width, at its foot."""
        gone = gone_share(call)
        if gone is None or self._stale:
            return
        theme = ink.theme
        side, bar = theme.mm(PAD_MM), theme.mm(BAR_MM)
        top = rect.bottom() - theme.mm(EDGE_MM) - theme.mm(0.7) - bar
        place = QRectF(rect.left() + side, top, rect.width() - 2 * side, bar)
        paint_deadline(ink, place, gone, near=self.near_share, colour=colour)

    def _paint_words(self, ink: Ink, area: QRectF, call: CallView, text: str) -> None:
        clock = duration(call.stopped_for_us if call.is_stop else call.age_us)
        width = ink.width("0:00:00" if len(clock) > 5 else "00:00", Size.TITLE, Weight.BOLD) + 2
        upper = QRectF(area.left(), area.top(), area.width(), area.height() * 0.45)
        lower = QRectF(area.left(), upper.bottom(), area.width(), area.height() * 0.55)
        ink.text(
            QRectF(upper.right() - width, upper.top(), width, upper.height()),
            clock,
            size=Size.TITLE,
            weight=Weight.BOLD,
            colour=text,
            side=Side.RIGHT,
        )
        kind = self.ui.tr("STOP") if call.is_stop else self.ui.tr("CALL")
        head = upper.adjusted(0, 0, -width - ink.theme.mm(2), 0)
        limit = head.width() * 0.4
        used = ink.text(
            QRectF(head.left(), head.top(), min(limit, ink.width(kind, Size.TITLE, Weight.BOLD) + 1), head.height()),
            kind,
            size=Size.TITLE,
            weight=Weight.BOLD,
            colour=text,
        )
        what = reason_said(self.ui, call.reason, call.reason_name)
        ink.text(
            head.adjusted(used + ink.theme.mm(3), 0, 0, 0),
            what,
            size=Size.STATE,
            weight=Weight.SEMIBOLD,
            colour=text,
            lines=2,
            may_cut=what == call.reason_name,
        )
        left = self._deadline(call)
        room = min(lower.width() * 0.56, ink.width(left, Size.BODY, Weight.BOLD) + 2) if left else 0.0
        if left:
            place = QRectF(lower.right() - room, lower.top(), room, lower.height())
            ink.text(place, left, weight=Weight.BOLD, colour=text, side=Side.RIGHT, lines=2)
        below = lower.adjusted(0, 0, -room - ink.theme.mm(2), 0)
        weight = Weight.SEMIBOLD if self._seen is not None and self._seen.seen < self._seen.of else Weight.REGULAR
        said = self._said(call)
        words = next((one for one in said if ink.fits(below, one, weight=weight, lines=2)), said[-1])
        ink.text(below, words, colour=text, lines=2, weight=weight)

    def _said(self, call: CallView) -> tuple[str, ...]:
        """Where and who, in full and shorter: who does not know of a stop comes before who has not taken it."""
        whole = self._taken(call)
        if self._seen is None:
            return (whole,)
        fewer = [f"{call.station_name} · {seen_said(self.ui, self._seen, names=names)}" for names in (3, 2, 1)]
        return (whole, *fewer)

    def _taken(self, call: CallView) -> str:
        words = [call.station_name, self._who(call)]
        if call.reopened:
            words.insert(1, self.ui.tr("reopened"))
        if call.source is CallSource.CONTACT and not call.returned:
            words.append(self.ui.tr("its input still calls"))
        if self._seen is not None:
            words.insert(1 if self._seen.alone else len(words), seen_said(self.ui, self._seen))
        return " · ".join(words)

    def _who(self, call: CallView) -> str:
        if call.returned and not call.is_stop:
            return self.ui.tr("over by itself, nobody has seen it")
        if not call.acked_by and call.level:
            return self.ui.tr("not taken yet, {roles} called", roles=roles_said(self.ui, call.roles))
        if not call.acked_by:
            return self.ui.tr("not taken yet")
        if call.arrived:
            return self.ui.tr("taken by {person}, arrived", person=call.acked_by)
        return self.ui.tr("taken by {person}", person=call.acked_by)

    def _deadline(self, call: CallView) -> str:
        if call.is_stop:
            if call.line_wide:
                return self.ui.tr("the whole line stands")
            return self.ui.tr("{segment} stands", segment=call.segment) if call.segment else ""
        if call.left_us is None:
            return ""
        if call.line_wide:
            return self.ui.tr("stops the line in {time}", time=countdown(call.left_us))
        if call.segment:
            return self.ui.tr("stops {segment} in {time}", segment=call.segment, time=countdown(call.left_us))
        return self.ui.tr("stops in {time}", time=countdown(call.left_us))
