"""The hour board: T-24 of the reference, and plans counted by hand."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.line import Line, Loop, Shift, Station
from shopfloor.core.update import DigestRow
from shopfloor.flow.board import HourBoard, board_span, hour_board, output_loops
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.digest import CallTime, Made

MIN = 60_000_000
HOUR = 60 * MIN

ROUTE = Loop(id="housing", part="GB-100", route=("press", "wash"), consumer="assembly")
FEEDER = Loop(id="raw", part="RAW", route=("press",), consumer="wash")
STATIONS = (Station(id="press", name="P"), Station(id="wash", name="W"), Station(id="assembly", name="A"))


def line(takt_s: float | None, *shifts: Shift) -> Line:
    return Line(
        id="l",
        name="L",
        timezone="Europe/Berlin",
        takt_s=takt_s,
        stations=STATIONS,
        loops=(FEEDER, ROUTE),
        shifts=shifts,
    )


def at(text: str) -> int:
    return round(
        datetime.fromisoformat(f"2026-03-02 {text}").replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp() * 1e6
    )


def made(at_us: int, n: int = 0, key: str = "housing") -> DigestRow:
    return DigestRow("made", key, at_us, n, msgspec.json.encode(Made("c-01", pieces=20)))


def board(plant: Line, now_us: int, rows: list[DigestRow], calls: tuple[DigestRow, ...] = ()) -> HourBoard:
    return hour_board(plant, WorkCalendar(plant), now_us, made=rows, calls=calls)


def test_the_known_five_hours() -> None:
    plant = line(450, Shift(name="day", start="06:00", end="15:00"))  # 8 an hour
    rows = [
        made(at(f"{hour:02d}:00") + k * MIN, n=100 * hour + k)
        for hour, count in zip(range(6, 11), (9, 7, 6, 7, 9), strict=True)
        for k in range(count)
    ]
    found = board(plant, at("11:00"), rows)
    assert [row.plan for row in found.rows[:5]] == [8, 8, 8, 8, 8]
    assert [row.made for row in found.rows[:5]] == [9, 7, 6, 7, 9]
    assert [row.difference for row in found.rows[:5]] == [1, -1, -2, -1, 1]
    assert [row.cumulative for row in found.rows[:5]] == [1, 0, -2, -3, -2]
    assert [row.cumulative for row in found.rows[6:]] == [None, None, None]
    assert (found.plan, found.plan_now, found.made, found.difference) == (72, 40, 38, -2)


def test_a_deficit_of_three_with_four_hours_left_needs_8_75_an_hour() -> None:
    plant = line(450, Shift(name="day", start="06:00", end="14:00"))
    found = board(plant, at("10:00"), [made(at("06:30") + k, n=k) for k in range(29)])
    assert found.difference == -3
    assert found.recovery_per_h == 8.75


def test_nobody_has_to_catch_up_who_is_not_behind_or_has_no_time() -> None:
    plant = line(450, Shift(name="day", start="06:00", end="08:00"))
    assert board(plant, at("06:10"), [made(at("06:05"))]).recovery_per_h is None
    assert (
        board(
            line(450, Shift(name="d", start="06:00", end="08:00", breaks=(("07:00", "08:00"),))), at("07:10"), []
        ).recovery_per_h
        is None
    )


def test_a_break_lowers_the_plan_of_its_hour_and_only_when_it_comes() -> None:
    plant = line(60, Shift(name="day", start="06:00", end="08:00", breaks=(("06:15", "06:30"),)))
    found = board(plant, at("06:20"), [])
    assert [row.plan for row in found.rows] == [45, 60]
    assert found.plan_now == 15


def test_plans_are_whole_and_add_up_to_the_shifts_plan() -> None:
    plant = line(55, Shift(name="day", start="06:00", end="14:00"))
    found = board(plant, at("13:59:59"), [])
    assert sum(row.plan or 0 for row in found.rows) == found.plan == 8 * 3600 // 55


def test_without_a_takt_there_is_no_plan_and_no_difference() -> None:
    found = board(line(None), at("11:30"), [made(at("11:10"))])
    assert (found.plan, found.plan_now, found.difference, found.made) == (None, None, None, 1)
    assert len(found.rows) == 24
    assert found.rows[11].made == 1


def test_only_loops_that_end_furthest_down_the_line_are_its_output() -> None:
    plant = line(60)
    assert output_loops(plant) == {"housing"}
    assert board(plant, at("11:30"), [made(at("11:10"), key="raw")]).made == 0


def test_what_was_undone_was_not_made() -> None:
    taken = DigestRow("made", "housing", at("11:11"), 8, msgspec.json.encode(Made("c-01", cards=-1, undone=7)))
    assert board(line(60), at("11:30"), [made(at("11:10"), n=7), taken, made(at("11:20"), n=9)]).made == 1


def test_the_hour_names_the_call_that_stopped_it_longest() -> None:
    calls = (
        DigestRow("call", "press", at("06:40"), 1, msgspec.json.encode(CallTime("material", 20 * 60_000, 0))),
        DigestRow("call", "wash", at("06:50"), 2, msgspec.json.encode(CallTime("pump", 5 * 60_000, 4 * 60_000))),
        DigestRow("call", "wash", at("07:30"), 3, msgspec.json.encode(CallTime("quality", 60_000, 0))),
    )
    plant = line(450, Shift(name="day", start="06:00", end="08:00"))
    assert [row.reason for row in board(plant, at("07:50"), [], calls).rows] == ["pump", "quality"]
    enough = [made(at("06:30") + k, n=k) for k in range(8)]
    assert board(plant, at("07:00"), enough, calls).rows[0].reason is None


def test_outside_every_shift_the_board_shows_the_day() -> None:
    plant = line(450, Shift(name="day", start="06:00", end="08:00"))
    name, start_us, end_us = board_span(WorkCalendar(plant), at("20:00"))
    assert (name, start_us, end_us - start_us) == ("", at("00:00"), 24 * HOUR)
    found = board(plant, at("20:00"), [made(at("19:00"))])
    assert (len(found.rows), found.plan, found.made) == (2, 16, 1)


def test_nothing_is_planned_before_the_lines_journal_began() -> None:
    plant = line(60, Shift(name="day", start="06:00", end="10:00"))
    found = hour_board(plant, WorkCalendar(plant), at("08:50"), made=[made(at("08:45"))], began_us=at("08:40"))
    assert [row.start_us for row in found.rows] == [at("08:40"), at("09:00")]
    assert [row.plan for row in found.rows] == [20, 60]
    assert (found.plan, found.plan_now, found.made, found.difference) == (80, 10, 1, -9)
    older = hour_board(plant, WorkCalendar(plant), at("08:50"), made=[], began_us=at("08:40") - 30 * 24 * HOUR)
    assert older == board(plant, at("08:50"), [])


def test_a_line_that_began_after_its_shift_has_no_hours_of_it() -> None:
    plant = line(60, Shift(name="day", start="06:00", end="10:00"))
    found = hour_board(plant, WorkCalendar(plant), at("09:00"), made=[], began_us=at("11:00"))
    assert (found.rows, found.plan, found.plan_now) == ((), 0, 0)


@given(st.floats(5, 4000), st.integers(0, 8 * 60))
def test_what_is_due_never_exceeds_the_plan_and_never_falls(takt_s: float, minutes: int) -> None:
    plant = line(takt_s, Shift(name="day", start="06:00", end="14:00", breaks=(("09:00", "09:15"),)))
    earlier = board(plant, at("06:00") + minutes * MIN // 2, [])
    later = board(plant, at("06:00") + minutes * MIN, [])
    assert earlier.plan_now is not None
    assert later.plan_now is not None
    assert later.plan is not None
    assert earlier.plan_now <= later.plan_now <= later.plan


def test_a_slot_that_has_not_begun_has_no_difference() -> None:
    plant = line(450, Shift(name="day", start="06:00", end="08:00"))
    assert board(plant, at("06:30"), []).rows[1].difference is None
    assert board(plant, at("06:30"), []).rows[0].cumulative == pytest.approx(-4)
