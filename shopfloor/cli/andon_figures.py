"""`andon figures`: how calls were answered, what stopped and for how long, and why."""

from contextlib import closing
from pathlib import Path

import click

from shopfloor.cli.loop_measured import window_options
from shopfloor.cli.output import DONE, FAILED, complain, data_option, json_option, say, say_json

RANGE_S = 30 * 24 * 3600


@click.command()
@data_option
@window_options
@click.option("--station", default="", help="One station: its calls, and the stops that cover it.")
@json_option
def figures(folder: Path, from_text: str | None, to_text: str | None, station: str, *, as_json: bool) -> int:
    """Times to acknowledge, arrive and clear, stops, MTTR, MTBF and Pareto: 30 days up to now, or a range."""
    from shopfloor.app import history_of
    from shopfloor.cli.andon_figures_words import figures_json, figures_text
    from shopfloor.cli.call_range import check_station, range_us, shop_in
    from shopfloor.clock import SystemClock, zone_of
    from shopfloor.core.moment import US_PER_S
    from shopfloor.flow.andon.figures import read_figures
    from shopfloor.flow.calendar import WorkCalendar

    now = SystemClock().now()
    with closing(history_of(folder)()) as history:
        line = shop_in(history).line
        zone, month_us = zone_of(line.timezone), RANGE_S * US_PER_S
        _, to_us = range_us(None, to_text, zone, else_from_us=0, else_to_us=now.at_us)
        from_us, to_us = range_us(from_text, to_text, zone, else_from_us=to_us - month_us, else_to_us=to_us)
        # Before the first line file nobody recorded anything, and nothing ran.
        began = history.digest("line")
        from_us = max(from_us, began[0].at_us) if began else from_us
        if to_us <= from_us:
            complain("Nothing was recorded in this range.")
            return FAILED
        calendar = WorkCalendar(line)
        found = read_figures(history, from_us=from_us, to_us=to_us, now=now, station=station, calendar=calendar)
    if not found.counts.calls + found.counts.rejected:
        check_station(line, station)  # one that has left the line may still have calls
    if as_json:
        say_json(figures_json(found))
    else:
        say(figures_text(found, calendar))
    return DONE
