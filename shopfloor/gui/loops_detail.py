"""One loop in full: its row, every card with state, place and age, and why there are so many."""

from collections.abc import Sequence

from msgspec import Struct
from PySide6.QtCore import QRect, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core.loop_views import LoopRow, card_place, card_title, in_state_since
from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState
from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on
from shopfloor.gui.loops_faces import STATE_WORDS, About, RowFace, about, about_words, row_face
from shopfloor.gui.loops_info import Fact, Info, InfoPanel
from shopfloor.gui.loops_list import NARROW_MM, ROW_MM, TALL_MM, paint_row
from shopfloor.gui.loops_tiles import TILE_MM, paint_stale, paint_tile
from shopfloor.gui.panel import RowPanel
from shopfloor.gui.picks import PickRow, button_width
from shopfloor.gui.theme import GAP_MM, TARGET_MM, Size, Weight
from shopfloor.gui.touch import Tone, TouchButton
from shopfloor.gui.ui import Ui

CARDS_SHARE = 0.52
CARDS_SHARE_TALL = 0.55
TITLES = {
    Info.WHY: Text("WHY THIS NUMBER OF CARDS"),
    Info.PRINT: Text("CARDS ON PAPER"),
    Info.AUDIT: Text("AUDIT"),
}
_PICKS = ((Info.WHY, Text("Why")), (Info.PRINT, Text("Print")), (Info.AUDIT, Text("Audit")))


class CardLine(Struct, frozen=True, kw_only=True):
    """One card as a row shows it."""

    id: str
    title: str
    state: CardState
    place: Text
    age: About | None
    blocked: bool
    express: bool
    late: bool = False
    acked: bool = False
    stale: bool = False


