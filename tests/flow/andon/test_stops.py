"""Standstills against a count second by second."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.line import Line, Shift, Station
from shopfloor.core.line_andon import CallKind
from shopfloor.flow.andon.repair import repair_of
from shopfloor.flow.andon.stops import Stops, lost_units, stop_time, stops_of
from shopfloor.flow.andon.table import table_of
from shopfloor.flow.andon.work import WorkTime
from shopfloor.flow.calendar import WorkCalendar
from tests.helpers.call_records import MIN, S, a_record

T0 = 1_760_313_600 * S  # Monday 2025-10-13 00:00 UTC
LINE = Line(
    id="l",
    name="L",
    stations=(Station(id="press", name="P"),),
    shifts=(Shift(name="x", start="00:10", end="01:00", breaks=(("00:20", "00:25"), ("00:25", "00:26"))),),
)
WINDOW_MIN = 70
SPANS = st.lists(st.tuples(st.integers(0, WINDOW_MIN), st.integers(0, 25)), max_size=8)


def works(minute: int) -> bool:
    return 10 <= minute < 60 and not 20 <= minute < 26


def stops(spans: list[tuple[int, int]], work: WorkTime) -> Stops:
    records = [
        a_record(
            T0 + start * MIN + n,
            for_min * MIN,
            kind=CallKind.STOP,
            stopped_us=T0 + start * MIN + n,
            stop_ms=for_min * 60_000,
        )
        for n, (start, for_min) in enumerate(spans)
    ]
    return stops_of(table_of(records), work)


def window(from_min: int = 0, to_min: int = WINDOW_MIN) -> WorkTime:
    return WorkTime(WorkCalendar(LINE), T0 + from_min * MIN, T0 + to_min * MIN)


@given(SPANS, st.integers(0, 30), st.integers(30, WINDOW_MIN))
def test_a_standstill_is_every_minute_of_work_in_which_something_stood(
    spans: list[tuple[int, int]], from_min: int, to_min: int
) -> None:
    found = stops(spans, window(from_min, to_min))
    minutes = {
        m for start, for_min in spans for m in range(start, start + for_min) if works(m) and from_min <= m < to_min
    }
    apart = [
        m for start, for_min in spans for m in range(start, start + for_min) if works(m) and from_min <= m < to_min
    ]
    # The microseconds that keep the order of the spans are rounded away.
    assert round(int(found.first_out_us().sum()) / MIN) == len(minutes)
    assert round(int(found.each_us().sum()) / MIN) == len(apart)


@given(SPANS)
def test_an_outage_is_never_negative_and_all_of_them_are_the_standstill(spans: list[tuple[int, int]]) -> None:
    found = stops(spans, window())
    outages = found.outages_us().tolist()
    assert all(length > 0 for length in outages)
    assert sum(outages) == int(found.first_out_us().sum())
    repair = repair_of(found, found, window().total_us)
    assert repair.operating_ms >= 0
    assert repair.failures == len(outages)


@given(SPANS)
def test_the_first_out_has_every_minute_until_it_is_cleared(spans: list[tuple[int, int]]) -> None:
    found = stops(spans, window())
    owner: dict[int, int] = {}
    order = sorted(range(len(spans)), key=lambda n: (spans[n][0], n))
    for place, n in enumerate(order):
        for minute in range(spans[n][0], sum(spans[n])):
            if works(minute):
                owner.setdefault(minute, place)
    minutes = [sum(1 for one in owner.values() if one == place) for place in range(len(order))]
    assert [round(us / MIN) for us in found.first_out_us().tolist()] == minutes


def test_no_stop_at_all_stands_no_time() -> None:
    found = stops([], window())
    assert (len(found), found.outages_us().tolist(), stop_time(found, 60).stood_ms) == (0, [], 0)
    assert WorkTime(WorkCalendar(LINE), T0, T0).total_us == 0
    assert stops([(0, 5)], WorkTime(WorkCalendar(LINE), T0, T0)).first_out_us().tolist() == [0]


def test_lost_units_are_exact() -> None:
    assert lost_units(70 * S, 60) == Fraction(7, 6)
    assert lost_units(S, 0.1) == 10
