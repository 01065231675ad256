"""Lamps and sound on the Health page: their tests, one touch for another, and what somebody saw."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from shopfloor.core.commands_andon import RecordLampTest
from shopfloor.core.health import Condition
from shopfloor.core.update import Update
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.header import Header
from shopfloor.gui.health_rows import PartFace
from shopfloor.gui.lang import Language
from shopfloor.gui.pages.health import HealthPage
from shopfloor.gui.theme import LIGHT, TARGET_MM, Theme, load_fonts, px_per_mm, scale_for
from shopfloor.gui.timer import active_timers
from shopfloor.gui.ui import Ui
from tests.gui import andon_scenes
from tests.gui.conftest import Show
from tests.gui.shops import Scene, normal


class Page:
    """A shown page, what it asked of the lamps, and the line behind it."""

    def __init__(self, scene: Scene, *, size: tuple[int, int], language: str, station: str) -> None:
        load_fonts()
        px = px_per_mm(None)
        self.scene, self.tests = scene, 0
        self.ui = Ui(Theme(LIGHT, px, scale=scale_for(*size, px)), Language(language))
        self.model = LineModel(scene.listen, scene.submit, scene.clock)
        self.page = HealthPage(self.model, self.ui, station=station, test_lamps=self._test)
        self.page.resize(*size)
        self.page.show()
        QApplication.processEvents()

    def face(self, name: str) -> PartFace:
        return next(face for face in self.page._faces if face.name == name)

    def tap(self, name: str) -> None:
        button = getattr(self.page, name)
        button._settling.invalidate()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def _test(self) -> None:
        self.tests += 1


@pytest.fixture
def pages(qapp: object) -> Iterator[list[Page]]:
    made: list[Page] = []
    yield made
    for one in made:
        one.model.close()
        one.page.hide()
        one.page.deleteLater()
    QApplication.processEvents()


def shown(
    pages: list[Page],
    scene: Scene,
    *,
    size: tuple[int, int] = (1280, 700),
    language: str = "en",
    station: str = "press",
) -> Page:
    pages.append(Page(scene, size=size, language=language, station=station))
    return pages[-1]


def test_every_lamp_says_what_came_of_its_last_test(pages: list[Page]) -> None:
    found = shown(pages, andon_scenes.lamps())
    said = {name: str(found.face(name).tested) for name in ("tower-1", "tower-2", "hall", "gate", "sound")}
    assert said == {
        "tower-1": "tested 13:14, read back",
        "tower-2": "tested 13:14, nobody has looked",
        "hall": "tested 2026-01-02, seen",
        "gate": "never tested",
        "sound": "test failed 13:14",
    }


def test_what_failed_or_was_not_tested_for_long_needs_attention(pages: list[Page]) -> None:
    found = shown(pages, andon_scenes.lamps())
    faults = {face.name: str(face.fault) for face in found.page._faces if face.fault is not None}
    assert faults == {"hall": "not tested", "sound": "test failed"}
    assert [face.name for face in found.page._faces if not face.is_well] == ["gate", "hall", "sound"]


def test_one_touch_tests_lamps_and_sound_and_a_second_one_waits(pages: list[Page]) -> None:
    found = shown(pages, andon_scenes.lamps())
    found.tap("test")
    found.tap("test")
    assert found.tests == 1
    assert str(found.page.test.word) == "TESTING"
    found.page.hide()
    assert not any(name.startswith("health") for name in active_timers())


@pytest.mark.parametrize(("button", "ok", "detail"), [("seen", True, "seen"), ("dark", False, "not seen")])
def test_what_somebody_saw_is_recorded_and_asked_no_more(pages: list[Page], button: str, ok: bool, detail: str) -> None:
    found = shown(pages, andon_scenes.lamps(just_tested=True))
    asked = found.page.asked()
    assert asked is not None
    assert asked.lamp == "tower-2"
    found.tap(button)
    assert found.scene.sent == [RecordLampTest(station="press", lamp="tower-2", ok=ok, detail=detail)]
    assert found.page.asked() is None
    assert found.page.seen.isHidden()
    assert found.face("tower-2").is_well is ok


def test_a_test_that_nobody_saw_is_not_asked_for_hours_later(pages: list[Page]) -> None:
    assert shown(pages, andon_scenes.lamps()).page.asked() is None


def test_where_nothing_can_be_done_nothing_is_asked(pages: list[Page]) -> None:
    found = shown(pages, andon_scenes.lamps(just_tested=True), station="")
    assert found.page.asked() is None
    assert found.page.test.isHidden()


def test_a_terminal_without_lamps_and_sound_has_no_test(pages: list[Page]) -> None:
    assert shown(pages, normal()).page.test.isHidden()


def test_buttons_are_large_and_never_on_a_row(pages: list[Page]) -> None:
    for size in ((1024, 420), (1280, 700), (1080, 1920)):
        found = shown(pages, andon_scenes.lamps(just_tested=True), size=size)
        least = found.ui.theme.mm(TARGET_MM)
        for button in (found.page.test, found.page.seen, found.page.dark):
            assert button.height() >= least
            assert button.width() >= least
            assert not any(rect.intersects(button.geometry()) for _, rect in found.page._rows())


@pytest.mark.parametrize("size", [(1024, 420), (1280, 700), (1080, 1920)], ids=str)
@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
def test_no_word_is_cut(pages: list[Page], size: tuple[int, int], language: str) -> None:
    for just_tested in (False, True):
        found = shown(pages, andon_scenes.lamps(just_tested=just_tested), size=size, language=language)
        seen: set[str] = set()
        for _ in range(12):
            found.page.grab()
            names = {face.name for face, _ in found.page._rows() if face is not None}
            if names <= seen:
                break
            seen |= names
            QTest.mouseClick(found.page, Qt.MouseButton.LeftButton, pos=found.page.rect().bottomLeft())
        assert len(seen) == len(found.page._faces)
        assert found.ui.clipped == set()


def test_a_lost_lamp_or_input_is_on_every_page(show: Show) -> None:
    scene = normal()
    lost = {"condition": Condition.LOST}
    parts = (andon_scenes.part(scene, "lamp:gate", "lamp", **lost), andon_scenes.part(scene, "io-1", "modbus", **lost))
    stage = show(scene)
    stage.scene.tell(Update(health=(*parts, andon_scenes.part(scene, "lamp:hall", "lamp"))))
    header: Header = stage.window.header
    assert [part.id for part in header._parts][:2] == ["io-1", "lamp:gate"]
    assert "lamp:hall" not in [part.id for part in header._parts]
