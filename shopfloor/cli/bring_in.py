"""`import loops` and `import cards`: every error at once, a dry run, and nothing written if anything is wrong."""

import queue
import shutil
from pathlib import Path

import click

from shopfloor.app import READY_S_MAX, Terminal
from shopfloor.cli.output import DONE, FAILED, USAGE, complain, data_option, json_option, say, say_json
from shopfloor.cli.shop_of import journalled, preview
from shopfloor.core.commands import ChangeLine
from shopfloor.core.line import Line, StartState
from shopfloor.core.update import Outcome
from shopfloor.exchange import cards_in, loops_in
from shopfloor.exchange.cards_in import CardPlan, plan_cards
from shopfloor.exchange.csv_in import read_sheet
from shopfloor.exchange.finished import finished
from shopfloor.exchange.loop_columns import loop_columns
from shopfloor.exchange.loops_in import Change, LoopPlan, plan_loops
from shopfloor.linefile import LineFileError, read
from shopfloor.store.folder import journal_path
from shopfloor.trouble import StoreTrouble

_BOM = "\ufeff"
_FILE = click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE.csv")
_LINE = click.option(
    "--line", "line_file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The line file."
)
_DRY = click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")


@click.group("import")
def bring_in() -> None:
    """Read loops or the first state of cards from CSV; name every error at once."""


@bring_in.command()
@_FILE
@_LINE
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write there, not into the line file.")
@click.option("--replace", is_flag=True, help="Remove loops that FILE does not name.")
@click.option("--overwrite", is_flag=True, help="Replace a file that is there, with --out.")
@_DRY
@json_option
def loops(
    file: Path, line_file: Path, out: Path | None, *, replace: bool, overwrite: bool, dry_run: bool, as_json: bool
) -> int:
    """Put the loops of FILE and their parts into the line file; comments and order stay."""
    target = (out or line_file).resolve()
    try:
        read(line_file)  # a bad line file is named as such, before the rows are blamed
        text, line_end, mark = _text_of(line_file)
        columns = tuple(column.name for column in loop_columns())
        sheet = read_sheet(file, known=columns, needed=loops_in.NEEDED)
        plan = plan_loops(text, sheet, replace=replace, folder=target.parent)
    except LineFileError as wrong:
        return _wrong(wrong, as_json=as_json)
    if not dry_run and not (plan.text == text and target == line_file.resolve()):
        with finished(target, overwrite=overwrite or target == line_file.resolve()) as part:
            part.write_bytes((mark + plan.text.replace("\n", line_end)).encode())
            shutil.copymode(line_file, part)
    if as_json:
        say_json({"ok": True, "dry_run": dry_run, "problems": [], "changes": plan.changes})
    else:
        say(_loops_text(plan, target, dry_run=dry_run))
    return DONE


@bring_in.command()
@_FILE
@data_option
@_LINE
@click.option("--terminal", default="", help="The station a new data folder belongs to; else the line's first.")
@_DRY
@json_option
def cards(file: Path, folder: Path, line_file: Path, terminal: str, *, dry_run: bool, as_json: bool) -> int:
    """Put the cards of the line in circulation in the states of FILE: what is on the shelves at the beginning.

    Cards that are in circulation already are refused: from then on only scans change them.
    """
    try:
        line = read(line_file)
        sheet = read_sheet(file, known=cards_in.KNOWN, needed=cards_in.NEEDED)
        now, after = journalled(folder), journalled(folder)
        preview(after, line)
        new = {card.id: card for card in after.cards.values() if card.id not in now.cards}
        plan = plan_cards(sheet, now, new, after)
    except LineFileError as wrong:
        return _wrong(wrong, as_json=as_json)
    owner = terminal or line.stations[0].id
    is_new = not journal_path(folder).exists()
    if not dry_run:
        refused = _circulate(folder, owner, line, plan.first)
        if refused:
            complain(refused)
            return FAILED
    if as_json:
        say_json({
            "ok": True, "dry_run": dry_run, "problems": [], "loops": plan.by_loop, "as_line_file": plan.unnamed,
        })  # fmt: skip
    else:
        say(_cards_text(plan, folder, owner if is_new else "", dry_run=dry_run))
    return DONE


def _text_of(path: Path) -> tuple[str, str, str]:
    """(text with \\n, what its lines end with, the mark in front of it)."""
    text = path.read_bytes().decode()
    mark = _BOM if text.startswith(_BOM) else ""
    line_end = "\r\n" if "\r\n" in text else "\n"
    return text.removeprefix(_BOM).replace("\r\n", "\n"), line_end, mark


def _wrong(wrong: LineFileError, *, as_json: bool) -> int:
    if as_json:
        say_json({"ok": False, "problems": wrong.problems})
    count = len(wrong.problems)
    complain(f"{wrong}\n{count} {'error' if count == 1 else 'errors'}: nothing was written.")
    return USAGE


def _circulate(folder: Path, owner: str, line: Line, first: dict[str, StartState]) -> str:
    """Let an engine put the cards in circulation; why it did not, "" if it did. Raises DataFolderBusy."""
    terminal = Terminal(folder, (owner,))
    answers: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    try:
        terminal.open()
        terminal.engine.submit(ChangeLine(line=line, first=first), terminal.clock.now(), reply=answers.put)
        outcome = answers.get(timeout=READY_S_MAX)
    except queue.Empty:
        raise StoreTrouble(
            f"Expected an answer within {READY_S_MAX:g} s, got none.", remedy="Look at the disk of the data folder."
        ) from None
    finally:
        terminal.stop()
    recorded = outcome.n > 0 or outcome.kind == "nothing"
    return "" if recorded else f"{outcome.words}\n  {outcome.remedy}"


def _loops_text(plan: LoopPlan, target: Path, *, dry_run: bool) -> str:
    rows = [_change_row(change) for change in plan.changes]
    same = all(change.did in {"unchanged", "kept"} for change in plan.changes)
    if same:
        rows.append(f"{target}: nothing to change.")
    elif dry_run:
        rows.append("Dry run: nothing was written.")
    else:
        rows.append(f"{target}: written. A running terminal takes it up by itself.")
    return "\n".join(rows)


def _change_row(change: Change) -> str:
    did = "not in the CSV, stays" if change.did == "kept" else change.did
    return f"{change.what} {change.id}: {did}" + (f": {', '.join(change.details)}" if change.details else "")


def _cards_text(plan: CardPlan, folder: Path, owner: str, *, dry_run: bool) -> str:
    rows = [
        f"loop {loop}: " + ", ".join(f"{count} {state}" for state, count in counts.items() if count)
        for loop, counts in plan.by_loop.items()
    ]
    if plan.unnamed:
        rows.append(f"{plan.unnamed} more cards begin as the line file says.")
    if owner:
        rows.append(f"{folder} is new and belongs to terminal '{owner}'; --terminal names another.")
    count = len(plan.first) + plan.unnamed
    rows.append("Dry run: nothing was written." if dry_run else f"{folder}: {count} cards put in circulation.")
    return "\n".join(rows)
