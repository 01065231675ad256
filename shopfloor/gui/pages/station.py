"""The station page: what next, in takt or not, how full, was the last scan accepted, help and stop in one touch."""

from PySide6.QtCore import QRect, Qt, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core import commands as c
from shopfloor.core.codes import UnknownWhy
from shopfloor.core.commands_andon import NameCall
from shopfloor.core.decision import Source
from shopfloor.core.line_views import away, on_line, other_post
from shopfloor.core.moment import Now
from shopfloor.core.names import loop_name, reason_name
from shopfloor.core.rights import Right, refuse_right
from shopfloor.core.rules import Rule
from shopfloor.core.state import CardState
from shopfloor.core.text import Text
from shopfloor.core.update import Update
from shopfloor.core.views import StationView, station_view
from shopfloor.core.words import clock_text
from shopfloor.core.words_line import finding_words
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.clocks import zone_of
from shopfloor.gui.figures import FigureFeed
from shopfloor.gui.sheet import Sheet
from shopfloor.gui.station import questions as ask
from shopfloor.gui.station.actions import ActionBar
from shopfloor.gui.station.cards import CardQuestions
from shopfloor.gui.station.cycles import ROWS_MAX, SERIES, CyclePanel
from shopfloor.gui.station.hint import HintLine
from shopfloor.gui.station.layout import plan_page
from shopfloor.gui.station.next import CardListPanel
from shopfloor.gui.station.now import NowPanel
from shopfloor.gui.station.store import StorePanel, to_take
from shopfloor.gui.station.take_over import TakeOverQuestion
from shopfloor.gui.station.whose import WhoseCover
from shopfloor.gui.station.why import CauseQuestion, waits_for_cause, why_offer
from shopfloor.gui.station.wip import WipPanel
from shopfloor.gui.station.words import data
from shopfloor.gui.strip import Strip, strip_height
from shopfloor.gui.theme import GAP_MM, PAD_MM, TARGET_MM
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.ui import Ui

TICK_MS = 250  # a clock that shows seconds is never more than a quarter behind
_ASIDE = frozenset({CardState.HELD, CardState.LOST})
PASSABLE = frozenset({Rule.WIP_LIMIT, Rule.LINE_LIMIT, Rule.NOT_OLDEST})


