"""Which `nats-server` runs the line, and whether it is new enough."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from msgspec import Struct

from shopfloor.link.trouble import ServerTrouble

ENV: Final = "SHOPFLOOR_NATS_SERVER"
PROGRAM: Final = "nats-server"
VERSION_MIN: Final = (2, 14, 0)  # Debian 12's 2.9 knows neither sync-always nor batched reads

_VERSION: Final = re.compile(r"v?(\d+)\.(\d+)\.(\d+)")
_ANSWER_S_MAX: Final = 20.0  # a cold disk under load; the program itself takes some milliseconds
_GET_ONE = (
    "For trying: pip install 'shopfloor[line]'. For production: the official release with its checksum, "
    f"see docs/line.md; name it with {ENV}=/path/to/{PROGRAM}."
)


class Binary(Struct, frozen=True):
    """A server program that is new enough; `source` says where it was found."""

    path: Path
    version: tuple[int, int, int]
    source: str

    def __str__(self) -> str:
        """In words, for the log of whoever starts it."""
        return f"{PROGRAM} {version_words(self.version)} ({self.path}, {self.source})"


def find_binary() -> Binary:
    """The program named by the environment, or of this Python's extra `line`, or on the PATH. Raises ServerTrouble."""
    named = os.environ.get(ENV, "")
    if named:
        return check_binary(Path(named), source=f"named by {ENV}")
    suffix = ".exe" if sys.platform == "win32" else ""
    own = Path(sys.executable).parent / (PROGRAM + suffix)
    if own.is_file():
        return check_binary(own, source="of the extra shopfloor[line], for trying")
    found = shutil.which(PROGRAM)
    if found is None:
        raise ServerTrouble(f"Expected the program {PROGRAM}, found none.", remedy=_GET_ONE)
    return check_binary(Path(found), source="found on the PATH")


def check_binary(path: Path, *, source: str) -> Binary:
    """Ask a program for its version. Raises ServerTrouble if it is no server or too old."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, timeout=_ANSWER_S_MAX, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ServerTrouble(f"{path} ({source}) cannot be run: {error}.", remedy=_GET_ONE) from error
    said = (answer.stdout + answer.stderr).decode("utf-8", "replace").strip()
    version = read_version(said) if PROGRAM in said else None
    if version is None:
        raise ServerTrouble(f"Expected {path} ({source}) to be {PROGRAM}, got {said[:80]!r}.", remedy=_GET_ONE)
    refuse_old(version, what=f"{path} ({source})")
    return Binary(path, version, source)


def refuse_old(version: tuple[int, int, int], *, what: str) -> None:
    """Raise ServerTrouble if a server of this version would acknowledge what it may lose."""
    if version < VERSION_MIN:
        raise ServerTrouble(
            f"Expected {PROGRAM} {version_words(VERSION_MIN)} or newer, got {version_words(version)}: {what}. "
            "An old one acknowledges before its disk has the data.",
            remedy=_GET_ONE,
        )


def read_version(text: str) -> tuple[int, int, int] | None:
    """The first version in a text, None if there is none."""
    found = _VERSION.search(text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def version_words(version: tuple[int, int, int]) -> str:
    """As people write it."""
    return ".".join(str(part) for part in version)
