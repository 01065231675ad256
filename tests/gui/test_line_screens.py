"""A line of terminals on the screens: the link, the second tick, silent stations, stops that are seen, findings."""

from datetime import UTC

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest

from shopfloor.core import commands as c
from shopfloor.core.commands_andon import SettleFinding
from shopfloor.core.health import Condition, Health
from shopfloor.core.line_link import LinkState
from shopfloor.core.line_views import LinkFace, LinkLook, Seen
from shopfloor.core.state_line import FindingKind
from shopfloor.core.update import Update
from shopfloor.core.words_line import finding_words
from shopfloor.gui.bridge import LINK_MS
from shopfloor.gui.calls_tabs import Part
from shopfloor.gui.line_words import link_said, seen_said
from shopfloor.gui.theme import MM_PER_INCH
from shopfloor.gui.ui import Ui
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
    assert painted == [stop]  # at once: before everything else that has to be painted
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


@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
def test_a_finding_of_every_kind_says_what_is_not_known_and_what_settles_it(
    show_calls: ShowCalls, language: str
) -> None:
    scene = line_scenes.every_finding()
    assert {finding.kind for finding in scene.shop.findings.values()} == set(FindingKind)
    for finding in scene.shop.findings.values():
        words, remedy = finding_words(scene.shop, finding, UTC)
        assert (finding.kind, bool(str(words)), bool(str(remedy))) == (finding.kind, True, True)
        assert "{" not in f"{words}{remedy}"
    for size in ((1024, 500), (1080, 1700)):
        stage = show_calls(scene, "press", size=size, language=language)
        stage.show_part(Part.ASIDE)
        turns = 0
        while turns < len(FindingKind):
            stage.page.grab()
            stage.page.put_aside.list.turn()
            stage.settle()
            turns += 1
        assert (size, stage.ui.clipped) == (size, set())


def test_where_findings_do_not_fit_on_a_page_add_takes_no_room_from_them(show_calls: ShowCalls) -> None:
    scene = line_scenes.every_finding()
    stage = show_calls(scene, "press", size=(1004, 200))
    stage.show_part(Part.ASIDE)
    part, seen = stage.page.put_aside, set[str]()
    for _ in scene.shop.findings:
        rows = part.list.row_rects()
        assert len(rows) >= 2 or seen
        seen |= {key for key, _ in rows}
        assert not part.add.geometry().intersects(part.list.more.geometry())
        assert all(rect.bottom() < part.add.geometry().top() for _, rect in rows)
        part.list.turn()
    assert seen >= set(scene.shop.findings)
    stage.model.shop.put([replace(finding, settled=True) for finding in list(stage.model.shop.findings.values())[1:]])
    stage.settle()
    assert part.add.height() > part.list.more.height(), "there is room for it again"


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
    assert "The line cannot be asked: link lost since" in stage.page.strip.accessibleName()
    assert len(stage.window.banner._calls) == 1


@pytest.mark.parametrize("size", [(1024, 600), (1280, 800), (1920, 1080)])
def test_what_is_not_recorded_or_not_real_is_said_beside_the_link(show: Show, size: tuple[int, int]) -> None:
    stage = show(line_scenes.normal(), "press", "assembly", size=size)
    header = stage.window.header
    owed = Health(id="store", kind="store", condition=Condition.TROUBLE, since_us=0, counts={"not_recorded": 3})
    unreal = replace(next(iter(stage.model.health.values())), condition=Condition.VIRTUAL)
    right = round(header.tab_rects()[-1][1].right()) + 1
    for part in (owed, unreal):
        before = header.grab().copy(right, 0, header.width(), header.height()).toImage()
        stage.scene.tell(Update(health=(part,)))
        assert header.grab().copy(right, 0, header.width(), header.height()).toImage() != before, part.id
    assert stage.ui.clipped == set()


def test_who_has_seen_a_stop_is_painted_together_and_a_stop_at_once(show: Show) -> None:
    stage = show(line_scenes.stopped())
    link = stage.scene.link
    assert link is not None
    painted: list[int] = []
    stage.model.updated.connect(lambda _: painted.append(1))
    QTest.qWait(2 * LINK_MS)
    stop = link.stops[0]
    for number in range(1, 10):
        seen = tuple(f"t{one}" for one in range(number))
        stage.scene.linked(replace(link, stops=(replace(stop, seen=seen),)))
    assert len(painted) == 1
    assert (shown := stage.model.link()) is not None
    assert shown.stops[0].seen == seen
    another = replace(stop, call=replace(stop.call, id="press.1-99"))
    stage.scene.linked(replace(link, stops=(stop, another)))
    stage.scene.linked(replace(link, state=LinkState.LOST, since_us=stage.scene.now().at_us))
    assert len(painted) == 3
    QTest.qWait(4 * LINK_MS)
    assert len(painted) == 4
