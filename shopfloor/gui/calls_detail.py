"""One call in full beside the list: what is known of it, and the buttons that change it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.text import Text
from shopfloor.gui.calls_actions import Offer
from shopfloor.gui.ink import ink_on
from shopfloor.gui.loops_info import Fact, InfoPanel
from shopfloor.gui.theme import GAP_MM, SEAM_MM, TARGET_MM
from shopfloor.gui.touch import TouchButton
from shopfloor.gui.ui import Ui

BUTTON_MM = 30.0  # least width of a button here
ACROSS_MAX = 3


class FactsAndButtons(QWidget):
    """A panel of facts above as many buttons as are offered; they keep their places while their offer is the same.

    Signals:
        wanted(str): the button of this offer was touched.
    """

    wanted = Signal(object)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._about = ""
        self._offers: tuple[Offer, ...] = ()
        self.panel = InfoPanel(ui, self)
        self._buttons: dict[str, TouchButton] = {}
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        ui.changed.connect(self._place)

    def show_this(self, about: str, title: Text, facts: Sequence[Fact], offers: Sequence[Offer]) -> None:
        """Show something; what it is `about` being another, no touch counts for a moment."""
        self.panel.show_facts(title, facts)
        another, self._about = about != self._about, about
        before = {offer.action for offer in self._offers}
        changed, self._offers = tuple(offers) != self._offers, tuple(offers)
        if not changed and not another:
            return
        wanted = {offer.action for offer in offers}
        for action, button in self._buttons.items():
            button.setVisible(action in wanted)
        for offer in offers:
            button = self._button(offer)
            button.mean(offer.word, icon=offer.icon, tone=offer.tone, note=offer.note, on=offer.on)
            if another or offer.action not in before:
                button.settle()
            button.show()
        self._place()

    def buttons(self) -> dict[str, TouchButton]:
        """The buttons that are offered."""
        return {offer.action: self._buttons[offer.action] for offer in self._offers}

    def _button(self, offer: Offer) -> TouchButton:
        found = self._buttons.get(offer.action)
        if found is None:
            found = self._buttons[offer.action] = TouchButton(self._ui, offer.word, icon=offer.icon, parent=self)
            found.clicked.connect(partial(self._on_touched, offer.action))
        return found

    def _on_touched(self, action: str) -> None:
        self.wanted.emit(action)

    def _place(self) -> None:
        theme = self._ui.theme
        gap, high = theme.mm(GAP_MM), theme.mm(TARGET_MM)
        count = len(self._offers)
        most = max(1, min(ACROSS_MAX, (self.width() + gap) // (theme.mm(BUTTON_MM) + gap)))
        rows = -(-count // most)
        across = -(-count // rows) if rows else 1
        wide = (self.width() - gap * (across - 1)) / across
        top = self.height() - rows * high - max(0, rows - 1) * gap
        for at, offer in enumerate(self._offers):
            left, y = (at % across) * (wide + gap), top + (at // across) * (high + gap)
            self._buttons[offer.action].setGeometry(round(left), round(y), int(wide), high)
        seam = theme.mm(SEAM_MM) * 2 if rows else 0
        self.panel.setGeometry(0, 0, self.width(), max(1, top - seam))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(self.rect(), ink.look.ground)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything."""
        super().resizeEvent(event)
        self._place()
