"""The terminal's window: nothing is cut in any language, pages by touch, sounds, devices, the call list."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from shopfloor.core import commands as c
from shopfloor.core.health import Condition, Health
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome, Update
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.header import STATIONS, Header
from shopfloor.gui.lang import PSEUDO
from shopfloor.gui.theme import DARK, LIGHT, MM_PER_INCH, scale_for
from shopfloor.gui.ui import Ui
from shopfloor.gui.window import TerminalWindow
from tests.gui.conftest import INCH_10, Show, Stage
from tests.gui.scenes import SCENES
from tests.gui.shops import line_stop, lost_port, normal, stopped

SCREENS = {
    "1024x600": ((1024, 600), INCH_10),
    "1280x800": ((1280, 800), INCH_10),
    "1920x1080": ((1920, 1080), 92 / MM_PER_INCH),
    "3840x2160": ((3840, 2160), 163 / MM_PER_INCH),
    "1080x1920": ((1080, 1920), 102 / MM_PER_INCH),
}


def tab(stage: Stage, key: str) -> QPoint:
    """Where a tab is."""
    return next(rect for shown, rect in stage.window.header.tab_rects() if shown.key == key).center().toPoint()


@pytest.mark.parametrize(
    ("screen", "language"),
    [*((screen, PSEUDO) for screen in SCREENS), ("1024x600", "en"), ("1024x600", "de"), ("1080x1920", "de")],
)
def test_no_text_is_cut(show: Show, screen: str, language: str) -> None:
    size, mm = SCREENS[screen]
    names = ("normal", "leader", "stopped", "consumer") if size[0] > 3000 else tuple(SCENES)  # more pixels, same layout
    for name in names:
        make, station = SCENES[name]
        stage = show(make(), station, size=size, mm=mm, language=language)
        stage.window.grab()
        assert (name, stage.ui.clipped) == (name, set())


@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
def test_no_question_is_cut(show: Show, language: str) -> None:
    stage = show(stopped(), language=language)
    page = stage.page
    questions: list[Callable[[], object]] = [
        page.bar.help.click,
        page.bar.sign.click,
        page._ask_pass,
        page._on_undo,
        lambda: page.cards.ask("housing-02"),
        lambda: page.cards.ask("housing-04"),
        lambda: page.cards._do_card("hold", "housing-02"),
    ]
    for ask in questions:
        ask()
        stage.window.grab()
        assert stage.ui.clipped == set()
        page.sheet.leave()


def test_a_language_is_switched_without_a_restart(show: Show) -> None:
    stage = show(normal())
    before = stage.window.grab().toImage()
    stage.ui.language.choose("de")
    after = stage.window.grab().toImage()
    assert after != before
    stage.ui.language.choose("en")
    assert stage.window.grab().toImage() == before


def test_the_dark_theme_is_dark(show: Show) -> None:
    light, dark = (show(normal(), palette=palette).window.grab().toImage() for palette in (LIGHT, DARK))
    assert light.pixelColor(2, 300).lightness() > 200
    assert dark.pixelColor(2, 300).lightness() < 50


def test_pages_are_made_when_they_are_first_touched(show: Show) -> None:
    stage = show(normal())
    assert stage.window.page("line") is None
    stage.tap(stage.window.header, tab(stage, "line"))
    assert stage.window.current == "line"
    assert isinstance(stage.window.page("line"), QLabel)
    stage.tap(stage.window.header, tab(stage, "press"))
    assert stage.page.isVisible()


def test_the_devices_open_health(show: Show) -> None:
    stage = show(lost_port())
    stage.tap(stage.window.header, QPoint(stage.window.header.width() - 20, 20))
    assert stage.window.current == "health"


def test_the_last_verdict_is_on_every_page(show: Show) -> None:
    stage = show(normal())
    assert stage.window.strip.isHidden()
    stage.window.go("line")
    assert not stage.window.strip.isHidden()
    assert not stage.window.strip.is_refusal()
    stage.scene.scan("press", "housing-01", after_s=3)
    assert stage.window.strip.is_refusal()


def test_the_page_follows_the_scanner(show: Show) -> None:
    stage = show(normal(), "press", "deburr")
    stage.scene.scan("deburr", "housing-05", after_s=3)
    assert stage.window.current == "deburr"
    stage.window.go("line")
    stage.scene.scan("press", "housing-01", after_s=3)
    assert stage.window.current == "line"


def test_stations_that_do_not_fit_are_behind_one_tab(show: Show) -> None:
    stage = show(normal(), "press", "deburr", "wash", "assembly", size=(640, 800))
    keys = [shown.key for shown, _ in stage.window.header.tab_rects()]
    assert keys == ["press", STATIONS, "line", "calls", "health"]
    stage.tap(stage.window.header, tab(stage, STATIONS))
    button = next(b for b in stage.window.sheet.buttons() if str(b.word) == "Wash")
    stage.settle()
    stage.tap(button)
    assert stage.window.current == "wash"


def test_tabs_never_overlap_and_are_large_enough(show: Show) -> None:
    stage = show(normal(), "press", "deburr", "wash")
    rects = [rect for _, rect in stage.window.header.tab_rects()]
    assert all(a.right() < b.left() for a, b in pairwise(rects))
    assert all(rect.width() >= stage.ui.theme.mm(20) for rect in rects)


def test_a_lost_device_is_shown_with_its_age_first(show: Show) -> None:
    stage = show(lost_port())
    header: Header = stage.window.header
    assert [part.id for part in header._parts][:2] == ["box-1", "gun-1"]
    before = header.grab().toImage()
    stage.scene.wait(1)
    stage.window.refresh()
    assert header.grab().toImage() != before


def test_devices_of_other_stations_are_not_shown(show: Show) -> None:
    stage = show(normal().ill("gun-9", Condition.LOST, station="wash"))
    assert "gun-9" not in [part.id for part in stage.window.header._parts]


def test_every_call_can_be_reached_from_the_banner(show: Show) -> None:
    stage = show(stopped())
    stage.settle()
    stage.tap(stage.window.banner.more)
    assert stage.window.current == "calls"
    assert stage.window.banner.isHidden(), "the page tells the calls itself"


def test_what_the_disk_did_not_take_is_said_until_the_next_verdict(show: Show) -> None:
    stage = show(normal())
    lost = Outcome(
        n=0, kind="not_recorded", station="press", device="gun-1", words=Text("Not recorded."), remedy=Text("Again.")
    )
    stage.scene.wait(1).tell(Update(outcome=lost))
    assert stage.page.strip.is_refusal()
    assert stage.page.strip.accessibleName() == "Not recorded."
    assert stage.cues == ["refused"]
    stage.window.go("line")
    assert stage.window.strip.is_refusal()
    stage.scene.scan("press", "housing-04", after_s=60)
    assert not stage.window.strip.is_refusal()
    stage.window.go("press")
    assert not stage.page.strip.is_refusal()


@pytest.mark.parametrize("size", [(1024, 600), (1280, 800), (1080, 1920), (800, 480)])
@pytest.mark.parametrize("language", ["en", "de", PSEUDO])
def test_what_is_not_recorded_yet_is_on_every_page(show: Show, size: tuple[int, int], language: str) -> None:
    stage = show(lost_port(), size=size, language=language)
    for key in ("press", "line", "calls", "health"):
        stage.window.go(key)
        before = stage.window.header.grab().toImage()
        stage.scene.tell(Update(health=(owing(3),)))
        assert stage.window.header.grab().toImage() != before
        assert stage.ui.clipped == set()
        stage.scene.tell(Update(health=(owing(0),)))


def owing(count: int) -> Health:
    """A store that owes the disk so many calls."""
    condition = Condition.TROUBLE if count else Condition.UP
    return Health(id="store", kind="store", condition=condition, since_us=0, counts={"not_recorded": count})


def test_the_buttons_of_a_banner_act_for_this_station(show: Show) -> None:
    stage = show(line_stop().do(c.SignOn(station="press", person="ana")))
    call = next(iter(stage.scene.shop.calls))
    stage.settle()
    stage.tap(stage.window.banner.clear)
    assert stage.scene.sent == [c.ClearCall(station="press", call=call)]
    assert stage.window.banner.isHidden()


def test_a_help_call_is_stopped_from_the_banner(show: Show) -> None:
    stage = show(normal().do(c.RaiseCall(station="press", reason="material")).wait(9))
    call = next(iter(stage.scene.shop.calls))
    stage.settle()
    stage.tap(stage.window.banner.stop_now)
    assert stage.scene.sent == [c.StopCall(station="press", call=call)]
    assert stage.window.banner.stop_now.isHidden()


def test_the_border_flashes_until_somebody_takes_the_call(show: Show) -> None:
    stage = show(normal().do(c.RaiseCall(station="press", reason="material")).wait(9))
    assert stage.window.banner._flash.isActive()
    stage.scene.do(c.AcknowledgeCall(station="press"))
    assert not stage.window.banner._flash.isActive()


def test_sounds_follow_what_happens(show: Show) -> None:
    stage = show(normal())
    stage.scene.scan("press", "housing-04", after_s=60)
    stage.scene.do(c.RaiseCall(station="press", reason="material"), after_s=2)
    stage.scene.do(c.RaiseCall(station="press", reason="material"), after_s=2)
    stage.scene.do(c.RaiseCall(station="wash", reason="pump"), after_s=2)
    stage.scene.wait(60)
    assert set(stage.cues) <= {"accepted", "refused", "asked"}
    assert stage.cues[0] == "accepted"  # calls themselves are sounded by the terminal, with or without a screen


def test_the_first_frame_is_announced_once(qtbot: QtBot) -> None:
    scene = normal()
    model = LineModel(scene.listen, scene.submit, scene.clock)
    window = TerminalWindow(Ui(), model, ("press",))
    qtbot.addWidget(window)
    told: list[int] = []
    window.painted.connect(lambda: told.append(1))
    window.show()
    qtbot.waitUntil(lambda: told == [1])
    window.grab()
    QApplication.processEvents()
    assert told == [1]
    model.close()


def test_a_larger_window_has_larger_sizes(show: Show) -> None:
    stage = show(normal())
    before = stage.ui.theme.scale
    stage.window.resize(1920, 1080)
    assert stage.ui.theme.scale == pytest.approx(scale_for(1920, 1080, INCH_10))
    assert stage.ui.theme.scale > before
