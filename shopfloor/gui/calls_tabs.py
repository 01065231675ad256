"""The parts of the Calls page as large buttons; the one of the open calls has their colour while another is shown."""

from enum import StrEnum
from functools import partial

from msgspec import Struct
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink
from shopfloor.gui.theme import GAP_MM, TARGET_MM, Size, Weight
from shopfloor.gui.touch import Tone, TouchButton
from shopfloor.gui.ui import Ui

PAD_MM = 5.0  # around the word of a part


class Part(StrEnum):
    """A part of the page."""

    OPEN = "open"
    ASIDE = "aside"
    HISTORY = "history"
    FIGURES = "figures"
    PROBLEMS = "problems"


class PartFace(Struct, frozen=True):
    """A note below a part's word, with a shape and a colour where it must not be read over."""

    note: Text = Text("")
    icon: Icon | None = None
    tone: Tone = Tone.PLAIN


_WORDS = {
    Part.OPEN: Text("Open"),
    Part.ASIDE: Text("Put aside"),
    Part.HISTORY: Text("History"),
    Part.FIGURES: Text("Figures"),
    Part.PROBLEMS: Text("Problems"),
}


class PartTabs(QWidget):
    """Signals:
    picked(Part): another one was touched.
    """

    picked = Signal(object)

    def __init__(self, ui: Ui, parts: tuple[Part, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self.buttons = {part: TouchButton(ui, _WORDS[part], parent=self) for part in parts}
        for part, button in self.buttons.items():
            button.clicked.connect(partial(self._on_touched, part))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        ui.changed.connect(self._place)

    def show_parts(self, picked: Part, faces: dict[Part, PartFace]) -> None:
        """Mark the one that is shown, and say of each what is in it."""
        for part, button in self.buttons.items():
            face = faces.get(part, PartFace())
            before = (button.note, button.tone, button.icon_shape)
            button.note, button.icon_shape = face.note, face.icon
            button.tone = Tone.INVERSE if part is picked else face.tone
            if before != (button.note, button.tone, button.icon_shape):
                button.update()

    def _on_touched(self, part: Part) -> None:
        self.picked.emit(part)

    def _place(self) -> None:
        theme = self._ui.theme
        gap, high = theme.mm(GAP_MM), theme.mm(TARGET_MM)
        self.setFixedHeight(high)
        ink, pad = Ink.measuring(self._ui), theme.mm(PAD_MM)
        wanted = [
            max(high, ink.width(self._ui.say(button.word), Size.BODY, Weight.SEMIBOLD) + pad)
            for button in self.buttons.values()
        ]
        left = self.width() - gap * (len(wanted) - 1) - sum(wanted)
        x = 0.0
        for button, wish in zip(self.buttons.values(), wanted, strict=True):
            # What is left over is shared; what is missing is taken from each by its size.
            wide = wish + left / len(wanted) if left >= 0 else wish * (1 + left / sum(wanted))
            button.setGeometry(round(x), 0, int(wide), high)
            x += wide + gap

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the buttons."""
        super().resizeEvent(event)
        self._place()
