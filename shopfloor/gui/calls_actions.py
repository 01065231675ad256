"""What a leader can do with an open call by touch: the buttons, the questions behind them, and their commands."""

from collections.abc import Sequence
from enum import StrEnum

from msgspec import Struct

from shopfloor.core import commands as c
from shopfloor.core.call_views import Aside, CallView
from shopfloor.core.closing import Asked
from shopfloor.core.commands_andon import GiveCause, ShelveCall, TakeOutOfService
from shopfloor.core.decide_call import MISTAKE_S
from shopfloor.core.line_andon import CallKind, Cause
from shopfloor.core.moment import US_PER_S
from shopfloor.core.shop import Shop
from shopfloor.core.state_call import CallSource
from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.sheet import Choice
from shopfloor.gui.station.words import data
from shopfloor.gui.touch import Tone

MISTAKE = "mistake"
NO_NOTE, WRITE, SPLIT = "", " write", " split"  # keys no sentence has
SHARES = (75, 50, 25)  # of the first of two causes; finer is not known an hour later


class Action(StrEnum):
    """What a button does."""

    TAKE = "take"
    ARRIVE = "arrive"
    CLEAR = "clear"
    STOP = "stop"
    SHELVE = "shelve"
    REJECT = "reject"
    SERVICE = "service"
    WHYS = "whys"
    CAUSE = "cause"
    NAME = "name"


class Offer(Struct, frozen=True):
    """A button; `on` is whether it can be touched now."""

    action: str
    word: Text
    icon: Icon | None = None
    tone: Tone = Tone.PLAIN
    note: Text = Text("")
    on: bool = True


# Reasons are kept in the journal in English, whatever the screen shows.
SHELVE_REASONS = (
    Text("Known, in work"),
    Text("Parts are ordered"),
    Text("False alarm"),
    Text("Trial or set-up"),
    Text("Something else"),
)
REJECT_REASONS = (Text("Pressed by mistake"), Text("Only a test"), Text("Not a problem"), Text("Something else"))
SERVICE_REASONS = (Text("It is being repaired"), Text("The sensor is faulty"), Text("Something else"))
REOPEN_REASONS = (Text("It came back"), Text("It was not solved"), Text("Closed by mistake"))
NOTES = (Text("It came back"), Text("Needs another look"), Text("Part replaced"), Text("Set anew"))
SPANS_S = (("900", 900.0, Text("15 MIN")), ("3600", 3600.0, Text("1 HOUR")), ("14400", 14400.0, Text("4 HOURS")))
ONE_SHOT = "one-shot"
_OURS = {
    text.template: text
    for texts in (SHELVE_REASONS, REJECT_REASONS, SERVICE_REASONS, REOPEN_REASONS, NOTES)
    for text in texts
} | {MISTAKE: Text("by mistake")}


def said(words: str) -> Text:
    """A why or a note: one of ours in the language in force, what somebody wrote as it is."""
    return _OURS.get(words) or data(words)


def offers(view: CallView, *, unnamed: bool = False) -> tuple[Offer, ...]:
    """The buttons of an open call, what is due next first and filled; `unnamed`: nobody has said yet what it is for."""
    if view.aside is Aside.ASKS:
        return _closing(view)
    found = []
    if not view.acked_by:
        found.append(Offer(Action.TAKE, Text("TAKE"), Icon.PERSON, Tone.ACTION))
    elif not view.arrived:
        found.append(Offer(Action.ARRIVE, Text("ARRIVED"), Icon.PLACE, Tone.ACTION))
    found.append(Offer(Action.CLEAR, Text("CLEAR"), Icon.CHECK, Tone.ACTION if view.arrived else Tone.PLAIN))
    if not view.is_stop:
        found.append(Offer(Action.STOP, Text("STOP NOW"), Icon.STOP))
        if not view.aside:
            found.append(Offer(Action.SHELVE, Text("SHELVE"), Icon.HOLD))
    if unnamed:
        found.append(Offer(Action.NAME, Text("WHAT IS IT?"), Icon.ASK))
    found.append(Offer(Action.REJECT, Text("TAKE BACK"), Icon.UNDO))
    if view.source is not CallSource.PERSON:
        found.append(Offer(Action.SERVICE, Text("OUT OF SERVICE"), Icon.CROSS))
    return tuple(found)


def simple_command(action: Action, view: CallView, at: str) -> c.Command | None:
    """The command of a button that needs no answer; None for one that asks first."""
    match action:
        case Action.TAKE:
            return c.AcknowledgeCall(station=at, call=view.id)
        case Action.ARRIVE:
            return c.ArriveCall(station=at, call=view.id)
        case Action.CLEAR:
            return c.ClearCall(station=at, call=view.id)
        case Action.STOP:
            return c.StopCall(station=at, call=view.id)
        case Action.REJECT if view.age_us < MISTAKE_S * US_PER_S:
            return c.RejectCall(station=at, call=view.id, reason=MISTAKE)
        case _:
            return None


