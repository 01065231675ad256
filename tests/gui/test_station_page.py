"""The station page: every button does what it says, everything shown is true."""

import pytest
from PySide6.QtWidgets import QWidget

from shopfloor.core import commands as c
from shopfloor.core.state import CardState
from shopfloor.core.views import StationState, station_state
from shopfloor.gui.station.next import ASIDE
from shopfloor.gui.theme import CORD_MM, ROW_MM, TARGET_MM
from shopfloor.gui.touch import TouchButton
from tests.gui.conftest import INCH_10, Show, Stage
from tests.gui.scenes import SCENES
from tests.gui.shops import (
    Scene,
    again,
    blocked,
    busy,
    consumer,
    first_run,
    gearbox,
    just_called,
    leader,
    normal,
    tiny,
)

SIZES = {"10": ((1024, 600), INCH_10), "24": ((1920, 1080), 92 / 25.4), "upright": ((1080, 1920), 102 / 25.4)}


def answer(stage: Stage, word: str, sheet: object = None) -> None:
    """Touch an answer of the open sheet."""
    sheet = sheet or stage.page.sheet
    button = next(b for b in sheet.buttons() if str(b.word) == word)  # type: ignore[attr-defined]
    stage.settle()
    stage.tap(button)


def test_help_asks_why_and_calls(show: Show) -> None:
    stage = show(normal())
    stage.tap(stage.page.bar.help)
    assert stage.scene.sent == []
    answer(stage, "Material missing")
    assert stage.scene.sent == [c.RaiseCall(station="press", reason="material")]
    assert stage.page.sheet.isHidden()
    assert not stage.window.banner.isHidden()


def test_help_with_one_reason_calls_at_once(show: Show) -> None:
    stage = show(Scene(tiny()), "bench")
    stage.tap(stage.page.bar.help)
    assert stage.scene.sent == [c.RaiseCall(station="bench", reason="help")]


def test_stop_is_one_tap(show: Show) -> None:
    stage = show(normal())
    stage.tap(stage.page.bar.stop)
    assert stage.scene.sent == [c.RaiseCall(station="press")]
    assert station_state(stage.scene.shop, "press") is StationState.STOPPED


def test_a_second_tap_never_closes_a_call(show: Show) -> None:
    stage = show(normal())
    for _ in range(5):
        stage.tap(stage.page.bar.stop)
        stage.settle()
    assert len(stage.scene.shop.calls) == 1
    assert set(stage.scene.sent) == {c.RaiseCall(station="press")}


def test_a_call_can_be_taken_back_for_five_seconds(show: Show) -> None:
    stage = show(just_called())
    call = next(iter(stage.scene.shop.calls))
    stage.settle()
    assert str(stage.window.banner.take.word) == "TAKE BACK"
    stage.tap(stage.window.banner.take)
    assert stage.scene.sent == [c.RejectCall(station="press", call=call, reason="mistake")]
    assert stage.window.banner.isHidden()


def test_after_five_seconds_a_call_can_only_be_taken(show: Show) -> None:
    stage = show(just_called())
    stage.scene.wait(2.1)
    stage.window.refresh()
    assert str(stage.window.banner.take.word) == "TAKE"
    stage.tap(stage.window.banner.take)
    assert stage.scene.sent == []
    stage.settle()
    stage.tap(stage.window.banner.take)
    assert [type(command) for command in stage.scene.sent] == [c.AcknowledgeCall]


def test_undo_takes_back_the_last_step(show: Show) -> None:
    stage = show(busy())
    stage.tap(stage.page.bar.undo)
    assert stage.scene.sent == [c.UndoStep(station="press")]
    assert stage.scene.shop.cards["housing-02"].state is CardState.EMPTY


def test_a_leader_takes_back_later_with_a_reason(show: Show) -> None:
    scene = busy().wait(60)
    scene.do(c.SignOn(station="press", person="ana"))
    stage = show(scene)
    stage.tap(stage.page.bar.undo)
    answer(stage, "Wrong card")
    assert stage.scene.sent == [c.UndoStep(station="press", reason="Wrong card")]


