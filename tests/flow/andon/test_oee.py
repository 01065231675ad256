"""OEE against Vorne's worksheet (reference 5.1)."""

from fractions import Fraction

import msgspec
import pytest
from msgspec.structs import replace

from shopfloor.core.line_andon import CallKind, Scope
from shopfloor.core.update import DigestRow
from shopfloor.flow.andon.oee import Output, line_output, oee, station_output, stopped_us
from shopfloor.flow.andon.table import table_of
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import Cycle, Made
from tests.helpers.call_records import MIN, S, a_record
from tests.helpers.lines import a_line

LINE = replace(a_line(), takt_s=55.5)


def test_the_worksheet() -> None:
    """480 min less 60 of breaks, 47 down, 60 pieces a minute, 19 271 made, 423 of them rejects."""
    found = oee(planned_us=420 * MIN, stop_us=47 * MIN, made=19_271, ideal_cycle_s=Fraction(1), rejects=423)
    shares = (found.availability, found.performance, found.quality, found.effectiveness)
    assert [f"{float(100 * share):.2f}" for share in shares if share is not None] == [
        "88.81",
        "86.11",
        "97.80",
        "74.79",
    ]
    assert found.run_us == 373 * MIN


def test_the_identity_is_exact() -> None:
    found = oee(planned_us=420 * MIN, stop_us=47 * MIN, made=19_271, ideal_cycle_s=Fraction(1), rejects=423)
    assert found.effectiveness == Fraction(18_848, 420 * 60)
    assert f"{float(found.effectiveness):.7f}" == "0.7479365"


def test_quality_that_nobody_measures_is_no_hundred_percent() -> None:
    found = oee(planned_us=420 * MIN, stop_us=47 * MIN, made=19_271, ideal_cycle_s=Fraction(1))
    assert (found.quality, found.effectiveness) == (None, None)
    assert found.without_quality == Fraction(19_271, 420 * 60)
    assert "not measured" in str(found.notes[0])


def test_rejects_of_zero_are_a_measurement() -> None:
    found = oee(planned_us=MIN, stop_us=0, made=10, ideal_cycle_s=Fraction(3), rejects=0)
    assert found.quality == 1
    assert found.effectiveness == Fraction(1, 2)
    assert found.notes == ()


def test_an_ideal_cycle_that_is_too_long_is_said() -> None:
    found = oee(planned_us=MIN, stop_us=0, made=100, ideal_cycle_s=Fraction(1), rejects=0)
    assert found.performance == Fraction(5, 3)
    assert "above 100 %" in str(found.notes[0])


@pytest.mark.parametrize(("planned", "stop"), [(0, 0), (MIN, MIN)])
def test_without_a_run_there_is_no_performance(planned: int, stop: int) -> None:
    found = oee(planned_us=planned, stop_us=stop, made=0, ideal_cycle_s=Fraction(1), rejects=0)
    assert (found.performance, found.quality, found.effectiveness) == (None, None, None)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stop_us": 2 * MIN}, "expected stops within"),
        ({"rejects": 11}, "expected rejects among"),
        ({"ideal_cycle_s": Fraction(0)}, "expected an ideal cycle"),
    ],
)
def test_numbers_that_cannot_be_are_refused(changes: dict[str, object], words: str) -> None:
    given: dict[str, object] = {"planned_us": MIN, "stop_us": 0, "made": 10, "ideal_cycle_s": Fraction(1)}
    with pytest.raises(ValueError, match=words):
        oee(**(given | changes))  # type: ignore[arg-type]


def row(series: str, key: str, at_s: int, n: int, figure: Made | Cycle) -> DigestRow:
    return DigestRow(series, key, at_s * S, n, msgspec.json.encode(figure))


def test_stops_that_overlap_are_counted_once() -> None:
    """60 to 95 s at the press and 80 to 130 s at deburr are 70 s of the line, 35 and 50 of the stations (5.8)."""
    stops = [
        a_record(60 * S, 35 * S, stopped_us=60 * S, stop_ms=35_000, kind=CallKind.STOP),
        a_record(80 * S, 50 * S, stopped_us=80 * S, stop_ms=50_000, kind=CallKind.STOP, station="deburr"),
        a_record(10 * S, 500 * S),
    ]
    calendar = WorkCalendar(LINE)
    stood = [stopped_us(table_of(stops), LINE, calendar, 0, 1000 * S, station=one) for one in ("", "press", "deburr")]
    assert stood == [70 * S, 35 * S, 50 * S]


def test_a_stop_of_a_segment_or_of_the_line_is_one_of_each_of_their_stations() -> None:
    stations = tuple(replace(one, segment="a" if one.id != "assembly" else "b") for one in LINE.stations)
    line = replace(LINE, stations=stations)
    one = a_record(0, 10 * S, stopped_us=1, stop_ms=10_000)
    calendar = WorkCalendar(line)
    for scope, expected in ((Scope.SEGMENT, [True, True, False]), (Scope.LINE, [True] * 3)):
        stop = replace(one, scope=scope)
        names = ("press", "deburr", "assembly")
        assert [bool(stopped_us(table_of([stop]), line, calendar, 0, S, station=name)) for name in names] == expected


def test_a_stop_that_stands_lasts_until_the_end_of_the_range() -> None:
    standing = a_record(60 * S, 100 * S, stopped_us=60 * S, stop_ms=100_000, cleared_us=0, closed_us=0)
    assert stopped_us(table_of([standing]), LINE, WorkCalendar(LINE), 0, 100 * S) == 40 * S


def test_the_output_of_a_line_is_that_of_its_last_station_by_the_takt() -> None:
    """The kit loop ends furthest down the line; what was undone never was."""
    rows = [
        row("made", "kit", 10, 1, Made("kit-01")),
        row("made", "kit", 20, 2, Made("kit-02")),
        row("made", "kit", 30, 3, Made("kit-02", cards=-1, undone=2)),
        row("made", "housing", 40, 4, Made("housing-01")),
        row("made", "kit", 100, 5, Made("kit-01")),
    ]
    assert line_output(LINE, rows, 0, 100 * S) == Output(1, Fraction("55.5"))


def test_the_output_of_a_station_is_what_was_finished_there() -> None:
    rows = [
        row("cycle", station, n, n, Cycle("housing-01", "housing")) for n, station in enumerate(("press", "deburr"))
    ]
    assert station_output(LINE, "press", rows, 0, S) == Output(1, Fraction(55))
    assert station_output(LINE, "assembly", rows, 0, S) == Output(0, None)
