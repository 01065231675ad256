"""Proposals and effects against numbers done by hand."""

from fractions import Fraction

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.line import Shift
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.effect import effect
from shopfloor.flow.proposal import propose
from shopfloor.flow.sizing.normal import ceil, root_up
from shopfloor.flow.sizing.values import NoAnswerError
from tests.helpers.loop_journals import LoopJournal, S, random_journal, shaft_line

H = 3600


def steady(cards: int, turns: int, *, lead_s: int = 1800, every_s: int = 1200) -> LoopJournal:
    """A container pulled every 20 minutes, back half an hour later: 3 an hour, so 1.5 are always out."""
    journal = LoopJournal(shaft_line(cards))
    steps: list[tuple[int, int, str]] = []
    for turn in range(turns):
        number, pulled = turn % cards + 1, turn * every_s
        steps += [(pulled, number, "assembly"), (pulled + 60, number, "press"), (pulled + lead_s, number, "press")]
    for second, number, station in sorted(steps):
        journal.scan(second + 1, "shaft", number, station)
    return journal


def test_a_steady_loop_needs_what_is_out_and_no_more() -> None:
    journal = steady(6, 60)
    found = propose(journal.history(), journal.calendar)
    measured = found.measured
    assert (measured.lead.mean, measured.lead.sd) == (Fraction(1800 * S), Fraction(0))
    assert set(measured.hours[1:]) == {3}
    assert found.bucket == "hour"
    # D · L = 60 containers in the window, half an hour each; σ is 0 but for the cut of the first and last hour.
    need = Fraction(60, Fraction(measured.worked_us, H * S)) / 2
    assert found.sizing.exact >= need
    assert found.cards == 2
    assert found.toyota.cards == ceil(need * Fraction(110, 100)) == 2
    assert (found.now.cards, found.then.cards) == (6, 2)
    assert found.then.full_mean == found.now.full_mean - 4
    assert (found.low, found.high, found.agree) == (2, 2, Fraction(1))


def test_the_proposal_is_the_statistical_formula_of_the_measured_values() -> None:
    journal = random_journal(5, cards=3, steps=900)
    found = propose(journal.history(), journal.calendar)
    m = found.measured
    assert found.demand.sd is not None
    assert m.lead.sd is not None
    lead, sd = m.lead.mean / (H * S), m.lead.sd / (H * S)
    root = root_up(lead * found.demand.sd**2 + m.rate_per_h**2 * sd**2, 9)
    assert abs(found.sizing.exact - (m.rate_per_h * lead + Fraction(1645, 1000) * root)) < Fraction(1, 10**6)
    assert found.cards == ceil(found.sizing.exact)
    assert found.low <= found.cards <= found.high
    assert 0 < found.agree <= 1
    assert found == propose(journal.history(), journal.calendar), "the same journal gives the same proposal"


def test_more_service_needs_no_fewer_cards() -> None:
    journal = random_journal(5, cards=3, steps=900)
    few, many = (propose(journal.history(), journal.calendar, service=Fraction(s, 1000)).cards for s in (500, 999))
    assert few < many


def test_few_turns_are_said_to_be_thin_and_too_few_refused() -> None:
    journal = steady(3, 17)
    assert propose(journal.history(), journal.calendar).thin
    assert not propose(steady(3, 30).history(), journal.calendar).thin
    with pytest.raises(NoAnswerError, match="at least 5 whole turns"):
        propose(steady(3, 4).history(), journal.calendar)
    with pytest.raises(NoAnswerError, match="at least 5 working hours"):
        propose(steady(3, 8).history(), journal.calendar)


def changed(before_s: int, after_s: int) -> LoopJournal:
    """One card until it is given a second one: each pull empties the store until then, for 600 s of every 1000."""
    journal = LoopJournal(shaft_line(1))
    for begin in range(0, before_s, 1000):
        journal.turn(1, begin + 100, begin + 200, begin + 700)
    journal.do(before_s, c.ChangeLine(line=shaft_line(2)))
    for begin in range(before_s, before_s + after_s, 1000):
        journal.turn(1, begin + 100, begin + 200, begin + 700)
    return journal


def test_the_effect_of_a_card_more_is_what_the_plan_said() -> None:
    journal = changed(10_000, 10_000)
    found = effect(journal.history(), journal.calendar, cycles=8)
    assert (found.change.before, found.change.after) == (1, 2)
    assert [len(side.outages) for side in (found.before, found.planned, found.after)] == [10, 0, 0]
    assert [side.cards for side in (found.before, found.planned, found.after)] == [1, 2, 2]
    assert found.before.full_mean == Fraction(4, 10)
    assert found.planned.full_mean == Fraction(14, 10)
    assert found.after.worked_us == 7_700 * S, "until the eighth container is back"
    assert (found.cycles, found.wanted, found.judged) == (8, 8, True)
    # Ten in 10 000 s and none in 7 700 s; one and none before are no likelier.
    ours, other = Fraction(100, 177), Fraction(77, 177)
    assert found.p == ours**10 + 10 * ours * other**9 + other**10


def test_an_effect_is_not_judged_too_soon() -> None:
    journal = changed(10_000, 3_000)
    found = effect(journal.history(), journal.calendar)
    assert (found.cycles, found.wanted, found.judged) == (3, 20, False)


def test_many_cards_taken_away_can_still_be_compared() -> None:
    journal = changed(5_000, 5_000)
    history = journal.history()
    taken = replace(
        history,
        loop=replace(history.loop, cards=1),
        changes=(replace(history.changes[0], before=6, after=1),),
        level=6,
    )
    assert effect(taken, journal.calendar, cycles=3).planned.cards == 1


def test_without_a_change_there_is_no_effect() -> None:
    journal = steady(3, 8)
    with pytest.raises(NoAnswerError, match="3 cards from the beginning"):
        effect(journal.history(), journal.calendar)


def test_a_calendar_that_nobody_keeps_makes_no_proposal() -> None:
    """A journal begins on a Monday at 08:00; the shift that is written down ends at 10:00."""
    journal = steady(3, 30)
    short = WorkCalendar(shaft_line(shifts=(Shift(name="early", start="06:00", end="10:00"),)))
    with pytest.raises(NoAnswerError, match="withdrawals in working time, got 24 of 30 outside it"):
        propose(journal.history(), short)
