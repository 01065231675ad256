"""`andon scoreboard`, `oee`, `effect`, `dry-run` and `a3` on a folder on disk."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from shopfloor.cli.main import run
from shopfloor.core import commands as c
from shopfloor.core.commands_andon import AnswerWhys, FinishCountermeasure, GiveCause, SetCountermeasure
from shopfloor.core.evolve import apply
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import Effort
from shopfloor.core.update import DigestRow
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import digest_rows
from shopfloor.linefile import parse
from shopfloor.store.journal import SqliteJournal
from tests.helpers.desk import Desk
from tests.paper.pages import words

DONE, FAILED, USAGE = 0, 1, 2
S = 1_000_000

LINE_FILE = """\
[line]
id = "gearbox"
name = "Gearbox"
takt_s = 60

[andon]
whys_times = 3

[[stations]]
id = "press"
name = "Press 1"
cycle_target_s = 55
calls_expected_h = 2

[[stations]]
id = "assembly"
name = "Assembly"

[[reasons]]
id = "material"
name = "Material missing"
deadline_s = 60
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six calls an hour apart: 40 s each, the last 90 s, a stop for 30 of them. Then a countermeasure."""
    desk = Desk(parse(LINE_FILE))
    start_us = desk.clock.now().at_us
    for number in range(6):
        desk.clock.advance(start_us / S + 3600 * (number + 1) - desk.clock.now().at_us / S)
        desk.do(c.RaiseCall(station="press", reason="material"))
        (call,) = desk.shop.calls
        desk.clock.advance(90 if number == 5 else 40)
        desk.do(c.ClearCall(station="press", call=call))
        for open_call in tuple(desk.shop.calls):  # it recurs: whys first, then it is closed
            desk.do(
                AnswerWhys(station="press", problem="press/material", whys=("The rack is empty.", "No second rack."))
            )
            desk.do(GiveCause(station="press", call=open_call, cause="", note=""))
    measure = SetCountermeasure(
        station="press", problem="press/material", what="Second rack", owner="Ana", due_day="2026-01-09",
        effort=Effort.SMALL,
    )  # fmt: skip
    desk.do(measure)
    desk.do(FinishCountermeasure(station="press", problem="press/material", number=1))
    return stored(desk, tmp_path_factory.mktemp("data"))


def stored(desk: Desk, folder: Path) -> Path:
    """The data folder of a terminal that saw all of it, digest and all."""
    shop, calendar = Shop(), WorkCalendar(desk.shop.line)
    rows: list[DigestRow] = []
    for recorded in desk.journal:
        rows += digest_rows(shop, recorded, calendar)
        apply(shop, recorded)
    store = SqliteJournal(folder, "press")
    opened = store.open()
    events = [replace(recorded, origin=opened.origin) for recorded in desk.journal]
    store.append(events, tuple(desk.shop.entities()), (), rows)
    store.close()
    return folder


def asked(capfdbinary: pytest.CaptureFixture[bytes], *args: object) -> Any:
    assert run([str(arg) for arg in args] + ["--json"]) == DONE
    return msgspec.json.decode(capfdbinary.readouterr().out)


def said(capfdbinary: pytest.CaptureFixture[bytes], *args: object) -> str:
    assert run([str(arg) for arg in args]) == DONE
    return capfdbinary.readouterr().out.decode()


# The clock of the desk begins at 2026-01-05 08:00 UTC.
WINDOW = ("--from", "2026-01-05T08:00", "--to", "2026-01-05T18:00")


def test_the_scoreboard_has_each_figure_with_its_rule(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = asked(capfdbinary, "andon", "scoreboard", "--data", folder, *WINDOW)
    scores = {score["name"]: score for score in found["scores"]}
    assert found["calls"] == 6
    assert scores["per_hour"]["number"] == pytest.approx(0.6)
    assert scores["per_hour"]["verdict"] == "acceptable"
    assert all(score["rule"] for score in scores.values())
    assert found["notes"][-1].startswith("These figures need 30 days")


def test_the_scoreboard_names_stations_that_call_too_little(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    """Twenty are expected in ten hours; P(N ≤ 6) = 0.00026."""
    found = asked(capfdbinary, "andon", "scoreboard", "--data", folder, *WINDOW)["too_few"]
    press = found["stations"][0]
    assert (press["calls"], press["expected"], press["verdict"]) == (6, 20, "too_few")
    assert press["chance"] == pytest.approx(0.000255, abs=1e-6)
    assert found["false_alarms_expected"] == pytest.approx(0.01)


def test_the_scoreboard_reads_well(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    text = said(capfdbinary, "andon", "scoreboard", "--data", folder, *WINDOW)
    assert text.startswith("6 calls in 10.0 h of work, 2026-01-05 08:00 to 2026-01-05 18:00.\n")
    assert "Calls by people at Press 1: 6 calls of 20.0 expected  TOO FEW" in text
    assert "Frequent: Material missing at Press 1, 6 calls" in text


def test_oee_does_not_pretend_a_quality(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """30 s of ten hours were stopped."""
    found = asked(capfdbinary, "andon", "oee", "--data", folder, *WINDOW)
    assert found["stopped_s"] == 30
    assert found["availability"] == pytest.approx(1 - 30 / 36_000)
    assert (found["quality"], found["oee"]) == (None, None)
    assert "Quality      not measured" in said(capfdbinary, "andon", "oee", "--data", folder, *WINDOW)
    of_press = asked(capfdbinary, "andon", "oee", "--data", folder, "--station", "press", "--rejects", 0, *WINDOW)
    assert (of_press["ideal_cycle_s"], of_press["oee"]) == (55, None)


def test_oee_without_an_ideal_cycle_says_what_is_missing(
    folder: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["andon", "oee", "--data", str(folder), "--station", "assembly"]) == FAILED
    assert b"cycle_target_s of assembly" in capfdbinary.readouterr().err
    assert run(["andon", "oee", "--data", str(folder), "--station", "mill"]) == FAILED


def test_a_dry_run_shows_both_sides(folder: Path, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """With a deadline of 30 s all six calls stop the press: five for 10 s, one for 60."""
    file = tmp_path / "line.toml"
    file.write_text(LINE_FILE.replace("deadline_s = 60", "deadline_s = 30"), "utf-8")
    found = asked(capfdbinary, "andon", "dry-run", file, "--data", folder, *WINDOW)
    assert (found["calls"], found["recorded_stops"]) == (6, 1)
    assert (found["old"]["stops"], found["new"]["stops"]) == (1, 6)
    assert (found["old"]["stop_s"], found["new"]["stop_s"]) == (30, 110)
    assert len(found["became_stops"]) == 5
    assert found["changed"][0]["new"]["messages"][0]["roles"] == ["leader"]
    text = said(capfdbinary, "andon", "dry-run", file, "--data", folder, *WINDOW)
    assert "5 calls would have become stops, 0 no longer." in text
    assert "What a replay cannot know:" in text


def test_a_dry_run_through_a_bad_line_file_is_refused(folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "line.toml"
    file.write_text("[line]\n", "utf-8")
    assert run(["andon", "dry-run", str(file), "--data", str(folder)]) == USAGE


def test_the_effect_of_a_countermeasure_is_judged(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Nothing has called since, and the machine's clock is later than the journal's by weeks at least."""
    found = asked(capfdbinary, "andon", "effect", "press/material", "--data", folder)
    (one,) = found["effects"]
    assert (one["before"], one["after"], one["together"]) == (6, 0, 1)
    assert one["before_h"] == pytest.approx(6, abs=0.1)
    assert said(capfdbinary, "andon", "effect", "press/material", "--data", folder).startswith("1 Second rack\n    ")


def test_a_problem_is_printed_on_one_sheet(
    folder: Path, tmp_path: Path, qapp: object, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    out = tmp_path / "a3.pdf"
    text = said(capfdbinary, "andon", "a3", "press/material", "--data", folder, "--out", out)
    assert "6 calls, 1 countermeasures" in text
    assert "No second rack." in " ".join(words(out).split())


def test_a_problem_nobody_opened_is_named(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["andon", "effect", "press/quality", "--data", str(folder)]) == FAILED
    assert b"(press/material), got press/quality" in capfdbinary.readouterr().err


def test_a_range_without_a_journal_has_no_figures(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    early = ("--from", "2020-01-01", "--to", "2020-02-01")
    for command in ("scoreboard", "oee"):
        assert run(["andon", command, "--data", str(folder), *early]) == FAILED
        assert b"Nothing was recorded" in capfdbinary.readouterr().err
    assert run(["andon", "scoreboard", "--data", str(folder), "--from", "2026-02-01", "--to", "2026-01-01"]) == USAGE
