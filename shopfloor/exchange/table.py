"""A table on its way out: one item after the other, in the form the file's name asks for."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from shopfloor.exchange.cells import Cell, Column
from shopfloor.exchange.finished import finished
from shopfloor.trouble import Trouble

_T = TypeVar("_T")


class Writer(Protocol):
    """Takes rows, and holds no more than a few of them."""

    def row(self, cells: Iterable[Cell]) -> None:
        """The next row."""

    def close(self) -> None:
        """Write what is left."""


class Table(Generic[_T]):
    """What is exported: named columns, the items, and each item as a row of cells and as a JSON document."""

    def __init__(
        self,
        name: str,
        columns: Iterable[Column],
        items: Iterable[_T],
        *,
        row: Callable[[_T], Iterable[Cell]],
        document: Callable[[_T], Any],
    ) -> None:
        self.name = name
        self.columns = tuple(columns)
        self.items = items
        self.row = row
        self.document = document


ENDINGS = (".csv", ".xlsx", ".jsonl")


def check_ending(out: Path) -> None:
    """Raise Trouble if the name does not say in which form to write, or the library for it is not installed."""
    ending = out.suffix.lower()
    if ending not in ENDINGS:
        raise Trouble(
            f"Expected a file that ends in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}, got {out.name}.",
            remedy="The ending says in which form to write: name one of them.",
        )
    if ending == ".xlsx":
        from shopfloor.exchange.xlsx import need_library

        need_library()


def write(table: Table[_T], out: Path, *, bom: bool = False, overwrite: bool = False) -> int:
    """Write the items to `out`, in the form of its ending, whole or not at all; how many they were.

    `bom` marks CSV as UTF-8 for spreadsheets that would guess otherwise. Raises Trouble.
    """
    check_ending(out)
    with finished(out, overwrite=overwrite) as part:
        ending = out.suffix.lower()
        if ending == ".jsonl":
            from shopfloor.exchange.jsonl import write_lines

            return write_lines(part, map(table.document, table.items))
        return _fill(_writer(part, table, ending, bom=bom), table)


def _writer(part: Path, table: Table[_T], ending: str, *, bom: bool) -> Writer:
    if ending == ".csv":
        from shopfloor.exchange.csv_out import CsvWriter

        return CsvWriter(part, table.columns, bom=bom)
    from shopfloor.exchange.xlsx import XlsxWriter

    return XlsxWriter(part, table.name, table.columns)


def _fill(writer: Writer, table: Table[_T]) -> int:
    count = 0
    try:
        for item in table.items:
            writer.row(table.row(item))
            count += 1
    finally:
        writer.close()
    return count
