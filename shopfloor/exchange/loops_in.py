"""Loops from CSV into the text of a line file: what would change, or everything that is wrong, at once."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from msgspec import Struct

from shopfloor.core.line import Line, Loop, LoopKind, Part
from shopfloor.exchange.csv_in import Record, Sheet, in_order, place
from shopfloor.exchange.line_text import LineText
from shopfloor.exchange.loop_columns import LoopColumn, loop_cell, loop_columns, loop_value
from shopfloor.exchange.read_cell import WrongCell, read_cell
from shopfloor.linefile import parse
from shopfloor.linefile.problems import LineFileError, Problem

NEEDED = ("id", "part", "route")

_PATH = re.compile(r"(loops|parts)\[(\d+)\](?:\.(\w+(?:\.\w+)*))?.*")


class Change(Struct, frozen=True, kw_only=True):
    """What becomes of a loop or part: `did` is added, changed, unchanged, removed or kept (not in the CSV)."""

    did: str
    what: str
    id: str
    details: tuple[str, ...] = ()


class LoopPlan(Struct, frozen=True, kw_only=True):
    """The text to write, the line it describes, and what is different in it."""

    text: str
    line: Line
    changes: tuple[Change, ...]


def plan_loops(text: str, sheet: Sheet, *, replace: bool, folder: Path) -> LoopPlan:
    """What the rows of a CSV make of a line file; loops that it does not name stay, unless `replace`.

    `folder` is where the line file will be. Raises LineFileError with every problem of every row.
    """
    old = parse(text, folder=folder)
    merge = _Merge(text, old)
    for record in sheet.records:
        merge.take(record)
    if replace:
        merge.remove_others()
    problems = [*sheet.problems, *merge.problems]
    try:
        line = parse(merge.edit.text, folder=folder)
    except LineFileError as wrong:
        raise LineFileError(in_order([*problems, *map(merge.placed, wrong.problems)])) from wrong
    problems += merge.lost(line)
    if problems:
        raise LineFileError(in_order(problems))
    changes = tuple(_changes(old, line, named={record.cell("id") for record in sheet.records}))
    same = all(change.did in {"unchanged", "kept"} for change in changes)
    return LoopPlan(text=text if same else merge.edit.text, line=line, changes=changes)


class _Merge:
    """The line file on its way from what it was to what the rows say."""

    def __init__(self, text: str, old: Line) -> None:
        self.edit = LineText(text)
        self.problems: list[Problem] = []
        self._old = {loop.id: loop for loop in old.loops}
        self._parts = {part.id: part for part in old.parts}
        self._rows: dict[tuple[str, int], int] = {}
        self._first_row: dict[str, int] = {}
        self._said: dict[tuple[str, str], tuple[str, int]] = {}
        self._wanted: dict[str, tuple[int, dict[LoopColumn, Any]]] = {}

    def take(self, record: Record) -> None:
        """Put one row into the text; what cannot be read is left out of it and noted."""
        for name in NEEDED:
            if name in record.cells and not record.cell(name):
                self._note(record.row, name, "is missing", "fill in this cell")
        values = self._values(record)
        loop_id = record.cell("id")
        first = self._first_row.setdefault(loop_id, record.row)
        if first != record.row and loop_id:
            self._note(record.row, "id", f"'{loop_id}' is in row {first} already", "write each loop in one row")
        mine = {column: value for column, value in values.items() if not column.of_part}
        self._wanted[loop_id] = (record.row, mine)
        old = self._old.get(loop_id)
        if old is None or first != record.row:
            index = self.edit.add("loops", _given(mine))
        else:
            index = self.edit.ids("loops").index(loop_id)
            self._change(index, old, mine)
        self._rows["loops", index] = record.row
        if record.cell("part"):
            self._take_part(record, {c: value for c, value in values.items() if c.of_part and value is not None})

    def remove_others(self) -> None:
        """Take out the loops that no row named."""
        for index in reversed(range(len(self.edit.ids("loops")))):
            if ("loops", index) not in self._rows:
                self.edit.remove("loops", index)
                self._rows = {
                    (name, at - (name == "loops" and at > index)): row for (name, at), row in self._rows.items()
                }

    def placed(self, problem: Problem) -> Problem:
        """A problem of the line file at the cell it came from; one that comes from no row stays where it is."""
        found = _PATH.fullmatch(problem.path)
        row = self._rows.get((found[1], int(found[2]))) if found else None
        if found is None or row is None:
            return problem
        column = found[3] or ""
        if found[1] == "parts" and column == "id":
            column = "part"
        return Problem(place(row, column), problem.problem, problem.remedy)

    def lost(self, line: Line) -> Iterator[Problem]:
        """What the rows say and the line does not: a file written in a way that cannot be changed here and there."""
        for loop in line.loops:
            row, values = self._wanted.get(loop.id, (0, {}))
            for column, value in values.items():
                if value is not None and value != loop_value(loop, None, column):
                    words = "could not be put into the line file as it is written"
                    yield Problem(place(row, column.name), words, "write it into the line file by hand")

    def _values(self, record: Record) -> dict[LoopColumn, Any]:
        """Column -> value, None for an empty cell; only those the file has and that can be read."""
        values: dict[LoopColumn, Any] = {}
        for column in loop_columns():
            if column.name not in record.cells:
                continue
            text = record.cell(column.name)
            value = read_cell(column.kind, text) if text else None
            if isinstance(value, WrongCell):
                self._note(record.row, column.name, value.problem, value.remedy)
            else:
                values[column] = value
        return values

    def _change(self, index: int, old: Loop, values: dict[LoopColumn, Any]) -> None:
        # Defaults hang on the kind: where it changes, what was left away may mean something else.
        rekinded = any(column.name == "kind" and value != old.kind.value for column, value in values.items())
        for column, value in values.items():
            written = self.edit.get("loops", index, column.name)
            if value is None:
                if written is not None and written != column.default:
                    self.edit.put("loops", index, column.name, None)
            elif rekinded or value != loop_value(old, None, column):
                self.edit.put("loops", index, column.name, value)

    def _take_part(self, record: Record, values: dict[LoopColumn, Any]) -> None:
        part_id = record.cell("part")
        ids = self.edit.ids("parts")
        if part_id in ids:
            index = ids.index(part_id)
        else:
            given = {column.name: value for column, value in values.items()}
            index = self.edit.add("parts", {"id": part_id} | given)
        self._rows.setdefault(("parts", index), record.row)
        old = self._parts.get(part_id)
        for column, value in values.items():
            said, row = self._said.setdefault((part_id, column.name), (str(value), record.row))
            if said != str(value):
                words = f"part '{part_id}' has '{said}' in row {row}"
                self._note(record.row, column.name, words, "write the same in every row of the part, or leave it empty")
            elif value != (getattr(old, column.name) if old else self.edit.get("parts", index, column.name)):
                self.edit.put("parts", index, column.name, value)

    def _note(self, row: int, column: str, problem: str, remedy: str) -> None:
        self.problems.append(Problem(place(row, column), problem, remedy))


def _given(values: dict[LoopColumn, Any]) -> dict[str, Any]:
    """The keys of a new loop; of the usual kind, without those that say what goes without saying."""
    kind = next((value for column, value in values.items() if column.name == "kind"), None)
    is_usual = kind in {None, LoopKind.PRODUCTION}
    return {
        column.name: value
        for column, value in values.items()
        if value is not None and not (is_usual and value == column.default)
    }


def _changes(old: Line, new: Line, *, named: set[str]) -> Iterator[Change]:
    before, after = {part.id: part for part in old.parts}, {part.id: part for part in new.parts}
    for part in new.parts:
        was = before.get(part.id)
        if was is None:
            yield Change(did="added", what="part", id=part.id)
        elif was != part:
            about = [c for c in loop_columns() if c.of_part and getattr(was, c.name) != getattr(part, c.name)]
            details = tuple(_arrow(c, getattr(was, c.name), getattr(part, c.name)) for c in about)
            yield Change(did="changed", what="part", id=part.id, details=details)
    loops = {loop.id: loop for loop in old.loops}
    for loop in new.loops:
        yield _loop_change(loops.get(loop.id), loop, named=named, parts=(before, after))
    kept = {loop.id for loop in new.loops}
    yield from (Change(did="removed", what="loop", id=loop.id) for loop in old.loops if loop.id not in kept)


def _loop_change(
    was: Loop | None, loop: Loop, *, named: set[str], parts: tuple[dict[str, Part], dict[str, Part]]
) -> Change:
    if was is None:
        return Change(did="added", what="loop", id=loop.id)
    if was == loop:
        return Change(did="unchanged" if loop.id in named else "kept", what="loop", id=loop.id)
    before, after = parts
    cells = [
        (column, loop_cell(was, before.get(was.part), column), loop_cell(loop, after.get(loop.part), column))
        for column in loop_columns()
        if not column.of_part
    ]
    details = tuple(_arrow(column, old, new) for column, old, new in cells if old != new)
    return Change(did="changed", what="loop", id=loop.id, details=details)


def _arrow(column: LoopColumn, old: Any, new: Any) -> str:
    return f"{column.name} {'-' if old in {None, ''} else old} → {'-' if new in {None, ''} else new}"
