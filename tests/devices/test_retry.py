"""Back-off."""

import pytest

from shopfloor.devices.retry import RETRY_S, Backoff


def test_waits_grow_to_the_longest_and_go_on_for_ever() -> None:
    backoff = Backoff()
    waits = [backoff.wait_s(up_s=0, jitter=0) for _ in range(1000)]
    assert waits[:5] == list(RETRY_S)
    assert set(waits[5:]) == {5.0}


def test_a_port_that_was_up_for_ten_seconds_is_tried_quickly_again() -> None:
    backoff = Backoff()
    for _ in range(9):
        backoff.wait_s(up_s=9.9, jitter=0)
    assert backoff.wait_s(up_s=10, jitter=0) == 0.2


def test_jitter_is_a_fifth_at_most() -> None:
    assert Backoff().wait_s(up_s=0, jitter=1) == pytest.approx(0.24)
    assert Backoff().wait_s(up_s=0, jitter=-1) == pytest.approx(0.16)
    assert Backoff().wait_s(up_s=0, jitter=7) == pytest.approx(0.24)
