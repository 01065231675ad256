"""The filter of keyboard scanners under a real window system, with keys as fast as a scanner types them."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.tools import need_tools

pytestmark = pytest.mark.xserver

ROOT = Path(__file__).parents[2]
SCANS = 100
WAIT_S_MAX = 60.0


class Screen:
    """A program on an X server, and hands that tap and type."""

    def __init__(self, display: str) -> None:
        self._environ = os.environ | {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
        self._lines: queue.Queue[str] = queue.Queue()
        self._app = subprocess.Popen(
            [sys.executable, "-m", "tests.gui.wedge_app"],
            cwd=ROOT,
            env=self._environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def line(self) -> str:
        return self._lines.get(timeout=WAIT_S_MAX)

    def do(self, *words: str) -> None:
        subprocess.run(["xdotool", *words], env=self._environ, check=True, timeout=WAIT_S_MAX)

    def close(self) -> list[str]:
        """End the program; what it had still to say."""
        self._app.terminate()
        self._app.wait(WAIT_S_MAX)
        self._reader.join()
        return list(self._lines.queue)

    def _read(self) -> None:
        assert self._app.stdout is not None
        with self._app.stdout as lines:
            for line in lines:
                self._lines.put(line.rstrip("\n"))


@pytest.fixture
def screen() -> Iterator[Screen]:
    need_tools("Xvfb", "xdotool")
    ours, theirs = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "800x600x24", "-nolisten", "tcp"],
        pass_fds=[theirs],
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    with os.fdopen(ours) as told:
        display = f":{told.readline().strip()}"
    made = Screen(display)
    try:
        yield made
    finally:
        made.close()
        server.terminate()
        server.wait(WAIT_S_MAX)


def code(number: int) -> str:
    return f"K{number:03d} 7x]Q"  # a blank, capitals, and keys that are shortcuts


def test_a_hundred_scans_onto_the_button_that_was_tapped_last_are_a_hundred_outcomes(screen: Screen) -> None:
    ready, x, y = screen.line().split()
    assert ready == "ready"
    screen.do("mousemove", x, y, "click", "1")
    assert screen.line() == "clicked"
    words: list[str] = []
    for number in range(SCANS):
        words += ["type", "--delay", "2", "--args", "1", f"~{code(number)}"]
        words += ["key", "--delay", "2", ("Return", "Linefeed", "Tab", "KP_Enter")[number % 4]]
    screen.do(*words)
    assert [screen.line() for _ in range(SCANS)] == [f"signal scan {code(number)}" for number in range(SCANS)]
    screen.do("key", "space")  # a person again: the focus stayed where it was
    assert screen.line() == "clicked"
    assert screen.close() == []


def test_control_characters_and_shortcuts_in_codes_fire_nothing(screen: Screen) -> None:
    _, x, y = screen.line().split()
    screen.do("mousemove", x, y, "click", "1")
    assert screen.line() == "clicked"
    keys = ["ctrl+q", "ctrl+o", "ctrl+bracketright", "alt+f", "alt+s", "F5", "Escape", "Delete", "space"]
    words: list[str] = []
    for key in keys:
        words += ["type", "--delay", "2", "--args", "1", "~K1", "key", "--delay", "2", key, "Return"]
    screen.do(*words)
    outcomes = [screen.line() for _ in keys]
    assert [line.split(" ")[:2] for line in outcomes] == [["signal", "undecodable"]] * 8 + [["signal", "scan"]]
    assert screen.close() == []
