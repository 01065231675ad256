"""What a screen shows of a station, a lane, a store, a loop and the line."""

import pytest
from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.line import CallKind, LaneOrder, Reason
from shopfloor.core.state import CardState
from shopfloor.core.views import StationState, StationView, line_view, loop_view, station_state, station_view
from tests.helpers.desk import Desk
from tests.helpers.kinds import desk_of
from tests.helpers.routes import bring, long_line, with_loop, with_station


def view(desk: Desk, place: str) -> StationView:
    """A station as its page shows it."""
    return station_view(desk.shop, place, desk.clock.now())


def _stop(desk: Desk) -> None:
    desk.call("saw", "fault")


def _restart(desk: Desk) -> None:
    desk.call("saw", "fault")
    desk.do(c.ClearCall(station="saw"))


def _call(desk: Desk) -> None:
    desk.call("saw", "tool")


def _block(desk: Desk) -> None:
    bring(desk, "long", "queued 2", number=4)
    bring(desk, "long", "in_process 1", number=3)
    desk.scan("long", 3, "saw")


def _work(desk: Desk) -> None:
    bring(desk, "short", "in_process 1")


def test_the_first_true_state_is_shown() -> None:
    line = replace(
        with_loop(long_line(), "long", lane_limits=(1, None)),
        restart_s=60,
        reasons=(Reason(id="tool", name="Tool"), Reason(id="fault", name="Fault", kind=CallKind.STOP)),
    )
    desk = Desk(line)
    assert station_state(desk.shop, "saw") is StationState.IDLE
    _work(desk)
    assert station_state(desk.shop, "saw") is StationState.RUNNING
    _block(desk)
    assert station_state(desk.shop, "saw") is StationState.BLOCKED
    _call(desk)
    assert station_state(desk.shop, "saw") is StationState.CALLED
    _restart(desk)
    assert station_state(desk.shop, "saw") is StationState.RESTARTING
    _stop(desk)
    assert station_state(desk.shop, "saw") is StationState.STOPPED
    assert view(desk, "saw").called


# Starved and idle.


def test_a_station_is_idle_when_nothing_is_asked() -> None:
    desk = Desk(with_loop(long_line(), "ring", cards=0))
    for place in desk.shop.stations:
        assert station_state(desk.shop, place) is StationState.IDLE


@pytest.mark.parametrize(
    ("state", "starved"),
    [
        ("empty", {"mill", "wash"}),
        ("in_process 1", {"mill", "wash"}),
        ("queued 2", {"wash"}),
        ("in_process 2", {"wash"}),
        ("queued 3", set()),
        ("full", set()),
    ],
)
def test_a_station_starves_while_its_cards_are_upstream(state: str, starved: set[str]) -> None:
    desk = Desk(with_loop(long_line(), "ring", cards=0))
    bring(desk, "long", state)
    found = {p for p in desk.shop.stations if station_state(desk.shop, p) is StationState.STARVED}
    assert found == starved


def test_a_consumer_without_a_full_card_starves() -> None:
    desk = Desk(with_loop(long_line(), "short", cards=1))
    assert station_state(desk.shop, "assembly") is StationState.IDLE
    desk.scan("short", 1, "assembly")
    assert station_state(desk.shop, "assembly") is StationState.STARVED


def test_a_station_that_can_start_something_does_not_starve() -> None:
    desk = Desk(with_loop(long_line(), "ring", cards=0))
    bring(desk, "long", "queued 2", number=1)
    bring(desk, "long", "in_process 1", number=2)
    assert station_state(desk.shop, "mill") is StationState.IDLE


# Next.


def test_next_is_lanes_oldest_first_and_then_empty_cards_oldest_first() -> None:
    line = long_line()
    extra = replace(line.loops[1], id="mill-only", route=("mill",))
    desk = Desk(with_loop(replace(line, loops=(*line.loops, extra)), "ring", cards=0))
    for number in (2, 1):
        desk.scan("mill-only", number, "assembly")
    for number in (3, 2):
        bring(desk, "long", "queued 2", number)
    tiles = view(desk, "mill").next
    assert [tile.id for tile in tiles] == ["long-03", "long-02", "mill-only-02", "mill-only-01"]
    assert [tile.why for tile in tiles] == ["", "not_oldest", "", ""]


def test_next_warns_of_no_order_where_any_is_accepted() -> None:
    desk = Desk(with_loop(long_line(), "long", lane_order=LaneOrder.WARN))
    for number in (1, 2):
        bring(desk, "long", "queued 2", number)
    assert [tile.why for tile in view(desk, "mill").next] == ["", ""]


def test_the_first_card_of_next_is_accepted() -> None:
    desk = Desk(long_line())
    for number in (2, 1):
        bring(desk, "long", "queued 2", number)
    first = view(desk, "mill").next[0]
    desk.scan("long", first.number, "mill")
    assert desk.card("long", first.number).state is CardState.IN_PROCESS


# Lanes, stores, loops.


def test_a_lane_is_full_at_its_limit() -> None:
    desk = Desk(with_loop(long_line(), "long", lane_limits=(2, None)))
    bring(desk, "long", "queued 2", number=1)
    (before,) = (lane for lane in view(desk, "mill").lanes_before if lane.loop == "long")
    assert (before.before, before.after, before.limit, before.full) == ("saw", "mill", 2, False)
    bring(desk, "long", "queued 2", number=2)
    (after,) = (lane for lane in view(desk, "saw").lanes_after if lane.loop == "long")
    assert after.full
    assert [card.number for card in after.cards] == [1, 2]


