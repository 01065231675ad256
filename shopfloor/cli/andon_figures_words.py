"""Figures of calls and stops as text for people and as a document for programs."""

from collections.abc import Iterator
from typing import Any

import msgspec

from shopfloor.cli.call_range import rows_text
from shopfloor.core.words import span_text
from shopfloor.exchange.instants import instant_text
from shopfloor.flow.andon.figures import AndonFigures
from shopfloor.flow.andon.pareto import ParetoRow
from shopfloor.flow.andon.times import Spread
from shopfloor.flow.calendar import WorkCalendar

_MS_PER_S = 1_000
ROWS_MAX = 10  # of a Pareto in a text; JSON has all of them


def figures_json(found: AndonFigures) -> dict[str, Any]:
    """Durations in ms, instants as text."""
    document: dict[str, Any] = msgspec.to_builtins(found)
    del document["from_us"], document["to_us"]
    for near in document["times"]["near_stops"]:
        near["raised_at"] = instant_text(near.pop("raised_us"))
    return {"from": instant_text(found.from_us), "to": instant_text(found.to_us), **document}


def figures_text(found: AndonFigures, calendar: WorkCalendar) -> str:
    """How calls were answered, what stood, and the largest rows of each Pareto."""
    span = " to ".join(f"{calendar.local(at_us):%Y-%m-%d %H:%M}" for at_us in (found.from_us, found.to_us))
    where = f"Station {found.station}" if found.station else "The line"
    lines = [f"{where}, {span}: {_span(found.worked_ms)} of work.", ""]
    lines += [*_answered(found), "", *_stopped(found), ""]
    lines += rows_text([
        ("station", "calls", "stops", "stood", "first out", "MTTR", "MTBF", "availability"),
        *(
            (
                one.name,
                str(one.calls),
                str(one.stops),
                _span(one.stood_ms),
                _span(one.first_out_ms),
                _mean(one.repair.mttr_ms),
                _mean(one.repair.mtbf_ms),
                _percent(one.repair.availability),
            )
            for one in found.stations
        ),
    ])  # fmt: skip
    for title, rows in (
        ("Reasons by calls", found.reasons.by_count),
        ("Reasons by stop time", found.reasons.by_stop_time),
        ("Causes by calls", found.causes.by_count),
    ):
        if rows:
            head = (title, "calls", "open", "stopped", "share", "up to here")
            lines += ["", *rows_text([head, *_pareto(rows[:ROWS_MAX])])]
    return "\n".join(lines)


def _answered(found: AndonFigures) -> list[str]:
    counts, times = found.counts, found.times
    lines = [
        f"{counts.calls} calls, {times.open} of them open ({times.open_untaken} not taken), {counts.rejected} rejected",
        f"{times.near} near-stops, {counts.turned} help calls became a stop ({_percent(counts.unanswered)})",
        "",
    ]
    rows: list[tuple[str, ...]] = [("", "n", "median", "p85", "longest")]
    for name, spread in (("taken", times.acknowledge), ("there", times.arrive), ("cleared", times.clear)):
        rows.append((f"time until {name}", *_spread(spread)))
    lines += rows_text(rows)
    lines += list(_on_target(found))
    if times.cleared_untaken:
        lines.append(f"{times.cleared_untaken} were cleared by somebody who had not taken them.")
    if times.unsure:
        lines.append(f"{times.unsure} have a time less, because the clock was set.")
    return lines


def _on_target(found: AndonFigures) -> Iterator[str]:
    whole = found.targets
    if whole.reasons:
        yield f"{_percent(whole.share)} taken within their target ({whole.within} of {whole.judged})"
    for row in whole.reasons:
        yield f"  {row.name}: {_percent(row.share)} within {_span(row.target_ms)} ({row.within} of {row.judged})"


def _stopped(found: AndonFigures) -> list[str]:
    stop = found.stop
    lost = "" if stop.lost_units is None else f", {stop.lost_units:.1f} units lost at a takt of {found.takt_s:g} s"
    return [
        f"{stop.stops} stops, {_span(stop.stood_ms)} of standstill{lost} (each by itself {_span(stop.summed_ms)})",
        f"{found.line_stop.stops} of them stopped the whole line, {_span(found.line_stop.stood_ms)}",
        f"stops ÷ calls {_percent(found.counts.stops_per_call)}",
    ]


def _pareto(rows: tuple[ParetoRow, ...], indent: str = "") -> Iterator[tuple[str, ...]]:
    for row in rows:
        cells = (str(row.count), _span(row.call_ms), _span(row.stop_ms), _percent(row.share))
        yield (f"{indent}{row.name or 'none'}", *cells, "" if indent else _percent(row.cumulative))
        yield from _pareto(row.rows, "  ")


def _spread(spread: Spread | None) -> tuple[str, ...]:
    if spread is None:
        return "0", "", "", ""
    return str(spread.n), *(_span(ms) for ms in (spread.median_ms, spread.p85_ms, spread.max_ms))


def _span(ms: int) -> str:
    return span_text(ms // _MS_PER_S)


def _mean(ms: float | None) -> str:
    return "" if ms is None else _span(round(ms))


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"
