"""Everything the Calls page says of a window: how calls were answered, what stopped and for how long, and why."""

from collections.abc import Iterable

import numpy as np
from msgspec import Struct

from shopfloor.core.line import Line
from shopfloor.core.moment import Now
from shopfloor.core.ports import History
from shopfloor.core.rule_reasons import RULE_REASONS
from shopfloor.core.shop import EMPTY_LINE
from shopfloor.core.state_call import Call
from shopfloor.flow.andon.packed import NEVER, SOURCES, Flag
from shopfloor.flow.andon.pareto import Amounts, Pareto, pareto, split
from shopfloor.flow.andon.record import LOOK_BACK_US, US_PER_MS, CallRecord, shares_of
from shopfloor.flow.andon.repair import Repair, repair_of
from shopfloor.flow.andon.stops import Stops, StopTime, segments_of, stop_time, stops_of
from shopfloor.flow.andon.table import CallTable, open_records, read_table, table_of
from shopfloor.flow.andon.targets import Targets, targets
from shopfloor.flow.andon.times import ResponseTimes, response_times
from shopfloor.flow.andon.work import WorkTime
from shopfloor.flow.calendar import WorkCalendar


class CallCounts(Struct, frozen=True, kw_only=True):
    """Calls raised in the window that were no mistakes. `stops`: of them stopped something, at once or later.

    `stops_per_call`: stops ÷ calls (Toyota's pull ratio), `unanswered`: the share of help calls that became a stop;
    None without any. `rejected` calls are in no other number.
    """

    calls: int
    stops: int
    turned: int
    rejected: int
    reopened: int
    by_source: dict[str, int]
    stops_per_call: float | None
    unanswered: float | None


class StationFigures(Struct, frozen=True, kw_only=True):
    """One station: its calls, the time it stood (`stood_ms`), and what its own stops took from the line.

    `first_out_ms` is the line's stop time that began here; over all stations it adds up to the line's.
    """

    station: str
    name: str
    calls: int
    stops: int
    stood_ms: int
    first_out_ms: int
    repair: Repair


class AndonFigures(Struct, frozen=True, kw_only=True):
    """Of [from, to) up to now, of the line or of one station ("" for the line).

    Calls count where they were raised in the window; stop time is what lies in it. `stop` is the time in which
    something stood, `line_stop` that of stops of the whole line. `worked_ms` is the window's working time.
    """

    from_us: int
    to_us: int
    station: str
    worked_ms: int
    takt_s: float | None
    counts: CallCounts
    times: ResponseTimes
    targets: Targets
    stop: StopTime
    line_stop: StopTime
    stations: tuple[StationFigures, ...]
    reasons: Pareto
    causes: Pareto
    places: Pareto


def read_figures(
    history: History, *, from_us: int, to_us: int, now: Now, station: str = "", calendar: WorkCalendar | None = None
) -> AndonFigures:
    """The figures of a data folder, from its digest and its open calls. A calendar that is kept knows its days."""
    line, entities, _ = history.snapshot()
    line = line or EMPTY_LINE
    living = open_records((entity for entity in entities if isinstance(entity, Call)), now)
    return table_figures(
        read_table(history, line, from_us - LOOK_BACK_US, to_us, living),
        line,
        calendar or WorkCalendar(line),
        from_us=from_us,
        to_us=to_us,
        now_us=now.at_us,
        station=station,
    )


def andon_figures(
    records: Iterable[CallRecord],
    living: Iterable[Call],
    line: Line,
    calendar: WorkCalendar,
    *,
    from_us: int,
    to_us: int,
    now: Now,
    station: str = "",
) -> AndonFigures:
    """The figures of calls at hand: `records` of those that are over and may reach into the window, and open ones."""
    table = table_of(records, open_records(living, now))
    return table_figures(table, line, calendar, from_us=from_us, to_us=to_us, now_us=now.at_us, station=station)


