"""What the command line prints: text for people, JSON for programs, errors on stderr."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from shopfloor.core.text import Text

DONE = 0
FAILED = 1
USAGE = 2

LANGUAGES = ("en", "de", "pseudo")  # pseudo: 40 % longer, shows what would be cut

_F = TypeVar("_F", bound=Callable[..., Any])


def say(text: str) -> None:
    """One text on stdout."""
    click.echo(text)


def say_json(value: object) -> None:
    """One JSON document on one line of stdout, flushed, so that a pipe sees it at once."""
    sys.stdout.buffer.write(msgspec.json.encode(value) + b"\n")
    sys.stdout.buffer.flush()


def complain(text: str) -> None:
    """What went wrong, on stderr."""
    click.echo(text, err=True)


def sentences(words: Text, remedy: Text) -> str:
    """A verdict and its remedy in one line, each with its full stop: on the screen they stand apart."""
    first, second = str(words), str(remedy)
    if not second:
        return first
    return f"{first} {second}" if first.endswith((".", "?", "!")) else f"{first}. {second}"


def data_option(command: _F) -> _F:
    """`--data DIR`: the folder of a terminal."""
    return click.option(
        "--data", "folder", required=True, type=click.Path(file_okay=False, path_type=Path), help="The data folder."
    )(command)


def say_archived(folder: Path) -> None:
    """Say beside what is printed where older events are, if they have left the journal."""
    from shopfloor.store.archive import archive_note

    if note := archive_note(folder):
        complain(note)


def json_option(command: _F) -> _F:
    """`--json`: for programs."""
    return click.option("--json", "as_json", is_flag=True, help="JSON instead of text.")(command)


def language_option(command: _F) -> _F:
    """`--language`: of screens and paper."""
    return click.option(
        "--language", type=click.Choice(LANGUAGES), default="en", show_default=True, help="Of screens and paper."
    )(command)
