"""Asks at the station why a call came that was cleared there and waits for its cause."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from shopfloor.core.closing import Asked, asks_for
from shopfloor.core.commands_andon import GiveCause
from shopfloor.core.line_andon import Cause
from shopfloor.core.names import reason_name
from shopfloor.core.shop import Shop
from shopfloor.core.state_call import Call
from shopfloor.core.text import Text
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.call_words import reason_said
from shopfloor.gui.calls_actions import WRITE, cause_choices, causes_of, is_last_level, note_choices
from shopfloor.gui.icons import Icon
from shopfloor.gui.sheet import Choice, Sheet
from shopfloor.gui.station.words import data
from shopfloor.gui.touch import Tone
from shopfloor.gui.ui import Ui

CALLS = "calls"


def waits_for_cause(shop: Shop, station: str) -> Call | None:
    """The call that was cleared at the station first and is not closed, for want of a cause or of whys."""
    cleared = [call for call in shop.calls.values() if call.station == station and call.cleared_us]
    return min(cleared, key=lambda call: (call.cleared_us, call.id), default=None)


def why_offer(ui: Ui, shop: Shop, call: Call) -> Text:
    """The words of the way to the question."""
    name = reason_said(ui, call.reason, reason_name(shop, call.reason)) if call.reason else ""
    if Asked.VERIFY in asks_for(shop, call):
        return Text("CHECK IT: {call}", {"call": name})
    return Text("WHY? {call}", {"call": name}) if name else Text("WHY?")


class CauseQuestion(QObject):
    """Two levels of causes on the station's sheet; the Five Whys are asked where there is room to write.

    Signals:
        calls: the Calls page is wanted.
    """

    calls = Signal()

    def __init__(self, model: LineModel, sheet: Sheet, station: str) -> None:
        super().__init__(sheet)
        self._model, self._sheet, self._station = model, sheet, station

    def ask(self, call: Call) -> None:
        """Ask for what the call waits for."""
        shop = self._model.shop
        asked = asks_for(shop, call)
        if Asked.WHYS in asked:
            there = Choice(CALLS, Text("TO THE CALLS"), Icon.ASK, Tone.ACTION)
            detail = Text("It comes again and again. The Five Whys are asked on the Calls page.")
            self._sheet.ask(Text("Why did it come?"), (there,), lambda _answer: self.calls.emit(), detail=detail)
        elif Asked.VERIFY in asked:
            there = Choice(CALLS, Text("TO THE CALLS"), Icon.ASK)
            detail = Text("Somebody else than who cleared it scans a badge here.")
            self._sheet.ask(Text("Is it really over?"), (there,), lambda _answer: self.calls.emit(), detail=detail)
        elif Asked.CAUSE in asked:
            self._ask_cause(call, causes_of(shop, call.reason), "")
        else:
            self._give(call, "", "")

    def _ask_cause(self, call: Call, causes: tuple[Cause, ...], parent: str) -> None:
        name = data(reason_said(self._sheet.ui, call.reason, reason_name(self._model.shop, call.reason)))
        if not causes:
            notes = tuple(choice for choice in note_choices(needed=True) if choice.key != WRITE)
            self._sheet.ask(Text("Why did it come?"), notes, partial(self._give, call, ""), detail=name)
            return

        def then(cause: str) -> None:
            if is_last_level(causes, cause, parent):
                self._give(call, cause, "")
            else:
                self._ask_cause(call, causes, cause)

        self._sheet.ask(Text("Why did it come?"), cause_choices(causes, parent), then, detail=name)

    def _give(self, call: Call, cause: str, note: str) -> None:
        self._model.send(GiveCause(station=self._station, call=call.id, cause=cause, note=note))
