"""A question inside the page that is answered with a line of text, typed or touched; nothing modal."""

from collections.abc import Callable

from msgspec import Struct
from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from shopfloor.core.decide_problem import TEXT_CHARS_MAX
from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import ink_on
from shopfloor.gui.keyboard import Keyboard
from shopfloor.gui.theme import GAP_MM, PAD_MM, SEAM_MM, TARGET_MM, Size, Weight
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.touch import Tone, TouchButton
from shopfloor.gui.ui import Ui

DONE = Text("DONE")
LEFT_ALONE_S = 180  # whoever writes thinks in between
LINE_MM = 14.0
EDGE_MM = 0.5
BUTTON_MM = 34.0
KEYS_MM_MAX = 90.0


class Way(Struct, frozen=True):
    """A button that ends writing, and who gets the line."""

    word: Text
    take: Callable[[str], None]


class WriteSheet(QWidget):
    """Covers its parent's content until it is answered, left or forgotten for `LEFT_ALONE_S`.

    Signals:
        closed: it is gone, answered or not.
    """

    closed = Signal()

    def __init__(self, ui: Ui, parent: QWidget) -> None:
        super().__init__(parent)
        self.ui = ui
        self.question, self.detail = Text(""), Text("")
        self._answer: Callable[[str], None] | None = None
        self._also: Way | None = None
        self._field = QRect()
        self.line = QLineEdit(self)
        self.line.setFrame(False)  # its field is painted around it
        self.line.setMaxLength(TEXT_CHARS_MAX)
        self.line.setAccessibleName("answer")
        self.keys = Keyboard(ui, self)
        self.back = TouchButton(ui, Text("BACK"), icon=Icon.BACK, parent=self)
        self.done = TouchButton(ui, DONE, icon=Icon.CHECK, tone=Tone.ACTION, parent=self)
        self.also = TouchButton(ui, DONE, icon=Icon.CHECK, parent=self)
        self._alone = NamedTimer(self, "write-sheet", LEFT_ALONE_S * 1000, self.leave, once=True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("write")
        self.keys.typed.connect(self._on_typed)
        self.keys.erased.connect(self.line.backspace)
        self.line.textChanged.connect(self._on_changed)
        self.line.returnPressed.connect(self._on_done)
        self.back.clicked.connect(self.leave)
        self.done.clicked.connect(self._on_done)
        self.also.clicked.connect(self._on_also)
        ui.changed.connect(self._dress)
        self.hide()

    def ask(
        self,
        question: Text,
        answer: Callable[[str], None],
        *,
        detail: Text | None = None,
        text: str = "",
        word: Text = DONE,
        also: Way | None = None,
    ) -> None:
        """Ask; `answer` gets the line once it is not empty, after the sheet has gone. `text` stands there already.

        `word` is on the button that does so; `also` is another way to end.
        """
        self.question, self.detail, self._answer, self._also = question, detail or Text(""), answer, also
        self.done.mean(word)
        self.also.setVisible(also is not None)
        if also is not None:
            self.also.mean(also.word)
        self.line.setText(text)
        self.keys.restart()
        self._on_changed()
        self._dress()
        self.back.settle()
        self.done.settle()
        self.also.settle()
        self.show()
        self.raise_()
        self.line.setFocus()
        self._alone.start()

    def leave(self) -> None:
        """Close without an answer."""
        self._alone.stop()
        self._answer = None
        self.line.clearFocus()
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def _on_typed(self, character: str) -> None:
        self.line.insert(character)

    def _on_changed(self) -> None:
        self._alone.start()
        for button in (self.done, self.also):
            button.setEnabled(bool(self.line.text().strip()))

    def _on_done(self) -> None:
        self._end(self._answer)

    def _on_also(self) -> None:
        self._end(self._also.take if self._also is not None else None)

    def _end(self, take: Callable[[str], None] | None) -> None:
        text = self.line.text().strip()
        if text and take is not None:
            self.leave()
            take(text)

    def _dress(self) -> None:
        look = self.ui.theme.palette
        self.line.setFont(self.ui.theme.font(Size.STATE))
        palette = self.line.palette()
        for role, colour in (
            (QPalette.ColorRole.Base, look.raised),
            (QPalette.ColorRole.Text, look.ink),
            (QPalette.ColorRole.Highlight, look.action),
            (QPalette.ColorRole.HighlightedText, look.on_action),
        ):
            palette.setColor(role, QColor(colour))
        self.line.setPalette(palette)
        self._place()
        self.update()

    def _place(self) -> None:
        theme = self.ui.theme
        pad, gap, seam = theme.mm(PAD_MM), theme.mm(GAP_MM), theme.mm(SEAM_MM)
        high, wide = theme.mm(TARGET_MM), theme.mm(BUTTON_MM)
        right = self.width() - pad
        self.done.setGeometry(right - wide, pad, wide, high)
        right -= wide + gap
        if not self.also.isHidden():
            self.also.setGeometry(right - wide, pad, wide, high)
            right -= wide + gap
        self.back.setGeometry(right - wide, pad, wide, high)
        top = pad + high + seam
        line = theme.mm(LINE_MM)
        inset = theme.mm(EDGE_MM) * 2
        self._field = QRect(pad, top, self.width() - 2 * pad, line)
        self.line.setGeometry(self._field.adjusted(inset * 2, inset, -inset * 2, -inset))
        top += line + gap
        keys = max(1, min(self.height() - top - pad, theme.mm(KEYS_MM_MAX)))
        self.keys.setGeometry(pad, top, self.width() - 2 * pad, keys)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch beside does nothing, and reaches nothing below."""
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Field and question."""
        with ink_on(self, self.ui) as ink:
            ink.field(QRectF(self.rect()), ink.look.panel, edge=ink.look.action, edge_mm=0.7)
            ink.field(QRectF(self._field), ink.look.raised, edge=ink.look.ink, edge_mm=EDGE_MM, radius_mm=0.8)
            pad = ink.theme.mm(PAD_MM)
            rect = QRectF(pad, pad, self.back.x() - 2 * pad, self.back.height())
            words, detail = self.ui.say(self.question), self.ui.say(self.detail)
            upper = QRectF(rect)
            if detail:
                upper.setHeight(rect.height() * 0.6)
                lower = QRectF(rect.left(), upper.bottom(), rect.width(), rect.height() * 0.4)
                ink.text(lower, detail, size=Size.NOTE, colour=ink.look.soft, lines=1, may_cut=True)
            ink.text(upper, words, size=Size.STATE, weight=Weight.BOLD, lines=2)
