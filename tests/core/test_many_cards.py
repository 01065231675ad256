"""A scan on a line with 2 000 cards costs what it costs on one with 100: counted in calls, which no machine changes."""

import sys
from types import FrameType

import pytest

from shopfloor.core.line import Line, Loop, Part, Station
from tests.helpers.desk import Desk

LOOPS = 10


def line_of(cards: int, **switches: object) -> Line:
    """Ten loops between ten stations and one consumer, with so many cards together."""
    return Line(
        id="big",
        name="Big",
        stations=tuple(Station(id=f"s{i}", name=f"S{i}") for i in range(LOOPS + 1)),
        parts=(Part(id="P"),),
        loops=tuple(
            Loop(id=f"l{i}", part="P", route=(f"s{i}",), consumer=f"s{LOOPS}", cards=cards // LOOPS, **switches)  # type: ignore[arg-type]
            for i in range(LOOPS)
        ),
    )


def calls_of_a_turn(line: Line) -> int:
    """Calls of Python functions while two cards are withdrawn and one is made again."""
    desk = Desk(line)
    count = 0

    def watch(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(watch)
    try:
        for number in (3, 4):
            desk.scan("l7", number, f"s{LOOPS}")
        for _ in range(2):
            desk.scan("l7", 3, "s7")
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize(
    "switches",
    [{}, {"lot": 5}, {"lives": 50}, {"transit": True, "response_s": 3600.0}, {"transit": True, "acknowledge": True}],
    ids=lambda switches: " ".join(switches) or "plain",
)
def test_a_scan_costs_the_same_on_a_large_line(switches: dict[str, object]) -> None:
    small, large = calls_of_a_turn(line_of(100, **switches)), calls_of_a_turn(line_of(2_000, **switches))
    assert large <= small * 1.1, f"{small} calls with 100 cards, {large} with 2 000"
