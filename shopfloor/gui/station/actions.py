"""HELP, STOP, UNDO, SIGN IN: always there, always at the same place."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shopfloor.core.text import Text
from shopfloor.core.views import StationView
from shopfloor.gui.clocks import countdown, duration
from shopfloor.gui.icons import Icon
from shopfloor.gui.station.words import data
from shopfloor.gui.theme import CORD_MM, GAP_MM, TARGET_MM
from shopfloor.gui.touch import Target, Tone, TouchButton
from shopfloor.gui.ui import Ui


class ActionBar(QWidget):
    """Four buttons in a row, or two by two where the screen is narrow. Connect their `clicked`."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ui = ui
        self.help = TouchButton(ui, Text("HELP"), icon=Icon.CALL, tone=Tone.CALM_CALL, target=Target.CORD, parent=self)
        self.stop = TouchButton(ui, Text("STOP"), icon=Icon.STOP, tone=Tone.CALM_STOP, target=Target.CORD, parent=self)
        self.undo = TouchButton(ui, Text("UNDO"), icon=Icon.UNDO, parent=self)
        self.sign = TouchButton(ui, Text("SIGN IN"), icon=Icon.PERSON, parent=self)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        ui.changed.connect(self._place)

    def show_view(self, view: StationView, *, help_on: bool, late_undo: bool, people: bool) -> None:
        """Show what the buttons would do now. `late_undo`: a step can still be taken back, with a reason."""
        help_age = next((duration(call.age_us) for call in view.calls if not call.is_stop), "")
        stop_age = next((duration(call.stopped_for_us) for call in view.calls if call.is_stop), "")
        called = Text("called {time} ago", {"time": help_age}) if help_age else None
        stopped = Text("stopped {time} ago", {"time": stop_age}) if stop_age else None
        self.help.mean(Text("HELP"), on=help_on, note=called, tone=Tone.CALL if called else Tone.CALM_CALL)
        self.stop.mean(Text("STOP"), note=stopped, tone=Tone.STOP if stopped else Tone.CALM_STOP)
        if view.undo_left_us:
            self.undo.mean(Text("UNDO"), note=data(countdown(view.undo_left_us)))
        elif late_undo:
            self.undo.mean(Text("UNDO"), note=Text("with a reason"))
        else:
            self.undo.mean(Text("UNDO"), on=False)
        if view.person:
            self.sign.mean(data(view.person), note=Text("signed in"))
        else:
            self.sign.mean(Text("SIGN IN"), on=people)

    def height_for(self, width: int) -> int:
        """Pixels of height that it needs."""
        theme = self.ui.theme
        rows = 2 if self._is_narrow(width) else 1
        return theme.mm(CORD_MM[1]) * rows + theme.mm(GAP_MM) * (rows - 1)

    def _is_narrow(self, width: int) -> bool:
        theme = self.ui.theme
        return width < 2 * theme.mm(CORD_MM[0]) + 2 * theme.mm(TARGET_MM * 1.6) + 3 * theme.mm(GAP_MM)

    def _place(self) -> None:
        theme = self.ui.theme
        gap, width, height = theme.mm(GAP_MM), self.width(), theme.mm(CORD_MM[1])
        if self._is_narrow(width):
            half = (width - gap) // 2
            for at, button in enumerate((self.help, self.stop, self.undo, self.sign)):
                button.setGeometry((at % 2) * (half + gap), (at // 2) * (height + gap), half, height)
            return
        free = width - 3 * gap
        cord = max(theme.mm(CORD_MM[0]), round(free * 0.29))
        rest = (free - 2 * cord) // 2
        left = 0
        for button, wide in ((self.help, cord), (self.stop, cord), (self.undo, rest), (self.sign, rest)):
            button.setGeometry(left, 0, wide, height)
            left += wide + gap

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._place()
