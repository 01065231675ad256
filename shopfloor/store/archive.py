"""Old events in files beside the journal: written, synced and read back before their rows are dropped.

A file is JSON lines, gzip: what it is, one line an event with its link in its origin's chain, and how many they were.
Each names the hash of the one before, and the journal that of the last: none can be changed or taken away unseen.
"""

import gzip
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from shopfloor.core.delivery import Archived
from shopfloor.core.floor import Floor
from shopfloor.store.connection import Execute, in_words, one_instant, open_reader, readable
from shopfloor.store.floor_store import read_archivable
from shopfloor.store.folder import ARCHIVE, create_folder, journal_path, sync_folder
from shopfloor.store.rows import EVENT_COLUMNS, META_ARCHIVE, META_ORIGIN, Names, link, read_meta, read_names
from shopfloor.trouble import StoreTrouble

FORMAT: Final = 1
_FILES: Final = "*.jsonl.gz"

_OWN: Final = f"SELECT {EVENT_COLUMNS} FROM event WHERE n <= ? ORDER BY n"
_FOREIGN: Final = f"SELECT {EVENT_COLUMNS} FROM foreign_event WHERE origin = ? AND n <= ? ORDER BY n"
_OWN_HEAD: Final = "SELECT coalesce(max(n), 0) FROM event"


class _Head(Struct, frozen=True, kw_only=True):
    """The first line. `before` is the hash of the file before, "" for the first."""

    format: int
    before: str
    floor: Floor


class _Event(Struct, array_like=True, frozen=True):
    origin: str
    n: int
    us: int
    count: int
    uncertainty_us: int
    mono_ns: int
    boot: str
    kind: str
    version: int
    command_id: str
    body: str
    hash: str


class _End(Struct, frozen=True):
    """The last line."""

    events: int


_head = msgspec.json.Decoder(_Head)
_event = msgspec.json.Decoder(_Event)
_end = msgspec.json.Decoder(_End)


def make_archive(folder: Path, until_us: int, floor_max: int) -> Archived | None:
    """Write what the lowest floor of before a moment, at most this one, covers; None if there is nothing to write.

    Reads beside the writer, which drops the rows when this is done. Raises StoreTrouble, and leaves no half file.
    """
    path = journal_path(folder)
    conn = open_reader(path)
    try:
        with in_words(path), readable(path), one_instant(conn) as execute:
            floor = read_archivable(execute, until_us, floor_max)
            if floor is None:
                return None
            before = (read_meta(execute, META_ARCHIVE) or " ").partition(" ")[2]
            return _write(folder, execute, floor, before)
    finally:
        conn.close()


def read_archive(path: Path) -> Iterator[_Event]:
    """The events of a file, as they were written. Raises ValueError if it is damaged."""
    try:
        with gzip.open(path, "rb") as lines:
            _head.decode(next(lines))
            count, last = 0, b""
            for line in lines:
                if last:
                    yield _event.decode(last)
                    count += 1
                last = line
            if _end.decode(last).events != count:
                raise ValueError(f"Expected the number of events at its end, got {count}.")
    except (OSError, EOFError, StopIteration, msgspec.DecodeError) as error:
        raise ValueError(f"Expected an archive in {path}, got one that is damaged ({error!r}).") from error


def archive_files(folder: Path) -> list[Path]:
    """The archives of a data folder, oldest first."""
    return sorted((folder / ARCHIVE).glob(_FILES))


def check_archives(folder: Path, noted: str) -> list[str]:
    """What is wrong with the archives of a folder; `noted`: what the journal knows of the last one."""
    problems: list[str] = []
    before, ends = "", dict[str, tuple[int, str]]()
    name, _, last = noted.partition(" ")
    files = [path for path in archive_files(folder) if path.name <= name or not noted]
    followed = {last, *(_before(path) for path in files)}
    name = ""
    for path in files:
        digest, of_it = _digest(path), dict(ends)
        try:
            wrong = list(_check(path, before, of_it))
        except (OSError, ValueError) as error:
            wrong = [f"{path.name}: {error}"]
        if not wrong and digest not in followed:
            continue  # written, and of no consequence: the process ended, or its floor was left
        problems += wrong
        ends = of_it
        name, before = path.name, digest
    if noted and noted != f"{name} {before}":
        problems.append(f"The archives: expected them to end with {noted[:60]}, got {name} {before[:12]}.")
    return problems