def table_figures(
    calls: CallTable, line: Line, calendar: WorkCalendar, *, from_us: int, to_us: int, now_us: int, station: str = ""
) -> AndonFigures:
    """The figures of a table that may hold more than the window; nothing is counted after `now_us`."""
    until_us = max(from_us, min(to_us, now_us))
    work = WorkTime(calendar, from_us, until_us)
    raised_us = calls.column("raised_us")
    wanted = (raised_us >= from_us) & (raised_us < to_us)
    raised = calls.where(wanted & calls.word("station").is_(station) if station else wanted)
    kept = raised.where(~raised.has(Flag.REJECTED))
    every = stops_of(calls, work).within(from_us, min(to_us, now_us + 1))  # what begins now has begun
    stops = every.where(every.over(station, segments_of(line))) if station else every
    reasons = {**RULE_REASONS, **{one.id: one for one in line.reasons}}
    found = _Amounts(kept, stops)
    return AndonFigures(
        from_us=from_us,
        to_us=to_us,
        station=station,
        worked_ms=work.total_us // US_PER_MS,
        takt_s=line.takt_s,
        counts=_counts(raised, kept),
        times=response_times(raised, near_share=line.andon.near_share),
        targets=targets(kept, reasons.values()),
        stop=stop_time(stops, line.takt_s),
        line_stop=stop_time(stops.where(stops.of_line), line.takt_s),
        stations=_stations(line, kept, every, worked_us=work.total_us, only=station),
        reasons=pareto(
            found.by("reason"),
            names={one.id: one.name for one in reasons.values()},
            parents={one.id: one.parent for one in reasons.values()},
        ),
        causes=pareto(
            _shared(found.by("cause")),
            names={one.id: one.name for one in line.causes},
            parents={one.id: one.parent for one in line.causes},
        ),
        places=pareto(found.by("station"), names={one.id: one.name for one in line.stations}),
    )


class _Amounts:
    """Calls by their number and open time, and stops by the time that was theirs first."""

    def __init__(self, kept: CallTable, stops: Stops) -> None:
        real = ~stops.rejected
        self._kept, self._stopped = kept, stops.calls.where(real)
        self._call_ms = kept.column("call_ms")
        self._stop_us = stops.first_out_us()[real]

    def by(self, name: str) -> dict[str, Amounts]:
        called = self._kept.word(name)
        counts, open_ms = called.sums(), called.sums(self._call_ms)
        stop_us = self._stopped.word(name).sums(self._stop_us)
        return {
            word: Amounts(counts.get(word, 0), open_ms.get(word, 0), stop_us.get(word, 0) // US_PER_MS)
            for word in {*counts, *stop_us}
        }


def _shared(amounts: dict[str, Amounts]) -> dict[str, Amounts]:
    """Times of calls of several causes as these share them; the call itself counts once, at the largest."""
    found: dict[str, Amounts] = {}
    for word, amount in amounts.items():
        shares = shares_of(word)
        largest = max(shares, key=lambda one: shares[one])
        open_ms, stop_ms = split(amount.call_ms, shares), split(amount.stop_ms, shares)
        for cause in shares:
            own = Amounts(amount.count if cause == largest else 0, open_ms[cause], stop_ms[cause])
            found[cause] = found.get(cause, Amounts()).plus(own)
    return found


def _counts(raised: CallTable, kept: CallTable) -> CallCounts:
    stopped, helps = kept.column("stopped_ms") != NEVER, kept.has(Flag.HELP)
    stops, turned, asked = int(stopped.sum()), int((stopped & helps).sum()), int(helps.sum())
    sources = np.bincount(kept.column("source"), minlength=len(SOURCES)).tolist()
    return CallCounts(
        calls=len(kept),
        stops=stops,
        turned=turned,
        rejected=len(raised) - len(kept),
        reopened=int(kept.has(Flag.REOPENS).sum()),
        by_source={source.value: count for source, count in zip(SOURCES, sources, strict=True)},
        stops_per_call=stops / len(kept) if len(kept) else None,
        unanswered=turned / asked if asked else None,
    )


def _stations(line: Line, kept: CallTable, stops: Stops, *, worked_us: int, only: str) -> tuple[StationFigures, ...]:
    """In the order of the line; stations that have left it and called come last."""
    names = {one.id: one.name for one in line.stations if not one.outside}
    calls = kept.word("station").sums()
    raised_at = stops.stations
    own_us = raised_at.sums(stops.first_out_us())
    gone = sorted({*calls, *own_us} - {*names})
    segments = segments_of(line)
    found = []
    for station in [only] if only else [*names, *gone]:
        covering, own = stops.where(stops.over(station, segments)), stops.where(raised_at.is_(station))
        found.append(
            StationFigures(
                station=station,
                name=names.get(station, station),
                calls=calls.get(station, 0),
                stops=int((~own.rejected).sum()),
                stood_ms=int(covering.first_out_us().sum()) // US_PER_MS,
                first_out_ms=own_us.get(station, 0) // US_PER_MS,
                repair=repair_of(own, covering, worked_us),
            )
        )
    return tuple(found)
