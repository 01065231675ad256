"""`audit loop`, `audit place`, `audit suspects` and `audit walk` on a folder on disk."""

import csv
import io
from pathlib import Path
from typing import Any

import msgspec
import pytest

from shopfloor.cli.main import run
from shopfloor.core.codes import card_code
from tests.helpers.loop_journals import LoopJournal, shaft_line, stored

DONE, FAILED, USAGE = 0, 1, 2
CODES = [card_code("gearbox", "shaft", number, 1) for number in (1, 2, 3)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """25 turns of card 1, then card 2 stays at the press while card 1 turns three times more."""
    journal = LoopJournal(shaft_line())
    for turn in range(25):
        journal.turn(1, turn * 1000 + 100, turn * 1000 + 200, turn * 1000 + 300)
    journal.scan(25_100, "shaft", 2, "assembly")
    journal.scan(25_200, "shaft", 2, "press")
    for turn in range(26, 29):
        journal.turn(1, turn * 1000 + 100, turn * 1000 + 200, turn * 1000 + 300)
    return stored(journal, tmp_path_factory.mktemp("data"))


def codes(tmp_path: Path, *lines: str) -> Path:
    path = tmp_path / "scans.txt"
    path.write_bytes("\r\n".join(lines).encode())
    return path


def asked(capfdbinary: pytest.CaptureFixture[bytes], *args: object, code: int = DONE) -> Any:
    assert run([str(arg) for arg in args] + ["--json"]) == code
    return msgspec.json.decode(capfdbinary.readouterr().out)


def test_a_whole_loop_ends_with_0(folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["audit", "loop", "shaft", "--data", str(folder), "--codes", str(codes(tmp_path, *CODES))]) == DONE
    said = capfd.readouterr().out
    assert "Loop shaft: 3 of 3 cards seen." in said
    assert "shaft: 2 full + 1 in process = 3 cards = 3 put in circulation − 0 retired." in said


def test_what_is_missing_or_foreign_ends_with_1(
    folder: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = codes(tmp_path, CODES[0], CODES[0], "4006381333931", card_code("other", "shaft", 1, 1), CODES[2])
    found = asked(capfdbinary, "audit", "loop", "shaft", "--data", folder, "--codes", path, code=FAILED)
    assert found["seen"] == ["shaft-01", "shaft-03"]
    assert found["missing"] == [{"card": "shaft-02", "state": "in_process", "place": "press"}]
    assert [one["why"] for one in found["foreign"]] == ["no_card", "other_line"]
    assert (found["repeated"], found["conservation"]["holds"]) == (1, True)
    assert run(["audit", "loop", "shaft", "--data", str(folder), "--codes", str(path)]) == FAILED
    said = capfdbinary.readouterr().out.decode()
    assert "GB-200 2: in process, Press 1" in said
    assert "audit walk" in said


def test_a_place_is_audited_from_stdin(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = io.TextIOWrapper(io.BytesIO(f"{CODES[0]}\n{CODES[1]}\n".encode()))
    monkeypatch.setattr("sys.stdin", typed)
    found = asked(capfdbinary, "audit", "place", "assembly", "--data", folder, "--codes", "-", code=FAILED)
    assert (found["expected"], found["seen"]) == (["shaft-01", "shaft-03"], ["shaft-01"])
    assert [(one["card"], one["why"]) for one in found["foreign"]] == [("shaft-02", "other_place")]


def test_the_forgotten_card_leads_the_suspects(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = asked(capfdbinary, "audit", "suspects", "--data", folder)
    # Card 3 has never been taken from the store: that is as strange as card 2 at the press.
    assert {one["card"] for one in found["suspects"][:2]} == {"shaft-02", "shaft-03"}
    by_card = {one["card"]: one for one in found["suspects"]}
    # No terminal has run since the last scan, 28 300 s in: nobody could have scanned it.
    assert by_card["shaft-02"]["age_ms"] == 3_100_000
    assert (by_card["shaft-02"]["longer"], by_card["shaft-02"]["n"], by_card["shaft-02"]["thin"]) == (0, 28, False)
    assert found["conservation"][0]["total"] == 3
    ranks = [one["probability"] for one in found["suspects"]]
    assert ranks == sorted(ranks, reverse=True)
    assert run(["audit", "suspects", "--data", str(folder), "--top", "1"]) == DONE
    said = capfdbinary.readouterr().out.decode()
    assert "0 of 2" in said or "0 of 3" in said
    assert "cards = 3 put in circulation" in said


def test_the_walk_is_by_place_as_text_json_and_csv(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = asked(capfdbinary, "audit", "walk", "--data", folder)
    assert [stop["station"] for stop in found] == ["press", "assembly"]
    assert run(["audit", "walk", "--data", str(folder), "--csv"]) == DONE
    rows = list(csv.DictReader(io.StringIO(capfdbinary.readouterr().out.decode())))
    assert (rows[0]["place"], rows[0]["card"]) == ("press", "shaft-02")
    assert run(["audit", "walk", "--data", str(folder), "--loop", "shaft"]) == DONE
    said = capfdbinary.readouterr().out.decode()
    assert said.index("Press 1") < said.index("[ ]") < said.index("Assembly")


def test_what_cannot_be_read_is_2_and_what_is_unknown_1(
    folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["audit", "loop", "shaft", "--data", str(folder), "--codes", str(tmp_path / "none.txt")]) == USAGE
    assert "cannot be read" in capfd.readouterr().err
    path = str(codes(tmp_path))
    assert run(["audit", "loop", "axle", "--data", str(folder), "--codes", path]) == FAILED
    assert run(["audit", "place", "oven", "--data", str(folder), "--codes", path]) == FAILED
    assert "Expected a station of the line (press, deburr, assembly)" in capfd.readouterr().err
