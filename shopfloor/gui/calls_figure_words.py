"""The figures of calls as facts and rows of a table."""

from msgspec.structs import replace

from shopfloor.core.names import station_name
from shopfloor.core.shop import Shop
from shopfloor.core.text import Text
from shopfloor.flow.andon.figures import AndonFigures, StationFigures
from shopfloor.flow.andon.record import US_PER_MS
from shopfloor.flow.andon.times import Spread
from shopfloor.gui.calls_faces import reason_text
from shopfloor.gui.calls_table import TableRow
from shopfloor.gui.clocks import duration
from shopfloor.gui.loops_info import Fact
from shopfloor.gui.station.words import data
from shopfloor.gui.ui import Ui

SUMMARY_TITLE = Text("IN THIS TIME")
NEAR_TITLE = Text("NEAR-STOPS")
NEAR_MAX = 40
NONE = data("–")
MS_PER_H = 3_600_000
LONG_H = 10  # from here on minutes say nothing

TIMES_HEAD = TableRow(
    key="head",
    name=Text("from the call until"),
    cells=(Text("calls"), Text("median"), data("85 %"), Text("max")),
)
_NARROW = (0, 1, 2, 4, 5)  # calls, stops, stood, MTTR, MTBF
_STATION_HEAD = TableRow(
    key="head",
    name=Text("station"),
    cells=(
        Text("calls"),
        Text("stops"),
        Text("stood"),
        Text("line lost"),
        Text("MTTR"),
        Text("MTBF"),
        Text("avail."),
    ),
)


def summary_facts(figures: AndonFigures) -> tuple[Fact, ...]:
    """Calls, stops, and what they cost."""
    counts, stop = figures.counts, figures.stop
    found = [
        Fact(Text("calls"), data(str(counts.calls)), strong=True),
        Fact(Text("stops"), data(str(counts.stops)), strong=True),
        Fact(Text("stops ÷ calls"), _share(counts.stops_per_call)),
        Fact(Text("help calls that became a stop"), _share(counts.unanswered)),
        Fact(Text("near-stops"), data(str(figures.times.near))),
        Fact(Text("something stood"), _span(stop.stood_ms), strong=True),
    ]
    if figures.line_stop.stops:
        found.append(Fact(Text("the whole line stood"), _span(figures.line_stop.stood_ms)))
    if stop.lost_units is not None:
        found.append(Fact(Text("lost pieces at takt"), data(f"{stop.lost_units:.1f}"), strong=True))
    found += [
        Fact(Text("of so much working time"), _span(figures.worked_ms)),
        Fact(Text("taken back"), data(str(counts.rejected))),
        Fact(Text("opened again"), data(str(counts.reopened))),
    ]
    return tuple(found)


def times_rows(figures: AndonFigures) -> tuple[TableRow, ...]:
    """How long calls wait; those that are open or taken back are counted apart."""
    times = figures.times
    return (
        _spread("ack", Text("taken"), times.acknowledge),
        _spread("arrive", Text("somebody is there"), times.arrive),
        _spread("clear", Text("cleared"), times.clear),
    )


def near_facts(shop: Shop, figures: AndonFigures, ui: Ui) -> tuple[Fact, ...]:
    """What is counted apart, and the near-stops."""
    times = figures.times
    found = [
        Fact(Text("open now"), data(str(times.open))),
        Fact(Text("cleared, and not taken before"), data(str(times.cleared_untaken))),
    ]
    if times.unsure:
        found.append(Fact(Text("left out: the clock was set"), data(str(times.unsure))))
    found += _on_target(shop, figures, ui)
    share = f"{shop.line.andon.near_share * 100:.0f}"
    found.append(Fact(Text("Cleared after {share} % of the time to the stop, the newest first:", {"share": share})))
    for near in list(reversed(times.near_stops))[:NEAR_MAX]:
        name = f"{station_name(shop, near.station)} · {ui.say(reason_text(shop, near.reason))}"
        of = f"{duration(near.call_ms * US_PER_MS)} / {duration(near.deadline_ms * US_PER_MS)}"
        found.append(Fact(data(name), data(of)))
    return tuple(found)


def _on_target(shop: Shop, figures: AndonFigures, ui: Ui) -> list[Fact]:
    if not figures.targets.reasons:
        return []
    found = [Fact(Text("taken within the target"), _share(figures.targets.share), strong=True)]
    for row in figures.targets.reasons:
        name = ui.say(reason_text(shop, row.reason))
        words = Text("{reason}, within {time}", {"reason": name, "time": duration(row.target_ms * US_PER_MS)})
        found.append(Fact(words, Text("{n} of {count}", {"n": row.within, "count": row.judged})))
    return found


def station_rows(figures: AndonFigures, *, narrow: bool = False) -> tuple[TableRow, ...]:
    """Each station, in the order of the line; `narrow` without what the others say in another way."""
    return tuple(_cut(_station(one), narrow=narrow) for one in figures.stations)


def station_head(*, narrow: bool = False) -> TableRow:
    """What stands above them."""
    return _cut(_STATION_HEAD, narrow=narrow)


def _cut(row: TableRow, *, narrow: bool) -> TableRow:
    return replace(row, cells=tuple(row.cells[at] for at in _NARROW)) if narrow else row


def _station(one: StationFigures) -> TableRow:
    repair = one.repair
    return TableRow(
        key=one.station,
        name=data(one.name),
        cells=(
            data(str(one.calls)),
            data(str(one.stops)),
            _span(one.stood_ms),
            _span(one.first_out_ms),
            _span(repair.mttr_ms),
            _span(repair.mtbf_ms),
            _share(repair.availability),
        ),
        loud=one.stops > 0,
    )


def _spread(key: str, name: Text, spread: Spread | None) -> TableRow:
    if spread is None:
        return TableRow(key=key, name=name, cells=(data("0"), NONE, NONE, NONE))
    cells = (data(str(spread.n)), _span(spread.median_ms), _span(spread.p85_ms), _span(spread.max_ms))
    return TableRow(key=key, name=name, cells=cells)


def _span(ms: float | None) -> Text:
    if ms is None:
        return NONE
    hours = round(ms / MS_PER_H)
    return Text("{n} h", {"n": hours}) if hours >= LONG_H else data(duration(round(ms) * US_PER_MS))


def _share(share: float | None) -> Text:
    return NONE if share is None else data(f"{share * 100:.1f} %")
