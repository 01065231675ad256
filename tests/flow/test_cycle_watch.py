"""Cycle times that leave their own distribution: exact prices of the rules, what is usual, what is taken back."""

import itertools
import math
import random
from fractions import Fraction

import pytest

from shopfloor.core.line import Shift
from shopfloor.flow.cycle_watch import (
    FALSE_CALLS_MAX,
    OFTEN_PERCENT,
    ROW_MIN,
    ROW_PERCENT,
    SHIFT_MS,
    TIMES_MAX,
    USUAL_MAX,
    USUAL_MIN,
    Pace,
    chance_above,
    false_alarms_per_shift,
    nearest,
    often_calls,
    row_calls,
    run_rules,
    shift_ms,
    standard,
)
from shopfloor.flow.digest import Cycle
from tests.helpers.lines import a_line
from tests.helpers.routes import long_line, with_loop, with_station


def cycle(ms: int, loop: str = "x", card: str = "x-01") -> Cycle:
    """A completion that took so long, one after the other."""
    return Cycle(card, loop, cycle_ms=ms, process_ms=ms)


def pace_of(values: list[int], loop: str = "x") -> Pace:
    """A pace fed with these."""
    pace = Pace()
    for value in values:
        pace.add(cycle(value, loop))
    return pace


def by_orders(n: int, more: int, rule: object) -> Fraction:
    """Share of all orders of n + more different values for which `rule(usual, later)` holds."""
    total = hits = 0
    for order in itertools.permutations(range(n + more)):
        total += 1
        hits += bool(rule(sorted(order[:n]), order[n:]))  # type: ignore[operator]
    return Fraction(hits, total)


@pytest.mark.parametrize("n", [1, 3, 4, 6])
@pytest.mark.parametrize("percent", [50, 85, 99])
def test_the_next_exceeds_a_percentile_as_often_as_all_orders_say(n: int, percent: int) -> None:
    rank = nearest(n, Fraction(percent))
    exact = by_orders(n, 1, lambda usual, later: later[0] > usual[rank - 1])
    assert chance_above(n, Fraction(percent)) == exact


@pytest.mark.parametrize("n", [2, 4])
def test_two_of_three_begin_as_often_as_all_orders_say(n: int) -> None:
    rank = nearest(n, OFTEN_PERCENT)

    def begins(usual: list[int], later: tuple[int, ...]) -> bool:
        above = [value > usual[rank - 1] for value in later]
        return sum(above[1:]) >= 2 and sum(above[:-1]) < 2

    assert often_calls(n, 2) == by_orders(n, 4, begins)


@pytest.mark.parametrize("n", [2, 4, 5])
def test_three_in_a_row_begin_as_often_as_all_orders_say(n: int) -> None:
    rank = nearest(n, ROW_PERCENT)

    def begins(usual: list[int], later: tuple[int, ...]) -> bool:
        above = [value > usual[rank - 1] for value in later]
        return all(above[1:]) and not above[0]

    assert row_calls(n, 3) == by_orders(n, 4, begins)


def test_against_very_many_the_price_is_the_binomial_one() -> None:
    many = 10**9
    p = Fraction(15, 100)
    begins = [w for w in itertools.product((0, 1), repeat=6) if sum(w[1:]) >= 3 and sum(w[:-1]) < 3]
    exact = sum(p ** sum(w) * (1 - p) ** (6 - sum(w)) for w in begins)
    assert float(often_calls(many, 3) / exact) == pytest.approx(1, rel=1e-6)
    assert float(row_calls(many, 8) * 512) == pytest.approx(1, rel=1e-6)


