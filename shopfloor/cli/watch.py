"""A line file edited while its terminal runs takes effect when it is good; a bad one is shown and left alone."""

import queue
import threading
from pathlib import Path

from shopfloor.app import Terminal
from shopfloor.cli.line_in_force import is_in_force, remember_line, seal_of
from shopfloor.core.commands import ChangeLine
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_refusals import may_ask_again
from shopfloor.core.update import Outcome
from shopfloor.engine.parts import LINE_FILE, NOT_RECORDED
from shopfloor.linefile import LineFileError, read

POLL_S = 2.0  # an editor has finished writing by the next look
ANSWER_S_MAX = 10.0  # a full inbox in front of the change
END_S_MAX = 5.0


class LineFileWatch:
    """Looks at one line file every two seconds, on a thread of its own."""

    def __init__(self, path: Path, terminal: Terminal) -> None:
        self._path = path
        self._terminal = terminal
        # One that is not in force (bad, or refused) is looked at again: its trouble belongs on the screen.
        self._seen = _signature(path) if is_in_force(path, terminal.folder) else None
        self._looked = self._seen
        self._waits = False  # for the link: without it the line cannot be asked
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="shopfloor-linefile", daemon=True)

    def start(self) -> None:
        """Begin to look."""
        if self._seen is not None:
            self._say_well()
        self._thread.start()

    def stop(self) -> None:
        """End looking."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join(END_S_MAX)

    def look(self) -> None:
        """Put the file in force if it has changed and the look before found the same; done every two seconds."""
        if self._waits and not self._terminal.is_linked:
            return
        before, self._looked = self._looked, _signature(self._path)
        # Half a file may be a good one with fewer loops, and their cards would retire for ever.
        if self._looked == before and self._looked != self._seen:
            self._seen = self._looked
            self._load()

    def _run(self) -> None:
        while not self._terminal.clock.wait(self._stop, POLL_S):
            self.look()

    def _load(self) -> None:
        seal = seal_of(self._path)
        try:
            line = read(self._path)
        except LineFileError as wrong:
            self._complain(wrong)
            return
        before = self._terminal.engine.line.devices
        answers: queue.Queue[Outcome] = queue.Queue(1)
        engine = self._terminal.engine
        if not engine.submit(ChangeLine(line=line), self._terminal.clock.now(), reply=answers.put_nowait):
            self._seen = None
            return
        try:
            outcome = answers.get(timeout=ANSWER_S_MAX)
        except queue.Empty:
            return
        self._waits = outcome.refusal is not None and may_ask_again(outcome.refusal)
        if outcome.kind == NOT_RECORDED or self._waits:
            self._seen = None
            return
        if outcome.refusal is not None:
            return
        remember_line(seal, self._terminal.folder)
        self._say_well()
        if line.devices != before:
            self._terminal.renew_devices()

    def _say_well(self) -> None:
        """Say which file is in force."""
        part = Health(
            id=LINE_FILE,
            kind="line file",
            condition=Condition.UP,
            since_us=self._terminal.clock.now().at_us,
            detail=str(self._path.absolute()),
        )
        self._terminal.engine.report((part,))

    def _complain(self, wrong: LineFileError) -> None:
        first, more = wrong.problems[0], len(wrong.problems) - 1
        part = Health(
            id=LINE_FILE,
            kind="line file",
            condition=Condition.TROUBLE,
            since_us=self._terminal.clock.now().at_us,
            detail=f"{first}" + (f" (and {more} more)" if more else ""),
            remedy="Mend the file; the last good one stays in force. `shopfloor line check` names every mistake.",
        )
        self._terminal.engine.report((part,))


def _signature(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size
