"""Published and hand-computed values: T-05 (Little) and summaries."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.flow.stats import little, summary

JOBS = [(0, 5), (1, 4), (2, 9), (3, 8), (5, 7), (6, 12), (8, 10), (9, 14)]


def test_little_of_the_eight_known_jobs() -> None:
    window = little(JOBS, 0, 14)
    assert window.wip == 2.5
    assert window.throughput == 8 / 14
    assert window.time_in_system == 4.375
    assert window.gap == pytest.approx(0, abs=1e-15)


def test_a_window_with_work_carried_over_shows_its_gap() -> None:
    window = little(JOBS, 2, 9)  # by hand: area 3+2+7+5+2+3+1 = 23; finished (0,5)(1,4)(2,9)(3,8)(5,7): mean 22/5
    assert window.wip == pytest.approx(23 / 7)  # the reference's 3.286
    assert window.throughput * (window.time_in_system or 0) == pytest.approx(22 / 7)  # and its 3.143
    assert window.gap == pytest.approx(22 / 23 - 1)


def test_open_items_count_as_work_in_process_to_the_end() -> None:
    window = little([(0, None)], 0, 10)
    assert (window.wip, window.throughput, window.time_in_system, window.gap) == (1.0, 0.0, None, None)


def test_an_empty_window_is_refused_with_both_ends() -> None:
    with pytest.raises(ValueError, match="got 3 to 3"):
        little(JOBS, 3, 3)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 30)), min_size=1, max_size=30))
def test_a_window_that_begins_and_ends_empty_has_no_gap(jobs: list[tuple[int, int]]) -> None:
    window = little([(a, a + length) for a, length in jobs], 0, 100)
    assert window.gap == pytest.approx(0, abs=1e-12)


def test_a_summary_says_percentiles_n_and_the_share_within_target() -> None:
    found = summary([50.0, 55.0, 61.0, 70.0], 55.0)
    assert (found.n, found.p50, found.p85, found.p95, found.within) == (4, 55.0, 70.0, 70.0, 0.5)


def test_without_a_target_no_share_is_made_up() -> None:
    assert summary([1.0]).within is None
