"""What the store costs: asserted in syncs, bytes and ratios; the times are printed for whoever knows the disk."""

import os
import sqlite3
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shopfloor.core.evolve import fold as shop_fold
from shopfloor.store.connection import CREATE_PRAGMAS, WRITER_PRAGMAS
from shopfloor.store.folder import JOURNAL
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import CHECKPOINT_COMMITS, SqliteJournal
from shopfloor.store.rows import begin, read_tail, write
from shopfloor.store.schema import FIRST
from shopfloor.store.verify import verify
from tests.benchmarks.table import row
from tests.helpers.journal_rows import batches, fold
from tests.helpers.power import Disk, Mark, Sync, Write, on_disk
from tests.helpers.scale import scaled

COMMITS = scaled(500, 5000)
EVENTS = scaled(100_000, 1_000_000)
SYNCS_MAX = 1.1
COMMIT_BYTES_MAX = 20_000
COMMIT_SYNCS_OF_THE_DISK_MAX = 8  # p50 of a commit against p50 of one sync; the rest is ours
REBUILD_READS_MAX = 15  # folding against reading alone: more would be work that grows with the journal
FULL_RUN_S_MAX = 900  # a million events are built, read, folded and verified
_IO = Path("/proc/self/io")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.2f} ms"


def _p50_p99(seconds: list[float]) -> tuple[float, float]:
    ordered = sorted(seconds)
    return statistics.median(ordered), ordered[int(len(ordered) * 0.99)]


def _timed(work: Callable[[], object]) -> float:
    before = time.perf_counter()
    work()
    return time.perf_counter() - before


def _written_bytes() -> int:
    """What this process had the system write to disks so far; 0 where nobody counts it."""
    if not _IO.exists():
        return 0
    return int(dict(line.split(": ") for line in _IO.read_text("ascii").splitlines())["write_bytes"])


def _disk_sync_s(folder: Path) -> tuple[float, float]:
    handle = os.open(folder / "sync-test", os.O_RDWR | os.O_CREAT)
    try:
        return _p50_p99([_timed(lambda: _append_synced(handle)) for _ in range(200)])
    finally:
        os.close(handle)


def _append_synced(handle: int) -> None:
    os.write(handle, bytes(8192))
    os.fsync(handle)


def test_a_commit_costs_one_sync_of_the_disk(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path / "data", "press-1")
    done = list(batches(journal.open().origin, COMMITS))
    before = _written_bytes()
    commit_p50, commit_p99 = _p50_p99([_timed(partial(journal.append, *batch)) for batch in done])
    written = _written_bytes() - before
    journal.close()
    sync_p50, sync_p99 = _disk_sync_s(tmp_path)
    row("the disk's own sync of 8 kB: p50, p99", f"{_ms(sync_p50)}, {_ms(sync_p99)}")
    row("accepted -> durable: p50, p99", f"{_ms(commit_p50)}, {_ms(commit_p99)}", "1 ms, 10 ms")
    if written:
        row("bytes given to the disk a commit (whole 4 kB pages)", f"{written / COMMITS / 1000:.1f} kB")
    assert commit_p50 < COMMIT_SYNCS_OF_THE_DISK_MAX * sync_p50 + 0.001


