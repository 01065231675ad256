"""A copy of the journal as one file, made beside a running terminal and looked at before it gets its name.

Old events that have left the journal go along: their archives lie in a folder beside the copy, and come back with it.
"""

import os
import shutil
import sqlite3
from contextlib import closing
from filecmp import cmp
from pathlib import Path

from shopfloor.store.archive import linked_files
from shopfloor.store.connection import Execute, in_words, one_instant, open_reader
from shopfloor.store.folder import ARCHIVE, create_folder, journal_path, refuse_network, sync_folder
from shopfloor.store.rows import META_ARCHIVE, META_HEAD, read_meta
from shopfloor.store.schema import check_written
from shopfloor.trouble import StoreTrouble


def backup(folder: Path, out: Path, *, overwrite: bool = False) -> int:
    """Copy the journal of a data folder to the file `out`; the number of its newest event.

    Raises StoreTrouble and leaves `out` as it was: no journal, no place, a file of that name, a copy that is not whole.
    """
    path = journal_path(folder)
    _check_place(path, out, overwrite=overwrite)
    unfinished = out.with_name(f".{out.name}.unfinished")
    try:
        with closing(open_reader(path)) as source, in_words(path):
            check_written(source, path)
            with one_instant(source) as execute:
                head = _head(execute)
                _copy(source, unfinished)
        _inspect(unfinished, head)
        _sync(unfinished)
        unfinished.replace(out)
        sync_folder(out.parent)
    except OSError as error:
        raise StoreTrouble(
            f"The backup {out} cannot be written: {error.strerror or error}.",
            remedy="Name a place that this user may write and that has room.",
        ) from error
    finally:
        _remove(unfinished)
    return head[0]


def backup_archives(folder: Path, out: Path) -> int:
    """Put the archives of a data folder beside the copy `out` of its journal; how many there are now.

    What is there already stays. Raises StoreTrouble; the copy of the journal is whole all the same.
    """
    return _carry(folder / ARCHIVE, archives_of(out), out, f"The copy {out} is whole, and its archives are not")


def archives_of(out: Path) -> Path:
    """Where the archives of a backup are."""
    return out.with_name(f"{out.name}.{ARCHIVE}")


def restore(copy: Path, folder: Path) -> int:
    """Make a data folder of a backup; the number of its newest event. Raises StoreTrouble, with nothing put back."""
    path = journal_path(folder)
    if path.exists():
        raise StoreTrouble(
            f"Expected a data folder without a journal, got {folder}.",
            remedy="Name another folder, or move that journal away; nothing is put over a journal.",
        )
    if not copy.is_file():
        raise StoreTrouble(f"Expected a backup, got {copy}, which is no file.", remedy="Name the file that it is in.")
    with closing(open_reader(copy)) as source, in_words(copy):
        head = _head(source.execute)
    _inspect(copy, head)
    create_folder(folder)
    refuse_network(folder)
    try:
        _put(copy, path)
    except OSError as error:
        raise StoreTrouble(
            f"{path} cannot be written: {error.strerror or error}.", remedy="Make room, or name another folder."
        ) from error
    return head[0]


def restore_archives(copy: Path, folder: Path) -> int:
    """Put the archives of a backup into the data folder made of it; how many. Raises StoreTrouble."""
    return _carry(
        archives_of(copy), folder / ARCHIVE, copy, f"The journal in {folder} is whole, and its archives are not"
    )


def _carry(place: Path, target: Path, copy: Path, words: str) -> int:
    """Copy the archives that the journal `copy` names from one folder to another; how many there are then."""
    with closing(open_reader(copy)) as source, in_words(copy):
        noted = read_meta(source.execute, META_ARCHIVE) or ""
    if not noted:
        return 0
    try:
        files = linked_files(place, noted)
        create_folder(target)
        for path in files:
            there = target / path.name
            if not there.exists() or not cmp(path, there, shallow=False):
                _put(path, there)
        return len(linked_files(target, noted))
    except (OSError, ValueError) as error:
        raise StoreTrouble(
            f"{words}: {error}",
            remedy=f"Run `shopfloor verify` on the data folder; copy what is missing to {target} from an older backup.",
        ) from error


def _put(path: Path, target: Path) -> None:
    """A copy that gets its name when it is on the disk. Raises OSError."""
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        shutil.copyfile(path, unfinished)
        _sync(unfinished)
        unfinished.replace(target)
        sync_folder(target.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _check_place(path: Path, out: Path, *, overwrite: bool) -> None:
    if out.exists():
        is_journal = path.exists() and out.samefile(path)
        if is_journal or not overwrite or not out.is_file():
            remedy = "Name another file." if is_journal or overwrite else "Name another file, or add --overwrite."
            raise StoreTrouble(f"Expected a new file, got {out}, which exists.", remedy=remedy)
    if not out.parent.is_dir():
        raise StoreTrouble(f"Expected a folder, got {out.parent}, which is none.", remedy="Make it, or name another.")


def _head(execute: Execute) -> tuple[int, str]:
    for n, digest in execute("SELECT n, hex(hash) FROM event ORDER BY n DESC LIMIT 1"):
        return int(n), f"{n} {str(digest).lower()}"
    return 0, read_meta(execute, META_HEAD) or ""


def _copy(source: sqlite3.Connection, unfinished: Path) -> None:
    _remove(unfinished)
    with closing(sqlite3.connect(unfinished, isolation_level=None)) as target, in_words(unfinished):
        # In one step: the reader's instant does not stop the writer, and a copy in parts would begin again and again.
        source.backup(target, pages=-1)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, which can be carried away without its log


def _inspect(unfinished: Path, head: tuple[int, str]) -> None:
    with closing(open_reader(unfinished)) as copy, in_words(unfinished):
        check_written(copy, unfinished)
        words = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(1)")]
        got = _head(copy.execute)
    if words != ["ok"] or got != head:
        raise StoreTrouble(
            f"Expected a copy that is whole and ends with event {head[1]}, got {'; '.join(words)}, event {got[1]}.",
            remedy="Run `shopfloor verify` on the data folder, and check the disk the backup goes to.",
        )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove(unfinished: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        unfinished.with_name(unfinished.name + suffix).unlink(missing_ok=True)
