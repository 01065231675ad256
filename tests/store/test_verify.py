"""Verify: whatever is done to the journal behind its writer's back is found, and nothing is found where nothing was."""

import random
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import pytest

from shopfloor.core.events import Recorded
from shopfloor.core.state import Entity
from shopfloor.store.folder import JOURNAL
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.verify import PROBLEMS_MAX, verify
from shopfloor.trouble import StoreTrouble
from tests.helpers.journal_rows import batches, fold
from tests.helpers.scale import scaled
from tests.helpers.tamper import behind_its_back

EVENTS = 40
FLIPS_FOUND_MIN = 0.5  # the rest hits free space of pages, which holds nothing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    journal = SqliteJournal(tmp_path, "press-1")
    for batch in batches(journal.open().origin, EVENTS):
        journal.append(*batch)
    journal.close()
    return tmp_path


def _change(folder: Path, statement: str) -> None:
    with behind_its_back(folder) as conn:
        conn.execute(statement)


def test_a_journal_as_its_writer_left_it_has_no_problem(folder: Path) -> None:
    assert verify(folder, fold) == []


def test_a_journal_that_is_being_written_has_no_problem(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path, "press-1")
    origin = journal.open().origin
    assert verify(tmp_path, fold) == []
    for batch in batches(origin, 10):
        journal.append(*batch)
        assert verify(tmp_path, fold) == []
    journal.close()


def test_a_folder_without_a_journal_is_trouble(tmp_path: Path) -> None:
    with pytest.raises(StoreTrouble, match="no journal"):
        verify(tmp_path, fold)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE event SET body = replace(body, 'gun', 'Gun') WHERE n = 29", "Event 29 breaks the chain"),
        ("UPDATE event SET mono_ns = mono_ns + 1 WHERE n = 29", "Event 29 breaks the chain"),
        ("UPDATE event SET hash = zeroblob(32) WHERE n = 29", "Event 30 breaks the chain"),
        ("UPDATE event SET hash = zeroblob(32) WHERE n = 40", "Event 40 breaks the chain"),
        ("UPDATE event SET command_id = 'x' WHERE n = 29", "Event 29 breaks the chain"),
        ("UPDATE origin SET terminal = 'press-2'", "Event 1 breaks the chain"),
        ("UPDATE boot SET name = 'other'", "Event 1 breaks the chain"),
        ("UPDATE event SET boot = 99 WHERE n = 29", "Event 29 cannot be read"),
        ("UPDATE event SET boot = 99 WHERE n = 29", "names a missing boot"),
        ("UPDATE event SET body = '{}' WHERE n = 29", "Event 29 cannot be read"),
        ("UPDATE event SET moment_us = 1 WHERE n = 29", "Event 29: expected a moment after"),
        ("DELETE FROM event WHERE n = 29", "Gap: expected event 29, got event 30"),
        ("DELETE FROM event WHERE n = 1", "Gap: expected event 1, got event 2"),
        ("DELETE FROM event WHERE n = 40", "The journal's end: expected event 40"),
        ("DELETE FROM event", "The journal's end: expected event 40"),
        ("UPDATE event SET n = 41 WHERE n = 40", "Gap: expected event 40, got event 41"),
        ("UPDATE meta SET value = '9' WHERE key = 'line_n'", "The line in force: expected it in event 1"),
        ("DELETE FROM meta WHERE key = 'head'", "The journal's end: expected event 0"),
        ("UPDATE entity SET body = replace(body, 'housing', 'cover') WHERE kind = 'card'", "Entity card housing-"),
        ("DELETE FROM entity WHERE kind = 'book'", "Entity book press: expected {"),
        ("INSERT INTO entity VALUES ('book', 'x', '{\"station\":\"x\"}')", "Entity book x: expected none"),
        ("UPDATE entity SET body = '{}' WHERE kind = 'book'", "An entity cannot be read"),
        ("UPDATE entity SET kind = 'robot'", "An entity cannot be read"),
    ],
)
def test_what_was_changed_is_named(folder: Path, statement: str, words: str) -> None:
    _change(folder, statement)
    assert any(words in problem for problem in verify(folder, fold)), verify(folder, fold)


def test_a_number_the_line_gave_later_is_no_problem(folder: Path) -> None:
    _change(folder, "UPDATE event SET line_seq = n + 1000")
    assert verify(folder, fold) == []


def _edit(conn: sqlite3.Connection, rng: random.Random) -> None:
    column, value = rng.choice(
        [
            ("moment_us", "moment_us + 1"), ("moment_count", "moment_count + 1"), ("uncertainty_us", "1"),
            ("mono_ns", "mono_ns - 1"), ("kind", "kind || '_'"), ("version", "version + 1"), ("hash", "randomblob(32)"),
            ("command_id", "'id-' || n"), ("body", "replace(body, '\"', '\" ')"),
        ]
    )  # fmt: skip
    conn.execute(f"UPDATE event SET {column} = {value} WHERE n = ?", (rng.randint(1, EVENTS),))


