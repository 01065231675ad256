"""The newest closed calls, of a station or a reason if one is chosen; each with its times, and how to go on with it."""

import msgspec
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from shopfloor.core.commands_andon import OpenProblem, ReopenCall
from shopfloor.core.names import station_name
from shopfloor.core.state_andon import service_key
from shopfloor.core.text import Text
from shopfloor.flow.andon.record import CALLS, CallRecord
from shopfloor.gui.bridge import AskHistory
from shopfloor.gui.calls_actions import REOPEN_REASONS, Offer
from shopfloor.gui.calls_closed import closed_facts, closed_row
from shopfloor.gui.calls_faces import reason_text
from shopfloor.gui.calls_hub import CallsHub
from shopfloor.gui.figures import FigureFeed
from shopfloor.gui.icons import Icon
from shopfloor.gui.loops_info import Fact
from shopfloor.gui.sheet import Choice
from shopfloor.gui.side_by_side import ListAndDetail
from shopfloor.gui.station.questions import reason_choices
from shopfloor.gui.station.words import data
from shopfloor.gui.touch import Tone

LAST = 200  # what somebody looks back over; older ones are in the figures
ALL = ""
ONLY, REOPEN, PROBLEM = "only", "reopen", "problem"
STATION, REASON = "station ", "reason "  # before the id, in the keys of the sheet


class HistoryPart(ListAndDetail):
    """It asks for the past when it is first shown, and takes what is closed from then on."""

    def __init__(self, hub: CallsHub, ask: AskHistory, parent: QWidget | None = None) -> None:
        super().__init__(hub.ui, parent)
        self._hub, self._ask = hub, ask
        self._feed: FigureFeed | None = None
        self._records: tuple[CallRecord, ...] = ()
        self._chosen = ""
        self.station, self.reason = ALL, ALL
        self.list.chosen.connect(self.choose)
        self.detail.wanted.connect(self._on_wanted)

    def refresh(self) -> None:
        """Show what is known by now."""
        if self._feed is None:
            self._feed = FigureFeed(self._hub.model, self._ask, ((CALLS, ""),), last=LAST, parent=self)
            self._feed.changed.connect(self._on_figures)
            self._read()
        self._show()

    @Slot(object)
    def choose(self, call: str) -> None:
        """Look at this one."""
        self._chosen = call
        self._show()

    def shown(self) -> CallRecord | None:
        """The call that is looked at: the chosen one, else the newest."""
        records = self.records()
        return next((r for r in records if r.id == self._chosen), None) or next(iter(records), None)

    def records(self) -> tuple[CallRecord, ...]:
        """The closed calls by what is chosen, the newest first."""
        return tuple(r for r in self._records if self.station in {ALL, r.station} and self.reason in {ALL, r.reason})

    @Slot()
    def _on_figures(self) -> None:
        self._read()
        if self.isVisible():
            self._show()

    def _read(self) -> None:
        rows = self._feed.rows(CALLS) if self._feed is not None else []
        found = {row.n: _DECODER.decode(row.body) for row in rows}
        self._records = tuple(sorted(found.values(), key=lambda record: record.raised_us, reverse=True))

    def _show(self) -> None:
        shop, zone, now_us = self._hub.shop, self._hub.zone(), self._hub.now().at_us
        rows = [closed_row(shop, record, zone, now_us) for record in self.records()]
        record = self.shown()
        self.list.show_rows(rows, self._nothing(), marked=record.id if record else "", calm=Icon.IDLE)
        self.show_detail(on=bool(self._records))
        if record is not None:
            name = f"{station_name(shop, record.station)} · {self._ui.say(reason_text(shop, record.reason))}"
            self.detail.show_this(record.id, data(name), closed_facts(shop, record, zone), self._offers(record))
        elif self._records:
            self.detail.show_this("", Text("History"), (Fact(Text("No closed call of these.")),), self._filters())

    def _nothing(self) -> Text:
        feed = self._feed
        if feed is not None and feed.trouble:
            return Text("The past cannot be read.")
        if feed is None or feed.waiting or not self._hub.model.ready:
            return Text("Reading the past…")
        return Text("No closed call of these.") if self._records else Text("No call was closed yet.")

    def _offers(self, record: CallRecord) -> tuple[Offer, ...]:
        if not self._hub.acts:
            return self._filters()
        shop = self._hub.shop
        open_again = shop.open_call(record.station, record.reason) is not None
        found = [Offer(REOPEN, Text("REOPEN"), Icon.UNDO, on=not open_again)]
        problem = shop.problems.get(service_key(record.station, record.reason))
        if record.reason and not (problem and problem.open):
            found.append(Offer(PROBLEM, Text("RECURS"), Icon.ASK))
        return (*self._filters(), *found)

    def _filters(self) -> tuple[Offer, ...]:
        shop = self._hub.shop
        chosen = [self._ui.say(reason_text(shop, self.reason))] if self.reason else []
        if self.station:
            chosen.insert(0, station_name(shop, self.station))
        note = data(" · ".join(chosen)) if chosen else Text("all")
        return (Offer(ONLY, Text("ONLY"), Icon.SEARCH, Tone.INVERSE if chosen else Tone.PLAIN, note),)

    @Slot(object)
    def _on_wanted(self, what: str) -> None:
        record, shop = self.shown(), self._hub.shop
        match what:
            case "only":
                self._hub.sheet.ask(Text("Only which ones?"), self._narrowings(), self._on_only)
            case "reopen" if record is not None:
                self._hub.sheet.ask(
                    Text("Why is it open again?"),
                    reason_choices(REOPEN_REASONS),
                    lambda why: self._reopen(record, why),
                    detail=reason_text(shop, record.reason),
                )
            case "problem" if record is not None:
                at = self._hub.at(record.station)
                self._hub.send(OpenProblem(station=at, at=record.station, reason=record.reason))
            case _:
                pass

    def _reopen(self, record: CallRecord, why: str) -> None:
        at = self._hub.at(record.station)
        self._hub.send(ReopenCall(station=at, call=record.id, at=record.station, reason=record.reason, why=why))

    def _narrowings(self) -> list[Choice]:
        """Everything, then each station and each reason that has one."""
        shop = self._hub.shop
        stations = dict.fromkeys(r.station for r in self._records)
        reasons = dict.fromkeys(r.reason for r in self._records if r.reason)
        return [
            Choice(ALL, Text("ALL"), Icon.REPEAT, Tone.ACTION),
            *(Choice(f"{STATION}{key}", data(station_name(shop, key)), note=Text("station")) for key in stations),
            *(Choice(f"{REASON}{key}", reason_text(shop, key), note=Text("reason")) for key in reasons),
        ]

    def _on_only(self, answer: str) -> None:
        if answer.startswith(STATION):
            self.station = answer.removeprefix(STATION)
        elif answer.startswith(REASON):
            self.reason = answer.removeprefix(REASON)
        else:
            self.station = self.reason = ALL
        self.list.go(0)
        self._show()


_DECODER = msgspec.json.Decoder(CallRecord)
