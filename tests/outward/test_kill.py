"""Whatever is killed when: every call that was committed is told, in order, and its end after it."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from shopfloor.app import Terminal
from shopfloor.core.events_andon import CallCleared, CallRaised
from tests.helpers.hook_server import Hook, hook_server
from tests.helpers.scale import scaled
from tests.helpers.terminal import rows
from tests.outward.stage import STATIONS

ROOT = Path(__file__).parents[2]
ROUNDS = scaled(3, 40)


def run_and_kill(folder: Path, port: int, *, lines: int, first: int) -> None:
    """Let it call until it has said so many lines, and end it without a warning."""
    command = [sys.executable, "-m", "tests.outward.calling_app", str(folder), str(port), str(first)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline(), "the terminal ended by itself"
        process.kill()


def told(bodies: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Call -> what was told of it, each message once, in the order in which it came first."""
    found: dict[str, dict[str, str]] = {}
    for body in bodies:
        found.setdefault(body["call"], {}).setdefault(body["id"], body["what"])
    return {call: list(messages.values()) for call, messages in found.items()}


@pytest.mark.parametrize("up", [True, False], ids=["server up", "server down until the end"])
def test_a_kill_loses_no_call_that_is_open_and_tells_the_end_after_it(tmp_path: Path, up: bool) -> None:
    hook = Hook()
    with hook_server(hook) as port:
        hook.answers = [] if up else [503] * 10_000
        for number in range(ROUNDS):
            run_and_kill(tmp_path, port, lines=5 + 7 * (number % 8), first=number)
        journal = rows(tmp_path)
        over = {row.event.call for row in journal if isinstance(row.event, CallCleared)}
        still_open = {f"{row.origin}-{row.n}" for row in journal if isinstance(row.event, CallRaised)} - over
        assert still_open
        assert over
        hook.answers = []
        terminal = Terminal(tmp_path, STATIONS)
        terminal.begin()
        terminal.open()
        terminal.start_telling()
        try:
            hook.wait_for(lambda: still_open <= told(hook.taken).keys())
            _wait_until_sent(tmp_path / "outward" / "hook")
        finally:
            terminal.stop()
    for call, messages in told(hook.taken).items():
        assert messages[0] == "raised", f"{call}: {messages}"
        assert messages.count("over") == (call in over), f"{call}: {messages}"
        assert messages[-1] == "over" or call not in over, f"{call}: {messages}"


def _wait_until_sent(spool: Path) -> None:
    pause = threading.Event()
    for _ in range(1_500):
        if not list(spool.glob("0*.json")):
            return
        pause.wait(0.02)
    raise AssertionError(f"messages still wait: {list(spool.iterdir())}")
