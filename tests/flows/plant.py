"""A line file, its data folder, and a cable to every device: what a terminal process is started on."""

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Self

import msgspec

from shopfloor.cli.logs import LOG
from shopfloor.core.codes import card_code
from shopfloor.core.events import Recorded
from shopfloor.core.evolve import fold
from shopfloor.store.history import SqliteHistory
from shopfloor.store.verify import verify
from tests.devices.rigs import PtyRig
from tests.flows.terminal import WAIT_S_MAX, Process, Ran, TerminalProcess, shopfloor

LINE_ID = "gearbox"
STATIONS = ("press", "deburr", "assembly")
POLL_S = 0.02

# Press makes housings with Deburr and shafts alone, Assembly takes both; kits go round Deburr and Assembly.
LINE = """
[line]
id = "gearbox"
name = "Gearbox line"
timezone = "Europe/Berlin"
wip_limit = 5
{head}

[[stations]]
id = "press"
name = "Press 1"
wip_limit = 3

[[stations]]
id = "deburr"
name = "Deburr"
wip_limit = 2

[[stations]]
id = "assembly"
name = "Assembly"

[[parts]]
id = "GB-100"
[[parts]]
id = "GB-200"
[[parts]]
id = "GB-300"

[[loops]]
id = "housing"
part = "GB-100"
route = ["press", "deburr"]
lane_limits = [2]
consumer = "assembly"
cards = 6

[[loops]]
id = "shaft"
part = "GB-200"
route = ["press"]
consumer = "assembly"
cards = 4

[[loops]]
id = "kit"
part = "GB-300"
kind = "conwip"
route = ["deburr", "assembly"]
lane_limits = [1]
cards = 2
start = "empty"

[[reasons]]
id = "material"
name = "Material missing"
deadline_s = {deadline_s}

[[reasons]]
id = "fire"
name = "Machine fault"
kind = "stop"
"""

_DEVICE = """
[[devices]]
id = "{id}"
kind = "{kind}"
port = "{port}"
station = "{station}"
"""

_BUTTONS = """
[devices.map]
"B1" = "call:material"
"B2" = "stop"
"B3" = "clear"
"""


class Plant:
    """A folder with a line file, and a pty for each scanner (`guns`) and button box (`boxes`): device -> station."""

    def __init__(
        self,
        folder: Path,
        *,
        guns: Mapping[str, str],
        boxes: Mapping[str, str] | None = None,
        text: str = LINE,
        head: str = "",
        deadline_s: float = 60,
    ) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.line_file = folder / "line.toml"
        self.cables: dict[str, PtyRig] = {}
        self._processes: list[Process] = []
        described = text.format(head=head, deadline_s=deadline_s)
        for kind, devices in (("scanner", guns), ("buttons", boxes or {})):
            for device, station in devices.items():
                (folder / device).mkdir()
                self.cables[device] = rig = PtyRig(folder / device)
                described += _DEVICE.format(id=device, kind=kind, port=rig.port, station=station)
                described += _BUTTONS if kind == "buttons" else ""
        self.line_file.write_text(described, "utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._processes:
            process.kill()
        for rig in self.cables.values():
            rig.unplug()

    def start(self, *stations: str, options: tuple[str, ...] = ("--no-screen",), **environ: str) -> TerminalProcess:
        """Start the terminal of the stations, all of them by default; it is killed at the end if it still runs."""
        arguments = ["station", *(stations or STATIONS), "--line", str(self.line_file), "--data", str(self.data)]
        process = TerminalProcess(self.folder, *arguments, "--echo", *options, environ=environ)
        self._processes.append(process)
        return process

    def beside(self, *arguments: str) -> Process:
        """Start a command that goes on beside the terminal."""
        process = Process(self.folder, *arguments)
        self._processes.append(process)
        return process

    def run(self, command: str, *arguments: str) -> Ran:
        """Run a command on the data folder; `command` may be two words."""
        return shopfloor(*command.split(), "--data", str(self.data), *arguments)

    def ask(self, command: str, *arguments: str) -> Any:
        """The JSON document of a command on the data folder that has to succeed."""
        ran = self.run(command, "--json", *arguments)
        assert (ran.code, ran.err) == (0, ""), ran
        return msgspec.json.decode(ran.out)

    def send(self, device: str, *frames: str | bytes, end: bytes = b"\r") -> None:
        """Put frames on a device's cable, in one piece."""
        self.cables[device].send(b"".join((f.encode() if isinstance(f, str) else f) + end for f in frames))

    def wait_read(self, device: str) -> None:
        """Wait until the terminal has taken all bytes of a device off its cable."""
        end_s = time.monotonic() + WAIT_S_MAX
        while self.cables[device].unread():
            assert time.monotonic() < end_s, f"nobody reads {device}"
            threading.Event().wait(POLL_S)

    def journal(self, *, after: int = 0) -> list[Recorded]:
        """The events so far."""
        with SqliteHistory(self.data) as history:
            return list(history.events(after=after))

    def wait_event(self, wanted: Callable[[Recorded], bool]) -> Recorded:
        """The first event that is wanted, as soon as it is in the journal."""
        end_s = time.monotonic() + WAIT_S_MAX
        pause, after = threading.Event(), 0
        with SqliteHistory(self.data) as history:
            while time.monotonic() < end_s:
                for recorded in history.events(after=after):
                    if wanted(recorded):
                        return recorded
                    after = recorded.n
                pause.wait(POLL_S)
        raise AssertionError(f"no such event within {WAIT_S_MAX:.0f} s; the last are {self.journal()[-3:]}")

    def problems(self) -> list[str]:
        """What `verify` finds, and the faults in the terminal's log."""
        log = (self.data / LOG).read_text("utf-8") if (self.data / LOG).exists() else ""
        faults = [line for line in log.splitlines() if any(f" {word} " in line for word in ("ERROR", "CRITICAL"))]
        return verify(self.data, fold) + faults


def code(loop: str, number: int) -> str:
    """The text in the bar code of a card of the plant."""
    return card_code(LINE_ID, loop, number, 1)
