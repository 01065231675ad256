"""The questions a station page asks on its sheet, and the command each answer is."""

from shopfloor.core import commands as c
from shopfloor.core.decide_loop import HOLDING
from shopfloor.core.line import CallKind, Consume, Loop, Mark
from shopfloor.core.names import card_name, loop_name
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.sheet import Choice
from shopfloor.gui.station.words import data
from shopfloor.gui.touch import Tone

OUT = "out"  # sign out


def call_choices(shop: Shop, parent: str = "") -> tuple[Choice, ...]:
    """The reasons of the first level, or those under one and that one itself: help first, then stops with a reason."""
    reasons = [reason for reason in shop.line.reasons if reason.parent == parent]
    if parent:
        reasons += [reason for reason in shop.line.reasons if reason.id == parent]
    ordered = sorted(reasons, key=lambda reason: reason.kind is CallKind.STOP)
    return tuple(
        Choice(
            reason.id,
            data(reason.name),
            Icon.STOP if reason.kind is CallKind.STOP else Icon.CALL,
            Tone.CALM_STOP if reason.kind is CallKind.STOP else Tone.CALM_CALL,
        )
        for reason in ordered
    )


def person_choices(shop: Shop, signed_on: str) -> tuple[Choice, ...]:
    """Who may sign in, and out for who is."""
    out = (Choice(OUT, Text("SIGN OUT"), Icon.BACK, Tone.ACTION),) if signed_on else ()
    others = tuple(
        Choice(person.id, data(person.name), Icon.PERSON)
        for person in sorted(shop.line.people, key=lambda person: person.name)
        if person.id != signed_on
    )
    return out + others


def card_choices(card: Card, loop: Loop, station: str) -> tuple[Choice, ...]:
    """What can be done with a card by touch at a station, the natural step first."""
    hold = Choice("hold", Text("HOLD"), Icon.HOLD)
    lose = Choice("lose", Text("LOST"), Icon.SEARCH)
    match card.state:
        case CardState.HELD:
            return (Choice("release", Text("RELEASE"), Icon.ARROW, Tone.ACTION), lose)
        case CardState.LOST:
            return (
                Choice("full", Text("FOUND, FULL"), Icon.CHECK),
                Choice("empty", Text("FOUND, EMPTY"), Icon.STARVED),
            )
        case CardState.NEW | CardState.RETIRED:
            return ()
        case _:
            steps = _taking(card, loop) if station == loop.consumer else _making(card, loop, station)
            contents = (Choice("contents", Text("ANOTHER QUANTITY")),) if card.state in HOLDING else ()
            return (*steps, hold, lose, *contents)


def card_command(answer: str, station: str, card: str) -> c.Command | None:
    """The command of an answer of `card_choices`; None for one that needs another answer first."""
    match answer:
        case "step":
            return c.StepCard(station=station, card=card)
        case "start":
            return c.StartCard(station=station, card=card)
        case "open":
            return c.OpenCard(station=station, card=card)
        case "receive":
            return c.ReceiveCard(station=station, card=card)
        case "lose":
            return c.LoseCard(station=station, card=card)
        case "release":
            return c.ReleaseCard(station=station, card=card)
        case "full" | "empty":
            return c.FindCard(station=station, card=card, full=answer == "full")
        case _:
            return None


def loop_choices(shop: Shop) -> tuple[Choice, ...]:
    """Every loop of the line."""
    return tuple(Choice(loop.id, data(loop_name(shop, loop.id))) for loop in shop.line.loops)


def loop_cards(shop: Shop, loop: str) -> tuple[Choice, ...]:
    """Every card of a loop that may get a code of its own."""
    cards = [card for card in shop.of_loop(loop) if card.state is not CardState.RETIRED]
    return tuple(Choice(card.id, data(card_name(shop, card))) for card in cards)


def _making(card: Card, loop: Loop, station: str) -> tuple[Choice, ...]:
    """Steps at a station of the route."""
    if card.state is CardState.IN_PROCESS:
        return (Choice("step", Text("FINISH"), Icon.CHECK, Tone.ACTION),)
    if card.state not in _BEFORE_WORK:
        return ()
    if loop.acknowledge and card.state is CardState.EMPTY and not card.acked_us and station == loop.route[0]:
        return (Choice("step", Text("ACKNOWLEDGE"), Icon.CHECK, Tone.ACTION),)
    if loop.sequence.in_process not in {Mark.OPTIONAL, Mark.FORBIDDEN}:
        return (Choice("step", Text("START"), Icon.ARROW, Tone.ACTION),)
    made = Choice("step", Text("IT IS DONE"), Icon.CHECK, Tone.ACTION)
    return (made, Choice("start", Text("START"), Icon.ARROW)) if loop.sequence.in_process is Mark.OPTIONAL else (made,)


def _taking(card: Card, loop: Loop) -> tuple[Choice, ...]:
    """Steps at the consumer."""
    receive = Choice("receive", Text("RECEIVE"), Icon.CHECK, Tone.ACTION)
    take = Choice("step", Text("TAKE IT"), Icon.WITHDRAW, Tone.ACTION)
    opened = Choice("open", Text("OPEN IT"), Icon.PLACE)
    some = Choice("pieces", Text("TAKE PIECES"), Icon.WITHDRAW, Tone.ACTION)
    pieces = (some,) if loop.consume is Consume.PIECES else ()
    match card.state:
        case CardState.FULL if loop.sequence.in_use in {Mark.MANDATORY, Mark.RECOMMENDED}:
            return (*pieces, Choice("step", Text("OPEN IT"), Icon.PLACE, Tone.ACTION))
        case CardState.FULL:
            several = (Choice("several", Text("TAKE SEVERAL"), Icon.MORE),)
            return (*pieces, take, *(() if loop.sequence.in_use is Mark.FORBIDDEN else (opened,)), *several)
        case CardState.IN_USE:
            return (*pieces, Choice("step", Text("IT IS EMPTY"), Icon.STARVED, Tone.ACTION))
        case CardState.IN_TRANSIT if loop.sequence.in_transit is Mark.OPTIONAL:
            return receive, take
        case CardState.IN_TRANSIT | CardState.EMPTY | CardState.IN_PROCESS | CardState.QUEUED:
            return (receive,)
        case _:
            return ()


_BEFORE_WORK = frozenset({CardState.EMPTY, CardState.WAITING, CardState.QUEUED})

# Reasons are kept in the journal in English, whatever the screen shows.
HOLD_REASONS = (
    Text("Quality check"),
    Text("Damaged"),
    Text("Wrong count"),
    Text("Supplier has none"),
    Text("Something else"),
)
PASS_REASONS = (Text("Urgent order"), Text("Trial or set-up"), Text("The count is wrong"), Text("Something else"))
UNDO_REASONS = (Text("Wrong card"), Text("Scanned by mistake"), Text("Something else"))


def reason_choices(reasons: tuple[Text, ...]) -> tuple[Choice, ...]:
    """Reasons as answers; the key is the English text."""
    return tuple(Choice(reason.template, reason) for reason in reasons)
