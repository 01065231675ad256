"""The data folder: its files, the lock that keeps a second writer out, and the file systems that cannot hold it."""

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import Final

from shopfloor.trouble import DataFolderBusy, StoreTrouble

JOURNAL: Final = "journal.db"
LOCK: Final = "journal.lock"
ALIVE: Final = "alive"
BACKUPS: Final = "backups"
ARCHIVE: Final = "archive"

# File systems whose locks or shared memory another computer does not see: SQLite's log is silently lost or mixed there.
# fmt: off
NETWORK_TYPES: Final = frozenset({
    "9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "fuse.ceph", "fuse.davfs2", "fuse.glusterfs", "fuse.rclone",
    "fuse.s3fs", "fuse.smbnetfs", "fuse.sshfs", "fuse.vmhgfs-fuse", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs",
    "nfs3", "nfs4", "smb", "smb2", "smb3", "smbfs", "vboxsf",
})
# fmt: on

_MOUNTS: Final = Path("/proc/mounts")
_OWNER_BYTES_MAX: Final = 200  # a process number and a terminal's name, in a file that anybody may have written
_LOCKED_BYTE: Final = 1 << 30  # far behind the owner's name: Windows forbids reading what is locked
_DRIVE_REMOTE: Final = 4  # GetDriveTypeW


def journal_path(folder: Path) -> Path:
    """Where the journal of a data folder is."""
    return folder / JOURNAL


def create_folder(folder: Path) -> None:
    """Make the folder if it is missing, durably. Raises StoreTrouble."""
    try:
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        folder.mkdir(parents=True, exist_ok=True)
        for path in missing:
            sync_folder(path.parent)
    except OSError as error:
        raise StoreTrouble(
            f"The data folder {folder} cannot be made: {error.strerror or error}.",
            remedy="Name a folder that this user may write, on a disk of this computer.",
        ) from error


def sync_folder(folder: Path) -> None:
    """Make names in the folder durable, where the system can."""
    if sys.platform == "win32":
        return  # NTFS journals names itself, and a folder cannot be opened
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def refuse_network(folder: Path) -> None:
    """Raise StoreTrouble if the folder is on another computer's disk."""
    kind = _network_kind(folder.resolve())
    if kind:
        raise StoreTrouble(
            f"Expected the data folder {folder} on a disk of this computer, got a network file system ({kind}).",
            remedy="Name a local folder; a journal on a network disk can lose what was acknowledged. "
            "Send copies there with `shopfloor backup` instead.",
        )


def file_system_type(path: Path, mounts: str) -> str:
    """The type of the file system that holds an absolute path, by the text of /proc/mounts; "" if none does."""
    found, best = "", -1
    for line in mounts.splitlines():
        fields = line.split()
        if len(fields) < 3:
            continue
        point = Path(re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), fields[1]))
        # The last of equal mount points lies on top of the others.
        if path.is_relative_to(point) and len(point.parts) >= best:
            found, best = fields[2], len(point.parts)
    return found


class FolderLock:
    """One writer a data folder: a lock that the system drops when its process ends, however it ends."""

    def __init__(self, folder: Path, owner: str) -> None:
        self._folder = folder
        self._owner = owner
        self._handle = -1

    def take(self) -> None:
        """Take the lock. Raises DataFolderBusy if another journal holds it, StoreTrouble if the file cannot be had."""
        path = self._folder / LOCK
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StoreTrouble(
                f"The lock file {path} cannot be opened: {error.strerror or error}.",
                remedy="Give this user the right to write the data folder, or name another folder.",
            ) from error
        if not _lock(handle):
            holder = os.read(handle, _OWNER_BYTES_MAX).decode("utf-8", "replace").strip() or "another program"
            os.close(handle)
            raise DataFolderBusy(
                f"The data folder {self._folder} is in use: {holder} writes it.",
                remedy="End that program first, or name another folder with --data.",
            )
        self._handle = handle
        with suppress(OSError):  # on a full disk the lock holds without a name
            os.ftruncate(handle, 0)
            os.write(handle, f"process {os.getpid()}, terminal {self._owner}\n".encode()[:_OWNER_BYTES_MAX])

    def drop(self) -> None:
        """Give the lock back; harmless if it is not held."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1


def holder_of(folder: Path) -> str:
    """Words for who writes the data folder, "" if nobody does. Raises StoreTrouble."""
    if not (folder / LOCK).exists():
        return ""
    lock = FolderLock(folder, "nobody")
    try:
        lock.take()
    except DataFolderBusy as busy:
        return busy.what
    lock.drop()
    return ""


class LifeSign:
    """A small file whose time says when the writer was last alive; never synced, because a kill leaves it behind."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / ALIVE

    def read_us(self) -> int:
        """The last sign, UTC microseconds; 0 if there never was one, or none can be seen."""
        try:
            return self._path.stat().st_mtime_ns // 1000
        except OSError:
            return 0

    def give(self, at_us: int) -> None:
        """Leave a sign. Raises StoreTrouble."""
        try:
            self._touch(at_us * 1000)
        except OSError as error:
            raise StoreTrouble(
                f"The sign of life {self._path} cannot be written: {error.strerror or error}.",
                remedy="Check that the disk of the data folder is there and may be written.",
            ) from error

    def _touch(self, at_ns: int) -> None:
        try:
            os.utime(self._path, ns=(at_ns, at_ns))
        except FileNotFoundError:
            self._path.touch()
            os.utime(self._path, ns=(at_ns, at_ns))


def _network_kind(path: Path) -> str:
    if sys.platform == "win32":
        import ctypes

        remote = ctypes.windll.kernel32.GetDriveTypeW(path.anchor) == _DRIVE_REMOTE
        return "a network drive" if remote or path.anchor.startswith("\\\\") else ""
    try:
        mounts = _MOUNTS.read_text("utf-8", "replace")
    except OSError:
        return ""  # no /proc, as on macOS: its network disks refuse the log's shared memory themselves
    kind = file_system_type(path, mounts)
    return kind if kind in NETWORK_TYPES else ""


def _lock(handle: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
            try:
                msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
            finally:
                os.lseek(handle, 0, os.SEEK_SET)
        else:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
