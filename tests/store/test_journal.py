"""The journal: what was acknowledged is there, what failed has changed nothing."""

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfloor.core.events import CardLost, LineChanged, Recorded
from shopfloor.core.line import Line
from shopfloor.core.moment import Moment
from shopfloor.core.ports import Journal, Opened
from shopfloor.core.state import Card, CardState
from shopfloor.core.update import DigestRow
from shopfloor.store.folder import ALIVE, JOURNAL
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import CHECKPOINT_COMMITS, SqliteJournal
from shopfloor.store.verify import verify
from shopfloor.trouble import DataFolderBusy, StoreTrouble
from tests.helpers.journal_rows import LINE, Batch, batches, fold
from tests.helpers.tamper import behind_its_back

CARD = Card(id="housing-01", loop="housing", number=1)


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path / "data", "press-1")
    yield journal
    journal.close()


@pytest.fixture
def opened(journal: SqliteJournal) -> Opened:
    return journal.open()


def _event(opened: Opened, n: int, *, command_id: str = "", boot: str = "boot-1", line: Line | None = None) -> Recorded:
    return Recorded(
        origin=opened.origin,
        n=n,
        moment=Moment(1_767_600_000_000_000 + n),
        mono_ns=n,
        boot=boot,
        event=LineChanged(line=line) if line else CardLost(station="press", card="housing-01"),
        command_id=command_id,
    )


def _events(folder: Path) -> list[Recorded]:
    with SqliteHistory(folder) as history:
        return list(history.events())


def _again(journal: SqliteJournal) -> Opened:
    journal.close()
    return journal.open()


def test_it_is_the_journal_the_engine_asks_for(journal: SqliteJournal) -> None:
    port: Journal = journal
    assert port.open().head == 0


def test_a_new_folder_is_made_and_knows_nothing(opened: Opened) -> None:
    assert opened.origin.startswith("press-1~")
    assert (opened.head, opened.last, opened.line, opened.entities, opened.alive_us) == (0, Moment(0), None, (), 0)


def test_what_was_appended_is_there_at_the_next_start(journal: SqliteJournal, opened: Opened, tmp_path: Path) -> None:
    done = list(batches(opened.origin, 50))
    for batch in done:
        journal.append(*batch)
    after = _again(journal)
    assert (after.origin, after.head, after.last) == (opened.origin, 50, done[-1].events[0].moment)
    assert after.line == LINE
    expected = fold(event for batch in done for event in batch.events)
    assert sorted(after.entities, key=repr) == sorted(expected, key=repr)
    journal.append(*list(batches(opened.origin, 51))[-1])
    assert _events(tmp_path / "data") == [e for batch in batches(opened.origin, 51) for e in batch.events]


def test_one_commit_may_hold_several_events_and_figures(journal: SqliteJournal, opened: Opened, tmp_path: Path) -> None:
    figures = [DigestRow("cycle", "press", 5, 2, b"1"), DigestRow("cycle", "press", 5, 2, b"2")]
    journal.append([_event(opened, 1), _event(opened, 2), _event(opened, 3)], [CARD], [], figures)
    with SqliteHistory(tmp_path / "data") as history:
        assert [event.n for event in history.events()] == [1, 2, 3]
        assert history.digest("cycle") == figures


def test_an_entity_that_is_gone_is_gone(journal: SqliteJournal, opened: Opened) -> None:
    other = Card(id="housing-02", loop="housing", number=2)
    journal.append([_event(opened, 1)], [CARD, other], [], [])
    journal.append([_event(opened, 2)], [], [CARD], [])
    assert _again(journal).entities == (other,)


def test_an_entity_has_one_row_however_often_it_changes(journal: SqliteJournal, opened: Opened) -> None:
    journal.append([_event(opened, 1)], [CARD], [], [])
    lost = Card(id="housing-01", loop="housing", number=1, state=CardState.LOST)
    journal.append([_event(opened, 2)], [lost], [], [])
    assert _again(journal).entities == (lost,)


def test_the_newest_line_is_the_one_in_force(journal: SqliteJournal, opened: Opened) -> None:
    journal.append([_event(opened, 1, line=LINE)], [], [], [])
    changed = Line(id="gearbox", name="Gearbox line, two shifts")
    journal.append([_event(opened, 2, line=changed), _event(opened, 3)], [], [], [])
    assert _again(journal).line == changed


