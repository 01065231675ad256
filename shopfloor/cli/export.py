"""`export loops`, `export cards` and `export events`: CSV, XLSX or JSONL for other programs."""

from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from typing import Any, TypeVar

import click

from shopfloor.app import history_of
from shopfloor.cli.output import DONE, FAILED, complain, data_option, say, say_archived
from shopfloor.cli.read import event_document
from shopfloor.cli.shop_of import shop_of
from shopfloor.clock import zone_of
from shopfloor.exchange.card_rows import card_table
from shopfloor.exchange.event_rows import Wanted, event_table, wanted_events
from shopfloor.exchange.instants import instant_us
from shopfloor.exchange.loop_columns import loop_table
from shopfloor.exchange.table import Table, check_ending, write

_F = TypeVar("_F", bound=Callable[..., Any])
_T = TypeVar("_T")


def _options(command: _F) -> _F:
    for option in (
        click.option("--overwrite", is_flag=True, help="Replace a file that is there."),
        click.option("--bom", is_flag=True, help="Mark CSV as UTF-8, for spreadsheets that would guess otherwise."),
        click.option(
            "--out",
            required=True,
            type=click.Path(dir_okay=False, path_type=Path),
            help="The file to write; its ending says how: .csv, .xlsx or .jsonl.",
        ),
        click.option("--line", "line_file", type=click.Path(dir_okay=False, path_type=Path), help="The line file."),
        data_option,
    ):
        command = option(command)
    return command


@click.group()
def export() -> None:
    """Write loops, cards or events as CSV, XLSX or JSONL; works while a terminal runs."""


@export.command()
@_options
def loops(folder: Path, line_file: Path | None, out: Path, *, bom: bool, overwrite: bool) -> int:
    """The loops with their parts, in the columns that `import loops` takes."""
    check_ending(out)
    return _write(loop_table(shop_of(folder, line_file).line), out, bom=bom, overwrite=overwrite)


@export.command()
@_options
@click.option("--loop", "only", multiple=True, help="Only the cards of this loop (may be repeated).")
def cards(folder: Path, line_file: Path | None, out: Path, only: tuple[str, ...], *, bom: bool, overwrite: bool) -> int:
    """Every card with its code, its state and where it is."""
    check_ending(out)
    shop = shop_of(folder, line_file)
    unknown = [loop for loop in only if loop not in shop.loops]
    if unknown:
        complain(f"Expected loops of the line ({', '.join(shop.loops)}), got {', '.join(unknown)}.")
        return FAILED
    table = card_table(shop, zone_of(shop.line.timezone), loops=frozenset(only))
    return _write(table, out, bom=bom, overwrite=overwrite)


@export.command()
@_options
@click.option("--from", "begin", metavar="WHEN", help="Only from this day or instant on, by the clock of the line.")
@click.option("--to", "end", metavar="WHEN", help="Only before this day or instant.")
@click.option("--station", default="", help="Only events at this station.")
@click.option("--loop", default="", help="Only events of this loop's cards.")
def events(
    folder: Path,
    line_file: Path | None,
    out: Path,
    begin: str | None,
    end: str | None,
    station: str,
    loop: str,
    *,
    bom: bool,
    overwrite: bool,
) -> int:
    """The journal's events; JSONL has the fields of `journal --json`."""
    check_ending(out)
    line = shop_of(folder, line_file).line
    zone = zone_of(line.timezone)
    for word, known in ((station, [one.id for one in line.stations]), (loop, [one.id for one in line.loops])):
        if word and word not in known:
            # One that has left the line file is still in the journal: it is a remark, not a refusal.
            complain(f"'{word}' is not in the line file in force ({', '.join(known)}).")
    wanted = Wanted(
        from_us=_instant("--from", begin, zone), to_us=_instant("--to", end, zone), station=station, loop=loop
    )
    if wanted.from_us is not None and wanted.to_us is not None and wanted.to_us <= wanted.from_us:
        raise click.BadParameter(f"expected an instant after {begin}, got {end}", param_hint="--to")
    say_archived(folder)
    history = history_of(folder)()
    try:
        table = event_table(wanted_events(history, history.heads(), wanted), zone, document=event_document)
        return _write(table, out, bom=bom, overwrite=overwrite)
    finally:
        history.close()


def _instant(option: str, text: str | None, zone: tzinfo) -> int | None:
    if text is None:
        return None
    try:
        return instant_us(text, zone)
    except ValueError:
        words = f"expected a date or a date with a time such as 2026-01-05T06:00, got {text!r}"
        raise click.BadParameter(words, param_hint=option) from None


def _write(table: Table[_T], out: Path, *, bom: bool, overwrite: bool) -> int:
    count = write(table, out, bom=bom, overwrite=overwrite)
    say(f"{out}: {count} {table.name}")
    return DONE
