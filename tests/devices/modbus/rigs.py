"""Modules behind a TCP endpoint and behind a serial line, in processes of their own; and what becomes of their news."""

import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from shopfloor.core.commands import Command, ReadSignal
from shopfloor.core.commands_andon import ReadContact
from shopfloor.core.moment import Now
from shopfloor.core.update import Outcome
from tests.helpers.recorder import WAIT_S_MAX
from tests.helpers.tools import need_tools

SERVER = Path(__file__).with_name("server_process.py")
APPEAR_S_MAX = 20.0


class Server:
    """A server process; what it was told is told again to the next one."""

    port: str

    def __init__(self, place: str) -> None:
        pytest.importorskip("pymodbus")
        self._place = place
        self._told: dict[str, str] = {}
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Switch the modules on."""
        self._process = subprocess.Popen(
            [sys.executable, str(SERVER), self._place], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._answer() == "ready"
        for line in self._told.values():
            self._ask(line)

    def stop(self) -> None:
        """Switch them off."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()

    def freeze(self) -> None:
        """Let the modules hang with their connection open, as a pulled network cable leaves it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let them go on."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def close(self, unit: int, address: int, *, closed: bool = True) -> None:
        """Close or open an input."""
        self._tell(f"input {unit} {address}", str(int(closed)))

    def count(self, unit: int, address: int, *words: int) -> None:
        """Set a counter."""
        self._tell(f"words {unit} {address}", " ".join(map(str, words)))

    def turn(self, unit: int, coil: int, *, on: bool) -> None:
        """Switch a coil, as another master would."""
        self._ask(f"coil {unit} {coil} {int(on)}")

    def silence(self, unit: int, *, silent: bool = True) -> None:
        """Let one module be silent."""
        self._tell(f"silent {unit}", str(int(silent)))

    def coils(self, unit: int, count: int) -> list[bool]:
        """The first coils of a module."""
        return [word == "1" for word in self._ask(f"coils {unit} 0 {count}").split()]

    def wait_coils(self, unit: int, *wanted: bool) -> None:
        """Wait until the first coils are so."""
        until(lambda: self.coils(unit, len(wanted)) == list(wanted), f"coils {wanted}")

    def functions(self) -> set[int]:
        """The functions the modules were asked for."""
        return {int(word) for word in self._ask("functions").split()}

    def _tell(self, key: str, rest: str) -> None:
        self._told[key] = f"{key} {rest}"
        if self._process is not None:
            self._ask(f"{key} {rest}")

    def _ask(self, line: str) -> str:
        assert self._process is not None
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> str:
        assert self._process is not None
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


class TcpServer(Server):
    """Modules on the network."""

    def __init__(self, folder: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            number = listener.getsockname()[1]
        super().__init__(str(number))
        self.port = f"modbus://127.0.0.1:{number}"

    def unplug(self) -> None:
        """Lose the endpoint."""
        self.stop()

    def replug(self) -> None:
        """Have it again."""
        self.start()


class RtuServer(Server):
    """Modules on a serial line, which is a pair of pseudo terminals that a third process joins."""

    def __init__(self, folder: Path) -> None:
        need_tools("socat")
        self._near, self._far = folder / "near", folder / "far"
        super().__init__(str(self._far))
        self.port = f"modbus:{self._near}"
        self._socat: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Lay the line if there is none, and switch the modules on."""
        if self._socat is None:
            self._socat = subprocess.Popen(
                ["socat", f"pty,rawer,link={self._near}", f"pty,rawer,link={self._far}"], stderr=subprocess.DEVNULL
            )
            until(lambda: self._near.exists() and self._far.exists(), "pseudo terminals")
        super().start()

    def unplug(self) -> None:
        """Pull the adapter out: its port is gone."""
        self.stop()
        if self._socat is not None:
            self._socat.terminate()
            self._socat.wait(10)
            self._socat = None
            for link in (self._near, self._far):
                link.unlink(missing_ok=True)

    def replug(self) -> None:
        """Put it in again."""
        self.start()


SERVERS: dict[str, type[TcpServer] | type[RtuServer]] = {"tcp": TcpServer, "rtu": RtuServer}


class News:
    """A Submit that keeps presses and contacts; while `full` it takes none."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._taken: list[tuple[ReadSignal | ReadContact, Now]] = []
        self.full = False

    def __call__(
        self, command: Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None
    ) -> bool:
        assert isinstance(command, ReadSignal | ReadContact), command
        with self._changed:
            if not self.full:
                self._taken.append((command, now))
            self._changed.notify_all()
            return not self.full

    @property
    def words(self) -> list[str]:
        """What came: the name of a press, `name+` and `name-` of a contact."""
        with self._changed:
            return [_word(command) for command, _ in self._taken]

    @property
    def commands(self) -> list[ReadSignal | ReadContact]:
        """What came."""
        with self._changed:
            return [command for command, _ in self._taken]

    @property
    def stamps(self) -> list[Now]:
        """When each happened."""
        with self._changed:
            return [now for _, now in self._taken]

    def wait(self, *words: str) -> None:
        """Wait until exactly this has come."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._taken) >= len(words), WAIT_S_MAX)
        assert self.words == list(words)


def until(met: Callable[[], bool], what: str) -> None:
    """Wait for something that nobody announces."""
    end_s = time.monotonic() + APPEAR_S_MAX
    while not met():
        assert time.monotonic() < end_s, f"waited in vain for {what}"
        threading.Event().wait(0.005)


def _word(command: ReadSignal | ReadContact) -> str:
    if isinstance(command, ReadSignal):
        return command.text
    return f"{command.input}{'+' if command.active else '-'}"
