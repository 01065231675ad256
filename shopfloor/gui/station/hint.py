"""What a rule has noticed at the station and calls nobody for: one quiet line."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.call_views import AdviceView
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.text import Text
from shopfloor.gui.call_words import advice_said
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Side, ink_on
from shopfloor.gui.theme import PAD_MM, Size, Weight
from shopfloor.gui.ui import Ui

_MINUTE_US = 60 * US_PER_S


class HintLine(QWidget):
    """A blue shape, the oldest hint in words, for how long, and how many more there are."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ui = ui
        self._hints: tuple[AdviceView, ...] = ()
        self._findings: tuple[Text, ...] = ()
        self._minutes = 0
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ui.changed.connect(self.update)

    def show_hints(self, hints: tuple[AdviceView, ...], now: Now, findings: Sequence[Text] = ()) -> None:
        """Show these, oldest first; whole minutes, so that it does not tick. Findings come first."""
        minutes = max(0, now.at_us - hints[0].since_us) // _MINUTE_US if hints else 0
        if (hints, minutes, tuple(findings)) != (self._hints, self._minutes, self._findings):
            self._hints, self._minutes, self._findings = hints, minutes, tuple(findings)
            self.setAccessibleName(self._words())
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Shape, words, age."""
        if not self._hints and not self._findings:
            return
        with ink_on(self, self.ui) as ink:
            rect, pad = QRectF(self.rect()), ink.theme.mm(PAD_MM)
            ink.field(rect, ink.look.panel, edge=ink.look.edge)
            side = rect.height() * 0.66
            block = QRectF(rect.left() + pad, rect.center().y() - side / 2, side, side)
            ink.field(block, ink.look.action, radius_mm=0.6)
            inset = side * 0.2
            icon = Icon.ASK if self._findings else Icon.RULE
            ink.icon(block.adjusted(inset, inset, -inset, -inset), icon, ink.look.on_action)
            right = rect.right() - pad
            ages = [self.ui.tr("for {n} min", n=self._minutes)] if self._minutes and not self._findings else []
            if len(self._hints) + len(self._findings) > 1:
                ages.append(f"+{len(self._hints) + len(self._findings) - 1}")
            age = " · ".join(ages)
            wide = ink.width(age, Size.NOTE) + 2 if age else 0.0
            place = QRectF(right - wide, rect.top(), wide, rect.height())
            ink.text(place, age, size=Size.NOTE, colour=ink.look.soft, side=Side.RIGHT)
            words = QRectF(block.right() + pad, rect.top(), place.left() - block.right() - 2 * pad, rect.height())
            ink.text(words, self._words(), size=Size.BODY, weight=Weight.SEMIBOLD, may_cut=True)

    def _words(self) -> str:
        if self._findings:
            return self.ui.say(self._findings[0])
        return advice_said(self.ui, self._hints[0]) if self._hints else ""
