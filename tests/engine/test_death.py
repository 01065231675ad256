"""An engine that has died says so, takes nothing more, and leaves what it committed."""

import sqlite3
from pathlib import Path

import pytest

from shopfloor.clock import SystemClock
from shopfloor.core.commands import RaiseCall
from shopfloor.engine.engine import Engine
from shopfloor.store.folder import journal_path
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal
from tests.helpers.lines import a_line


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_an_engine_that_dies_takes_nothing_more_and_says_so(tmp_path: Path) -> None:
    clock = SystemClock()
    engine = Engine(
        SqliteJournal(tmp_path, "t"),
        clock,
        terminal="t",
        program="test",
        line=a_line(),
        history=lambda: SqliteHistory(tmp_path),
    )
    engine.start()
    assert engine.wait_ready(30)
    with sqlite3.connect(journal_path(tmp_path)) as intruder:
        intruder.execute("DROP TABLE entity")  # what nobody foresees
    intruder.close()

    assert engine.submit(RaiseCall(station="press"), clock.now())
    engine.join(30)

    assert not engine.alive
    assert not engine.submit(RaiseCall(station="press"), clock.now())
    engine.stop()
