"""Connections: durable or refused, one way to write, and words for what the disk does."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from shopfloor.store.connection import immediate, in_words, one_instant, open_reader, open_writer, readable
from shopfloor.trouble import StoreTrouble


def _anything(conn: sqlite3.Connection) -> None:
    """No opinion."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def conn(path: Path) -> Iterator[sqlite3.Connection]:
    conn = open_writer(path, check=_anything)
    conn.execute("CREATE TABLE t (x)")
    yield conn
    conn.close()


def test_the_writer_syncs_every_commit_and_keeps_a_log(conn: sqlite3.Connection) -> None:
    facts = {name: conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")}
    assert facts == {"journal_mode": "wal", "synchronous": 2}


def test_a_file_that_cannot_keep_a_log_is_refused_with_a_remedy() -> None:
    # A database in memory answers the wish for WAL with "memory", as a disk without shared memory does with "delete".
    with pytest.raises(StoreTrouble, match=r"journal_mode=wal and synchronous=2.*got journal_mode=memory") as refused:
        open_writer(Path(":memory:"), check=_anything)
    assert "local disk" in refused.value.remedy


def test_nothing_of_a_block_that_raises_is_written(conn: sqlite3.Connection) -> None:
    with suppress(KeyError), immediate(conn) as execute:
        execute("INSERT INTO t VALUES (1)")
        raise KeyError
    assert not conn.in_transaction
    with immediate(conn) as execute:
        execute("INSERT INTO t VALUES (2)")
    assert conn.execute("SELECT x FROM t").fetchall() == [(2,)]


def test_a_block_inside_a_block_is_an_error_that_writes_nothing(conn: sqlite3.Connection) -> None:
    inner = immediate(conn)
    with suppress(sqlite3.OperationalError), immediate(conn) as execute:
        execute("INSERT INTO t VALUES (1)")
        inner.__enter__()
        pytest.fail("the inner block was entered")
    assert conn.execute("SELECT count(*) FROM t").fetchone() == (0,)


def test_a_reader_changes_nothing_and_never_checkpoints(conn: sqlite3.Connection, path: Path) -> None:
    reader = open_reader(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        reader.execute("INSERT INTO t VALUES (1)")
    assert reader.execute("PRAGMA wal_autocheckpoint").fetchone() == (0,)
    reader.close()


def test_what_is_read_in_one_instant_does_not_see_later_commits(conn: sqlite3.Connection, path: Path) -> None:
    reader = open_reader(path)
    with one_instant(reader) as execute:
        assert list(execute("SELECT x FROM t")) == []
        with immediate(conn) as write:
            write("INSERT INTO t VALUES (1)")
        assert list(execute("SELECT x FROM t")) == []
    assert reader.execute("SELECT x FROM t").fetchall() == [(1,)]
    reader.close()


def test_a_writer_refuses_another_thread(conn: sqlite3.Connection, path: Path) -> None:
    caught: list[BaseException] = []

    def use() -> None:
        try:
            with in_words(path):
                conn.execute("INSERT INTO t VALUES (1)")
        except sqlite3.ProgrammingError as error:
            caught.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert len(caught) == 1, "a fault of the program is no trouble of the disk"


def test_a_second_writer_is_told_in_words_that_the_journal_is_locked(conn: sqlite3.Connection, path: Path) -> None:
    other = sqlite3.connect(path, timeout=0, isolation_level=None)
    with immediate(conn), pytest.raises(StoreTrouble, match="locked by another program"), in_words(path):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_folder_without_a_journal_is_trouble_with_a_remedy(path: Path) -> None:
    with pytest.raises(StoreTrouble, match="no journal") as refused:
        open_reader(path)
    assert "start a terminal" in refused.value.remedy


def test_a_file_that_is_no_database_is_trouble(path: Path) -> None:
    path.write_bytes(b"this is a text about kanban, not a database " * 100)
    with pytest.raises(StoreTrouble, match="no journal"):
        open_reader(path)
    with pytest.raises(StoreTrouble, match="no journal"):
        open_writer(path, check=_anything)


def test_a_journal_whose_small_files_cannot_be_made_is_trouble_with_a_remedy(path: Path) -> None:
    conn = open_writer(path, check=_anything)
    conn.execute("CREATE TABLE t (x)")
    conn.close()
    # As in a folder that may only be read, but for root, too: the file can be neither made nor opened.
    path.with_name("journal.db-shm").symlink_to(path.with_name("nowhere"))
    with pytest.raises(StoreTrouble, match="cannot be opened") as refused:
        open_reader(path)
    assert "right to write the data folder" in refused.value.remedy


def test_a_fault_in_the_sql_is_not_called_trouble(conn: sqlite3.Connection, path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError, match="no such table"), in_words(path):
        conn.execute("SELECT * FROM nowhere")


@pytest.mark.parametrize("error", [KeyError("pallet"), LookupError("event 7, got none")])
def test_what_cannot_be_understood_is_trouble_that_names_it(path: Path, error: LookupError) -> None:
    with pytest.raises(StoreTrouble, match=str(error.args[0])), readable(path):
        raise error
