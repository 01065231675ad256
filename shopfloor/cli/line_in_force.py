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
    return journal_path(folder).exists() and _seal(path) == _read_seal(folder)


def remember_line(path: Path | None, line: Line | None, folder: Path) -> None:
    """Note that `line`, read from the file, is in force; a folder that cannot be written only costs the next start."""
    if path is None or line is None:
        return
    try:
        (folder / _SEAL).write_text(_seal(path), "ascii")
    except OSError:
        return


def _seal(path: Path) -> str:
    try:
        return hashlib.sha256(__version__.encode() + b"\0" + path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _read_seal(folder: Path) -> str:
    try:
        return (folder / _SEAL).read_text("ascii")
    except (OSError, UnicodeDecodeError):
        return "none"
