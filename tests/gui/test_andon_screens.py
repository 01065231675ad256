"""Calls on the station's page and in the banner: what is shown is true, and every way out of it works."""

import msgspec
import pytest

from shopfloor.core import commands as c
from shopfloor.core.commands_andon import GiveCause, NameCall
from shopfloor.core.state_andon import Problem
from shopfloor.core.update import Update
from shopfloor.core.views import call_views
from shopfloor.gui.banner import Banner
from shopfloor.gui.deadline_bar import gone_share
from shopfloor.gui.lang import PSEUDO
from tests.gui import andon_scenes
from tests.gui.andon_scenes import CALLED, SCENES
from tests.gui.conftest import INCH_10, Show, Stage
from tests.gui.shops import Scene


def words(banner: Banner) -> tuple[str, str]:
    """Who and until when."""
    call = banner._calls[0]
    return banner._taken(call), banner._deadline(call)


def answer(stage: Stage, word: str) -> None:
    """Touch an answer of the open sheet."""
    button = next(b for b in stage.page.sheet.buttons() if word in str(b.word))
    stage.settle()
    stage.tap(button)


SCREENS = {
    "1024x600": ((1024, 600), INCH_10),
    "1280x800": ((1280, 800), INCH_10),
    "1920x1080": ((1920, 1080), 92 / 25.4),
    "1080x1920": ((1080, 1920), 102 / 25.4),
}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", ["en", "de", PSEUDO])
def test_no_text_is_cut(show: Show, screen: str, language: str) -> None:
    size, mm = SCREENS[screen]
    for name, (make, station) in SCENES.items():
        stage = show(make(), station, size=size, mm=mm, language=language)
        stage.window.grab()
        assert (name, stage.ui.clipped) == (name, set())


@pytest.mark.parametrize(
    ("scene", "said"),
    [
        ("near", ("Press 1 · not taken yet", "stops in 0:05")),
        ("escalated", ("Press 1 · not taken yet, Maintenance, Team leader called", "")),
        ("segment-stop", ("Wash · not taken yet", "Finishing stands")),
        ("contact-stop", ("Press 1 · not taken yet · its input still calls", "")),
        ("contact-help", ("Press 1 · not taken yet · its input still calls", "")),
        ("returned", ("Press 1 · over by itself, nobody has seen it", "")),
        ("reopened", ("Press 1 · reopened · not taken yet", "")),
    ],
)
def test_the_banner_says_how_a_call_stands(show: Show, scene: str, said: tuple[str, str]) -> None:
    make, station = SCENES[scene]
    assert words(show(make(), station).window.banner) == said


def test_what_still_calls_by_itself_is_not_cleared_by_a_touch(show: Show) -> None:
    assert not show(andon_scenes.contact_help()).window.banner.clear.isEnabled()
    assert show(andon_scenes.returned()).window.banner.clear.isEnabled()


def test_nothing_in_the_banner_moves_when_a_call_becomes_a_stop(show: Show) -> None:
    stage = show(andon_scenes.near())
    banner = stage.window.banner
    before = [button.geometry() for button in (banner.take, banner.clear)], banner.geometry()
    stage.scene.wait(6)
    stage.window.refresh()
    assert banner.stop_now.isHidden()
    assert ([button.geometry() for button in (banner.take, banner.clear)], banner.geometry()) == before


def test_the_way_to_the_stop_is_as_long_as_the_time_that_is_gone() -> None:
    def gone(scene: Scene) -> float | None:
        return gone_share(call_views(scene.shop, scene.now())[0])

    assert gone(andon_scenes.near()) == pytest.approx(55 / 60)
    assert gone(andon_scenes.general()) == pytest.approx(3 / 60)
    assert gone(andon_scenes.segment_stop()) is None
    assert gone(andon_scenes.escalated()) is None


def test_the_way_to_the_stop_is_painted_anew_as_time_goes(show: Show) -> None:
    stage = show(andon_scenes.general())
    banner = stage.window.banner
    foot = banner.rect().adjusted(0, banner.height() - stage.ui.theme.mm(3.2), 0, -stage.ui.theme.mm(1.2))
    before = banner.grab(foot).toImage()
    stage.scene.wait(20)
    stage.window.refresh()
    assert banner.grab(foot).toImage() != before


