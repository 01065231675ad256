"""`loop size` with the calendars of consumer and supplier."""

from pathlib import Path

import msgspec
import pytest

from shopfloor.cli.main import run
from shopfloor.linefile import write_starter

DONE, USAGE = 0, 2
SAP = ("loop", "size", "--formula", "sap", "--demand", "30/h", "--lead-time", "8h", "--container", "40")


@pytest.fixture
def line_file(tmp_path: Path) -> Path:
    """The starter's line: 06:00 to 22:00 from Monday to Friday, the late shift with half an hour of break."""
    path = tmp_path / "line.toml"
    path.write_text(write_starter(), "utf-8")
    return path


def test_the_calendars_give_the_time_without_the_supplier(capfd: pytest.CaptureFixture[str], line_file: Path) -> None:
    assert run([*SAP, "--line", str(line_file), "--supplier-shifts", "06:00-14:00 mon-fri", "--json"]) == DONE
    found = msgspec.json.decode(capfd.readouterr().out)
    assert (found["cards"], found["exact"]) == (7 + 6, "101/8")
    assert found["terms"]["closed"]["value"] == "15/2"
    assert found["terms"]["calendar_cards"] == {
        "value": "6",
        "unit": "cards",
        "words": "calendar buffer in whole cards",
    }


def test_the_working_shows_each_rounding(capfd: pytest.CaptureFixture[str]) -> None:
    assert run([*SAP, "--closed", "5h", "--capacity-buffer", "1.5"]) == DONE
    out = capfd.readouterr().out
    for words in ("13 cards of 40.", "150 ÷ 40 ↑ = 4", "1.5 ↑ = 2", "7 + 4 + 2 = 13", "each buffer by itself"):
        assert words in out


def test_one_calendar_or_both_and_the_time_are_refused(capfd: pytest.CaptureFixture[str], line_file: Path) -> None:
    line, supplier = ("--line", str(line_file)), ("--supplier-shifts", "06:00-14:00 mon-fri")
    for options, named in ((line, "--line:"), (supplier, "--supplier-shifts:"), ((*line, *supplier), "--closed:")):
        closed = ("--closed", "8h") if named == "--closed:" else ()
        assert run([*SAP, *options, *closed]) == USAGE
        assert named in capfd.readouterr().err
