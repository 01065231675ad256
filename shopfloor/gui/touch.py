"""Buttons for gloves: large, calm, never focused, pressed only by a finger or a mouse."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace
from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on, least_ratio
from shopfloor.gui.lang import has_words
from shopfloor.gui.theme import CORD_MM, PAD_MM, ROW_MM, TARGET_MM, Size, Weight
from shopfloor.gui.ui import Ui

BLOCK_INSET_MM = 1.6
SETTLE_MS = 700  # a second tap of the same finger comes within half a second; it must not hit a new meaning


class Tone(StrEnum):
    """What a button looks like. CALL and STOP are filled when what they stand for is so; else only their shape is."""

    PLAIN = "plain"
    ACTION = "action"
    CALL = "call"
    STOP = "stop"
    CALM_CALL = "calm_call"
    CALM_STOP = "calm_stop"
    INVERSE = "inverse"
    ON_STOP = "on_stop"
    ON_CALL = "on_call"


class Target(StrEnum):
    """How large a button is at least."""

    PRIMARY = "primary"
    CORD = "cord"
    ROW = "row"


_TARGET_MM = {Target.PRIMARY: (TARGET_MM, TARGET_MM), Target.CORD: CORD_MM, Target.ROW: (TARGET_MM, ROW_MM)}


class Label(Struct, frozen=True, kw_only=True):
    """A word and a smaller note below it, ready to paint; a name may be cut, a word of ours may not."""

    word: str
    note: str
    colour: str
    side: Side
    size: Size
    weight: Weight
    may_cut: bool


class TouchButton(QAbstractButton):
    """A shape and a word on a field. Connect `clicked`.

    It takes no focus and no key, has no shortcut and no default, and after its meaning has changed it ignores
    touches for `SETTLE_MS`: a second tap was meant for what was there before. `banded`: a calm one has its colour
    above its words instead of beside them, so that all of a group look alike.
    """

    def __init__(
        self,
        ui: Ui,
        word: Text,
        *,
        icon: Icon | None = None,
        tone: Tone = Tone.PLAIN,
        target: Target = Target.PRIMARY,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.ui = ui
        self.word = word
        self.note = Text("")
        self.icon_shape = icon
        self.tone = tone
        self.target = target
        self.banded = False
        self._settling = QElapsedTimer()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, on=False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(str(word))
        ui.changed.connect(self.updateGeometry)
        self.pressed.connect(self.update)
        self.released.connect(self.update)

    def mean(
        self,
        word: Text,
        *,
        icon: Icon | None = None,
        tone: Tone | None = None,
        note: Text | None = None,
        on: bool = True,
    ) -> None:
        """Give the button another meaning; a note (such as seconds left) may change without that."""
        if word != self.word:
            self.word = word
            self.setAccessibleName(str(word))
            self.setDown(False)
            self._settling.start()
            self.update()
        before = (self.note, self.icon_shape, self.tone)
        self.note = note or Text("")
        self.icon_shape = icon or self.icon_shape
        self.tone = tone or self.tone
        if before != (self.note, self.icon_shape, self.tone):
            self.update()
        if on != self.isEnabled():
            self.setEnabled(on)

    def settle(self) -> None:
        """Ignore touches for a moment: what this button would act on is another now."""
        self._settling.start()

    def fits_beside(self) -> bool:
        """Whether no word has to be broken beside the block of a calm button."""
        ink, label = Ink.measuring(self.ui), self._label("", Side.LEFT)
        room = self.width() - _block_width(ink, QRectF(self.rect())) - 4 * ink.theme.mm(BLOCK_INSET_MM)
        longest = max(ink.width(part, label.size, label.weight) for part in label.word.split(" "))
        return longest * least_ratio(label.size) <= room

    def minimumSizeHint(self) -> QSize:
        """The least size by its target, in the theme's millimetres."""
        width, height = _TARGET_MM[self.target]
        return QSize(self.ui.theme.mm(width), self.ui.theme.mm(height))

    def sizeHint(self) -> QSize:
        """The same: layouts stretch it."""
        return self.minimumSizeHint()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press, unless the meaning has just changed."""
        if self._settling.isValid() and self._settling.elapsed() < SETTLE_MS:
            event.accept()
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """No key presses it: a scanner that types ends its codes with Enter or a space."""
        event.ignore()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Field, shape, word, note."""
        with ink_on(self, self.ui) as ink:
            self._paint(ink)

    def _paint(self, ink: Ink) -> None:
        fill, text, edge = tone_colours(self.ui, self.tone, on=self.isEnabled(), down=self.isDown())
        theme, look = ink.theme, ink.look
        rect = QRectF(self.rect())
        calm = {Tone.CALM_CALL: (look.call, look.on_call), Tone.CALM_STOP: (look.stop, look.on_stop)}.get(self.tone)
        if calm and self.isDown():
            fill, text = calm
            calm = None
        ink.field(rect, fill, edge=edge, edge_mm=0.5 if self.target is Target.CORD else 0.25)
        pad = theme.mm(PAD_MM)
        if self.isDown():
            rect.translate(0, theme.mm(0.4))
        inner = rect.adjusted(pad, pad / 2, -pad, -pad / 2)
        if calm and self.icon_shape is not None and self.isEnabled():
            label = self._label(text, Side.LEFT)
            if not self.banded and self.fits_beside():
                _words(ink, _paint_block(ink, rect, calm, self.icon_shape), label)
            else:
                _words(ink, _paint_band(ink, rect, calm, self.icon_shape), replace(label, side=Side.MIDDLE))
            return
        paint_label(ink, inner, self._label(text, Side.MIDDLE), self.icon_shape)

    def _label(self, colour: str, side: Side) -> Label:
        large = self.target is Target.CORD
        return Label(
            word=self.ui.say(self.word),
            note=self.ui.say(self.note) if self.note.template else "",
            colour=colour,
            side=side,
            size=Size.TITLE if large else Size.BODY,
            weight=Weight.BOLD if large else Weight.SEMIBOLD,
            may_cut=not has_words(self.word.template),
        )


