"""Replays against a store drawn by hand, and against the journal itself."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shopfloor.core import commands as c
from shopfloor.core.line import Shift
from shopfloor.flow import replay as replays
from shopfloor.flow.loop_cycle import since_change
from shopfloor.flow.replay import PROJECTED, Replayed, projected, recorded, replay, resampled, service_times
from shopfloor.flow.sizing.values import NoAnswerError
from shopfloor.flow.work_axis import WorkAxis
from tests.helpers.lines import a_line
from tests.helpers.loop_journals import LoopJournal, S, random_journal, shaft_line

EARLY = (Shift(name="early", start="06:00", end="14:00", breaks=(("09:00", "09:15"),)),)


def two_cards() -> LoopJournal:
    """Level 2 at first; pulled at 100, 200, 450, 800; full at 400, 700, 1000, 1100."""
    journal = LoopJournal(shaft_line(2))
    journal.scan(100, "shaft", 1, "assembly")
    journal.scan(160, "shaft", 1, "press")
    journal.scan(200, "shaft", 2, "assembly")
    journal.scan(210, "shaft", 2, "press")
    journal.scan(400, "shaft", 1, "press")
    journal.scan(450, "shaft", 1, "assembly")
    journal.scan(460, "shaft", 1, "press")
    journal.scan(700, "shaft", 2, "press")
    journal.scan(800, "shaft", 2, "assembly")
    journal.scan(810, "shaft", 2, "press")
    journal.scan(1000, "shaft", 1, "press")
    journal.scan(1100, "shaft", 2, "press")
    return journal


def seconds(journal: LoopJournal, found: Replayed) -> list[tuple[int, int]]:
    begin = journal.start_us
    return [((o.from_us - begin) // S, (o.to_us - begin) // S) for o in found.outages]


def test_the_actual_number_of_cards_is_the_history_as_drawn() -> None:
    journal = two_cards()
    found = replay(journal.history(), journal.calendar, 0)
    assert seconds(journal, found) == [(200, 400), (450, 700), (800, 1000)]
    assert (found.cards, found.late, found.out_us, found.full_mean) == (2, 0, 650 * S, Fraction(550, 1100))


def test_one_card_more_never_runs_out() -> None:
    journal = two_cards()
    found = replay(journal.history(), journal.calendar, 1)
    assert (found.cards, found.outages, found.late, found.full_mean) == (3, (), 0, Fraction(1650, 1100))


def test_one_card_less_makes_the_consumer_wait() -> None:
    """Pulled at 100, back at 400 for the pull of 200, back at 900 for that of 450, whose container is back too late."""
    journal = two_cards()
    found = replay(journal.history(), journal.calendar, -1)
    assert seconds(journal, found) == [(100, 1100)]
    assert (found.late, found.late_us // S) == (3, 200 + 450 + 300)
    assert found.full_mean == Fraction(100, 1100)


def test_other_replenishment_times_do_not_reproduce_the_history() -> None:
    """The control: were the answer not made of the times, this would pass for the history too."""
    journal = two_cards()
    history = journal.history()
    times = service_times(history, WorkAxis(journal.calendar, history.from_us, history.to_us))
    slower = {cycle: took + 100 * S for cycle, took in times.items()}
    found = replay(history, journal.calendar, 0, took=slower)
    # Back at 500 for the pull of 450, and at 800 for that of 800: never a container in the store.
    assert seconds(journal, found) == [(200, 1100)]
    assert (found.late, found.late_us) == (1, 50 * S)


def test_only_working_time_counts_and_the_instants_are_those_of_the_clock() -> None:
    """Pulled at 13:50, 13:55; the first is back at 06:10 the next day: out for 5 + 10 working minutes."""
    journal = LoopJournal(shaft_line(2, shifts=EARLY))
    journal.scan(21_000, "shaft", 1, "assembly")
    journal.scan(21_300, "shaft", 2, "assembly")
    journal.scan(79_300, "shaft", 1, "press")
    journal.scan(79_800, "shaft", 1, "press")
    journal.scan(80_400, "shaft", 2, "press")
    found = replay(journal.history(), journal.calendar, 0)
    assert seconds(journal, found) == [(21_300, 79_800)]
    assert found.out_us == 15 * 60 * S
    assert found.outages == recorded(journal.history(), journal.calendar).outages


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000), st.integers(1, 6), st.sampled_from([(), EARLY]))
def test_any_history_is_reproduced_by_its_own_number_of_cards(seed: int, cards: int, shifts: tuple[Shift, ...]) -> None:
    journal = random_journal(seed, steps=150, line=shaft_line(cards, shifts=shifts))
    history, calendar = journal.history(), journal.calendar
    found, said = replay(history, calendar, 0), recorded(history, calendar)
    assert (found.outages, found.full_mean, found.late) == (said.outages, said.full_mean, 0)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000), st.integers(2, 5))
def test_more_cards_never_make_it_worse(seed: int, cards: int) -> None:
    journal = random_journal(seed, cards=cards, steps=150)
    ladder = [replay(journal.history(), journal.calendar, shift) for shift in range(1 - cards, 3)]
    for less, more in pairwise(ladder):
        assert more.out_us <= less.out_us
        assert more.late_us <= less.late_us
        assert more.full_mean >= less.full_mean


def test_random_histories_do_run_out() -> None:
    """So that the properties above are about something."""
    found = [recorded(random_journal(seed, cards=2).history(), LoopJournal().calendar) for seed in range(3)]
    assert all(len(one.outages) > 5 for one in found)


def test_a_seed_repeats_a_resampling_and_another_does_not() -> None:
    journal = random_journal(7, cards=2)
    history, calendar = journal.history(), journal.calendar
    one = resampled(history, calendar, -1, seed=1, runs=5)
    assert one == resampled(history, calendar, -1, seed=1, runs=5)
    assert one != resampled(history, calendar, -1, seed=2, runs=5)
    with pytest.raises(ValueError, match="expected 1 to 1000 runs"):
        resampled(history, calendar, 0, seed=1, runs=0)


def test_no_card_left_and_no_store_are_refused() -> None:
    journal = two_cards()
    with pytest.raises(NoAnswerError, match="at least one card, got 0"):
        replay(journal.history(), journal.calendar, -2)
    kit = LoopJournal(a_line())
    with pytest.raises(NoAnswerError, match="a loop with a store"):
        replay(kit.history("kit"), kit.calendar, 0)


def test_the_history_since_the_last_change_begins_with_it() -> None:
    journal = two_cards()
    journal.do(1200, c.ChangeLine(line=shaft_line(3)))
    journal.scan(1300, "shaft", 1, "assembly")
    recent = since_change(journal.history())
    assert ((recent.from_us - journal.start_us) // S, recent.level, len(recent.withdrawals)) == (1200, 2, 1)
    assert replay(recent, journal.calendar, 0).full_mean == 3


def test_a_projection_is_the_middle_of_draws_and_runs_out_where_the_record_does_not() -> None:
    journal = random_journal(7, cards=3, steps=900)
    history, calendar = journal.history(), journal.calendar
    middle = projected(history, calendar, 1)
    draws = sorted(run.out_us for run in resampled(history, calendar, 1, seed=1, runs=PROJECTED))
    assert middle.out_us == draws[PROJECTED // 2]
    assert replay(history, calendar, 1).out_us == 0 < middle.out_us
    assert middle == projected(history, calendar, 1)


def test_a_projection_of_a_long_history_looks_at_its_newest_part(monkeypatch: pytest.MonkeyPatch) -> None:
    journal = random_journal(7, cards=3, steps=300)
    monkeypatch.setattr(replays, "PROJECTED_TURNS_MAX", 20)
    assert projected(journal.history(), journal.calendar, 0).withdrawals == 20
