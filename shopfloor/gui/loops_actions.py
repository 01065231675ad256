"""What a planner can do with a loop or a card by touch: the questions, and the command each answer is."""

from collections.abc import Iterable

from shopfloor.core import commands as c
from shopfloor.core.line import Loop
from shopfloor.core.loop_views import LoopRow
from shopfloor.core.state import Card, CardState
from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.sheet import Choice
from shopfloor.gui.touch import Tone

EXTRA_MAX = 6  # more at once is another number of cards, not an exception
FEWER, MORE = 3, 8  # numbers of cards offered around the one in force

DAYS = {"today": 0, "tomorrow": 1, "week": 7}
# Reasons are kept in the journal in English, whatever the screen shows.
RETIRE_REASONS = (Text("Too many cards"), Text("Worn out"), Text("The part runs out"), Text("Something else"))
EXTRA_REASONS = (Text("A peak in demand"), Text("A machine will stand"), Text("Start of a new part"))
_ASKING = frozenset({CardState.EMPTY, CardState.WAITING, CardState.QUEUED, CardState.IN_PROCESS})
_OUT = frozenset({CardState.NEW, CardState.HELD, CardState.LOST, CardState.RETIRED})
_RESTING = frozenset({CardState.EMPTY, CardState.WAITING, CardState.FULL})


def card_choices(card: Card, loop: Loop, *, taught: bool = False, printing: bool = False) -> tuple[Choice, ...]:
    """What a planner can do with a card; `taught`: a code of the plant's own stands for it; `printing`: it can be."""
    hold = Choice("hold", Text("HOLD"), Icon.HOLD)
    lose = Choice("lose", Text("LOST"), Icon.SEARCH)
    retire = Choice("retire", Text("RETIRE"), Icon.CROSS)
    forget = (Choice("forget", Text("FORGET ITS CODE"), Icon.CROSS),) if taught else ()
    sheet = (Choice("print", Text("PRINT IT"), Icon.ARROW),) if printing else ()
    paper = (Choice("reprint", Text("NEW PRINT"), Icon.RESTARTING), *sheet, *forget)
    match card.state:
        case CardState.HELD:
            return Choice("release", Text("RELEASE"), Icon.ARROW, Tone.ACTION), lose, retire, *paper
        case CardState.LOST:
            full = Choice("full", Text("FOUND, FULL"), Icon.CHECK)
            empty = Choice("empty", Text("FOUND, EMPTY"), Icon.STARVED)
            return full, empty, retire, *paper
        case CardState.NEW | CardState.RETIRED:
            return ()
        case _:
            found = [hold, lose]
            if card.state in _RESTING:
                found.append(retire)
            if card.state in _ASKING:
                word = Text("NOT EXPRESS") if card.express else Text("EXPRESS")
                found.append(Choice("normal" if card.express else "express", word, Icon.ARROW))
            if loop.acknowledge and card.state is CardState.EMPTY and not card.acked_us:
                found.insert(0, Choice("acknowledge", Text("ACKNOWLEDGE"), Icon.CHECK, Tone.ACTION))
            return (*found, *paper)


def card_command(answer: str, station: str, card: str, reason: str = "") -> c.Command | None:
    """The command of an answer of `card_choices`; None for one that needs a reason first."""
    match answer:
        case "hold" if reason:
            return c.HoldCard(station=station, card=card, reason=reason)
        case "retire" if reason:
            return c.RetireCard(station=station, card=card, reason=reason)
        case "release":
            return c.ReleaseCard(station=station, card=card)
        case "lose":
            return c.LoseCard(station=station, card=card)
        case "full" | "empty":
            return c.FindCard(station=station, card=card, full=answer == "full")
        case "reprint":
            return c.ReprintCard(station=station, card=card)
        case "express" | "normal":
            return c.MarkExpress(station=station, card=card, on=answer == "express")
        case "acknowledge":
            return c.AcknowledgeCard(station=station, card=card)
        case _:
            return None


def loop_choices(row: LoopRow, *, changing: bool, printing: bool) -> tuple[Choice, ...]:
    """What a planner can do with a loop; `changing`: another number of cards is planned; `printing`: there is a way."""
    found = [
        Choice("cards", Text("NUMBER OF CARDS"), Icon.RESTARTING),
        Choice("quantity", Text("PIECES A CARD")),
        Choice("extra", Text("EXTRA CARDS"), Icon.MORE),
    ]
    found.append(Choice("count", Text("COUNT THE CARDS"), Icon.SEARCH))
    if printing:
        found.append(Choice("print", Text("PRINT THE CARDS"), Icon.ARROW))
    states = {group.state for group in row.groups}
    if states - _OUT:
        found.append(Choice("hold", Text("HOLD THE LOOP"), Icon.HOLD))
    if CardState.HELD in states:
        found.append(Choice("release", Text("RELEASE THE LOOP"), Icon.CHECK))
    if any(group.state is CardState.WAITING for group in row.groups):
        found.insert(0, Choice("lot", Text("RELEASE THE LOT"), Icon.ARROW, Tone.ACTION))
    if changing:
        found.append(Choice("cancel", Text("TAKE BACK THE CHANGE"), Icon.UNDO))
    return tuple(found)


def held(cards: Iterable[Card], station: str, reason: str) -> tuple[c.Command, ...]:
    """Put every card of a loop on hold that is in use; in process, too: its work ends when it is released."""
    return tuple(c.HoldCard(station=station, card=x.id, reason=reason) for x in cards if x.state not in _OUT)


def released(cards: Iterable[Card], station: str) -> tuple[c.Command, ...]:
    """Bring back every card of a loop that is on hold."""
    return tuple(c.ReleaseCard(station=station, card=x.id) for x in cards if x.state is CardState.HELD)


def number_choices(now: int, measured: int | None) -> tuple[Choice, ...]:
    """Numbers of cards around the one in force, and the one that was measured."""
    numbers = set(range(max(1, now - FEWER), now + MORE + 1)) - {now}
    if measured is not None and measured != now:
        numbers.add(measured)
    return tuple(_number(n, note=Text("measured") if n == measured else None) for n in sorted(numbers))


def extra_choices() -> tuple[Choice, ...]:
    """How many extra cards."""
    return tuple(_number(n) for n in range(1, EXTRA_MAX + 1))


def day_choices() -> tuple[Choice, ...]:
    """From when."""
    return Choice("today", Text("TODAY")), Choice("tomorrow", Text("TOMORROW")), Choice("week", Text("IN A WEEK"))


def _number(n: int, *, note: Text | None = None) -> Choice:
    tone = Tone.ACTION if note else Tone.PLAIN
    return Choice(str(n), Text("{n} card" if n == 1 else "{n} cards", {"n": n}), None, tone, note or Text(""))
