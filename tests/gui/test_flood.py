"""Two hundred calls in a minute: the operator's own station stays as it is, and each call costs the screen little."""

import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import msgspec
from PySide6.QtWidgets import QApplication

from shopfloor.core import commands as c
from shopfloor.core.line import Line, Station
from shopfloor.core.views import StationState, station_state
from tests.gui import andon_scenes
from tests.gui.conftest import Show, Stage

CALLS = 200
STATIONS = 100
REASONS = ("gripper", "crane")
WORK_RATIO_MAX = 6  # of the last call to the first: calls are read once each look, never once a station


def long_line() -> Line:
    """The gearbox line, and a hundred stations more."""
    base = andon_scenes.line()
    more = tuple(Station(id=f"x{n:03d}", name=f"Station {n}", segment="Far") for n in range(STATIONS))
    return msgspec.structs.replace(base, stations=(*base.stations, *more))


def flood(stage: Stage, each: Callable[[Callable[[], object]], object] = lambda call: call()) -> None:
    """Every station calls, for one reason after the other, within a minute; every tenth call is our own station's."""
    ours = [reason.id for reason in stage.scene.shop.line.reasons if reason.kind == "help" and not reason.deadline_s]
    for n in range(CALLS):
        station, reason = f"x{n % STATIONS:03d}", REASONS[n // STATIONS]
        if n % 10 == 9 and ours:
            station, reason = "press", ours.pop()
        each(partial(stage.scene.do, c.RaiseCall(station=station, reason=reason)))
        stage.scene.clock.advance(60 / CALLS)


def places(stage: Stage) -> list[object]:
    """Where the buttons of the station and of the banner stand."""
    bar, banner = stage.page.bar, stage.window.banner
    return [w.geometry() for w in (stage.page, bar, bar.help, bar.stop, bar.undo, bar.sign, banner.take, banner.clear)]


def test_the_stations_buttons_keep_their_places_and_work(show: Show) -> None:
    stage = show(andon_scenes.at_work(long_line()), size=(1280, 800))
    stage.scene.do(c.RaiseCall(station="x000", reason="tool"))
    stage.scene.do(c.RaiseCall(station="x001", reason="tool"))
    before = places(stage)
    seen: list[bool] = []

    def look(call: Callable[[], object]) -> None:
        call()
        QApplication.processEvents()
        seen.append(places(stage) == before)

    flood(stage, look)
    assert len(stage.scene.shop.calls) > CALLS * 0.9
    assert all(seen)
    stage.settle()
    stage.tap(stage.page.bar.help)
    assert stage.scene.sent[-1] == c.RaiseCall(station="press", reason="help")
    stage.page.sheet.leave()
    stage.tap(stage.page.bar.stop)
    assert stage.scene.sent[-1] == c.RaiseCall(station="press")
    assert station_state(stage.scene.shop, "press") is StationState.STOPPED
    assert stage.window.banner._calls[0].station == "press", "a stop comes before every call for help"
    assert stage.ui.clipped == set()


def test_the_work_of_a_call_does_not_grow_with_the_line_and_hardly_with_the_calls(show: Show) -> None:
    stage = show(andon_scenes.at_work(long_line()), size=(1280, 800))
    work: list[int] = []

    def measure(call: Callable[[], object]) -> None:
        call()  # the rules' own work is not the screen's
        count = 0

        def count_calls(_frame: FrameType, event: str, _arg: object) -> None:
            nonlocal count
            count += event in {"call", "c_call"}

        sys.setprofile(count_calls)
        try:
            stage.window.refresh()
            stage.page.refresh()
            QApplication.processEvents()
        finally:
            sys.setprofile(None)
        work.append(count)

    flood(stage, measure)
    first, last = sorted(work[1:20])[9], sorted(work[-20:])[10]
    assert last <= WORK_RATIO_MAX * first, (first, last)


def test_calls_of_the_own_station_are_said_first_to_whoever_may_take_them_back(show: Show) -> None:
    stage = show(andon_scenes.at_work(long_line()), size=(1280, 800))
    flood(stage)
    stage.tap(stage.page.bar.help)
    stage.page.sheet.leave()
    stage.settle()
    assert str(stage.window.banner.take.word) == "TAKE BACK"
    stage.tap(stage.window.banner.take)
    assert stage.scene.shop.open_call("press", "help") is None
    assert len(stage.scene.shop.calls) > CALLS * 0.9, "only the mistake is taken back"
