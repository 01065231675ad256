"""The line file a terminal starts with: checked only if it is another than the one in force, for that takes time."""

import hashlib
from pathlib import Path

from shopfloor import __version__
from shopfloor.cli.output import complain
from shopfloor.core.line import Line
from shopfloor.linefile import LineFileError, read
from shopfloor.store.folder import journal_path

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
    """Whether the journal's line was made of this very file by this program."""
    return journal_path(folder).exists() and seal_of(path) == _read_seal(folder)


def remember_line(seal: str, folder: Path) -> None:
    """Note that the line of the file with this seal is in force; a folder that is read-only only costs a start."""
    try:
        (folder / _SEAL).write_text(seal, "ascii")
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


def _read_seal(folder: Path) -> str:
    try:
        return (folder / _SEAL).read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return "none"
