"""A levelled release: which cards go into which column of a heijunka box.

One card of a part every pitch: pitch = takt × quantity of a card. Parts that share a pitch take its places in turn by
their ratio, each in one run: 2 : 1 is D D E.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import cycle

from msgspec import Struct

COLUMNS_MAX = 500  # a week of pitches; more is no box
PLACES_MAX = 10_000  # cards of all parts in it: what can be read, let alone hung up


class Row(Struct, frozen=True):
    """A row of the box: its parts with their ratio, and the time from one card to the next, in any one unit."""

    parts: tuple[tuple[str, int], ...]
    pitch: Fraction


def level(rows: Sequence[Row], *, column: Fraction, columns: int) -> tuple[tuple[str, ...], ...]:
    """The cards of each column, row by row; a card lies in the column in which its pitch begins.

    Raises ValueError for times or ratios that are not above 0 and for a box that is too large.
    """
    if column <= 0 or any(row.pitch <= 0 or any(share < 1 for _, share in row.parts) for row in rows):
        raise ValueError("expected times and ratios above 0")
    places = sum(column * columns / row.pitch for row in rows)
    if not 1 <= columns <= COLUMNS_MAX or places > PLACES_MAX:
        raise ValueError(f"expected 1 to {COLUMNS_MAX} columns and at most {PLACES_MAX} cards")
    box: list[list[str]] = [[] for _ in range(columns)]
    for row in rows:
        turn = cycle([part for part, share in row.parts for _ in range(share)])
        at = Fraction(0)
        while at < column * columns:
            box[at // column].append(next(turn))
            at += row.pitch
    return tuple(tuple(cards) for cards in box)
