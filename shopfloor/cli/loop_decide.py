"""`loop accept` and `loop refuse`: a leader's word on a number of cards, into the line file and beside it."""

import shutil
from pathlib import Path
from typing import Any

import click
import msgspec

from shopfloor.cli.output import DONE, FAILED, complain, json_option, say, say_json
from shopfloor.core.codes import CARD_NUMBER_MAX
from shopfloor.core.line import Line, Role

# Beside the line file and not in a journal: a decision is made about a file, before any terminal knows of it.
DECISIONS = "decisions.jsonl"
_BOM = "\ufeff"
_DECIDE = frozenset({Role.LEADER, Role.PLANNER, Role.ADMIN})
_LOOP = click.argument("loop_id", metavar="LOOP")
_CARDS = click.option("--cards", required=True, type=click.IntRange(1, CARD_NUMBER_MAX), help="The number of cards.")
_LINE = click.option(
    "--line", "line_file", required=True, type=click.Path(dir_okay=False, path_type=Path), help="The line file."
)
_DATA = click.option(
    "--data", "folder", type=click.Path(file_okay=False, path_type=Path), help="The data folder, for the plan."
)
_BY = click.option("--by", default="", help="Who decides: the id of a leader, planner or admin of the line.")


@click.command()
@_LOOP
@_CARDS
@_LINE
@_DATA
@_BY
@click.option("--reason", default="", help="Why, for the record.")
@json_option
def accept(
    loop_id: str, cards: int, line_file: Path, folder: Path | None, by: str, reason: str, *, as_json: bool
) -> int:
    """Write another number of cards of LOOP into the line file, and print what is planned to come of it."""
    from shopfloor.linefile import read

    line = read(line_file)
    refused = _refuse(line, loop_id, by)
    if refused:
        complain(refused)
        return FAILED
    before = next(loop.cards for loop in line.loops if loop.id == loop_id)
    plan = _plan(folder, loop_id, cards)
    if cards != before:
        _write(line_file, loop_id, cards)
    decision = _decided(line_file, loop_id, before=before, after=cards, by=by, reason=reason, accepted=True, plan=plan)
    if as_json:
        say_json(decision)
        return DONE
    say(f"{line_file}: {loop_id} has {cards} cards" + (", as before." if cards == before else f", {before} until now."))
    say(_plan_text(plan))
    if cards != before:
        say(f"A terminal that runs with this file takes it in seconds. Later: shopfloor loop effect {loop_id}")
    return DONE


@click.command()
@_LOOP
@_CARDS
@_LINE
@_BY
@click.option("--reason", required=True, help="Why the proposal is not taken.")
@json_option
def refuse(loop_id: str, cards: int, line_file: Path, by: str, reason: str, *, as_json: bool) -> int:
    """Note that a proposed number of cards of LOOP is not taken; the line file stays as it is."""
    from shopfloor.linefile import read

    line = read(line_file)
    refused = _refuse(line, loop_id, by)
    if refused:
        complain(refused)
        return FAILED
    before = next(loop.cards for loop in line.loops if loop.id == loop_id)
    decision = _decided(line_file, loop_id, before=before, after=cards, by=by, reason=reason, accepted=False, plan=[])
    if as_json:
        say_json(decision)
    else:
        say(f"{loop_id} stays at {before} cards; noted in {line_file.with_name(DECISIONS)}.")
    return DONE


def _refuse(line: Line, loop_id: str, by: str) -> str:
    """Why this person may not decide about this loop, "" if it may."""
    known = [loop.id for loop in line.loops]
    if loop_id not in known:
        return f"Expected a loop of the line ({', '.join(known) or 'none'}), got {loop_id}.\n  Name one of them."
    if not line.people:
        return ""
    person = next((one for one in line.people if one.id == by), None)
    if person is not None and person.role in _DECIDE:
        return ""
    may = ", ".join(one.id for one in line.people if one.role in _DECIDE) or "nobody yet"
    got = "nobody" if not by else f"{by} ({person.role})" if person is not None else by
    return f"Expected a leader, planner or admin of the line ({may}), got {got}.\n  Name who decides with --by."


def _write(path: Path, loop_id: str, cards: int) -> None:
    """Change one number in the file; comments, order and line ends stay. Raises LineFileError if that breaks it."""
    from shopfloor.exchange.finished import finished
    from shopfloor.exchange.line_text import LineText
    from shopfloor.linefile import parse

    raw = path.read_bytes().decode()
    mark = _BOM if raw.startswith(_BOM) else ""
    line_end = "\r\n" if "\r\n" in raw else "\n"
    text = LineText(raw.removeprefix(_BOM).replace("\r\n", "\n"))
    text.put("loops", text.ids("loops").index(loop_id), "cards", cards)
    parse(text.text, folder=path.resolve().parent)
    target = path.resolve()
    with finished(target, overwrite=True) as part:
        part.write_bytes((mark + text.text.replace("\n", line_end)).encode())
        shutil.copymode(target, part)


def _plan(folder: Path | None, loop_id: str, cards: int) -> list[dict[str, Any]]:
    """What to expect of the present and of the new number, by the loop's history; empty where nobody knows."""
    if folder is None:
        return []
    from shopfloor.cli.loop_measured_words import replay_json
    from shopfloor.cli.loop_past import past_of
    from shopfloor.flow.loop_cycle import since_change
    from shopfloor.flow.replay import projected
    from shopfloor.flow.sizing.values import NoAnswerError

    past = past_of(folder)
    history = since_change(past.loop(loop_id))
    try:
        found = [projected(history, past.calendar, shift) for shift in (0, cards - history.loop.cards)]
    except NoAnswerError:
        return []
    return [replay_json(one) for one in found]


def _plan_text(plan: list[dict[str, Any]]) -> str:
    if not plan:
        return "No plan: name the data folder with --data, of a loop with a store."
    now, then = plan
    return (
        f"Plan, from {now['withdrawals']} withdrawals: stock-outs {now['stockouts']} → {then['stockouts']}, "
        f"minutes without a full container {now['stockout_ms'] / 60_000:.0f} → {then['stockout_ms'] / 60_000:.0f}."
    )


def _decided(
    line_file: Path,
    loop_id: str,
    *,
    before: int,
    after: int,
    by: str,
    reason: str,
    accepted: bool,
    plan: list[dict[str, Any]],
) -> dict[str, Any]:
    """Note a decision; the file only ever grows."""
    from shopfloor.clock import SystemClock
    from shopfloor.exchange.instants import instant_text
    from shopfloor.trouble import Trouble

    decision = {
        "at": instant_text(SystemClock().now().at_us),
        "loop": loop_id,
        "before": before,
        "after": after,
        "accepted": accepted,
        "by": by,
        "reason": reason,
        "plan": [{name: value for name, value in one.items() if name != "outages"} for one in plan],
    }
    path = line_file.with_name(DECISIONS)
    try:
        with path.open("ab") as file:
            file.write(msgspec.json.encode(decision) + b"\n")
    except OSError as error:
        remedy = "The line file is as you asked; give this user the right to write beside it, for the record."
        raise Trouble(f"{path} cannot be written: {error.strerror or error}.", remedy=remedy) from error
    return decision
