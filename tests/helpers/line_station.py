"""A terminal of a line as a real process: its data folder, its scanner on a cable, its answers, and what befalls it."""

import mmap
import os
import queue
import shutil
import signal
import struct
import subprocess
import termios
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from shopfloor.core.events import SignalEvent
from shopfloor.link.join_key import JoinKey
from shopfloor.link.joined import write_joined
from shopfloor.store.history import SqliteHistory
from tests.devices.rigs import PtyRig
from tests.flows.terminal import PROGRAM, READY, ROOT, Echoed

READY_S_MAX: Final = 60.0
END_S_MAX: Final = 20.0
CLOCK_FILE: Final = "RIG_CLOCK"

# A wall clock that somebody sets: what Python asks for the time is off by what a file says, and nothing else is.
_CLOCK: Final = f"""
import mmap, os, struct, time
_open = os.open(os.environ[{CLOCK_FILE!r}], os.O_RDONLY)
_off = mmap.mmap(_open, 8, access=mmap.ACCESS_READ)
_time_ns, _time = time.time_ns, time.time
time.time_ns = lambda: _time_ns() + struct.unpack("q", _off[:8])[0]
time.time = lambda: _time() + struct.unpack("q", _off[:8])[0] / 1e9
"""


class Life:
    """One process from its start to its end: `answers` ends with None."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self.process = process
        self.answers: queue.SimpleQueue[Echoed | None] = queue.SimpleQueue()
        self.ready = threading.Event()
        self._reader = threading.Thread(target=self._read, name="echo-of-a-test", daemon=True)
        self._reader.start()

    def end(self) -> None:
        """Wait until it has ended and everything it said was read."""
        self.process.wait(END_S_MAX)
        self._reader.join(END_S_MAX)

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as lines:
            for line in lines:
                if line.rstrip("\n") == READY:
                    self.ready.set()
                elif line.endswith("\n"):
                    self.answers.put(msgspec.json.decode(line, type=Echoed))
        self.answers.put(None)


class RigTerminal:
    """One station's terminal. Faults come from one thread, scans from another."""

    def __init__(
        self, folder: Path, station: str, line_file: Path, *, prefix: Sequence[str] = (), screen: bool = False
    ) -> None:
        folder.mkdir(parents=True)
        self._screen = screen
        self.station = station
        self.data = folder / "data"
        self._copy = folder / "copy"
        self._errors = folder / "stderr.txt"
        self._line_file = line_file
        self._prefix = tuple(prefix)
        self._lock = threading.Lock()
        self._life: Life | None = None
        self._gun = _Gun(folder)
        self._offset = folder / "clock"
        self._offset.write_bytes(bytes(8))
        (folder / "sitecustomize.py").write_text(_CLOCK, "utf-8")
        self._folder = folder

    def join(self, key: JoinKey) -> None:
        """Make it a terminal of the line."""
        write_joined(self.data, key)

    @property
    def errors(self) -> str:
        """What its processes said on stderr."""
        return self._errors.read_text("utf-8", "replace") if self._errors.exists() else ""

    @property
    def alive(self) -> bool:
        """Whether a process runs that nobody has ended."""
        return self._life is not None and self._life.process.poll() is None

    @property
    def cpu_s(self) -> float:
        """Processor time its process has had; 0 where the system does not tell."""
        stat = Path(f"/proc/{self._life.process.pid}/stat") if self._life else None
        if stat is None or not stat.is_file():
            return 0.0
        fields = stat.read_text("ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def start(self) -> None:
        """Start its process, and wait until it takes signals."""
        self.begin()
        self.wait_ready()

    def begin(self) -> None:
        """Start its process, and wait for nothing."""
        with self._lock:
            self._gun.forget()
            self._life = Life(self._spawn())

    def wait_ready(self) -> None:
        """Wait until its process takes signals."""
        assert self._life is not None
        if not self._life.ready.wait(READY_S_MAX):
            raise AssertionError(f"terminal {self.station} is not ready: {self.errors[-2000:]}")

    def kill(self) -> None:
        """kill -9."""
        with self._lock:
            if self._life is not None:
                self._life.process.kill()
                self._life.end()

    def stop(self) -> int:
        """End it cleanly; its exit code."""
        assert self._life is not None
        self._life.process.terminate()
        self._life.end()
        return self._life.process.returncode

    def freeze(self, *, on: bool) -> None:
        """Let it stand still, or go on."""
        if self._life is not None and self._life.process.poll() is None:
            os.kill(self._life.process.pid, signal.SIGSTOP if on else signal.SIGCONT)

    def set_clock(self, off_s: float) -> None:
        """Set its wall clock off by so many seconds."""
        with self._offset.open("r+b") as file, mmap.mmap(file.fileno(), 8) as shared:
            shared[:8] = struct.pack("q", round(off_s * 1e9))

    def keep_copy(self) -> None:
        """A copy of its disk, made while it does not run."""
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self.data, self._copy)

    @property
    def has_copy(self) -> bool:
        """Whether there is a copy to put back."""
        return self._copy.is_dir()

    def clone(self, number: int) -> "RigTerminal":
        """Another computer with a copy of this disk, made while this one does not run."""
        folder = self._folder.with_name(f"{self._folder.name}-{number}")
        other = RigTerminal(folder, self.station, self._line_file, prefix=self._prefix)
        shutil.copytree(self.data, other.data)
        return other

    def restore_copy(self) -> None:
        """Put the copy back, while it does not run."""
        shutil.rmtree(self.data)
        shutil.copytree(self._copy, self.data)

    def ask(self, code: str, given_up: threading.Event) -> tuple[Echoed | None, int]:
        """Scan, and scan again after each death without an answer; (the answer, None if given up; deaths)."""
        deaths = 0
        while not given_up.is_set():
            with self._lock:
                life = self._life
                running = life is not None and life.process.poll() is None and life.ready.is_set()
                if running:
                    self._gun.send(code.encode() + b"\r")
            if life is None or not running:
                given_up.wait(0.02)
                continue
            answer = life.answers.get()
            if answer is not None:
                return answer, deaths
            deaths += 1
        return None, deaths

    def recorded(self, kind: str, code: str, *, after: int) -> bool:
        """Whether its journal has a scan that came to this, behind the event `after`."""
        with SqliteHistory(self.data) as history:
            events = [r.event for r in history.events(after=after)]
        return any(isinstance(e, SignalEvent) and (e.kind, e.code) == (kind, code) for e in events)

    def burst(self, first: int, count: int) -> int:
        """Scan so many unknown codes without waiting, then wait for every answer; the number to go on with."""
        life = self._life
        assert life is not None
        for number in range(first, first + count):
            self._gun.send(b"unknown %d\r" % number)
        for _ in range(count):
            assert life.answers.get() is not None, self.errors
        return first + count

    def close(self) -> None:
        """End everything."""
        self.freeze(on=False)
        self.kill()
        self._gun.unplug()

    def _spawn(self) -> "subprocess.Popen[str]":
        arguments = ["station", self.station, "--data", str(self.data), "--line", str(self._line_file)]
        arguments += ["--scanner", self._gun.port, "--echo", *(() if self._screen else ("--no-screen",))]
        path = os.pathsep.join(filter(None, (str(self._folder), os.environ.get("PYTHONPATH"))))
        with self._errors.open("ab") as errors:
            return subprocess.Popen(
                [*self._prefix, *PROGRAM, *arguments],
                cwd=ROOT,
                env=os.environ | {"PYTHONPATH": path, CLOCK_FILE: str(self._offset)},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )


class _Gun(PtyRig):
    """A scanner on a pseudo terminal, whose unread bytes can be forgotten."""

    def forget(self) -> None:
        """What a scanner said to nobody is gone."""
        termios.tcflush(self._fds[1], termios.TCIFLUSH)
