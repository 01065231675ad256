"""A disk that is full: nothing changes, everybody is told, and the same scan works when there is space again."""

import threading
from pathlib import Path

import pytest

from shopfloor.clock import ManualClock
from shopfloor.core import commands as c
from shopfloor.core.events import CallStopped
from shopfloor.core.health import Condition, Health
from shopfloor.core.moment import Now
from shopfloor.core.update import Snapshot, Update
from shopfloor.store.folder import ALIVE
from shopfloor.trouble import StoreTrouble
from tests.helpers.calls import andon_line
from tests.helpers.routes import long_line
from tests.helpers.terminal import WAIT_S_MAX, Terminal, call, events, running


def fill_disk(terminal: Terminal) -> None:
    """Let the journal's file grow no more, as on a disk without space."""

    def fill() -> None:
        conn = terminal.journal._conn
        assert conn is not None
        (pages,) = conn.execute("PRAGMA page_count").fetchone()
        conn.execute(f"PRAGMA max_page_count={pages}")
        assert conn.execute("PRAGMA freelist_count").fetchone() == (0,)

    terminal.on_engine(fill)


def free_disk(terminal: Terminal) -> None:
    """Give the journal space again."""

    def free() -> None:
        conn = terminal.journal._conn
        assert conn is not None
        conn.execute("PRAGMA max_page_count=1000000")

    terminal.on_engine(free)


def use_up(terminal: Terminal) -> None:
    """Write until the last page is full: what is left of it takes a few more entries."""
    for k in range(1_000):
        signal = c.ReadSignal(station="yard", device="gun", text=f"FILL-{k}")
        if terminal.do(signal).kind == "not_recorded":
            return
    raise AssertionError("expected a full disk")


def store_health(heard: Snapshot | Update) -> Health | None:
    """What is said about the store."""
    return next((part for part in heard.health if part.id == "store"), None)


def test_a_scan_that_cannot_be_recorded_changes_nothing_and_is_told(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), long_line()) as terminal:
        fill_disk(terminal)
        use_up(terminal)
        before = terminal.snapshot
        outcome = terminal.scan("long", 1, "assembly")
        assert (outcome.kind, outcome.n, outcome.station, outcome.device) == ("not_recorded", 0, "assembly", "gun")
        assert str(outcome.words).startswith("Not recorded. The disk is full")
        assert str(outcome.remedy).startswith("Scan again. Free space")
        after = terminal.snapshot
        assert (after.entities, after.head, after.line) == (before.entities, before.head, before.line)
        part = store_health(after)
        assert part is not None
        assert (part.condition, "full" in part.detail) == (Condition.TROUBLE, True)
        assert len(events(tmp_path)) == after.head


def test_the_same_scan_works_when_there_is_space_again(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), long_line()) as terminal:
        fill_disk(terminal)
        use_up(terminal)
        assert terminal.scan("long", 1, "assembly").kind == "not_recorded"
        free_disk(terminal)
        assert terminal.scan("long", 1, "assembly", after_s=0.1).kind == "card_withdrawn"
        part = store_health(terminal.snapshot)
        assert part is not None
        assert part.condition is Condition.UP


def test_a_stop_that_could_not_be_recorded_is_recorded_when_there_is_space(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), andon_line()) as terminal:
        raised = call(terminal)
        fill_disk(terminal)
        use_up(terminal)
        terminal.clock.advance(61)
        terminal.ear.until(lambda heard: isinstance(heard, Update) and store_health(heard) is not None)
        free_disk(terminal)
        stopped = terminal.ear.event(CallStopped)
        assert stopped.since_us == raised.raised.at_us + 60_000_000


def test_a_trouble_that_lasts_is_told_once_and_not_at_every_attempt(tmp_path: Path) -> None:
    clock = ReadClock()
    with running(tmp_path, clock, andon_line()) as terminal:
        call(terminal)
        fill_disk(terminal)
        use_up(terminal)
        assert terminal.ear.rest
        clock.advance(61)
        clock.wait_reads(100)  # some dozen attempts to record the stop
        said = [heard for heard in terminal.ear.rest if store_health(heard) is not None]
        assert len(said) <= 1


class ReadClock(ManualClock):
    """A clock that knows how often it was read."""

    def __init__(self) -> None:
        super().__init__()
        self._reads = threading.Semaphore(0)

    def now(self) -> Now:
        self._reads.release()
        return super().now()

    def wait_reads(self, count: int) -> None:
        """Wait until it was read so many times more."""
        while self._reads.acquire(blocking=False):
            pass
        for _ in range(count):
            assert self._reads.acquire(timeout=WAIT_S_MAX)


def test_a_start_that_cannot_record_itself_is_told_and_gives_the_folder_back(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, long_line()):
        pass
    journal = next(path for path in tmp_path.iterdir() if path.suffix in {".sqlite", ".db", ".sqlite3"})
    data = journal.read_bytes()
    journal.write_bytes(b"no journal at all" * 500)
    broken = Terminal(tmp_path, clock, None)
    with pytest.raises(StoreTrouble):
        broken.engine.wait_ready(WAIT_S_MAX)
    broken.engine.stop()
    journal.write_bytes(data)
    with running(tmp_path, clock) as terminal:
        assert terminal.scan("long", 1, "assembly").kind == "card_withdrawn"


def test_the_store_is_well_again_when_what_was_due_is_recorded(tmp_path: Path) -> None:
    with running(tmp_path, ManualClock(), andon_line()) as terminal:
        call(terminal)
        fill_disk(terminal)
        use_up(terminal)
        terminal.clock.advance(61)
        terminal.on_engine(lambda: None)
        free_disk(terminal)
        terminal.ear.event(CallStopped)
        told = terminal.ear.until(lambda heard: isinstance(heard, Update) and store_health(heard) is not None)
        part = store_health(told)
        assert part is not None
        assert part.condition is Condition.UP


def test_a_sign_of_life_that_works_again_ends_its_trouble(tmp_path: Path) -> None:
    clock = ManualClock()
    with running(tmp_path, clock, long_line()) as terminal:
        sign = tmp_path / ALIVE
        sign.unlink(missing_ok=True)
        sign.symlink_to(tmp_path / "gone" / "away")
        lost = terminal.ear.until(lambda heard: _condition(heard) is Condition.TROUBLE)
        assert "sign of life" in str(store_health(lost))
        sign.unlink()
        terminal.ear.until(lambda heard: _condition(heard) is Condition.UP)


def _condition(heard: Snapshot | Update) -> Condition | None:
    part = store_health(heard)
    return part.condition if part else None


def _is_well(heard: Update) -> bool:
    part = store_health(heard)
    return part is not None and part.condition is Condition.UP
