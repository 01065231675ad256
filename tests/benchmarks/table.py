"""The table of measured figures that a run prints at its end."""

from typing import NamedTuple


class Row(NamedTuple):
    """One figure beside its bound; both as a reader wants them, with their units."""

    what: str
    figure: str
    bound: str


_ROWS: list[Row] = []


def row(what: str, figure: str, bound: str = "") -> None:
    """Note a figure for the table. `bound` "" has none: it is there to judge the others by."""
    _ROWS.append(Row(what, figure, bound))


def lines() -> list[str]:
    """The table as text, in the order the figures came, once; empty if there is none."""
    if not _ROWS:
        return []
    rows = [Row("what", "figure", "bound"), *_ROWS]
    _ROWS.clear()
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
