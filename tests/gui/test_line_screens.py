"""A line of terminals on the screens: the link, the second tick, silent stations, stops that are seen, findings."""

import queue
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint

from shopfloor.app import Terminal
from shopfloor.core import commands as c
from shopfloor.core.commands_andon import SettleFinding
from shopfloor.core.commands_line import TakeOver
from shopfloor.core.line_link import LinkState
from shopfloor.core.line_views import LinkFace, LinkLook, Seen
from shopfloor.core.moment import Now
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome
from shopfloor.gui.calls_tabs import Part
from shopfloor.gui.line_words import link_said, seen_said
from shopfloor.gui.theme import MM_PER_INCH
from shopfloor.gui.ui import Ui
from shopfloor.gui.window import SIGN
from tests.gui import line_scenes, shops
from tests.gui.calls_stage import ShowCalls
from tests.gui.conftest import INCH_10, Show
from tests.gui.line_scenes import DESK

SIZES = {"1024x600": ((1024, 600), INCH_10), "1080x1920": ((1080, 1920), 102 / MM_PER_INCH)}


@pytest.mark.parametrize("screen", SIZES)
@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
def test_no_word_about_the_line_is_cut(show: Show, screen: str, language: str) -> None:
    size, mm = SIZES[screen]
    for name, scene in line_scenes.SCENES.items():
        stage = show(scene(), size=size, mm=mm, language=language)
        stage.window.grab()
        assert (name, stage.ui.clipped) == (name, set())
    for name, scene in line_scenes.DESKS.items():
        stage = show(scene(), size=size, mm=mm, language=language, desk=DESK)
        stage.window.grab()
        assert (name, stage.ui.clipped) == (name, set())


def test_a_terminal_alone_says_nothing_of_a_line(show: Show) -> None:
    alone, joined = show(shops.normal()), show(line_scenes.normal())
    assert alone.window.header._link is None
    assert joined.window.header._link == LinkFace(LinkLook.UP)
    assert alone.page.strip._on_line is None


def test_a_link_that_says_nothing_more_is_lost_within_four_seconds(show: Show) -> None:
    stage = show(line_scenes.normal())
    stage.scene.clock.advance(3.5)
    stage.window.refresh()
    assert stage.window.header._link == LinkFace(LinkLook.UP)
    stage.scene.clock.advance(0.6)
    stage.window.refresh()
    assert stage.window.header._link == LinkFace(LinkLook.LOST, 4_000_000)


def test_nothing_jumps_when_the_link_is_lost_and_comes_back(show: Show) -> None:
    stage = show(line_scenes.normal())
    places = [rect for _, rect in stage.window.header.tab_rects()]
    before = stage.window.grab().toImage()
    link = stage.scene.link
    assert link is not None
    stage.scene.linked(replace(link, state=LinkState.LOST, since_us=stage.scene.now().at_us))
    lost = stage.window.grab().toImage()
    assert lost != before
    assert [rect for _, rect in stage.window.header.tab_rects()] == places
    stage.scene.linked(link)
    assert stage.window.grab().toImage() == before


def test_the_second_tick_comes_when_the_line_has_it_and_moves_no_word(show: Show) -> None:
    stage = show(line_scenes.not_yet())
    strip = stage.page.strip
    one = strip.grab().toImage()
    assert "(on the line)" not in strip.accessibleName()
    link = stage.scene.link
    assert link is not None
    stage.scene.linked(replace(link, acked=400))
    two = strip.grab().toImage()
    assert "(on the line)" in strip.accessibleName()
    words = round(two.width() * 0.1)
    assert two.copy(words, 0, two.width(), two.height()) == one.copy(words, 0, one.width(), one.height())
    assert two != one


def test_the_link_is_said_in_words(show: Show) -> None:
    ui = Ui()
    assert link_said(ui, LinkFace(LinkLook.LOST, 12_000_000)) == "line lost 0:12"
    assert link_said(ui, LinkFace(LinkLook.BEHIND, behind=1204)) == "behind 1\u202f204"
    assert {link_said(ui, LinkFace(look)) for look in LinkLook} >= {"line", "line: no right", "line: trouble"}


def test_a_stop_says_who_has_not_shown_it() -> None:
    ui = Ui()
    assert seen_said(ui, Seen(7, 8, ("Paint",))) == "seen by 7 of 8, not: Paint"
    assert seen_said(ui, Seen(8, 8)) == "seen by all 8"
    assert seen_said(ui, Seen(1, 8, alone=True)) == "only this terminal knows"
    assert seen_said(ui, Seen(3, 8, ("A", "B", "C", "D", "E"))) == "seen by 3 of 8, not: A, B, C +2"