def test_a_person_signs_in_and_out_by_touch(show: Show) -> None:
    stage = show(normal())
    stage.tap(stage.page.bar.sign)
    answer(stage, "Lee")
    stage.settle()
    assert str(stage.page.bar.sign.word) == "Lee"
    stage.tap(stage.page.bar.sign)
    answer(stage, "SIGN OUT")
    assert stage.scene.sent == [c.SignOn(station="press", person="lee"), c.SignOff(station="press")]


def test_the_next_card_is_started_by_touch(show: Show) -> None:
    stage = show(normal())
    panel = stage.page.next_panel
    key, rect = panel.row_rects()[0]
    stage.tap(panel, rect.center().toPoint())
    assert key == "housing-02"
    answer(stage, "START")
    assert stage.scene.sent == [c.StepCard(station="press", card="housing-02")]


def test_the_card_in_process_is_finished_by_touch(show: Show) -> None:
    stage = show(normal())
    _, rect = stage.page.now_panel.row_rects()[0]
    stage.tap(stage.page.now_panel, rect.center().toPoint())
    answer(stage, "FINISH")
    assert stage.scene.sent == [c.StepCard(station="press", card="housing-04")]
    assert stage.scene.shop.cards["housing-04"].state is CardState.QUEUED


def test_a_card_is_put_on_hold_with_a_reason(show: Show) -> None:
    scene = normal().do(c.SignOn(station="press", person="ana"))
    stage = show(scene)
    _, rect = stage.page.next_panel.row_rects()[0]
    stage.tap(stage.page.next_panel, rect.center().toPoint())
    answer(stage, "HOLD")
    answer(stage, "Damaged")
    assert stage.scene.sent == [c.HoldCard(station="press", card="housing-02", reason="Damaged")]
    assert stage.scene.shop.cards["housing-02"].state is CardState.HELD


def test_a_card_on_hold_is_found_and_released(show: Show) -> None:
    scene = normal().do(c.SignOn(station="press", person="ana"))
    scene.do(c.HoldCard(station="press", card="housing-02", reason="Damaged"))
    stage = show(scene, size=(1920, 1080))
    panel = stage.page.next_panel
    key, rect = panel.row_rects()[-1]
    assert key == ASIDE
    stage.tap(panel, rect.center().toPoint())
    answer(stage, "GB-100 2")
    answer(stage, "RELEASE")
    assert stage.scene.sent == [c.ReleaseCard(station="press", card="housing-02")]
    assert stage.scene.shop.cards["housing-02"].state is CardState.EMPTY


def test_a_container_is_taken_by_touch(show: Show) -> None:
    stage = show(consumer(), "assembly")
    panel = stage.page.store_panels[0]
    _, rect = panel.row_rects()[0]
    stage.tap(panel, rect.center().toPoint())
    answer(stage, "TAKE IT")
    assert stage.scene.sent == [c.StepCard(station="assembly", card="housing-01")]
    assert stage.scene.shop.cards["housing-01"].state is CardState.EMPTY


def test_more_rows_than_fit_open_a_list(show: Show) -> None:
    stage = show(consumer(), "assembly")
    panel = stage.page.store_panels[0]
    assert panel.hidden_count() > 0
    _, rect = panel.row_rects()[-1]
    stage.tap(panel, rect.center().toPoint())
    assert len(stage.page.sheet.buttons()) == 4
    answer(stage, "GB-100 6")
    answer(stage, "TAKE IT")
    assert stage.scene.sent == [c.StepCard(station="assembly", card="housing-06")]


def test_a_leader_lets_a_refused_card_pass_once(show: Show) -> None:
    stage = show(leader())
    stage.tap(stage.page.strip)
    answer(stage, "Urgent order")
    assert stage.scene.sent == [c.GrantOverride(station="press", reason="Urgent order")]