def test_the_folder_keeps_its_origin_whatever_a_later_terminal_is_called(tmp_path: Path) -> None:
    first = SqliteJournal(tmp_path, "press-1")
    origin = first.open().origin
    first.close()
    second = SqliteJournal(tmp_path, "deburr-9")
    assert second.open().origin == origin
    second.close()


def test_two_folders_of_one_terminal_have_two_origins(tmp_path: Path) -> None:
    origins = set()
    for name in ("a", "b"):
        journal = SqliteJournal(tmp_path / name, "press-1")
        origins.add(journal.open().origin)
        journal.close()
    assert len(origins) == 2


def test_boots_are_told_apart_across_starts(journal: SqliteJournal, opened: Opened, tmp_path: Path) -> None:
    journal.append([_event(opened, 1, boot="one"), _event(opened, 2, boot="two")], [], [], [])
    _again(journal)
    journal.append([_event(opened, 3, boot="two"), _event(opened, 4, boot="three")], [], [], [])
    assert [event.boot for event in _events(tmp_path / "data")] == ["one", "two", "two", "three"]


def test_a_command_is_found_by_its_id(journal: SqliteJournal, opened: Opened) -> None:
    journal.append([_event(opened, 1), _event(opened, 2, command_id="c-2"), _event(opened, 3)], [], [], [])
    assert journal.find_command("c-2") == 2
    assert journal.find_command("c-3") is None
    assert journal.find_command("") is None


def test_a_command_id_is_never_recorded_twice(journal: SqliteJournal, opened: Opened) -> None:
    journal.append([_event(opened, 1, command_id="c-1")], [], [], [])
    with pytest.raises(ValueError, match=r"command_id.*c-1"):
        journal.append([_event(opened, 2, command_id="c-1")], [CARD], [], [])
    journal.append([_event(opened, 2)], [], [], [])
    assert _again(journal).entities == ()


@pytest.mark.parametrize("numbers", [[1], [3], [4], [2, 4], [2, 2], [3, 2]])
def test_a_gap_in_the_numbers_is_a_fault_of_the_caller_and_writes_nothing(
    journal: SqliteJournal, opened: Opened, numbers: list[int]
) -> None:
    journal.append([_event(opened, 1)], [], [], [])
    with pytest.raises(ValueError, match="Expected event"):
        journal.append([_event(opened, n) for n in numbers], [CARD], [], [])
    after = _again(journal)
    assert (after.head, after.entities) == (1, ())


def test_an_event_of_another_origin_is_a_fault_of_the_caller(journal: SqliteJournal, opened: Opened) -> None:
    foreign = Opened(origin="press-2~0", head=0, last=Moment(0), line=None, entities=(), alive_us=0)
    with pytest.raises(ValueError, match="press-2~0"):
        journal.append([_event(foreign, 1)], [], [], [])


def test_a_second_journal_on_the_folder_is_refused(opened: Opened, tmp_path: Path) -> None:
    assert opened.head == 0
    with pytest.raises(DataFolderBusy):
        SqliteJournal(tmp_path / "data", "press-2").open()


def test_a_journal_that_could_not_open_leaves_the_folder_free(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).write_bytes(b"no database at all" * 500)
    for _ in range(2):
        with pytest.raises(StoreTrouble, match="no journal"):
            SqliteJournal(tmp_path, "press-1").open()


def test_the_sign_of_life_is_the_later_of_file_and_last_event(journal: SqliteJournal, opened: Opened) -> None:
    event = _event(opened, 1)
    journal.append([event], [], [], [])
    assert _again(journal).alive_us == event.moment.us
    journal.alive(event.moment.us + 5_000_000)
    assert _again(journal).alive_us == event.moment.us + 5_000_000


def test_a_sign_of_life_costs_no_commit(journal: SqliteJournal, opened: Opened, tmp_path: Path) -> None:
    before = (tmp_path / "data" / f"{JOURNAL}-wal").stat().st_size
    journal.alive(opened.last.us + 1)
    assert (tmp_path / "data" / f"{JOURNAL}-wal").stat().st_size == before
    assert (tmp_path / "data" / ALIVE).exists()


def test_a_quiet_moment_moves_the_log_into_the_file(journal: SqliteJournal, opened: Opened, tmp_path: Path) -> None:
    path = tmp_path / "data" / JOURNAL
    done = batches(opened.origin, CHECKPOINT_COMMITS)
    for _ in range(CHECKPOINT_COMMITS - 1):
        journal.append(*next(done))
    before = path.stat().st_size
    journal.idle()
    assert path.stat().st_size == before, "too little was written to be worth two syncs"
    journal.append(*next(done))
    journal.idle()
    assert path.stat().st_size > before


