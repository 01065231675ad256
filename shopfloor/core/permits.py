"""What no terminal decides alone: which permission a command needs, and what becomes of it with the line's answer."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core import line_refusals as no
from shopfloor.core.codes import printable
from shopfloor.core.decide import TOUCH
from shopfloor.core.decide_call import is_last_of_line, is_mistake
from shopfloor.core.decide_signal import refused, source_of
from shopfloor.core.decision import Decision
from shopfloor.core.events import CallCleared, CallRejected, CardRetired, Event, LineChanged
from shopfloor.core.events_line import Permitted, StationsTaken
from shopfloor.core.events_loop import CardsIssued
from shopfloor.core.line_link import GOOD_FOR_NS, Decided, Question, Ruling
from shopfloor.core.moment import Now
from shopfloor.core.owning import own_terminal, terminal_in
from shopfloor.core.rules import Refusal
from shopfloor.core.shop import Shop


class Answer(Struct, frozen=True, kw_only=True):
    """What the line said to a question that was put at `asked`."""

    thing: str
    decided: Decided
    asked: Now


def needed(shop: Shop, command: c.Command, decision: Decision, now: Now) -> str:
    """The thing on which the line has to be asked before this happens; "" if it need not be.

    A terminal alone asks nobody, and what falls due by rule is the business of the terminal that minds it.
    """
    if shop.linked is None or isinstance(decision, Refusal):
        return ""
    return next((thing for event in decision if (thing := _thing(shop, command, event, now))), "")


def question_of(shop: Shop, command: c.Command, thing: str, now: Now) -> Question:
    """The question for the permission."""
    known = shop.decrees.get(thing)
    return Question(
        thing=thing,
        epoch=known.epoch if known else 0,
        origin=shop.origin,
        what=type(command).__name__,
        at_us=now.at_us,
    )


def with_answer(shop: Shop, command: c.Command, events: Sequence[Event], answer: Answer, now: Now) -> Decision:
    """The events with the permission they have, or why they do not happen."""
    thing, decided = needed(shop, command, tuple(events), now), answer.decided
    what = thing.partition(".")[0]
    known = shop.decrees.get(thing)
    if decided.ruling is Ruling.DENIED:
        return refuse(shop, command, no.no_key(what))
    if decided.ruling is Ruling.BEHIND:
        return refuse(shop, command, no.behind(what))
    if decided.ruling is Ruling.LOST:
        return refuse(shop, command, no.faster(what, terminal_in(decided.by)))
    if decided.ruling is Ruling.UNLINKED or now.mono_ns - answer.asked.mono_ns > GOOD_FOR_NS:
        return refuse(shop, command, no.unlinked(shop, what) if shop.unlinked_us else no.unanswered(what))
    if answer.thing != thing or (known is not None and known.epoch >= decided.epoch):
        # What was asked for is not what it would be now: whoever changed it is in the journal.
        return refuse(shop, command, no.faster(what, terminal_in(known.origin) if known else ""))
    if any(isinstance(event, LineChanged) for event in events):
        return tuple(replace(e, epoch=decided.epoch) if isinstance(e, LineChanged) else e for e in events)
    return (Permitted(thing=thing, epoch=decided.epoch), *events)


def refuse(shop: Shop, command: c.Command, refusal: Refusal) -> Decision:
    """The refusal as it is told: a signal or touch at a station has it recorded."""
    match command:
        case c.ReadSignal():
            code = printable(command.text.strip())
            return (refused(source_of(shop, command.station, command.device, code), refusal),)
        case c.ChangeLine() | c.RetireCard() | c.StartTerminal() | c.StopTerminal() | c.NoteClockStep():
            return refusal
        case _:
            return (refused(source_of(shop, command.station, TOUCH), refusal),)


def _thing(shop: Shop, command: c.Command, event: Event, now: Now) -> str:
    match event:
        case LineChanged() if shop.line.id:
            return no.LINE
        case CallCleared() | CallRejected():
            call = shop.calls.get(event.call)
            is_restart = call is not None and is_last_of_line(shop, call)
            if call is None or not is_restart or (isinstance(event, CallRejected) and is_mistake(call, now)):
                return ""
            return f"{no.RESTART}.{call.id}"
        case CardsIssued():
            return f"{no.CARD}.{event.loop}"
        case CardRetired() if isinstance(command, c.RetireCard):
            return f"{no.CARD}.{shop.cards[event.card].loop}"
        case StationsTaken():
            own = own_terminal(shop)
            is_back = all(shop.posts[station].home == own for station in event.stations)
            return f"{no.TAKE_BACK}.{own}" if is_back else f"{no.TAKE_OVER}.{event.from_terminal}"
        case _:
            return ""
