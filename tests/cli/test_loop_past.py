"""`loop measure`, `propose`, `replay`, `effect`, `accept` and `refuse` on a folder on disk."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from shopfloor.cli.main import run
from shopfloor.core import commands as c
from shopfloor.linefile import parse, read
from tests.helpers.loop_journals import LoopJournal, shaft_line, stored

DONE, FAILED, USAGE = 0, 1, 2

LINE_FILE = """\
# Our line. Ask Ana before you change it.
[line]
id = "gearbox"
name = "Gearbox"

[[stations]]
id = "press"
name = "Press"

[[stations]]
id = "assembly"
name = "Assembly"

[[parts]]
id = "GB-200"

[[loops]] # the shaft
id = "shaft"
part = "GB-200"
route = ["press"]
consumer = "assembly"
cards = 3 # since spring
quantity = 10
"""
PEOPLE = """
[[people]]
id = "ana"
name = "Ana"
badge = "P-1"
role = "leader"

[[people]]
id = "ole"
name = "Ole"
badge = "P-2"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two containers are pulled every 20 min and are back after 15. Two cards for 6 h, then three for 4 h."""
    journal = LoopJournal(shaft_line(2))
    for second in range(0, 10 * 3600, 1200):
        if second == 6 * 3600:
            journal.do(second, c.ChangeLine(line=shaft_line(3)))
        for later, station in ((0, "assembly"), (60, "press"), (900, "press")):
            for number in (1, 2):
                journal.scan(second + later + number, "shaft", number, station)
    return stored(journal, tmp_path_factory.mktemp("data"))


@pytest.fixture
def line_file(tmp_path: Path) -> Path:
    path = tmp_path / "line.toml"
    path.write_text(LINE_FILE, "utf-8")
    return path


def asked(capfdbinary: pytest.CaptureFixture[bytes], *args: object) -> Any:
    assert run([str(arg) for arg in args] + ["--json"]) == DONE
    return msgspec.json.decode(capfdbinary.readouterr().out)


def test_measure_is_demand_and_lead_time(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = asked(capfdbinary, "loop", "measure", "shaft", "--data", folder)
    assert (found["withdrawals"], found["lead"]["n"], found["lead"]["mean_ms"]) == (60, 60, 900_000)
    assert (found["parts"]["trigger"]["p50_ms"], found["parts"]["refill"]["p50_ms"]) == (60_000, 840_000)
    assert found["per_hour"]["p50"] == 6
    assert len(found["turns"]) == 60


def test_measure_of_a_window_and_its_words(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    window = ["--from", "2026-01-05T10:00", "--to", "2026-01-05T14:00"]
    assert run(["loop", "measure", "shaft", "--data", str(folder), *window]) == DONE
    said = capfd.readouterr().out
    for words in ("2026-01-05 10:00", "24 withdrawals", "lead time, empty to full", "15.0 min", "waiting to be begun"):
        assert words in said
    assert run(["loop", "measure", "shaft", "--data", str(folder), "--from", "yesterday"]) == USAGE
    assert run(["loop", "measure", "shaft", "--data", str(folder), "--from", "2026-01-05T17:30"]) == FAILED
    assert "whole turns" in capfd.readouterr().err


def test_replay_since_the_last_change_or_by_number(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = asked(capfdbinary, "loop", "replay", "shaft", "--data", folder)
    assert [one["cards"] for one in found["replays"]] == [2, 3, 4]
    assert [one["stockouts"] for one in found["replays"]] == [12, 0, 0]
    assert found["replays"][0]["outages"][0]["worked_ms"] == 899_000
    both = asked(capfdbinary, "loop", "replay", "shaft", "--data", folder, "--cards", "5,n")
    assert [one["cards"] for one in both["replays"]] == [5, 3]
    assert run(["loop", "replay", "shaft", "--data", str(folder), "--cards", "many"]) == USAGE
    assert run(["loop", "replay", "shaft", "--data", str(folder), "--cards", "0"]) == FAILED
    one, again = (asked(capfdbinary, "loop", "replay", "shaft", "--data", folder, "--seed", 7) for _ in range(2))
    assert one == again


def test_replay_and_effect_in_words(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["loop", "replay", "shaft", "--data", str(folder)]) == DONE
    said = capfd.readouterr().out
    assert "longest without a full container: 2026-01-05" in said
    assert run(["loop", "effect", "shaft", "--data", str(folder)]) == DONE
    said = capfd.readouterr().out
    for words in ("2 cards until 2026-01-05 14:00, 3 since", "planned", "actual", "exact two-sided test", "to judge."):
        assert words in said


def test_effect_has_plan_and_outcome(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = asked(capfdbinary, "loop", "effect", "shaft", "--data", folder, "--cycles", "20")
    assert (found["cards_before"], found["cards_after"], found["judged"]) == (2, 3, True)
    assert [found[name]["stockouts"] for name in ("before", "planned", "actual")] == [18, 0, 0]
    assert found["p"] < 0.01


def test_propose_has_evidence_confidence_and_plan(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = asked(capfdbinary, "loop", "propose", "shaft", "--data", folder)
    assert found["now"] == 3
    assert found["formula"] == "statistical"
    assert found["confidence"]["low"] <= found["cards"] <= found["confidence"]["high"]
    assert [one["cards"] for one in found["plan"]] == [3, found["cards"]]
    assert found["evidence"]["lead"]["n"] == 60
    more = asked(capfdbinary, "loop", "propose", "shaft", "--data", folder, "--service", "99.9%")
    assert more["cards"] >= found["cards"]
    assert run(["loop", "propose", "shaft", "--data", str(folder), "--service", "95"]) == USAGE


def test_propose_in_words(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["loop", "propose", "shaft", "--data", str(folder)]) == DONE
    said = capfd.readouterr().out
    for words in ("proposed; there are 3.", "Toyota's formula", "resamplings", "60 withdrawals", "Plan"):
        assert words in said


def test_an_unknown_loop_is_named_with_the_known(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["loop", "measure", "axle", "--data", str(folder)]) == FAILED
    assert "Expected a loop of the line (shaft), got axle." in capfd.readouterr().err


def test_accept_changes_one_number_and_keeps_every_comment(
    folder: Path, line_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    args = ["loop", "accept", "shaft", "--cards", "4", "--line", str(line_file), "--data", str(folder)]
    assert run([*args, "--reason", "two stock-outs a week"]) == DONE
    said = capfd.readouterr().out
    assert "has 4 cards, 3 until now" in said
    assert "stock-outs 0 → 0" in said
    assert line_file.read_text("utf-8") == LINE_FILE.replace("cards = 3 #", "cards = 4 #")
    (noted,) = (line_file.parent / "decisions.jsonl").read_bytes().splitlines()
    decision = msgspec.json.decode(noted)
    assert (decision["before"], decision["after"], decision["accepted"]) == (3, 4, True)
    assert decision["reason"] == "two stock-outs a week"
    assert [one["cards"] for one in decision["plan"]] == [3, 4]


def test_accept_writes_a_number_that_was_left_out_and_keeps_windows_line_ends(line_file: Path) -> None:
    text = LINE_FILE.replace("cards = 3 # since spring\n", "").replace("\n", "\r\n")
    line_file.write_bytes(b"\xef\xbb\xbf" + text.encode())
    assert run(["loop", "accept", "shaft", "--cards", "5", "--line", str(line_file)]) == DONE
    data = line_file.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf# Our line")
    assert data.count(b"\n") == data.count(b"\r\n") == text.count("\r\n") + 1
    assert read(line_file).loops[0].cards == 5


def test_only_who_may_decides(line_file: Path, capfd: pytest.CaptureFixture[str]) -> None:
    text = LINE_FILE + PEOPLE
    line_file.write_text(text, "utf-8")
    args = ["loop", "accept", "shaft", "--cards", "5", "--line", str(line_file)]
    for by in ([], ["--by", "ole"], ["--by", "eve"]):
        assert run([*args, *by]) == FAILED
        assert "Expected a leader, planner or admin of the line (ana), got" in capfd.readouterr().err
    assert line_file.read_text("utf-8") == text
    assert not (line_file.parent / "decisions.jsonl").exists()
    assert run([*args, "--by", "ana"]) == DONE
    assert parse(line_file.read_text("utf-8")).loops[0].cards == 5


def test_a_refusal_is_noted_and_changes_nothing(line_file: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = asked(capfdbinary, "loop", "refuse", "shaft", "--cards", 5, "--line", line_file, "--reason", "summer only")
    assert (found["accepted"], found["before"], found["after"]) == (False, 3, 5)
    assert line_file.read_text("utf-8") == LINE_FILE
    assert run(["loop", "refuse", "shaft", "--cards", "5", "--line", str(line_file)]) == USAGE


def test_a_bad_line_file_is_left_alone(line_file: Path) -> None:
    bad = LINE_FILE.replace('consumer = "assembly"', 'consumer = "assembley"')
    line_file.write_text(bad, "utf-8")
    assert run(["loop", "accept", "shaft", "--cards", "5", "--line", str(line_file)]) == USAGE
    assert line_file.read_text("utf-8") == bad
