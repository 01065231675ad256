"""A module's pulse counter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.devices.modbus.counter import GAP_PULSES_MAX, WORD, PulseCounter


def words_of(value: int, count: int) -> list[int]:
    return [value // WORD**at % WORD for at in reversed(range(count))]


@given(st.integers(0, WORD**2 - 1), st.lists(st.integers(0, 30_000), max_size=40), st.sampled_from([1, 2]))
def test_every_pulse_is_counted_once_wherever_the_counter_wraps(base: int, steps: list[int], count: int) -> None:
    counter = PulseCounter(count)
    value = base % WORD**count
    assert counter.feed(words_of(value, count)) == 0
    for step in steps:
        value = (value + step) % WORD**count
        assert counter.feed(words_of(value, count)) == step


def test_the_first_value_is_the_base() -> None:
    counter = PulseCounter(2)
    assert counter.feed([3, 9]) == 0
    assert counter.feed([3, 10]) == 1


def test_the_high_word_comes_first() -> None:
    counter = PulseCounter(2)
    counter.feed([0, 0xFFFF])
    assert counter.feed([1, 0]) == 1


def test_a_counter_that_goes_back_has_begun_anew() -> None:
    counter = PulseCounter(2)
    counter.feed([0, 500])
    assert counter.feed([0, 0]) == 0
    assert counter.feed([0, 2]) == 2


@pytest.mark.parametrize(
    ("step", "pulses"), [(0, 0), (1, 1), (GAP_PULSES_MAX, GAP_PULSES_MAX), (GAP_PULSES_MAX + 1, 0)]
)
def test_only_a_small_difference_over_a_gap_says_anything(step: int, pulses: int) -> None:
    counter = PulseCounter(1)
    counter.feed([100])
    counter.gap()
    assert counter.feed([100 + step]) == pulses
    assert counter.feed([200 + step]) == 100


def test_a_module_that_was_switched_off_in_the_gap_has_no_presses() -> None:
    counter = PulseCounter(2)
    counter.feed([0, 500])
    counter.gap()
    assert counter.feed([0, 0]) == 0
