"""Addresses gathered into requests: pure."""

from collections.abc import Iterable, Iterator

from msgspec import Struct


class Span(Struct, frozen=True):
    """So many addresses in a row."""

    address: int
    count: int


def spans(addresses: Iterable[int], *, gap_max: int, count_max: int) -> tuple[Span, ...]:
    """The fewest requests for these addresses, each at most `count_max` long and over at most `gap_max` others."""
    return tuple(_grow(sorted(set(addresses)), gap_max, count_max))


def _grow(addresses: list[int], gap_max: int, count_max: int) -> Iterator[Span]:
    if not addresses:
        return
    first = last = addresses[0]
    for address in addresses[1:]:
        if address - last - 1 > gap_max or address - first + 1 > count_max:
            yield Span(first, last - first + 1)
            first = address
        last = address
    yield Span(first, last - first + 1)
