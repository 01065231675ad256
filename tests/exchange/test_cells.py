"""Cells: no text becomes a formula in any spreadsheet, and every text comes back exactly."""

import csv
import io
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.exchange.cells import Column, guarded, local_time, plain, unguarded
from shopfloor.exchange.csv_out import CsvWriter

RUNS = "=+-@\t\r\n＝＋－＠"
HOSTILE = [
    "=1+1",
    "=cmd|' /C calc'!A0",
    '=HYPERLINK("http://x","y")',
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    " =1+1",
    '"=1+1"',
    "'=1+1",
    "a;=1+1",
    'a;"=1+1"',
    "a\n=1+1",
    "a\r\n-1",
    "a\t@x",
    ";-1",
]
TEXTS = st.text(st.sampled_from(RUNS + "'\"; ,ab1()!\\") | st.characters(exclude_categories=["Cs"]), max_size=12)


def written(texts: list[str], folder: Path) -> str:
    writer = CsvWriter(folder / "a.csv", [Column(f"c{index}") for index in range(len(texts))])
    writer.row(texts)
    writer.close()
    return (folder / "a.csv").read_bytes().decode().split("\r\n", 1)[1]


def beginnings(text: str, separator: str) -> list[str]:
    """What each cell begins with for a program with that separator, which drops quotes and blanks in front."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    return [cell.lstrip(' "')[:1] for row in rows for cell in row]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_no_hostile_cell_begins_to_calculate(text: str, separator: str, tmp_path: Path) -> None:
    for cells in ([text], ["a", text, "b"]):
        assert not set(beginnings(written(cells, tmp_path), separator)) & set(RUNS)


@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_no_text_at_all_begins_to_calculate(texts: list[str], tmp_path_factory: pytest.TempPathFactory) -> None:
    text = written(texts, tmp_path_factory.getbasetemp())
    for separator in ",;\t":
        assert not set(beginnings(text, separator)) & set("=+-@＝＋－＠")


@given(TEXTS)
def test_a_guarded_text_comes_back_exactly(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_a_text_without_danger_stays_as_it_is() -> None:
    for text in ("", "GB-100", "a=b", "it's", "press>deburr", "2;3", "'quoted'", "M6 x 20"):
        assert guarded(text) == text
        assert unguarded(text) == text


def test_values_as_text() -> None:
    at = datetime(2026, 1, 5, 9, 12, 33, 123_456)  # noqa: DTZ001  (a wall clock, as spreadsheets know time)
    assert [plain(cell) for cell in (None, True, False, -3, 2.5, "x", at)] == [
        "", "true", "false", "-3", "2.5", "x", "2026-01-05 09:12:33.123",
    ]  # fmt: skip


def test_local_time_is_the_wall_clock_of_the_zone() -> None:
    at_us = round(datetime(2026, 7, 1, 12, tzinfo=UTC).timestamp()) * 1_000_000 + 250_000
    assert local_time(at_us, ZoneInfo("Europe/Berlin")) == datetime(2026, 7, 1, 14, 0, 0, 250_000)  # noqa: DTZ001
    assert local_time(0, UTC) is None
