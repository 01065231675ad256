"""CSV by RFC 4180: commas, CRLF, quotes where needed, UTF-8; no cell that a spreadsheet would run."""

import csv
from collections.abc import Iterable
from pathlib import Path

from shopfloor.exchange.cells import Cell, Column, guarded, plain


class CsvWriter:
    """Writes one row after the other. Raises OSError for what the disk does."""

    def __init__(self, path: Path, columns: Iterable[Column], *, bom: bool = False) -> None:
        self._file = path.open("w", encoding="utf-8-sig" if bom else "utf-8", newline="")
        self._csv = csv.writer(self._file, lineterminator="\r\n")
        self._csv.writerow(column.name for column in columns)

    def row(self, cells: Iterable[Cell]) -> None:
        """The next row; only texts are guarded, so that a negative number stays one."""
        self._csv.writerow([guarded(cell) if isinstance(cell, str) else plain(cell) for cell in cells])

    def close(self) -> None:
        """Write what is left."""
        self._file.close()
