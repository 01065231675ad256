"""Printing cards as PDF by the command line in a process of its own: neither a frame nor a scan waits for it."""

import sys
from pathlib import Path

FOLDER = "print"  # in the data folder; a print of the same loop or card replaces the one before


def pdf_of(folder: Path, name: str) -> Path:
    """Where the PDF of a loop or card is. Raises OSError if there can be no folder for it."""
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
