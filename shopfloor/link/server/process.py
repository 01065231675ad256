"""The real `nats-server` process: started, told to read its keys again, and ended."""

import os
import re
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from shopfloor.link.server.binary import Binary
from shopfloor.link.server.place import Place
from shopfloor.link.trouble import ServerTrouble

END_S_MAX: Final = 10.0  # it closes its store; longer means that it hangs
TRY_S_MAX: Final = 20.0
LAST_WORDS_MAX: Final = 600

_DIGEST: Final = re.compile(r"\(sha256:([0-9a-f]{64})\)")


class ServerProcess:
    """At most one process, with the configuration of a place."""

    def __init__(self, binary: Binary, place: Place) -> None:
        self._binary = binary
        self._place = place
        self._process: subprocess.Popen[bytes] | None = None
        self._said = place.log.with_name("start.log")

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """Its number, 0 if it was never started."""
        return self._process.pid if self._process else 0

    def start(self) -> None:
        """Start it; what it says before its log is open is kept for `last_words`. Raises ServerTrouble."""
        try:
            with self._said.open("wb") as said:
                self._process = subprocess.Popen(
                    [self._binary.path, "-c", self._place.config],
                    stdin=subprocess.DEVNULL,
                    stdout=said,
                    stderr=said,
                )
        except OSError as error:
            raise ServerTrouble(
                f"{self._binary.path} cannot be started: {error}.", remedy="See that this user may run it."
            ) from error

    def stop(self) -> None:
        """End it cleanly, and by force if it does not end."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(END_S_MAX)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait(END_S_MAX)

    def kill(self) -> None:
        """End it at once: one that stands still hears no request."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(END_S_MAX)

    def last_words(self) -> str:
        """The end of what it said: why it does not run."""
        said = _tail(self._said) or _tail(self._place.log)
        ended = f" It ended with code {self._process.returncode}." if self._process and not self.alive else ""
        return f"{said}{ended}".strip()


def check_config(binary: Binary, path: Path) -> str:
    """The digest of a configuration, as the server itself tells it when it has read it. Raises ServerTrouble."""
    try:
        tried = subprocess.run([binary.path, "-t", "-c", path], capture_output=True, timeout=TRY_S_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerTrouble(
            f"{binary.path} cannot be run: {error}.", remedy="See that this user may run it."
        ) from error
    said = (tried.stdout + tried.stderr).decode("utf-8", "replace").strip()
    found = _DIGEST.search(said)
    if tried.returncode or found is None:
        raise ServerTrouble(
            f"{binary} does not take its configuration: {said[-LAST_WORDS_MAX:]}",
            remedy="It stays with the one before. Check that the program is the one the line began with, or newer.",
        )
    return f"sha256:{found[1]}"


def running_pid(place: Place) -> int:
    """The process that serves this place now, whoever started it; 0 if none does, or Windows does not tell."""
    if sys.platform == "win32":
        return 0  # what asks elsewhere whether a process lives ends it there
    try:
        pid = int(place.pid.read_text("ascii").strip())
        os.kill(pid, 0)
        command = Path(f"/proc/{pid}/cmdline").read_bytes() if sys.platform == "linux" else os.fsencode(place.config)
    except (OSError, ValueError):
        return 0
    # A number is used again after a while: another program must not be hit.
    return pid if os.fsencode(place.config) in command else 0


def reload(pid: int) -> None:
    """Tell a server to read its configuration again. Raises ServerTrouble."""
    try:
        os.kill(pid, signal.SIGHUP)
    except OSError as error:
        raise ServerTrouble(
            f"The running server (process {pid}) cannot be told to read its keys again: {error}.",
            remedy="Use the user it runs as, or start it again.",
        ) from error


def end_orphan(place: Place, *, hard: bool = False) -> int:
    """End the server that a killed supervisor left behind; two on one store would mix it up. Its number, 0 if none.

    `hard`: it is not asked. What it acknowledged is on the disk.
    """
    pid = running_pid(place)
    if not pid:
        return 0
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL if hard else signal.SIGTERM)
    return pid


def _tail(path: Path) -> str:
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return ""
    lines = [line for line in text.splitlines() if "[ERR]" in line or "[FTL]" in line or "nats-server:" in line]
    return "\n".join(lines[-3:])[-LAST_WORDS_MAX:]
