"""`demo`: what it says where its pictures cannot be written, and several terminals on one line."""

from pathlib import Path

import pytest

from shopfloor.cli.demo import TERMINALS_MAX
from shopfloor.cli.demo_line import shares_of
from shopfloor.cli.main import run
from tests.flows.terminal import shopfloor
from tests.helpers.line_served import need_nats

FAILED = 1


def test_a_folder_for_pictures_that_cannot_be_made_is_said_with_a_remedy(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    folder = tmp_path / "file" / "pictures"
    assert run(["demo", "--screens", str(folder), "--for", "1"]) == FAILED
    error = capfd.readouterr().err
    assert str(folder) in error
    assert "--screens" in error


def test_each_station_of_a_line_belongs_to_one_of_its_terminals() -> None:
    stations = ["press", "deburr", "wash", "assembly", "pack"]
    for count in range(1, TERMINALS_MAX + 1):
        shares = shares_of(stations, count)
        assert [station for share in shares for station in share] == stations
        assert len(shares) == count
        assert all(shares)


def test_several_terminals_need_the_libraries_of_a_line_and_say_which(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("shopfloor.cli.line.find_spec", lambda _: None)
    assert run(["demo", "--terminals", "2", "--for", "1"]) == FAILED
    assert "shopfloor[line]" in capfd.readouterr().err


def test_several_terminals_live_on_one_line_and_each_leaves_its_picture(tmp_path: Path) -> None:
    need_nats()
    pictures = tmp_path / "screens"
    arguments = ("--terminals", "3", "--for", "4", "--speed", "20", "--screens", str(pictures))
    ran = shopfloor("demo", *arguments, environ={"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""})
    assert (ran.code, ran.err) == (0, "")
    found = {path.stem for path in pictures.iterdir()}
    assert {"board", "flow", "line"} < found
    assert len(found) == 3 + 3
    for path in pictures.iterdir():
        assert path.read_bytes().startswith(b"\x89PNG")
    done = {line.rpartition(" at ")[2].split(",")[0] for line in ran.out.splitlines() if " started at " in line}
    assert len(done) > 1, f"people work at several terminals: {ran.out}"
