"""Where stations stand on the board, for every size of line and screen."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRectF

from shopfloor.gui.board_layout import ARROW_MM, GAP_MM, TILE_MM, lay_flow

PX_MM = 4.0
SIZES = st.tuples(st.floats(200, 4000), st.floats(150, 2200))
GAPS = st.lists(st.booleans(), min_size=2, max_size=41).map(tuple)


@given(SIZES, GAPS)
def test_nothing_leaves_the_area_and_nothing_overlaps(size: tuple[float, float], gaps: tuple[bool, ...]) -> None:
    area = QRectF(10, 20, *size)
    found = lay_flow(area, PX_MM, gaps)
    assert len(found.tiles) == len(gaps) - 1
    assert len(found.gaps) == len(gaps)
    places = [*found.tiles, *(gap for gap in found.gaps if gap is not None)]
    roomy = area.adjusted(-0.01, -0.01, 0.01, 0.01)
    assert all(roomy.contains(place) for place in places)
    assert not any(a.adjusted(0.01, 0.01, -0.01, -0.01).intersects(b) for a, b in itertools.combinations(places, 2))


@given(SIZES, GAPS)
def test_a_tile_holds_its_contents_at_the_scale_it_is_drawn_with(
    size: tuple[float, float], gaps: tuple[bool, ...]
) -> None:
    found = lay_flow(QRectF(0, 0, *size), PX_MM, gaps)
    unit = PX_MM * found.scale
    if found.scale <= 0.1:
        return  # there is no room for so many at any size; they are drawn as small as it gets
    assert all(tile.width() >= TILE_MM[0] * unit - 0.01 for tile in found.tiles)
    assert all(tile.height() >= TILE_MM[1] * unit - 0.01 for tile in found.tiles)
    for filled, place in zip(gaps, found.gaps, strict=True):
        if filled:
            assert place is not None
            assert place.width() >= GAP_MM * unit - 0.01


@given(SIZES, GAPS)
def test_reading_order_is_flow_order(size: tuple[float, float], gaps: tuple[bool, ...]) -> None:
    tiles = lay_flow(QRectF(0, 0, *size), PX_MM, gaps).tiles
    assert [(t.top(), t.left()) for t in tiles] == sorted((t.top(), t.left()) for t in tiles)


def test_a_wide_screen_has_one_row_and_a_high_one_several() -> None:
    gaps = (False, True, True, True, False)
    wide = lay_flow(QRectF(0, 0, 1900, 320), PX_MM, gaps)
    high = lay_flow(QRectF(0, 0, 1000, 1500), PX_MM, gaps)
    assert len({tile.top() for tile in wide.tiles}) == 1
    assert len({tile.top() for tile in high.tiles}) == 4
    assert high.scale > wide.scale


def test_an_arrow_takes_less_room_than_a_lane() -> None:
    found = lay_flow(QRectF(0, 0, 1900, 400), PX_MM, (False, False, True, False))
    arrow, lane = found.gaps[1], found.gaps[2]
    assert arrow is not None
    assert lane is not None
    assert arrow.width() / lane.width() == pytest.approx(ARROW_MM / GAP_MM)


def test_a_line_without_stations_has_no_tiles() -> None:
    assert lay_flow(QRectF(0, 0, 800, 600), PX_MM, (False,)).tiles == ()
