"""The questions a station page asks on its sheet, and the command each answer is."""

from shopfloor.core import commands as c
from shopfloor.core.line import CallKind
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.sheet import Choice
from shopfloor.gui.station.words import data
from shopfloor.gui.touch import Tone

OUT = "out"  # sign out


def call_choices(shop: Shop) -> tuple[Choice, ...]:
    """Every reason of the line file: help first, then stops with a reason."""
    ordered = sorted(shop.line.reasons, key=lambda reason: reason.kind is CallKind.STOP)
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


def card_choices(card: Card) -> tuple[Choice, ...]:
    """What can be done with a card by touch, the natural step first."""
    hold = Choice("hold", Text("HOLD"), Icon.HOLD)
    lose = Choice("lose", Text("LOST"), Icon.SEARCH)
    match card.state:
        case CardState.EMPTY | CardState.WAITING | CardState.QUEUED:
            return Choice("step", Text("START"), Icon.ARROW, Tone.ACTION), hold, lose
        case CardState.IN_PROCESS:
            return Choice("step", Text("FINISH"), Icon.CHECK, Tone.ACTION), hold, lose
        case CardState.FULL:
            return Choice("step", Text("TAKE IT"), Icon.WITHDRAW, Tone.ACTION), hold, lose
        case CardState.HELD:
            return (Choice("release", Text("RELEASE"), Icon.ARROW, Tone.ACTION), lose)
        case CardState.LOST:
            return (
                Choice("full", Text("FOUND, FULL"), Icon.CHECK),
                Choice("empty", Text("FOUND, EMPTY"), Icon.STARVED),
            )
        case _:
            return ()


def card_command(answer: str, station: str, card: str) -> c.Command | None:
    """The command of an answer of `card_choices`; None for a hold, which needs a reason first."""
    match answer:
        case "step":
            return c.StepCard(station=station, card=card)
        case "lose":
            return c.LoseCard(station=station, card=card)
        case "release":
            return c.ReleaseCard(station=station, card=card)
        case "full" | "empty":
            return c.FindCard(station=station, card=card, full=answer == "full")
        case _:
            return None


# Reasons are kept in the journal in English, whatever the screen shows.
HOLD_REASONS = (Text("Quality check"), Text("Damaged"), Text("Wrong count"), Text("Something else"))
PASS_REASONS = (Text("Urgent order"), Text("Trial or set-up"), Text("The count is wrong"), Text("Something else"))
UNDO_REASONS = (Text("Wrong card"), Text("Scanned by mistake"), Text("Something else"))


def reason_choices(reasons: tuple[Text, ...]) -> tuple[Choice, ...]:
    """Reasons as answers; the key is the English text."""
    return tuple(Choice(reason.template, reason) for reason in reasons)
