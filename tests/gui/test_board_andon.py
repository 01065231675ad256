"""What the board says of segments, buffers, shelves, hints and the way to a stop."""

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QApplication

from shopfloor.core import commands as c
from shopfloor.core.segment_views import SegmentView
from shopfloor.core.views import line_view
from shopfloor.gui.board_andon import SegmentFace, andon_face, segment_rects
from shopfloor.gui.board_faces import board_faces
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.lang import Language
from shopfloor.gui.pages.board import BoardPage
from shopfloor.gui.theme import DARK, LIGHT, Theme, load_fonts, px_per_mm, scale_for
from shopfloor.gui.ui import Ui
from tests.gui import andon_scenes
from tests.gui.shops import Scene


def test_a_stopped_segment_stands_as_one_and_the_other_says_nothing_of_it() -> None:
    scene = andon_scenes.segment_stop()
    machining, finishing = andon_face(scene.shop, scene.now()).segments
    assert (machining.view.stopped, finishing.view.stopped) == (False, True)


def test_a_segment_says_for_how_long_it_can_go_on_in_whole_minutes() -> None:
    scene = andon_scenes.at_work()
    machining, finishing = andon_face(scene.shop, scene.now()).segments
    # Assembly takes 55 s a container; of the covers, which come from the other segment, four are full.
    assert machining == SegmentFace(view=SegmentView(name="Machining", first=0, last=1))
    assert (finishing.buffered, finishing.minutes) == (True, 3)


def test_what_lies_on_a_shelf_is_counted() -> None:
    scene = andon_scenes.board()
    assert andon_face(scene.shop, scene.now()).shelved == 2
    assert andon_face(andon_scenes.near().shop, scene.now()).shelved == 0


def test_hints_and_escalation_are_on_the_tile() -> None:
    scene = andon_scenes.board()
    found = {s.id: (s.hints, s.level) for s in board_faces(line_view(scene.shop, scene.now()), 0).stations}
    assert found == {"press": (2, 0), "deburr": (0, 1), "wash": (1, 0), "assembly": (0, 0)}


def test_a_call_of_the_strip_knows_its_whole_way_to_the_stop() -> None:
    scene = andon_scenes.board()
    found = {f.reason_id: (f.left_s, f.deadline_s) for f in board_faces(line_view(scene.shop, scene.now()), 0).calls}
    assert found["missing"] == (16, 60)
    assert found["pump"][0] is None


def test_a_bracket_that_turns_into_the_next_row_is_drawn_in_both() -> None:
    tiles = (QRectF(0, 0, 10, 10), QRectF(20, 0, 10, 10), QRectF(0, 30, 10, 10))
    segment = SegmentView(name="x", first=0, last=2)
    assert segment_rects(segment, tiles, 5) == [QRectF(0, 10, 30, 5), QRectF(0, 40, 10, 5)]


def shown(scene: Scene, size: tuple[int, int], language: str, *, dark: bool, framed: bool) -> tuple[BoardPage, Ui]:
    load_fonts()
    px = px_per_mm(None)
    ui = Ui(Theme(DARK if dark else LIGHT, px, scale=scale_for(*size, px)), Language(language))
    page = BoardPage(LineModel(scene.listen, scene.submit, scene.clock), ui, scene.ask, framed=framed)
    page.resize(*size)
    page.show()
    QApplication.processEvents()
    return page, ui


@pytest.mark.parametrize("size", [(1024, 360), (1024, 600), (1280, 800), (1920, 1080), (1080, 1920)], ids=str)
@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
def test_no_word_is_cut_and_brackets_stay_inside(qapp: object, size: tuple[int, int], language: str) -> None:
    for make in (andon_scenes.board, andon_scenes.hinted, andon_scenes.contact_stop, andon_scenes.reopened):
        for framed in (True, False):
            page, ui = shown(make(), size, language, dark=not framed, framed=framed)
            page.grab()
            foot = page._themes[1].mm(6.5)
            for segment in page._faces.andon.segments:
                for rect in segment_rects(segment.view, page.tiles(), foot):
                    assert QRectF(page.rect()).contains(rect)
                    assert rect.bottom() <= page._bottom_rect().top() + 1
            assert (make.__name__, framed, ui.clipped) == (make.__name__, framed, set())
            page.hide()
            page.deleteLater()


def test_a_cleared_segment_loses_its_field(qapp: object) -> None:
    scene = andon_scenes.segment_stop().do(c.SignOn(station="wash", person="ana"))
    page, _ = shown(scene, (1280, 800), "en", dark=False, framed=True)
    place = segment_rects(page._faces.andon.segments[1].view, page.tiles(), page._themes[1].mm(6.5))[0]
    middle = place.center().toPoint()
    assert page.grab().toImage().pixelColor(middle).name().upper() == LIGHT.stop
    call = next(call for call in scene.shop.calls.values() if call.reason == "pump")
    scene.do(c.ClearCall(station="wash", call=call.id))
    page.refresh()
    QApplication.processEvents()
    assert page.grab().toImage().pixelColor(middle).name().upper() != LIGHT.stop
    page.hide()
    page.deleteLater()


def test_a_board_alone_says_what_is_not_recorded(qapp: object) -> None:
    for framed, owed in ((False, 3), (True, 0)):
        page, ui = shown(andon_scenes.not_recorded(), (1920, 1080), "pseudo", dark=True, framed=framed)
        page.grab()
        assert page._head is not None
        assert (page._head.owed, ui.clipped) == (owed, set())
        page.hide()
        page.deleteLater()
