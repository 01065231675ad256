"""Published values: T-04 of the reference, and the small set that tells nearest rank from its rivals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.flow.percentiles import nearest_rank, nearest_ranks

TWENTY = [2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 9, 10, 12, 13, 15, 21, 34]


def test_the_twenty_known_values() -> None:
    assert nearest_ranks(TWENTY[::-1], (50, 70, 85, 95)) == (7, 9, 13, 21)


def test_one_to_five_tells_nearest_rank_from_interpolation_and_from_floor() -> None:
    assert nearest_ranks([1, 2, 3, 4, 5], (50, 70, 85, 95)) == (3, 4, 5, 5)


def test_one_value_is_every_percentile() -> None:
    assert nearest_ranks([7.5], (1, 50, 100)) == (7.5, 7.5, 7.5)


def test_nothing_is_refused_in_words() -> None:
    with pytest.raises(ValueError, match="at least one value, got none"):
        nearest_rank([], 50)


@pytest.mark.parametrize("percent", [0, 101, -5])
def test_a_percentage_that_is_none_is_refused(percent: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 100"):
        nearest_rank([1.0], percent)


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(1, 100))
def test_the_promise_holds_and_no_smaller_value_keeps_it(values: list[int], percent: int) -> None:
    found = nearest_rank(values, percent)
    assert found in values
    assert 100 * sum(v <= found for v in values) >= percent * len(values)
    assert 100 * sum(v < found for v in values) < percent * len(values)
