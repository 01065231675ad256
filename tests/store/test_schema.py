"""The tables: strict, guarded, small, and changed only with a copy beside them."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlite_utils import Database, Migrations

from shopfloor.store.backup import backup
from shopfloor.store.connection import PAGE_BYTES, open_writer
from shopfloor.store.folder import BACKUPS, JOURNAL
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.own_journal import SqliteOwnJournal
from shopfloor.store.rows import GENESIS
from shopfloor.store.schema import APPLICATION_ID, MIGRATION_SET, STEPS, Step, check_readable, migrate, version_of
from shopfloor.store.verify import verify
from shopfloor.trouble import StoreTrouble
from tests.helpers.journal_rows import batches, fold

OURS = {"origin", "boot", "event", "foreign_event", "entity", "digest", "meta"}
EVENT_BYTES_MAX = 250


@pytest.fixture
def conn(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    conn = open_writer(tmp_path / JOURNAL, check=_anything)
    migrate(conn, tmp_path)
    yield conn
    conn.close()


def _anything(conn: sqlite3.Connection) -> None:
    """No opinion."""


def _written(folder: Path, count: int) -> None:
    journal = SqliteJournal(folder, "press-1")
    for batch in batches(journal.open().origin, count):
        journal.append(*batch)
    journal.close()


def test_every_table_of_ours_is_strict(conn: sqlite3.Connection) -> None:
    tables = {name: strict for _, name, _, _, _, strict in conn.execute("PRAGMA table_list") if name in OURS}
    assert tables == dict.fromkeys(OURS, 1)


def test_a_new_journal_says_what_it_is(conn: sqlite3.Connection) -> None:
    facts = {name: conn.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")}
    assert facts == {"application_id": APPLICATION_ID, "user_version": version_of()}
    assert conn.execute("PRAGMA page_size").fetchone()[0] == PAGE_BYTES == 2048


def test_the_version_alone_tells_that_no_step_is_pending(conn: sqlite3.Connection, tmp_path: Path) -> None:
    migrations = Migrations(MIGRATION_SET)
    for step in STEPS:
        migrations(name=step.name)(lambda db: None)
    assert migrations.pending(Database(conn, execute_plugins=False)) == []
    assert check_readable(conn, tmp_path / JOURNAL) == version_of()


def _insert(conn: sqlite3.Connection, **other: object) -> None:
    values: dict[str, object] = {
        "n": 1, "origin": 1, "moment_us": 1, "moment_count": 0, "uncertainty_us": 0, "mono_ns": 1, "boot": 1,
        "kind": "card_lost", "version": 1, "command_id": None, "body": "{}", "hash": GENESIS,
    }  # fmt: skip
    values |= other
    marks = ", ".join("?" * len(values))
    conn.execute(f"INSERT INTO event ({', '.join(values)}) VALUES ({marks})", tuple(values.values()))


@pytest.fixture
def filled(conn: sqlite3.Connection) -> sqlite3.Connection:
    conn.execute("INSERT INTO origin VALUES (1, 'press-1', 'a')")
    conn.execute("INSERT INTO boot VALUES (1, 'boot-1')")
    _insert(conn, command_id="c-1")
    return conn


@pytest.mark.parametrize(
    "wrong",
    [
        {"n": 0}, {"n": "two"}, {"origin": 9}, {"boot": 9}, {"moment_count": -1}, {"moment_us": 1.5}, {"kind": ""},
        {"version": 0}, {"body": ""}, {"body": "[]"}, {"body": b"{}"}, {"hash": b"short"}, {"command_id": ""},
        {"command_id": "c-1"}, {"n": 1}, {"mono_ns": None},
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_an_event_is_refused(filled: sqlite3.Connection, wrong: dict[str, object]) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        _insert(filled, **({"n": 2} | wrong))
    _insert(filled, n=2, command_id="c-2")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event",
        "UPDATE event SET body = '{\"x\":1}'",
        "UPDATE event SET n = 7",
        "UPDATE event SET hash = zeroblob(32), line_seq = 1",
        "INSERT OR REPLACE INTO event SELECT * FROM event",
        "INSERT INTO event SELECT * FROM event WHERE true ON CONFLICT (n) DO UPDATE SET kind = 'other'",
    ],
)
def test_an_event_is_never_changed_or_deleted(filled: sqlite3.Connection, statement: str) -> None:
    before = filled.execute("SELECT * FROM event").fetchall()
    with pytest.raises(sqlite3.IntegrityError, match="an event is never"):
        filled.execute(statement)
    assert filled.execute("SELECT * FROM event").fetchall() == before


def test_the_line_may_number_an_event_later(filled: sqlite3.Connection) -> None:
    filled.execute("UPDATE event SET line_seq = 77 WHERE n = 1")
    assert filled.execute("SELECT line_seq FROM event").fetchone() == (77,)


def test_commands_without_an_id_never_collide(filled: sqlite3.Connection) -> None:
    _insert(filled, n=2)
    _insert(filled, n=3)


def test_an_event_takes_at_most_250_bytes_with_its_indexes(tmp_path: Path) -> None:
    few, many = 1000, 6000
    _written(tmp_path / "few", few)
    _written(tmp_path / "many", many)
    grown = _event_bytes(tmp_path / "many") - _event_bytes(tmp_path / "few")
    assert grown / (many - few) <= EVENT_BYTES_MAX


def _event_bytes(folder: Path) -> int:
    """What is left of the file's size when the events and their index are taken out, subtracted from all of it."""
    conn = sqlite3.connect(folder / JOURNAL, isolation_level=None)
    try:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        conn.execute("VACUUM")
        whole = int(conn.execute("PRAGMA page_count").fetchone()[0])
        conn.execute("DROP TABLE event")
        conn.execute("VACUUM")
        rest = int(conn.execute("PRAGMA page_count").fetchone()[0])
    finally:
        conn.close()
    return (whole - rest) * PAGE_BYTES