def paint_label(ink: Ink, rect: QRectF, label: Label, icon: Icon | None) -> None:
    """A shape with a word and a note beside it, in the middle; the shape above where the rectangle is narrow."""
    if icon is None:
        _words(ink, rect, label)
        return
    side = ink.theme.type_px(label.size) * 1.1
    gap = side * 0.45
    beside = replace(label, side=Side.LEFT)
    widest = max(ink.width(label.word, label.size, label.weight), ink.width(label.note, Size.NOTE))
    if side + gap + widest <= rect.width():
        left = rect.left() + (rect.width() - side - gap - widest) / 2
        ink.icon(QRectF(left, rect.center().y() - side / 2, side, side), icon, label.colour)
        _words(ink, QRectF(left + side + gap, rect.top(), widest + 1, rect.height()), beside)
        return
    line = ink.line_height(label.size)
    wide = ink.width(label.word, label.size, label.weight) > rect.width()
    height = line * (1.8 if wide else 0.9) + (ink.line_height(Size.NOTE) if label.note else 0)
    if rect.height() >= side * 0.8 + height * 0.95:
        top = rect.top() + max(0.0, (rect.height() - side - height) / 2)
        ink.icon(QRectF(rect.center().x() - side / 2, top, side, side), icon, label.colour)
        _words(ink, QRectF(rect.left(), top + side, rect.width(), rect.bottom() - top - side), label)
        return
    words = rect.adjusted(side + gap * 0.6, 0, 0, 0)
    longest = max(ink.width(part, label.size, label.weight) for part in label.word.split(" "))
    if longest * least_ratio(label.size) > words.width():
        _words(ink, rect, label)
        return  # the word alone says more than a shape with half a word
    ink.icon(QRectF(rect.left(), rect.center().y() - side / 2, side, side), icon, label.colour)
    _words(ink, words, beside)


