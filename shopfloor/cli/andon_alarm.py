"""`andon scoreboard` and `andon oee`: the health of the alarm system, and what the equipment made of its time."""

from pathlib import Path

import click

from shopfloor.cli.loop_measured import window_options
from shopfloor.cli.output import DONE, FAILED, complain, data_option, json_option, say, say_json

NOTHING = "Nothing was recorded in this range."


@click.command()
@data_option
@window_options
@json_option
def scoreboard(folder: Path, from_text: str | None, to_text: str | None, *, as_json: bool) -> int:
    """The alarm system itself by ISA-18.2 and EEMUA 191, and stations that call too little: 30 days up to now."""
    from shopfloor.cli.andon_past import calls_past
    from shopfloor.cli.andon_words import scoreboard_json, scoreboard_text
    from shopfloor.flow.andon.effect import BEFORE_US_MAX
    from shopfloor.flow.andon.few import few_calls
    from shopfloor.flow.andon.isa import Suppressed
    from shopfloor.flow.andon.isa import scoreboard as scored

    past = calls_past(folder, from_text, to_text, back_us=BEFORE_US_MAX)
    suppressed = Suppressed(shelves=tuple(past.shop.shelves.values()), out=tuple(past.shop.services.values()))
    from_us, to_us = past.recorded
    if to_us <= from_us:
        complain(NOTHING)
        return FAILED
    found = scored(past.calls, past.calendar, from_us, to_us, suppressed=suppressed)
    past_us = max(past.began_us, from_us - BEFORE_US_MAX)
    few = few_calls(past.line, past.calls, past.calendar, from_us, to_us, past_us=past_us)
    if as_json:
        say_json(scoreboard_json(found, few))
    else:
        say(scoreboard_text(past.shop, found, few, past.calendar))
    return DONE


@click.command()
@data_option
@window_options
@click.option("--station", default="", help="One station by its target instead of the line by its takt.")
@click.option("--rejects", type=click.IntRange(min=0), help="Cards of it that were no good; not measured without.")
@json_option
def oee(
    folder: Path, from_text: str | None, to_text: str | None, station: str, rejects: int | None, *, as_json: bool
) -> int:
    """Availability, performance and, where rejects are given, quality and OEE; in cards."""
    from shopfloor.cli.andon_past import calls_past
    from shopfloor.cli.andon_words import oee_json, oee_text
    from shopfloor.flow.andon.oee import line_output, station_output, stopped_us
    from shopfloor.flow.andon.oee import oee as made_of

    past = calls_past(folder, from_text, to_text, series="cycle" if station else "made")
    if station and station not in {one.id for one in past.line.stations}:
        complain(f"Expected a station of the line, got {station}.")
        return FAILED
    from_us, to_us = past.recorded
    if to_us <= from_us:
        complain(NOTHING)
        return FAILED
    if station:
        output = station_output(past.line, station, past.made, from_us, to_us)
    else:
        output = line_output(past.line, past.made, from_us, to_us)
    if output.ideal_cycle_s is None:
        wanted = f"cycle_target_s of {station}" if station else "takt_s of the line"
        complain(f"There is no ideal cycle: the line file lacks {wanted}.")
        return FAILED
    if rejects is not None and rejects > output.made:
        complain(f"Expected at most the {output.made} cards that were made as rejects, got {rejects}.")
        return FAILED
    found = made_of(
        planned_us=past.calendar.working_us(from_us, to_us),
        stop_us=stopped_us(past.calls, past.line, past.calendar, from_us, to_us, station=station),
        made=output.made,
        ideal_cycle_s=output.ideal_cycle_s,
        rejects=rejects,
    )
    if as_json:
        say_json(oee_json(found, from_us, to_us, station))
    else:
        say(oee_text(found))
    return DONE
