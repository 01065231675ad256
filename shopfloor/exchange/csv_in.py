"""CSV in: whatever a spreadsheet saved, as rows of texts, and everything that is wrong with its form at once."""

import csv
import io
import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from msgspec import Struct

from shopfloor.core.codes import printable
from shopfloor.exchange.cells import unguarded
from shopfloor.linefile.problems import LineFileError, Problem, did_you_mean, one_of

FILE_BYTES_MAX = 10_000_000  # a plant of 10 000 loops has a fifth of it
SEPARATORS = ",;\t"

_SAVE_AS = "save it from the spreadsheet as 'CSV UTF-8'"
_HINT = "sep="  # what some spreadsheets put in front, to tell each other the separator


class Record(Struct, frozen=True):
    """One row of the file as spreadsheets count them, the head being 1, and its cells by column, without blanks."""

    row: int
    cells: dict[str, str]

    def cell(self, column: str) -> str:
        """The text of a cell; "" where the file has no such column."""
        return self.cells.get(column, "")


class Sheet(Struct, frozen=True):
    """The columns that are there and known, the rows, and what is wrong with them so far."""

    columns: tuple[str, ...]
    records: tuple[Record, ...]
    problems: tuple[Problem, ...]


def place(row: int, column: str = "") -> str:
    """Where something is, as people find it in a spreadsheet."""
    return f"row {row}, column {printable(column)}" if column else f"row {row}"


def read_sheet(path: Path, *, known: Collection[str], needed: Collection[str]) -> Sheet:
    """The rows of a file. Raises LineFileError where there is nothing that could be checked further."""
    rows = list(_rows(_text(path)))
    head_row, head = next(((number, cells) for number, cells in rows if any(cells)), (0, []))
    columns = ["_".join(cell.casefold().split()) for cell in head]
    if not set(columns) & set(known):
        names = ", ".join(known)
        raise _lone(path, "has no row with names of columns", f"begin it with a row of these, in any order: {names}")
    problems = [*_head_problems(head_row, head, columns, known=known, needed=needed)]
    records = []
    for number, cells in rows:
        if number <= head_row or not any(cells):
            continue
        problems += _width_problems(number, cells, columns)
        named = {name: cell for name, cell in zip(columns, cells, strict=False) if name in known}
        records.append(Record(number, named))
    if not records:
        raise _lone(path, "has no rows below the names of its columns", "write a row for each")
    return Sheet(tuple(name for name in columns if name in known), tuple(records), tuple(problems))


def choices(words: Iterable[str]) -> str:
    """The remedy of a cell that takes one of a few words."""
    return f"write {one_of(words)}"


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """By row; one problem a cell, the first: what follows from it helps nobody."""
    cells: dict[str, Problem] = {}
    others = []
    for problem in problems:
        if problem.path.startswith("row ") and ", column " in problem.path:
            cells.setdefault(problem.path, problem)
        else:
            others.append(problem)
    return sorted(dict.fromkeys([*others, *cells.values()]), key=lambda problem: (_row_of(problem), problem.path))


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES_MAX + 1)
    except OSError as error:
        raise _lone(path, f"cannot be read: {error.strerror or error}", "check the path") from error
    if len(data) > FILE_BYTES_MAX:
        raise _lone(path, f"expected at most {FILE_BYTES_MAX} bytes, got more", "is this the right file?")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _lone(path, "is UTF-16 text", _SAVE_AS)
    if data.startswith(b"PK\x03\x04"):
        raise _lone(path, "is a spreadsheet's own file", _SAVE_AS)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        number = data.count(b"\n", 0, error.start) + 1
        raise _lone(path, f"line {number} is not UTF-8 text", _SAVE_AS) from error


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    separator = _separator(text)
    first = text.split("\n", 1)[0].strip().strip('"')
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for number in itertools.count(1):
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            # Where a quote is open or stray, nothing behind it can be told apart any more.
            problem = Problem(f"row {number}", f"cannot be split into cells: {error}", "double each quote in a text")
            raise LineFileError([problem]) from error
        if number == 1 and first.startswith(_HINT):
            cells = []
        yield number, [unguarded(cell).strip() for cell in cells]


def _separator(text: str) -> str:
    """The separator the head is split by: the one that gives the most cells."""
    for line in text.splitlines():
        if line.strip('"').startswith(_HINT) and line.strip('"')[len(_HINT) :][:1] in SEPARATORS:
            return line.strip('"')[len(_HINT)]
        if line.strip():
            return max(SEPARATORS, key=line.count)
    return SEPARATORS[0]


def _head_problems(
    row: int, head: list[str], columns: list[str], *, known: Collection[str], needed: Collection[str]
) -> Iterator[Problem]:
    for index, (written, name) in enumerate(zip(head, columns, strict=True)):
        if not name:
            continue
        if name not in known:
            remedy = did_you_mean(name, known, otherwise=f"remove it; known here: {', '.join(known)}")
            yield Problem(place(row, written), f"unknown column '{printable(written)}'", remedy)
        elif name in columns[:index]:
            yield Problem(place(row, written), "is there twice", "remove one of the two")
    for name in needed:
        if name not in columns:
            yield Problem(place(row, name), "is missing", f"add a column named {name}")


def _width_problems(row: int, cells: list[str], columns: list[str]) -> Iterator[Problem]:
    if len(cells) < len(columns):
        words = f"expected {len(columns)} cells, got {len(cells)}"
        yield Problem(place(row), words, "leave cells empty, but write their separators")
    elif any(cells[len(columns) :]):
        words = f"expected {len(columns)} cells, got {len(cells)}"
        yield Problem(place(row), words, "put a text with the separator in it into quotes")
    for name, cell in zip(columns, cells, strict=False):
        if cell and not name:
            yield Problem(place(row), f"'{printable(cell)}' is in a column without a name", "name the column")


def _lone(path: Path, problem: str, remedy: str) -> LineFileError:
    return LineFileError([Problem(str(path), problem, remedy)])


def _row_of(problem: Problem) -> int:
    found = re.match(r"row (\d+)", problem.path)
    return int(found[1]) if found else 0
