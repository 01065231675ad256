"""`shopfloor export`: what it writes, and its exit codes."""

import csv
from pathlib import Path

import msgspec
import openpyxl
import pytest

from shopfloor.cli.main import run
from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.codes import card_code
from tests.helpers.lines import a_line
from tests.helpers.terminal import running

DONE, FAILED, USAGE = 0, 1, 2


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    with running(folder, ManualClock(), a_line()) as terminal:
        terminal.do(c.StepCard(station="assembly", card="housing-01"))
        terminal.do(c.StepCard(station="press", card="housing-01"))
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def export(what: str, folder: Path, out: Path, *options: str) -> int:
    return run(["export", what, "--data", str(folder), "--out", str(out), *options])


def test_jsonl_events_are_what_the_journal_prints(
    folder: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["journal", "--data", str(folder), "--json"]) == DONE
    printed = capfdbinary.readouterr().out
    assert export("events", folder, tmp_path / "a.jsonl") == DONE
    assert (tmp_path / "a.jsonl").read_bytes() == printed


def test_csv_and_xlsx_hold_the_same_events(folder: Path, tmp_path: Path) -> None:
    assert export("events", folder, tmp_path / "a.csv") == DONE
    assert export("events", folder, tmp_path / "a.xlsx") == DONE
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    head, *body = [[cell.value for cell in row] for row in book["events"].rows]
    found = rows(tmp_path / "a.csv")
    assert [row["kind"] for row in found] == [row[head.index("kind")] for row in body]
    assert [row["n"] for row in found] == [str(row[head.index("n")]) for row in body]
    started = next(row for row in found if row["kind"] == "card_started")
    assert (started["station"], started["loop"], started["card"], started["step"]) == (
        "press", "housing", "housing-01", "1",
    )  # fmt: skip
    assert started["at_local"][:10] == "2026-01-05"
    assert started["at"][11:13] != started["at_local"][11:13]  # the line is in Berlin


def test_events_are_chosen_by_station_loop_and_time(folder: Path, tmp_path: Path) -> None:
    def kinds(*options: str) -> list[str]:
        assert export("events", folder, tmp_path / "a.csv", "--overwrite", *options) == DONE
        return [row["kind"] for row in rows(tmp_path / "a.csv")]

    assert kinds("--station", "press") == ["card_started"]
    assert kinds("--loop", "housing").count("card_circulated") == 6
    assert kinds("--from", "2026-02-01") == kinds("--to", "2026-01-01") == []
    assert len(kinds("--from", "2026-01-01", "--to", "2026-02-01")) == len(kinds())
    assert kinds("--station", "pres") == []


def test_a_wrong_instant_or_an_empty_span_is_bad_usage(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert export("events", folder, tmp_path / "a.csv", "--from", "yesterday") == USAGE
    assert "2026-01-05T06:00" in capfd.readouterr().err
    assert export("events", folder, tmp_path / "a.csv", "--from", "2026-02-01", "--to", "2026-01-01") == USAGE
    assert list(tmp_path.iterdir()) == []


def test_cards_have_their_code_state_and_place(folder: Path, tmp_path: Path) -> None:
    assert export("cards", folder, tmp_path / "a.csv") == DONE
    found = {row["card"]: row for row in rows(tmp_path / "a.csv")}
    assert len(found) == 11
    first = found["housing-01"]
    assert (first["state"], first["station"], first["code"]) == (
        "in_process", "press", card_code("gearbox", "housing", 1, 1),
    )  # fmt: skip
    assert (found["housing-02"]["state"], found["housing-02"]["station"]) == ("full", "assembly")
    assert export("cards", folder, tmp_path / "b.jsonl", "--loop", "kit") == DONE
    lines = (tmp_path / "b.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line)["card"] for line in lines] == ["kit-01", "kit-02"]
    assert export("cards", folder, tmp_path / "c.csv", "--loop", "nix") == FAILED


def test_loops_carry_their_parts(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert export("loops", folder, tmp_path / "a.csv", "--bom") == DONE
    assert capfd.readouterr().out == f"{tmp_path / 'a.csv'}: 3 loops\n"
    housing, _, kit = rows(tmp_path / "a.csv")
    assert (housing["route"], housing["lane_limits"], housing["description"]) == ("press>deburr", "2", "Housing")
    assert (kit["kind"], kit["consumer"], kit["start"]) == ("conwip", "", "empty")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_export_works_beside_a_running_terminal(tmp_path: Path) -> None:
    with running(tmp_path / "data", ManualClock(), a_line()):
        assert export("events", tmp_path / "data", tmp_path / "a.csv") == DONE
    assert len(rows(tmp_path / "a.csv")) > 11


def test_a_file_that_is_there_or_a_folder_without_a_journal_is_1(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a.csv"
    assert export("cards", folder, out) == DONE
    assert export("cards", folder, out) == FAILED
    assert "--overwrite" in capfd.readouterr().err
    assert export("cards", folder, tmp_path / "a.pdf") == FAILED
    assert export("cards", tmp_path / "nowhere", tmp_path / "b.csv") == FAILED
    assert export("events", tmp_path / "nowhere", tmp_path / "b.csv") == FAILED
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
