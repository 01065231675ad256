"""The open calls, most urgent first, and the one that is looked at with what can be done about it."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from shopfloor.core.call_views import CallView
from shopfloor.core.closing import Asked
from shopfloor.core.commands_andon import GiveCause, NameCall
from shopfloor.core.line_andon import Cause
from shopfloor.core.line_views import seen_of, silent_s
from shopfloor.core.state_andon import service_key
from shopfloor.core.text import Text
from shopfloor.gui import calls_actions as act
from shopfloor.gui.calls_actions import Action
from shopfloor.gui.calls_closed import cause_text
from shopfloor.gui.calls_faces import call_face, reason_text, reason_words
from shopfloor.gui.calls_facts import call_facts
from shopfloor.gui.calls_hub import CallsHub
from shopfloor.gui.calls_rows import CallRow
from shopfloor.gui.line_words import seen_said
from shopfloor.gui.loops_info import Fact
from shopfloor.gui.side_by_side import ListAndDetail
from shopfloor.gui.station.questions import reason_choices
from shopfloor.gui.station.words import data

Then = Callable[[CallView, str], None]


class OpenPart(ListAndDetail):
    """`calls` are those that are not put aside.

    Signals:
        whys(str): the Five Whys of this problem are wanted.
        stops_painted(tuple[str, ...]): the rows of these stops were painted.
    """

    whys = Signal(object)
    stops_painted = Signal(object)

    def __init__(self, hub: CallsHub, parent: QWidget | None = None) -> None:
        super().__init__(hub.ui, parent)
        self._hub = hub
        self._calls: tuple[CallView, ...] = ()
        self._chosen = ""
        self.list.chosen.connect(self.choose)
        self.detail.wanted.connect(self._on_wanted)
        self.list.painted.connect(self._on_painted)

    def show_calls(self, calls: tuple[CallView, ...]) -> None:
        """Show these, most urgent first; nothing changes its place below a finger."""
        if self.list.is_pressed() and {call.id for call in calls} == {call.id for call in self._calls}:
            order = {call.id: at for at, call in enumerate(self._calls)}
            calls = tuple(sorted(calls, key=lambda call: order[call.id]))
        self._calls = calls
        self._show()

    @Slot(object)
    def choose(self, call: str) -> None:
        """Look at this one."""
        self._chosen = call
        self._show()

    def shown(self) -> CallView | None:
        """The call that is looked at: the chosen one, else the most urgent."""
        return self._call(self._chosen) or next(iter(self._calls), None)

    def _show(self) -> None:
        stale, shop = self._hub.is_silent(), self._hub.shop
        now_us = self._hub.now().at_us
        link = self._hub.model.link()
        silent = silent_s(shop, link, self._hub.now())  # a stop keeps its colour: it stands until somebody clears it
        rows = [
            CallRow(call_face(shop, call, now_us=now_us, stale=stale or (call.station in silent and not call.is_stop)))
            for call in self._calls
        ]
        call = self.shown()
        nothing = Text("Nobody calls.") if self._hub.model.ready else Text("")
        self.list.show_rows(rows, nothing, marked=call.id if call else "")
        self.show_detail(on=call is not None)
        if call is not None:
            face = call_face(shop, call)
            title = data(f"{face.station} · {reason_words(self._ui, face)}")
            facts = call_facts(shop, call, self._ui, now=self._hub.now(), zone=self._hub.zone())
            seen = seen_of(shop, link, call.id, self._hub.now()) if call.is_stop else None
            if seen is not None:
                known = Fact(Text("known on the line"), data(seen_said(self._ui, seen)), strong=len(seen.missing) > 0)
                facts = (known, *facts)
            offers = act.offers(call, unnamed=self._is_unnamed(call)) if self._hub.acts else ()
            self.detail.show_this(call.id, title, facts, offers)

    @Slot(object)
    def _on_painted(self, keys: tuple[str, ...]) -> None:
        if not self._hub.is_silent():
            self.stops_painted.emit(tuple(call.id for call in self._calls if call.is_stop and call.id in keys))

    def _is_unnamed(self, call: CallView) -> bool:
        """Whether it is a call of HELP at a station of ours, and nobody has said what for."""
        return call.station in self._hub.stations and call.reason == self._hub.shop.line.andon.help_reason != ""

    def _call(self, call_id: str) -> CallView | None:
        return next((call for call in self._calls if call.id == call_id), None)

    @Slot(object)
    def _on_wanted(self, touched: str) -> None:
        action, call = Action(touched), self.shown()
        if call is None:
            return
        self._chosen = call.id  # what somebody works on stays shown, whatever else is called
        command = act.simple_command(action, call, self._hub.at(call.station))
        if command is not None:
            self._hub.send(command)
            return
        match action:
            case Action.SHELVE:
                self._ask_shelf(call)
            case Action.REJECT:
                self._ask(Text("Why is it taken back?"), act.REJECT_REASONS, call, self._reject)
            case Action.SERVICE:
                self._ask(Text("Why is it out of service?"), act.SERVICE_REASONS, call, self._take_out)
            case Action.NAME:
                choices = act.name_choices(self._hub.shop)
                self._hub.sheet.ask(
                    Text("What is it?"), choices, partial(self._say_what, call), detail=self._name(call)
                )
            case Action.WHYS:
                self.whys.emit(service_key(call.station, call.reason))
            case Action.CAUSE if Asked.CAUSE in call.asks:
                self._ask_cause(call, act.causes_of(self._hub.shop, call.reason), "")
            case _:
                self._hub.send(act.cause_command(call.id, self._hub.at(call.station), "", ""))

    def _ask(
        self, question: Text, reasons: tuple[Text, ...], call: CallView, done: Callable[[CallView, str], None]
    ) -> None:
        self._hub.sheet.ask(question, reason_choices(reasons), partial(done, call), detail=self._name(call))

    def _reject(self, call: CallView, why: str) -> None:
        self._hub.send(act.reject_command(call, self._hub.at(call.station), why))

    def _say_what(self, call: CallView, reason: str) -> None:
        self._hub.send(NameCall(station=call.station, reason=reason))

    def _take_out(self, call: CallView, why: str) -> None:
        self._hub.send(act.service_command(call, self._hub.at(call.station), why))

    def _ask_shelf(self, call: CallView) -> None:
        def then(span: str) -> None:
            shelve = partial(act.shelve_command, call, self._hub.at(call.station), span)
            self._hub.sheet.ask(
                Text("Why need nobody be told?"),
                reason_choices(act.SHELVE_REASONS),
                lambda why: self._hub.send(shelve(why)),
                detail=self._name(call),
            )

        choices = act.shelve_choices(self._hub.shop)
        self._hub.sheet.ask(Text("For how long is nobody told?"), choices, then, detail=self._name(call))

    def _ask_cause(self, call: CallView, causes: tuple[Cause, ...], parent: str) -> None:
        if not causes:
            self._ask_note(call, "")
            return

        self._choose(call, causes, parent, Text("Why did it come?"), lambda cause: self._ask_note(call, cause))

    def _choose(
        self, call: CallView, causes: Sequence[Cause], parent: str, question: Text, done: Callable[[str], None]
    ) -> None:
        """A cause, on one level or two."""

        def then(cause: str) -> None:
            if act.is_last_level(causes, cause, parent):
                done(cause)
            else:
                self._choose(call, causes, cause, question, done)

        self._hub.sheet.ask(question, act.cause_choices(causes, parent), then, detail=self._name(call))

    def _ask_other(self, call: CallView, first: str) -> None:
        """The second of two causes, and how they share a stop."""
        shop = self._hub.shop
        causes = [cause for cause in act.causes_of(shop, call.reason) if cause.id != first]

        def then(second: str) -> None:
            names = cause_text(shop, first), cause_text(shop, second)
            self._hub.sheet.ask(
                Text("How much was each?"),
                act.share_choices(*names),
                lambda share: self._hub.send(give({first: int(share), second: 100 - int(share)})),
                detail=self._name(call),
            )

        def give(shares: dict[str, int]) -> GiveCause:
            return GiveCause(station=self._hub.at(call.station), call=call.id, shares=shares)

        self._choose(call, causes, "", Text("What else was it?"), then)

    def _ask_note(self, call: CallView, cause: str) -> None:
        give = partial(act.cause_command, call.id, self._hub.at(call.station), cause)

        def then(note: str) -> None:
            if note == act.SPLIT:
                self._ask_other(call, cause)
            elif note == act.WRITE:
                self._hub.writing.ask(Text("What was it?"), lambda text: self._hub.send(give(text)), detail=name)
            else:
                self._hub.send(give(note))

        name = self._name(call)
        question = Text("Anything to note?") if cause else Text("Why did it come?")
        choices = act.note_choices(needed=not cause, split=self._may_split(call, cause))
        self._hub.sheet.ask(question, choices, then, detail=name)

    def _may_split(self, call: CallView, cause: str) -> bool:
        """Whether it stood, so that there are minutes to share, and there is another cause to share them with."""
        shop = self._hub.shop
        known = shop.calls.get(call.id)
        return bool(cause and known and known.stopped_us) and len(act.causes_of(shop, call.reason)) > 1

    def _name(self, call: CallView) -> Text:
        return data(f"{self._ui.say(reason_text(self._hub.shop, call.reason))} · {call.station_name}")
