"""Printing as PDF by the command line in a process of its own: neither a frame nor a scan waits for it."""

import sys
from pathlib import Path

FOLDER = "print"  # in the data folder; a print of the same thing replaces the one before


def pdf_of(folder: Path, name: str) -> Path:
    """Where the PDF of a thing is. Raises OSError if there can be no folder for it."""
    out = (folder / FOLDER / f"{name}.pdf").absolute()
    out.parent.mkdir(exist_ok=True)
    return out


def print_command(
    folder: Path, out: Path, *, loop: str, card: str, language: str, more: tuple[str, ...] = ()
) -> list[str]:
    """The program and its arguments; `card` "" prints all of the loop."""
    named = ("--card", card) if card else ("--loop", loop)
    asked = ["cards", "print", "--data", str(folder), *named, "--out", str(out), "--language", language, *more]
    return [sys.executable, "-m", "shopfloor", *asked]


def sheet_command(folder: Path, out: Path, *, problem: str, language: str) -> list[str]:
    """The program and its arguments that put a problem on one sheet."""
    asked = ["andon", "a3", "--data", str(folder), "--out", str(out), "--language", language, "--", problem]
    return [sys.executable, "-m", "shopfloor", *asked]
