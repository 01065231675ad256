"""Terminals without stations on their screens: a leader's desk, one that only watches, one that waits for the line."""

from shopfloor.core import commands as c
from shopfloor.core.line_views import LinkFace, LinkLook
from shopfloor.gui.window import SIGN
from tests.gui import line_scenes, shops
from tests.gui.conftest import Show
from tests.gui.line_scenes import DESK


def test_a_leader_at_a_desk_signs_in_takes_and_clears_what_others_called(show: Show) -> None:
    stage = show(line_scenes.at_desk(), desk=DESK)
    window, scene = stage.window, stage.scene
    assert [tab.key for tab, _ in window.header.tab_rects()][-1] == SIGN
    window.header.chosen.emit(SIGN)
    next(button for button in window.sheet.buttons() if str(button.word) == "Ana").click()
    assert scene.sent == [c.SignOn(station=DESK, person="ana")]
    assert next(str(tab.word) for tab, _ in window.header.tab_rects() if tab.key == SIGN) == "Ana"
    assert window.strip.accessibleName().startswith("Ana is signed on")
    call = next(iter(scene.shop.calls))
    stage.settle()
    window.banner.take.click()
    assert scene.shop.calls[call].acked_by == "ana"
    stage.settle()
    window.banner.clear.click()
    assert scene.sent[1:] == [c.AcknowledgeCall(station=DESK, call=call), c.ClearCall(station=DESK, call=call)]


def test_a_restart_from_a_desk_needs_somebody_with_the_right_there(show: Show) -> None:
    scene = line_scenes.at_desk(shops.called().do(c.RaiseCall(station="press")))
    show(scene, desk=DESK)
    stop = next(call.id for call in scene.shop.calls.values() if call.stopped_us)
    assert scene.do(c.ClearCall(station=DESK, call=stop)).shop.calls[stop].cleared_us == 0
    scene.do(c.SignOn(station=DESK, person="ana")).do(c.ClearCall(station=DESK, call=stop))
    assert stop not in scene.shop.calls or scene.shop.calls[stop].cleared_us


def test_what_is_scanned_at_a_desk_says_where_it_belongs(show: Show) -> None:
    stage = show(line_scenes.at_desk(), desk=DESK)
    stage.scene.scan(DESK, "housing-02", after_s=2)
    assert stage.scene.shop.book(DESK).verdict is not None
    assert stage.window.strip.is_refusal()


def test_a_terminal_that_only_shows_the_line_offers_nothing_and_has_no_trouble(show: Show) -> None:
    stage = show(line_scenes.watching(), desk="")
    window, link = stage.window, stage.model.link()
    assert link is not None
    assert link.owing == 0
    assert window.header._link == LinkFace(LinkLook.UP)
    assert not window.header.isHidden()
    assert SIGN not in [tab.key for tab, _ in window.header.tab_rects()]
    assert not any(button.isVisible() for button in (window.banner.take, window.banner.clear, window.banner.stop_now))


def test_a_station_that_nobody_has_is_only_looked_at(show: Show) -> None:
    stage = show(line_scenes.normal())
    stage.model.shop.posts.pop("wash")
    stage.window.go("wash")
    assert stage.page.whose.accessibleName() == "Wash has no terminal yet"
    assert stage.page.whose.isVisible()


def test_a_terminal_without_a_line_file_waits_for_the_line_and_then_shows_it(show: Show) -> None:
    scene = line_scenes.waiting()
    stage = show(scene, desk=DESK)
    waiting = stage.window.waiting
    assert waiting.isVisible()
    assert waiting.accessibleName().startswith("Waiting for the line: Its server does not answer yet.")
    stage.window.go("health")
    assert not waiting.isVisible()
    stage.window.go("line")
    scene.do(c.ChangeLine(line=shops.gearbox()))
    assert not waiting.isVisible()
