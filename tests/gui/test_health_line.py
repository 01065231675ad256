"""The line on the Health page: the link with its figures, the other terminals, and who of them needs attention."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QApplication

from shopfloor import __version__
from shopfloor.core.health import Condition
from shopfloor.gui.bridge import LineModel
from shopfloor.gui.health_line import link_facts, member_faces
from shopfloor.gui.health_rows import PartFace
from shopfloor.gui.lang import Language
from shopfloor.gui.pages.health import HealthPage
from shopfloor.gui.theme import LIGHT, Theme, load_fonts, px_per_mm, scale_for
from shopfloor.gui.ui import Ui
from tests.gui import line_scenes
from tests.gui.shops import Scene


def members(scene: Scene) -> dict[str, PartFace]:
    found = member_faces(scene.shop, scene.link, scene.now(), Ui(), version=__version__)
    return {face.name: face for face in found}


def said(face: PartFace) -> list[str]:
    return [str(fact) for fact in face.facts]


def test_every_other_terminal_is_named_with_what_differs(qapp: object) -> None:
    found = members(line_scenes.health_well())
    assert list(found) == ["Assembly", "Deburr", "office", "paint", "Wash"]
    assert said(found["Assembly"]) == ["clock +0.1 ms ± 0.9"]
    assert said(found["Deburr"]) == ["clock -312 s ± 1.4 ms"]
    assert said(found["Wash"])[:2] == ["to read 800", "program 1.1.0"]
    assert all(face.is_well for face in found.values())


def test_a_silent_terminal_with_a_station_needs_attention_and_one_without_may_be_off(qapp: object) -> None:
    scene = line_scenes.health_silent()
    assert {name for name, face in members(scene).items() if not face.is_well} == {"Assembly", "Deburr"}
    link = scene.link
    assert link is not None
    quiet = tuple(replace(one, heard_ns=0) if one.terminal == "office" else one for one in link.others)
    scene.linked(replace(link, others=quiet))
    assert "office" not in members(scene)


def test_over_a_lost_link_only_the_link_needs_attention(qapp: object) -> None:
    assert members(line_scenes.health_lost()) == {}


def test_the_link_says_what_waits_and_how_well_it_knows_the_time() -> None:
    scene = line_scenes.health_well()
    facts = link_facts(scene.health[-1], scene.link, scene.now())
    assert [str(fact) for fact in facts] == ["to send 3", "clock +2.3 ms ± 0.7"]
    watching = line_scenes.with_link_part(line_scenes.watching())
    assert str(link_facts(watching.health[-1], watching.link, watching.now())[0]) == "it only shows the line"
    new = replace(scene.health[-1], condition=Condition.NEW)
    assert link_facts(new, scene.link, scene.now()) == ()


@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
@pytest.mark.parametrize("name", line_scenes.HEALTHS)
def test_the_line_fits_the_page(qapp: object, name: str, language: str) -> None:
    scenes: dict[str, Callable[[], Scene]] = line_scenes.HEALTHS
    load_fonts()
    scene, px = scenes[name](), px_per_mm(None)
    for size in ((1024, 600), (1920, 1080), (600, 1024)):
        ui = Ui(Theme(LIGHT, px, scale=scale_for(*size, px)), Language(language))
        model = LineModel(scene.listen, scene.submit, scene.clock)
        page = HealthPage(model, ui)
        page.resize(*size)
        page.show()
        QApplication.processEvents()
        page.grab()
        page.hide()
        page.deleteLater()
        model.close()
        assert (size, ui.clipped) == (size, set())
