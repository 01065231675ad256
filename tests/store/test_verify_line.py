"""Verify looks at what came by the line as closely as at the terminal's own events."""

from pathlib import Path

import pytest

from shopfloor.core.delivery import Received
from shopfloor.core.line_link import Cursor
from shopfloor.core.merge import key_of
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.own_journal import SqliteOwnJournal
from shopfloor.store.verify import verify
from tests.helpers.journal_rows import batches, fold
from tests.helpers.tamper import behind_its_back

EVENTS = 40
OTHER = 2  # the number another origin gets in a journal of two


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A terminal that knows another's journal, written at the same moments as its own."""
    other = SqliteJournal(tmp_path / "other", "deburr-1")
    for batch in batches(other.open().origin, EVENTS, seed=2):
        other.append(*batch)
    other.close()
    with SqliteOwnJournal(tmp_path / "other") as theirs:
        entries = theirs.events(0, EVENTS)
    journal = SqliteJournal(tmp_path / "own", "press-1")
    own = [event for batch in batches(journal.open().origin, EVENTS, seed=3) for event in batch.events]
    journal.append(own, (), (), ())
    everything = sorted([*own, *(entry.recorded for entry in entries)], key=key_of)
    files = [r for r in everything if r.event.kind == "line_changed"]
    # Nobody was asked for any of them: that of the terminal counts which had the first, and of its the last.
    line = next((r.origin, r.n) for r in reversed(files) if r.origin == files[0].origin)
    journal.receive(
        Received(
            new=entries, cursor=Cursor("creation", 1, 1), changed=fold(everything), messages=((1, 1),), line_by=line
        )
    )
    journal.close()
    return tmp_path / "own"


def test_a_journal_with_another_terminal_s_events_has_no_problem(folder: Path) -> None:
    assert verify(folder, fold) == []


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE foreign_event SET body = replace(body, 'gun', 'Gun') WHERE n = 29", "Event 29 of deburr-1~"),
        ("UPDATE foreign_event SET hash = zeroblob(32) WHERE n = 29", "Event 30 of deburr-1~"),
        ("UPDATE foreign_event SET moment_us = 1 WHERE n = 29", "Event 29 of deburr-1~"),
        ("DELETE FROM foreign_event WHERE n = 29", "Gap: expected event 29 of deburr-1~"),
        ("DELETE FROM foreign_event WHERE n = 1", "Gap: expected event 1 of deburr-1~"),
        ("UPDATE foreign_event SET boot = 99 WHERE n = 29", "cannot be read"),
        ("UPDATE foreign_event SET body = '{}' WHERE n = 29", "Event 29 of deburr-1~"),
        (f"UPDATE origin SET terminal = 'x' WHERE id = {OTHER}", "Event 1 of x~"),
        ("UPDATE entity SET body = replace(body, 'housing', 'cover') WHERE kind = 'card'", "Entity card housing-"),
        ("UPDATE meta SET value = '9' WHERE key = 'line_n'", "The line in force"),
    ],
)
def test_what_is_done_to_it_behind_its_back_is_found(folder: Path, statement: str, words: str) -> None:
    with behind_its_back(folder) as conn:
        conn.execute(statement)
    assert any(words in found for found in verify(folder, fold)), verify(folder, fold)


def test_damage_of_one_origin_does_not_hide_that_of_another(folder: Path) -> None:
    with behind_its_back(folder) as conn:
        conn.execute("UPDATE foreign_event SET mono_ns = mono_ns + 1 WHERE n = 3")
        conn.execute("UPDATE event SET mono_ns = mono_ns + 1 WHERE n = 33")
    found = verify(folder, fold)
    assert any("Event 3 of deburr-1~" in words for words in found)
    assert any("Event 33 breaks the chain" in words for words in found)