class CardsPanel(RowPanel):
    """Every card of the loop to touch, most urgent first."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, Text("CARDS, MOST URGENT FIRST"), parent)
        self._lines: dict[str, CardLine] = {}

    def show_lines(self, lines: Sequence[CardLine]) -> None:
        """Show these cards."""
        found = {line.id: line for line in lines}
        if list(found.items()) != list(self._lines.items()):
            self._lines = found
            self.set_keys(tuple(found))

    def lines(self) -> tuple[CardLine, ...]:
        """What it shows or has behind "more"."""
        return tuple(self._lines.values())

    def paint_body(self, ink: Ink, rect: QRectF) -> None:
        """Rows, or that there is none."""
        if not self._lines:
            ink.text(rect, self.ui.tr("No card is in circulation."), colour=ink.look.soft, side=Side.MIDDLE, lines=2)
            return
        self.paint_rows(ink)

    def paint_row(self, ink: Ink, rect: QRectF, key: str) -> None:
        """Shape, name, state in a word, place and age."""
        line = self._lines[key]
        theme, look = ink.theme, ink.look
        side = theme.mm(TILE_MM)
        tile = QRectF(rect.left(), rect.center().y() - side / 2, side, side)
        paint_tile(ink, tile, line.state, blocked=line.blocked, stale=line.stale)
        age = about_words(ink.ui, line.age) if line.age is not None and line.age.n else ""
        wide = ink.width(age, Size.BODY) + 1 if age else 0.0
        ink.text(rect, age, side=Side.RIGHT, colour=look.soft)
        room = rect.adjusted(side + theme.mm(2.5), 0, -wide - theme.mm(2), 0)
        half = room.height() * 0.5
        upper = QRectF(room.left(), room.top() + half * 0.12, room.width(), half * 0.88)
        used = ink.text(upper, line.title, weight=Weight.SEMIBOLD, may_cut=True)
        word = ink.ui.say(Text("blocked")) if line.blocked else ink.ui.say(STATE_WORDS[line.state])
        if line.late or line.acked:
            word = f"{word}, {ink.ui.tr('late') if line.late else ink.ui.tr('acknowledged')}"
        if line.express:
            word = ink.ui.tr("{state}, express", state=word)
        beside = upper.adjusted(used + theme.mm(2.5), 0, 0, 0)
        if beside.width() > theme.mm(8):
            ink.text(
                beside,
                word,
                weight=Weight.BOLD if line.express or line.blocked or line.late else Weight.REGULAR,
                may_cut=True,
            )
        lower = QRectF(room.left(), upper.bottom(), room.width(), half * 0.88)
        if line.stale:
            lower = paint_stale(ink, lower, ink.ui.tr("print anew"))
        if not line.stale or lower.width() > theme.mm(8):
            ink.text(lower, ink.ui.say(line.place), size=Size.NOTE, colour=look.soft, may_cut=True)


class LoopDetail(QWidget):
    """Covers the rows while one loop is looked at.

    Signals:
        left: back to the rows.
        chosen(card): a card was touched. more: those that do not fit. planned: the actions of the loop.
        asked(Info): what the panel beside the cards is to be about.
    """

    left = Signal()
    chosen = Signal(object)
    more = Signal()
    planned = Signal()
    asked = Signal(object)

    def __init__(self, ui: Ui, parent: QWidget) -> None:
        super().__init__(parent)
        self.ui = ui
        self.info = Info.WHY
        self._face: RowFace | None = None
        self.cards = CardsPanel(ui, self)
        self.panel = InfoPanel(ui, self)
        self.back = TouchButton(ui, Text("BACK"), icon=Icon.BACK, parent=self)
        self.plan = TouchButton(ui, Text("ACTIONS"), icon=Icon.MORE, tone=Tone.ACTION, parent=self)
        self._picks = PickRow(ui, self)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.back.clicked.connect(self.left)
        self.plan.clicked.connect(self.planned)
        self.cards.chosen.connect(self.chosen)
        self.cards.more.connect(self.more)
        self._picks.picked.connect(self._on_pick)
        ui.changed.connect(self._place)
        self._offer()
        self.hide()

    def show_loop(self, row: LoopRow, lines: Sequence[CardLine], facts: Sequence[Fact]) -> None:
        """Show this loop as it is now."""
        face = row_face(row)
        if face != self._face:
            self._face = face
            self.update()
        self.cards.show_lines(lines)
        self.panel.show_facts(TITLES[self.info], facts)

    def turn_to(self, info: Info) -> None:
        """Let the panel be about something else."""
        self.info = info
        self._offer()
        self.asked.emit(info)

    @Slot(object)
    def _on_pick(self, key: str) -> None:
        self.turn_to(Info(key))

    def _offer(self) -> None:
        self._picks.offer([(info.value, word) for info, word in _PICKS], self.info.value)

    def _row_rect(self) -> QRectF:
        theme = self.ui.theme
        top = theme.mm(TARGET_MM) + theme.mm(GAP_MM)
        return QRectF(0, top, self.width(), theme.mm(TALL_MM if self._is_narrow() else ROW_MM))

    def _is_narrow(self) -> bool:
        return self.width() < self.ui.theme.mm(NARROW_MM)

    def _place(self) -> None:
        theme = self.ui.theme
        gap, high = theme.mm(GAP_MM), theme.mm(TARGET_MM)
        wide = button_width(self.ui, self.back.word) + theme.mm(8)
        self.back.setGeometry(0, 0, wide, high)
        plan = 0 if self.plan.isHidden() else button_width(self.ui, self.plan.word) + theme.mm(8)
        self.plan.setGeometry(self.width() - plan, 0, max(1, plan), high)
        left = wide + gap * 2
        self._picks.setGeometry(left, 0, max(1, self.width() - plan - gap - left), high)
        top = round(self._row_rect().bottom()) + gap
        body = QRect(0, top, self.width(), max(1, self.height() - top))
        if body.height() > body.width():
            cards = round(body.height() * CARDS_SHARE_TALL)
            self.cards.setGeometry(0, top, body.width(), cards)
            self.panel.setGeometry(0, top + cards + gap, body.width(), body.height() - cards - gap)
        else:
            cards = round(body.width() * CARDS_SHARE)
            self.cards.setGeometry(0, top, cards, body.height())
            self.panel.setGeometry(cards + gap, top, body.width() - cards - gap, body.height())
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground, and the loop's row."""
        with ink_on(self, self.ui) as ink:
            ink.painter.fillRect(self.rect(), ink.look.ground)
            if self._face is not None:
                paint_row(ink, self._row_rect(), self._face, narrow=self._is_narrow())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything."""
        super().resizeEvent(event)
        self._place()


def card_lines(shop: Shop, row: LoopRow, now_us: int) -> tuple[CardLine, ...]:
    """Every card of a loop with its state, place and age."""
    return tuple(
        CardLine(
            id=card.id,
            title=card_title(shop, card.id),
            state=card.state,
            place=card_place(shop, card),
            age=about(max(0, now_us - in_state_since(card))) if in_state_since(card) else None,
            blocked=bool(card.blocked_us),
            express=card.express,
            late=card.late,
            acked=bool(card.acked_us),
            stale=card.stale_print,
        )
        for group in row.groups
        for card in group.cards
    )
