"""`shopfloor import`: dry runs write nothing, wrong files write nothing, right ones all of it."""

import os
from pathlib import Path

import msgspec
import pytest

from shopfloor.cli.main import run
from shopfloor.clock import ManualClock
from shopfloor.core.events import CardCirculated, LineChanged, TerminalStarted
from shopfloor.linefile import read, write_starter
from shopfloor.store.history import SqliteHistory
from tests.helpers.terminal import running

DONE, FAILED, USAGE = 0, 1, 2
CAP = """\
id,part,description,route,consumer,cards
cap,GB-300,Cap,press,assembly,3
housing,GB-100,,press>deburr,assembly,7
"""


@pytest.fixture
def line(tmp_path: Path) -> Path:
    path = tmp_path / "line.toml"
    path.write_text(write_starter(), "utf-8")
    return path


def csv_file(folder: Path, text: str) -> str:
    path = folder / "in.csv"
    path.write_text(text, "utf-8")
    return str(path)


def test_a_dry_run_says_what_would_change_and_writes_nothing(line: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = line.read_bytes()
    file = csv_file(line.parent, CAP)
    assert run(["import", "loops", file, "--line", str(line), "--replace", "--dry-run"]) == DONE
    assert capfd.readouterr().out.splitlines() == [
        "part GB-300: added",
        "loop housing: changed: cards 6 → 7",
        "loop cap: added",
        "loop shaft: removed",
        "Dry run: nothing was written.",
    ]
    assert line.read_bytes() == before
    assert sorted(path.name for path in line.parent.iterdir()) == ["in.csv", "line.toml"]


def test_loops_arrive_in_the_line_file(line: Path, capfd: pytest.CaptureFixture[str]) -> None:
    line.chmod(0o640)
    file = csv_file(line.parent, CAP)
    assert run(["import", "loops", file, "--line", str(line)]) == DONE
    assert "loop shaft: not in the CSV, stays" in capfd.readouterr().out
    assert {loop.id: loop.cards for loop in read(line).loops} == {"housing": 7, "shaft": 4, "cap": 3}
    assert "# Stations: the places where work is done" in line.read_text("utf-8")
    assert os.name == "nt" or line.stat().st_mode & 0o777 == 0o640
    assert run(["import", "loops", file, "--line", str(line)]) == DONE
    assert "nothing to change" in capfd.readouterr().out


def test_another_file_can_be_written_but_none_that_is_there(line: Path) -> None:
    before = line.read_bytes()
    out = line.parent / "new.toml"
    command = ["import", "loops", csv_file(line.parent, CAP), "--line", str(line), "--out", str(out)]
    assert run(command) == DONE
    assert line.read_bytes() == before
    assert len(read(out).loops) == 3
    assert run(command) == FAILED
    assert run([*command, "--overwrite"]) == DONE


def test_line_ends_and_the_mark_of_an_editor_stay(line: Path) -> None:
    line.write_bytes(b"\xef\xbb\xbf" + write_starter().replace("\n", "\r\n").encode())
    assert run(["import", "loops", csv_file(line.parent, CAP), "--line", str(line)]) == DONE
    data = line.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf#")
    assert data.count(b"\n") == data.count(b"\r\n") > 100


def test_mistakes_are_2_and_nothing_is_written(line: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before = line.read_bytes()
    file = csv_file(line.parent, CAP.replace(",3\n", ',"2,5"\n').replace("press>deburr", "pres>deburr"))
    assert run(["import", "loops", file, "--line", str(line)]) == USAGE
    said = capfd.readouterr()
    assert said.out == ""
    assert "row 2, column cards: expected a whole number, got '2,5', with a decimal comma" in said.err
    assert "row 3, column route: station 'pres'" in said.err
    assert "2 errors: nothing was written." in said.err
    assert line.read_bytes() == before
    assert run(["import", "loops", file, "--line", str(line), "--json"]) == USAGE
    found = msgspec.json.decode(capfd.readouterr().out)
    assert (found["ok"], [problem["path"] for problem in found["problems"]]) == (
        False,
        ["row 2, column cards", "row 3, column route"],
    )


def test_a_bad_line_file_is_named_before_the_rows(line: Path, capfd: pytest.CaptureFixture[str]) -> None:
    line.write_text("[line]\n", "utf-8")
    assert run(["import", "loops", csv_file(line.parent, CAP), "--line", str(line)]) == USAGE
    assert "line.id: is missing" in capfd.readouterr().err


def test_json_says_what_changes(line: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "loops", csv_file(line.parent, CAP), "--line", str(line), "--dry-run", "--json"]) == DONE
    found = msgspec.json.decode(capfd.readouterr().out)
    assert (found["ok"], found["dry_run"]) == (True, True)
    assert {"did": "changed", "what": "loop", "id": "housing", "details": ["cards 6 → 7"]} in found["changes"]


CARDS = "card,state\nhousing-01,empty\nhousing-02,full\nshaft-04,empty\n"


def import_cards(line: Path, text: str, *options: str) -> int:
    data = line.parent / "data"
    return run(["import", "cards", csv_file(line.parent, text), "--data", str(data), "--line", str(line), *options])


def circulated(folder: Path) -> dict[str, str]:
    with SqliteHistory(folder) as history:
        events = [recorded.event for recorded in history.events()]
    return {event.card: event.state.value for event in events if isinstance(event, CardCirculated)}


def test_a_plant_begins_with_what_is_on_the_shelves(line: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert import_cards(line, CARDS) == DONE
    said = capfd.readouterr().out
    for words in ("loop housing: 1 full, 1 empty", "7 more cards begin as the line file says", "10 cards put in"):
        assert words in said
    states = circulated(line.parent / "data")
    assert [card for card, state in states.items() if state == "empty"] == ["housing-01", "shaft-04"]
    assert len(states) == 10
    with SqliteHistory(line.parent / "data") as history:
        started, changed, *_ = [recorded.event for recorded in history.events()]
    assert isinstance(started, TerminalStarted)
    assert isinstance(changed, LineChanged)
    assert run(["verify", "--data", str(line.parent / "data")]) == DONE


def test_a_dry_run_makes_no_data_folder(line: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert import_cards(line, CARDS, "--dry-run") == DONE
    assert "belongs to terminal 'press'" in capfd.readouterr().out
    assert not (line.parent / "data").exists()
    assert import_cards(line, CARDS, "--dry-run", "--json") == DONE
    found = msgspec.json.decode(capfd.readouterr().out)
    assert (found["loops"]["housing"], found["as_line_file"]) == ({"full": 1, "empty": 1}, 7)


def test_a_second_import_is_refused_card_by_card(line: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert import_cards(line, CARDS) == DONE
    before = circulated(line.parent / "data")
    assert import_cards(line, CARDS) == USAGE
    assert capfd.readouterr().err.count("is in circulation already") == 3
    assert circulated(line.parent / "data") == before


def test_more_cards_of_a_line_file_may_begin_empty(line: Path) -> None:
    assert import_cards(line, CARDS) == DONE
    line.write_text(line.read_text("utf-8").replace("cards = 6", "cards = 8"), "utf-8")
    assert import_cards(line, "loop,number,state\nhousing,8,empty\n") == DONE
    states = circulated(line.parent / "data")
    assert (states["housing-07"], states["housing-08"]) == ("full", "empty")


def test_beside_a_running_terminal_it_says_to_end_that_first(line: Path, capfd: pytest.CaptureFixture[str]) -> None:
    few = read(line)
    with running(line.parent / "data", ManualClock(), few):
        line.write_text(line.read_text("utf-8").replace("cards = 6", "cards = 8"), "utf-8")
        text = "card,state\nhousing-08,empty\n"
        assert import_cards(line, text, "--dry-run") == DONE
        capfd.readouterr()
        assert import_cards(line, text) == FAILED
        assert "End that program first" in capfd.readouterr().err
    assert "housing-08" not in circulated(line.parent / "data")


def test_another_line_is_refused(line: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert import_cards(line, CARDS) == DONE
    line.write_text(line.read_text("utf-8").replace('id = "gearbox"', 'id = "other"'), "utf-8")
    assert import_cards(line, CARDS) == FAILED
    assert "is of line other" in capfd.readouterr().err
