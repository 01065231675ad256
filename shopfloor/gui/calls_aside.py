"""What is put aside: shelved, out of service, explained by another's stop; and hints of rules. One tap takes off."""

from datetime import tzinfo
from enum import StrEnum
from functools import partial

from msgspec import Struct
from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from shopfloor.core import commands as c
from shopfloor.core.call_views import Aside, CallView, advices_at
from shopfloor.core.commands_andon import ReturnToService, SettleFinding, UnshelveCall
from shopfloor.core.line_views import stations_of
from shopfloor.core.moment import US_PER_S, elapsed_us
from shopfloor.core.names import person_name, station_name
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import OutOfService, Shelf, service_key
from shopfloor.core.state_line import Finding
from shopfloor.core.text import Text
from shopfloor.core.words_line import finding_words
from shopfloor.core.words_watch import watch_words
from shopfloor.gui.calls_actions import said
from shopfloor.gui.calls_faces import reason_text
from shopfloor.gui.calls_hub import CallsHub
from shopfloor.gui.calls_rows import fitting
from shopfloor.gui.calls_service import ask_service
from shopfloor.gui.clocks import clock, countdown
from shopfloor.gui.icons import Icon
from shopfloor.gui.ink import Ink, Side, ink_on
from shopfloor.gui.row_list import TURN_MM, Row, RowList
from shopfloor.gui.theme import GAP_MM, PAD_MM, TARGET_MM, Size, Weight
from shopfloor.gui.touch import TouchButton
from shopfloor.gui.ui import Ui

BUTTON_MM = 40.0
QUESTION_SHARE = 0.66  # of a row: a question that needs two lines
ADD_WIDER = 1.4  # than a row's button: it has a shape and a note
ROW_MM = TARGET_MM  # as high as the button beside it


class What(StrEnum):
    """Why it is here."""

    SHELVED = "shelved"
    SERVICE = "service"
    SUPPRESSED = "suppressed"
    HINT = "hint"
    FINDING = "finding"


_LOOKS = {
    What.SHELVED: (Icon.HOLD, Text("SHELVED")),
    What.SERVICE: (Icon.CROSS, Text("OUT OF SERVICE")),
    What.SUPPRESSED: (Icon.REPEAT, Text("EXPLAINED")),
    What.HINT: (Icon.RULE, Text("HINT")),
    What.FINDING: (Icon.ASK, Text("NEEDS A LOOK")),
}
_BACK = {What.SHELVED: Text("TAKE OFF"), What.SERVICE: Text("RETURN"), What.FINDING: Text("SETTLED")}
_BACK_ICONS = {What.FINDING: Icon.CHECK}


class AsideRow(Struct, frozen=True, kw_only=True):
    """One thing. `why` and `by` are of whoever put it here; `end` is when it ends, `calls` whether it calls now."""

    key: str
    what: What
    station_id: str
    reason_id: str
    station: str
    reason: Text
    why: str = ""
    by: str = ""
    stop_at: str = ""
    saw: Text = Text("")
    clock: Text = Text("")
    short_clock: Text | None = None
    note: Text = Text("")
    calls: bool = False

    def paint(self, ink: Ink, rect: QRectF, *, chosen: bool) -> None:
        """Quiet: nobody has to be told."""
        del chosen
        _paint(ink, rect, self)

    def other(self, before: Row, rect: QRectF) -> QRectF:
        """All of it: it changes seldom, and its clock each second."""
        if isinstance(before, AsideRow) and (before.reason, before.why, before.note) == (
            self.reason,
            self.why,
            self.note,
        ):
            return rect.adjusted(rect.width() * 0.6, 0, 0, 0)
        return rect


def aside_rows(hub: CallsHub, calls: tuple[CallView, ...]) -> tuple[AsideRow, ...]:
    """Everything that is put aside, what can be taken off first; `calls` are all open ones."""
    shop = hub.shop
    lying = {service_key(call.station, call.reason): call for call in calls if call.aside is Aside.SHELVED}
    shelves = sorted(shop.shelves.values(), key=lambda shelf: shelf.since.at_us + shelf.for_s * US_PER_S)
    services = sorted(shop.services.values(), key=lambda service: service.since_us)
    return (
        *(_finding(hub, finding) for finding in sorted(shop.findings.values(), key=lambda f: (f.at_us, f.id))),
        *(_shelved(hub, shelf, calls=service_key(shelf.station, shelf.reason) in lying) for shelf in shelves),
        *(_out(hub, service) for service in services),
        *(_suppressed(hub, call) for call in calls if call.aside is Aside.SUPPRESSED),
        *hint_rows(shop, hub.zone()),
    )


def hint_rows(shop: Shop, zone: tzinfo) -> tuple[AsideRow, ...]:
    """The hints of rules whose effect is to advise."""
    return tuple(
        AsideRow(
            key=f"hint {station.id}/{hint.reason}",
            what=What.HINT,
            station_id=station.id,
            reason_id=hint.reason,
            station=station.name,
            reason=reason_text(shop, hint.reason),
            saw=watch_words(hint.args),
            clock=Text("since {time}", {"time": clock(hint.since_us, zone, seconds=False)}),
        )
        for station in shop.line.stations
        for hint in advices_at(shop, station.id)
    )


