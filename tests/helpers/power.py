"""A disk in memory that forgets: SQLite runs on it through a virtual file system, and the power can be cut anywhere.

What was written since a file's last sync is decided sector by sector when the power goes: kept, lost or trashed.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import apsw

SECTOR_BYTES = 512


class Write(NamedTuple):
    """Bytes handed to a file, not yet promised."""

    file: str
    offset: int
    data: bytes


class Truncate(NamedTuple):
    """A file's new length, not yet promised."""

    file: str
    size: int


class Sync(NamedTuple):
    """From here on everything written to the file is promised; `names` promises the folder's entries too."""

    file: str
    names: bool


class Remove(NamedTuple):
    """A file's name is gone; `durable` at once, or with the next promise of names."""

    file: str
    durable: bool


class Mark(NamedTuple):
    """The program told somebody that `number` is safe."""

    number: int


Op = Write | Truncate | Sync | Remove | Mark


@dataclass
class Disk:
    """Files as the program sees them, what of them no cut can take, and the log of what was done since."""

    files: dict[str, bytearray] = field(default_factory=dict)
    log: list[Op] = field(default_factory=list)
    ended: bool = False
    durable: dict[str, bytes] = field(default_factory=dict)

    def note(self, op: Op) -> None:
        """Add to the log, unless the story is over."""
        if not self.ended:
            self.log.append(op)

    def end(self) -> None:
        """What comes now, such as a tidy close, did not happen: a cut comes before it."""
        self.ended = True

    def mark(self, number: int) -> None:
        """Note that the program acknowledged `number` here."""
        self.note(Mark(number))

    def cut(self, at: int, rng: random.Random) -> tuple["Disk", int]:
        """(what is found after the power went before log entry `at`, the last number acknowledged by then)."""
        acknowledged = 0
        durable = {file: bytearray(content) for file, content in self.durable.items()}
        pending: dict[str, list[Write | Truncate]] = {}
        removed: dict[str, tuple[bytearray, list[Write | Truncate]]] = {}
        for op in self.log[:at]:
            match op:
                case Mark(number):
                    acknowledged = number
                case Sync(file, names):
                    for change in pending.pop(file, []):
                        _apply(durable.setdefault(file, bytearray()), change)
                    if names:
                        removed.clear()
                case Remove(file, is_durable):
                    lost = durable.pop(file, bytearray()), pending.pop(file, [])
                    if not is_durable:
                        removed[file] = lost
                case Write(file) | Truncate(file):
                    pending.setdefault(file, []).append(op)
        for file, (content, changes) in removed.items():
            if file not in durable and file not in pending and rng.random() < 0.5:
                durable[file] = content
                pending[file] = changes
        for file, changes in pending.items():
            content = durable.setdefault(file, bytearray())
            for change in changes:
                _maybe(content, change, rng)
        return Disk(files=durable, durable={file: bytes(content) for file, content in durable.items()}), acknowledged


class PowerVFS(apsw.VFS):
    """SQLite's view of a Disk. Files are locked by nobody, so connections use locking_mode=EXCLUSIVE."""

    def __init__(self, name: str, disk: Disk) -> None:
        self.vfs_name = name
        self.disk = disk
        super().__init__(name, "")

    def xOpen(self, name: Any, flags: list[int]) -> Any:
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        assert path is not None, "temp_store=MEMORY leaves no temporary files"
        flags[1] = flags[0]
        is_journal = bool(flags[0] & (apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL))
        is_new = path not in self.disk.files
        self.disk.files.setdefault(path, bytearray())
        return PowerFile(self.disk, path, syncs_names=is_journal and is_new)

    def xAccess(self, pathname: str, flags: int) -> bool:
        return pathname in self.disk.files

    def xDelete(self, filename: str, syncdir: bool) -> None:
        if self.disk.files.pop(filename, None) is None:
            raise apsw.IOError
        self.disk.note(Remove(filename, bool(syncdir)))

    def xFullPathname(self, name: str) -> str:
        return name


class PowerFile:
    """One open file of a Disk."""

    def __init__(self, disk: Disk, path: str, *, syncs_names: bool) -> None:
        self._disk = disk
        self._path = path
        self._syncs_names = syncs_names  # as SQLite's own: with the first sync of a journal it made

    def xRead(self, amount: int, offset: int) -> bytes:
        return bytes(self._content()[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:
        op = Write(self._path, offset, bytes(data))
        _apply(self._content(), op)
        self._disk.note(op)

    def xTruncate(self, size: int) -> None:
        op = Truncate(self._path, size)
        _apply(self._content(), op)
        self._disk.note(op)

    def xSync(self, flags: int) -> None:
        self._disk.note(Sync(self._path, self._syncs_names))
        self._syncs_names = False

    def xFileSize(self) -> int:
        return len(self._content())

    def xSectorSize(self) -> int:
        return SECTOR_BYTES

    def xDeviceCharacteristics(self) -> int:
        return 0

    def xFileControl(self, op: int, pointer: int) -> bool:
        return False

    def xLock(self, level: int) -> None:
        """Nobody else is there."""

    def xUnlock(self, level: int) -> None:
        """Nobody else is there."""

    def xCheckReservedLock(self) -> bool:
        return False

    def xClose(self) -> None:
        """A file stays on its disk."""

    def _content(self) -> bytearray:
        return self._disk.files.setdefault(self._path, bytearray())


def connect(vfs: PowerVFS, path: str = "/journal.db") -> Any:
    """A connection to a file on the disk, before any of our own settings."""
    connection = apsw.Connection(path, vfs=vfs.vfs_name)
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    return connection


def on_disk(disk: Disk, name: str, use: Callable[[Any], None]) -> None:
    """Open the disk's journal, use it, and let go without the tidy end that a power cut would not have either."""
    vfs = PowerVFS(name, disk)
    try:
        connection = connect(vfs)
        try:
            use(connection)
        finally:
            connection.close()
    finally:
        vfs.unregister()


def _apply(content: bytearray, change: Write | Truncate) -> None:
    match change:
        case Write(_, offset, data):
            if len(content) < offset:
                content.extend(bytes(offset - len(content)))
            content[offset : offset + len(data)] = data
        case Truncate(_, size):
            if len(content) > size:
                del content[size:]
            else:
                content.extend(bytes(size - len(content)))


def _maybe(content: bytearray, change: Write | Truncate, rng: random.Random) -> None:
    if isinstance(change, Truncate):
        if rng.random() < 0.5:
            _apply(content, change)
        return
    start = change.offset
    end = start + len(change.data)
    while start < end:
        stop = min(end, (start // SECTOR_BYTES + 1) * SECTOR_BYTES)
        piece = change.data[start - change.offset : stop - change.offset]
        match rng.randrange(3):
            case 0:
                _apply(content, Write(change.file, start, piece))
            case 1:
                _apply(content, Write(change.file, start, rng.randbytes(len(piece))))
            case _:
                pass
        start = stop
