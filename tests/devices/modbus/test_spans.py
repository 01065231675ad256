"""Addresses gathered into requests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.devices.modbus.spans import Span, spans


@pytest.mark.parametrize(
    ("addresses", "gap_max", "count_max", "found"),
    [
        ([], 7, 100, ()),
        ([3], 7, 100, (Span(3, 1),)),
        ([2, 0, 1, 1], 0, 100, (Span(0, 3),)),
        ([0, 2], 0, 100, (Span(0, 1), Span(2, 1))),
        ([0, 8], 7, 100, (Span(0, 9),)),
        ([0, 9], 7, 100, (Span(0, 1), Span(9, 1))),
        ([0, 1, 2, 3, 4], 7, 2, (Span(0, 2), Span(2, 2), Span(4, 1))),
    ],
)
def test_neighbours_are_asked_for_together(
    addresses: list[int], gap_max: int, count_max: int, found: tuple[Span, ...]
) -> None:
    assert spans(addresses, gap_max=gap_max, count_max=count_max) == found


@given(st.lists(st.integers(0, 400), max_size=60), st.integers(0, 9), st.integers(1, 50))
def test_every_address_is_in_one_request_and_no_request_is_too_long(
    addresses: list[int], gap_max: int, count_max: int
) -> None:
    found = spans(addresses, gap_max=gap_max, count_max=count_max)
    asked = [at for span in found for at in range(span.address, span.address + span.count)]
    assert len(asked) == len(set(asked))
    assert set(addresses) <= set(asked)
    assert all(1 <= span.count <= count_max for span in found)