class AsidePart(QWidget):
    """The rows, each with its button.

    Signals:
        taken: something was taken off.
    """

    taken = Signal()

    def __init__(self, hub: CallsHub, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._hub, self._ui = hub, hub.ui
        self._rows: dict[str, AsideRow] = {}
        self._meant: list[str] = []
        self.list = RowList(hub.ui, self, row_mm=ROW_MM)
        self.buttons: list[TouchButton] = []
        self.add = TouchButton(hub.ui, Text("ADD"), icon=Icon.CROSS, parent=self)
        self.add.mean(Text("ADD"), icon=Icon.CROSS, note=Text("out of service"))
        self.add.clicked.connect(self._on_add)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.turned.connect(self._place_buttons)
        hub.ui.changed.connect(self._place)

    def show_calls(self, calls: tuple[CallView, ...]) -> None:
        """Show what is put aside now; `calls` are all open ones."""
        rows = aside_rows(self._hub, calls)
        self._rows = {row.key: row for row in rows}
        nothing = Text("Nothing is put aside, and no rule has a hint.") if self._hub.model.ready else Text("")
        turned = self._turns
        self.list.show_rows(rows, nothing)
        if turned != self._turns:
            self._place()
        self._place_buttons()

    @property
    def _turns(self) -> bool:
        """Whether there are more rows than fit above ADD: it stands beside the button that turns then."""
        return self._hub.acts and not self.list.all_fit(self.height() - self._add_height() - self._ui.theme.mm(GAP_MM))

    def _add_height(self) -> int:
        return self._ui.theme.mm(TARGET_MM)

    @Slot()
    def _on_add(self) -> None:
        ask_service(self._hub)

    def _on_touched(self, at: int) -> None:
        row = self._rows.get(self._meant[at]) if at < len(self._meant) else None
        if row is not None:
            self._hub.send(_back_command(row, self._hub.at(row.station_id)))
            self.taken.emit()

    def _button(self, at: int) -> TouchButton:
        while len(self.buttons) <= at:
            button = TouchButton(self._ui, Text("TAKE OFF"), icon=Icon.BACK, parent=self)
            button.clicked.connect(partial(self._on_touched, len(self.buttons)))
            self.buttons.append(button)
        return self.buttons[at]

    def _place_buttons(self) -> None:
        theme = self._ui.theme
        shown = self.list.row_rects() if self._hub.acts else []
        meant = [key for key, _ in shown]
        for at, (key, rect) in enumerate(shown):
            row = self._rows.get(key)
            button = self._button(at)
            word = _BACK.get(row.what) if row is not None else None
            button.setVisible(word is not None)
            if word is not None:
                button.mean(word, icon=_BACK_ICONS.get(row.what, Icon.BACK) if row is not None else None)
                if at >= len(self._meant) or self._meant[at] != key:
                    button.settle()
                wide = theme.mm(BUTTON_MM)
                button.setGeometry(self.width() - wide, round(rect.top()), wide, round(rect.height()))
        for button in self.buttons[len(shown) :]:
            button.hide()
        self._meant = meant

    def _place(self) -> None:
        theme = self._ui.theme
        buttons = theme.mm(BUTTON_MM) + theme.mm(GAP_MM) if self._hub.acts else 0
        turns = self._turns
        high = theme.mm(TURN_MM) if turns else self._add_height()
        below = high + theme.mm(GAP_MM) if self._hub.acts and not turns else 0
        wide = round(theme.mm(BUTTON_MM) * ADD_WIDER)
        self.list.beside = wide - theme.mm(BUTTON_MM) if turns else 0
        self.list.setGeometry(0, 0, max(1, self.width() - buttons), max(1, self.height() - below))
        self.add.setVisible(self._hub.acts)
        self.add.setGeometry(self.width() - wide, self.height() - high, wide, high)
        self._place_buttons()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The ground."""
        with ink_on(self, self._ui) as ink:
            ink.painter.fillRect(self.rect(), ink.look.ground)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place everything."""
        super().resizeEvent(event)
        self._place()


def _back_command(row: AsideRow, at: str) -> c.Command | None:
    match row.what:
        case What.SHELVED:
            return UnshelveCall(station=at, at=row.station_id, reason=row.reason_id)
        case What.SERVICE:
            return ReturnToService(station=at, at=row.station_id, reason=row.reason_id)
        case What.FINDING:
            return SettleFinding(station=at, finding=row.key)
        case _:
            return None


def _finding(hub: CallsHub, finding: Finding) -> AsideRow:
    shop = hub.shop
    words, remedy = finding_words(shop, finding, hub.zone())
    stations = stations_of(shop, finding)
    return AsideRow(
        key=finding.id,
        what=What.FINDING,
        station_id=stations[-1] if stations else "",
        reason_id="",
        station=", ".join(station_name(shop, station) for station in stations),
        reason=words,
        saw=remedy,
        clock=Text("since {time}", {"time": clock(finding.at_us, hub.zone(), seconds=False)}),
    )


def _shelved(hub: CallsHub, shelf: Shelf, *, calls: bool) -> AsideRow:
    shop = hub.shop
    left_us = round(shelf.for_s * US_PER_S) - elapsed_us(shelf.since, hub.now())
    args: dict[str, str | int] = {"time": countdown(max(0, left_us))}
    note = Text("until it clears, at most {time}" if shelf.one_shot else "for {time} more", args)
    return AsideRow(
        key=f"shelf {service_key(shelf.station, shelf.reason)}",
        what=What.SHELVED,
        station_id=shelf.station,
        reason_id=shelf.reason,
        station=station_name(shop, shelf.station),
        reason=reason_text(shop, shelf.reason),
        why=shelf.why,
        by=person_name(shop, shelf.by),
        clock=note,
        short_clock=Text("until it clears") if shelf.one_shot else None,
        calls=calls,
    )


def _out(hub: CallsHub, service: OutOfService) -> AsideRow:
    shop = hub.shop
    since = clock(service.since_us, hub.zone(), seconds=False)
    return AsideRow(
        key=f"out {service_key(service.station, service.reason)}",
        what=What.SERVICE,
        station_id=service.station,
        reason_id=service.reason,
        station=station_name(shop, service.station),
        reason=reason_text(shop, service.reason),
        why=service.why,
        by=person_name(shop, service.by),
        clock=Text("since {time}", {"time": since}),
        note=Text("") if service.reason else Text("everything here"),
    )


def _suppressed(hub: CallsHub, call: CallView) -> AsideRow:
    return AsideRow(
        key=f"call {call.id}",
        what=What.SUPPRESSED,
        station_id=call.station,
        reason_id=call.reason,
        station=call.station_name,
        reason=reason_text(hub.shop, call.reason),
        stop_at=call.suppressed_by,
        clock=Text("since {time}", {"time": clock(call.raised_at_us, hub.zone(), seconds=False)}),
        calls=True,
    )


def _details(ui: Ui, row: AsideRow) -> tuple[str, ...]:
    """Whose it is and why, in full and shorter."""
    if row.what is What.SUPPRESSED:
        return (ui.tr("explained by the stop at {station}", station=row.stop_at),)
    if row.what is What.FINDING:
        return (ui.say(row.saw),)
    if row.what is What.HINT:
        nobody = ui.tr("a hint of a rule: nobody is called")
        return (ui.say(row.saw), nobody) if row.saw.template else (nobody,)
    why = ui.say(said(row.why))
    now = (ui.tr("calls now"),) if row.calls else ()
    return " · ".join([*now, row.by, why]) if row.by else " · ".join([*now, why]), " · ".join([*now, row.by or why])


def _paint(ink: Ink, rect: QRectF, row: AsideRow) -> None:
    ui, theme, look = ink.ui, ink.theme, ink.look
    ink.field(rect, look.panel, edge=look.edge)
    pad = theme.mm(PAD_MM)
    inner = rect.adjusted(pad, pad * 0.4, -pad, -pad * 0.4)
    icon, word = _LOOKS[row.what]
    side = min(theme.mm(6.5), inner.height() * 0.5)
    ink.icon(QRectF(inner.left(), inner.center().y() - side / 2, side, side), icon, look.soft)
    inner.adjust(side + pad, 0, 0, 0)
    clocks = ui.say(row.clock), ui.say(row.short_clock or row.clock)
    needed = max(ink.width(ui.say(word), Size.NOTE, Weight.BOLD), ink.width(clocks[-1], Size.NOTE)) + 2
    asks = row.what is What.FINDING
    wide = min(inner.width() * 0.55, needed if asks else max(inner.width() * 0.38, needed))
    words = inner.adjusted(0, 0, -wide - pad, 0)
    reason = ui.say(row.note if row.note.template else row.reason)
    title = reason if asks else f"{row.station} · {reason}"
    # A question needs the room, for where it was is part of it: the whole width, and two lines.
    long = asks and ink.width(title, Size.BODY, Weight.SEMIBOLD) > words.width()
    split = inner.height() * (QUESTION_SHARE if long else 0.5)
    upper, lower = (inner if long else words).adjusted(0, 0, 0, split - inner.height()), words.adjusted(0, split, 0, 0)
    ink.text(upper, title, weight=Weight.SEMIBOLD, lines=2 if long else 1, may_cut=not asks)
    right = inner.adjusted(inner.width() - wide, 0, 0, 0)
    if not long:
        above = right.adjusted(0, 0, 0, -inner.height() / 2)
        ink.text(above, ui.say(word), size=Size.NOTE, weight=Weight.BOLD, side=Side.RIGHT)
    below = right.adjusted(0, split, 0, 0)
    ink.text(below, fitting(ink, clocks, wide), size=Size.NOTE, colour=look.soft, side=Side.RIGHT)
    ink.text(lower, fitting(ink, _details(ui, row), lower.width()), size=Size.NOTE, colour=look.soft, may_cut=True)
