"""`calls` and `andon figures` on a folder on disk, stopped and running."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from shopfloor.cli.main import run
from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.events import LineChanged
from shopfloor.store.journal import SqliteJournal
from tests.helpers.call_book import CallBook
from tests.helpers.calls import andon_line
from tests.helpers.terminal import running

DONE, FAILED, USAGE = 0, 1, 2
KEYS = (
    "id",
    "station",
    "reason",
    "kind",
    "raised_at",
    "acked_at",
    "arrived_at",
    "cleared_at",
    "closed_at",
    "stop_s",
    "level",
    "cause",
)
DAY = ["--from", "2026-01-05", "--to", "2026-01-06"]


def stored(book: CallBook, folder: Path) -> Path:
    journal = SqliteJournal(folder, "t")
    origin = journal.open().origin
    events = [replace(event, origin=origin) for event in book.events]
    journal.append(events, tuple(book.shop.entities()), (), book.rows)
    journal.close()
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """From 2026-01-05 08:00 UTC: a call that was answered, one that became a stop, a mistake, one that is open."""
    book = CallBook(replace(andon_line(), takt_s=60))
    book.record(LineChanged(line=book.line))
    first = book.do(10, c.RaiseCall(station="saw", reason="material"))
    book.do(15, c.AcknowledgeCall(station="saw", call=first))
    book.do(30, c.ArriveCall(station="saw", call=first))
    book.do(62, c.ClearCall(station="saw", call=first))
    second = book.do(100, c.RaiseCall(station="mill", reason="quality"))
    book.do(195, c.ClearCall(station="mill", call=second))
    wrong = book.do(300, c.RaiseCall(station="saw", reason="tool"))
    book.do(301, c.RejectCall(station="saw", call=wrong, reason="wrong button"))
    book.do(400, c.RaiseCall(station="saw", reason="material"))
    return stored(book, tmp_path_factory.mktemp("calls"))


def asked(capfdbinary: pytest.CaptureFixture[bytes], *args: object) -> Any:
    assert run([str(arg) for arg in args] + ["--json"]) == DONE
    return msgspec.json.decode(capfdbinary.readouterr().out)


def test_every_call_has_its_instants_in_utc(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    answered, stop, wrong, living = asked(capfdbinary, "calls", "--data", folder)
    assert tuple(answered)[: len(KEYS)] == KEYS
    assert {name: answered[name] for name in KEYS[1:]} == {
        "station": "saw",
        "reason": "material",
        "kind": "help",
        "raised_at": "2026-01-05T08:00:10.000000Z",
        "acked_at": "2026-01-05T08:00:15.000000Z",
        "arrived_at": "2026-01-05T08:00:30.000000Z",
        "cleared_at": "2026-01-05T08:01:02.000000Z",
        "closed_at": "2026-01-05T08:01:02.000000Z",
        "stop_s": 0,
        "level": 0,
        "cause": None,
    }
    assert (stop["kind"], stop["stop_s"], stop["arrived_at"]) == ("stop", 35, None)
    assert (wrong["rejected"], wrong["cleared_at"]) == ("wrong button", None)
    assert wrong["closed_at"] == "2026-01-05T08:05:01.000000Z"
    assert (living["cleared_at"], living["closed_at"], living["reason"]) == (None, None, "material")


def test_range_station_and_open_choose(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    def ids(*args: object) -> list[str]:
        return [call["raised_at"][14:19] for call in asked(capfdbinary, "calls", "--data", folder, *args)]

    assert ids("--open") == ["06:40"]
    assert ids("--station", "mill") == ["01:40"]
    assert ids("--from", "2026-01-05T08:01:40+00:00", "--to", "2026-01-05T08:05:00+00:00") == ["01:40"]
    assert ids("--from", "2026-01-07") == []
    assert run(["calls", "--data", str(folder), "--station", "nowhere"]) == USAGE
    assert run(["calls", "--data", str(folder), "--from", "yesterday"]) == USAGE
    assert run(["calls", "--data", str(folder), "--from", "2026-01-05", "--to", "2026-01-05"]) == USAGE


def test_the_table_says_it_in_words(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["calls", "--data", str(folder)]) == DONE
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 5
    assert all(words in lines[1] for words in ("Saw", "Material missing", "call", "0:05", "0:20", "0:52"))
    assert all(words in lines[2] for words in ("Quality", "STOP", "1:35", "0:35"))
    assert "rejected: wrong button" in lines[3]
    assert lines[4].endswith("open")
    assert run(["calls", "--data", str(folder), "--from", "2026-01-07"]) == DONE
    assert "No calls" in capfd.readouterr().out


def test_figures_of_the_day(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = asked(capfdbinary, "andon", "figures", "--data", folder, *DAY)
    assert found["from"] == "2026-01-05T08:00:00.000000Z"
    assert (found["counts"]["calls"], found["counts"]["rejected"], found["times"]["open"]) == (3, 1, 1)
    assert found["times"]["acknowledge"] == {"n": 1, "median_ms": 5_000, "p85_ms": 5_000, "max_ms": 5_000}
    assert found["times"]["near_stops"][0]["raised_at"] == "2026-01-05T08:00:10.000000Z"
    assert found["line_stop"]["stood_ms"] == 35_000
    assert [row["id"] for row in found["reasons"]["by_count"]] == ["material", "quality"]
    one = asked(capfdbinary, "andon", "figures", "--data", folder, *DAY, "--station", "mill")
    assert (one["counts"]["calls"], [row["station"] for row in one["stations"]]) == (1, ["mill"])


def test_figures_in_words(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["andon", "figures", "--data", str(folder), *DAY]) == DONE
    said = capfd.readouterr().out
    for words in (
        "3 calls, 1 of them open",
        "1 rejected",
        "1 near-stops",
        "time until taken",
        "MTBF",
        "Reasons by calls",
    ):
        assert words in said
    assert run(["andon", "figures", "--data", str(folder), "--station", "nowhere"]) == USAGE
    assert run(["andon", "figures", "--data", str(folder), "--from", "2026-01-04", "--to", "2026-01-05"]) == FAILED
    assert "Nothing was recorded" in capfd.readouterr().err


def test_a_running_terminal_is_read_beside_it(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with running(tmp_path, ManualClock(), andon_line()) as terminal:
        terminal.do(c.RaiseCall(station="saw", reason="fault"))
        (living,) = asked(capfdbinary, "calls", "--data", tmp_path)
        assert (living["kind"], living["closed_at"]) == ("stop", None)
        terminal.clock.advance(5)
        terminal.do(c.ClearCall(station="saw", call=living["id"]))
        (ended,) = asked(capfdbinary, "calls", "--data", tmp_path)
        assert (ended["id"], ended["stop_s"], ended["closed_at"] is None) == (living["id"], 5, False)
        found = asked(capfdbinary, "andon", "figures", "--data", tmp_path, *DAY)
        assert found["stop"]["stood_ms"] == 5_000


def test_a_folder_without_a_journal_says_so(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for command in (["calls"], ["andon", "figures"]):
        assert run([*command, "--data", str(tmp_path)]) == FAILED
        assert capfd.readouterr().err