def test_a_commit_makes_few_syncs_and_writes_few_bytes() -> None:
    disk = Disk()

    def use(connection: Any) -> None:
        for statement in (*CREATE_PRAGMAS, *WRITER_PRAGMAS, *FIRST):
            connection.execute(statement)
        begin(connection.execute, "press-1", "0")
        found = read_tail(connection.execute)
        assert found is not None
        tail, _ = found
        disk.log.clear()
        for number, batch in enumerate(batches("press-1~0", COMMITS), start=1):
            connection.execute("BEGIN IMMEDIATE")
            tail = write(
                connection.execute, tail, events=batch.events, changed=batch.changed, gone=(), digest=batch.digest
            )
            connection.execute("COMMIT")
            if number % CHECKPOINT_COMMITS == 0:
                connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
            disk.mark(number)
        disk.end()

    on_disk(disk, "count", use)
    commits = sum(isinstance(op, Mark) for op in disk.log)
    syncs = sum(isinstance(op, Sync) for op in disk.log) / commits
    written = sum(len(op.data) for op in disk.log if isinstance(op, Write)) / commits
    row("syncs a commit, checkpoints among them", f"{syncs:.3f}", f"{SYNCS_MAX}")
    row("bytes written a commit, checkpoints among them", f"{written / 1000:.1f} kB", "20 kB")
    assert commits == COMMITS
    assert 1 <= syncs <= SYNCS_MAX
    assert written <= COMMIT_BYTES_MAX


pytestmark = pytest.mark.timeout(FULL_RUN_S_MAX)


@pytest.fixture(scope="module")
def long_journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with EVENTS events, some thousand to a commit."""
    folder = tmp_path_factory.mktemp("long")
    journal = SqliteJournal(folder, "press-1")
    pending: list[Any] = []
    for batch in batches(journal.open().origin, EVENTS):
        pending.append(batch)
        if len(pending) == 5000:
            _append_all(journal, pending)
            pending = []
    _append_all(journal, pending)
    journal.close()
    return folder


def _append_all(journal: SqliteJournal, pending: list[Any]) -> None:
    changed = {(type(entity), getattr(entity, "id", "") or getattr(entity, "station", "")): entity
               for batch in pending for entity in batch.changed}  # fmt: skip
    journal.append(
        [event for batch in pending for event in batch.events],
        list(changed.values()),
        [],
        [figure for batch in pending for figure in batch.digest],
    )


def _open_s(folder: Path) -> float:
    journal = SqliteJournal(folder, "press-1")
    seconds = _timed(journal.open)
    journal.close()
    return seconds


def test_a_start_does_not_read_the_whole_journal(long_journal: Path, tmp_path: Path) -> None:
    short = SqliteJournal(tmp_path, "press-1")
    for batch in batches(short.open().origin, 200):
        short.append(*batch)
    short.close()
    little = min(_open_s(tmp_path) for _ in range(5))
    much = min(_open_s(long_journal) for _ in range(5))
    row(f"open with {EVENTS:,} events (with 200: {_ms(little)})", _ms(much), "50 ms")
    assert much < 10 * little + 0.01, "five hundred times the events may not cost ten times the time"


def test_an_event_of_a_long_journal_is_small(long_journal: Path) -> None:
    size = (long_journal / JOURNAL).stat().st_size / EVENTS
    row("bytes of the file an event, figures and entities among them", f"{size:.0f} B")
    conn = sqlite3.connect(f"{(long_journal / JOURNAL).as_uri()}?mode=ro", uri=True)
    bodies = conn.execute("SELECT avg(length(body)) FROM event").fetchone()[0]
    conn.close()
    row("bytes of an event's body", f"{bodies:.0f} B")
    assert size <= 250 + 120  # the event with its indexes, and 0.6 figures of some 60 B, half of a split page empty


def test_reading_and_folding_everything_is_fast_enough_to_rebuild(long_journal: Path) -> None:
    def read() -> None:
        with SqliteHistory(long_journal) as history:
            assert sum(1 for _ in history.events()) == EVENTS

    def rebuild() -> None:
        with SqliteHistory(long_journal) as history:
            shop_fold(history.events())

    seconds, rebuilt = _timed(read), _timed(rebuild)
    assert rebuilt < REBUILD_READS_MAX * seconds
    row("read every event", f"{EVENTS / seconds:,.0f} events/s")
    row("rebuild the state from every event", f"{EVENTS / rebuilt:,.0f} events/s", "100,000 events/s")
    checked = _timed(lambda: verify(long_journal, fold))
    row("verify: chain, SQLite's check, fold", f"{EVENTS / checked:,.0f} events/s")