def _paint_block(ink: Ink, rect: QRectF, colours: tuple[str, str], icon: Icon) -> QRectF:
    """A block of the colour with the shape at the left of a calm button; answers where the words go."""
    fill, text = colours
    inset = ink.theme.mm(BLOCK_INSET_MM)
    width = _block_width(ink, rect)
    block = QRectF(rect.left() + inset, rect.top() + inset, width, rect.height() - 2 * inset)
    ink.field(block, fill, radius_mm=0.8)
    side = min(block.width(), block.height()) * 0.5
    ink.icon(QRectF(block.center().x() - side / 2, block.center().y() - side / 2, side, side), icon, text)
    return QRectF(block.right() + inset * 2, rect.top(), rect.right() - block.right() - inset * 3, rect.height())


def _block_width(ink: Ink, rect: QRectF) -> float:
    return min(rect.height() - 2 * ink.theme.mm(BLOCK_INSET_MM), rect.width() * 0.36)


def _paint_band(ink: Ink, rect: QRectF, colours: tuple[str, str], icon: Icon) -> QRectF:
    """The block as a band at the top, where words need the whole width; answers where the words go."""
    fill, text = colours
    inset = ink.theme.mm(BLOCK_INSET_MM)
    band = QRectF(rect.left() + inset, rect.top() + inset, rect.width() - 2 * inset, rect.height() * 0.28)
    ink.field(band, fill, radius_mm=0.8)
    side = band.height() * 0.72
    ink.icon(QRectF(band.center().x() - side / 2, band.center().y() - side / 2, side, side), icon, text)
    return QRectF(band.left(), band.bottom(), band.width(), rect.bottom() - band.bottom() - inset * 0.3)


def tone_colours(ui: Ui, tone: Tone, *, on: bool = True, down: bool = False) -> tuple[str, str, str]:
    """(field, text, edge) of a button."""
    look = ui.theme.palette
    if not on:
        return look.ground, look.soft, look.edge
    match tone:
        case Tone.PLAIN | Tone.CALM_CALL | Tone.CALM_STOP:
            fill, text, edge = look.raised, look.ink, look.edge
        case Tone.ACTION:
            fill, text, edge = look.action, look.on_action, look.action_edge
        case Tone.CALL:
            fill, text, edge = look.call, look.on_call, look.call_edge
        case Tone.STOP:
            fill, text, edge = look.stop, look.on_stop, look.stop_edge
        case Tone.INVERSE:
            fill, text, edge = look.inverse, look.on_inverse, look.inverse
        case Tone.ON_STOP:
            fill, text, edge = look.on_stop, look.stop, look.on_stop
        case Tone.ON_CALL:
            fill, text, edge = look.on_call, look.call, look.on_call
    if down:
        return text, fill, edge
    return fill, text, edge


def _words(ink: Ink, rect: QRectF, label: Label) -> None:
    if not label.note:
        _word(ink, rect, label, lines=3)
        return
    below = ink.line_height(Size.NOTE)
    line = ink.line_height(label.size)
    two = rect.height() - below >= line * 1.8 and ink.width(label.word, label.size, label.weight) > rect.width()
    used = min(rect.height() - below, line * (2 if two else 1))
    top = rect.top() + max(0.0, (rect.height() - used - below) / 2)
    _word(ink, QRectF(rect.left(), top, rect.width(), used), label, lines=2 if two else 1)
    note = QRectF(rect.left(), top + used, rect.width(), below)
    ink.text(note, label.note, size=Size.NOTE, colour=label.colour, side=label.side)


def _word(ink: Ink, rect: QRectF, label: Label, *, lines: int) -> None:
    ink.text(
        rect,
        label.word,
        size=label.size,
        weight=label.weight,
        colour=label.colour,
        side=label.side,
        lines=lines,
        may_cut=label.may_cut,
    )
