"""A question inside the page: large answers, a way back, and nothing modal. The rest of the window stays alive."""

from collections.abc import Callable, Sequence

from msgspec import Struct
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import MAY_BREAK, Ink, ink_on
from shopfloor.gui.lang import has_words
from shopfloor.gui.theme import GAP_MM, PAD_MM, TARGET_MM, Size, Weight
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.touch import Tone, TouchButton
from shopfloor.gui.ui import Ui

LEFT_ALONE_S = 30  # nobody answers: the station is shown again
CHOICE_MM = (34.0, TARGET_MM)
SIDE_MM = 46.0  # the column of the question and the way back
NARROW_MM = 150.0  # below this the question stands above its answers
FACT_MM = 9.5  # a name and its value, on two lines where it is long
FACT_SHARE = 0.4  # of the width: its name


class Choice(Struct, frozen=True):
    """One answer."""

    key: str
    word: Text
    icon: Icon | None = None
    tone: Tone = Tone.PLAIN
    note: Text = Text("")


class Sheet(QWidget):
    """Covers its parent's content until it is answered, left or forgotten for `LEFT_ALONE_S`.

    Signals:
        closed: it is gone, answered or not.
    """

    closed = Signal()

    def __init__(self, ui: Ui, parent: QWidget) -> None:
        super().__init__(parent)
        self.ui = ui
        self.question = Text("")
        self.detail = Text("")
        self.facts: tuple[tuple[Text, Text], ...] = ()
        self._choices: tuple[Choice, ...] = ()
        self._answer: Callable[[str], None] | None = None
        self._page = 0
        self._buttons: list[TouchButton] = []
        self._back = TouchButton(ui, Text("BACK"), icon=Icon.BACK, parent=self)
        self._back.clicked.connect(self.leave)
        self._next = TouchButton(ui, Text("MORE"), icon=Icon.MORE, parent=self)
        self._next.clicked.connect(self._turn)
        self._alone = NamedTimer(self, "sheet", LEFT_ALONE_S * 1000, self.leave, once=True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("sheet")
        self.hide()
        ui.changed.connect(self._arrange)

    def ask(
        self,
        question: Text,
        choices: Sequence[Choice],
        answer: Callable[[str], None],
        *,
        detail: Text | None = None,
        facts: Sequence[tuple[Text, Text]] = (),
        settled: bool = False,
    ) -> None:
        """Show a question; `answer` gets the key of the choice that is touched, after the sheet has gone.

        `facts` stand above the answers, each a name and a value: what an answer would mean.
        `settled`: its buttons mean what stood at their places before, so a touch counts at once.
        """
        self.question, self.detail, self.facts = question, detail or Text(""), tuple(facts)
        self._choices, self._answer, self._page = tuple(choices), answer, 0
        self._arrange()
        if not settled:
            self._back.settle()
            for button in self._buttons:
                button.settle()
        self.show()
        self.raise_()
        self._alone.start()

    def leave(self) -> None:
        """Close without an answer."""
        self._alone.stop()
        self._answer = None
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def buttons(self) -> list[TouchButton]:
        """The answers that are shown."""
        return list(self._buttons)

    def _turn(self) -> None:
        self._alone.start()
        self._page += 1
        self._arrange()

    def _choose(self, key: str) -> None:
        answer = self._answer
        self.leave()
        if answer is not None:
            answer(key)

    def _arrange(self) -> None:
        if not self._choices or self.width() < 10:
            return
        theme = self.ui.theme
        gap = theme.mm(GAP_MM)
        _, area = self._areas()
        across = max(1, int((area.width() + gap) // (theme.mm(CHOICE_MM[0]) + gap)))
        down = max(1, int((area.height() + gap) // (theme.mm(CHOICE_MM[1]) + gap)))
        room, total = across * down, len(self._choices)
        paged = total > room
        room = room - 1 if paged else room
        pages = -(-total // max(1, room))
        self._page %= pages
        shown = self._choices[self._page * room : (self._page + 1) * room]
        self._make(shown)
        cells = len(shown) + (1 if paged else 0)
        across = min(across, cells) if cells <= across else -(-cells // -(-cells // across))
        rows = -(-cells // across)
        width, height = (area.width() - gap * (across - 1)) / across, (area.height() - gap * (rows - 1)) / rows
        height = min(height, theme.mm(CHOICE_MM[1]) * 1.9)
        widgets = [*self._buttons, self._next] if paged else self._buttons
        self._next.setVisible(paged)
        for at, widget in enumerate(widgets):
            left, top = area.left() + (at % across) * (width + gap), area.top() + (at // across) * (height + gap)
            widget.setGeometry(round(left), round(top), round(width), round(height))
        banded = not all(button.fits_beside() for button in self._buttons)
        for button in self._buttons:
            button.banded = banded
        self._place_back()
        self.update()

    def _make(self, shown: Sequence[Choice]) -> None:
        for button in self._buttons:
            button.hide()
            button.deleteLater()
        self._buttons = []
        for choice in shown:
            button = TouchButton(self.ui, choice.word, icon=choice.icon, tone=choice.tone, parent=self)
            button.note = choice.note
            button.clicked.connect(lambda _on=False, key=choice.key: self._choose(key))
            button.show()
            self._buttons.append(button)

    def _areas(self) -> tuple[QRectF, QRectF]:
        """Where the question stands, and the answers, below the facts."""
        question, answers = self._whole_areas()
        return question, answers.adjusted(0, self._facts_height(), 0, 0)

    def _facts_height(self) -> float:
        theme = self.ui.theme
        return theme.mm(FACT_MM) * len(self.facts) + (theme.mm(GAP_MM) if self.facts else 0)

    def _whole_areas(self) -> tuple[QRectF, QRectF]:
        """Where the question stands, and facts and answers."""
        theme = self.ui.theme
        pad, gap = theme.mm(PAD_MM) * 1.2, theme.mm(GAP_MM)
        inside = QRectF(self.rect()).adjusted(pad, pad, -pad, -pad)
        if self._is_narrow():
            head = theme.mm(TARGET_MM)
            return (
                QRectF(inside.left(), inside.top(), inside.width() - theme.mm(30) - gap, head),
                inside.adjusted(0, head + gap, 0, 0),
            )
        side = theme.mm(SIDE_MM)
        question = QRectF(inside.left(), inside.top(), side, inside.height() - theme.mm(TARGET_MM) - gap)
        return question, inside.adjusted(side + gap * 1.5, 0, 0, 0)

    def _place_back(self) -> None:
        theme = self.ui.theme
        pad = theme.mm(PAD_MM) * 1.2
        target = theme.mm(TARGET_MM)
        if self._is_narrow():
            width = theme.mm(30)
            self._back.setGeometry(round(self.width() - pad - width), round(pad), width, target)
        else:
            self._back.setGeometry(round(pad), round(self.height() - pad - target), theme.mm(SIDE_MM), target)

    def _is_narrow(self) -> bool:
        theme = self.ui.theme
        return self.width() < theme.mm(NARROW_MM) or self.height() > self.width()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A touch beside the answers does nothing, and reaches nothing below."""
        event.accept()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._arrange()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Field and question."""
        with ink_on(self, self.ui) as ink:
            ink.field(QRectF(self.rect()), ink.look.panel, edge=ink.look.action, edge_mm=0.7)
            question, _ = self._areas()
            words, detail = self.ui.say(self.question), _breakable(self.ui.say(self.detail))
            height = (
                question.height()
                if not detail
                else min(
                    question.height() * 0.6,
                    ink.height_of(words, question.width(), Size.STATE, Weight.BOLD) + ink.theme.mm(1),
                )
            )
            upper = QRectF(question.left(), question.top(), question.width(), height)
            name = not has_words(self.question.template)
            ink.text(upper, words, size=Size.STATE, weight=Weight.BOLD, lines=4, top=True, may_cut=name)
            below = QRectF(question.left(), upper.bottom(), question.width(), question.bottom() - upper.bottom())
            if ink.height_of(detail, below.width(), Size.NOTE) <= below.height() * 1.1:  # else the question has to do
                ink.text(below, detail, size=Size.NOTE, colour=ink.look.soft, lines=5, top=True)
            self._paint_facts(ink)

    def _paint_facts(self, ink: Ink) -> None:
        _, area = self._whole_areas()
        high = ink.theme.mm(FACT_MM)
        for at, (name, value) in enumerate(self.facts):
            row = QRectF(area.left(), area.top() + at * high, area.width(), high)
            ink.hair(row.left(), row.bottom(), row.right(), row.bottom())
            left = QRectF(row.left(), row.top(), row.width() * FACT_SHARE, high)
            ink.text(left, self.ui.say(name), colour=ink.look.soft, lines=2)
            right = row.adjusted(left.width() + ink.theme.mm(PAD_MM), 0, 0, 0)
            ink.text(right, self.ui.say(value), weight=Weight.SEMIBOLD, lines=2)


def _breakable(words: str) -> str:
    """The path of a file may go on in the next line after each of its folders."""
    return words.replace("/", f"/{MAY_BREAK}")
