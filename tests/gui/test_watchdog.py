"""The watchdog: a hang is noticed and named, a quiet screen is not one, and nothing is left behind."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from shopfloor.clock import ManualClock
from shopfloor.gui import watchdog
from shopfloor.gui.timer import active_timers
from shopfloor.gui.watchdog import BEAT_MS, HANG_MS, Watchdog
from tests.helpers.logfail import LogGuard

HUNG = "the screen has hung"
LONG_MS = 10 * HANG_MS
ANSWER_S_MAX = 30.0  # only a broken watchdog takes so long


class Turns(ManualClock):
    """A clock that knows when a thread has begun to wait: what it did before is done then."""

    def __init__(self) -> None:
        super().__init__()
        self.begun = threading.Semaphore(0)

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """As the clock it is, announced once the end of the wait is fixed."""
        end_ns = self.now().mono_ns + round(timeout_s * 1e9)
        self.begun.release()
        while not event.is_set() and self.now().mono_ns < end_ns:
            event.wait(0.001)
        return event.is_set()


class Watched:
    """A watchdog over this thread, on a clock that only the test moves."""

    def __init__(self, qtbot: QtBot) -> None:
        self.clock, self.owner, self._qtbot = Turns(), QObject(), qtbot
        self.dog = Watchdog(self.clock, self.owner)
        self.dog.start()
        assert self.clock.begun.acquire(timeout=ANSWER_S_MAX)

    def hang(self, ms: int) -> None:
        """Time goes on and is looked at, but no event of Qt happens."""
        for _ in range(ms // BEAT_MS):
            self.clock.advance(BEAT_MS / 1000)
            assert self.clock.begun.acquire(timeout=ANSWER_S_MAX)

    def run(self, ms: int) -> None:
        """Time goes on as it should: a sign of life in each beat."""
        for _ in range(ms // BEAT_MS):
            with self._qtbot.waitSignal(self.dog._timer.timeout):
                pass
            self.hang(BEAT_MS)


@pytest.fixture
def watched(qapp: QApplication, qtbot: QtBot) -> Iterator[Watched]:
    found = Watched(qtbot)
    yield found
    found.dog.stop()
    found.owner.deleteLater()
    qapp.processEvents()


def the_function_that_hangs(watched: Watched) -> None:
    watched.hang(LONG_MS)


def test_a_hang_is_reported_once_with_the_function_that_hung(watched: Watched, expect_log: LogGuard) -> None:
    expect_log(HUNG)
    watched.run(3 * BEAT_MS)
    the_function_that_hangs(watched)
    assert len(expect_log.records) == 1
    assert "the_function_that_hangs" in expect_log.records[0]


def test_the_next_hang_is_reported_again(watched: Watched, expect_log: LogGuard) -> None:
    expect_log(HUNG)
    for _ in range(2):
        the_function_that_hangs(watched)
        watched.run(2 * BEAT_MS)
    assert len(expect_log.records) == 2
    assert watched.dog.longest_ms >= LONG_MS - BEAT_MS


def test_a_screen_on_which_nothing_happens_does_not_hang(watched: Watched, expect_log: LogGuard) -> None:
    watched.run(40 * BEAT_MS)
    assert expect_log.records == ()
    assert watched.dog.longest_ms <= BEAT_MS


def test_what_no_finger_feels_is_not_reported(watched: Watched, expect_log: LogGuard) -> None:
    watched.run(BEAT_MS)
    watched.hang(HANG_MS)
    watched.run(BEAT_MS)
    assert expect_log.records == ()


def test_hangs_without_end_do_not_fill_the_disk(
    watched: Watched, expect_log: LogGuard, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_log(HUNG)
    monkeypatch.setattr(watchdog, "REPORTS_MAX", 2)
    for _ in range(4):
        watched.hang(LONG_MS)
        watched.run(BEAT_MS)
    assert len(expect_log.records) == 2


def test_a_stopped_watchdog_leaves_no_thread_and_no_timer(watched: Watched) -> None:
    watched.dog.stop()
    assert "watchdog" not in active_timers()
    assert "shopfloor-watchdog" not in {thread.name for thread in threading.enumerate()}
