"""The verdict on the last signal: it stays until the next one."""

from collections.abc import Callable
from datetime import tzinfo

from msgspec import Struct
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shopfloor.core.names import station_name
from shopfloor.core.shop import Shop
from shopfloor.core.state import Verdict
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome
from shopfloor.core.words import verdict_words
from shopfloor.gui.clocks import clock
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on
from shopfloor.gui.theme import PAD_MM, Size, Theme, Weight
from shopfloor.gui.ui import Ui

NOT_RECORDED = "not_recorded"  # the kind of outcome of a signal that the disk did not take
STRIP_MM = 14.0
SECOND_TICK = 0.46  # of a tick's width: far enough from the first to be counted
NARROW_MM = 175.0  # below this sentences need two lines

VerdictWords = Callable[[Shop, str, Verdict, tzinfo], tuple[Text, Text]]


class Lost(Struct, frozen=True, kw_only=True):
    """A signal that the disk did not take: there is no verdict on it, and it has to be given again."""

    words: Text
    remedy: Text
    at_us: int


class Strip(QWidget):
    """Shape, sentence, remedy, time. A refusal is the strip turned over: dark where all else is light.

    Signals:
        touched: it was touched while it offers something.
    """

    touched = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None, *, words: VerdictWords = verdict_words) -> None:
        super().__init__(parent)
        self.ui = ui
        self._words = words
        self._verdict: Verdict | None = None
        self._losses: dict[str, Lost] = {}
        self._lost: Lost | None = None
        self._place = ""
        self._sentence, self._remedy = Text(""), Text("")
        self._time = ""
        self._offer = Text("")
        self._on_line: bool | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        ui.changed.connect(self.update)

    def note(self, outcome: Outcome, at_us: int) -> None:
        """Keep what came to nothing because the disk did not take it, until its station has a newer verdict."""
        if outcome.kind == NOT_RECORDED:
            self._losses[outcome.station] = Lost(words=outcome.words, remedy=outcome.remedy, at_us=at_us)

    def lost_at(self, shop: Shop, station: str) -> Lost | None:
        """What the disk did not take of a station's last signal."""
        found, verdict = self._losses.get(station), shop.book(station).verdict
        return None if found is None or (verdict is not None and verdict.at_us > found.at_us) else found

    def show_verdict(
        self,
        shop: Shop,
        station: str,
        zone: tzinfo,
        *,
        named: bool = False,
        offer: Text | None = None,
        on_line: bool | None = None,
    ) -> None:
        """Show a station's last verdict; `named` puts the station before it, `offer` is what a touch would open.

        `on_line`: whether the line has it, which is a second tick; None: there is no line.
        """
        verdict, lost = shop.book(station).verdict, self.lost_at(shop, station)
        place = station_name(shop, station) if named else ""
        offered = offer if offer is not None and lost is None else Text("")
        shown = (self._verdict, self._lost, self._place, self._offer, self._on_line)
        if (verdict, lost, place, offered, on_line) == shown:
            return
        self._on_line = on_line
        self._verdict, self._lost, self._place, self._offer = verdict, lost, place, offered
        self._sentence, self._remedy, self._time = Text(""), Text(""), ""
        if lost is not None:
            self._sentence, self._remedy, self._time = lost.words, lost.remedy, clock(lost.at_us, zone)
        elif verdict is not None:
            self._sentence, self._remedy = self._words(shop, station, verdict, zone)
            self._time = clock(verdict.at_us, zone)
        known = f" ({self.ui.tr('on the line')})" if on_line else ""
        self.setAccessibleName(f"{self._sentence}{known}")
        self.update()

    def is_refusal(self) -> bool:
        """Whether the last signal was refused, not read or not recorded."""
        if self._lost is not None:
            return True
        return self._verdict is not None and (bool(self._verdict.rule) or self._verdict.kind == "scan_unread")

    def sizeHint(self) -> QSize:
        """Full width; twice as high where it is narrow."""
        return QSize(self.ui.theme.mm(100), strip_height(self.ui.theme, self.width()))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open what is offered."""
        if self._offer.template and self.rect().contains(event.position().toPoint()):
            self.touched.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, so that the release comes here."""
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Shape, sentence, remedy, time."""
        with ink_on(self, self.ui) as ink:
            self._paint(ink, QRectF(self.rect()))

    def _paint(self, ink: Ink, rect: QRectF) -> None:
        look, pad = ink.look, ink.theme.mm(PAD_MM)
        refused = self.is_refusal()
        fill, text, soft = (
            (look.inverse, look.on_inverse, look.inverse_soft) if refused else (look.panel, look.ink, look.soft)
        )
        ink.field(rect, fill, edge="" if refused else look.edge)
        if self._verdict is None and self._lost is None:
            words = self.ui.tr("Scan a card, or touch one.")
            ink.text(rect.adjusted(pad * 2, 0, -pad, 0), words, colour=soft)
            return
        side = ink.theme.mm(STRIP_MM) * 0.44
        icon = Icon.CROSS if refused else Icon.REPEAT if self._is_repeat() else Icon.CHECK
        place = QRectF(rect.left() + pad, rect.center().y() - side / 2, side, side)
        ink.icon(place, icon, text)
        second = side * SECOND_TICK if self._on_line is not None else 0.0  # its place is kept until it comes
        if self._on_line and icon is not Icon.CROSS:
            ink.icon(place.translated(second, 0), Icon.CHECK, text)
        width = ink.width("00:00:00", Size.NOTE) + 2
        time = QRectF(rect.right() - width - pad, rect.top(), width, rect.height())
        ink.text(time, self._time, size=Size.NOTE, colour=soft, side=Side.RIGHT)
        right = time.left() - pad
        if self._offer.template:
            right = self._paint_offer(ink, rect, right) - pad
        left = rect.left() + 2 * pad + side + second
        self._paint_words(ink, QRectF(left, rect.top(), right - left, rect.height()), text)

    def _is_repeat(self) -> bool:
        return self._verdict is not None and self._verdict.kind == "scan_repeated"

    def _paint_words(self, ink: Ink, rect: QRectF, colour: str) -> None:
        sentence, remedy = self.ui.say(self._sentence), self.ui.say(self._remedy)
        if self._place:
            sentence = f"{self._place} · {sentence}"
        if not remedy:
            ink.text(rect, sentence, size=Size.BODY, weight=Weight.SEMIBOLD, colour=colour, lines=4)
            return
        # What lifts it is what the operator needs: it has the weight, the sentence says why.
        half = rect.height() / 2
        inset = rect.height() * 0.06
        upper = QRectF(rect.left(), rect.top() + inset, rect.width(), half - inset)
        lower = QRectF(rect.left(), rect.top() + half, rect.width(), half - inset)
        ink.text(upper, sentence, size=Size.BODY, colour=colour, lines=3)
        ink.text(lower, remedy, size=Size.BODY, weight=Weight.BOLD, colour=colour, lines=3)

    def _paint_offer(self, ink: Ink, rect: QRectF, right: float) -> float:
        words = self.ui.say(self._offer)
        width = min(rect.width() * 0.3, ink.width(words, Size.NOTE, Weight.BOLD) + ink.theme.mm(6))
        inset = rect.height() * 0.16
        field = QRectF(right - width, rect.top() + inset, width, rect.height() - 2 * inset)
        ink.field(field, ink.look.action, edge=ink.look.action_edge)
        inner = field.adjusted(ink.theme.mm(2), 0, -ink.theme.mm(2), 0)
        ink.text(inner, words, size=Size.NOTE, weight=Weight.BOLD, colour=ink.look.on_action, side=Side.MIDDLE, lines=3)
        return field.left()


def strip_height(theme: Theme, width: int) -> int:
    """Pixels of height in a window of this width."""
    return theme.mm(STRIP_MM * 2 if width < theme.mm(NARROW_MM) else STRIP_MM)
