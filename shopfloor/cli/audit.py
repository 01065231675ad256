"""`audit loop`, `audit place`, `audit suspects` and `audit walk`: are all cards there, and where to look."""

import csv
import io
import re
import sys
from pathlib import Path

import click

from shopfloor.cli.output import DONE, FAILED, USAGE, complain, data_option, json_option, say, say_json

BYTES_MAX = 10_000_000  # a hundred thousand codes with room; more is no list of scans
# Not `splitlines`: a GS1 code has a character inside that counts as an end of line there.
_LINE_ENDS = re.compile(r"[\r\n]+")
_CODES = click.option(
    "--codes",
    required=True,
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="The scanned codes, one a line: a file, or - for what a scanner types.",
)
_ONLY = click.option("--loop", "loops", multiple=True, help="Only the cards of this loop (may be repeated).")
_TOP = click.option("--top", type=click.IntRange(1, 10_000), default=20, show_default=True, help="How many cards.")


@click.group()
def audit() -> None:
    """Audits of cards: scan and compare, rank what is probably lost, walk and look. Works while a terminal runs."""


@audit.command("loop")
@click.argument("loop_id", metavar="LOOP")
@data_option
@_CODES
@json_option
def loop(loop_id: str, folder: Path, codes: Path, *, as_json: bool) -> int:
    """Compare scanned codes with all cards of LOOP. Ends with 1 if something is missing or does not belong."""
    from shopfloor.cli.audit_words import audit_json, audit_text, conservation_text
    from shopfloor.cli.loop_past import past_of
    from shopfloor.flow.audit import audit_loop, conservation

    scanned = _read(codes)
    if scanned is None:
        return USAGE
    past = past_of(folder)
    history, shop = past.loop(loop_id), past.reader.shop
    found = audit_loop(shop, loop_id, scanned)
    count = conservation(shop, loop_id, circulated=history.circulated, retired=history.retired)
    if as_json:
        say_json({"loop": loop_id} | audit_json(shop, found, count))
    else:
        say(audit_text(shop, found, f"Loop {loop_id}"))
        say(conservation_text(count))
    return DONE if found.clean else FAILED


@audit.command("place")
@click.argument("station", metavar="STATION")
@data_option
@_CODES
@json_option
def at_place(station: str, folder: Path, codes: Path, *, as_json: bool) -> int:
    """Compare scanned codes with the cards that should be at STATION: its work, its queue, its store."""
    from shopfloor.cli.audit_words import audit_json, audit_text
    from shopfloor.cli.loop_past import past_of
    from shopfloor.flow.audit import audit_place

    scanned = _read(codes)
    if scanned is None:
        return USAGE
    shop = past_of(folder).reader.shop
    if station not in shop.stations:
        complain(f"Expected a station of the line ({', '.join(shop.stations)}), got {station}.\n  Name one of them.")
        return FAILED
    found = audit_place(shop, station, scanned)
    if as_json:
        say_json({"station": station} | audit_json(shop, found, None))
    else:
        say(audit_text(shop, found, shop.stations[station].name))
    return DONE if found.clean else FAILED


@audit.command("suspects")
@data_option
@_ONLY
@_TOP
@json_option
def suspect(folder: Path, loops: tuple[str, ...], top: int, *, as_json: bool) -> int:
    """Rank cards by how probably they are lost: the age in their state against what is usual in their own loop."""
    from shopfloor.cli.audit_words import conservation_json, conservation_text, suspect_json, suspects_text
    from shopfloor.cli.loop_past import past_of
    from shopfloor.flow.audit import conservation
    from shopfloor.flow.suspects import suspects

    past = past_of(folder)
    shop = past.reader.shop
    histories = [past.loop(name) for name in loops or tuple(shop.loops)]
    found = suspects(shop, histories, past.calendar, past.alive_us)
    counts = [
        conservation(shop, history.loop.id, circulated=history.circulated, retired=history.retired)
        for history in histories
    ]
    if as_json:
        say_json({
            "suspects": [suspect_json(one) for one in found[:top]],
            "conservation": [conservation_json(count) for count in counts],
        })  # fmt: skip
    else:
        say(suspects_text(shop, found[:top], past.calendar))
        for count in counts:
            say(conservation_text(count))
    return DONE


@audit.command("walk")
@data_option
@_ONLY
@_TOP
@click.option("--csv", "as_csv", is_flag=True, help="CSV instead of text: place, card, state, age, probability.")
@json_option
def walk_list(folder: Path, loops: tuple[str, ...], top: int, *, as_csv: bool, as_json: bool) -> int:
    """The most suspect cards by place, places in flow order: take it along and tick them off."""
    from shopfloor.cli.audit_words import suspect_json, suspect_row, walk_text
    from shopfloor.cli.loop_past import past_of
    from shopfloor.flow.suspects import suspects, walk

    past = past_of(folder)
    shop = past.reader.shop
    histories = [past.loop(name) for name in loops or tuple(shop.loops)]
    stops = walk(shop, suspects(shop, histories, past.calendar, past.alive_us)[:top])
    if as_json:
        say_json([{"station": stop.station, "cards": [suspect_json(one) for one in stop.suspects]} for stop in stops])
    elif as_csv:
        text = io.StringIO()
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(("place", "card", "loop", "state", "since", "age_ms", "stays", "longer", "probability"))
        rows.writerows(suspect_row(one) for stop in stops for one in stop.suspects)
        say(text.getvalue().rstrip("\n"))
    else:
        say(walk_text(shop, stops, past.calendar))
    return DONE


def _read(path: Path) -> list[str] | None:
    """The lines of a file or of stdin; None if they cannot be read, which was said."""
    from shopfloor.flow.audit import CODES_MAX

    try:
        if str(path) == "-":
            data = sys.stdin.buffer.read(BYTES_MAX + 1)
        else:
            with path.open("rb") as file:
                data = file.read(BYTES_MAX + 1)
    except OSError as error:
        complain(f"{path} cannot be read: {error.strerror or error}.\n  Name a file with one code a line, or -.")
        return None
    # A scanner may send any bytes; what is no text is no code of ours, and is shown as such.
    lines = _LINE_ENDS.split(data.decode("utf-8-sig", "backslashreplace"))
    if len(data) > BYTES_MAX or len(lines) > CODES_MAX:
        complain(f"Expected at most {CODES_MAX} codes, got more in {path}.\n  Is this the right file?")
        return None
    return lines