def test_two_loops_between_the_same_stations_have_two_lanes() -> None:
    lanes = view(Desk(long_line()), "mill").lanes_before
    assert [(lane.loop, lane.before) for lane in lanes] == [("long", "saw"), ("ring", "saw")]


def test_a_store_counts_full_cards() -> None:
    desk = Desk(long_line())
    desk.scan("short", 1, "assembly")
    (store,) = view(desk, "saw").stores_after
    assert (store.loop, store.consumer, store.full, store.cards) == ("short", "assembly", 3, 4)
    assert [s.loop for s in view(desk, "assembly").stores_before] == ["long", "short"]


@pytest.mark.parametrize("state", ["full", "empty", "in_process 2", "queued 3", "held", "lost", "retired", "new"])
def test_the_sum_over_states_is_the_number_of_cards(state: str) -> None:
    desk = Desk(long_line())
    bring(desk, "long", state)
    loop = loop_view(desk.shop, "long")
    assert loop.by_state[state.split(maxsplit=1)[0]] >= 1
    assert sum(loop.by_state.values()) == loop.cards == 4
    assert set(loop.by_state) == {s.value for s in CardState}


def test_the_line_counts_released_cards_against_its_limit() -> None:
    desk = Desk(replace(long_line(), wip_limit=5))
    bring(desk, "long", "queued 2")
    bring(desk, "ring", "in_process 1")
    bring(desk, "long", "empty", number=2)
    line = line_view(desk.shop, desk.clock.now())
    assert (line.wip, line.wip_limit) == (2, 5)
    assert [s.id for s in line.stations] == [s.id for s in long_line().stations]


# A station's page.


def test_wip_is_shown_against_the_limit() -> None:
    desk = Desk(with_station(long_line(), "saw", wip_limit=3))
    bring(desk, "short", "in_process 1")
    page = view(desk, "saw")
    assert (page.wip, page.wip_limit, page.soft) == (1, 3, False)
    (tile,) = page.in_process
    assert (tile.name, tile.number, tile.of, tile.goes_to) == ("B 1", 1, 4, "Assembly")


@pytest.mark.parametrize(
    ("state", "goes_to"),
    [("empty", "Mill"), ("in_process 1", "Mill"), ("queued 2", "Wash"), ("in_process 3", "Assembly")],
)
def test_a_tile_says_where_the_card_goes_next(state: str, goes_to: str) -> None:
    desk = Desk(long_line())
    bring(desk, "long", state)
    tiles = [t for p in desk.shop.stations for t in (*view(desk, p).in_process, *view(desk, p).next)]
    assert [tile.goes_to for tile in tiles if tile.id == "long-01"] == [goes_to]


def test_the_time_to_undo_runs_down() -> None:
    desk = Desk(long_line())
    bring(desk, "short", "in_process 1")
    assert view(desk, "saw").undo_left_us == 10_000_000
    desk.clock.advance(4)
    assert view(desk, "saw").undo_left_us == 6_000_000
    desk.do(c.UndoStep(station="saw"))
    assert view(desk, "saw").undo_left_us == 0


def test_a_call_has_its_clocks() -> None:
    desk = Desk(replace(long_line(), reasons=(Reason(id="material", name="Material", deadline_s=60),)))
    desk.call("saw", "material")
    desk.clock.advance(42)
    (call,) = view(desk, "saw").calls
    assert (call.age_us, call.left_us, call.is_stop) == (42_000_000, 18_000_000, False)
    desk.clock.advance(30)
    desk.tick()
    (call,) = view(desk, "saw").calls
    assert (call.age_us, call.left_us, call.is_stop, call.stopped_for_us) == (72_000_000, None, True, 12_000_000)
    assert not view(desk, "saw").called


def test_the_line_lists_stops_before_calls_and_older_ones_first() -> None:
    desk = Desk(long_line())
    line = replace(long_line(), reasons=(Reason(id="tool", name="Tool"), Reason(id="x", name="X", kind=CallKind.STOP)))
    desk.do(c.ChangeLine(line=line))
    for place, reason in (("mill", "tool"), ("saw", "tool"), ("wash", "x"), ("yard", "x")):
        desk.call(place, reason)
    calls = line_view(desk.shop, desk.clock.now()).calls
    assert [call.station for call in calls] == ["wash", "yard", "mill", "saw"]


def test_the_strip_keeps_the_last_answer_and_not_what_fell_due() -> None:
    desk = Desk(replace(long_line(), reasons=(Reason(id="material", name="Material", deadline_s=60),)))
    desk.call("saw", "material")
    desk.scan("long", 1, "saw")
    answered = view(desk, "saw").verdict
    assert answered is not None
    desk.clock.advance(100)
    desk.tick()
    assert view(desk, "saw").verdict == answered


def test_a_lane_without_a_limit_is_never_full_and_a_call_without_a_deadline_has_no_time_left() -> None:
    desk = Desk(replace(long_line(), reasons=(Reason(id="tool", name="Tool"),)))
    bring(desk, "long", "queued 2")
    assert not any(lane.full for lane in view(desk, "saw").lanes_after)
    desk.call("saw", "tool")
    assert view(desk, "saw").calls[0].left_us is None


def test_a_consumer_that_works_from_an_open_container_does_not_starve() -> None:
    desk = desk_of(cards=1)
    assert station_state(desk.shop, "assembly") is StationState.IDLE
    desk.do(c.OpenCard(station="assembly", card="x-01"))
    assert station_state(desk.shop, "assembly") is StationState.IDLE
    desk.do(c.StepCard(station="assembly", card="x-01"))
    assert station_state(desk.shop, "assembly") is StationState.STARVED