def test_the_banner_says_how_far_a_stop_is_known(show: Show) -> None:
    assert "seen by 5 of 6, not: paint" in banner(show, line_scenes.stopped())
    assert "only this terminal knows" in banner(show, line_scenes.stopped_alone())
    assert "seen by" not in banner(show, line_scenes.stopped(ago_s=0.8))


def banner(show: Show, scene: shops.Scene) -> str:
    """The lower line of the banner."""
    shown = show(scene).window.banner
    return shown._taken(shown._calls[0])


def test_a_stop_is_told_as_painted_when_the_banner_was_painted(show: Show) -> None:
    painted: list[str] = []
    stage = show(line_scenes.normal())
    stage.window._painted_stop = painted.append
    stage.scene.do(c.RaiseCall(station="press", reason="material"))
    stage.window.grab()
    assert painted == []
    stage.scene.do(c.RaiseCall(station="press", reason="safety"))
    stop = next(call.id for call in stage.scene.shop.calls.values() if call.stopped_us)
    assert painted == []  # the mirror has it, and nothing was painted yet
    stage.window.grab()
    stage.window.grab()
    assert painted == [stop]


def test_a_stop_told_ahead_of_the_log_stands_on_the_screen(show: Show) -> None:
    stage = show(line_scenes.stopped_ahead())
    assert stage.window.banner._calls[0].id == "wash.1-77"
    assert stage.scene.shop.calls == {}


