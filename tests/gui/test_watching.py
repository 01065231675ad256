"""A window where nothing can be done: the board has all of it, a touch shows the way, a silent line loses colour."""

from PySide6.QtCore import QPoint

from shopfloor.core.health import Condition, Health
from shopfloor.core.update import Update
from shopfloor.gui.theme import LIGHT
from shopfloor.gui.window import HOME_S, PEEK_S
from tests.gui.conftest import Show, Stage
from tests.gui.shops import normal, stopped


def silent() -> Update:
    part = Health(id="terminal", kind="terminal", condition=Condition.LOST, since_us=0)
    return Update(health=(part,))


def home(stage: Stage) -> QPoint:
    found = stage.window.page("line")
    assert found is not None
    return found.geometry().topLeft()


def test_the_board_has_the_whole_window(show: Show) -> None:
    stage = show(stopped(), watching=True)
    page = stage.window.page("line")
    assert page is not None
    assert page.geometry() == stage.window.rect()
    assert stage.window.header.isHidden()
    assert stage.window.banner.isHidden()


def test_a_touch_shows_the_way_over_the_board_for_a_while(show: Show) -> None:
    stage = show(normal(), watching=True)
    stage.tap(stage.window)
    assert stage.window.header.isVisible()
    assert home(stage) == QPoint(0, 0)
    assert stage.window._alone.interval() == PEEK_S * 1000
    stage.window._alone.timeout.emit()
    assert stage.window.header.isHidden()


def test_another_page_has_the_header_and_the_line_comes_back(show: Show) -> None:
    stage = show(normal(), watching=True)
    stage.window.go("health")
    assert stage.window.header.isVisible()
    assert stage.window._alone.interval() == HOME_S * 1000
    stage.window._alone.timeout.emit()
    assert stage.window.current == "line"
    assert stage.window.header.isHidden()


def test_the_banner_of_another_page_has_no_buttons(show: Show) -> None:
    stage = show(stopped(), watching=True)
    stage.window.go("health")
    banner = stage.window.banner
    assert banner.isVisible()
    assert not any(button.isVisible() for button in (banner.take, banner.clear, banner.stop_now, banner.more))
    assert not banner.is_narrow()


def test_a_banner_of_a_silent_line_has_no_colour_and_does_not_flash(show: Show) -> None:
    stage = show(stopped(), watching=True)
    stage.window.go("health")
    assert stage.window.banner._flash.isActive()
    before = stage.window.banner.grab().toImage()
    place = before.rect().center()
    assert before.pixelColor(place).name().upper() == LIGHT.stop
    stage.scene.tell(silent())
    after = stage.window.banner.grab().toImage()
    assert after.pixelColor(place).name().upper() == LIGHT.sunk
    assert not stage.window.banner._flash.isActive()
    assert stage.window.header._parts[0].id == "terminal"
