"""A terminal that joins a line with a year behind it works with the line's state within seconds."""

import threading
import time
from pathlib import Path

from shopfloor.clock import ManualClock, SystemClock
from shopfloor.core.evolve import fold
from shopfloor.core.line_link import LinkView
from shopfloor.core.state_hash import state_hash
from shopfloor.core.update import Snapshot, Update
from shopfloor.link.thread import LinkThread
from shopfloor.link.wire import BATCH_EVENTS_MAX
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.own_journal import SqliteOwnJournal
from shopfloor.store.verify import verify
from tests.helpers.line_bench import LINE, RealBench
from tests.helpers.line_desks import NoEars
from tests.helpers.line_year import ORIGIN, Year
from tests.helpers.scale import scaled
from tests.helpers.terminal import WAIT_S_MAX, running

EVENTS = scaled(6_000, 500_000)
TAIL = scaled(1_000, 5_000)  # as many as are set a floor upon at most, and the events of a day

CARDS = scaled(200, 5_000)


def test_a_terminal_that_joins_reads_the_state_and_the_tail_alone(tmp_path: Path) -> None:
    bench = RealBench(tmp_path / "server")
    year = Year(EVENTS, TAIL, cards=CARDS)

    async def write() -> None:
        logs = [bench.log(name) for name in ("press", "wash")]
        for log in logs:
            await log.open(NoEars())
        await year.write(*logs)
        for log in logs:
            await log.close()

    bench.run(write())
    done = threading.Event()
    with running(tmp_path / "new", ManualClock(), name="new") as terminal:

        def hear(news: Snapshot | Update) -> None:
            if isinstance(news, Update) and any(it.origin == ORIGIN and it.n == EVENTS + 1 for it in news.events):
                done.set()

        end = terminal.engine.listen(hear)
        views: list[LinkView] = []
        begun_s = time.perf_counter()
        link = LinkThread(
            lambda: bench.log("new"),
            line=LINE,
            journal=lambda: SqliteOwnJournal(tmp_path / "new"),
            deliver=terminal.engine,
            clock=SystemClock(),
            version="1",
            report=terminal.engine.report,
            view=views.append,
        )
        link.start()
        assert done.wait(WAIT_S_MAX), views[-1:]
        took_s = time.perf_counter() - begun_s
        print(
            f"joined a line of {EVENTS} events, {CARDS} cards, in {took_s:.2f} s; "
            f"{len(year.body)} bytes of state, tail {TAIL}"
        )
        end()
        link.stop()
        assert state_hash(terminal.snapshot.entities) == year.state
    journal = SqliteJournal(tmp_path / "new", "new")
    journal.open()
    assert len(journal.since(None)) < TAIL + BATCH_EVENTS_MAX, "what the floor covers was not read"
    journal.close()
    assert verify(tmp_path / "new", fold) == []
    bench.close()
