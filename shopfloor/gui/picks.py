"""A row of large buttons of which one is chosen."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QFontMetricsF, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.theme import GAP_MM, TARGET_MM, Size, Weight
from shopfloor.gui.touch import Tone, TouchButton
from shopfloor.gui.ui import Ui

PAD_MM = 8.0
WIDTH_MM_MAX = 60.0
TURN_MM = 7.0  # the sign that touching turns to the next


class PickRow(QWidget):
    """Buttons side by side, the chosen one on the inverse field; what does not fit is behind "more".

    Folded, only the chosen one is shown, and touching it chooses the next.

    Signals:
        picked(key): another one was touched.
    """

    picked = Signal(object)

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self._choices: tuple[tuple[str, Text], ...] = ()
        self._buttons: dict[str, TouchButton] = {}
        self._more = TouchButton(ui, Text("More"), icon=Icon.MORE, parent=self)
        self._more.clicked.connect(self._turn)
        self._first = 0
        self._shown = 0
        self.picked_key = ""
        self._folded = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        ui.changed.connect(self._place)

    def offer(self, choices: Sequence[tuple[str, Text]], picked: str) -> None:
        """Offer these keys with their words; `picked` is chosen."""
        if (tuple(choices), picked) == (self._choices, self.picked_key):
            return
        if tuple(choices) != self._choices:
            self._choices = tuple(choices)
            for button in self._buttons.values():
                button.setParent(None)
                button.deleteLater()
            self._buttons = {key: self._button(key, word) for key, word in choices}
            self._first = 0
        self.picked_key = picked
        for key, button in self._buttons.items():
            button.tone = Tone.INVERSE if key == picked else Tone.PLAIN
            button.update()
        self._place()

    def fold(self, *, on: bool) -> None:
        """Show the chosen one alone, or all of them."""
        if on != self._folded:
            self._folded = on
            for button in self._buttons.values():
                button.icon_shape = Icon.RESTARTING if on else None
            self._place()

    def wanted_width(self) -> int:
        """Pixels all that is to be seen wants."""
        gap = self._ui.theme.mm(GAP_MM)
        if self._folded:
            widest = max((self._width(word) for _, word in self._choices), default=0)
            return widest + self._ui.theme.mm(TURN_MM) + gap
        return sum(self._width(word) + gap for _, word in self._choices)

    def _button(self, key: str, word: Text) -> TouchButton:
        button = TouchButton(self._ui, word, icon=Icon.RESTARTING if self._folded else None, parent=self)
        button.clicked.connect(partial(self._on_touched, key))
        return button

    def _width(self, word: Text) -> int:
        return button_width(self._ui, word)

    def _on_touched(self, key: str) -> None:
        keys = [known for known, _ in self._choices]
        self.picked.emit(keys[(keys.index(key) + 1) % len(keys)] if self._folded else key)

    def _turn(self) -> None:
        """Show the next ones, then the first again."""
        self._first = 0 if self._first + self._shown >= len(self._choices) else self._first + self._shown
        self._more.settle()
        self._place()

    def _place(self) -> None:
        theme = self._ui.theme
        gap, height = theme.mm(GAP_MM), theme.mm(TARGET_MM)
        self.setFixedHeight(height)
        if self._folded:
            self._place_folded(height)
            return
        all_fit = self.wanted_width() - gap <= self.width()
        if all_fit:
            self._first = 0
        more = 0 if all_fit else self._width(self._more.word) + gap
        x = 0
        self._shown = 0
        for button in self._buttons.values():
            button.hide()
        for key, word in self._choices[self._first :]:
            width = self._width(word)
            if self._shown and x + width > self.width() - more:
                break
            self._buttons[key].setGeometry(QRect(x, 0, width, height))
            self._buttons[key].show()
            x += width + gap
            self._shown += 1
        self._more.setVisible(not all_fit)
        self._more.setGeometry(QRect(self.width() - more + gap, 0, more - gap, height))

    def _place_folded(self, height: int) -> None:
        self._more.hide()
        for key, button in self._buttons.items():
            button.setGeometry(QRect(0, 0, self.wanted_width() - self._ui.theme.mm(GAP_MM), height))
            button.setVisible(key == self.picked_key)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the buttons."""
        super().resizeEvent(event)
        self._place()


def button_width(ui: Ui, word: Text) -> int:
    """Pixels a button of this word wants: room for the word and a finger."""
    metrics = QFontMetricsF(ui.theme.font(Size.BODY, Weight.SEMIBOLD))
    wanted = metrics.horizontalAdvance(ui.say(word)) + ui.theme.mm(PAD_MM)
    return round(min(max(ui.theme.mm(TARGET_MM), wanted), ui.theme.mm(WIDTH_MM_MAX)))
