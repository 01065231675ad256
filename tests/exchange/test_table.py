"""Files on their way out: CSV by RFC 4180, XLSX read back by another library, JSON lines; whole or not at all."""

import csv
import itertools
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pytest

from shopfloor.exchange.cells import Cell, Column
from shopfloor.exchange.table import Table, write
from shopfloor.exchange.xlsx import TEXT_CHARS_MAX, XlsxWriter
from shopfloor.trouble import Trouble
from tests.exchange.test_cells import HOSTILE
from tests.helpers.scale import scaled

AT = datetime(2026, 1, 5, 9, 12, 33, 123_000)  # noqa: DTZ001  (a wall clock, as spreadsheets know time)
COLUMNS = (Column("text", 20), Column("number", 8), Column("yes"), Column("at", 24), Column("nothing"))
ROW: tuple[Cell, ...] = ('a,"b"', -3, True, AT, None)


def table(*rows: tuple[Cell, ...]) -> Table[tuple[Cell, ...]]:
    return Table("things", COLUMNS, rows, row=lambda row: row, document=lambda row: {"text": row[0], "number": row[1]})


def sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(path)
    found = {sheet.title: [tuple(cell.value for cell in row) for row in sheet.rows] for sheet in book}
    book.close()
    return found


def test_csv_is_as_the_rfc_wants_it(tmp_path: Path) -> None:
    out = tmp_path / "a.csv"
    assert write(table(ROW), out) == 1
    head = b"text,number,yes,at,nothing\r\n"
    assert out.read_bytes() == head + b'"a,""b""",-3,true,2026-01-05 09:12:33.123,\r\n'


def test_csv_takes_a_mark_for_spreadsheets(tmp_path: Path) -> None:
    write(table(("Gehäuse", 1, None, None, None)), tmp_path / "a.csv", bom=True)
    data = (tmp_path / "a.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbftext,")
    assert "Gehäuse" in data.decode("utf-8-sig")


def test_numbers_stay_numbers_and_texts_are_guarded(tmp_path: Path) -> None:
    write(table(("-3", -3, None, None, None)), tmp_path / "a.csv")
    with (tmp_path / "a.csv").open(newline="") as file:
        assert list(csv.reader(file))[1][:2] == ["'-3", "-3"]


def test_xlsx_has_typed_cells_a_frozen_head_and_real_dates(tmp_path: Path) -> None:
    write(table(ROW), tmp_path / "a.xlsx")
    assert sheets(tmp_path / "a.xlsx") == {"things": [tuple(c.name for c in COLUMNS), ('a,"b"', -3, True, AT, None)]}
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    assert (sheet.freeze_panes, sheet["D2"].is_date, sheet["B2"].data_type, sheet["A1"].font.bold) == (
        "A2", True, "n", True,
    )  # fmt: skip


def test_xlsx_never_holds_a_formula_or_a_link(tmp_path: Path) -> None:
    hostile = [
        *HOSTILE,
        "http://example.org",
        "mailto:a@b",
        "file:///etc/passwd",
        "12",
        "\x00\x1b[2J",
        "TRUE",
        "_x0041_",
    ]
    write(table(*((text, None, None, None, None) for text in hostile)), tmp_path / "a.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    cells = [sheet.cell(row, 1) for row in range(2, len(hostile) + 2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not any(cell.hyperlink for cell in cells)
    for cell, text in zip(cells, hostile, strict=True):
        if text.isprintable() and not text.startswith("_x"):
            assert cell.value == text


def test_a_text_too_long_for_a_cell_is_cut_and_says_so(tmp_path: Path) -> None:
    write(table(("x" * (TEXT_CHARS_MAX + 1), None, None, None, None)), tmp_path / "a.xlsx")
    text = sheets(tmp_path / "a.xlsx")["things"][1][0]
    assert len(text) == TEXT_CHARS_MAX
    assert text.endswith("(too long for a cell; CSV and JSONL have all of it)")


def test_a_full_sheet_goes_on_in_another(tmp_path: Path) -> None:
    writer = XlsxWriter(tmp_path / "a.xlsx", "things", [Column("n")], rows_max=3)
    for number in range(5):
        writer.row([number])
    writer.close()
    assert sheets(tmp_path / "a.xlsx") == {
        "things": [("n",), (0,), (1,)],
        "things 2": [("n",), (2,), (3,)],
        "things 3": [("n",), (4,)],
    }


def test_jsonl_is_one_document_a_line(tmp_path: Path) -> None:
    write(table(ROW, ("ü\n", 2, None, None, None)), tmp_path / "a.jsonl")
    lines = (tmp_path / "a.jsonl").read_bytes().split(b"\n")
    assert [msgspec.json.decode(line) for line in lines[:-1]] == [
        {"text": 'a,"b"', "number": -3},
        {"text": "ü\n", "number": 2},
    ]
    assert lines[-1] == b""


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_a_file_that_is_there_stays(ending: str, tmp_path: Path) -> None:
    out = tmp_path / f"a.{ending}"
    out.write_text("mine")
    with pytest.raises(Trouble, match="--overwrite"):
        write(table(ROW), out)
    assert out.read_text() == "mine"
    assert write(table(ROW), out, overwrite=True) == 1
    assert out.read_bytes() != b"mine"
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_what_breaks_off_leaves_nothing_behind(ending: str, tmp_path: Path) -> None:
    def rows() -> Iterator[tuple[Cell, ...]]:
        yield ROW
        raise Trouble("The journal is gone.", remedy="")

    broken = Table("things", COLUMNS, rows(), row=lambda row: row, document=lambda row: row[0])
    with pytest.raises(Trouble, match="The journal is gone"):
        write(broken, tmp_path / f"a.{ending}")
    assert list(tmp_path.iterdir()) == []


def test_an_ending_nobody_knows_and_a_place_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"\.csv, \.xlsx or \.jsonl, got a\.xls"):
        write(table(ROW), tmp_path / "a.xls")
    with pytest.raises(Trouble, match="Expected a folder"):
        write(table(ROW), tmp_path / "nowhere" / "a.csv")
    (tmp_path / "b.csv").mkdir()
    with pytest.raises(Trouble, match="Expected a new file"):
        write(table(ROW), tmp_path / "b.csv", overwrite=True)


def test_without_the_library_the_remedy_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(Trouble, match=r"pip install '\.\[export\]'"):
        write(table(ROW), tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []
    assert write(table(ROW), tmp_path / "a.csv") == 1


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl"])
def test_memory_does_not_grow_with_the_rows(ending: str, tmp_path: Path) -> None:
    few, many = scaled(500, 20_000), scaled(3_000, 400_000)
    _peak(tmp_path / f"warm.{ending}", 10)
    first, second = _peak(tmp_path / f"few.{ending}", few), _peak(tmp_path / f"many.{ending}", many)
    assert second < 1.5 * first + 100_000, f"{first} bytes for {few} rows, {second} for {many}"


def _peak(out: Path, count: int) -> int:
    rows = ((f"text {number}", number, True, AT, "x" * 40) for number in itertools.islice(itertools.count(), count))
    things = Table("things", COLUMNS, rows, row=lambda row: row, document=lambda row: {"text": row[0], "n": row[1]})
    tracemalloc.start()
    try:
        assert write(things, out) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
