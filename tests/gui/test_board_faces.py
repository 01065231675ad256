"""What the board says of a line, without a screen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shopfloor.core.line import Line, Loop
from shopfloor.core.loop_views import Zone, zone_of_store
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity
from shopfloor.core.views import StationState, line_view
from shopfloor.gui.board_faces import BoardFaces, LaneFace, StoreFace, board_faces
from tests.gui.board_shops import START_US, Still, busy, crowded, gearbox, restarting, troubled


def faces(line: Line, entities: list[Entity]) -> BoardFaces:
    return board_faces(line_view(Shop(line, entities), Still(line, entities).clock.now()), START_US)


@pytest.mark.parametrize(
    ("full", "cards", "zone"),
    [
        (0, 6, Zone.RED),
        (2, 6, Zone.RED),
        (3, 6, Zone.YELLOW),
        (4, 6, Zone.YELLOW),
        (5, 6, Zone.GREEN),
        (1, 1, Zone.GREEN),
    ],
)
def test_a_store_is_judged_by_thirds_of_its_loops_cards(full: int, cards: int, zone: Zone) -> None:
    assert zone_of_store(full, cards) is zone


@given(st.integers(1, 60), st.data())
def test_a_fuller_store_is_never_worse(cards: int, data: st.DataObject) -> None:
    less = data.draw(st.integers(0, cards - 1))
    order = [Zone.RED, Zone.YELLOW, Zone.GREEN]
    assert order.index(zone_of_store(less, cards)) <= order.index(zone_of_store(less + 1, cards))


def test_every_state_of_the_troubled_line_is_shown_with_its_clock() -> None:
    found = {s.id: (s.state, s.clock_s, s.works, s.flashing) for s in faces(gearbox(), troubled()).stations}
    assert found == {
        "press": (StationState.BLOCKED, None, False, False),
        "deburr": (StationState.CALLED, 42, True, True),
        "wash": (StationState.STOPPED, 192, False, False),
        "assembly": (StationState.STARVED, None, False, False),
    }


def test_lanes_and_stores_stand_before_the_station_that_takes_from_them() -> None:
    gaps = faces(gearbox(), busy()).gaps
    assert [[(type(g).__name__, g.loop) for g in gap] for gap in gaps] == [
        [],
        [("LaneFace", "housing")],
        [("LaneFace", "housing"), ("LaneFace", "cover")],
        [("StoreFace", "housing"), ("StoreFace", "cover")],
        [],
    ]


def test_a_lane_that_passes_a_station_by_says_where_it_comes_from() -> None:
    lanes = [g for g in faces(gearbox(), busy()).gaps[2] if isinstance(g, LaneFace)]
    assert [lane.origin for lane in lanes] == ["", "Press 1"]


def test_a_store_whose_consumer_is_up_the_line_stands_behind_the_last_station() -> None:
    upward = Loop(id="cover", part="C", route=("wash",), consumer="press")
    loops = (gearbox().loops[0], upward)
    behind = faces(gearbox(loops=loops), [])
    assert [g.loop for g in behind.gaps[3]] == ["housing", "cover"]
    assert [g.origin for g in behind.gaps[3] if isinstance(g, StoreFace)] == ["", ""]


def test_calls_are_sorted_by_urgency_and_count_down_to_the_stop() -> None:
    calls = faces(gearbox(), troubled()).calls
    assert [(c.station, c.reason, c.is_stop, c.clock_s, c.left_s, c.taken_by) for c in calls] == [
        ("Wash", "Pump fault", True, 192, None, "Ana"),
        ("Deburr", "Material missing", False, 42, 18, ""),
    ]


def test_a_restart_counts_down() -> None:
    wash = next(s for s in faces(gearbox(), [*busy(), restarting("wash")]).stations if s.id == "wash")
    assert (wash.state, wash.clock_s) == (StationState.RESTARTING, 16)


def test_faces_stay_equal_while_nothing_visible_changes() -> None:
    line, entities = crowded(6)
    still = Still(line, entities)
    shop = Shop(line, entities)
    before = board_faces(line_view(shop, still.clock.now()), still.clock.now().at_us)
    still.clock.advance(20)
    assert board_faces(line_view(shop, still.clock.now()), still.clock.now().at_us) == before
    still.clock.advance(40)
    assert board_faces(line_view(shop, still.clock.now()), still.clock.now().at_us) != before
