"""One cell of a table: what it may hold, and how a text is kept from becoming a formula."""

import re
from datetime import UTC, datetime, timedelta, tzinfo

from msgspec import Struct

Cell = str | int | float | bool | datetime | None

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

# What makes a spreadsheet calculate, at the start of a cell; the wide signs are taken for the narrow ones by some.
_RUNS = r"=+\-@\t\r\n＝＋－＠"
# A program that expects another separator splits a cell in two, and a line break inside quotes it never saw ends its
# row: behind them a cell begins too. Quotes and blanks in front are dropped by some programs.
_BEGINS = r"(^|[;\t\r\n])"
_GUARD = re.compile(rf"{_BEGINS}(?=[\"' ]*[{_RUNS}])")
_HARMLESS = re.compile(r"\w[^;\t\r\n]*|")  # nearly every cell: three times as fast as to look for danger
_UNGUARD = re.compile(rf"{_BEGINS}'(?=[\"' ]*[{_RUNS}])")


class Column(Struct, frozen=True):
    """The head of a column; `width` in characters, for spreadsheets."""

    name: str
    width: int = 12


def guarded(text: str) -> str:
    """A text with an apostrophe wherever a spreadsheet would begin to calculate; `unguarded` gives it back exactly."""
    return text if _HARMLESS.fullmatch(text) else _GUARD.sub(r"\1'", text)


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return _UNGUARD.sub(r"\1", text)


def plain(cell: Cell) -> str:
    """A cell as text: nothing for None, `true` or `false`, an instant to the millisecond; texts as they are."""
    match cell:
        case None:
            return ""
        case bool():
            return "true" if cell else "false"
        case datetime():
            return cell.isoformat(sep=" ", timespec="milliseconds")
        case _:
            return str(cell)


def local_time(at_us: int, zone: tzinfo) -> datetime | None:
    """An instant on the wall clock of a zone, without its zone, as spreadsheets know time; None for never."""
    if not at_us:
        return None
    return (_EPOCH + timedelta(microseconds=at_us)).astimezone(zone).replace(tzinfo=None)
