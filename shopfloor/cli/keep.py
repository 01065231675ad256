"""`verify` and `backup`."""

from pathlib import Path

import click

from shopfloor.cli.output import DONE, FAILED, complain, data_option, json_option, say, say_json
from shopfloor.core.evolve import fold


@click.command()
@data_option
@json_option
def verify(folder: Path, *, as_json: bool) -> int:
    """Check the journal: hash chain, gaps, events against state, and SQLite's own check."""
    from shopfloor.store.verify import verify as verify_store

    problems = verify_store(folder, fold)
    if as_json:
        say_json({"ok": not problems, "problems": problems})
    elif problems:
        complain("\n".join(problems))
    else:
        say("The journal is whole: chain, numbers, state and file.")
    return FAILED if problems else DONE


@click.command()
@data_option
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The file to write.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there.")
def backup(folder: Path, out: Path, *, overwrite: bool) -> int:
    """Copy the journal while a terminal runs, and verify the copy."""
    from shopfloor.store.backup import backup as backup_store

    head = backup_store(folder, out, overwrite=overwrite)
    say(f"{out}: {head} events, verified.")
    return DONE
