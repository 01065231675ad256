"""`status`: what stands, what is put aside, and what no longer stands though it waits for its cause."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from shopfloor.cli.main import run
from shopfloor.cli.output import DONE
from shopfloor.core import commands as c
from shopfloor.core import commands_andon as a
from shopfloor.core.events import LineChanged
from shopfloor.core.line_andon import Severity
from shopfloor.store.journal import SqliteJournal
from tests.helpers.call_book import CallBook
from tests.helpers.calls import REASONS, andon_line


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A stop that waits for its cause, a call on the shelf, one that is gone, a hint, a station out of service."""
    reasons = tuple(replace(reason, cause=reason.id == "fault") for reason in REASONS)
    book = CallBook(replace(andon_line(), reasons=reasons))
    book.record(LineChanged(line=book.line))
    stop = book.do(10, c.RaiseCall(station="saw", reason="fault"))
    book.do(20, c.ClearCall(station="saw", call=stop))
    book.do(30, c.RaiseCall(station="mill", reason="tool"))
    book.do(31, a.ShelveCall(station="mill", at="mill", reason="tool", for_s=900, why="part is ordered"))
    book.do(40, a.ReportCondition(station="saw", reason="tool", severity=Severity.HIGH))
    book.do(50, a.ReportCondition(station="saw", reason="tool", severity=Severity.NONE))
    book.do(60, a.TakeOutOfService(station="wash", at="wash", why="wire is broken"))
    journal = SqliteJournal(tmp_path, "t")
    origin = journal.open().origin
    journal.append([replace(e, origin=origin) for e in book.events], tuple(book.shop.entities()), (), book.rows)
    journal.close()
    return tmp_path


def test_what_waits_for_its_cause_stands_no_longer(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["status", "--data", str(folder), "--json"]) == DONE
    found = msgspec.json.decode(capfdbinary.readouterr().out)
    assert found["stops"] == []
    calls = {(call["station"], call["reason"]): call for call in found["calls"]}
    assert (calls["saw", "fault"]["status"], calls["saw", "fault"]["aside"]) == ("cleared", "asks")
    assert (calls["mill", "tool"]["aside"], calls["mill", "tool"]["level"]) == ("shelved", 0)
    assert (calls["saw", "tool"]["returned"], calls["saw", "tool"]["severity"]) == (True, "high")
    assert [(shelf["station"], shelf["reason"], shelf["why"]) for shelf in found["shelves"]] == [
        ("mill", "tool", "part is ordered")
    ]
    assert [(out["station"], out["reason"]) for out in found["out_of_service"]] == [("wash", "")]


def test_the_text_says_what_is_put_aside(folder: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["status", "--data", str(folder)]) == DONE
    said = capfdbinary.readouterr().out.decode()
    assert "cleared, wants its cause" in said
    assert "on the shelf" in said
    assert "over by itself" in said
    assert "OUT OF SERVICE at " in said
    assert "STOP" not in said
