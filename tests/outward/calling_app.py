"""A terminal in a process of its own that calls again and again, and says so after each commit, until it is killed."""

import sys
import threading
from pathlib import Path

from shopfloor.app import Terminal
from shopfloor.core import commands as c
from shopfloor.core.update import Outcome
from tests.outward.stage import STATIONS, hook_at, line_of

REASONS = ("material", "tool", "check")  # no stop: clearing one needs rights


CALL_EVERY_S = 0.02  # the sender keeps up: what a full spool gives up is another test's business


def main(folder: str, port: str, first: str) -> None:
    """Call, and clear every second one."""
    terminal = Terminal(Path(folder), STATIONS, line=line_of(hook_at(int(port))))
    terminal.begin()
    terminal.open()
    terminal.start_telling()

    def say(outcome: Outcome) -> None:
        sys.stdout.write(f"{outcome.kind} {outcome.n}\n")
        sys.stdout.flush()

    number, pause = int(first), threading.Event()
    while True:
        reason = REASONS[number % len(REASONS)]
        terminal.engine.submit(c.RaiseCall(station="press", reason=reason), terminal.clock.now(), reply=say)
        if number % 2:
            terminal.engine.submit(c.ClearCall(station="press"), terminal.clock.now(), reply=say)
        terminal.clock.wait(pause, CALL_EVERY_S)
        number += 1


if __name__ == "__main__":
    main(*sys.argv[1:])
