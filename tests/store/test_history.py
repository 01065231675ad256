"""History: read-only answers, beside a running terminal, after it, and never in its way."""

import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from shopfloor.core.events import Recorded
from shopfloor.core.ports import History
from shopfloor.core.update import DigestRow
from shopfloor.store.folder import JOURNAL
from shopfloor.store.history import PAGE_ROWS, SqliteHistory
from shopfloor.store.journal import SqliteJournal
from shopfloor.trouble import StoreTrouble
from tests.helpers.journal_rows import LINE, batches, fold
from tests.helpers.tamper import behind_its_back


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(tmp_path, "press-1")
    yield journal
    journal.close()


def _append(journal: SqliteJournal, origin: str, first: int, last: int) -> list[Recorded]:
    done = list(batches(origin, last))[first - 1 :]
    for batch in done:
        journal.append(*batch)
    return [event for batch in done for event in batch.events]


def test_it_is_the_history_that_readers_ask_for(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.open()
    with SqliteHistory(tmp_path) as history:
        port: History = history
        assert list(port.events()) == []


def test_a_running_terminal_is_read_event_by_event(journal: SqliteJournal, tmp_path: Path) -> None:
    origin = journal.open().origin
    with SqliteHistory(tmp_path) as history:
        first = _append(journal, origin, 1, 30)
        assert list(history.events()) == first
        assert list(history.events(after=28)) == first[28:]
        assert list(history.events(after=10, limit=5)) == first[10:15]
        assert list(history.events(limit=0)) == []
        assert history.last(3) == tuple(first[-3:])
        assert history.last(99) == tuple(first)
        assert history.last(0) == ()
        assert history.event(7) == first[6]
        assert history.event(31) is None
        assert history.head() == 30


def test_a_long_history_comes_in_pages_without_a_seam(journal: SqliteJournal, tmp_path: Path) -> None:
    count = 2 * PAGE_ROWS
    done = [event for batch in batches(journal.open().origin, count) for event in batch.events]
    journal.append(done, [], [], [])
    with SqliteHistory(tmp_path) as history:
        assert [event.n for event in history.events()] == list(range(1, count + 1))
        assert [event.n for event in history.events(after=5, limit=PAGE_ROWS + 1)] == list(range(6, PAGE_ROWS + 7))


def test_a_reader_that_is_half_way_does_not_hold_the_log(journal: SqliteJournal, tmp_path: Path) -> None:
    origin = journal.open().origin
    _append(journal, origin, 1, 20)
    with SqliteHistory(tmp_path) as history:
        reading = history.events()
        next(reading)
        other = sqlite3.connect(tmp_path / JOURNAL, timeout=0)
        busy, _, _ = other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        other.close()
        assert busy == 0
        assert len(list(reading)) == 19


def test_a_stopped_terminal_is_read_without_its_log(journal: SqliteJournal, tmp_path: Path) -> None:
    done = _append(journal, journal.open().origin, 1, 30)
    journal.close()
    assert not (tmp_path / f"{JOURNAL}-wal").exists()
    with SqliteHistory(tmp_path) as history:
        assert list(history.events()) == done


def test_a_killed_terminal_is_read_from_its_log(journal: SqliteJournal, tmp_path: Path) -> None:
    done = _append(journal, journal.open().origin, 1, 30)
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in (JOURNAL, f"{JOURNAL}-wal"):
        (copy / name).write_bytes((tmp_path / name).read_bytes())
    with SqliteHistory(copy) as history:
        assert list(history.events()) == done


def test_a_reader_of_a_stopped_terminal_does_not_stop_the_next_start(journal: SqliteJournal, tmp_path: Path) -> None:
    origin = journal.open().origin
    _append(journal, origin, 1, 3)
    journal.close()
    with SqliteHistory(tmp_path) as history:
        assert history.head() == 3
        journal.open()
        _append(journal, origin, 4, 5)
        assert history.head() == 5


def test_a_snapshot_is_of_one_instant(journal: SqliteJournal, tmp_path: Path) -> None:
    done = _append(journal, journal.open().origin, 1, 60)
    with SqliteHistory(tmp_path) as history:
        line, entities, head = history.snapshot()
    assert (line, head) == (LINE, 60)
    assert sorted(entities, key=repr) == sorted(fold(done), key=repr)


def test_the_data_version_moves_with_a_commit_and_only_then(journal: SqliteJournal, tmp_path: Path) -> None:
    origin = journal.open().origin
    with SqliteHistory(tmp_path) as history:
        before = history.data_version()
        journal.alive(1)
        assert history.data_version() == before
        _append(journal, origin, 1, 1)
        assert history.data_version() != before


def test_the_sign_of_life_is_the_later_of_file_and_last_event(journal: SqliteJournal, tmp_path: Path) -> None:
    origin = journal.open().origin
    with SqliteHistory(tmp_path) as history:
        assert history.alive_us() == 0
        journal.alive(1_000_000)
        assert history.alive_us() == 1_000_000
        (event,) = _append(journal, origin, 1, 1)
        assert history.alive_us() == event.moment.us
        journal.alive(event.moment.us + 7)
        assert history.alive_us() == event.moment.us + 7


def test_a_boot_that_began_after_the_reader_is_known_to_it(journal: SqliteJournal, tmp_path: Path) -> None:
    origin = journal.open().origin
    with SqliteHistory(tmp_path) as history:
        done = _append(journal, origin, 1, 1)
        assert list(history.events()) == done


def test_figures_come_by_key_by_time_and_newest_first_cut(journal: SqliteJournal, tmp_path: Path) -> None:
    done = list(batches(journal.open().origin, 1))
    figures = [
        DigestRow("cycle", "press", 100, 1, b"1"),
        DigestRow("cycle", "deburr", 150, 1, b"2"),
        DigestRow("cycle", "press", 200, 1, b"3"),
        DigestRow("lead", "housing", 210, 1, b"4"),
        DigestRow("cycle", "deburr", 250, 1, b"5"),
        DigestRow("cycle", "", 300, 1, b"6"),
    ]
    journal.append(done[0].events, [], [], figures)

    with SqliteHistory(tmp_path) as history:

        def bodies(key: str | None = None, *, since_us: int = 0, last: int | None = None) -> bytes:
            return b"".join(row.body for row in history.digest("cycle", key, since_us=since_us, last=last))

        assert bodies() == b"12356"
        assert bodies("press") == b"13"
        assert bodies("") == b"6"
        assert bodies("nowhere") == b""
        assert bodies(since_us=200) == b"356"
        assert bodies("press", since_us=101) == b"3"
        assert bodies(last=2) == b"56"
        assert bodies(last=0) == b""
        assert bodies(last=99) == b"12356"
        assert bodies("deburr", last=1) == b"5"
        assert history.digest("lead") == [figures[3]]
        assert history.digest("nothing") == []


def test_bodies_of_a_range_come_as_one_array_by_time_and_number(journal: SqliteJournal, tmp_path: Path) -> None:
    done = list(batches(journal.open().origin, 2))
    later = [DigestRow("calls", "", at_us, 2, f'["{at_us}",2]'.encode()) for at_us in (300, 100, 200)]
    journal.append(done[0].events, [], [], [DigestRow("calls", "", 200, 1, b'["200",1]')])
    journal.append(done[1].events, [], [], [*later, DigestRow("calls", "press", 150, 2, b"0")])

    with SqliteHistory(tmp_path) as history:
        assert history.bodies("calls", "") == b'[["100",2],["200",1],["200",2],["300",2]]'
        assert history.bodies("calls", "", since_us=200, until_us=300) == b'[["200",1],["200",2]]'
        assert history.bodies("calls", "", since_us=301) == b"[]"
        assert history.bodies("nothing", "") == b"[]"


def test_any_thread_may_ask_one_at_a_time(journal: SqliteJournal, tmp_path: Path) -> None:
    _append(journal, journal.open().origin, 1, 10)
    heads: list[int] = []
    with SqliteHistory(tmp_path) as history:
        for _ in range(3):
            thread = threading.Thread(target=lambda: heads.append(history.head()))
            thread.start()
            thread.join()
    assert heads == [10, 10, 10]


def test_a_folder_without_a_journal_is_trouble_with_a_remedy(tmp_path: Path) -> None:
    with pytest.raises(StoreTrouble, match="no journal") as refused:
        SqliteHistory(tmp_path / "nowhere")
    assert "start a terminal" in refused.value.remedy
    assert not (tmp_path / "nowhere").exists()


def test_a_journal_that_was_never_begun_is_trouble_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / JOURNAL).touch()
    with pytest.raises(StoreTrouble, match="is empty"):
        SqliteHistory(tmp_path)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_may_only_be_read_is_trouble_with_a_remedy(journal: SqliteJournal, tmp_path: Path) -> None:
    journal.open()
    journal.close()
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreTrouble, match="may not be written") as refused:
            SqliteHistory(tmp_path)
    finally:
        tmp_path.chmod(0o700)
    assert "right to write the data folder" in refused.value.remedy


def test_a_damaged_event_is_trouble_that_names_verify(journal: SqliteJournal, tmp_path: Path) -> None:
    _append(journal, journal.open().origin, 1, 10)
    journal.close()
    with behind_its_back(tmp_path) as conn:
        conn.execute("UPDATE event SET body = '{\"station\":7}' WHERE n = 5")
    with SqliteHistory(tmp_path) as history, pytest.raises(StoreTrouble) as refused:
        list(history.events())
    assert "shopfloor verify" in refused.value.remedy
