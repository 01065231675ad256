"""A number by touch: ones, tens and hundreds are added until it is right, in targets for gloves."""

from collections.abc import Callable

from msgspec import Struct

from shopfloor.core.text import Text
from shopfloor.gui.icons import Icon
from shopfloor.gui.sheet import Choice, Sheet
from shopfloor.gui.station.words import data
from shopfloor.gui.touch import Tone

STEPS = (1, 10, 100)  # a container of thousands is mostly taken whole, and has its own button


def ask_amount(
    sheet: Sheet, question: Text, take: Callable[[int], None], *, most: int, full: int, unit: str = ""
) -> None:
    """Ask for a whole number from 1 to `most`; `take` gets it. `full` has a button of its own."""
    asked = _Asked(question, take, most, min(full, most), unit)
    _ask(sheet, asked, 0, again=False)


class _Asked(Struct, frozen=True):
    question: Text
    take: Callable[[int], None]
    most: int
    full: int
    unit: str


def _ask(sheet: Sheet, asked: _Asked, now: int, *, again: bool) -> None:
    def answer(key: str) -> None:
        match key:
            case "done" if now:
                asked.take(now)
                return
            case "done":
                following = now
            case "full":
                following = asked.full
            case "clear":
                following = 0
            case _:
                following = min(now + int(key), asked.most)
        _ask(sheet, asked, following, again=True)

    # The answers keep their places and their meaning from one touch to the next: a quick finger is right.
    detail = Text("At most {n}.", {"n": asked.most})
    sheet.ask(asked.question, _choices(asked, now), answer, detail=detail, settled=again)


def _choices(asked: _Asked, now: int) -> tuple[Choice, ...]:
    steps = tuple(Choice(str(step), data(f"+{step}")) for step in STEPS if step == 1 or step <= asked.most)
    return (
        *steps,
        Choice("full", data(f"= {asked.full}")),
        Choice("clear", data("= 0"), Icon.UNDO),
        Choice("done", data(f"{now} {asked.unit}".strip()), Icon.CHECK, Tone.ACTION if now else Tone.PLAIN),
    )
