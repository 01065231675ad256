"""`shopfloor line serve` as a real process, with what befalls its process, its disk and its copies."""

import os
import random
import shutil
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from shopfloor.link.join_key import JoinKey
from shopfloor.link.server.certificates import Authority
from shopfloor.link.server.keys import KeyRing
from shopfloor.link.server.process import running_pid
from shopfloor.link.server.rights import KeyRole
from tests.flows.terminal import READY, Process
from tests.helpers.line_served import need_nats, set_up_place

UP_S_MAX: Final = 60.0
FLIPPED_BYTES_MIN: Final = 64  # smaller files are names and locks


class RigServer:
    """The server of a rig. Its supervisor and its nats-server are two processes: each may die alone."""

    def __init__(self, folder: Path, line: str) -> None:
        need_nats()
        folder.mkdir(parents=True)
        self._folder = folder
        self._data = folder / "data"
        self._copies = 0
        self.place = set_up_place(self._data, line=line)
        self._process: Process | None = None

    @property
    def port(self) -> int:
        """Where it listens on loopback."""
        return self.place.read_settings().port

    @property
    def errors(self) -> str:
        """What its supervisor said on stderr."""
        return self._process.errors if self._process else ""

    def key(self, name: str, host: str, role: KeyRole = KeyRole.STATION) -> JoinKey:
        """A terminal's key that leads it to `host`; in force from the next start on."""
        made, seed = KeyRing(self.place.keys).make(name, role, at_us=1)
        line = self.place.read_settings().line
        authority = Authority(self.place.tls).der()
        return JoinKey(line=line, terminal=made.name, hosts=(host,), seed=seed, authority=authority)

    def start(self) -> None:
        """Start it, and wait until it serves."""
        self._process = process = Process(self._folder, "line", "serve", "--data", str(self._data))
        said: list[str] = []
        end_s = time.monotonic() + UP_S_MAX
        while (line := process.line(within_s=max(0.1, end_s - time.monotonic()))) != READY:
            assert line is not None, f"the server ended: {said} {process.errors[-2000:]}"
            said.append(line)

    def kill_server(self) -> None:
        """kill -9 of nats-server alone: its supervisor starts it again."""
        self._strike(signal.SIGKILL)

    def freeze(self, *, on: bool) -> None:
        """Let nats-server stand still, or go on."""
        self._strike(signal.SIGSTOP if on else signal.SIGCONT)

    def kill_supervisor(self) -> None:
        """kill -9 of the supervisor alone: nats-server goes on without it."""
        assert self._process is not None
        self._process.kill()

    def end(self) -> None:
        """kill -9 of both."""
        if self._process is not None:
            self._process.kill()
        end_s = time.monotonic() + UP_S_MAX
        pid = running_pid(self.place)
        while pid and _lives(pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            assert time.monotonic() < end_s, f"nats-server {pid} does not end"
            threading.Event().wait(0.01)

    def wipe(self) -> None:
        """Take what it stored away, while it does not run."""
        shutil.rmtree(self.place.store, ignore_errors=True)

    def keep_copy(self) -> None:
        """A copy of what it stored, made while it does not run."""
        shutil.copytree(self.place.store, self._copy(self._copies + 1))
        self._copies += 1

    def restore_copy(self, rng: random.Random) -> bool:
        """Put one of the copies back, while it does not run; False if there is none."""
        if not self._copies:
            return False
        shutil.rmtree(self.place.store, ignore_errors=True)
        shutil.copytree(self._copy(rng.randint(1, self._copies)), self.place.store)
        return True

    def flip_bit(self, rng: random.Random) -> str:
        """Turn one bit in one of its files over, while it does not run; which."""
        files = [p for p in sorted(self.place.store.rglob("*")) if p.is_file() and p.stat().st_size > FLIPPED_BYTES_MIN]
        if not files:
            return "nothing"
        path = rng.choice(files)
        content = bytearray(path.read_bytes())
        at = rng.randrange(len(content))
        content[at] ^= 1 << rng.randrange(8)
        path.write_bytes(content)
        return f"{path.relative_to(self.place.store)} at {at} of {len(content)}"

    def close(self) -> None:
        """End everything."""
        with suppress(ProcessLookupError):
            self.freeze(on=False)
        self.end()

    def _copy(self, number: int) -> Path:
        return self._folder / f"copy-{number}"

    def _strike(self, sign: int) -> None:
        pid = running_pid(self.place)
        if pid:
            with suppress(ProcessLookupError):
                os.kill(pid, sign)


def _lives(pid: int) -> bool:
    try:
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text("ascii", "replace")
    except OSError:
        return False