@pytest.mark.parametrize("n", [USUAL_MIN, USUAL_MAX])
def test_simulated_lines_call_by_chance_as_often_as_the_price_says(n: int) -> None:
    dice = random.Random(20_260_101)
    often = rows = completions = 0
    for _ in range(1_500):
        usual = sorted(dice.expovariate(1) for _ in range(n))
        high, middle = usual[nearest(n, OFTEN_PERCENT) - 1], usual[nearest(n, ROW_PERCENT) - 1]
        later = [dice.expovariate(1) for _ in range(150)]
        long = [value > high for value in later]
        above = [value > middle for value in later]
        for i in range(8, len(later)):
            completions += 1
            often += sum(long[i - 4 : i + 1]) >= 3 and sum(long[i - 5 : i]) < 3
            rows += all(above[i - 7 : i + 1]) and not above[i - 8]
    assert 0.85 < often / (completions * float(often_calls(n, 3))) < 1.15
    assert 0.75 < rows / (completions * float(row_calls(n, 8))) < 1.25


@pytest.mark.parametrize("n", [USUAL_MIN, USUAL_MAX])
@pytest.mark.parametrize("a_shift", [1, 40, 480, 5_000])
@pytest.mark.parametrize("times", [1, 3, 7])
def test_runs_are_as_short_as_the_budget_allows_and_never_shorter_than_asked(n: int, a_shift: int, times: int) -> None:
    rules = run_rules(n, times=times, a_shift=a_shift)
    assert rules.of == 2 * rules.times - 1
    assert rules.times >= times
    assert rules.row >= ROW_MIN
    assert rules.false_a_shift <= FALSE_CALLS_MAX or rules.times == TIMES_MAX
    assert rules.false_a_shift == false_alarms_per_shift(n, times=rules.times, row=rules.row, a_shift=Fraction(a_shift))
    if rules.times > times:
        assert often_calls(n, rules.times - 1) * a_shift > FALSE_CALLS_MAX / 2
    if rules.row > ROW_MIN:
        assert row_calls(n, rules.row - 1) * a_shift > FALSE_CALLS_MAX / 2


def test_nothing_is_said_before_thirty_are_known() -> None:
    values = list(range(1_000, 1_000 + USUAL_MIN))
    pace = pace_of(values[:-1])
    assert pace.slow("x", 99, after_ms=0, shift_ms=SHIFT_MS) is None
    pace.add(cycle(values[-1]))
    slow = pace.slow("x", 99, after_ms=0, shift_ms=SHIFT_MS)
    assert slow is not None
    assert slow.limit_ms == values[-1]
    assert pace.slow("y", 99, after_ms=0, shift_ms=SHIFT_MS) is None


def test_the_price_of_a_percentile_is_exact_and_falls_with_the_delay() -> None:
    pace = pace_of([55_000 + 100 * i for i in range(USUAL_MAX)])
    slow = pace.slow("x", 99, after_ms=0, shift_ms=SHIFT_MS)
    later = pace.slow("x", 99, after_ms=300_000, shift_ms=SHIFT_MS)
    assert slow is not None
    assert later is not None
    assert (slow.limit_ms, slow.usual_ms) == (55_000 + 100 * 197, 55_000 + 100 * 99)
    assert slow.false_a_shift == chance_above(USUAL_MAX, Fraction(99)) * pace.a_shift(SHIFT_MS)
    assert later.false_a_shift == Fraction(1, USUAL_MAX + 1) * pace.a_shift(SHIFT_MS)


def test_a_slow_drift_does_not_move_what_is_usual() -> None:
    pace = pace_of([60_000 + 10 * (i % 97) for i in range(USUAL_MAX)])
    before = pace.slow("x", 99, after_ms=0, shift_ms=SHIFT_MS)
    found = []
    for i in range(1_000):
        pace.add(cycle(60_000 + 50 * i))
        found.append(pace.run(3, shift_ms=SHIFT_MS) is not None)
    assert pace.complete
    assert pace.slow("x", 99, after_ms=0, shift_ms=SHIFT_MS) == before
    assert all(found[100:])


