"""What stands on a card and on a shelf's label: every text, in the language of the plant. Layouts only place them."""

from collections.abc import Iterator

from msgspec import Struct

from shopfloor.core.codes import card_code, shelf_code
from shopfloor.core.line import Line, Loop, LoopKind, Part
from shopfloor.core.state import Card
from shopfloor.core.text import Text, Translate, english, render


class Fact(Struct, frozen=True):
    """A value and the small word above it."""

    label: str
    value: str


class CardWords(Struct, frozen=True, kw_only=True):
    """The texts of one card; `photo` is a path from the folder of the line file, "" for none."""

    code: str
    part: str
    description: str
    quantity: Fact
    count: Fact
    origin: Fact
    goal: Fact
    loop: str
    version: str
    photo: str


class ShelfWords(Struct, frozen=True, kw_only=True):
    """The texts of one shelf's label. Marks in containers: red up to `low`, green from `high`.

    Thirds of the loop's cards, as the board colours its stores.
    """

    code: str
    part: str
    description: str
    origin: Fact
    goal: Fact
    quantity: Fact
    containers: Fact
    loop: str
    least: Fact
    most: Fact
    low: int
    high: int
    cards: int


def card_words(line: Line, card: Card, translate: Translate = english) -> CardWords:
    """The texts of a card. Raises ValueError if the line does not have its loop: there is nothing to print on it."""
    loop = next((loop for loop in line.loops if loop.id == card.loop), None)
    if loop is None:
        raise ValueError(f"expected a card of a loop of line {line.id!r}, got loop {card.loop!r}")
    part = _part(line, loop)
    number = Text("{number} of {total}", {"number": card.number, "total": max(loop.cards, card.number)})
    return CardWords(
        code=card_code(line.id, loop.id, card.number, card.print_version),
        part=part.id,
        description=part.description,
        quantity=_quantity(loop, part, translate),
        count=_fact(Text("Card"), render(number, translate), translate),
        origin=_origin(line, loop, translate),
        goal=_goal(line, loop, translate),
        loop=_loop(line, loop, translate),
        version=render(Text("Print {version}", {"version": card.print_version}), translate),
        photo=part.photo,
    )


def shelf_words(line: Line, translate: Translate = english) -> Iterator[ShelfWords]:
    """The texts of the shelf of every store of a line: of each loop that has a consumer."""
    for loop in line.loops:
        if loop.consumer is None:
            continue
        part = _part(line, loop)
        low, high = loop.cards // 3, loop.cards * 2 // 3 + 1
        yield ShelfWords(
            code=shelf_code(line.id, loop.id),
            part=part.id,
            description=part.description,
            origin=_origin(line, loop, translate),
            goal=_goal(line, loop, translate),
            quantity=_fact(Text("In each container"), f"{loop.quantity} {part.unit}", translate),
            containers=_fact(Text("Containers"), str(loop.cards), translate),
            loop=_loop(line, loop, translate),
            least=_fact(Text("MIN"), f"{low} = {low * loop.quantity} {part.unit}", translate),
            most=_fact(Text("MAX"), f"{loop.cards} = {loop.cards * loop.quantity} {part.unit}", translate),
            low=low,
            high=high,
            cards=loop.cards,
        )


def _part(line: Line, loop: Loop) -> Part:
    return next((part for part in line.parts if part.id == loop.part), Part(id=loop.part))


def _name(line: Line, station: str) -> str:
    return next((found.name for found in line.stations if found.id == station), station)


def _fact(label: Text, value: str, translate: Translate) -> Fact:
    return Fact(render(label, translate), value)


def _quantity(loop: Loop, part: Part, translate: Translate) -> Fact:
    return _fact(Text("Quantity"), f"{loop.quantity} {part.unit}", translate)


def _origin(line: Line, loop: Loop, translate: Translate) -> Fact:
    return _fact(Text("From"), " → ".join(_name(line, station) for station in loop.route), translate)


def _goal(line: Line, loop: Loop, translate: Translate) -> Fact:
    """The consumer, or for CONWIP where the freed card goes."""
    if loop.consumer is not None and loop.kind is not LoopKind.CONWIP:
        return _fact(Text("To"), _name(line, loop.consumer), translate)
    back = Text("back to {station}", {"station": _name(line, loop.route[0])})
    return _fact(Text("Then"), render(back, translate), translate)


def _loop(line: Line, loop: Loop, translate: Translate) -> str:
    return f"{render(Text('Loop {loop}', {'loop': loop.id}), translate)}  ·  {line.name}"
