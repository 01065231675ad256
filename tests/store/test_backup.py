"""Backups: one whole file, made while the terminal runs, and never a file that only looks like one."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shopfloor.store.backup import backup, backup_archives, restore
from shopfloor.store.folder import JOURNAL
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.verify import verify
from shopfloor.trouble import StoreTrouble
from tests.helpers.journal_rows import batches, fold
from tests.helpers.tamper import behind_its_back


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def running(folder: Path) -> Iterator[SqliteJournal]:
    journal = SqliteJournal(folder, "press-1")
    for batch in batches(journal.open().origin, 30):
        journal.append(*batch)
    yield journal
    journal.close()


def test_a_running_terminal_is_copied_whole(running: SqliteJournal, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.db"
    assert backup(folder, out) == 30
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "data"]
    restore(out, tmp_path / "restored")
    assert verify(tmp_path / "restored", fold) == []
    with SqliteHistory(folder) as source, SqliteHistory(tmp_path / "restored") as copy:
        assert list(copy.events()) == list(source.events())


def test_a_terminal_goes_on_from_a_backup(running: SqliteJournal, folder: Path, tmp_path: Path) -> None:
    backup(folder, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "restored")
    journal = SqliteJournal(tmp_path / "restored", "press-1")
    opened = journal.open()
    for batch in list(batches(opened.origin, 35))[30:]:
        journal.append(*batch)
    journal.close()
    assert verify(tmp_path / "restored", fold) == []


def test_a_stopped_terminal_is_copied_too(running: SqliteJournal, folder: Path, tmp_path: Path) -> None:
    running.close()
    assert backup(folder, tmp_path / "copy.db") == 30


def test_a_terminal_that_never_stops_writing_is_copied_between_two_commits(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.helpers.appender", str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        for number in range(3):
            acknowledged = int(child.stdout.readline())
            out = tmp_path / f"copy-{number}.db"
            head = backup(folder, out)
            assert head >= acknowledged
            restore(out, tmp_path / f"restored-{number}")
            assert verify(tmp_path / f"restored-{number}", fold) == []
        child.kill()


def test_an_existing_file_is_kept_unless_said_otherwise(running: SqliteJournal, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "copy.db"
    out.write_text("precious", "utf-8")
    with pytest.raises(StoreTrouble, match="which exists") as refused:
        backup(folder, out)
    assert "another file" in refused.value.remedy
    assert out.read_text("utf-8") == "precious"
    assert backup(folder, out, overwrite=True) == 30


def test_the_journal_itself_is_never_overwritten(running: SqliteJournal, folder: Path) -> None:
    for overwrite in (False, True):
        with pytest.raises(StoreTrouble, match="which exists"):
            backup(folder, folder / JOURNAL, overwrite=overwrite)
    assert verify(folder, fold) == []


def test_a_place_that_is_none_is_trouble_with_a_remedy(running: SqliteJournal, folder: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreTrouble, match="Expected a folder") as refused:
        backup(folder, tmp_path / "nowhere" / "copy.db")
    assert refused.value.remedy


def test_no_journal_is_trouble_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(StoreTrouble, match="no journal"):
        backup(tmp_path, tmp_path / "copy.db")
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_journal_gives_no_backup(running: SqliteJournal, folder: Path, tmp_path: Path) -> None:
    running.close()
    with behind_its_back(folder) as conn:
        root = conn.execute("SELECT rootpage FROM sqlite_master WHERE name = 'event_command'").fetchone()[0]
        size = conn.execute("PRAGMA page_size").fetchone()[0]
    torn = bytearray((folder / JOURNAL).read_bytes())
    torn[(root - 1) * size : (root - 1) * size + 8] = b"\xff" * 8
    (folder / JOURNAL).write_bytes(torn)
    with pytest.raises(StoreTrouble):
        backup(folder, tmp_path / "copy.db")
    assert not (tmp_path / "copy.db").exists()


def test_a_backup_needs_no_log_beside_it(running: SqliteJournal, folder: Path, tmp_path: Path) -> None:
    backup(folder, tmp_path / "copy.db")
    with closing(sqlite3.connect(tmp_path / "copy.db")) as conn:
        assert conn.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_where_nothing_was_archived_there_is_no_folder_of_archives(
    running: SqliteJournal, folder: Path, tmp_path: Path
) -> None:
    backup(folder, tmp_path / "copy.db")
    assert backup_archives(folder, tmp_path / "copy.db") == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.db", "data"]


def test_nothing_is_put_over_a_journal_and_nothing_but_a_backup_is_put_back(
    running: SqliteJournal, folder: Path, tmp_path: Path
) -> None:
    backup(folder, tmp_path / "copy.db")
    with pytest.raises(StoreTrouble, match="without a journal"):
        restore(tmp_path / "copy.db", folder)
    (tmp_path / "text.db").write_text("no database at all " * 100)
    for name in ("text.db", "nowhere.db"):
        with pytest.raises(StoreTrouble):
            restore(tmp_path / name, tmp_path / "other")
    assert not (tmp_path / "other" / JOURNAL).exists()
