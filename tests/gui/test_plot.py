"""The plot: what it draws where, and that nobody can drag it away."""

import itertools
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtWidgets import QApplication, QWidget

from shopfloor.gui.plot import SYMBOLS_MAX, TimePlot
from shopfloor.gui.plot_levels import Level, spread
from shopfloor.gui.ui import Ui

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 2, 6, 0, tzinfo=BERLIN).timestamp()


@pytest.fixture
def plot(qapp: object) -> Iterator[TimePlot]:
    found = TimePlot(Ui())
    found.resize(900, 500)
    found.show_zone(BERLIN)
    found.show()
    yield found
    found.hide()
    found.deleteLater()
    QApplication.processEvents()


def fill(plot: TimePlot, values: list[float], *, target_s: float | None = 55.0) -> None:
    at_s = START + np.arange(len(values), dtype=np.float64) * 60.0
    span = (round(START * 1e6), round((START + max(1, len(values)) * 60) * 1e6))
    plot.show_points(at_s, np.array(values, dtype=float), target_s=target_s, span=span)
    QApplication.processEvents()


def test_the_scale_begins_at_nothing_and_reaches_beyond_the_target(plot: TimePlot) -> None:
    fill(plot, [50.0, 52.0])
    low, high = plot.getPlotItem().viewRange()[1]
    assert low == 0
    assert high >= 55 * 1.5


def test_points_above_the_target_have_another_shape(plot: TimePlot) -> None:
    fill(plot, [50.0, 55.0, 56.0, 70.0])
    assert plot.within_count() == 2
    assert plot.late_count() == 2


def test_without_a_target_no_point_is_late(plot: TimePlot) -> None:
    fill(plot, [50.0, 55.0, 90.0], target_s=None)
    assert plot.late_count() == 0


def test_one_outlier_does_not_flatten_the_others_and_is_counted(plot: TimePlot) -> None:
    fill(plot, [50.0] * 99 + [36_000.0])
    assert plot.above == 1
    assert plot.getPlotItem().viewRange()[1][1] < 200


def test_many_points_are_a_line_without_symbols(plot: TimePlot) -> None:
    fill(plot, [60.0] * (SYMBOLS_MAX + 1))
    assert plot.within_count() + plot.late_count() == 0


def test_no_points_and_one_point_are_drawn_without_a_warning(plot: TimePlot) -> None:
    fill(plot, [])
    fill(plot, [50.0])
    plot.grab()


def test_the_time_axis_shows_local_clock_times(plot: TimePlot) -> None:
    fill(plot, [50.0] * 120)
    axis = plot.getPlotItem().getAxis("bottom")
    ((spacing, values),) = axis.tickValues(START, START + 7200, 800)
    assert axis.tickStrings(values, 1, spacing)[:3] == ["06:00", "06:15", "06:30"]


def test_the_time_axis_shows_days_when_it_spans_them(plot: TimePlot) -> None:
    axis = plot.getPlotItem().getAxis("bottom")
    ((spacing, values),) = axis.tickValues(START, START + 5 * 86_400, 800)
    assert axis.tickStrings(values, 1, spacing)[:2] == ["03.03.", "04.03."]


def test_names_of_levels_never_cover_each_other(plot: TimePlot) -> None:
    plot.show_levels((Level("50 %", 53.0), Level("target", 55.0, strong=True), Level("85 %", 57.2)))
    fill(plot, [50.0, 60.0])
    places = sorted(plot.name_places())
    step = plot.getPlotItem().viewRange()[1][1] / plot.getPlotItem().getViewBox().height()
    assert len(places) == 3
    assert all(b - a > step * 12 for a, b in itertools.pairwise(places))


def test_lines_that_fall_together_have_one_name(plot: TimePlot) -> None:
    plot.show_levels((Level("50 %", 40.0), Level("85 %", 55.0), Level("95 %", 55.1)))
    fill(plot, [50.0, 60.0])
    assert plot.name_words() == ["50 %", "85 % · 95 %"]
    plot.show_levels((Level("target", 40.0),))
    fill(plot, [50.0, 60.0])
    assert plot.name_words() == ["target"]


def test_a_long_name_of_a_level_has_room(plot: TimePlot) -> None:
    rooms = []
    for name in ("85 %", "the upper limit of the process"):
        plot.show_levels((Level(name, 40.0),))
        fill(plot, [50.0] * 60)
        rooms.append(plot.getPlotItem().viewRange()[0][1])
    assert rooms[1] > rooms[0]


def test_the_scale_reaches_to_the_limits(plot: TimePlot) -> None:
    plot.show_levels((Level("upper limit", 110.0), Level("absurd", 9000.0)))
    fill(plot, [50.0] * 60)
    assert 110 < plot.getPlotItem().viewRange()[1][1] < 200


def test_short_times_have_tenths_in_the_language(plot: TimePlot) -> None:
    axis = plot.getPlotItem().getAxis("left")
    assert axis.tickStrings([4.5], 1, 0.5) == ["0:04"]
    plot.show_points(np.array([START]), np.array([4.2]), target_s=4.0, span=(0, 1), precise=True)
    assert axis.tickStrings([4.5], 1, 0.5) == ["4.5 s"]
    plot._ui.language.choose("de")
    assert axis.tickStrings([4.5, 60.0], 1, 0.5) == ["4,5 s", "1:00"]


@given(st.lists(st.floats(0, 100), max_size=6), st.floats(1, 12))
def test_spread_places_keep_their_order_their_distance_and_the_scale(values: list[float], step: float) -> None:
    values.sort()
    found = spread(values, step, 100.0)
    assert len(found) == len(values)
    assert all(b - a >= step * 0.999 for a, b in itertools.pairwise(found))
    assert all(step * 0.499 <= place <= 100 - step * 0.499 for place in found)


def test_names_with_room_stand_at_their_lines() -> None:
    assert spread([10.0, 30.0, 50.0], 5.0, 100.0) == (10.0, 30.0, 50.0)
    assert spread([50.0, 51.0], 4.0, 100.0) == (48.5, 52.5)


def test_a_finger_goes_through_it_to_the_page(qapp: object) -> None:
    page = QWidget()
    page.resize(900, 500)
    plot = TimePlot(Ui(), page)
    plot.resize(900, 500)
    page.show()
    assert page.childAt(300, 200) is None
    page.hide()
    page.deleteLater()
    QApplication.processEvents()


def test_more_points_than_pixels_are_drawn_by_their_peaks(plot: TimePlot) -> None:
    values = [50.0] * 99_999
    values[40_000] = 80.0
    fill(plot, values)
    drawn_x, drawn_y = plot.drawn_line()
    assert len(drawn_x) < 20_000
    assert max(drawn_y) == 80.0
