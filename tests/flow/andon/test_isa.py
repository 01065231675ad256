"""The scoreboard against numbers worked by hand; targets as ISA-18.2-2016 Table 7 is quoted."""

from fractions import Fraction

import pytest

from shopfloor.core.line import Shift
from shopfloor.core.line_andon import Severity
from shopfloor.core.moment import Now
from shopfloor.core.state_andon import OutOfService, Shelf
from shopfloor.core.state_call import CallSource
from shopfloor.flow.andon.isa import EemuaLevel, Judgement, Score, Scoreboard, Suppressed, scoreboard
from shopfloor.flow.andon.isa_rules import RULES
from shopfloor.flow.andon.record import CallRecord
from shopfloor.flow.andon.table import table_of
from shopfloor.flow.calendar import WorkCalendar
from tests.helpers.call_records import DAY, MIN, H, S, a_record
from tests.helpers.lines import a_line

MONDAY = 1_772_409_600 * S  # 2026-03-02 00:00 UTC
ALWAYS = WorkCalendar(a_line(timezone="UTC"))
EARLY = WorkCalendar(
    a_line(timezone="UTC", shifts=(Shift(name="early", start="06:00", end="14:00", breaks=(("09:00", "09:30"),)),))
)


def board(records: list[CallRecord], *, days: int = 30, calendar: WorkCalendar = ALWAYS) -> Scoreboard:
    return scoreboard(table_of(records), calendar, MONDAY, MONDAY + days * DAY)


def score(found: Scoreboard, name: str) -> Score:
    return next(one for one in found.scores if one.name == name)


