"""`andon dry-run`: who would have been called when under another line file."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from shopfloor.cli.loop_measured import window_options
from shopfloor.cli.output import DONE, data_option, json_option, say, say_json
from shopfloor.core.names import reason_name, station_name
from shopfloor.exchange.instants import instant_text

if TYPE_CHECKING:
    from shopfloor.cli.andon_past import CallsPast
    from shopfloor.core.line import Line
    from shopfloor.flow.andon.dry_run import Changed, DryRun, Side
    from shopfloor.flow.andon.replayed_call import Replayed

CALLS_SHOWN = 20


@click.command("dry-run")
@click.argument("line_file", type=click.Path(dir_okay=False, path_type=Path))
@data_option
@window_options
@json_option
def dry_run(line_file: Path, folder: Path, from_text: str | None, to_text: str | None, *, as_json: bool) -> int:
    """Replay the calls of the last 30 days through LINE_FILE, beside the line in force. Nothing is changed."""
    from shopfloor.cli.andon_past import calls_past
    from shopfloor.flow.andon.dry_run import dry_run as ran
    from shopfloor.linefile import read

    new = read(line_file)
    past = calls_past(folder, from_text, to_text, back_us=0, records=True)
    found = ran(past.records, past.line, new, min(past.to_us, past.now_us))
    if as_json:
        say_json(_document(past, new, found))
    else:
        say(_text(past, new, found))
    return DONE


def _text(past: "CallsPast", new: "Line", found: "DryRun") -> str:
    from shopfloor.core.line_andon import Role, Severity

    old_side, new_side = found.old, found.new
    rows: list[tuple[str, int | str, int | str]] = [
        ("Calls", old_side.calls, new_side.calls),
        ("Hints only", old_side.hints, new_side.hints),
        ("Nothing", old_side.nothing, new_side.nothing),
        ("Stops", old_side.stops, new_side.stops),
        ("Stopped, min", f"{old_side.stop_us / 60_000_000:.1f}", f"{new_side.stop_us / 60_000_000:.1f}"),
        ("Nuisance calls", old_side.nuisance, new_side.nuisance),
        ("Messages", old_side.messages_sum, new_side.messages_sum),
    ]
    roles = [role for role in Role if role in old_side.messages or role in new_side.messages]
    rows += [(f"  to {r.value}", old_side.messages.get(r, 0), new_side.messages.get(r, 0)) for r in roles]
    severities = [one for one in Severity if one in old_side.severities or one in new_side.severities]
    rows += [
        (f"Severity {one.name.lower()}", old_side.severities.get(one, 0), new_side.severities.get(one, 0))
        for one in severities
    ]
    lines = [f"{found.calls} recorded calls, {found.recorded_stops} of them stops."]
    lines.append(f"{'':20}{'in force':>10}{'new':>10}")
    lines += [f"{label:20}{before:>10}{after:>10}" for label, before, after in rows]
    lines.append(f"{len(found.became_stops)} calls would have become stops, {len(found.no_longer_stops)} no longer.")
    lines.append(f"{len(found.gone)} calls go away, {len(found.nuisance_gone)} of them fleeting or rejected.")
    for changed in found.changed[-CALLS_SHOWN:]:
        lines += _changed_text(past, new, changed)
    if len(found.changed) > CALLS_SHOWN:
        lines.append(f"These are the newest {CALLS_SHOWN} of {len(found.changed)}; --json has all of them.")
    lines.append("What a replay cannot know:")
    return "\n".join([*lines, *(f"  {text}" for text in found.unknown)])


def _changed_text(past: "CallsPast", new: "Line", changed: "Changed") -> list[str]:
    record = changed.record
    what = f"{reason_name(past.shop, record.reason) or 'stop'} at {station_name(past.shop, record.station)}"
    return [
        f"{past.calendar.local(record.raised_us):%Y-%m-%d %H:%M:%S} {what}",
        f"  in force: {_replayed_text(past, past.line, changed.old)}",
        f"  new:      {_replayed_text(past, new, changed.new)}",
    ]


def _replayed_text(past: "CallsPast", line: "Line", one: "Replayed") -> str:
    from shopfloor.flow.andon.dry_run import called
    from shopfloor.flow.andon.replayed_call import Fate

    if one.fate is not Fate.CALL:
        return "only a hint" if one.fate is Fate.HINT else "no call"
    said = []
    for message in one.messages:
        names = ", ".join(person.name for person in called(line, message))
        roles = "+".join(role.value for role in message.roles)
        at = f"{past.calendar.local(message.at_us):%H:%M:%S}"
        said.append(f"{at} {message.what.value} {roles}" + (f" ({names})" if names else ""))
    return "; ".join(said)


def _document(past: "CallsPast", new: "Line", found: "DryRun") -> dict[str, Any]:
    return {
        "from": instant_text(past.from_us),
        "to": instant_text(past.to_us),
        "calls": found.calls,
        "recorded_stops": found.recorded_stops,
        "old": _side_json(found.old),
        "new": _side_json(found.new),
        "became_stops": found.became_stops,
        "no_longer_stops": found.no_longer_stops,
        "gone": found.gone,
        "nuisance_gone": found.nuisance_gone,
        "changed": [
            {
                "id": changed.record.id,
                "station": changed.record.station,
                "reason": changed.record.reason,
                "raised_at": instant_text(changed.record.raised_us),
                "old": _replayed_json(past.line, changed.old),
                "new": _replayed_json(new, changed.new),
            }
            for changed in found.changed
        ],
        "unknown": [str(text) for text in found.unknown],
    }


def _side_json(side: "Side") -> dict[str, Any]:
    return {
        "calls": side.calls,
        "hints": side.hints,
        "nothing": side.nothing,
        "stops": side.stops,
        "stop_s": side.stop_us / 1_000_000,
        "nuisance": side.nuisance,
        "messages": side.messages_sum,
        "messages_by_role": {role.value: count for role, count in side.messages.items()},
        "messages_by_why": {what.value: count for what, count in side.why.items()},
        "severities": {severity.name.lower(): count for severity, count in side.severities.items()},
    }


def _replayed_json(line: "Line", one: "Replayed") -> dict[str, Any]:
    from shopfloor.flow.andon.dry_run import called

    return {
        "fate": one.fate.value,
        "stopped_at": instant_text(one.stopped_us),
        "stop_s": one.stop_us / 1_000_000,
        "messages": [
            {
                "at": instant_text(message.at_us),
                "what": message.what.value,
                "roles": [role.value for role in message.roles],
                "people": [person.id for person in called(line, message)],
            }
            for message in one.messages
        ],
    }
