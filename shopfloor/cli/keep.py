"""`verify`, `backup` and `restore`."""

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
    """Copy the journal while a terminal runs, and verify the copy; archives of old events go to FILE.archive."""
    from shopfloor.store.backup import archives_of, backup_archives
    from shopfloor.store.backup import backup as backup_store

    head = backup_store(folder, out, overwrite=overwrite)
    say(f"{out}: {head} events, verified.")
    if count := backup_archives(folder, out):
        say(f"{archives_of(out)}: {count} archives of older events, verified.")
    return DONE


@click.command()
@click.argument("copy", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@data_option
def restore(copy: Path, folder: Path) -> int:
    """Make a new data folder of the backup FILE and of the archives beside it."""
    from shopfloor.store.backup import restore as restore_store
    from shopfloor.store.backup import restore_archives

    head = restore_store(copy, folder)
    say(f"{folder}: {head} events.")
    if count := restore_archives(copy, folder):
        say(f"{folder}: {count} archives of older events.")
    return DONE
