"""An X server without a window manager, a hand on its mouse and a scanner that types on its keyboard."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from tests.flows.terminal import WAIT_S_MAX
from tests.helpers.tools import need_tools

WIDTH, HEIGHT = 1280, 800
KEY_MS = 2


class Hands:
    """Taps and types on one display."""

    def __init__(self, display: str) -> None:
        self.environ = {"DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        self._typed: list[str] = []

    def tap(self, x: float, y: float) -> None:
        """Tap at a share of the screen's width and height."""
        self.do("mousemove", str(round(x * WIDTH)), str(round(y * HEIGHT)), "click", "1")

    def type(self, *keys: str) -> None:
        """Add what the scanner types, two milliseconds a key: a text, or one key by its name as `key:Return`."""
        for key in keys:
            if key.startswith("key:"):
                self._typed += ["key", "--delay", str(KEY_MS), key.removeprefix("key:")]
            else:
                self._typed += ["type", "--delay", str(KEY_MS), "--args", "1", key]

    def send(self) -> None:
        """Type everything that was added, without a pause."""
        typed, self._typed = self._typed, []
        self.do(*typed)

    def do(self, *words: str) -> str:
        """One call of xdotool; what it said."""
        environ = {**os.environ, **self.environ}
        done = subprocess.run(
            ["xdotool", *words], env=environ, check=True, timeout=WAIT_S_MAX, capture_output=True, text=True
        )
        return done.stdout


@contextmanager
def x_server() -> Iterator[Hands]:
    """A server of its own; skips the test where there is none."""
    need_tools("Xvfb", "xdotool")
    ours, theirs = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(theirs), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-nolisten", "tcp"],
        pass_fds=[theirs],
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    try:
        with os.fdopen(ours) as told:
            display = f":{told.readline().strip()}"
        yield Hands(display)
    finally:
        server.terminate()
        server.wait(WAIT_S_MAX)