def evenly(count: int, days: int = 30) -> list[CallRecord]:
    return [a_record(MONDAY + index * days * DAY // count) for index in range(count)]


@pytest.mark.parametrize(
    ("a_day", "per_hour", "verdict"),
    [
        (144, Fraction(6), Judgement.ACCEPTABLE),
        (145, Fraction(145, 24), Judgement.MANAGEABLE),
        (288, Fraction(12), Judgement.MANAGEABLE),
        (289, Fraction(289, 24), Judgement.OFF_TARGET),
    ],
)
def test_the_three_rates_of_table_7_agree_round_the_clock(a_day: int, per_hour: Fraction, verdict: Judgement) -> None:
    found = board(evenly(a_day * 30))
    assert score(found, "per_day").number == a_day
    assert score(found, "per_hour").number == per_hour
    assert score(found, "per_10_min").number == per_hour / 6
    assert {score(found, name).verdict for name in ("per_day", "per_hour", "per_10_min")} == {verdict}


def test_rates_are_over_working_time() -> None:
    """Two weeks of 7.5 h shifts are 75 h and ten days; 150 calls are two an hour and 15 a day."""
    calls = [
        a_record(MONDAY + day * DAY + 7 * H + n * 2 * MIN)
        for day in (0, 1, 2, 3, 4, 7, 8, 9, 10, 11)
        for n in range(15)
    ]
    found = board(calls, days=14, calendar=EARLY)
    assert found.worked_us == 75 * H
    assert score(found, "per_hour").number == 2
    assert score(found, "per_day").number == 15


def test_half_a_day_is_half_a_day() -> None:
    """06:00 to 10:00 less the break is 3.5 of 7.5 hours: seven calls then are fifteen a day."""
    calls = [a_record(MONDAY + 6 * H + n * MIN) for n in range(7)]
    found = scoreboard(table_of(calls), EARLY, MONDAY, MONDAY + 10 * H)
    assert score(found, "per_day").number == 15


def test_a_flood_shows_in_every_figure_that_speaks_of_it() -> None:
    """Eleven calls from 0:00 to 0:05 of one day: the flood lasts 8 min of 1 440."""
    found = board([a_record(MONDAY + n * 30 * S) for n in range(11)], days=1)
    assert score(found, "most_in_10_min").number == 11
    assert score(found, "most_in_10_min").verdict is Judgement.OFF_TARGET
    assert score(found, "floods").number == 1
    assert score(found, "time_in_flood").number == Fraction(100 * 8, 1440)
    assert score(found, "periods_over_10").number == Fraction(100, 144)
    assert score(found, "periods_over_10").verdict is Judgement.ACCEPTABLE
    assert score(found, "hours_over_30").number == 0


def test_hours_over_thirty_are_counted() -> None:
    calls = [a_record(MONDAY + n * MIN) for n in range(31)] + [a_record(MONDAY + 2 * H + n * MIN) for n in range(30)]
    assert score(board(calls, days=1), "hours_over_30").number == Fraction(100, 24)


def test_calls_outside_every_shift_count_as_worked() -> None:
    """Eleven on a Sunday from 00:00: the one period of ten minutes that was worked was over the limit."""
    found = scoreboard(table_of([a_record(MONDAY - DAY + n * S) for n in range(11)]), EARLY, MONDAY - DAY, MONDAY)
    assert score(found, "periods_over_10").number == 100
    assert score(found, "hours_over_30").number == 0


def test_the_mix_is_three_levels() -> None:
    severities = [Severity.LOW] * 16 + [Severity.MEDIUM] * 3 + [Severity.CRITICAL]
    calls = [a_record(MONDAY + n * H, severity=severity) for n, severity in enumerate(severities)]
    found = board(calls)
    assert [score(found, f"{name}_share").number for name in ("low", "medium", "high")] == [80, 15, 5]
    assert {score(found, f"{name}_share").verdict for name in ("low", "medium", "high")} == {Judgement.ACCEPTABLE}
    worse = board([*calls, a_record(MONDAY + 100 * H, severity=Severity.HIGH)])
    assert {score(worse, f"{name}_share").verdict for name in ("low", "high")} == {Judgement.OFF_TARGET}


def test_ten_kinds_of_a_few_are_not_judged() -> None:
    calls = [a_record(MONDAY + n * H, reason=f"r{n % 20}") for n in range(40)]
    share = score(board(calls), "top_ten")
    assert share.number == 50
    assert share.verdict is Judgement.NOT_JUDGED
    many = score(board([a_record(MONDAY + n * H, reason=f"r{n}") for n in range(250)]), "top_ten")
    assert many.number == 4
    assert many.verdict is Judgement.MANAGEABLE


def test_nuisances_have_no_place() -> None:
    calls = [a_record(MONDAY + n * 20 * S, 30 * S, source=CallSource.RULE) for n in range(3)]
    found = board(calls)
    assert [score(found, name).number for name in ("chattering", "fleeting")] == [1, 3]
    assert score(found, "fleeting").verdict is Judgement.OFF_TARGET
    assert score(board(evenly(5)), "fleeting").verdict is Judgement.ACCEPTABLE


def test_four_stale_calls_are_acceptable_and_five_are_not() -> None:
    calls = [a_record(MONDAY + n, 2 * DAY) for n in range(5)]
    assert score(board(calls[:4]), "stale").verdict is Judgement.ACCEPTABLE
    assert score(board(calls), "stale").verdict is Judgement.OFF_TARGET


@pytest.mark.parametrize(
    ("bursts", "each", "level"),
    [
        (1, 5, EemuaLevel.PREDICTIVE),
        (1, 50, EemuaLevel.ROBUST),
        (4, 50, EemuaLevel.ROBUST),
        (1, 500, EemuaLevel.STABLE),
        (40, 50, EemuaLevel.REACTIVE),
        (100, 50, EemuaLevel.OVERLOADED),
        (1, 1001, EemuaLevel.OVERLOADED),
    ],
)
def test_the_level_is_the_best_whose_limits_all_hold(bursts: int, each: int, level: EemuaLevel) -> None:
    """A day has 144 periods of ten minutes: 4 are 2.8 %, 40 are 27.8 %, 100 are 69.4 %."""
    calls = [a_record(MONDAY + burst * 10 * MIN + n) for burst in range(bursts) for n in range(each)]
    assert board(calls, days=1).level is level


def test_what_was_reopened_is_no_call_of_its_own() -> None:
    found = board([a_record(MONDAY), a_record(MONDAY + H, reopens=f"c{MONDAY}")])
    assert found.calls == 1


def test_shelves_are_counted_and_those_of_nobody_apart() -> None:
    since = Now(MONDAY, 0, "b")
    shelves = [
        Shelf(station="press", reason="material", by="ana", since=since, for_s=60),
        Shelf(station="press", reason="quality", by="ana", since=since, ended=True),
    ]
    out = [OutOfService(station="press", reason="", by="", since_us=MONDAY)]
    suppressed = Suppressed(shelves=shelves, out=out)
    found = scoreboard(table_of([]), ALWAYS, MONDAY, MONDAY + DAY, suppressed=suppressed)
    assert score(found, "suppressed").number == 2
    assert score(found, "unauthorised").number == 1
    assert score(found, "unauthorised").verdict is Judgement.OFF_TARGET


def test_less_than_thirty_days_is_said() -> None:
    assert len(board([], days=30).notes) == 1
    short = board([], days=7).notes
    assert str(short[-1]) == "These figures need 30 days of data; here are 7.0."


def test_without_calls_there_are_no_shares_and_no_level() -> None:
    found = board([])
    assert score(found, "high_share").verdict is Judgement.NOT_JUDGED
    assert found.level is None


def test_every_figure_has_its_rule_beside_it() -> None:
    found = scoreboard(table_of([]), ALWAYS, MONDAY, MONDAY + DAY, suppressed=Suppressed())
    assert [one.name for one in found.scores] == list(RULES)
    assert all(str(one.rule).endswith(".") for one in found.scores)


def test_an_empty_range_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a range"):
        scoreboard(table_of([]), ALWAYS, MONDAY, MONDAY)
