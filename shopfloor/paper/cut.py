"""Several cards or labels on an A4 page, with marks to cut along."""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from shopfloor.core.text import Text, Translate, render
from shopfloor.paper.blocks import small
from shopfloor.paper.sheet import HAIRLINE, Box, Mark, Page

_PAGE_MM = (210.0, 297.0)
_MARK_MM = 0.15
_TICK_MM = 3.0
_TEXT_X_MM = 6.0  # printers leave 4.2 mm at the edge of the paper white


class Grid(Struct, frozen=True):
    """Places of one size in the middle of an A4 page."""

    columns: int
    rows: int
    width: float
    height: float

    @property
    def left(self) -> float:
        """Where the first column begins."""
        return (_PAGE_MM[0] - self.columns * self.width) / 2

    @property
    def top(self) -> float:
        """Where the first row begins."""
        return (_PAGE_MM[1] - self.rows * self.height) / 2


Draw = Callable[[float, float], list[Mark]]


def sheets(draws: Sequence[Draw], grid: Grid, translate: Translate) -> list[Page]:
    """The pages of some cards; each is drawn by its function from the top left corner of its place."""
    size = grid.columns * grid.rows
    groups = [draws[start : start + size] for start in range(0, len(draws), size)]
    return [_page(group, grid, number, len(groups), translate) for number, group in enumerate(groups, start=1)]


def _page(draws: Sequence[Draw], grid: Grid, number: int, count: int, translate: Translate) -> Page:
    marks: list[Mark] = []
    for index, draw in enumerate(draws):
        row, column = divmod(index, grid.columns)
        marks += draw(grid.left + column * grid.width, grid.top + row * grid.height)
    marks += _cut_marks(grid, -(-len(draws) // grid.columns))
    note = Text("Print at 100 %. Sheet {number} of {count}.", {"number": number, "count": count})
    marks.append(small(_TEXT_X_MM, _PAGE_MM[1] - 5.2, 90, render(note, translate), height=2.2, colour=HAIRLINE))
    return Page(tuple(marks))


def _cut_marks(grid: Grid, rows: int) -> Iterator[Mark]:
    """Ticks where cuts meet, outside the text of every card; at the edge of the paper longer, into what is printed."""
    for column in range(grid.columns + 1):
        x = grid.left + column * grid.width
        at_edge = x < 1 or x > _PAGE_MM[0] - 1
        start = min(max(x - _TICK_MM, 0), _PAGE_MM[0] - 2 * _TICK_MM) if at_edge else x - _TICK_MM
        for row in range(rows + 1):
            y = grid.top + row * grid.height
            yield Box(x=start, y=y - _MARK_MM / 2, width=2 * _TICK_MM, height=_MARK_MM, colour=HAIRLINE)
            if not at_edge:
                yield Box(x=x - _MARK_MM / 2, y=y - _TICK_MM, width=_MARK_MM, height=2 * _TICK_MM, colour=HAIRLINE)
