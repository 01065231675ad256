"""Labels for the shelves of the stores, 100 × 60 mm: what belongs there, how much at most, and from when it is low."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import assert_never

from shopfloor.core.line import CodeType, Line
from shopfloor.core.text import Translate, english
from shopfloor.paper.blocks import Spot, fact, foot, way
from shopfloor.paper.card_small import head
from shopfloor.paper.card_words import ShelfWords, shelf_words
from shopfloor.paper.cut import Draw, Grid, sheets
from shopfloor.paper.sheet import BLACK, CALL, GREEN, STOP, WHITE, Box, Mark, Page

GRID = Grid(columns=2, rows=4, width=100, height=60)

_EDGE_MM = 4.0
_CELLS_MAX = 24  # more containers than that, and a cell of each would be a line
_OUTLINE_MM = 0.25


class ShelfFormat(StrEnum):
    """The paper a shelf's label is printed on: eight on A4, or each a label of its own."""

    A4_8 = "a4-8"
    LABEL = "label-100x60"


def stores(line: Line, translate: Translate = english) -> Iterator[tuple[str, ShelfWords]]:
    """(loop, texts) of the shelf of each store of a line."""
    loops = (loop.id for loop in line.loops if loop.consumer is not None)
    yield from zip(loops, shelf_words(line, translate), strict=True)


def shelf_pages(
    words: Sequence[ShelfWords],
    *,
    paper: ShelfFormat = ShelfFormat.A4_8,
    code: CodeType = CodeType.QR,
    translate: Translate = english,
) -> list[Page]:
    """The pages of some labels, at least one."""
    if not words:
        raise ValueError("expected at least one store, got none")
    match paper:
        case ShelfFormat.A4_8:
            return sheets([_in_grid(one, code) for one in words], GRID, translate)
        case ShelfFormat.LABEL:
            return [Page(tuple(_face(one, 0, 0, code, plain=True)), GRID.width, GRID.height) for one in words]
        case _:
            assert_never(paper)


def _in_grid(words: ShelfWords, code: CodeType) -> Draw:
    return lambda x, y: _face(words, x, y, code, plain=False)


def _face(words: ShelfWords, x: float, y: float, code: CodeType, *, plain: bool) -> list[Mark]:
    spot = Spot(x=x, y=y, width=GRID.width, height=GRID.height, edge=_EDGE_MM, plain=plain)
    side = 28.0
    bar = spot.right - spot.left - 2 * side
    return [
        *head(words, spot, y - 1, code, facts=(words.quantity, words.containers)),
        *fact(spot.left, y + 36, side - 2, words.least, height=7.4, colour=spot.grey),
        *_zones(words, spot.left + side, y + 36.4, bar, 6.2, plain=plain),
        *fact(spot.right - side + 2, y + 36, side - 2, words.most, height=7.4, colour=spot.grey),
        *way(spot, y + 44.4, 10.8, origin=words.origin, goal=words.goal),
        *foot(spot, y + 55.8, words.loop, right=""),
    ]


def _zones(words: ShelfWords, x: float, y: float, width: float, height: float, *, plain: bool) -> Iterator[Mark]:
    """A place for each container, red to green from the left; in black alone by how much of it is filled."""
    gap = 0.6
    places = [*_zone_places(words)]
    unit = (width - gap * (len(places) - 1)) / sum(weight for weight, _, _ in places)
    for weight, colour, filled in places:
        across = unit * weight
        yield Box(x=x, y=y, width=across, height=height)
        inner = (across - 2 * _OUTLINE_MM, height - 2 * _OUTLINE_MM)
        yield Box(
            x=x + _OUTLINE_MM, y=y + _OUTLINE_MM, width=inner[0], height=inner[1], colour=WHITE if plain else colour
        )
        if plain and filled:
            part = inner[1] * filled
            yield Box(x=x + _OUTLINE_MM, y=y + _OUTLINE_MM + inner[1] - part, width=inner[0], height=part, colour=BLACK)
        x += across + gap


def _zone_places(words: ShelfWords) -> Iterator[tuple[int, str, float]]:
    """(containers, colour, share filled) of each place: one for each container, or one for each zone."""
    zones = (
        (words.low, STOP, 1.0),
        (words.high - 1 - words.low, CALL, 0.4),
        (words.cards - words.high + 1, GREEN, 0.0),
    )
    for count, colour, filled in zones:
        if words.cards > _CELLS_MAX:
            yield count, colour, filled
        else:
            yield from [(1, colour, filled)] * count
