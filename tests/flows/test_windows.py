"""Windows as processes: with a display and without one, and their clean end."""

import sys
import threading
import time
from pathlib import Path

import msgspec
import pytest

from shopfloor.store.folder import JOURNAL
from tests.flows.plant import POLL_S, Plant, code
from tests.flows.terminal import WAIT_S_MAX, Process, Ran, shopfloor

NO_DISPLAY = {"QT_QPA_PLATFORM": "", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
linux = pytest.mark.skipif(sys.platform != "linux", reason="other systems always have a display")


def said_no(ran: Ran) -> None:
    assert (ran.code, ran.out) == (1, "")
    assert "no display" in ran.err
    assert "--no-screen" in ran.err


@linux
def test_a_window_without_a_display_is_1_and_names_the_way_without_one(plant: Plant) -> None:
    arguments = ("--line", str(plant.line_file), "--data", str(plant.data))
    said_no(shopfloor("station", "press", *arguments, environ=NO_DISPLAY))
    assert not plant.data.exists()
    assert plant.start().ready().stop() == 0
    said_no(shopfloor("board", "--data", str(plant.data), environ=NO_DISPLAY))


def test_a_terminal_with_a_window_scans_and_ends_cleanly(plant: Plant) -> None:
    terminal = plant.start(options=()).ready()
    plant.send("gun-3", code("housing", 1))
    assert terminal.outcome().kind == "card_withdrawn"
    assert terminal.stop() == 0
    assert terminal.rest() == []
    assert plant.journal()[-1].event.kind == "terminal_stopped"
    assert plant.problems() == []


@linux
def test_a_board_beside_the_terminal_takes_no_lock_and_ends_cleanly(plant: Plant) -> None:
    terminal = plant.start().ready()
    with plant.beside("board", "--data", str(plant.data)) as board:
        wait_until_open(board, plant.data / JOURNAL)
        plant.send("gun-3", code("housing", 1))
        assert terminal.outcome().kind == "card_withdrawn"
        assert board.stop() == 0
        assert board.rest() == []
    assert terminal.stop() == 0


@linux
def test_a_demo_without_a_display_leaves_pictures_and_says_what_happened(tmp_path: Path) -> None:
    pictures = tmp_path / "screens"
    ran = shopfloor("demo", "--for", "2", "--speed", "20", "--screens", str(pictures), environ=NO_DISPLAY)
    assert (ran.code, ran.err) == (0, "")
    assert "emulated" in ran.out
    for name in ("station", "board", "flow"):
        assert (pictures / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert f"{name}.png" in ran.out
    assert any("finished at" in line or "started at" in line for line in ran.out.splitlines())


def test_doctor_says_what_is_there_and_what_is_missing() -> None:
    ran = shopfloor("doctor", "--json")
    found = msgspec.json.decode(ran.out)
    assert {"Python", "SQLite", "Qt"} <= {finding["what"] for finding in found}
    assert ran.code == (0 if all(finding["ok"] for finding in found) else 1)
    assert all(finding["ok"] or finding["remedy"] for finding in found)
    assert ran.err == ""


def wait_until_open(process: Process, path: Path) -> None:
    """Wait until a process has opened a file: from then on it is more than a start."""
    end_s = time.monotonic() + WAIT_S_MAX
    while True:
        for handle in Path(f"/proc/{process.pid}/fd").iterdir():
            try:
                if handle.samefile(path):
                    return
            except OSError:
                continue  # closed while we looked
        assert time.monotonic() < end_s, f"{path} was not opened; stderr: {process.errors}"
        threading.Event().wait(POLL_S)