def linked_files(place: Path, noted: str) -> list[Path]:
    """The archives in `place` that a journal's note leads to, oldest first; each is what the next one names.

    Raises ValueError if one is not there, or is another, and OSError.
    """
    name, _, wanted = noted.partition(" ")
    found: list[Path] = []
    for path in sorted((path for path in place.glob(_FILES) if path.name <= name), reverse=True):
        if not wanted:
            break
        if _digest(path) == wanted:  # else it is of no consequence, or another: then nothing has the hash
            found.append(path)
            wanted = _before(path)
    if wanted:
        before = f"before {found[-1].name}" if found else name
        raise ValueError(f"Expected the archive {before} in {place}, as it was written; it is not there.")
    return found[::-1]


def archive_note(folder: Path) -> str:
    """Where older events are, for whoever reads the journal; "" if there are none."""
    files = archive_files(folder)
    if not files:
        return ""
    return f"Older events are in {files[0].parent}, {len(files)} files, and not listed here."


def _write(folder: Path, execute: Execute, floor: Floor, before: str) -> Archived | None:
    names, own = read_names(execute), int(read_meta(execute, META_ORIGIN) or 0)
    vector = floor.vector()
    ((head,),) = execute(_OWN_HEAD)
    # The newest own event stays: what comes next continues its chain.
    cuts = {number: vector.get(names.origin(number), 0) for number in names.origins}
    cuts[own] = min(cuts[own], head - 1)
    place = folder / ARCHIVE
    path = place / f"{floor.us:020}-{floor.number:06}.jsonl.gz"
    unfinished = path.with_suffix(".unfinished")
    try:
        create_folder(place)
        written = 0
        with unfinished.open("wb") as raw:
            with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as out:
                out.write(msgspec.json.encode(_Head(format=FORMAT, before=before, floor=floor)) + b"\n")
                for event in _rows(execute, names, cuts, own):
                    out.write(msgspec.json.encode(event) + b"\n")
                    written += 1
                out.write(msgspec.json.encode(_End(written)) + b"\n")
            raw.flush()
            os.fsync(raw.fileno())
        _read_back(unfinished, _rows(execute, names, cuts, own))
        unfinished.replace(path)
        sync_folder(place)
    except (OSError, ValueError) as error:
        unfinished.unlink(missing_ok=True)
        raise StoreTrouble(
            f"The archive {path} cannot be written: {error}.",
            remedy="Free space on the disk of the data folder. Nothing was dropped; it is tried again by itself.",
        ) from error
    return Archived(floor=floor, cuts=cuts, note=f"{path.name} {_digest(path)}")


def _read_back(path: Path, wanted: Iterator[_Event]) -> None:
    for got, event in zip(read_archive(path), wanted, strict=True):
        if got != event:
            raise ValueError(f"Expected event {event.n} of {event.origin} as it was written, got another.")


def _rows(execute: Execute, names: Names, cuts: dict[int, int], own: int) -> Iterator[_Event]:
    for number, cut in sorted(cuts.items()):
        rows = execute(_OWN, (cut,)) if number == own else execute(_FOREIGN, (number, cut))
        for row in rows:
            yield _of(row, names)


def _of(row: tuple[Any, ...], names: Names) -> _Event:
    n, origin, us, count, uncertainty_us, mono_ns, boot, kind, version, command_id, body, digest = row
    return _Event(
        names.origin(origin), n, us, count, uncertainty_us, mono_ns, names.boots[boot], kind, version,
        command_id or "", body.decode(), digest.hex(),
    )  # fmt: skip


def _check(path: Path, before: str, ends: dict[str, tuple[int, str]]) -> Iterator[str]:
    with gzip.open(path, "rb") as lines:
        head = _head.decode(next(lines))
    if head.before != before:
        yield f"{path.name}: expected it to follow {before[:12] or 'none'}, got {head.before[:12] or 'none'}."
    for event in read_archive(path):
        n, digest = ends.get(event.origin, (0, "00" * 32))
        if event.n == n + 1 and _linked(event, digest) != event.hash:
            yield f"{path.name}: event {event.n} of {event.origin} breaks the chain."
        ends[event.origin] = event.n, event.hash
    for covered in head.floor.covers:
        n, digest = ends.get(covered.origin, (0, ""))
        if n == covered.n and digest != covered.hash:
            yield f"{path.name}: event {n} of {covered.origin} is not the one that the floor covers."


def _before(path: Path) -> str:
    try:
        with gzip.open(path, "rb") as lines:
            return _head.decode(next(lines)).before
    except (OSError, EOFError, StopIteration, msgspec.DecodeError):
        return ""  # it is told as damaged


def _linked(event: _Event, previous: str) -> str:
    terminal, _, incarnation = event.origin.partition("~")
    row = (
        event.n, 1, event.us, event.count, event.uncertainty_us, event.mono_ns, 1, event.kind, event.version,
        event.command_id or None, event.body.encode(), b"",
    )  # fmt: skip
    return link(bytes.fromhex(previous), row, Names({1: (terminal, incarnation)}, {1: event.boot})).hex()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
