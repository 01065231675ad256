"""Which paper and which kind of code the cards of a loop get: by the templates of the line file, or as asked."""

from collections.abc import Sequence

from msgspec import Struct

from shopfloor.core.line import CardFormat, CardTemplate, CodeType, Line, Loop
from shopfloor.core.state import Card

DEFAULT = CardTemplate()


class Batch(Struct, frozen=True):
    """The cards that go on one kind of paper, in the order given, and the kind of code of each loop."""

    paper: CardFormat
    cards: tuple[Card, ...]
    codes: dict[str, CodeType]


def template_of(line: Line, loop: Loop) -> CardTemplate:
    """The first template that fits the loop; ten on A4 with QR codes if none does."""
    return next((template for template in line.templates if _fits(template, loop)), DEFAULT)


def batches(
    line: Line, cards: Sequence[Card], *, paper: CardFormat | None = None, code: CodeType | None = None
) -> list[Batch]:
    """Cards by paper. What is asked for goes before the templates; cards of loops the line has not are left out."""
    loops = {loop.id: loop for loop in line.loops}
    found = {loop_id: template_of(line, loop) for loop_id, loop in loops.items()}
    sorted_out: dict[CardFormat, list[Card]] = {}
    for card in cards:
        if card.loop in found:
            sorted_out.setdefault(paper or found[card.loop].format, []).append(card)
    codes = {loop_id: code or template.code for loop_id, template in found.items()}
    return [Batch(kind, tuple(sorted_out[kind]), codes) for kind in CardFormat if kind in sorted_out]


def _fits(template: CardTemplate, loop: Loop) -> bool:
    return (
        template.kind in {None, loop.kind}
        and template.loop in {None, loop.id}
        and template.station in {None, loop.consumer, *loop.route}
    )
