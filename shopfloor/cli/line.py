"""`line check` and `line new`."""

from pathlib import Path

import click

from shopfloor.cli.output import DONE, FAILED, complain, json_option, say, say_json
from shopfloor.linefile import LineFileError, describe, read, write_starter

LINE_FILE = "line.toml"


@click.group()
def line() -> None:
    """The line file: check it, or begin a new one."""


@line.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
def check(file: Path, *, as_json: bool) -> int:
    """Check FILE and name every mistake at once, with its place and what to do."""
    try:
        found = read(file)
    except LineFileError as wrong:
        if as_json:
            say_json({"ok": False, "problems": wrong.problems})
        raise
    if as_json:
        say_json({"ok": True, "problems": [], "line": found.id})
    else:
        say(describe(found))
    return DONE


@line.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def new(folder: Path) -> int:
    """Write a commented starter line file into FOLDER."""
    path = folder / LINE_FILE
    if path.exists():
        complain(f"{path} is there already and stays as it is.\n  Name another folder, or move the file away.")
        return FAILED
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(write_starter(), "utf-8")
    say(f"{path}\nNext: edit it, then: shopfloor line check {path}")
    return DONE