def shelve_choices(shop: Shop) -> tuple[Choice, ...]:
    """For how long; nothing for longer than the line allows."""
    most_s = shop.line.andon.shelve_s_max
    spans = tuple(Choice(key, word, Icon.HOLD) for key, span_s, word in SPANS_S if span_s <= most_s)
    return (*spans, Choice(ONE_SHOT, Text("UNTIL IT CLEARS"), Icon.REPEAT))


def shelve_command(view: CallView, at: str, span: str, why: str) -> c.Command:
    """Put it on the shelf."""
    one_shot = span == ONE_SHOT
    for_s = 0.0 if one_shot else float(span)
    return ShelveCall(station=at, at=view.station, reason=view.reason, for_s=for_s, one_shot=one_shot, why=why)


def reject_command(view: CallView, at: str, why: str) -> c.Command:
    """Take it back: it should not have been called."""
    return c.RejectCall(station=at, call=view.id, reason=why)


def name_choices(shop: Shop) -> tuple[Choice, ...]:
    """What help may be called for, once it is called."""
    general = shop.line.andon.help_reason
    parents = {reason.parent for reason in shop.line.reasons}
    return tuple(
        Choice(reason.id, data(reason.name), Icon.CALL, Tone.CALM_CALL)
        for reason in shop.line.reasons
        if reason.kind is CallKind.HELP and reason.id != general and reason.id not in parents
    )


def service_command(view: CallView, at: str, why: str) -> c.Command:
    """Let nothing call for it while it is repaired."""
    return TakeOutOfService(station=at, at=view.station, reason=view.reason, why=why)


def causes_of(shop: Shop, reason: str) -> tuple[Cause, ...]:
    """The causes that are offered for a reason."""
    return tuple(cause for cause in shop.line.causes if not cause.reasons or reason in cause.reasons)


def cause_choices(causes: Sequence[Cause], parent: str = "") -> tuple[Choice, ...]:
    """The causes of one level: those under `parent`, and it itself where none of them is it."""
    known = {cause.id for cause in causes}
    level = [x for x in causes if (x.parent if x.parent in known else "") == parent]
    itself = next((cause for cause in causes if cause.id == parent), None)
    found = [Choice(x.id, data(x.name), Icon.MORE if _has_children(causes, x.id) else None) for x in level]
    if itself is not None:
        found.append(Choice(parent, Text("something else"), note=data(itself.name)))
    return tuple(found)


def is_last_level(causes: Sequence[Cause], cause: str, parent: str) -> bool:
    """Whether an answer of `cause_choices` is the cause itself."""
    return cause == parent or not _has_children(causes, cause)


def note_choices(*, needed: bool, split: bool = False) -> tuple[Choice, ...]:
    """What may be noted beside a cause; `needed`: there is no cause to choose, so the note is it.

    `split`: or that another cause had its share.
    """
    another = (Choice(SPLIT, Text("ANOTHER CAUSE TOO"), Icon.MORE),) if split else ()
    none = () if needed else (Choice(NO_NOTE, Text("NO NOTE"), Icon.CHECK, Tone.ACTION),)
    notes = (Choice(note.template, note) for note in NOTES)
    return (*none, *another, *notes, Choice(WRITE, Text("WRITE IT"), Icon.MORE))


def share_choices(first: Text, second: Text) -> tuple[Choice, ...]:
    """How much each of two causes had of it."""
    words = {share: data(f"{first} {share} %, {second} {100 - share} %") for share in SHARES}
    return tuple(Choice(str(share), data(f"{share} : {100 - share}"), note=words[share]) for share in SHARES)


def cause_command(call: str, at: str, cause: str, note: str) -> c.Command:
    """Close it with its cause."""
    return GiveCause(station=at, call=call, cause=cause, note=note)


def _closing(view: CallView) -> tuple[Offer, ...]:
    if Asked.WHYS in view.asks:
        return (Offer(Action.WHYS, Text("FIVE WHYS"), Icon.ASK, Tone.ACTION),)
    if Asked.VERIFY in view.asks:
        return ()  # a second person's badge at the station, and no touch
    word = Text("CAUSE") if Asked.CAUSE in view.asks else Text("CLOSE")
    return (Offer(Action.CAUSE, word, Icon.CHECK, Tone.ACTION),)


def _has_children(causes: Sequence[Cause], cause: str) -> bool:
    return any(other.parent == cause for other in causes)
