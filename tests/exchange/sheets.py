"""CSV files of loops for tests, and what an import makes of them."""

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from shopfloor.core.line import Line
from shopfloor.exchange import loops_in
from shopfloor.exchange.csv_in import read_sheet
from shopfloor.exchange.loop_columns import loop_columns, loop_table
from shopfloor.exchange.loops_in import LoopPlan, plan_loops
from shopfloor.exchange.table import write
from shopfloor.linefile import LineFileError

STATIONS = """\
[line]
id = "gearbox"
name = "Gearbox line"

[[stations]]
id = "press"
name = "Press"

[[stations]]
id = "deburr"
name = "Deburr"

[[stations]]
id = "assembly"
name = "Assembly"
"""

GOOD = {
    "id": "housing", "part": "GB-100", "description": "Housing", "unit": "pcs", "kind": "production",
    "route": "press>deburr", "lane_limits": "2", "lane_order": "refuse", "consumer": "assembly", "quantity": "20",
    "cards": "6", "start": "full",
}  # fmt: skip


def csv_text(rows: Iterable[Mapping[str, str]], *, separator: str = ",") -> str:
    """A CSV with the columns of GOOD and a row for each, what it does not name taken from GOOD."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(GOOD)
    writer.writerows({**GOOD, **row}.values() for row in rows)
    return out.getvalue()


def plan(folder: Path, data: str | bytes, *, text: str = STATIONS, replace: bool = False) -> LoopPlan:
    """What an import of the CSV would do to a line file."""
    path = folder / "loops.csv"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    sheet = read_sheet(path, known=[column.name for column in loop_columns()], needed=loops_in.NEEDED)
    return plan_loops(text, sheet, replace=replace, folder=folder)


def mistakes(folder: Path, data: str | bytes, *, text: str = STATIONS) -> list[str]:
    """Every problem of a CSV, as it is shown."""
    with pytest.raises(LineFileError) as caught:
        plan(folder, data, text=text)
    return [str(problem) for problem in caught.value.problems]


def exported(folder: Path, line: Line) -> bytes:
    """The loops of a line as CSV."""
    out = folder / "exported.csv"
    write(loop_table(line), out, overwrite=True)
    return out.read_bytes()
