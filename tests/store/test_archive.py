"""Old events leave the journal for files, and nothing is lost, hidden or believed that is not proven."""

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from shopfloor.core.delivery import Archived
from shopfloor.core.evolve import fold
from shopfloor.store.archive import archive_files, archive_note, make_archive, read_archive
from shopfloor.store.backup import archives_of, backup, backup_archives, restore, restore_archives
from shopfloor.store.folder import ARCHIVE, JOURNAL
from shopfloor.store.journal import SqliteJournal
from shopfloor.store.verify import verify
from shopfloor.trouble import StoreTrouble
from tests.helpers.line_group import Group

EVER_US = 1 << 60


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    """Two terminals that stand on floors, and have ended."""
    with ExitStack() as stack:
        group = Group(stack, tmp_path, ("one", "two"))
        group.exchange("one", "two")
        for number in (1, 2, 3):
            group.terminals["two"].scan("long", number, "assembly")
            group.terminals["one"].scan("long", number, "saw")
            group.exchange("one", "two")
            group.pass_s("one", 120)
            group.link("one")
            group.exchange("one", "two")
            group.pass_s("two", 2)
        group.stop("one")
        group.stop("two")
        yield group


@pytest.fixture
def folder(group: Group) -> Path:
    """The folder of the first."""
    return group.folder("one")


def _archived(folder: Path, floor_max: int = 1) -> Archived:
    made = make_archive(folder, EVER_US, floor_max)
    assert made is not None
    journal = SqliteJournal(folder, "one")
    journal.open()
    journal.drop_archived(made)
    journal.close()
    return made


def _rows(folder: Path) -> list[tuple[str, int]]:
    journal = SqliteJournal(folder, "one")
    journal.open()
    found = [(event.origin, event.n) for event in journal.since(None)]
    journal.close()
    return found


def test_what_a_floor_covers_is_in_the_file_and_not_in_the_journal(folder: Path) -> None:
    before = _rows(folder)
    made = _archived(folder)
    (path,) = archive_files(folder)
    inside = [(event.origin, event.n) for event in read_archive(path)]
    after = _rows(folder)
    assert sorted(inside + after) == sorted(before)
    assert len(inside) > 10
    vector = made.floor.vector()
    assert all(n <= vector[origin] for origin, n in inside)
    assert verify(folder, fold) == []
    assert str(folder) in archive_note(folder)


def test_one_file_follows_the_other_and_the_state_is_the_same(folder: Path) -> None:
    before = _rows(folder)
    first = _archived(folder, 1)
    second = _archived(folder, 2)
    assert (first.floor.number, second.floor.number) == (1, 2)
    assert verify(folder, fold) == []
    inside = [(event.origin, event.n) for path in archive_files(folder) for event in read_archive(path)]
    assert sorted(inside + _rows(folder)) == sorted(before)
    assert make_archive(folder, EVER_US, 2) is None, "nothing is written twice"
    assert make_archive(folder, 0, 3) is None, "nothing so old"


def test_a_terminal_goes_on_after_its_old_events_have_left(group: Group, folder: Path) -> None:
    _archived(folder, 2)
    group.start("one")
    group.start("two")
    for number in (1, 2):
        group.terminals["two"].scan("long", number, "assembly")
        group.terminals["one"].scan("long", number, "saw")
        group.exchange("one", "two")
        assert len(set(group.hashes().values())) == 1
        group.pass_s("one", 120)
        group.link("one")
    group.stop("one")
    assert verify(folder, fold) == []


def test_an_ordinary_delete_fails_before_and_after(folder: Path) -> None:
    for _ in range(2):
        with closing(sqlite3.connect(folder / JOURNAL, isolation_level=None)) as conn:
            for statement in ("DELETE FROM event", "DELETE FROM event WHERE n = (SELECT min(n) FROM event)"):
                with pytest.raises(sqlite3.IntegrityError, match="never deleted"):
                    conn.execute(statement)
        if not archive_files(folder):
            _archived(folder)


