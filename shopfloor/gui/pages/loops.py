"""The loops: each as a row of its cards by state, most urgent first; one of them in full, with what can be done."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core import commands as c
from shopfloor.core.decide_loop import QUANTITY_MAX
from shopfloor.core.line import Line
from shopfloor.core.loop_views import LoopRole, LoopRow, Pace, card_title, loop_rows, rows_of
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state import Card
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.loop_pace import ROWS_LOOKED_AT, Evidence, Why, line_paces, loop_evidence, why_cards
from shopfloor.gui import loops_actions as act
from shopfloor.gui.amounts import ask_amount
from shopfloor.gui.bridge import AskHistory, LineModel, PrintCards
from shopfloor.gui.figures import FigureFeed
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import ink_on
from shopfloor.gui.loops_count import CardCount
from shopfloor.gui.loops_detail import LoopDetail, card_lines
from shopfloor.gui.loops_faces import row_face
from shopfloor.gui.loops_info import Fact, Info, audit_facts, print_facts, why_facts
from shopfloor.gui.loops_list import LoopList
from shopfloor.gui.picks import PickRow, button_width
from shopfloor.gui.sheet import Choice, Sheet
from shopfloor.gui.station.questions import HOLD_REASONS, reason_choices
from shopfloor.gui.station.words import data, paper_note
from shopfloor.gui.theme import GAP_MM, TARGET_MM
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.touch import TouchButton
from shopfloor.gui.ui import Ui

TICK_MS = 1_000  # what is shown is rounded to ten seconds and more
COALESCE_MS = 60  # a burst of scans is one look at the loops
PACE_EVERY_S = 10  # a pace is a mean over an hour
REORDER_S = 5  # rows that change places under a finger are worse than rows five seconds late
FIGURES_MAX = 40 * ROWS_LOOKED_AT  # forty loops with what a pace looks at

_ROLES = (
    (LoopRole.ALL, Text("All loops")),
    (LoopRole.CONSUMER, Text("Consumer")),
    (LoopRole.SUPPLIER, Text("Supplier")),
    (LoopRole.PLANNER, Text("Planner")),
)
_NOTHING = {
    LoopRole.ALL: Text("No loop yet: the line file names none."),
    LoopRole.CONSUMER: Text("Nothing is taken from a loop here."),
    LoopRole.SUPPLIER: Text("No loop is filled from here."),
    LoopRole.PLANNER: Text("Nothing to decide: every loop is as it was planned."),
}


class LoopsPage(QWidget):
    """Rows of loops for a role; touched, one in full. `stations`: the terminal's own or its desk, none on a board.

    Signals:
        answered(Outcome): a command of this page came to something.
    """

    answered = Signal(object)

    def __init__(
        self,
        model: LineModel,
        ui: Ui,
        ask: AskHistory,
        parent: QWidget | None = None,
        *,
        stations: tuple[str, ...] = (),
        print_cards: PrintCards | None = None,
    ) -> None:
        super().__init__(parent)
        self._model, self._ui, self._stations, self._print = model, ui, stations, print_cards
        self._feed = FigureFeed(model, ask, ("made", "lead"), last=FIGURES_MAX, parent=self)
        self._rows: tuple[LoopRow, ...] = ()
        self._paces: dict[str, Pace] = {}
        self._paced_us = self._ordered_us = 0
        self._calendar: tuple[Line, WorkCalendar] | None = None
        self._open = ""
        self._evidence: tuple[str, int, Evidence, Why | None] | None = None
        self.role = LoopRole.ALL
        self.picks, self.list = PickRow(ui, self), LoopList(ui, self)
        self.turn = TouchButton(ui, Text("More"), icon=Icon.MORE, parent=self)
        self.detail, self.sheet = LoopDetail(ui, self), Sheet(ui, self)
        self._count = CardCount(self.sheet, lambda: self._model.shop, self._lose)
        self._tick = NamedTimer(self, "loops-tick", TICK_MS, self.refresh)
        self._soon = NamedTimer(self, "loops-soon", COALESCE_MS, self.refresh, once=True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._connect()
        self.show_role(LoopRole.ALL)

    @Slot()
    def refresh(self) -> None:
        """Look at every loop; rows keep their places for a few seconds."""
        now_us = self._model.now().at_us
        self._measure(now_us)
        shop = self._model.shop
        rows = loop_rows(shop, now_us, self._paces, worked=self._work().working_us)
        self._rows = self._in_order(rows, now_us)
        mine = rows_of(shop, self._rows, self.role, tuple(at for at in self._stations if at in shop.stations))
        nothing = _NOTHING[self.role if shop.line.loops else LoopRole.ALL] if self._model.ready else Text("")
        self.list.show_faces([row_face(row) for row in mine], nothing)
        self._show_open(now_us)

    def show_role(self, role: LoopRole) -> None:
        """Show what concerns a role."""
        self.role, self._ordered_us = role, 0
        self.picks.offer([(known.value, word) for known, word in _ROLES], role.value)
        self.list.home()
        self.refresh()

    def open_loop(self, loop: str) -> None:
        """Show one loop in full."""
        self._open = loop
        self.detail.turn_to(Info.WHY)
        self._show_open(self._model.now().at_us)
        self.detail.back.settle()
        self.detail.show()
        self.detail.raise_()

    def close_loop(self) -> None:
        """Back to the rows."""
        self._open = ""
        self.detail.hide()

    def _connect(self) -> None:
        self._model.reset.connect(self._on_news)
        self._model.updated.connect(self._on_news)
        self._feed.changed.connect(self._on_figures)
        self._ui.changed.connect(self._place)
        self.picks.picked.connect(lambda role: self.show_role(LoopRole(role)))
        self.list.chosen.connect(self.open_loop)
        self.list.turned.connect(self._on_turned)
        self.turn.clicked.connect(self.list.turn)
        self.detail.left.connect(self.close_loop)
        self.detail.asked.connect(lambda _info: self._show_open(self._model.now().at_us))
        self.detail.chosen.connect(self._ask_card)
        self.detail.more.connect(self._list_cards)
        self.detail.planned.connect(self._ask_plan)
        self.answered.connect(self._on_answered)
        self.detail.plan.setVisible(bool(self._stations))

    @Slot()
    def _on_news(self) -> None:
        if self.isVisible() and not self._soon.isActive():
            self._soon.start()

    @Slot()
    def _on_figures(self) -> None:
        self._paced_us, self._evidence = 0, None
        self._on_news()

    def _measure(self, now_us: int) -> None:
        if 0 <= now_us - self._paced_us < PACE_EVERY_S * US_PER_S and self._paced_us:
            return
        shop, self._paced_us = self._model.shop, now_us
        cards = {loop: list(found.values()) for loop, found in shop.by_loop.items()}
        self._paces = line_paces(shop.line, cards, self._feed.rows("made"), self._feed.rows("lead"), self._work())

    def _in_order(self, rows: tuple[LoopRow, ...], now_us: int) -> tuple[LoopRow, ...]:
        """The new rows, in the order of the ones before while that is young or a finger rests on one."""
        found = {row.id: row for row in rows}
        young = 0 <= now_us - self._ordered_us < REORDER_S * US_PER_S or self.list.is_pressed()
        if self._ordered_us and young and found.keys() == {row.id for row in self._rows}:
            return tuple(found[row.id] for row in self._rows)
        self._ordered_us = now_us
        return rows

    def _work(self) -> WorkCalendar:
        line = self._model.shop.line
        if self._calendar is None or self._calendar[0] is not line:
            self._calendar = (line, WorkCalendar(line))
        return self._calendar[1]

    def _row(self) -> LoopRow | None:
        return next((row for row in self._rows if row.id == self._open), None)

    def _show_open(self, now_us: int) -> None:
        row = self._row()
        if row is None:
            if self._open:
                self.close_loop()
            return
        self.detail.show_loop(row, card_lines(self._model.shop, row, now_us), self._facts(row))

    def _facts(self, row: LoopRow) -> tuple[Fact, ...]:
        match self.detail.info:
            case Info.WHY:
                return why_facts(row, *self._why(row), self._model.shop.changes.get(row.id))
            case Info.PRINT:
                return print_facts(row)
            case Info.AUDIT:
                return audit_facts(row)

    def _why(self, row: LoopRow) -> tuple[Evidence, Why | None]:
        known = self._evidence
        if known is None or known[:2] != (row.id, self._paced_us):
            shop = self._model.shop
            made, leads = (self._feed.rows(series, row.id) for series in ("made", "lead"))
            evidence = loop_evidence(shop.of_loop(row.id), made, leads, self._work())
            known = (row.id, self._paced_us, evidence, why_cards(shop.loops[row.id], row.unit, evidence))
            self._evidence = known
        return known[2], known[3]

    @Slot(object)
    def _ask_card(self, card_id: str) -> None:
        shop = self._model.shop
        card = shop.cards.get(card_id)
        if card is None or card.loop not in shop.loops:
            return
        choices = self._choices(card) if self._stations else ()
        if choices:
            title, note = data(card_title(shop, card_id)), paper_note(card)
            self.sheet.ask(title, choices, partial(self._do_card, card_id), detail=note)
        else:
            self._say(Text("Nothing can be done here."), Text("Cards are changed at a terminal of the line."))

    def _choices(self, card: Card) -> tuple[Choice, ...]:
        shop = self._model.shop
        taught, printing = card.id in shop.taught.values(), self._print is not None
        return act.card_choices(card, shop.loops[card.loop], taught=taught, printing=printing)

    def _do_card(self, card: str, answer: str) -> None:
        if answer == "print" and self._print is not None:
            self._print(self._model.shop.cards[card].loop, card, self._say)
            return
        if answer == "forget":
            for text in [text for text, stands_for in self._model.shop.taught.items() if stands_for == card]:
                self._send(c.TeachCode(station=self._stations[0], code=text, card=""))
            return
        command = act.card_command(answer, self._stations[0], card)
        if command is not None:
            self._send(command)
            return
        hold = answer == "hold"
        question = Text("Why is it on hold?") if hold else Text("Why does it retire?")
        reasons = reason_choices(HOLD_REASONS if hold else act.RETIRE_REASONS)
        self.sheet.ask(
            question,
            reasons,
            lambda reason: self._send(act.card_command(answer, self._stations[0], card, reason)),
            detail=data(card_title(self._model.shop, card)),
        )

    @Slot()
    def _list_cards(self) -> None:
        choices = [
            Choice(line.id, data(line.title), note=Text("print anew") if line.stale else line.place)
            for line in self.detail.cards.lines()
        ]
        self.sheet.ask(Text("CARDS, MOST URGENT FIRST"), choices, self._ask_card)

    @Slot()
    def _ask_plan(self) -> None:
        row = self._row()
        if row is not None:
            choices = act.loop_choices(
                row, changing=row.id in self._model.shop.changes, printing=self._print is not None
            )
            self.sheet.ask(data(row.name), choices, partial(self._do_plan, row.id))

    def _do_plan(self, loop: str, answer: str) -> None:
        station = self._stations[0]
        row = self._row()
        match answer:
            case "lot":
                self._send(c.ReleaseLot(station=station, loop=loop))
            case "cancel":
                self._send(c.CancelChange(station=station, loop=loop))
            case "hold":
                self.sheet.ask(Text("Why is it on hold?"), reason_choices(HOLD_REASONS), partial(self._hold, loop))
            case "release":
                self._send_all(act.released(self._model.shop.of_loop(loop), station))
            case "count":
                self._count.ask(loop)
            case "print" if self._print is not None:
                self._print(loop, "", self._say)
            case "extra":
                self.sheet.ask(Text("How many extra cards, for one turn?"), act.extra_choices(), self._ask_extra)
            case "cards" if row is not None:
                _, why = self._why(row)
                choices = act.number_choices(row.planned, why.sizing.cards if why else None)
                self.sheet.ask(Text("How many cards from then on?"), choices, lambda n: self._ask_day(cards=int(n)))
            case "quantity" if row is not None:
                question = Text("How much does a card stand for from then on?")
                ask_amount(
                    self.sheet, question, lambda n: self._ask_day(quantity=n), most=QUANTITY_MAX, full=row.quantity
                )

    def _hold(self, loop: str, reason: str) -> None:
        self._send_all(act.held(self._model.shop.of_loop(loop), self._stations[0], reason))

    def _send_all(self, commands: tuple[c.Command, ...]) -> None:
        for command in commands:
            self._send(command)

    def _lose(self, card: str) -> None:
        self._send(c.LoseCard(station=self._stations[0], card=card))

    def _ask_extra(self, count: str) -> None:
        loop = self._open
        self.sheet.ask(
            Text("Why are there more?"),
            reason_choices(act.EXTRA_REASONS),
            lambda reason: self._send(
                c.IssueCards(station=self._stations[0], loop=loop, count=int(count), reason=reason)
            ),
        )

    def _ask_day(self, *, cards: int | None = None, quantity: int | None = None) -> None:
        self.sheet.ask(Text("From when?"), act.day_choices(), partial(self._plan, self._open, cards, quantity))

    def _plan(self, loop: str, cards: int | None, quantity: int | None, when: str) -> None:
        work = self._work()
        from_us, end_us = work.day_bounds(self._model.now().at_us)
        for _ in range(act.DAYS[when]):
            from_us, end_us = work.day_bounds(end_us)
        day = work.local(from_us).date().isoformat()
        station = self._stations[0]
        self._send(
            c.PlanChange(station=station, loop=loop, cards=cards, quantity=quantity, from_day=day, from_us=from_us)
        )

    def _send(self, command: c.Command | None) -> None:
        if command is not None and not self._model.send(command, reply=self.answered.emit):
            self._say(Text("It was not taken: too much at once."), Text("Try again in a moment."))

    @Slot(object)
    def _on_answered(self, outcome: Outcome) -> None:
        if outcome.refusal is not None:
            self._say(outcome.words, outcome.remedy)

    def _say(self, words: Text, remedy: Text) -> None:
        self.sheet.ask(words, (Choice("ok", Text("OK"), Icon.CHECK),), lambda _answer: None, detail=remedy)

    @Slot()
    def _on_turned(self) -> None:
        first, last, total = self.list.span()
        self.turn.note = Text("{first}–{last} of {total}", {"first": first, "last": last, "total": total})
        self.turn.setVisible(total > self.list.room())
        self.turn.update()
        self._place()

    def _place(self) -> None:
        theme = self._ui.theme
        gap, high = theme.mm(GAP_MM), theme.mm(TARGET_MM)
        more = button_width(self._ui, self.turn.word) + theme.mm(14) if not self.turn.isHidden() else 0
        self.picks.setGeometry(0, 0, max(1, self.width() - more - (gap if more else 0)), high)
        self.turn.setGeometry(self.width() - more, 0, max(1, more), high)
        rows = (0, high + gap, self.width(), max(1, self.height() - high - gap))
        if self.list.geometry().getRect() != rows:
            self.list.setGeometry(*rows)
        self.detail.setGeometry(self.rect())
        self.sheet.setGeometry(self.rect())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(self.rect(), ink.look.ground)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything."""
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Look, and go on looking."""
        super().showEvent(event)
        self.refresh()
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """A hidden page costs nothing; an open question is forgotten."""
        super().hideEvent(event)
        self._tick.stop()
        self._soon.stop()
        self.sheet.leave()