def _delete(conn: sqlite3.Connection, rng: random.Random) -> None:
    first = rng.randint(1, EVENTS)
    conn.execute("DELETE FROM event WHERE n BETWEEN ? AND ?", (first, first + rng.randint(0, 3)))


def _close_gap(conn: sqlite3.Connection, rng: random.Random) -> None:
    gone = rng.randint(1, EVENTS)
    conn.execute("DELETE FROM event WHERE n = ?", (gone,))
    for n in range(gone + 1, EVENTS + 1):
        conn.execute("UPDATE event SET n = ? WHERE n = ?", (n - 1, n))


def _reorder(conn: sqlite3.Connection, rng: random.Random) -> None:
    one, other = rng.sample(range(1, EVENTS + 1), 2)
    for before, after in ((one, 1000), (other, one), (1000, other)):
        conn.execute("UPDATE event SET n = ? WHERE n = ?", (after, before))


def _insert(conn: sqlite3.Connection, rng: random.Random) -> None:
    n = rng.randint(1, EVENTS + 1)
    for moved in range(EVENTS, n - 1, -1):
        conn.execute("UPDATE event SET n = ? WHERE n = ?", (moved + 1, moved))
    row = list(conn.execute("SELECT * FROM event WHERE n = ?", (n - 1 or n + 1,)).fetchone())
    row[0], row[10] = n, None
    conn.execute(f"INSERT INTO event VALUES ({', '.join('?' * len(row))})", row)


def test_a_mutation_without_a_change_is_not_found(folder: Path) -> None:
    with behind_its_back(folder):
        pass
    assert verify(folder, fold) == []


@pytest.mark.parametrize("guard", ["TRIGGER event_is_never_deleted", "INDEX event_command"])
def test_a_guard_that_is_missing_is_named(folder: Path, guard: str) -> None:
    with closing(sqlite3.connect(folder / JOURNAL)) as conn:
        conn.execute(f"DROP {guard}")
    name = guard.partition(" ")[2]
    assert verify(folder, fold) == [f"The table, index or trigger {name} is not as Shopfloor made it."]


@pytest.mark.parametrize("mutate", [_edit, _delete, _close_gap, _reorder, _insert], ids=lambda mutate: mutate.__name__)
def test_any_edit_deletion_swap_or_insertion_is_found(
    folder: Path, mutate: Callable[[sqlite3.Connection, random.Random], None]
) -> None:
    whole = (folder / JOURNAL).read_bytes()
    for seed in range(scaled(25, 500)):
        (folder / JOURNAL).write_bytes(whole)
        with behind_its_back(folder) as conn:
            mutate(conn, random.Random(seed))
        assert verify(folder, fold), f"seed {seed}"


def test_a_flipped_bit_is_a_problem_or_lies_where_no_row_is(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path, "press-1")
    for batch in batches(journal.open().origin, 500):
        journal.append(*batch)
    journal.close()
    whole = (tmp_path / JOURNAL).read_bytes()
    rng = random.Random(7)
    flips, found = scaled(60, 1000), 0
    for _ in range(flips):
        torn = bytearray(whole)
        torn[rng.randrange(len(torn))] ^= 1 << rng.randrange(8)
        (tmp_path / JOURNAL).write_bytes(torn)
        try:
            found += bool(verify(tmp_path, fold))
        except StoreTrouble:
            found += 1
    assert found >= flips * FLIPS_FOUND_MIN


def test_a_torn_journal_has_a_bounded_list_of_problems(tmp_path: Path) -> None:
    journal = SqliteJournal(tmp_path, "press-1")
    for batch in batches(journal.open().origin, 3 * PROBLEMS_MAX):
        journal.append(*batch)
    journal.close()
    _change(tmp_path, "UPDATE event SET mono_ns = 1")
    problems = verify(tmp_path, fold)
    assert len(problems) == PROBLEMS_MAX + 1
    assert "not listed" in problems[-1]


def test_a_fold_that_stops_early_hides_nothing(folder: Path) -> None:
    def one(events: Iterable[Recorded], base: object = None) -> tuple[Entity, ...]:
        del base
        next(iter(events))
        return ()

    _change(folder, "UPDATE event SET mono_ns = 1 WHERE n = 30")
    assert any("Event 30 breaks the chain" in problem for problem in verify(folder, one))


def test_the_fold_gets_one_event_after_the_other(folder: Path) -> None:
    seen: list[int] = []

    def watch(events: Iterable[Recorded], base: object = None) -> tuple[Entity, ...]:
        del base
        assert not isinstance(events, list | tuple), "a million events are not held at once"
        seen.extend(event.n for event in events)
        return ()

    verify(folder, watch)
    assert seen == list(range(1, EVENTS + 1))
