"""Keys to touch, for a text where no keyboard is at hand: one painted widget that takes no focus."""

from msgspec import Struct
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QWidget

from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on
from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

KEY_MM = 15.0  # least height of a key: rows one aims at calmly
SEAM_MM = 1.6
SHIFT, SIGNS, SPACE, ERASE = "shift", "signs", " ", "erase"
_LETTERS = {
    "de": ("qwertzuiopü", "asdfghjklöä", "yxcvbnmß"),
    "": ("qwertyuiop", "asdfghjkl", "zxcvbnm"),
}
_SIGNS = ("1234567890", "-/+%&():;°", "=#?!'\"@_")
_WIDTHS = {SHIFT: 1.5, ERASE: 1.5, SIGNS: 1.6, SPACE: 5.0}


class _Key(Struct, frozen=True):
    name: str
    rect: QRectF


class Keyboard(QWidget):
    """Letters of the language in force, or digits and signs.

    Signals:
        typed(str): a character was touched. erased: the last one is to go.
    """

    typed = Signal(object)
    erased = Signal()

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ui = ui
        self.upper, self.signs = True, False
        self._pressed: str | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("keyboard")
        ui.changed.connect(self.update)

    def restart(self) -> None:
        """Begin a text: letters, the first of them a capital."""
        self.upper, self.signs = True, False
        self.update()

    def rows(self) -> tuple[tuple[str, ...], ...]:
        """The keys by their characters or names."""
        letters = _SIGNS if self.signs else _LETTERS.get(self._ui.language.name, _LETTERS[""])
        first, second, third = (tuple(self._cased(row)) for row in letters)
        return first, second, (SHIFT, *third, ERASE), (SIGNS, ",", SPACE, ".")

    def touch(self, name: str) -> None:
        """Do what a finger on the key does."""
        match name:
            case "shift":
                self.upper = not self.upper
            case "signs":
                self.signs = not self.signs
            case "erase":
                self.erased.emit()
            case _:
                self.typed.emit(name)
                self.upper = False
        self.update()

    def key_rect(self, name: str) -> QRectF:
        """Where a key is; empty for one that is not shown."""
        return next((key.rect for key in self._keys() if key.name == name), QRectF())

    def _cased(self, row: str) -> str:
        return "".join(key.upper() if self.upper and key != "ß" else key for key in row)

    def _keys(self) -> list[_Key]:
        seam = self._ui.theme.mm(SEAM_MM)
        rows = self.rows()
        high = (self.height() - seam * (len(rows) - 1)) / len(rows)
        unit = (self.width() + seam) / max(sum(_WIDTHS.get(key, 1) for key in row) for row in rows[:3])
        found = []
        for at, row in enumerate(rows):
            wide = unit * sum(_WIDTHS.get(key, 1) for key in row)
            x = (self.width() + seam - wide) / 2
            for key in row:
                width = unit * _WIDTHS.get(key, 1)
                found.append(_Key(key, QRectF(x, at * (high + seam), width - seam, high)))
                x += width
        return found

    def _key_at(self, point: QPointF) -> str | None:
        return next((key.name for key in self._keys() if key.rect.contains(point)), None)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Every key."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(self.rect(), ink.look.panel)
            for key in self._keys():
                self._paint_key(ink, key)

    def _paint_key(self, ink: Ink, key: _Key) -> None:
        look = ink.look
        on = (key.name == SHIFT and self.upper) or (key.name == SIGNS and self.signs)
        down = key.name == self._pressed
        fill, text = (look.inverse, look.on_inverse) if on or down else (look.raised, look.ink)
        ink.field(key.rect, fill, edge=look.edge)
        icon = {SHIFT: Icon.CALL, ERASE: Icon.BACK}.get(key.name)
        if icon is not None:
            side = min(key.rect.width(), key.rect.height()) * 0.42
            centre = key.rect.center()
            ink.icon(QRectF(centre.x() - side / 2, centre.y() - side / 2, side, side), icon, text)
            return
        word = {SIGNS: "abc" if self.signs else "123", SPACE: ""}.get(key.name, key.name)
        ink.text(key.rect, word, size=Size.BODY, weight=Weight.SEMIBOLD, colour=text, side=Side.MIDDLE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A key counts when it is pressed: fast typing slides off it."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = self._key_at(event.position())
            if self._pressed is not None:
                self.touch(self._pressed)
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The same letter twice is two letters."""
        self.mousePressEvent(event)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Let the key go."""
        self._pressed = None
        self.update()
