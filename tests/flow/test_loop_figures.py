"""Demand and lead time against sums done by hand."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfloor.core.line import Shift
from shopfloor.core.state import CardState
from shopfloor.flow.loop_figures import Part, measure, part_of, spread, turn_times
from shopfloor.flow.sizing.values import NoAnswerError
from tests.helpers.lines import a_line
from tests.helpers.loop_journals import DAY_S, LoopJournal, S, random_journal, shaft_line

TURNS = ((100, 160, 400), (1000, 1100, 1500), (2000, 2060, 2500), (3000, 3200, 3400), (4000, 4300, 4800))
EARLY = (Shift(name="early", start="06:00", end="14:00"),)  # a journal begins on a Monday at 08:00


def five_turns() -> LoopJournal:
    journal = LoopJournal(shaft_line())
    for turn in TURNS:
        journal.turn(1, *turn)
    return journal


def test_lead_time_is_split_as_by_hand() -> None:
    journal = five_turns()
    found = measure(journal.history(), journal.calendar)
    lead, trigger, refill = found.lead, found.parts[Part.TRIGGER], found.parts[Part.REFILL]
    assert (lead.n, lead.p50, lead.p85, lead.most) == (5, 500 * S, 800 * S, 800 * S)
    assert lead.mean == 500 * S
    assert lead.sd == pytest.approx(35_000**0.5 * S)
    assert [trigger.mean, refill.mean] == [144 * S, 356 * S]
    assert found.parts[Part.TRANSIT].most == found.parts[Part.ERROR].most == 0
    assert found.wait is not None
    assert found.wait.n == 4
    assert found.wait.mean == 550 * S
    assert found.counts == {Part.TRIGGER: 5, Part.REFILL: 5, Part.TRANSIT: 0, Part.ERROR: 0, Part.WAIT: 4}


def test_demand_is_withdrawals_in_working_time() -> None:
    journal = five_turns()
    found = measure(journal.history(), journal.calendar)
    assert (found.withdrawals, found.worked_us, found.rate_per_h) == (5, 4800 * S, Fraction(15, 4))
    assert (found.hours, found.days, found.per_day) == ((4,), (), None)


def test_a_night_without_work_is_no_lead_time_and_no_hour() -> None:
    journal = LoopJournal(shaft_line(6, shifts=EARLY))
    for day in range(5):
        # 13:55 pulled, 06:05 started, 06:15 full: 5 + 5 + 10 working minutes
        begin = day * DAY_S
        journal.turn(1, begin + 21_300, begin + 79_500, begin + 80_100)
    found = measure(journal.history(), journal.calendar)
    # Monday to Friday; Friday's card comes back on Saturday morning, which is not worked: only 5 minutes of it count.
    assert [turn.lead_us // S // 60 for turn in found.turns] == [20, 20, 20, 20, 5]
    assert found.days == (1, 1, 1, 1), "Monday began at 08:00: it is not a whole day"
    assert found.days_us == 4 * 8 * 3600 * S
    assert found.worked_us == (6 + 4 * 8) * 3600 * S
    assert sum(found.hours) == 5


def test_work_outside_the_calendar_is_counted_and_measured_as_time_that_passed() -> None:
    journal = LoopJournal(shaft_line(6, shifts=EARLY))
    for turn in range(5):
        journal.turn(1, 30_000 + 1000 * turn, 30_100 + 1000 * turn, 30_300 + 1000 * turn)  # from 16:20 on
    found = measure(journal.history(), journal.calendar)
    assert (found.outside, found.lead.mean, found.lead.sd) == (5, Fraction(300 * S), Fraction(0))


def test_transit_and_queues_have_their_own_figures() -> None:
    journal = LoopJournal(a_line())
    for turn in range(5):
        begin = 1000 * turn
        journal.scan(begin + 10, "housing", 1, "assembly")
        journal.scan(begin + 20, "housing", 1, "press")
        journal.scan(begin + 50, "housing", 1, "press")
        journal.scan(begin + 110, "housing", 1, "deburr")
        journal.scan(begin + 200, "housing", 1, "deburr")
    found = measure(journal.history("housing"), journal.calendar)
    assert {state: figure.mean // S for state, figure in found.states.items()} == {
        CardState.EMPTY: 10,
        CardState.IN_PROCESS: 120,
        CardState.QUEUED: 60,
        CardState.FULL: 810,
    }
    assert part_of(CardState.IN_TRANSIT) is Part.TRANSIT


def test_fewer_than_five_turns_are_refused_in_words() -> None:
    journal = LoopJournal(shaft_line())
    for turn in TURNS[:4]:
        journal.turn(1, *turn)
    with pytest.raises(NoAnswerError, match="at least 5 whole turns of cards, got 4 whole turns") as refused:
        measure(journal.history(), journal.calendar)
    assert "longer window" in str(refused.value)


def test_turns_that_nobody_saw_whole_are_counted_and_left_out() -> None:
    journal = five_turns()
    journal.scan(5000, "shaft", 1, "assembly")
    journal.scan(5010, "shaft", 1, "press")
    journal.scan(9000, "shaft", 1, "assembly")
    found = measure(journal.history(), journal.calendar)
    assert (found.lead.n, found.flaws, found.open_cycles) == (5, {"inferred": 1}, 1)
    assert found.withdrawals == 7


def test_conwip_has_throughput_and_lead_time_but_no_wait() -> None:
    journal = LoopJournal(a_line())
    for turn in range(6):
        for second, station in ((10, "deburr"), (20, "deburr"), (30, "assembly"), (50, "assembly")):
            journal.scan(100 * turn + second, "kit", 1, station)
    found = measure(journal.history("kit"), journal.calendar)
    assert (found.lead.n, found.lead.mean, found.wait) == (5, Fraction(100 * S), None)
    assert found.withdrawals == 5


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([(), EARLY]))
def test_the_parts_of_a_turn_add_up_to_it_exactly(seed: int, shifts: tuple[Shift, ...]) -> None:
    journal = random_journal(seed, steps=150, line=shaft_line(4, shifts=shifts))
    for cycle in journal.history().cycles:
        if not cycle.full_us:
            continue
        times = turn_times(cycle, journal.calendar)
        end = cycle.ended_us or cycle.full_us
        work = journal.calendar.working_us(cycle.began_us, end)
        passed = journal.calendar.working_us(cycle.began_us, cycle.full_us) == 0
        assert sum(times.parts.values()) == sum(times.states.values()) == (end - cycle.began_us if passed else work)
        assert times.lead_us <= sum(times.parts.values())


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 10**13), min_size=2, max_size=50))
def test_the_standard_deviation_never_cancels(values: list[int]) -> None:
    found = spread(values)
    exact = sum((Fraction(v) - found.mean) ** 2 for v in values) / (len(values) - 1)
    assert found.sd is not None
    assert found.sd**2 >= exact
    assert max(found.sd - Fraction(1, 1000), Fraction(0)) ** 2 <= exact
