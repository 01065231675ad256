"""Lies over the pages of a terminal that has no line file yet: it comes by the line, and nobody has to do anything."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.line_link import LinkState, LinkView
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Side, ink_on
from shopfloor.gui.theme import PAD_MM, Size, Weight
from shopfloor.gui.ui import Ui

SIDE_MM = 14.0
ROOM_MM = 50.0  # shape, sentence and its reason
_ICONS = {LinkState.CONNECTING: Icon.IDLE, LinkState.LOST: Icon.LOST, LinkState.UP: Icon.RUNNING}


class WaitingCover(QWidget):
    """Hidden once there is a line, and on a terminal that belongs to none."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ui = ui
        self._state = LinkState.CONNECTING
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        ui.changed.connect(self.update)

    def show_link(self, view: LinkView | None, *, has_line: bool) -> None:
        """Show what is waited for; None: there is no link."""
        if view is None or has_line:
            self.hide()
            return
        if view.state is not self._state:
            self._state = view.state
            self.update()
        self.setAccessibleName(f"{self.ui.tr('Waiting for the line')}: {self._why()}")
        self.show()

    def _why(self) -> str:
        match self._state:
            case LinkState.UP:
                return self.ui.tr("The line is there. What is so on it is being read.")
            case LinkState.CONNECTING | LinkState.LOST:
                return self.ui.tr("Its server does not answer yet. It is tried again by itself.")
            case LinkState.DENIED | LinkState.FORKED | LinkState.OTHER_MAJOR | LinkState.TROUBLE:
                return self.ui.tr("Something is in the way: Health says what.")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Nothing can be done here."""
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """One shape, one sentence, and its reason, in the middle."""
        with ink_on(self, self.ui) as ink:
            look, theme = ink.look, ink.theme
            whole = QRectF(self.rect())
            ink.painter.fillRect(whole, QColor(look.ground))
            pad, side = theme.mm(PAD_MM), theme.mm(SIDE_MM)
            high = min(whole.height(), float(theme.mm(ROOM_MM)))
            room = QRectF(whole.left() + 2 * pad, whole.center().y() - high / 2, whole.width() - 4 * pad, high)
            icon = _ICONS.get(self._state, Icon.TROUBLE)
            ink.icon(QRectF(room.center().x() - side / 2, room.top(), side, side), icon, look.soft)
            words = room.adjusted(0, side + pad, 0, 0)
            upper, lower = QRectF(words), QRectF(words)
            upper.setHeight(words.height() * 0.5)
            lower.setTop(upper.bottom())
            title = self.ui.tr("Waiting for the line")
            ink.text(upper, title, size=Size.TITLE, weight=Weight.SEMIBOLD, side=Side.MIDDLE, lines=2)
            ink.text(lower, self._why(), size=Size.BODY, colour=look.soft, side=Side.MIDDLE, lines=2)