def test_a_quiet_moment_does_not_wait_for_a_reader(journal: SqliteJournal, opened: Opened, tmp_path: Path) -> None:
    reader = sqlite3.connect(f"file:{tmp_path / 'data' / JOURNAL}?mode=ro", uri=True, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM event").fetchall()
    for batch in batches(opened.origin, CHECKPOINT_COMMITS):
        journal.append(*batch)
    journal.idle()
    reader.close()
    assert _again(journal).head == CHECKPOINT_COMMITS


def test_nothing_is_left_beside_a_journal_that_was_closed(journal: SqliteJournal, opened: Opened) -> None:
    journal.append([_event(opened, 1)], [], [], [])
    folder = journal._folder
    journal.close()
    journal.close()
    assert not {f"{JOURNAL}-wal", f"{JOURNAL}-shm"} & {path.name for path in folder.iterdir()}


def test_a_closed_journal_says_so(journal: SqliteJournal) -> None:
    with pytest.raises(RuntimeError, match="closed"):
        journal.find_command("c-1")


# What the disk does -----------------------------------------------------------------------------------------------


def _fill(journal: SqliteJournal, done: Iterator[Batch]) -> tuple[StoreTrouble, Batch, int]:
    """Append until the disk refuses: the trouble, the batch it hit, the last number that was acknowledged."""
    acknowledged = 0
    for batch in done:
        try:
            journal.append(*batch)
        except StoreTrouble as trouble:
            return trouble, batch, acknowledged
        acknowledged = batch.events[-1].n
    raise AssertionError("the disk never filled")


def test_a_full_disk_changes_nothing_and_a_freed_one_goes_on(
    journal: SqliteJournal, opened: Opened, tmp_path: Path
) -> None:
    conn = journal._conn
    assert conn is not None
    pages = int(conn.execute("PRAGMA page_count").fetchone()[0])
    conn.execute(f"PRAGMA max_page_count={pages + 40}")
    trouble, batch, acknowledged = _fill(journal, batches(opened.origin, 10_000))
    assert acknowledged > 10
    assert "disk is full" in trouble.what
    assert "Free space" in trouble.remedy
    assert not conn.in_transaction
    assert [event.n for event in _events(tmp_path / "data")] == list(range(1, acknowledged + 1))
    assert verify(tmp_path / "data", fold) == []
    conn.execute("PRAGMA max_page_count=1000000")
    journal.append(*batch)
    assert _again(journal).head == acknowledged + 1
    assert verify(tmp_path / "data", fold) == []


@pytest.mark.skipif(sys.platform == "win32", reason="limits the size of files as POSIX does")
def test_a_write_the_system_refuses_changes_nothing_and_a_healed_disk_goes_on(
    journal: SqliteJournal, opened: Opened, tmp_path: Path
) -> None:
    import resource

    log = tmp_path / "data" / f"{JOURNAL}-wal"
    done = batches(opened.origin, 10_000)
    journal.append(*next(done))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 100_000, hard))
    try:
        trouble, batch, acknowledged = _fill(journal, done)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "disk" in trouble.what
    assert acknowledged > 2
    assert verify(tmp_path / "data", fold) == []
    journal.append(*batch)
    assert _again(journal).head == acknowledged + 1
    assert verify(tmp_path / "data", fold) == []


def test_a_journal_whose_end_was_cut_off_is_refused(journal: SqliteJournal, opened: Opened, tmp_path: Path) -> None:
    for batch in batches(opened.origin, 20):
        journal.append(*batch)
    journal.close()
    with behind_its_back(tmp_path / "data") as conn:
        conn.execute("DELETE FROM event WHERE n = 20")
    with pytest.raises(StoreTrouble, match=r"expected the newest event to be 20 \w+, got 19") as refused:
        journal.open()
    assert "newest backup" in refused.value.remedy


def test_an_entity_of_a_newer_program_is_refused_with_words(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.open()
    journal.close()
    conn = sqlite3.connect(tmp_path / "data" / JOURNAL)
    conn.execute("INSERT INTO entity VALUES ('robot', 'r2', '{}')")
    conn.commit()
    conn.close()
    with pytest.raises(StoreTrouble, match="robot") as refused:
        journal.open()
    assert "newer Shopfloor" in refused.value.remedy
