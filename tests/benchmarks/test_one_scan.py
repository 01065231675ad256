"""What one scan costs from end to end, and what a start costs: printed with the bounds; asserted as ratios."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from shopfloor.app import Terminal
from shopfloor.cli.window import STATION_SIZE, page_specs
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.theme import load_fonts
from shopfloor.gui.ui import Ui
from shopfloor.gui.window import TerminalWindow
from shopfloor.linefile import read
from tests.benchmarks.table import row
from tests.flows.plant import Plant, code
from tests.helpers.scale import scaled

SCANS = scaled(200, 2000)
STARTS = scaled(3, 10)
CARDS = 4
STATION = "press"
WAIT_MS_MAX = 60_000
START_OF_PYTHON_MAX = 200  # a start against that of an interpreter that does nothing
MEMORY_MB_MAX = 200

# A ring at one station: every scan is the next step, start or finish, and nothing refuses.
LINE = """
[line]
id = "gearbox"
name = "Gearbox line"
timezone = "UTC"
{head}

[[stations]]
id = "press"
name = "Press 1"
cycle_target_s = {deadline_s}

[[parts]]
id = "GB-100"

[[loops]]
id = "ring"
part = "GB-100"
kind = "conwip"
route = ["press"]
cards = 4
start = "empty"
"""


@pytest.fixture
def plant(tmp_path: Path) -> Iterator[Plant]:
    with Plant(tmp_path, guns={"gun-1": STATION}, text=LINE, head="repeat_window_s = 0") as made:
        yield made


def scan(number: int) -> str:
    """The code of the n-th scan: the cards take turns."""
    return code("ring", number % CARDS + 1)


def _spread(seconds: list[float]) -> str:
    ordered = sorted(seconds)
    return f"p50 {_ms(statistics.median(ordered))}, p99 {_ms(ordered[int(len(ordered) * 0.99)])}"


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def _timed(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def _syncs(folder: Path) -> list[float]:
    handle = os.open(folder / "sync-test", os.O_RDWR | os.O_CREAT)

    def sync() -> None:
        os.write(handle, bytes(8192))
        os.fsync(handle)

    try:
        return [_timed(sync) for _ in range(100)]
    finally:
        os.close(handle)


def _memory_mb(pid: int) -> float:
    pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE") / 1e6


class Watched(TerminalWindow):
    """A terminal's window that says when it has painted a verdict."""

    verdict_painted = Signal(object)
    _painted_n = 0

    def event(self, event: QEvent) -> bool:
        """Everything that is to be painted is painted by the time the window has done an update request."""
        done = super().event(event)
        verdict = self.model.shop.book(STATION).verdict
        if event.type() == QEvent.Type.UpdateRequest and verdict is not None and verdict.n != self._painted_n:
            self._painted_n = verdict.n
            self.verdict_painted.emit(time.perf_counter())
        return done


def test_last_byte_to_echo(plant: Plant, tmp_path: Path) -> None:
    terminal = plant.start(STATION).ready()

    def once(number: int) -> None:
        plant.send("gun-1", scan(number))
        assert terminal.outcome().rule == ""

    seconds = [_timed(lambda number=number: once(number)) for number in range(SCANS)]  # type: ignore[misc]
    row("the disk's own sync of 8 kB, here", _spread(_syncs(tmp_path)))
    row("last byte at the port -> durable and told, other process", _spread(seconds), "p50 ≤ 10 ms, p99 ≤ 50 ms")
    if sys.platform == "linux":
        row("memory of a terminal without a screen", f"{_memory_mb(terminal.pid):.0f} MB")
    assert terminal.stop() == 0
    assert len(plant.journal()) > SCANS


def test_last_byte_to_painted(plant: Plant, qtbot: QtBot) -> None:
    load_fonts()
    terminal = Terminal(plant.data, [STATION], line=read(plant.line_file))
    terminal.open()
    model = LineModel(terminal.engine.listen, terminal.engine.submit, terminal.clock)
    ui = Ui()
    window = Watched(
        ui,
        model,
        terminal.stations,
        pages=page_specs(ui, model, terminal.engine.figures, terminal.engine.ask),
        ask=terminal.engine.figures,
    )
    window.resize(*STATION_SIZE)
    try:
        with qtbot.waitSignal(window.painted, timeout=WAIT_MS_MAX):
            window.show()
        terminal.start_devices()
        seconds: list[float] = []
        for number in range(SCANS):
            QApplication.processEvents()
            with qtbot.waitSignal(window.verdict_painted, timeout=WAIT_MS_MAX) as painted:
                before = time.perf_counter()
                plant.send("gun-1", scan(number))
            assert painted.args
            seconds.append(painted.args[0] - before)
        row("last byte at the port -> painted", _spread(seconds), "p50 ≤ 10 ms, p99 ≤ 50 ms")
        if sys.platform == "linux":
            row("memory of this process with a terminal's window", f"{_memory_mb(os.getpid()):.0f} MB")
    finally:
        window.hide()
        model.close()
        terminal.stop()
        window.deleteLater()
    assert len(plant.journal()) > SCANS


def test_start(plant: Plant) -> None:
    nothing = min(
        _timed(lambda: subprocess.run([sys.executable, "-c", "pass"], check=True, timeout=60)) for _ in range(STARTS)
    )
    for options, words, bound in (
        (("--no-screen",), "start -> ready, without a screen", ""),
        ((), "start -> first painted frame, ready", "≤ 0.5 s warm"),
    ):
        seconds = []
        for _ in range(STARTS + 1):  # the first start reads from a cold disk and makes the journal
            before = time.perf_counter()
            terminal = plant.start(STATION, options=options).ready()
            seconds.append(time.perf_counter() - before)
            if sys.platform == "linux" and not options:
                memory = _memory_mb(terminal.pid)
            assert terminal.stop() == 0
        warm = seconds[1:]
        row(f"{words}: best, median of {STARTS}", f"{min(warm):.2f} s, {statistics.median(warm):.2f} s", bound)
        assert min(warm) < START_OF_PYTHON_MAX * nothing
    if sys.platform == "linux":
        row("memory of a terminal with its window", f"{memory:.0f} MB", f"≤ {MEMORY_MB_MAX} MB")
        assert memory < MEMORY_MB_MAX
