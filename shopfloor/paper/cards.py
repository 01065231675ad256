"""Kanban cards: ten on an A4 sheet of 105 × 57 mm labels, or cut at the marks from plain paper."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from shopfloor.core.codes import card_code
from shopfloor.core.line import Line, Loop, LoopKind, Part
from shopfloor.core.state import Card
from shopfloor.core.text import Text, Translate, english, render
from shopfloor.paper.pdf import write_pdf
from shopfloor.paper.sheet import BLACK, GREY, HAIRLINE, PALE, WHITE, Align, Box, Code, Face, Mark, Page, Shape, Words
from shopfloor.paper.symbols import qr

COLUMNS, ROWS = 2, 5
CARD_WIDTH_MM, CARD_HEIGHT_MM = 105.0, 57.0
TOP_MM = (297.0 - ROWS * CARD_HEIGHT_MM) / 2

_EDGE_MM = 6.0  # beside the text: printers leave 4.2 mm at the edge of the paper white, cuts wander 1 mm
_CODE_MM = 29.0  # 21 modules and the quiet zone of 4 + 4: a millimetre each
_MARK_MM = 0.15
_TICK_MM = 3.0


def cards_pdf(line: Line, cards: Sequence[Card], out: Path, *, translate: Translate = english) -> None:
    """Print cards in the order given. Raises Trouble if the file cannot be written, ValueError without a card.

    A card whose loop the line does not have is ValueError too: there is nothing to print on it.
    """
    write_pdf(card_pages(line, cards, translate=translate), out, title=f"{line.name}: {len(cards)} cards")


def card_pages(line: Line, cards: Sequence[Card], *, translate: Translate = english) -> list[Page]:
    """The sheets of some cards."""
    if not cards:
        raise ValueError("expected at least one card, got none")
    labels = [_Label(line, card, translate) for card in cards]
    size = COLUMNS * ROWS
    sheets = [labels[start : start + size] for start in range(0, len(labels), size)]
    return [_page(sheet, number, len(sheets), translate) for number, sheet in enumerate(sheets, start=1)]


def _page(labels: "Sequence[_Label]", number: int, count: int, translate: Translate) -> Page:
    marks: list[Mark] = []
    for index, label in enumerate(labels):
        row, column = divmod(index, COLUMNS)
        marks += label.marks(column * CARD_WIDTH_MM, TOP_MM + row * CARD_HEIGHT_MM)
    note = Text("Print at 100 %. Sheet {number} of {count}.", {"number": number, "count": count})
    marks += _cut_marks(-(-len(labels) // COLUMNS))
    marks.append(_small(_EDGE_MM, 297 - 5.2, 90, render(note, translate), height=2.2, colour=HAIRLINE))
    return Page(tuple(marks))


def _cut_marks(rows: int) -> Iterator[Mark]:
    """Ticks where cuts meet, outside the text of every card."""
    for row in range(rows + 1):
        y = TOP_MM + row * CARD_HEIGHT_MM
        for x in (0.0, CARD_WIDTH_MM - _TICK_MM, COLUMNS * CARD_WIDTH_MM - 2 * _TICK_MM):
            yield Box(x=x, y=y - _MARK_MM / 2, width=2 * _TICK_MM, height=_MARK_MM, colour=HAIRLINE)
        x = CARD_WIDTH_MM - _MARK_MM / 2
        yield Box(x=x, y=y - _TICK_MM, width=_MARK_MM, height=2 * _TICK_MM, colour=HAIRLINE)


class _Label:
    """One card, laid out from its own top left corner."""

    def __init__(self, line: Line, card: Card, translate: Translate) -> None:
        self._line = line
        self._card = card
        self._translate = translate
        loop = next((loop for loop in line.loops if loop.id == card.loop), None)
        if loop is None:
            raise ValueError(f"expected a card of a loop of line {line.id!r}, got loop {card.loop!r}")
        self._loop: Loop = loop
        self._part = next((part for part in line.parts if part.id == loop.part), Part(id=loop.part))
        self._names = {station.id: station.name for station in line.stations}

    def marks(self, x: float, y: float) -> list[Mark]:
        left, right = x + _EDGE_MM, x + CARD_WIDTH_MM - _EDGE_MM
        return [*self._head(left, right, y + 4), *self._facts(left, right, y + 24.6), *self._way(left, right, y + 37.6)]

    def _head(self, left: float, right: float, y: float) -> list[Mark]:
        code = card_code(self._line.id, self._loop.id, self._card.number, self._card.print_version)
        code_x = right - _CODE_MM + 2.5  # its quiet zone is white: the dark part lines up with the edge
        width = code_x - left
        return [
            Words(x=left, y=y, width=width, height=11, text=self._part.id, size_mm=8.6, size_mm_min=3.2, bold=True),
            Words(
                x=left, y=y + 11.4, width=width, height=8.2, text=self._part.description,
                size_mm=3.4, size_mm_min=2.0, lines=2,
            ),
            Code(x=code_x, y=y - 2.8, side=_CODE_MM, symbol=qr(code, side_mm=_CODE_MM)),
            Words(
                x=code_x, y=y + 25.6, width=_CODE_MM, height=3.4, text=code,
                size_mm=2.5, bold=True, face=Face.CODE, align=Align.CENTRE,
            ),
        ]  # fmt: skip

    def _facts(self, left: float, right: float, y: float) -> list[Mark]:
        width = right - _CODE_MM + 2.5 - left
        total = max(self._loop.cards, self._card.number)
        number = Text("{number} of {total}", {"number": self._card.number, "total": total})
        third = width / 2
        return [
            Box(x=left, y=y, width=width - 3, height=0.3),
            *self._fact(left, y + 1.2, third - 3, Text("Quantity"), f"{self._loop.quantity} {self._part.unit}"),
            *self._fact(left + third, y + 1.2, third - 3, Text("Card"), render(number, self._translate)),
        ]

    def _fact(self, x: float, y: float, width: float, label: Text, value: str) -> list[Mark]:
        return [
            _small(x, y, width, render(label, self._translate)),
            Words(x=x, y=y + 3.6, width=width, height=6.4, text=value, size_mm=4.8, size_mm_min=2.2, bold=True),
        ]

    def _way(self, left: float, right: float, y: float) -> list[Mark]:
        route = " → ".join(self._names.get(station, station) for station in self._loop.route)
        split = left + (right - left) * 0.57
        goal = split + 6.5
        return [
            Box(x=left, y=y, width=right - left, height=11.6),
            *self._place(left + 2, y + 1, split - left - 4, Text("From"), route),
            Shape(points=((split, y + 2.7), (split + 3.6, y + 5.8), (split, y + 8.9)), colour=WHITE),
            *self._place(goal, y + 1, right - goal - 2, *self._goal()),
            *self._foot(left, right, y + 12.5),
        ]

    def _place(self, x: float, y: float, width: float, label: Text, name: str) -> list[Mark]:
        return [
            _small(x, y + 0.4, width, render(label, self._translate), height=2.4, colour=PALE),
            Words(
                x=x, y=y + 3, width=width, height=7.2, text=name, colour=WHITE, bold=True,
                size_mm=3.3, size_mm_min=1.6, lines=2,
            ),
        ]  # fmt: skip

    def _goal(self) -> tuple[Text, str]:
        """Label and name: the consumer, or for CONWIP where the freed card goes."""
        if self._loop.consumer is not None and self._loop.kind is not LoopKind.CONWIP:
            return Text("To"), self._names.get(self._loop.consumer, self._loop.consumer)
        first = self._loop.route[0]
        back = Text("back to {station}", {"station": self._names.get(first, first)})
        return Text("Then"), render(back, self._translate)

    def _foot(self, left: float, right: float, y: float) -> list[Mark]:
        middle = left + (right - left) * 0.7
        own = Text("Loop {loop}", {"loop": self._loop.id})
        version = Text("Print {version}", {"version": self._card.print_version})
        return [
            _small(
                left, y, middle - left - 2, f"{render(own, self._translate)}  ·  {self._line.name}", colour=BLACK
            ),
            Words(
                x=middle, y=y, width=right - middle, height=3, text=render(version, self._translate),
                size_mm=1.7, align=Align.RIGHT,
            ),
        ]  # fmt: skip


def _small(x: float, y: float, width: float, text: str, *, height: float = 3, colour: str = GREY) -> Words:
    return Words(x=x, y=y, width=width, height=height, text=text, size_mm=1.7, size_mm_min=1.4, colour=colour)