def test_an_operator_is_not_offered_to_pass(show: Show) -> None:
    stage = show(busy())
    assert stage.page.strip.is_refusal()
    stage.tap(stage.page.strip)
    assert stage.page.sheet.isHidden()


def test_a_sheet_that_is_left_changes_nothing(show: Show) -> None:
    stage = show(normal())
    stage.tap(stage.page.bar.help)
    stage.settle()
    stage.tap(stage.page.sheet._back)
    assert stage.page.sheet.isHidden()
    assert stage.scene.sent == []


def test_a_scan_is_shown_at_once(show: Show) -> None:
    stage = show(normal())
    assert not stage.page.strip.is_refusal()
    stage.scene.scan("press", "housing-01", after_s=3)  # full: nobody has taken it
    assert stage.page.strip.is_refusal()
    assert "It is full" in stage.page.strip.accessibleName()


def test_the_page_of_a_pure_consumer_has_no_queue(show: Show) -> None:
    stage = show(consumer(), "assembly")
    assert stage.page.next_panel.isHidden()
    assert [panel.isHidden() for panel in stage.page.store_panels] == [False, False]


@pytest.mark.parametrize(("make", "marks"), [(blocked, (True, False)), (again, (False, True))])
def test_blocked_and_scan_again_are_told_apart(show: Show, make: object, marks: tuple[bool, bool]) -> None:
    stage = show(make())  # type: ignore[operator]
    assert stage.page._view is not None
    card = stage.page._view.in_process[0]
    assert (card.blocked, card.again) == marks
    assert stage.page.now_panel.grab().toImage() != show(normal()).page.now_panel.grab().toImage()


def test_a_line_without_people_offers_no_sign_in(show: Show) -> None:
    stage = show(Scene(gearbox(people=False)))
    assert not stage.page.bar.sign.isEnabled()


def test_a_station_that_leaves_the_line_file_leaves_its_picture(show: Show) -> None:
    stage = show(first_run(), "wash")
    line = stage.scene.shop.line
    kept = tuple(station for station in line.stations if station.id != "wash")
    loops = tuple(loop for loop in line.loops if loop.id != "shaft")
    stage.scene.do(c.ChangeLine(line=type(line)(id=line.id, name=line.name, stations=kept, loops=loops)))
    stage.page.refresh()
    assert stage.page._view is not None


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", ["normal", "stopped", "consumer", "starved"])
def test_everything_to_touch_is_large_enough_and_apart(show: Show, name: str, size: str) -> None:
    make, station = SCENES[name]
    pixels, mm = SIZES[size]
    stage = show(make(), station, size=pixels, mm=mm)
    least = stage.ui.theme.scale * mm
    for button in stage.window.findChildren(TouchButton):
        if button.isVisible():
            assert button.height() + 1 >= TARGET_MM * least, button.accessibleName()
            assert button.width() + 1 >= TARGET_MM * least, button.accessibleName()
    for button in (stage.page.bar.help, stage.page.bar.stop):
        assert (button.width() + 1 >= CORD_MM[0] * least, button.height() + 1 >= CORD_MM[1] * least) == (True, True)
    assert stage.page.next_panel.row_height() + 1 >= ROW_MM * least


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", SCENES)
def test_parts_of_the_page_do_not_overlap(show: Show, name: str, size: str) -> None:
    make, station = SCENES[name]
    pixels, mm = SIZES[size]
    page = show(make(), station, size=pixels, mm=mm).page
    parts: list[QWidget] = [page.now_panel, page.wip_panel, page.next_panel, page.cycle_panel, page.strip, page.bar]
    shown = [part for part in (*parts, *page.store_panels) if part.isVisible()]
    for at, part in enumerate(shown):
        assert page.rect().contains(part.geometry()), type(part).__name__
        assert [type(o).__name__ for o in shown[at + 1 :] if o.geometry().intersects(part.geometry())] == []