def test_a_file_that_was_written_and_not_used_is_written_again(folder: Path) -> None:
    """The process ended between the file and the transaction: the rows are there, and nobody misses the file."""
    before = _rows(folder)
    assert make_archive(folder, EVER_US, 1) is not None
    assert verify(folder, fold) == []
    assert _rows(folder) == before
    _archived(folder)
    assert verify(folder, fold) == []


def test_a_file_that_was_written_and_never_used_says_nothing_of_those_that_were(folder: Path) -> None:
    """Its floor was left before the rows went, and the next one stands on another."""
    assert make_archive(folder, EVER_US, 1) is not None
    with closing(sqlite3.connect(folder / JOURNAL, isolation_level=None)) as conn:
        conn.execute("UPDATE floor SET body = NULL WHERE number = 1")
    assert _archived(folder, 2).floor.number == 2
    assert len(archive_files(folder)) == 2
    assert verify(folder, fold) == []
    archive_files(folder)[1].unlink()
    assert verify(folder, fold) != []


def test_half_a_file_is_none(folder: Path) -> None:
    _archived(folder, 1)
    (path,) = archive_files(folder)
    path.with_suffix(".unfinished").write_bytes(b"half")
    assert verify(folder, fold) == []
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ValueError, match="damaged"):
        list(read_archive(path))
    assert any(path.name in words for words in verify(folder, fold))


def test_a_full_disk_leaves_everything_as_it_was(folder: Path) -> None:
    before = _rows(folder)
    (folder / "archive").write_text("in the way")
    with pytest.raises(StoreTrouble, match="cannot be"):
        make_archive(folder, EVER_US, 1)
    assert _rows(folder) == before


@pytest.mark.parametrize("which", [0, 1])
def test_verify_finds_an_archive_that_was_changed_or_taken_away(folder: Path, which: int) -> None:
    _archived(folder, 1)
    _archived(folder, 2)
    path = archive_files(folder)[which]
    whole = path.read_bytes()
    path.write_bytes(gzip.compress(gzip.decompress(whole).replace(b"long-0", b"long-9"), mtime=0))
    assert verify(folder, fold) != []
    path.unlink()
    assert verify(folder, fold) != []
    path.write_bytes(whole)
    assert verify(folder, fold) == []


def test_a_backup_has_the_archives_and_brings_them_back(folder: Path, tmp_path: Path) -> None:
    _archived(folder, 1)
    out = tmp_path / "copy.db"
    backup(folder, out)
    assert backup_archives(folder, out) == 1
    first = archives_of(out) / archive_files(folder)[0].name
    was = first.stat().st_ino
    _archived(folder, 2)
    (folder / ARCHIVE / "00000000000000000001-000009.jsonl.gz").write_bytes(b"of no consequence")
    backup(folder, out, overwrite=True)
    assert backup_archives(folder, out) == 2
    assert first.stat().st_ino == was, "what is there is not copied again"
    assert len(list(archives_of(out).iterdir())) == 2

    restored = tmp_path / "restored"
    assert restore(out, restored) > 0
    assert restore_archives(out, restored) == 2
    assert verify(restored, fold) == []
    assert _rows(restored) == _rows(folder)


def test_a_damaged_copy_of_an_archive_is_replaced_and_a_missing_one_is_told(folder: Path, tmp_path: Path) -> None:
    _archived(folder, 1)
    _archived(folder, 2)
    out = tmp_path / "copy.db"
    backup(folder, out)
    backup_archives(folder, out)
    first, last = sorted(archives_of(out).iterdir())
    first.write_bytes(b"rotten")
    restore(out, tmp_path / "restored")
    with pytest.raises(StoreTrouble, match=f"Expected the archive before {last.name}"):
        restore_archives(out, tmp_path / "restored")
    assert backup_archives(folder, out) == 2
    assert first.read_bytes() == archive_files(folder)[0].read_bytes()
    archive_files(folder)[1].unlink()
    with pytest.raises(StoreTrouble, match="is whole, and its archives are not") as told:
        backup_archives(folder, out)
    assert last.name in told.value.what
