"""Painted panels with a heading, and lists of rows that can be touched."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on
from shopfloor.gui.lang import has_words
from shopfloor.gui.theme import PAD_MM, ROW_MM, Size, Weight
from shopfloor.gui.ui import Ui


class Panel(QWidget):
    """A field with a heading; a subclass paints the body. Takes no focus."""

    def __init__(self, ui: Ui, title: Text, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ui = ui
        self.title, self.short_title = title, Text("")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        ui.changed.connect(self.update)

    def body_rect(self) -> QRectF:
        """Where the body is painted."""
        pad = self.ui.theme.mm(PAD_MM)
        return QRectF(self.rect()).adjusted(pad, self.heading_height(), -pad, -pad * 0.7)

    def heading_height(self) -> float:
        """Pixels above the body."""
        return self.ui.theme.type_px(Size.NOTE) * 1.3 + self.ui.theme.mm(PAD_MM) * 0.9

    def paint_heading(self, ink: Ink, rect: QRectF) -> None:
        """The heading; a subclass may add to its right."""
        words = self.ui.say(self.title)
        if self.short_title.template and ink.width(words, Size.NOTE, Weight.SEMIBOLD) > rect.width():
            words = self.ui.say(self.short_title)
        name = not has_words(self.title.template)
        ink.text(rect, words, size=Size.NOTE, weight=Weight.SEMIBOLD, colour=ink.look.soft, may_cut=name)

    def paint_body(self, ink: Ink, rect: QRectF) -> None:
        """What the panel shows."""
        raise NotImplementedError

    def minimumSizeHint(self) -> QSize:
        """Room for a heading and a line."""
        return QSize(self.ui.theme.mm(30), self.ui.theme.mm(10))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Field, heading, body."""
        with ink_on(self, self.ui) as ink:
            ink.field(QRectF(self.rect()), ink.look.panel, edge=ink.look.edge)
            pad = ink.theme.mm(PAD_MM)
            self.paint_heading(ink, QRectF(pad, pad * 0.4, self.width() - 2 * pad, self.heading_height() - pad * 0.4))
            self.paint_body(ink, self.body_rect())


class RowPanel(Panel):
    """A panel with rows to touch, each at least 15 mm high; what does not fit is one last row "+n more".

    Signals:
        chosen(key): the row with this key was touched.
        more: the row "+n more" was touched.
    """

    chosen = Signal(object)
    more = Signal()

    def __init__(self, ui: Ui, title: Text, parent: QWidget | None = None) -> None:
        super().__init__(ui, title, parent)
        self._keys: tuple[str, ...] = ()
        self._pressed: str | None = None

    def set_keys(self, keys: Sequence[str]) -> None:
        """What rows there are."""
        self._keys = tuple(keys)
        self.update()

    def row_height(self) -> float:
        """Pixels of a row."""
        return float(self.ui.theme.mm(ROW_MM))

    def row_rects(self) -> list[tuple[str, QRectF]]:
        """Key and place of each visible row; the key "" is "+n more"."""
        body = self.rows_rect()
        height = self.row_height()
        room = max(1, int((body.height() + 1) // height))
        shown = list(self._keys[:room])
        if len(self._keys) > room > 1:
            shown = [*self._keys[: room - 1], ""]
        return [
            (key, QRectF(body.left(), body.top() + at * height, body.width(), height)) for at, key in enumerate(shown)
        ]

    def rows_rect(self) -> QRectF:
        """Where the rows are."""
        return self.body_rect()

    def hidden_count(self) -> int:
        """How many rows do not fit."""
        shown = self.row_rects()
        return len(self._keys) - sum(1 for key, _ in shown if key)

    def paint_row(self, ink: Ink, rect: QRectF, key: str) -> None:
        """One row."""
        raise NotImplementedError

    def paint_heading(self, ink: Ink, rect: QRectF) -> None:
        """The heading; beside it how many there are where they have no row of their own."""
        words = f"+{self.hidden_count()}" if self.hidden_count() and all(key for key, _ in self.row_rects()) else ""
        width = ink.width(words, Size.NOTE, Weight.BOLD) + 2 if words else 0.0
        ink.text(rect, words, size=Size.NOTE, weight=Weight.BOLD, side=Side.RIGHT)
        super().paint_heading(ink, rect.adjusted(0, 0, -width, 0))

    def paint_rows(self, ink: Ink) -> None:
        """Every visible row with its press feedback and the lines between."""
        pad = ink.theme.mm(PAD_MM)
        for at, (key, rect) in enumerate(self.row_rects()):
            if at:
                ink.hair(rect.left(), rect.top(), rect.right(), rect.top())
            if key == self._pressed:
                ink.field(rect.adjusted(-pad * 0.6, 1, pad * 0.6, -1), ink.look.sunk)
            if key:
                self.paint_row(ink, rect, key)
            else:
                self._paint_more(ink, rect)

    def _paint_more(self, ink: Ink, rect: QRectF) -> None:
        side = ink.theme.type_px(Size.BODY)
        ink.icon(QRectF(rect.left(), rect.center().y() - side / 2, side, side), Icon.MORE, ink.look.soft)
        words = self.ui.tr("{count} more", count=self.hidden_count())
        ink.text(rect.adjusted(side * 1.5, 0, 0, 0), words, weight=Weight.SEMIBOLD, colour=ink.look.soft)

    def _row_at(self, point: QPointF) -> str | None:
        if point.y() < self.rows_rect().top() and self.hidden_count():
            return ""  # where only one row fits, the heading says how many more there are, and opens them
        return next((key for key, rect in self.row_rects() if rect.contains(point)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Show which row is meant."""
        if event.button() is Qt.MouseButton.LeftButton:
            self._pressed = self._row_at(event.position())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose the row, if the finger is still on the same one."""
        pressed, self._pressed = self._pressed, None
        self.update()
        if (
            pressed is None
            or event.button() is not Qt.MouseButton.LeftButton
            or self._row_at(event.position()) != pressed
        ):
            return
        if pressed:
            self.chosen.emit(pressed)
        else:
            self.more.emit()


def paint_chip(
    ink: Ink,
    rect: QRectF,
    words: str,
    *,
    icon: Icon | None,
    fill: str,
    text: str,
    edge: str = "",
    side: Side = Side.LEFT,
) -> QRectF:
    """A small field with shape and word, as wide as it needs, at one side of `rect`; answers where it is."""
    pad = rect.height() * 0.28
    shape = rect.height() * 0.56 if icon else 0.0
    gap = shape * 0.5 if icon else 0.0
    inside = pad if fill or edge else 0.0
    width = min(rect.width(), ink.width(words, Size.NOTE, Weight.BOLD) + shape + gap + 2 * inside + 2)
    left = rect.right() - width if side is Side.RIGHT else rect.left()
    chip = QRectF(left, rect.top(), width, rect.height())
    if fill or edge:
        ink.field(chip, fill, edge=edge, radius_mm=0.8)
    if icon:
        ink.icon(QRectF(left + inside, rect.center().y() - shape / 2, shape, shape), icon, text)
    words_rect = chip.adjusted(inside + shape + gap, 0, -inside, 0)
    ink.text(words_rect, words, size=Size.NOTE, weight=Weight.BOLD, colour=text)
    return chip