class StationPage(QWidget):
    """One station. Everything it shows is read from the model's mirror; everything it wants is a command.

    `feed` brings cycle times (None: the plot stays empty). `own` False: it can only be looked at, unless the line says
    that it belongs to this terminal; `place` is where this terminal asks to take it over, "" if it may not.
    """

    def __init__(
        self,
        ui: Ui,
        model: LineModel,
        station: str,
        *,
        feed: FigureFeed | None = None,
        parent: QWidget | None = None,
        own: bool = True,
        place: str = "",
    ) -> None:
        super().__init__(parent)
        self.ui, self.model, self.station = ui, model, station
        self._feed, self._own = feed, own
        self._view: StationView | None = None
        self.now_panel = NowPanel(ui, self)
        self.wip_panel = WipPanel(ui, self)
        self.next_panel = CardListPanel(ui, Text("NEXT, IN ORDER"), Text("Nothing is asked for."), self)
        self.next_panel.short_title = Text("NEXT")
        self.store_panels: list[StorePanel] = []
        self.cycle_panel = CyclePanel(ui, self)
        self.hint, self.strip = HintLine(ui, self), Strip(ui, self)
        self.bar = ActionBar(ui, self)
        self.whose = WhoseCover(ui, self)
        self.sheet = Sheet(ui, self)
        self.taking = TakeOverQuestion(model, self.sheet, station, own=own, place=place)
        self.why, self.cards = CauseQuestion(model, self.sheet, station), CardQuestions(model, self.sheet, station)
        self._tick = NamedTimer(self, f"station-{station}", TICK_MS, self.refresh)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(f"station {station}")
        self._connect()
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the mirror and show it; a station that left the line file keeps its last picture."""
        shop, now = self.model.shop, self.model.now()
        if self.station not in shop.stations:
            return
        before, view = self._view, station_view(shop, self.station, now)
        if (
            before is not None
            and before.verdict != view.verdict
            and self.sheet.geometry().intersects(self.strip.geometry())
        ):
            self.sheet.leave()
        self._view = view
        self.now_panel.show_view(view, shop, now)
        self.wip_panel.show_view(view)
        self.next_panel.show_cards(view.next, now.at_us, aside=len(self.cards.aside()))
        self._show_stores(view)
        self._show_cycles(view)
        zone, link = zone_of(shop.line.timezone), self.model.link()
        self.hint.show_hints(view.advices, now, [finding_words(shop, found, zone)[0] for found in view.findings])
        known = on_line(shop, link, self.station)
        self.strip.show_verdict(shop, self.station, zone, offer=self._offer(view), on_line=known)
        was_ours = self.whose.isHidden()
        self._show_whose(view, now)
        reasons = any(reason.kind == "help" for reason in shop.line.reasons)
        self.bar.show_view(view, help_on=reasons, late_undo=self._may_undo_late(), people=bool(shop.people))
        if before is None or _shape(before) != _shape(view) or was_ours != self.whose.isHidden():
            self._place()

    def _show_whose(self, view: StationView, now: Now) -> None:
        """Whose the station is; an own one nobody has claimed is ours, whatever the line says yet."""
        shop, link = self.model.shop, self.model.link()
        post = other_post(shop, link, self.station)
        taken_at = ""
        if self._own and post is not None and post.epoch:
            taken_at = clock_text(post.since_us, zone_of(shop.line.timezone))
        claimed = self._own or self.station in shop.posts
        self.whose.show_away(view.name, away(shop, link, self.station, now), claimed=claimed, taken_at=taken_at)
        self.whose.show_offer(self.taking.offer(), asked=self.taking.is_asked, said=self.taking.said)

    def _connect(self) -> None:
        self.model.reset.connect(self.refresh)
        self.model.updated.connect(self._on_updated)
        self.ui.changed.connect(self._place)
        if self._feed is not None:
            self._feed.changed.connect(self.refresh)
        self.now_panel.chosen.connect(self.cards.ask)
        self.next_panel.chosen.connect(self.cards.ask)
        self.now_panel.more.connect(self._list_in_process)
        self.next_panel.more.connect(self._list_next)
        self.bar.help.clicked.connect(self._on_help)
        self.bar.stop.clicked.connect(self._on_stop)
        self.bar.undo.clicked.connect(self._on_undo)
        self.bar.sign.clicked.connect(self._on_sign)
        self.strip.touched.connect(self._on_strip)
        self.whose.take.clicked.connect(self._on_take_over)
        self.taking.changed.connect(self.refresh)

    @Slot(object)
    def _on_updated(self, update: Update) -> None:
        if update.outcome is not None and update.outcome.station == self.station:
            self.strip.note(update.outcome, self.model.now().at_us)
        if self.isVisible():  # a page that comes back reads everything anyway
            self.refresh()

    def _show_stores(self, view: StationView) -> None:
        loops = [store.loop for store in view.stores_before]
        if loops != [panel.loop for panel in self.store_panels]:
            for panel in self.store_panels:
                panel.hide()
                panel.deleteLater()
            self.store_panels = [StorePanel(self.ui, loop, self) for loop in loops]
            for panel in self.store_panels:
                panel.chosen.connect(self.cards.ask)
                panel.more.connect(lambda loop=panel.loop: self._list_store(loop))
                panel.stackUnder(self.sheet)
        for panel, store in zip(self.store_panels, view.stores_before, strict=True):
            panel.show_store(store, self.model.shop, self.model.now().at_us)

    def _show_cycles(self, view: StationView) -> None:
        rows = self._feed.newest(SERIES, self.station, ROWS_MAX) if self._feed is not None else []
        self.cycle_panel.show_rows(rows, view.cycle_target_s)

    def _offer(self, view: StationView) -> Text | None:
        """What a touch on the verdict would open: what it asks for first, then what a cleared call waits for."""
        if self._may_pass(view):
            return Text("LET IT PASS ONCE")
        if self._teachable(view):
            return Text("TEACH IT")
        waiting = waits_for_cause(self.model.shop, self.station)
        return why_offer(self.ui, self.model.shop, waiting) if waiting is not None else None

    def _may_pass(self, view: StationView) -> bool:
        rule = view.verdict.rule if view.verdict else ""
        source = Source(station=self.station)
        return (
            rule in PASSABLE and not view.override_by and refuse_right(self.model.shop, source, Right.OVERRIDE) is None
        )

    def _teachable(self, view: StationView) -> str:
        """The foreign code that was read last, if somebody here may say which card it stands for."""
        verdict, source = view.verdict, Source(station=self.station)
        if verdict is None or verdict.rule != Rule.UNKNOWN_CODE or verdict.args.get("why") != UnknownWhy.FORM:
            return ""
        return str(verdict.args["code"]) if refuse_right(self.model.shop, source, Right.TEACH) is None else ""

    def _may_undo_late(self) -> bool:
        step = self.model.shop.book(self.station).step
        source = Source(station=self.station)
        return step is not None and not step.undone and refuse_right(self.model.shop, source, Right.LATE_UNDO) is None

    def _on_help(self) -> None:
        shop = self.model.shop
        # One tap calls; what it is can be said while help is on its way.
        general = shop.line.andon.help_reason
        choices = tuple(choice for choice in ask.call_choices(shop) if choice.key != general)
        if general and shop.open_call(self.station, general) is None:
            self.model.send(c.RaiseCall(station=self.station, reason=general))
        if len(choices) == 1 and not general:
            self._call(choices[0].key)
        elif choices:
            detail = Text("Help is called. Say what it is.") if general else Text("Help comes to this station.")
            self.sheet.ask(Text("What is wrong?"), choices, self._call, detail=detail)

    def _call(self, reason: str) -> None:
        shop = self.model.shop
        below = ask.call_choices(shop, reason)
        if len(below) > 1:
            self.sheet.ask(data(reason_name(shop, reason)), below, self._raise, detail=Text("Which?"))
        else:
            self._raise(reason)

    def _raise(self, reason: str) -> None:
        named = bool(self.model.shop.line.andon.help_reason)
        raising = NameCall if named else c.RaiseCall
        self.model.send(raising(station=self.station, reason=reason))

    def _on_stop(self) -> None:
        self.model.send(c.RaiseCall(station=self.station))

    def _on_undo(self) -> None:
        if self._view is not None and self._view.undo_left_us:
            self.model.send(c.UndoStep(station=self.station))
            return
        self.sheet.ask(
            Text("Why take it back?"),
            ask.reason_choices(ask.UNDO_REASONS),
            lambda reason: self._send(c.UndoStep(station=self.station, reason=reason)),
        )

    def _on_sign(self) -> None:
        signed_on = self.model.shop.book(self.station).person
        choices = ask.person_choices(self.model.shop, signed_on)
        self.sheet.ask(Text("Who works here?"), choices, self._sign, detail=Text("Or scan your badge."))

    def _sign(self, person: str) -> None:
        if person == ask.OUT:
            self._send(c.SignOff(station=self.station))
        else:
            self._send(c.SignOn(station=self.station, person=person))

    @Slot()
    def _on_take_over(self) -> None:
        self.taking.ask()

    def _on_strip(self) -> None:
        view, shop = self._view, self.model.shop
        if view is None or self._may_pass(view):
            self._ask_pass()
            return
        code, waiting = self._teachable(view), waits_for_cause(shop, self.station)
        if code:
            self._ask_teach(code)
        elif waiting is not None:
            self.why.ask(waiting)

    def _ask_teach(self, code: str) -> None:
        shop = self.model.shop
        self.sheet.ask(
            Text("Which card does it stand for?"),
            ask.loop_choices(shop),
            lambda loop: self.sheet.ask(
                data(loop_name(shop, loop)),
                ask.loop_cards(shop, loop),
                lambda card: self._send(c.TeachCode(station=self.station, code=code, card=card)),
                detail=data(code),
            ),
            detail=data(code),
        )

    def _ask_pass(self) -> None:
        self.sheet.ask(
            Text("Why may it pass?"),
            ask.reason_choices(ask.PASS_REASONS),
            lambda reason: self._send(c.GrantOverride(station=self.station, reason=reason)),
            detail=Text("Once, for the next start."),
        )

    def _list_next(self) -> None:
        if self._view is not None:
            self.cards.choose(Text("NEXT, IN ORDER"), [card.id for card in self._view.next] + self.cards.aside())

    def _list_in_process(self) -> None:
        if self._view is not None:
            self.cards.choose(Text("IN PROCESS"), [card.id for card in self._view.in_process])

    def _list_store(self, loop: str) -> None:
        self.cards.choose(Text("TAKE FROM STORE"), [card.id for card in to_take(self.model.shop, loop)])

    def _send(self, command: c.Command) -> None:
        self.model.send(command)

    def _place(self) -> None:
        if self._view is None or self.width() < 10:
            return
        # "Scan a card" is no news at a station of others: its room is for what is looked at.
        is_told = self.whose.isHidden() or self._view.verdict is not None
        spare = 0 if is_told else strip_height(self.ui.theme, self.width()) + self.ui.theme.mm(GAP_MM)
        plan = plan_page(
            self.ui.theme,
            QRect(0, 0, self.width(), self.height() + spare),
            self._view,
            actions_height=self._foot_height(),
            makes=any(self.station in loop.route for loop in self.model.shop.line.loops),
        )
        for widget, rect in (
            (self.now_panel, plan.now),
            (self.wip_panel, plan.wip),
            (self.next_panel, plan.next),
            (self.cycle_panel, plan.cycles),
            (self.hint, plan.hint),
            (self.strip, plan.strip),
            (self.bar, plan.actions),
            (self.sheet, plan.sheet if self.whose.isHidden() else self.rect()),
        ):
            if widget is not self.sheet:
                widget.setVisible(not rect.isEmpty())
            widget.setGeometry(rect)
        for panel, rect in zip(self.store_panels, plan.stores, strict=True):
            panel.setGeometry(rect)
            panel.show()
        self.whose.place(self.rect(), plan.actions.translated(0, -spare))
        self.sheet.raise_()

    def _foot_height(self) -> int:
        """Of the buttons, or of what stands in their place at a station of others."""
        if self.whose.isHidden():
            return self.bar.height_for(self.width())
        return self.ui.theme.mm(TARGET_MM + 2 * PAD_MM)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew."""
        super().resizeEvent(event)
        self._place()

    def showEvent(self, event: QShowEvent) -> None:
        """Clocks run while somebody can see them."""
        super().showEvent(event)
        self.refresh()
        self._tick.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Clocks rest; an open question is forgotten."""
        super().hideEvent(event)
        self._tick.stop()
        self.sheet.leave()


def _shape(view: StationView) -> tuple[int, int, bool, bool, bool]:
    """What the layout depends on."""
    asked, stored = bool(view.lanes_before or view.next), bool(view.stores_after)
    return len(view.in_process), len(view.stores_before), asked, stored, view.has_hints