def test_the_page_of_another_terminals_station_says_whose_it_is_and_takes_no_touch(show: Show) -> None:
    stage = show(line_scenes.one_silent())
    stage.scene.sent.clear()
    stage.window.go("deburr")
    page = stage.page
    assert page.station == "deburr"
    assert page.whose.isVisible()
    assert page.whose.accessibleName() == "Deburr belongs to terminal deburr"
    for at in (QPoint(30, 30), page.rect().center(), QPoint(page.width() // 2, page.height() - 30)):
        assert page.childAt(at) is page.whose
        stage.tap(page.whose, at)
    assert stage.scene.sent == []
    stage.window.go("press")
    assert not stage.page.whose.isVisible()


def test_a_board_beside_a_terminal_opens_no_station(show: Show) -> None:
    stage = show(line_scenes.normal(), watching=True)
    before = stage.window.current
    stage.window.go("deburr")
    assert stage.window.current == before


def test_a_station_that_was_taken_over_is_only_looked_at(show: Show) -> None:
    stage = show(line_scenes.normal())
    assert stage.page.whose.isHidden()
    post = replace(stage.scene.shop.posts["press"], terminal="wash", origin="wash.1", epoch=1)
    stage.model.shop.put([post])
    stage.page.refresh()
    assert stage.page.whose.isVisible()


def test_what_has_to_be_looked_at_is_on_both_stations(show: Show) -> None:
    stage = show(line_scenes.findings(), size=(1280, 800))
    assert stage.page.hint.accessibleName() == "Where is GB-100 4? Press 1 15:15:27 or Assembly 15:15:28"
    assert stage.page.hint.isVisible()


def test_a_leader_settles_a_finding_with_a_tap(show_calls: ShowCalls) -> None:
    scene = line_scenes.leader_findings()
    stage = show_calls(scene, "press")
    stage.show_part(Part.ASIDE)
    part = stage.page.put_aside
    assert [row.key for row in part.list.rows()][:2] == ["card:housing-04", "post:wash"]
    part.buttons[0].click()
    assert scene.sent[-1] == SettleFinding(station="press", finding="card:housing-04")
    stage.settle()
    assert "card:housing-04" not in [row.key for row in part.list.rows()]


def test_the_calls_page_tells_which_stops_it_painted(show_calls: ShowCalls) -> None:
    scene = line_scenes.stopped()
    stage = show_calls(scene, "press")
    painted: list[tuple[str, ...]] = []
    stage.page.stops_painted.connect(painted.append)
    stage.page.grab()
    stop = next(call.id for call in scene.shop.calls.values() if call.stopped_us)
    assert painted[-1] == (stop,)
    assert stage.facts()["known on the line"] == "seen by 5 of 6, not: paint"


def test_the_line_is_not_restarted_without_the_link_and_the_strip_says_so(show: Show) -> None:
    stage = show(line_scenes.restart_refused())
    assert stage.page.strip.is_refusal()
    assert "link to the line is lost" in stage.page.strip.accessibleName()
    assert len(stage.window.banner._calls) == 1


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


def test_a_leader_takes_a_silent_station_over_and_works_there(show: Show) -> None:
    stage = show(line_scenes.silent_for_leader(), size=(1280, 800))
    scene, window = stage.scene, stage.window
    scene.shop.origin = line_scenes.OWN
    window.go("deburr")
    page = stage.page
    assert page.whose.take.isVisible()
    page.whose.take.click()
    assert page.sheet.isVisible()
    facts = {str(name): str(value) for name, value in page.sheet.facts}
    assert facts == {
        "not heard for": "0:42",
        "what moves here": "Deburr",
        "in process there": "nothing",
        "cards it may still start": "Deburr: 2",
    }
    lent: list[str] = []
    window.lent.connect(lent.append)
    stage.settle()
    page.sheet.buttons()[0].click()
    assert scene.sent[-1] == TakeOver(station="press", stations=("deburr",), reason="The terminal is broken")
    assert page.whose.isHidden()
    assert window.stations == ("press", "deburr")
    window.go("deburr")
    assert lent == ["deburr"]
    assert window.places.acting(window.current) == "deburr"
    window.go("press")
    assert lent == ["deburr", ""]
    assert window.places.acting("line") == "press"


def test_nothing_is_offered_without_the_right_the_link_or_a_silent_terminal(show: Show) -> None:
    def offered(scene: shops.Scene, station: str = "deburr") -> bool:
        stage = show(scene)
        stage.window.go(station)
        return stage.page.whose.take.isVisible()

    assert offered(line_scenes.silent_for_leader())
    assert not offered(line_scenes.one_silent())
    assert not offered(line_scenes.lost().do(c.SignOn(station="press", person="ana")))
    assert not offered(line_scenes.normal().do(c.SignOn(station="press", person="ana")))
    assert not offered(line_scenes.taken_away(), "press")
    assert offered(line_scenes.leader_takes_back(), "press")


def test_a_station_that_was_taken_says_so_calmly_and_a_leader_takes_it_back(show: Show) -> None:
    stage = show(line_scenes.leader_takes_back())
    whose, scene = stage.page.whose, stage.scene
    assert whose.accessibleName() == "Press 1 was taken over by wash at 14:15:44"
    assert str(whose.take.word) == "TAKE BACK"
    whose.take.click()
    stage.settle()
    stage.page.sheet.buttons()[0].click()
    assert scene.sent[-1] == TakeOver(station="press", stations=("press",), reason="The terminal works again")
    assert scene.shop.posts["press"].epoch == 2
    assert whose.isHidden()


class Asking(shops.Scene):
    """A line that is still asked when the page has gone on."""

    replies: list[Callable[[Outcome], None]]

    def submit(
        self, command: c.Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None
    ) -> bool:
        if reply is None:
            return super().submit(command, now, command_id=command_id)
        self.replies.append(reply)
        return True


def test_the_answer_is_waited_for_and_a_refusal_is_said_on_the_page(show: Show) -> None:
    scene = line_scenes.silent_for_leader()
    scene.__class__, asking = Asking, scene
    assert isinstance(asking, Asking)
    asking.replies = []
    stage = show(asking)
    stage.window.go("deburr")
    page = stage.page
    page.whose.take.click()
    stage.settle()
    page.sheet.buttons()[0].click()
    assert str(page.whose.take.word) == "ASKING THE LINE"
    assert not page.whose.take.isEnabled()
    refusal = Refusal(Rule.NOT_POSSIBLE, {"what": "take_over_none"})
    words = Text("Somebody was faster"), Text("Look again.")
    asking.replies[0](Outcome(n=7, kind="scan_refused", refusal=refusal, words=words[0], remedy=words[1]))
    assert page.taking.said == words
    assert page.whose._said == words
    assert str(page.whose.take.word) == "TAKE OVER"


def test_scanners_scan_for_a_station_that_was_taken_over_while_it_is_lent(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, ["press"], line=shops.gearbox())
    terminal.open()
    told: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
    stations = []
    for lent in ("", "deburr", "wash"):
        terminal.lend_scanners(lent)
        for kind in (c.SignalKind.SCAN, c.SignalKind.BUTTON):
            read = c.ReadSignal(station="press", device="gun-1", text=f"{kind} {lent}", signal=kind)
            terminal._submit_signal(read, terminal.clock.now(), reply=told.put)
            stations.append(told.get(timeout=20).station)
    terminal.stop()
    assert stations == ["press", "press", "deburr", "press", "wash", "press"]
