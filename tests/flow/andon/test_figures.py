"""Figures of a window against the reference's numbers and times counted by hand."""

from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.codec import encode_entity
from shopfloor.core.events import LineChanged, Recorded
from shopfloor.core.events_andon import CallCleared, CallRaised
from shopfloor.core.line import CallKind, Line, Scope, Shift, Station
from shopfloor.core.line_andon import AndonPolicy
from shopfloor.core.moment import Moment, Now
from shopfloor.core.state import Call
from shopfloor.core.update import DigestRow
from shopfloor.flow.andon.figures import AndonFigures, andon_figures, read_figures
from shopfloor.flow.andon.packed import CALL_TIMES, packed
from shopfloor.flow.andon.record import CALLS, CallRecord
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.store.history import SqliteHistory
from shopfloor.store.journal import SqliteJournal
from tests.helpers.call_book import CallBook
from tests.helpers.call_records import MIN, S, a_record
from tests.helpers.calls import andon_line

T0 = 1_761_440_000 * S
LINE = Line(
    id="l",
    name="L",
    takt_s=60,
    stations=(
        Station(id="press", name="Press", segment="one"),
        Station(id="deburr", name="Deburr", segment="one"),
        Station(id="wash", name="Wash"),
    ),
)


def a_stop(station: str, from_s: float, to_s: float, **changes: object) -> CallRecord:
    start_us, for_us = T0 + round(from_s * S), round((to_s - from_s) * S)
    stop = a_record(start_us, for_us, station=station, kind=CallKind.STOP, raised_kind=CallKind.STOP)
    return replace(stop, id=f"{station}{from_s}", stopped_us=start_us, stop_ms=for_us // 1000, **changes)


def figures(
    *records: CallRecord,
    line: Line = LINE,
    from_s: float = 0,
    to_s: float = 3600,
    now_s: float = 1e6,
    station: str = "",
) -> AndonFigures:
    return andon_figures(
        records,
        (),
        line,
        WorkCalendar(line),
        from_us=T0 + round(from_s * S),
        to_us=T0 + round(to_s * S),
        now=Now(T0 + round(now_s * S), 0, "b"),
        station=station,
    )


def test_stops_that_overlap_are_one_standstill_and_who_is_first_out_has_it() -> None:
    found = figures(a_stop("press", 60, 95), a_stop("wash", 80, 130))
    assert (found.stop.stood_ms, found.stop.summed_ms, found.stop.stops) == (70_000, 85_000, 2)
    assert found.stop.lost_units == pytest.approx(1.1667, abs=0.00005)
    by_station = {one.station: (one.first_out_ms, one.stood_ms) for one in found.stations}
    assert by_station == {"press": (35_000, 35_000), "deburr": (0, 0), "wash": (35_000, 50_000)}
    assert [(row.id, row.stop_ms, row.share) for row in found.places.by_stop_time] == [
        ("press", 35_000, 0.5),
        ("wash", 35_000, 0.5),
    ]


def test_a_window_cuts_stops_on_both_sides() -> None:
    stops = (a_stop("press", 60, 95), a_stop("wash", 80, 130), a_stop("wash", 500, 510))
    assert figures(*stops, from_s=90, to_s=100).stop.stood_ms == 10_000
    assert figures(*stops, from_s=90, to_s=100).counts.calls == 0
    parts = [figures(*stops, from_s=a, to_s=b).stop.stood_ms for a, b in ((0, 70), (70, 95), (95, 505), (505, 600))]
    assert parts == [10_000, 25_000, 40_000, 5_000]
    assert figures(*stops, from_s=130, to_s=500).stop == figures().stop


def test_a_segment_and_a_line_stop_cover_other_stations() -> None:
    found = figures(
        a_stop("press", 0, 10, scope=Scope.SEGMENT), a_stop("wash", 5, 30, scope=Scope.LINE), a_stop("wash", 100, 110)
    )
    assert {one.station: one.stood_ms for one in found.stations} == {"press": 30_000, "deburr": 30_000, "wash": 35_000}
    assert {one.station: one.first_out_ms for one in found.stations} == {"press": 10_000, "deburr": 0, "wash": 30_000}
    assert found.line_stop.stood_ms == 25_000
    assert figures(a_stop("wash", 0, 10, scope=Scope.SEGMENT)).stop.stood_ms == 10_000


def test_one_station_has_its_calls_and_every_stop_that_covers_it() -> None:
    records = (a_record(T0), a_stop("deburr", 0, 10, scope=Scope.SEGMENT), a_stop("wash", 50, 60))
    found = figures(*records, station="press")
    assert (found.counts.calls, found.stop.stood_ms, found.stop.stops) == (1, 10_000, 1)
    assert [one.station for one in found.stations] == ["press"]


def test_breaks_are_no_stop_time_and_no_operating_time() -> None:
    shift = Shift(name="day", start="00:00", end="12:00", breaks=(("00:02", "00:12"),), days=("sun",))
    start_us = 1_761_436_800 * S  # Sunday 2025-10-26 00:00 UTC
    line = replace(LINE, shifts=(shift,))
    stop = replace(a_stop("press", 0, 900), raised_us=start_us + MIN, stopped_us=start_us + MIN, cleared_us=0)
    found = andon_figures(
        [replace(stop, cleared_us=start_us + 16 * MIN)],
        (),
        line,
        WorkCalendar(line),
        from_us=start_us,
        to_us=start_us + 20 * MIN,
        now=Now(start_us + 20 * MIN, 0, "b"),
    )
    assert (found.worked_ms, found.stop.stood_ms) == (600_000, 300_000)
    repair = found.stations[0].repair
    assert (repair.failures, repair.mttr_ms, repair.mtbf_ms, repair.availability) == (1, 300_000, 300_000, 0.5)


def test_a_call_over_the_night_with_its_hour_twice_lasts_20_minutes() -> None:
    book = CallBook(replace(andon_line(), timezone="Europe/Berlin"))
    raised_us, cleared_us = 1_761_439_800 * S, 1_761_441_000 * S  # 02:50 CEST and 02:10 CET of 2025-10-26
    raised = CallRaised(station="saw", reason="fault", call_kind=CallKind.STOP, scope=Scope.STATION)
    book.happen(raised, Now(raised_us, 0, "b"))
    book.happen(CallCleared(station="saw", call=book.call), Now(cleared_us, 1_200 * S * 1000, "b"))
    assert [(made.call_ms, made.stop_ms) for made in book.records] == [(1_200_000, 1_200_000)]
    for shifts in ((), (Shift(name="n", start="22:00", end="06:00", days=("sat",)),)):
        line = replace(book.line, shifts=shifts)
        found = andon_figures(
            book.records,
            (),
            line,
            WorkCalendar(line),
            from_us=raised_us - MIN,
            to_us=cleared_us + MIN,
            now=Now(cleared_us + MIN, 0, "b"),
        )
        assert (found.stop.stood_ms, found.times.clear and found.times.clear.max_ms) == (1_200_000, 1_200_000)


def test_what_stands_now_counts_up_to_now_and_the_future_is_no_operating_time() -> None:
    book = CallBook(andon_line())
    book.do(10, c.RaiseCall(station="saw", reason="fault"))
    book.at(40)
    found = book.figures(0, 3600)
    assert (found.times.open, found.times.open_untaken, found.times.oldest_open_ms) == (1, 1, 30_000)
    assert (found.stop.stood_ms, found.worked_ms) == (30_000, 40_000)
    saw = next(one for one in found.stations if one.station == "saw")
    assert (saw.repair.operating_ms, saw.repair.down_ms) == (10_000, 30_000)


def test_a_rejected_stop_stood_and_is_no_call_and_no_failure() -> None:
    found = figures(a_stop("press", 0, 10, rejected="by mistake", cleared_us=0), a_record(T0 + MIN, station="wash"))
    assert (found.counts.calls, found.counts.rejected, found.counts.stops) == (1, 1, 0)
    assert (found.stop.stops, found.stop.stood_ms, found.stop.rejected_ms) == (0, 10_000, 10_000)
    assert [row.id for row in found.places.by_count] == ["wash"]
    assert found.places.by_stop_time == ()
    assert found.stations[0].repair.failures == 0


def test_the_policy_says_what_a_near_stop_is() -> None:
    call = a_record(T0, 10 * S, deadline_s=20)
    assert figures(call).times.near == 0
    assert figures(call, line=replace(LINE, andon=AndonPolicy(near_share=0.5))).times.near == 1


def test_nothing_at_all_has_no_ratio() -> None:
    found = figures()
    assert (found.counts.stops_per_call, found.counts.unanswered, found.times.clear) == (None, None, None)
    assert (found.stop.stood_ms, found.stop.lost_units, found.reasons.by_count) == (0, 0, ())
    assert figures(line=replace(LINE, takt_s=None)).stop.lost_units is None


def stored(book: CallBook, folder: Path) -> Path:
    journal = SqliteJournal(folder, "t")
    origin = journal.open().origin
    events = [replace(event, origin=origin) for event in book.events]
    journal.append(events, tuple(book.shop.entities()), (), book.rows)
    journal.close()
    return folder


def test_what_is_read_from_a_folder_is_what_the_records_say(tmp_path: Path) -> None:
    book = CallBook(andon_line())
    for second, station, reason, gone in (
        (0, "saw", "material", 50),
        (60, "mill", "fault", 90),
        (100, "saw", "tool", 0),
    ):
        call = book.do(second, c.RaiseCall(station=station, reason=reason))
        if gone:
            book.do(gone, c.ClearCall(station=station, call=call))
    book.do(120, c.ChangeLine(line=replace(book.line, reasons=book.line.reasons[1:])))
    book.line = book.shop.line
    with SqliteHistory(stored(book, tmp_path)) as history:
        read = read_figures(
            history, from_us=book.start_us, to_us=book.start_us + 3600 * S, now=book.clock.now(), station=""
        )
    assert read == book.figures()
    assert {row.id for row in read.reasons.by_count} == {"material", "fault", "tool"}
    assert read.times.open == 1
    assert all(isinstance(call, Call) and encode_entity(call) for call in book.shop.calls.values())


def test_causes_share_the_time_of_a_stop_and_the_call_counts_once() -> None:
    both = a_stop("press", 0, 100, cause="worn", shares={"worn": 70, "dirt": 30})
    found = figures(both, a_stop("wash", 200, 300, cause="dirt")).causes
    assert {row.id: (row.count, row.stop_ms, row.call_ms) for row in found.by_stop_time} == {
        "dirt": (1, 130_000, 130_000),
        "worn": (1, 70_000, 70_000),
    }
    assert sum(row.count for row in found.by_count) == 2


def test_what_shares_do_not_divide_is_not_lost() -> None:
    third = a_stop("press", 0, 0.1, cause="a", shares={"a": 33, "b": 33, "c": 34})
    found = figures(third).causes
    assert sum(row.stop_ms for row in found.by_stop_time) == 100


def test_shares_are_found_again_in_the_digest_of_a_folder(tmp_path: Path) -> None:
    shared = a_stop("press", 0, 100, cause="worn", shares={"worn": 70, "dirt": 30})
    journal = SqliteJournal(tmp_path, "t")
    origin = journal.open().origin
    begun = Recorded(origin=origin, n=1, moment=Moment(T0), mono_ns=0, boot="b", event=LineChanged(line=LINE))
    rows = [
        DigestRow(CALLS, "", T0, 1, msgspec.json.encode(shared)),
        DigestRow(CALL_TIMES, "", T0, 1, packed(shared)),
    ]
    journal.append([begun], (), [], rows)
    journal.close()
    with SqliteHistory(tmp_path) as history:
        found = read_figures(history, from_us=T0, to_us=T0 + 3600 * S, now=Now(T0 + 3600 * S, 0, "b"))
    assert {row.id: row.stop_ms for row in found.causes.by_stop_time} == {"worn": 70_000, "dirt": 30_000}