def test_a_run_of_slow_ones_is_found_and_ends() -> None:
    dice = random.Random(7)
    pace = pace_of([round(600_000 * dice.lognormvariate(0, 0.1)) for _ in range(USUAL_MAX)])
    rules = run_rules(USUAL_MAX, times=3, a_shift=math.ceil(pace.a_shift(SHIFT_MS)))
    pace.gap()
    for _ in range(rules.times - 1):
        pace.add(cycle(2_000_000))
    assert pace.run(3, shift_ms=SHIFT_MS) is None
    pace.add(cycle(2_000_000))
    run = pace.run(3, shift_ms=SHIFT_MS)
    assert run is not None
    assert (run.count, run.of, run.percent) == (rules.times, rules.of, 85)
    assert run.false_a_shift <= FALSE_CALLS_MAX
    for _ in range(rules.of):
        pace.add(cycle(300_000))
    assert pace.run(3, shift_ms=SHIFT_MS) is None


def test_a_row_above_the_median_is_found_where_none_is_extreme() -> None:
    pace = pace_of([1_000_000 + 1_000 * i for i in range(USUAL_MAX)])
    pace.gap()
    for _ in range(40):
        pace.add(cycle(1_000_000 + 1_000 * 110))
    run = pace.run(3, shift_ms=SHIFT_MS)
    assert run is not None
    assert (run.percent, run.count) == (50, run.of)


def test_another_mix_of_parts_calls_nobody() -> None:
    pace = Pace()
    for i in range(USUAL_MAX):
        pace.add(cycle(20_000 + i, "short"))
        pace.add(cycle(200_000 + i, "long"))
    pace.gap()
    dice = random.Random(3)
    for _ in range(100):
        pace.add(cycle(200_000 + dice.randrange(USUAL_MAX), "long"))
    assert pace.run(3, shift_ms=SHIFT_MS) is None


def test_a_station_whose_starts_nobody_scans_is_judged_by_its_completions() -> None:
    pace = Pace()
    for i in range(USUAL_MAX):
        pace.add(Cycle("c", "x", cycle_ms=600_000 + i))
    pace.gap()
    for _ in range(30):
        pace.add(Cycle("c", "x", cycle_ms=900_000))
    assert pace.run(3, shift_ms=SHIFT_MS) is not None
    assert pace.slow("x", 99, after_ms=0, shift_ms=SHIFT_MS) is None


def test_what_is_undone_never_was() -> None:
    values = [60_000 + i for i in range(40)]
    plain, undone = pace_of(values), pace_of(values[:-1])
    undone.add(cycle(999_000, card="oops"))
    undone.add(Cycle("oops", "x", undone=7))
    undone.add(Cycle("oops", "x", undone=7))
    undone.add(cycle(values[-1]))
    for pace in (plain, undone):
        pace.add(Cycle("none", "x"))
    assert vars(plain)["_long"] == vars(undone)["_long"]
    assert plain.slow("x", 99, after_ms=0, shift_ms=SHIFT_MS) == undone.slow("x", 99, after_ms=0, shift_ms=SHIFT_MS)
    assert plain.a_shift(SHIFT_MS) == undone.a_shift(SHIFT_MS)


def test_a_new_standard_is_another_target_part_or_quantity_and_nothing_else() -> None:
    line = long_line()
    same = standard(line, "saw")
    assert standard(with_loop(line, "long", cards=9), "saw") == same
    assert standard(with_station(line, "saw", wip_limit=9), "saw") == same
    assert standard(with_station(line, "mill", cycle_target_s=9), "saw") == same
    assert standard(with_station(line, "saw", cycle_target_s=9), "saw") != same
    assert standard(with_loop(line, "long", quantity=9), "saw") != same
    assert standard(line, "gone") != same


def test_a_shift_is_as_long_as_it_works() -> None:
    early = Shift(name="early", start="06:00", end="14:00", breaks=(("09:00", "09:30"),))
    assert shift_ms(a_line(shifts=(early,))) == 450 * 60_000
    assert shift_ms(a_line()) == SHIFT_MS
