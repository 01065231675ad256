"""`line`: the line file, and the line of several terminals; the commands of the latter are loaded when called."""

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from shopfloor.cli.output import DONE, FAILED, complain, json_option, say, say_json
from shopfloor.linefile import LineFileError, describe, read, write_starter
from shopfloor.trouble import Trouble

LINE_FILE = "line.toml"


_SHARED = {
    "compact": "shopfloor.cli.line_compact:compact",
    "create-stream": "shopfloor.cli.line_serve:create_stream",
    "export-config": "shopfloor.cli.line_serve:export_config",
    "guest": "shopfloor.cli.line_guest:guest",
    "join": "shopfloor.cli.line_join:join",
    "key": "shopfloor.cli.line_key:key",
    "serve": "shopfloor.cli.line_serve:serve",
    "status": "shopfloor.cli.line_join:status",
    "take-back": "shopfloor.cli.line_take_over:take_back",
    "take-over": "shopfloor.cli.line_take_over:take_over",
}


_NEEDED = ("nats", "nkeys", "cryptography", "bcrypt")


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in alphabetical order."""
        return sorted([*super().list_commands(ctx), *_SHARED])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the file of a command when it is asked for."""
        place = _SHARED.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        command = getattr(import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command to run. Raises Trouble if its libraries are missing: help is shown without them."""
        if args and args[0] in _SHARED and not {"-h", "--help"} & set(args):
            need_extra()
        return super().resolve_command(ctx, args)


def need_extra() -> None:
    """Raise Trouble with what to install where the libraries of a line are missing."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise Trouble(
            f"A line of several terminals needs {', '.join(missing)}, which this Python has not.",
            remedy="pip install 'shopfloor[line]'",
        )


@click.group(cls=_Lazy)
def line() -> None:
    """The line file, and the line as several terminals share it."""


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
