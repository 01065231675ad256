"""Lies over the page of a station that belongs to another terminal: whose it is, how old it is, and no touch."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.line_views import Away
from shopfloor.core.moment import US_PER_S
from shopfloor.gui.clocks import duration
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import ink_on
from shopfloor.gui.theme import PAD_MM, Size, Weight
from shopfloor.gui.ui import Ui

VEIL = 0.62  # of what is below: words stay legible, colours do not shout


class WhoseCover(QWidget):
    """Hidden over a station of ours. What is silent is veiled, with a dashed edge and its age."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ui = ui
        self._name, self._away = "", Away("", None)
        self._foot = QRect()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        ui.changed.connect(self.update)

    def show_away(self, name: str, away: Away | None, *, claimed: bool = True) -> None:
        """Show whose the station of that name is; None: it is ours, or, if it is not `claimed`, nobody's."""
        if away is None and claimed:
            self.hide()
            return
        away = away or Away("", None)
        # Whole seconds: it is looked at four times a second.
        seen = Away(away.terminal, None if away.age_us is None else away.age_us // US_PER_S * US_PER_S)
        if (name, seen) != (self._name, self._away):
            self._name, self._away = name, seen
            self.setAccessibleName(self._words())
            self.update()
        self.show()

    def place(self, page: QRect, foot: QRect) -> None:
        """Lie over the page; what there is to say stands in place of the `foot`, its buttons."""
        self._foot = foot
        self.setGeometry(page)
        self.raise_()

    def _words(self) -> str:
        if not self._away.terminal:
            return self.ui.tr("{station} has no terminal yet", station=self._name)
        return self.ui.tr("{station} belongs to terminal {terminal}", station=self._name, terminal=self._away.terminal)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Nothing can be done here."""
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The same."""
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Veil, edge, words."""
        with ink_on(self, self.ui) as ink:
            look, pad, age_us = ink.look, ink.theme.mm(PAD_MM), self._away.age_us
            whole, foot = QRectF(self.rect()), QRectF(self._foot)
            if age_us is not None:
                veil = QColor(look.ground)
                veil.setAlphaF(VEIL)
                above = whole.adjusted(0, 0, 0, foot.top() - whole.bottom() - pad / 2)
                ink.painter.fillRect(above, veil)
                ink.field(above.adjusted(1, 1, -1, -1), "", edge=look.ink, edge_mm=0.6, dashed=True)
            ink.painter.fillRect(foot, QColor(look.ground))
            ink.field(foot, look.panel, edge=look.ink if age_us is not None else look.edge, dashed=age_us is not None)
            side = min(foot.height() * 0.4, float(ink.theme.mm(9)))
            place = QRectF(foot.left() + 2 * pad, foot.center().y() - side / 2, side, side)
            ink.icon(place, Icon.LOST if age_us is not None else Icon.PLACE, look.ink)
            room = foot.adjusted(3 * pad + side, pad * 0.5, -pad, -pad * 0.5)
            upper, lower = QRectF(room), QRectF(room)
            upper.setBottom(room.center().y())
            lower.setTop(room.center().y())
            ink.text(upper, self._words(), size=Size.STATE, weight=Weight.BOLD, lines=2)
            if age_us is not None:
                words = self.ui.tr("It is silent: this is what was so {time} ago.", time=duration(age_us))
            elif self._away.terminal:
                words = self.ui.tr("Look here, do it there.")
            else:
                words = self.ui.tr("Start one with it.")
            ink.text(lower, words, size=Size.BODY, lines=2)