SECOND = Step("note", ("ALTER TABLE meta ADD COLUMN note TEXT", "INSERT INTO meta (key, value) VALUES ('step', 'two')"))


def test_a_journal_with_events_is_copied_before_a_pending_step(tmp_path: Path) -> None:
    _written(tmp_path, 20)
    conn = open_writer(tmp_path / JOURNAL, check=_anything)
    migrate(conn, tmp_path, steps=(*STEPS, SECOND))
    assert check_readable(conn, tmp_path / JOURNAL) == version_of() + 1
    assert conn.execute("SELECT value FROM meta WHERE key = 'step'").fetchone() == ("two",)
    conn.close()
    (copy,) = (tmp_path / BACKUPS).iterdir()
    assert copy.name == f"before-step-after-{version_of()}.db"
    old = sqlite3.connect(copy)
    assert old.execute("SELECT count(*) FROM event").fetchone() == (20,)
    assert old.execute("PRAGMA user_version").fetchone() == (version_of(),)
    assert old.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    old.close()


def test_a_step_that_fails_leaves_the_tables_as_they_were(tmp_path: Path) -> None:
    _written(tmp_path, 3)
    wrong = Step("wrong", ("ALTER TABLE meta ADD COLUMN note TEXT", "INSERT INTO nowhere VALUES (1)"))
    conn = open_writer(tmp_path / JOURNAL, check=_anything)
    with pytest.raises(sqlite3.OperationalError, match="nowhere"):
        migrate(conn, tmp_path, steps=(*STEPS, wrong))
    assert check_readable(conn, tmp_path / JOURNAL) == version_of()
    assert "note" not in {row[1] for row in conn.execute("PRAGMA table_info(meta)")}
    migrate(conn, tmp_path, steps=(*STEPS, SECOND))
    assert check_readable(conn, tmp_path / JOURNAL) == version_of() + 1
    conn.close()


def test_a_journal_with_more_steps_of_the_same_major_is_still_written(tmp_path: Path) -> None:
    _written(tmp_path, 3)
    conn = open_writer(tmp_path / JOURNAL, check=_anything)
    migrate(conn, tmp_path, steps=(*STEPS, SECOND))
    conn.close()
    journal = SqliteJournal(tmp_path, "press-1")
    opened = journal.open()
    for batch in batches(opened.origin, 2, after=3, seed=1):
        journal.append(*batch)
    journal.close()


def test_a_newer_major_is_refused_with_words(tmp_path: Path) -> None:
    _written(tmp_path, 3)
    conn = sqlite3.connect(tmp_path / JOURNAL)
    conn.execute("PRAGMA user_version=2001")
    conn.close()
    with pytest.raises(StoreTrouble, match=r"version 1 .*got version 2: a newer Shopfloor") as refused:
        SqliteJournal(tmp_path, "press-1").open()
    assert "newer program" in refused.value.remedy


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    conn = sqlite3.connect(tmp_path / JOURNAL)
    conn.execute("CREATE TABLE recipes (name TEXT)")
    conn.close()
    with pytest.raises(StoreTrouble, match="another program"):
        SqliteJournal(tmp_path, "press-1").open()
    conn = sqlite3.connect(tmp_path / JOURNAL)
    assert conn.execute("SELECT name FROM sqlite_master").fetchall() == [("recipes",)]
    assert conn.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    conn.close()


def test_a_start_without_pending_steps_does_not_import_sqlite_utils(tmp_path: Path) -> None:
    _written(tmp_path, 3)
    code = (
        "import sys; from pathlib import Path; from shopfloor.store.journal import SqliteJournal\n"
        "journal = SqliteJournal(Path(sys.argv[1]), 'press-1'); journal.open(); journal.close()\n"
        "sys.exit('sqlite_utils' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)


@pytest.mark.parametrize("name", ["event_is_never_changed", "event_is_never_deleted"])
def test_a_journal_that_lost_a_guard_is_refused_with_a_remedy(tmp_path: Path, name: str) -> None:
    _written(tmp_path, 3)
    conn = sqlite3.connect(tmp_path / JOURNAL)
    conn.execute(f"DROP TRIGGER {name}")
    conn.close()
    with pytest.raises(StoreTrouble, match=name) as refused:
        SqliteJournal(tmp_path, "press-1").open()
    assert "shopfloor verify" in refused.value.remedy


def test_a_journal_from_before_the_newest_steps_is_read_and_left_as_it_is(tmp_path: Path) -> None:
    """By a newer program beside an older one, or before the newer one's first start."""
    _written(tmp_path, 20)
    with closing(sqlite3.connect(tmp_path / JOURNAL, isolation_level=None)) as old:
        old.executescript("DROP TABLE floor; DROP TABLE line_message")
        old.execute(f"PRAGMA user_version={version_of(STEPS[:1])}")
    before = (tmp_path / JOURNAL).read_bytes()
    assert verify(tmp_path, fold) == []
    with SqliteHistory(tmp_path) as history, SqliteOwnJournal(tmp_path) as own:
        assert len(list(history.events())) == 20
        assert own.standing() is None
        assert own.appended(1) is None
    assert backup(tmp_path, tmp_path / "copy.db") == 20
    assert (tmp_path / JOURNAL).read_bytes() == before
