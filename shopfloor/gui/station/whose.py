"""Lies over the page of a station that belongs to another terminal: whose it is, how old it is, and no touch."""

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.line_views import Away
from shopfloor.core.moment import US_PER_S
from shopfloor.core.text import Text
from shopfloor.gui.clocks import duration
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import ink_on
from shopfloor.gui.theme import PAD_MM, TARGET_MM, Size, Weight
from shopfloor.gui.touch import Tone, TouchButton
from shopfloor.gui.ui import Ui

TAKE_MM = 52.0
VEIL = 0.62  # of what is below: words stay legible, colours do not shout


class WhoseCover(QWidget):
    """Hidden over a station of ours. What is silent is veiled, with a dashed edge and its age.

    Connect `take`: it offers to take the station over, or back.
    """

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ui = ui
        self._name, self._away = "", Away("", None)
        self._taken_at = ""
        self._said: tuple[Text, Text] | None = None
        self._foot = QRect()
        self.take = TouchButton(ui, Text("TAKE OVER"), icon=Icon.PERSON, tone=Tone.ACTION, parent=self)
        self.take.hide()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        ui.changed.connect(self.update)

    def show_away(self, name: str, away: Away | None, *, claimed: bool = True, taken_at: str = "") -> None:
        """Show whose the station of that name is; None: it is ours, or, if it is not `claimed`, nobody's.

        `taken_at`: it was ours until that terminal took it over then.
        """
        if away is None and claimed:
            self.hide()
            return
        away = away or Away("", None)
        # Whole seconds: it is looked at four times a second.
        seen = Away(away.terminal, None if away.age_us is None else away.age_us // US_PER_S * US_PER_S)
        if (name, seen, taken_at) != (self._name, self._away, self._taken_at):
            self._name, self._away, self._taken_at = name, seen, taken_at
            self.setAccessibleName(self._words())
            self.update()
        self.show()

    def show_offer(self, offer: Text | None, *, asked: bool, said: tuple[Text, Text] | None) -> None:
        """What may be done about it (None: nothing), whether the line is being asked, and what it said last, if no."""
        if offer is not None or asked:
            self.take.mean(Text("ASKING THE LINE") if asked or offer is None else offer, on=not asked)
        if self.take.isHidden() == (offer is not None or asked):
            self.take.setVisible(offer is not None or asked)
            self.update()
        if said != self._said:
            self._said = said
            self.update()

    def place(self, page: QRect, foot: QRect) -> None:
        """Lie over the page; what there is to say stands in place of the `foot`, its buttons."""
        self._foot = foot
        self.setGeometry(page)
        pad, wide = self.ui.theme.mm(PAD_MM), self.ui.theme.mm(TAKE_MM)
        high = self.ui.theme.mm(TARGET_MM)
        top = foot.center().y() - high // 2 + 1
        self.take.setGeometry(foot.right() + 1 - pad - wide, top, wide, high)
        self.raise_()

    def _words(self) -> str:
        if not self._away.terminal:
            return self.ui.tr("{station} has no terminal yet", station=self._name)
        if self._taken_at:
            args = {"station": self._name, "terminal": self._away.terminal, "since": self._taken_at}
            return self.ui.tr("{station} was taken over by {terminal} at {since}", **args)
        return self.ui.tr("{station} belongs to terminal {terminal}", station=self._name, terminal=self._away.terminal)

    def _more(self) -> str:
        """What to do about it."""
        if self._said is not None:
            return self.ui.say(self._said[1])
        if self._away.age_us is not None:
            return self.ui.tr("It is silent: this is what was so {time} ago.", time=duration(self._away.age_us))
        terminal = self._away.terminal
        if self._taken_at:
            return self.ui.tr("Work at {terminal}. A team leader can take it back here.", terminal=terminal)
        return self.ui.tr("Look here, do it there.") if terminal else self.ui.tr("Start one with it.")

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
            free = 0 if self.take.isHidden() else self.take.width() + pad
            high = min(foot.height(), float(ink.theme.mm(TARGET_MM + 2 * PAD_MM)))
            spare = (foot.height() - high) / 2 + pad * 0.5
            room = foot.adjusted(3 * pad + side, spare, -pad - free, -spare)
            upper, lower = QRectF(room), QRectF(room)
            upper.setBottom(room.center().y())
            lower.setTop(room.center().y())
            said = self._words() if self._said is None else self.ui.say(self._said[0])
            ink.text(upper, said, size=Size.STATE, weight=Weight.BOLD, lines=2)
            ink.text(lower, self._more(), size=Size.BODY, lines=2)
