"""A new line file: what it may not break, which cards come and which go."""

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.events import CardCirculated, CardRetired, LineChanged
from shopfloor.core.line import Line, Loop, LoopKind, StartState
from shopfloor.core.rules import Refusal
from shopfloor.core.state import CardState
from tests.helpers.desk import Desk, rule_of
from tests.helpers.routes import bring, long_line, said, with_loop, with_station


def change(desk: Desk, line: Line) -> str:
    """The rule that refused the line file, "" if it is in force."""
    return rule_of(desk.do(c.ChangeLine(line=line)))


def without_loop(line: Line, name: str) -> Line:
    """The line without a loop."""
    return replace(line, loops=tuple(x for x in line.loops if x.id != name))


def living(desk: Desk, loop: str) -> list[int]:
    """Numbers of the cards of a loop that are not retired."""
    desk.tick()
    return [card.number for card in desk.shop.of_loop(loop) if card.state is not CardState.RETIRED]


def test_the_first_line_file_puts_its_cards_in_circulation() -> None:
    desk = Desk(long_line())
    events = [recorded.event for recorded in desk.journal]
    assert isinstance(events[0], LineChanged)
    assert len(events) == 1 + 3 * 4
    assert {card.state for card in desk.shop.of_loop("long")} == {CardState.FULL}
    assert {card.state for card in desk.shop.of_loop("ring")} == {CardState.EMPTY}


def test_the_same_line_file_again_is_no_event() -> None:
    desk = Desk(long_line())
    assert len(desk.journal) == 13
    change(desk, long_line())
    assert len(desk.journal) == 13


@pytest.mark.parametrize("state", ["in_process 1", "queued 2", "in_process 3"])
def test_a_loop_with_cards_in_process_cannot_be_removed(state: str) -> None:
    desk = Desk(long_line())
    bring(desk, "long", state)
    head = len(desk.journal)
    refusal = desk.do(c.ChangeLine(line=without_loop(long_line(), "long")))
    assert isinstance(refusal, Refusal)
    assert (refusal.rule, refusal.args["count"]) == ("line_file", 1)
    assert str(refusal.args["cards"]).startswith("long-01 (")
    assert desk.shop.line == long_line()
    assert len(desk.journal) == head


def test_a_card_on_hold_in_process_counts() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 1")
    desk.do(c.HoldCard(station="saw", card="long-01", reason="dent"))
    assert change(desk, without_loop(long_line(), "long")) == "line_file"


@pytest.mark.parametrize(
    ("route", "rule"),
    [
        (("saw", "wash"), "line_file"),
        (("mill", "saw", "wash"), "line_file"),
        (("saw",), "line_file"),
        (("saw", "mill"), ""),
        (("yard", "mill", "wash"), ""),
    ],
)
def test_a_route_may_change_where_no_card_is(route: tuple[str, ...], rule: str) -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 2")
    assert change(desk, with_loop(long_line(), "long", route=route)) == rule


def test_a_station_with_cards_in_process_cannot_be_removed() -> None:
    desk = Desk(long_line())
    bring(desk, "short", "in_process 1")
    stations = tuple(s for s in long_line().stations if s.id != "saw")
    assert change(desk, replace(long_line(), stations=stations)) == "line_file"


def test_a_line_file_of_another_line_is_refused() -> None:
    desk = Desk(long_line())
    assert change(desk, replace(long_line(), id="other")) == "line_file"


def test_full_cards_are_not_left_in_a_loop_that_nobody_empties() -> None:
    desk = Desk(long_line())
    ring = with_loop(long_line(), "short", kind=LoopKind.CONWIP, consumer=None, start=StartState.EMPTY)
    assert change(desk, ring) == "line_file"
    for number in range(1, 5):
        desk.scan("short", number, "assembly")
    assert change(desk, ring) == ""
    desk.scan("short", 1, "saw")
    desk.scan("short", 1, "saw")
    assert desk.card("short", 1).state is CardState.EMPTY


def test_more_cards_get_fresh_numbers() -> None:
    desk = Desk(long_line())
    change(desk, with_loop(long_line(), "long", cards=6))
    assert living(desk, "long") == [1, 2, 3, 4, 5, 6]


def test_a_retired_number_never_comes_back() -> None:
    desk = Desk(long_line())
    desk.do(c.RetireCard(card="long-04"))
    change(desk, with_loop(long_line(), "long", cards=5))
    assert living(desk, "long") == [1, 2, 3, 5, 6]
    assert desk.card("long", 4).state is CardState.RETIRED


