"""The line file a terminal starts with: checked only if it is another than the one in force, for that takes time."""

import hashlib
from pathlib import Path

import msgspec

from shopfloor import __version__
from shopfloor.app import JOINED
from shopfloor.cli.output import complain
from shopfloor.core.line import Line
from shopfloor.linefile import LineFileError, read
from shopfloor.store.folder import journal_path
from shopfloor.store.history import SqliteHistory
from shopfloor.trouble import StoreTrouble

_SEAL = "line.sha256"  # beside the journal: the file that its line was made of, and the program that read it


def line_to_begin_with(path: Path | None, folder: Path) -> Line | None:
    """The line of a file; None keeps the one in force: no file, the same file, or a bad one beside a good journal.

    Raises LineFileError for a bad file where no journal has a good line.
    """
    if path is None or is_in_force(path, folder):
        return None
    try:
        return read(path)
    except LineFileError as wrong:
        if not journal_path(folder).exists():
            raise
        complain(f"{wrong}\nThe last good line file stays in force.")
        return None


def is_in_force(path: Path, folder: Path) -> bool:
    """Whether the journal's line was made of this very file by this program.

    The journal's own line is part of the seal: one that was put back from a backup may hold an older line. Not so on a
    line of several terminals: another one has changed it since, and a file that was in force once does not come back.
    """
    if not journal_path(folder).exists():
        return False
    noted = _read_seal(folder)
    if (folder / JOINED).is_file():
        return noted.partition(" ")[0] == seal_of(path)
    return _sealed(seal_of(path), folder) == noted


def remember_line(seal: str, folder: Path) -> None:
    """Note that the line of the file with this seal is in force; a folder that is read-only only costs a start."""
    try:
        (folder / _SEAL).write_text(_sealed(seal, folder), "ascii")
    except OSError:
        return


def seal_of(path: Path | None) -> str:
    """What tells this file from any other, "" if there is none; taken before it is read, for it may change then."""
    if path is None:
        return ""
    try:
        return hashlib.sha256(__version__.encode() + b"\0" + path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _sealed(seal: str, folder: Path) -> str:
    try:
        with SqliteHistory(folder) as history:
            line, _, _ = history.snapshot()
    except StoreTrouble:
        return ""
    return f"{seal} {hashlib.sha256(msgspec.json.encode(line)).hexdigest()}"


def _read_seal(folder: Path) -> str:
    try:
        return (folder / _SEAL).read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return "none"
