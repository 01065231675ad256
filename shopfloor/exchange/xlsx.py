"""XLSX through XlsxWriter, one row in memory at a time: typed cells, a frozen head, instants as dates."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from shopfloor.exchange.cells import Cell, Column
from shopfloor.trouble import Trouble

ROWS_MAX = 1_048_576  # of a sheet, its head included: what spreadsheets can open
TEXT_CHARS_MAX = 32_767  # of a cell: longer ones make the file unreadable
SHEET_NAME_CHARS_MAX = 28  # of 31, so that a number finds room behind it

_CUT = " … (too long for a cell; CSV and JSONL have all of it)"


def need_library() -> None:
    """Raise Trouble if XlsxWriter is not installed."""
    try:
        import xlsxwriter  # noqa: F401  (only whether it is there)
    except ImportError as error:
        raise Trouble(
            "XLSX needs the library XlsxWriter, which is not installed.",
            remedy="Install it in the checkout: pip install '.[export]'. Or name a file that ends in .csv or .jsonl.",
        ) from error


class XlsxWriter:
    """Writes one row after the other; goes on in another sheet where one is full. Raises OSError."""

    def __init__(self, path: Path, name: str, columns: Iterable[Column], *, rows_max: int = ROWS_MAX) -> None:
        import xlsxwriter

        self._columns = tuple(columns)
        self._name = name[:SHEET_NAME_CHARS_MAX]
        self._rows_max = rows_max
        # No text becomes a formula, a link or a number, whatever it looks like: only write_string ever sees it.
        options = {"constant_memory": True, "tmpdir": str(path.parent)}
        self._book: Any = xlsxwriter.Workbook(str(path), options)
        self._bold = self._book.add_format({"bold": True})
        self._date = self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss.000"})
        self._sheets = 0
        self._sheet: Any
        self._row = 0
        self._begin_sheet()

    def row(self, cells: Iterable[Cell]) -> None:
        """The next row."""
        if self._row >= self._rows_max:
            self._end_sheet()
            self._begin_sheet()
        for column, cell in enumerate(cells):
            self._write(column, cell)
        self._row += 1

    def close(self) -> None:
        """Put the sheets into one file."""
        from xlsxwriter.exceptions import XlsxFileError

        self._end_sheet()
        try:
            self._book.close()
        except XlsxFileError as error:
            raise OSError(str(error)) from error

    def _write(self, column: int, cell: Cell) -> None:
        match cell:
            case None | "":
                return
            case bool():
                self._sheet.write_boolean(self._row, column, cell)
            case datetime():
                self._sheet.write_datetime(self._row, column, cell, self._date)
            case str():
                text = cell if len(cell) <= TEXT_CHARS_MAX else cell[: TEXT_CHARS_MAX - len(_CUT)] + _CUT
                self._sheet.write_string(self._row, column, text)
            case _:
                self._sheet.write_number(self._row, column, cell)

    def _begin_sheet(self) -> None:
        self._sheets += 1
        self._sheet = self._book.add_worksheet(self._name if self._sheets == 1 else f"{self._name} {self._sheets}")
        self._sheet.freeze_panes(1, 0)
        for index, column in enumerate(self._columns):
            self._sheet.set_column(index, index, column.width)
            self._sheet.write_string(0, index, column.name, self._bold)
        self._row = 1

    def _end_sheet(self) -> None:
        self._sheet.autofilter(0, 0, max(self._row - 1, 1), len(self._columns) - 1)
