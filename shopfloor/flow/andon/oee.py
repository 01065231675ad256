"""Overall equipment effectiveness with its identity, and without a quality that nobody measures.

Formulas as on Vorne's worksheet (reference 2.8, 5.1): run time = planned production time − down time; availability =
run ÷ planned; performance = ideal cycle × made ÷ run; quality = good ÷ made; OEE = A × P × Q = good × ideal cycle ÷
planned. Exact fractions, so that the identity holds exactly.
"""

from collections.abc import Iterable
from fractions import Fraction

from msgspec import Struct

from shopfloor.core.line import Line
from shopfloor.core.moment import US_PER_S
from shopfloor.core.text import Text
from shopfloor.core.update import DigestRow
from shopfloor.flow.andon.stops import segments_of, stops_of
from shopfloor.flow.andon.table import CallTable
from shopfloor.flow.andon.work import WorkTime
from shopfloor.flow.board import output_loops
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import Cycle, Made, read_figures


class Oee(Struct, frozen=True, kw_only=True):
    """Shares of 1, None where there is nothing to make them of. `effectiveness` is A × P × Q.

    Where rejects are not measured `quality` and `effectiveness` are None, and `without_quality` = A × P says how far
    they could be at most.
    """

    planned_us: int
    stop_us: int
    made: int
    ideal_cycle_s: Fraction
    rejects: int | None
    availability: Fraction | None
    performance: Fraction | None
    quality: Fraction | None
    without_quality: Fraction | None
    effectiveness: Fraction | None
    notes: tuple[Text, ...]

    @property
    def run_us(self) -> int:
        """Planned production time without stops."""
        return self.planned_us - self.stop_us


def oee(*, planned_us: int, stop_us: int, made: int, ideal_cycle_s: Fraction, rejects: int | None = None) -> Oee:
    """`stop_us`: the union of stops inside the planned time. Raises ValueError for numbers that cannot be."""
    _check(planned_us, stop_us, made, ideal_cycle_s, rejects)
    run_us = planned_us - stop_us
    ideal_us = made * ideal_cycle_s * US_PER_S
    availability = Fraction(run_us, planned_us) if planned_us else None
    performance = ideal_us / run_us if run_us else None
    quality = None if rejects is None or not made else Fraction(made - rejects, made)
    without_quality = None if availability is None or performance is None else availability * performance
    whole = None if without_quality is None or quality is None else without_quality * quality
    if whole is not None:
        assert whole == (made - (rejects or 0)) * ideal_cycle_s * US_PER_S / planned_us, "A × P × Q is OEE"
    return Oee(
        planned_us=planned_us,
        stop_us=stop_us,
        made=made,
        ideal_cycle_s=ideal_cycle_s,
        rejects=rejects,
        availability=availability,
        performance=performance,
        quality=quality,
        without_quality=without_quality,
        effectiveness=whole,
        notes=tuple(_notes(performance, rejects)),
    )


class Output(Struct, frozen=True):
    """Cards that a place completed, and the ideal cycle of one; None where the line file does not say it."""

    made: int
    ideal_cycle_s: Fraction | None


def line_output(line: Line, made: Iterable[DigestRow], from_us: int, to_us: int) -> Output:
    """Cards of the line's last station in [from, to), by the takt. `made` are rows of that series."""
    loops = output_loops(line)
    rows = [row for row in made if row.key in loops]
    count = sum(1 for row, _ in read_figures(rows, Made) if from_us <= row.at_us < to_us)
    return Output(count, _seconds(line.takt_s))


def station_output(line: Line, station: str, cycles: Iterable[DigestRow], from_us: int, to_us: int) -> Output:
    """Cards finished at a station in [from, to), by its target. `cycles` are rows of that series.

    Raises KeyError for a station that the line does not have.
    """
    target = {one.id: one.cycle_target_s for one in line.stations}[station]
    rows = [row for row in cycles if row.key == station]
    return Output(sum(1 for row, _ in read_figures(rows, Cycle) if from_us <= row.at_us < to_us), _seconds(target))


def stopped_us(
    calls: CallTable, line: Line, calendar: WorkCalendar, from_us: int, to_us: int, *, station: str = ""
) -> int:
    """Working time of [from, to) in which something stood, each minute once; of a station what covered it."""
    stops = stops_of(calls, WorkTime(calendar, from_us, to_us))
    if station:
        stops = stops.where(stops.over(station, segments_of(line)))
    return int(stops.first_out_us().sum())


def _seconds(value: float | None) -> Fraction | None:
    return Fraction(str(value)) if value else None


def _check(planned_us: int, stop_us: int, made: int, ideal_cycle_s: Fraction, rejects: int | None) -> None:
    if not 0 <= stop_us <= planned_us:
        raise ValueError(f"expected stops within the planned {planned_us} µs, got {stop_us}")
    if made < 0 or not 0 <= (rejects or 0) <= made:
        raise ValueError(f"expected rejects among what was made, got {rejects} of {made}")
    if ideal_cycle_s <= 0:
        raise ValueError(f"expected an ideal cycle longer than 0 s, got {ideal_cycle_s}")


def _notes(performance: Fraction | None, rejects: int | None) -> Iterable[Text]:
    if rejects is None:
        yield Text("Quality is not measured: rejects are not recorded. A × P is the most that OEE can be.")
    if performance is not None and performance > 1:
        yield Text("Performance is above 100 %: the ideal cycle is longer than the work really takes.")
