"""A terminal as a process: started, listened to, ended or killed."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

ROOT = Path(__file__).parents[2]
READY = "ready"
WAIT_S_MAX = 60.0  # only a broken test waits so long
PROGRAM = (sys.executable, "-m", "shopfloor")


class Echoed(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of `--echo`."""

    n: int
    kind: str
    card: str
    station: str
    rule: str
    words: str
    device: str
    dropped: int = 0


class Ran(Struct, frozen=True):
    """What a command said and its exit code."""

    code: int
    out: str
    err: str


def shopfloor(*arguments: str, environ: Mapping[str, str] | None = None) -> Ran:
    """Run one command to its end."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        cwd=ROOT,
        env=_environment(environ),
        capture_output=True,
        text=True,
        timeout=WAIT_S_MAX,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


class Process:
    """A running command whose stdout is read line by line, so that its pipe never fills."""

    def __init__(self, folder: Path, *arguments: str, environ: Mapping[str, str] | None = None) -> None:
        self._lines: queue.Queue[str | None] = queue.Queue()
        self._errors = folder / "stderr.txt"
        with self._errors.open("ab") as errors:
            self._process = subprocess.Popen(
                [*PROGRAM, *arguments],
                cwd=ROOT,
                env=_environment(environ),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._reader = threading.Thread(target=self._read, name="stdout-of-a-test", daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def errors(self) -> str:
        """What it said on stderr, and those before it in the same folder."""
        return self._errors.read_text("utf-8", "replace")

    def line(self, *, within_s: float = WAIT_S_MAX) -> str | None:
        """The next line of stdout, None when it has ended and said everything; TimeoutError if nothing comes."""
        try:
            return self._lines.get(timeout=within_s)
        except queue.Empty:
            raise TimeoutError(f"nothing came within {within_s} s; stderr: {self.errors}") from None

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self._process.terminate()
        return self._end()

    def kill(self) -> None:
        """SIGKILL; what it had said can still be read. Harmless if it has ended."""
        self._process.kill()
        self._end()

    def strike(self) -> None:
        """SIGKILL from another thread: nothing is waited for."""
        self._process.kill()

    def wait(self) -> int:
        """The exit code of a process that ends by itself."""
        return self._end()

    def rest(self) -> list[str]:
        """The lines nobody has read yet, of an ended process."""
        found = []
        while (line := self.line()) is not None:
            found.append(line)
        self._lines.put(None)
        return found

    def _end(self) -> int:
        code = self._process.wait(WAIT_S_MAX)
        self._reader.join(WAIT_S_MAX)
        return code

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as lines:
            for line in lines:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)


class TerminalProcess(Process):
    """`shopfloor station ... --echo`."""

    def ready(self) -> Self:
        """Wait until it says that signals are accepted."""
        first = self.line()
        assert first == READY, f"expected {READY!r}, got {first!r}; stderr: {self.errors}"
        return self

    def next(self, *, within_s: float = WAIT_S_MAX) -> Echoed | None:
        """The next outcome, None when the process has ended and every outcome was read."""
        line = self.line(within_s=within_s)
        if line is None:
            self._lines.put(None)
            return None
        return msgspec.json.decode(line, type=Echoed)

    def outcome(self, *, within_s: float = WAIT_S_MAX) -> Echoed:
        """The next outcome of a process that lives; TimeoutError if none comes."""
        found = self.next(within_s=within_s)
        assert found is not None, f"the terminal ended; stderr: {self.errors}"
        return found

    def outcomes(self, count: int) -> list[Echoed]:
        """The next so many outcomes."""
        return [self.outcome() for _ in range(count)]

    def unread(self) -> list[Echoed]:
        """The outcomes nobody has read yet, of an ended process."""
        return [msgspec.json.decode(line, type=Echoed) for line in self.rest() if line != READY]


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    """This process's, with compiled modules kept: a start that compiles everything is not the one a plant sees."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return kept | dict(more or {})
