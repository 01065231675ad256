"""What is being made: one card large, several as rows, none with the reason why."""

from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QWidget

from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.shop import Shop
from shopfloor.core.text import Text
from shopfloor.core.views import CardView, StationState, StationView
from shopfloor.gui.clocks import countdown, duration, is_short, time_text
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side
from shopfloor.gui.panel import RowPanel, paint_chip
from shopfloor.gui.states import state_look
from shopfloor.gui.station.words import amount_to, card_of
from shopfloor.gui.theme import Size, Weight
from shopfloor.gui.ui import Ui

BAR_ROOM = 4 / 3  # the bar ends a third beyond the target, so that being late is seen growing
BAR_MM = 2.6
PACKED = 0.9  # of the font's own line height: capitals and figures need no more


class NowPanel(RowPanel):
    """Cards in process with their time against the target; touch one for its actions."""

    def __init__(self, ui: Ui, parent: QWidget | None = None) -> None:
        super().__init__(ui, Text("NOW"), parent)
        self._view: StationView | None = None
        self._makes = True
        self._shown: object = None  # what is painted now: the same is not painted again
        self._elapsed: dict[str, int] = {}

    def show_view(self, view: StationView, shop: Shop, now: Now) -> None:
        """Show a station as it is at `now`."""
        self._view = view
        self._makes = any(view.id in loop.route for loop in shop.line.loops)
        self._elapsed = {}
        for card in view.in_process:
            started = shop.cards[card.id].started
            self._elapsed[card.id] = max(0, elapsed_us(started, now) if started else now.at_us - card.since_us)
        seconds = tuple(elapsed // US_PER_S for elapsed in self._elapsed.values())
        shown = (
            view.in_process,
            seconds,
            view.state,
            view.cycle_target_s,
            bool(view.next),
            countdown(view.restart_left_us),
        )
        if shown != self._shown:
            self._shown = shown
            self.set_keys([card.id for card in view.in_process])

    def row_height(self) -> float:
        """One card has the whole panel."""
        return self.body_rect().height() if len(self._keys) == 1 else super().row_height()

    def paint_heading(self, ink: Ink, rect: QRectF) -> None:
        """NOW and the station's state."""
        left = rect
        if self._view is not None:
            look = state_look(self._view.state, ink.look)
            place = rect.adjusted(rect.width() * 0.3, 1, 0, -1)
            words = self.ui.say(look.word)
            chip = paint_chip(
                ink, place, words, icon=look.icon, fill=look.fill, text=look.text, edge=look.edge, side=Side.RIGHT
            )
            left = rect.adjusted(0, 0, chip.left() - rect.right() - ink.theme.mm(1), 0)
        super().paint_heading(ink, left)

    def paint_body(self, ink: Ink, rect: QRectF) -> None:
        """Rows, or why there are none."""
        if self._view is None:
            return
        if self._keys:
            self.paint_rows(ink)
            return
        sentence, more = self._why_empty(self._view)
        words = self.ui.say(sentence)
        several = ink.width(words, Size.TITLE, Weight.SEMIBOLD) > rect.width()
        height = min(rect.height() * 0.6, ink.line_height(Size.TITLE) * (2 if several else 1))
        top = rect.top() + min(ink.theme.mm(3), max(0.0, rect.height() - height * 2) * 0.3)
        upper = QRectF(rect.left(), top, rect.width(), height)
        ink.text(upper, words, size=Size.TITLE, weight=Weight.SEMIBOLD, lines=2)
        below = QRectF(rect.left(), upper.bottom(), rect.width(), rect.bottom() - upper.bottom())
        ink.text(below, self.ui.say(more), colour=ink.look.soft, lines=3, top=True)

    def paint_row(self, ink: Ink, rect: QRectF, key: str) -> None:
        """One card."""
        view = self._view
        card = next((c for c in view.in_process if c.id == key), None) if view else None
        if view is None or card is None:
            return
        if len(self._keys) == 1:
            self._paint_hero(ink, rect, card, view.cycle_target_s)
        else:
            self._paint_line(
                ink, rect.adjusted(0, rect.height() * 0.05, 0, -rect.height() * 0.08), card, view.cycle_target_s
            )

    def _paint_hero(self, ink: Ink, rect: QRectF, card: CardView, target_s: float | None) -> None:
        """Part, card, what and whereto, time, bar; large where there is room, the description on its own line then."""
        bar, clock = ink.theme.mm(BAR_MM), ink.line_height(Size.STATE) * PACKED
        foot = QRectF(rect.left(), rect.bottom() - bar - clock - ink.theme.mm(0.6), rect.width(), clock)
        room = foot.top() - rect.top()
        body = ink.line_height(Size.BODY) * PACKED
        roomy = ink.line_height(Size.HERO) * PACKED + 2 * body <= room
        size = Size.HERO if roomy else Size.TITLE
        first = ink.line_height(size) * PACKED
        rows = 2 if roomy else min(2, max(0, int((room - first) // body)))
        spare = max(0.0, room - first - rows * body)
        top = rect.top() + min(spare * 0.35, ink.theme.mm(3))
        self._paint_name(ink, QRectF(rect.left(), top, rect.width(), first), card, size)
        going = self.ui.say(amount_to(card))
        lower = QRectF(rect.left(), top + first, rect.width(), body)
        if rows == 2:
            ink.text(lower, card.description, colour=ink.look.soft, may_cut=True)
            lower.translate(0, body)
        if rows:
            ink.text(lower, going, weight=Weight.SEMIBOLD)
        self._paint_clock(ink, foot, card, target_s, size=Size.STATE)
        self._paint_bar(ink, QRectF(rect.left(), rect.bottom() - bar, rect.width(), bar), card, target_s)

    def _paint_name(self, ink: Ink, rect: QRectF, card: CardView, size: Size) -> None:
        words = self.ui.say(card_of(card))
        beside_part = rect.width() - ink.width(card.part, size, Weight.BOLD) - ink.theme.mm(2.5)
        room = max(rect.width() * 0.44, beside_part)
        right = min(room, ink.width(words, Size.STATE, Weight.SEMIBOLD) + 2)
        part = rect.adjusted(0, 0, -right - ink.theme.mm(2), 0)
        ink.text(part, card.part, size=size, weight=Weight.BOLD, may_cut=True)
        beside = QRectF(rect.right() - right, rect.top(), right, rect.height())
        ink.text(beside, words, size=Size.STATE, weight=Weight.SEMIBOLD, side=Side.RIGHT, lines=2)

    def _paint_line(self, ink: Ink, rect: QRectF, card: CardView, target_s: float | None) -> None:
        bar = ink.theme.mm(BAR_MM * 0.6)
        upper = QRectF(rect.left(), rect.top(), rect.width(), (rect.height() - bar) / 2)
        used = ink.text(upper.adjusted(0, 0, -upper.width() * 0.5, 0), card.part, weight=Weight.BOLD, may_cut=True)
        beside = upper.adjusted(used + ink.theme.mm(2.5), 0, 0, 0)
        ink.text(beside, self.ui.say(card_of(card)), side=Side.RIGHT, weight=Weight.SEMIBOLD)
        lower = QRectF(rect.left(), upper.bottom(), rect.width(), upper.height())
        self._paint_clock(ink, lower, card, target_s, size=Size.BODY)
        self._paint_bar(ink, QRectF(rect.left(), rect.bottom() - bar, rect.width(), bar), card, target_s)

    def _paint_clock(self, ink: Ink, rect: QRectF, card: CardView, target_s: float | None, *, size: Size) -> None:
        """Time since the start, and beside it what it means or what the card waits for."""
        elapsed = self._elapsed.get(card.id, 0)
        words = duration(elapsed)
        if target_s:
            target = self.ui.say(time_text(target_s, precise=is_short(target_s)))
            words = self.ui.tr("{time} of {target}", time=words, target=target)
        meaning, chip, late = self._meaning(card, elapsed, target_s)
        weight = Weight.BOLD if late or chip else Weight.REGULAR
        need = ink.width(meaning, Size.NOTE if chip else Size.BODY, weight) + (
            ink.line_height(Size.NOTE) * 1.6 if chip else 2
        )
        gap = ink.theme.mm(1.5)
        own = ink.width(words, size, Weight.SEMIBOLD) + 2
        half = min(own, max(rect.width() * 0.4, rect.width() - need - gap))
        ink.text(QRectF(rect.left(), rect.top(), half, rect.height()), words, size=size, weight=Weight.SEMIBOLD)
        right = rect.adjusted(half + gap, 0, 0, 0)
        if chip is not None:
            self._chip(ink, right, meaning, chip)
        else:
            colour = ink.look.ink if late else ink.look.soft
            ink.text(right, meaning, weight=weight, side=Side.RIGHT, colour=colour)

    def _meaning(self, card: CardView, elapsed: int, target_s: float | None) -> tuple[str, Icon | None, bool]:
        """What the time means or what the card waits for, its shape if it wants attention, and whether it is late."""
        if card.blocked:
            return self.ui.tr("lane full"), Icon.BLOCKED, False
        if card.again:
            return self.ui.tr("scan again"), Icon.ARROW, False
        if not target_s:
            return "", None, False
        late = elapsed - round(target_s * US_PER_S)
        if late > 0:
            return self.ui.tr("{time} over", time=duration(late)), None, True
        return self.ui.tr("on target"), None, False

    def _chip(self, ink: Ink, rect: QRectF, words: str, icon: Icon) -> None:
        look = ink.look
        wants = icon is Icon.ARROW
        fill, text = (look.action, look.on_action) if wants else (look.inverse, look.on_inverse)
        height = min(rect.height(), ink.line_height(Size.NOTE) * 1.1)
        place = QRectF(rect.left(), rect.center().y() - height / 2, rect.width(), height)
        paint_chip(ink, place, words, icon=icon, fill=fill, text=text, side=Side.RIGHT)

    def _paint_bar(self, ink: Ink, rect: QRectF, card: CardView, target_s: float | None) -> None:
        """Time as a bar: up to the target in grey, beyond it in ink; the mark is the target."""
        ink.field(rect, ink.look.sunk, radius_mm=0)
        if not target_s:
            return
        mark = rect.width() / BAR_ROOM
        done = min(rect.width(), mark * self._elapsed.get(card.id, 0) / (target_s * US_PER_S))
        ink.field(QRectF(rect.left(), rect.top(), min(done, mark), rect.height()), ink.look.idle, radius_mm=0)
        if done > mark:
            ink.field(QRectF(rect.left() + mark, rect.top(), done - mark, rect.height()), ink.look.ink, radius_mm=0)
        thick = ink.theme.mm(0.5)
        ink.field(
            QRectF(rect.left() + mark - thick, rect.top() - thick, thick * 2, rect.height() + thick),
            ink.look.ink,
            radius_mm=0,
        )

    def _why_empty(self, view: StationView) -> tuple[Text, Text]:
        match view.state:
            case StationState.STOPPED:
                return Text("Stopped"), Text("Nothing is started until the stop is cleared.")
            case StationState.RESTARTING:
                left = countdown(view.restart_left_us)
                return Text("Restarting in {time}", {"time": left}), Text("Then scan the next card to start it.")
            case StationState.STARVED if not self._makes:
                return Text("Waiting for material"), Text("A store is empty.")
            case _ if not self._makes:
                return Text("Ready"), Text("Scan or touch a container when you take it.")
            case StationState.STARVED:
                return Text("Waiting for material"), Text("A card is on its way.")
            case _ if view.next:
                return Text("Ready"), Text("Scan or touch the next card to start it.")
            case _:
                return Text("Nothing to make"), Text("A card that comes back empty asks for more.")