def test_surplus_cards_retire_when_they_come_back_empty() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 1", number=4)
    change(desk, with_loop(long_line(), "long", cards=2))
    assert living(desk, "long") == [1, 2, 3, 4]
    desk.scan("long", 1, "assembly")
    assert living(desk, "long") == [2, 3, 4]
    desk.scan("long", 4, "assembly")
    assert living(desk, "long") == [2, 3]
    desk.scan("long", 2, "assembly")
    assert living(desk, "long") == [2, 3]
    assert said(desk.scan("long", 2, "saw")) == "start 1"


def test_of_the_empty_surplus_the_highest_number_goes_first() -> None:
    desk = Desk(long_line())
    for number in (4, 2, 3):
        desk.scan("long", number, "assembly")
    change(desk, with_loop(long_line(), "long", cards=2))
    assert living(desk, "long") == [1, 2]
    retired = [r.event.card for r in desk.journal if isinstance(r.event, CardRetired)]
    assert retired == ["long-04", "long-03"]


def test_a_lost_card_is_still_one_of_the_loop() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "lost")
    change(desk, with_loop(long_line(), "long", cards=5))
    assert living(desk, "long") == [1, 2, 3, 4, 5]


def test_a_removed_loop_takes_its_resting_cards_with_it() -> None:
    desk = Desk(long_line())
    desk.do(c.LoseCard(station="saw", card="long-02"))
    desk.do(c.HoldCard(station="saw", card="long-03", reason="dent"))
    assert change(desk, without_loop(long_line(), "long")) == ""
    assert living(desk, "long") == [2, 3]
    desk.do(c.FindCard(station="saw", card="long-02", full=True))
    desk.do(c.ReleaseCard(station="saw", card="long-03"))
    assert living(desk, "long") == []


def test_a_loop_that_comes_back_goes_on_counting() -> None:
    desk = Desk(long_line())
    change(desk, without_loop(long_line(), "long"))
    desk.tick()
    change(desk, long_line())
    assert living(desk, "long") == [5, 6, 7, 8]


def test_a_new_limit_is_in_force_for_the_next_scan() -> None:
    desk = Desk(long_line())
    bring(desk, "long", "in_process 1")
    bring(desk, "short", "empty")
    change(desk, with_station(long_line(), "saw", wip_limit=1))
    assert said(desk.scan("short", 1, "saw")) == "wip_limit"


def test_a_lower_limit_refuses_starts_until_it_holds_again() -> None:
    desk = Desk(long_line())
    for number in (1, 2):
        bring(desk, "short", "in_process 1", number)
    change(desk, with_station(long_line(), "saw", wip_limit=1))
    bring(desk, "short", "empty", 3)
    desk.scan("short", 1, "saw")
    assert said(desk.scan("short", 3, "saw")) == "wip_limit"
    desk.scan("short", 2, "saw")
    assert said(desk.scan("short", 3, "saw")) == "start 1"


def test_a_new_loop_may_use_stations_that_are_there() -> None:
    desk = Desk(long_line())
    loop = Loop(id="extra", part="A", route=("yard",), consumer="saw", cards=2)
    change(desk, replace(long_line(), loops=(*long_line().loops, loop)))
    circulated = [r.event.card for r in desk.journal if isinstance(r.event, CardCirculated)]
    assert circulated[-2:] == ["extra-01", "extra-02"]
    assert said(desk.scan("extra", 1, "saw")) == "withdraw"


@pytest.mark.parametrize("place", ["in_process 3", "queued 3"])
def test_a_card_behind_the_end_of_a_route_is_answered_and_not_lost(place: str) -> None:
    desk = Desk(long_line())
    bring(desk, "long", place)
    short = with_loop(long_line(), "long", route=("saw", "mill"), lane_limits=())
    assert change(desk, short) == "line_file", "here it is refused"
    desk.record(LineChanged(line=short, epoch=7))  # another terminal had not heard of the card
    for station in ("saw", "mill"):
        assert said(desk.scan("long", 1, station, after_s=60)) == "already_done"
    assert said(desk.scan("long", 1, "wash", after_s=60)) == "wrong_station"
    assert said(desk.scan("long", 1, "assembly", after_s=60)) == "withdraw"
    assert desk.card("long", 1).state is CardState.EMPTY
