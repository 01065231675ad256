"""A terminal that was away hears all that happened meanwhile, and its own people wait for nothing."""

import asyncio
import re
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from shopfloor.cli.logs import LOG
from shopfloor.core.evolve import fold
from shopfloor.core.line_link import Cursor
from shopfloor.linefile import read
from shopfloor.store.connection import open_reader
from shopfloor.store.folder import journal_path
from shopfloor.store.line_store import read_folded
from shopfloor.store.verify import verify
from tests.benchmarks.table import row
from tests.helpers.line_cable import Cables, Way
from tests.helpers.line_past import LINE_ID, Past, code, line_text, messages, publish, two_at_work
from tests.helpers.line_serve import RigServer
from tests.helpers.line_station import RigTerminal
from tests.helpers.scale import scaled, soaking

pytestmark = pytest.mark.timeout(scaled(180, 1800))

STATIONS = ("s1", "s2", "s3")
MISSED = scaled(2_000, 100_000)
OWN = scaled(200, 5_000)  # what the one that was away did itself meanwhile
CATCH_UP_S_MAX = 20.0  # for all of them, as the plan has it: 5 000 a second
WAIT_S_MAX = 300.0
ANSWER_S_MAX = 2.0  # only a terminal that stands still takes so long
SCANS = scaled(20, 200)
PAUSE_S = 0.05  # as several people at once
COMMIT_S = (0.001, 0.010)  # half of what a terminal alone records is on its disk so soon, and all but one in a hundred
MEMORY = Path("/dev/shm")
BEGIN_BEFORE_S = 3_000_000  # that long ago, so that what is recorded here is over by now


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def _half_and_most(seconds: list[float]) -> tuple[float, float]:
    return statistics.median(seconds), sorted(seconds)[int(len(seconds) * 0.99)]


def _spread(seconds: list[float]) -> str:
    p50, p99 = _half_and_most(seconds)
    return f"p50 {_ms(p50)}, p99 {_ms(p99)}, max {_ms(max(seconds))} of {len(seconds)}"


class Line:
    """A server with all that two terminals did, and one terminal that was away from it."""

    def __init__(self, folder: Path, past: Path, *, screen: bool) -> None:
        line_file = folder / "line.toml"
        line_file.write_text(line_text(STATIONS), "utf-8")
        self.gone = threading.Event()
        self.away = RigTerminal(folder / "s3", "s3", line_file, screen=screen)
        begin_us = round((time.time() - BEGIN_BEFORE_S) * 1e6)
        self._pasts = two_at_work(read(line_file), past / "s1", past / "s2", MISSED // 2, begin_us=begin_us)
        away = Past(self.away.data, "s3", begin_us=begin_us + 2)
        away.hear(messages(self._pasts[:1])[0], Cursor("past", 1, 1))
        away.work(OWN, until_us=max(past.at_us for past in self._pasts))
        for one in (*self._pasts, away):
            one.journal.close()
        # Last of all: somebody else may take its port meanwhile.
        self.server = RigServer(folder / "server", LINE_ID)
        self.cables = Cables()
        self.cable = self.cables.lay(self.server.port, seed=1)
        self.away.join(self.server.key("s3", self.cable.host))
        self._busy = {name: self.server.key(name, f"127.0.0.1:{self.server.port}") for name in STATIONS[:2]}
        self._number = 0

    def serve(self, *, in_order: bool) -> int:
        """Start the server and put all on the line, or first what the one did; how many events there are."""
        self.server.start()
        sent = messages(self._pasts)
        if not in_order:
            sent.sort(key=lambda message: message[0].recorded.origin)
        asyncio.run(publish(self._busy, sent))
        return sum(map(len, sent))

    def close(self) -> None:
        self.gone.set()
        self.away.close()
        self.server.close()
        self.cables.close()

    def scan(self) -> float:
        """Somebody at the terminal that was away scans; how long the answer took."""
        self._number += 1
        asked_s = time.monotonic()
        answer, deaths = self.away.ask(code("s3", self._number), self.gone)
        took_s = time.monotonic() - asked_s
        assert answer is not None, self.away.errors
        assert deaths == 0
        self.gone.wait(PAUSE_S)
        return took_s


@pytest.fixture
def line(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Line]:
    # What the others wrote is read from here alone: a disk in memory does, and takes a hundred thousand in a minute.
    with TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as past:
        line = Line(tmp_path, Path(past), screen=request.param)
        try:
            yield line
        finally:
            line.close()


def _true(terminal: RigTerminal) -> int:
    """How many events of others are true there."""
    with closing(open_reader(journal_path(terminal.data))) as conn:
        if read_folded(conn.execute) is not None:
            return 0
        newest = "SELECT (SELECT max(n) FROM foreign_event WHERE origin = origin.id) FROM origin"
        return sum(n or 0 for (n,) in conn.execute(newest))


def _hung_ms(terminal: RigTerminal) -> list[int]:
    """By how much its screen was late, where its watchdog found that worth telling."""
    log = (terminal.data / LOG).read_text("utf-8")
    return [int(ms) for ms in re.findall(r"the screen has hung for (\d+) ms", log)]


@pytest.mark.parametrize(
    ("line", "in_order"),
    [(True, True), (True, False)],
    ids=["as it happened", "one after the other"],
    indirect=["line"],
)
def test_a_terminal_that_was_away_catches_up_while_its_people_work(line: Line, in_order: bool) -> None:
    total = line.serve(in_order=in_order)
    line.cables.set(line.cable, Way.SILENT)
    line.away.start()
    alone = [line.scan() for _ in range(SCANS)]
    assert _true(line.away) < total
    line.cables.set(line.cable)
    begun_s, cpu_s, meanwhile = time.monotonic(), line.away.cpu_s, list[float]()
    while _true(line.away) < total:
        assert time.monotonic() < begun_s + WAIT_S_MAX, f"{_true(line.away)} of {total}"
        meanwhile.append(line.scan())
    took_s, cpu_s = time.monotonic() - begun_s, line.away.cpu_s - cpu_s
    linked = [line.scan() for _ in range(SCANS)]
    hung_ms = _hung_ms(line.away)
    line.away.stop()
    assert verify(line.away.data, fold) == []
    how = "in their order" if in_order else "one after the other"
    row(
        f"{total} events of others {how}, {OWN} own",
        f"{took_s:.1f} s, {cpu_s:.1f} s of a processor",
        f"100 000 in {CATCH_UP_S_MAX:.0f} s",
    )
    row("scan to answer while it catches up", _spread(meanwhile), "as linked")
    row("scan to answer while the server is away", _spread(alone), "as linked")
    row("scan to answer when linked", _spread(linked))
    row("times its screen hung for more than 50 ms", f"{len(hung_ms)}, {max(hung_ms, default=0)} ms at most", "0")
    assert max(meanwhile) < ANSWER_S_MAX
    assert cpu_s <= CATCH_UP_S_MAX, "of a processor: a busy machine takes longer, and no more of it"
    if soaking():  # on a machine that does nothing else
        assert took_s <= CATCH_UP_S_MAX
        assert not hung_ms
        for these in (meanwhile, alone):
            for got_s, linked_s, most_s in zip(_half_and_most(these), _half_and_most(linked), COMMIT_S, strict=True):
                assert got_s <= linked_s + most_s, _spread(these)