def test_help_calls_at_once_and_says_what_it_is_after(show: Show) -> None:
    stage = show(andon_scenes.at_work())
    stage.tap(stage.page.bar.help)
    assert stage.scene.sent == [c.RaiseCall(station="press", reason="help")]
    assert str(stage.page.sheet.detail) == "Help is called. Say what it is."
    assert not any(str(b.word) == "Hilfe" for b in stage.page.sheet.buttons()), "it is called already"
    answer(stage, "Material fehlt")
    answer(stage, "Falsches Teil")
    assert stage.scene.sent[1:] == [NameCall(station="press", reason="wrong")]
    assert [call.reason for call in stage.scene.shop.calls.values()] == ["wrong"]


def test_leaving_the_question_leaves_the_general_call(show: Show) -> None:
    stage = show(andon_scenes.at_work())
    stage.tap(stage.page.bar.help)
    stage.page.sheet.leave()
    assert [call.reason for call in stage.scene.shop.calls.values()] == ["help"]
    stage.tap(stage.page.bar.help)
    assert len(stage.scene.sent) == 1, "a second touch asks again and calls nothing more"


def test_the_general_call_can_be_taken_back_below_its_question(show: Show) -> None:
    stage = show(andon_scenes.at_work())
    stage.tap(stage.page.bar.help)
    stage.settle()
    assert str(stage.window.banner.take.word) == "TAKE BACK"
    stage.tap(stage.window.banner.take)
    assert stage.scene.shop.calls == {}


def test_a_cleared_call_is_given_its_cause_at_the_station(show: Show) -> None:
    stage = show(andon_scenes.wants_cause())
    call = next(iter(stage.scene.shop.calls))
    stage.tap(stage.page.strip)
    answer(stage, "Maschine")
    answer(stage, "Verschlei")
    assert stage.scene.sent == [GiveCause(station="press", call=call, cause="wear")]
    assert stage.scene.shop.calls == {}
    stage.tap(stage.page.strip)
    assert stage.page.sheet.isHidden(), "nothing is asked any more"


def test_the_station_says_that_a_second_person_checks_it(show: Show) -> None:
    checked = tuple(msgspec.structs.replace(r, verify=r.id == "quality", cause=False) for r in CALLED)
    scene = andon_scenes.at_work(andon_scenes.line(reasons=checked))
    scene.do(c.RaiseCall(station="press", reason="quality")).wait(30)
    scene.do(c.ClearCall(station="press", call=next(iter(scene.shop.calls)))).wait(6)
    stage = show(scene)
    stage.tap(stage.page.strip)
    assert str(stage.page.sheet.detail) == "Somebody else than who cleared it scans a badge here."
    assert [str(b.word) for b in stage.page.sheet.buttons()] == ["TO THE CALLS"]
    assert scene.sent == []


def test_causes_of_other_reasons_are_not_offered(show: Show) -> None:
    stage = show(andon_scenes.wants_cause())
    stage.tap(stage.page.strip)
    assert [str(b.word) for b in stage.page.sheet.buttons()] == ["Maschine", "Material vom Lieferanten", "Arbeitsweise"]


def test_five_whys_are_asked_on_the_calls_page(show: Show) -> None:
    scene = andon_scenes.wants_cause()
    problem = Problem(id="press/quality", station="press", reason="quality", open=True, opened_us=scene.now().at_us)
    scene.shop.put((problem,))
    stage = show(scene)
    stage.tap(stage.page.strip)
    answer(stage, "TO THE CALLS")
    assert stage.window.current == "calls"
    assert stage.scene.sent == []


def test_a_hint_has_a_line_while_there_is_one_and_takes_no_room_else(show: Show) -> None:
    stage = show(andon_scenes.hinted(), size=(1280, 800))
    page = stage.page
    assert page.hint.isVisible()
    assert page.hint.accessibleName().startswith("Slower than usual: slower than 99 of 100: 151 s, usually 58 s")
    assert page.hint.geometry().bottom() < page.strip.geometry().top()
    ended = tuple(
        type(advice)(station=advice.station, reason=advice.reason, since_us=advice.since_us, ended=True)
        for advice in stage.scene.shop.advices.values()
    )
    stage.scene.tell(Update(changed=ended))
    assert page.hint.isHidden()
    assert show(andon_scenes.at_work(), size=(1280, 800)).page.now_panel.height() == page.now_panel.height()
