"""Many rows in few statements.

Python gives its interpreter up at each statement of SQLite, and has to wait for it again while a screen paints: a row
each would make of the milliseconds of a delivery as many waits.
"""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

from shopfloor.store.connection import Execute

_SIZES: Final = (64, 16, 4, 1)  # few, so that SQLite keeps what it made of each


def add_rows(execute: Execute, into: str, rows: Sequence[Sequence[object]], *, then: str = "") -> None:
    """Insert the rows `into` a table with its columns named; `then` is what to do about those that are there."""
    first = 0
    while first < len(rows):
        size = next(size for size in _SIZES if size <= len(rows) - first)
        part = rows[first : first + size]
        execute(_statement(into, len(part[0]), size, then), tuple(chain.from_iterable(part)))
        first += size


@lru_cache(maxsize=64)
def _statement(into: str, width: int, rows: int, then: str) -> str:
    row = f"({', '.join('?' * width)})"
    return f"INSERT INTO {into} VALUES {', '.join([row] * rows)} {then}"
