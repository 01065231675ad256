"""The Health page: what is wrong comes first, in words, and nothing is hidden."""

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from shopfloor.core.health import Condition, Health
from shopfloor.core.update import Update
from shopfloor.gui.lang import Language
from shopfloor.gui.pages.health import HealthPage
from shopfloor.gui.theme import LIGHT, ROW_MM, Theme, load_fonts, px_per_mm, scale_for
from shopfloor.gui.timer import active_timers
from shopfloor.gui.ui import Ui
from tests.gui.board_shops import START_US, Still, busy, gearbox


def part(name: str, condition: Condition, **rest: str) -> Health:
    return Health(
        id=name,
        kind="scanner",
        condition=condition,
        since_us=START_US - 90_000_000,
        station="press",
        counts={"frames": 412, "no_reads": 3, "stale": 0},
        detail=rest.get("detail", ""),
        remedy=rest.get("remedy", ""),
    )


ILL = (
    part("gun-1", Condition.UP),
    part("gun-2", Condition.VIRTUAL),
    part("box-1", Condition.LOST, detail="/dev/ttyUSB0 is gone.", remedy="Plug it in again; it is opened by itself."),
)


class Page:
    """A shown page with its parts."""

    def __init__(self, health: tuple[Health, ...], size: tuple[int, int], language: str) -> None:
        load_fonts()
        self.still = Still(gearbox(), busy())
        self.still.health = health
        px = px_per_mm(None)
        self.ui = Ui(Theme(LIGHT, px, scale=scale_for(*size, px)), Language(language))
        self.page = HealthPage(self.still.model(), self.ui)
        self.page.resize(*size)
        self.page.show()
        QApplication.processEvents()

    def names(self) -> list[str]:
        return [face.name for face, _ in self.page._rows() if face is not None]


@pytest.fixture
def pages(qapp: object) -> Iterator[list[Page]]:
    made: list[Page] = []
    yield made
    for one in made:
        one.page.hide()
        one.page.deleteLater()
    QApplication.processEvents()


def shown(
    pages: list[Page], health: tuple[Health, ...], *, size: tuple[int, int] = (1280, 800), language: str = "en"
) -> Page:
    pages.append(Page(health, size, language))
    return pages[-1]


def test_what_is_not_well_comes_first(pages: list[Page]) -> None:
    assert shown(pages, ILL).names() == ["box-1", "gun-1", "gun-2"]


def test_a_part_that_recovers_moves_down(pages: list[Page]) -> None:
    found = shown(pages, ILL)
    found.still.put(Update(health=(part("box-1", Condition.UP),)))
    assert found.names() == ["box-1", "gun-1", "gun-2"]
    found.still.put(Update(health=(part("gun-2", Condition.DENIED),)))
    assert found.names() == ["gun-2", "box-1", "gun-1"]


def test_rows_that_do_not_fit_follow_when_touched_and_none_is_left_out(pages: list[Page]) -> None:
    many = tuple(part(f"gun-{n:02d}", Condition.UP) for n in range(30))
    found = shown(pages, many, size=(1024, 520))
    seen: list[str] = []
    for _ in range(12):
        if found.names()[0] in seen:
            break
        seen += found.names()
        QTest.mouseClick(found.page, Qt.MouseButton.LeftButton)
    assert sorted(set(seen)) == [one.id for one in many]


def test_rows_are_large_enough_for_a_finger(pages: list[Page]) -> None:
    found = shown(pages, ILL)
    assert all(rect.height() >= found.ui.theme.mm(ROW_MM) for _, rect in found.page._rows())


def test_a_hidden_page_has_no_timer(pages: list[Page]) -> None:
    found = shown(pages, ILL)
    found.page.hide()
    assert "health-tick" not in active_timers()


@pytest.mark.parametrize("size", [(1024, 520), (1280, 800), (1080, 1920)], ids=str)
@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
def test_no_word_is_cut(pages: list[Page], size: tuple[int, int], language: str) -> None:
    found = shown(pages, ILL, size=size, language=language)
    found.page.grab()
    assert not found.ui.clipped


def test_nothing_reported_is_said(pages: list[Page]) -> None:
    found = shown(pages, ())
    found.page.grab()
    assert found.names() == []


WELL = (
    Health(
        id="data", kind="data folder", condition=Condition.UP, since_us=START_US, detail="/var/lib/shopfloor/press" * 6
    ),
    Health(id="line-file", kind="line file", condition=Condition.UP, since_us=START_US, detail="/etc/line.toml"),
    Health(id="store", kind="store", condition=Condition.UP, since_us=START_US, detail="317 entries"),
)


@pytest.mark.parametrize("size", [(1024, 520), (1280, 800), (1080, 1920)], ids=str)
@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
def test_a_long_folder_is_cut_and_nothing_else(pages: list[Page], size: tuple[int, int], language: str) -> None:
    found = shown(pages, WELL, size=size, language=language)
    found.page.grab()
    assert not found.ui.clipped


def test_where_the_data_is_can_be_read_on_every_screen(pages: list[Page]) -> None:
    for size in ((1280, 800), (1080, 1920)):
        found = shown(pages, WELL[1:2], size=size)
        before = found.page.grab().toImage()
        found.still.put(Update(health=(msgspec.structs.replace(WELL[1], detail="/srv/other.toml"),)))
        assert found.page.grab().toImage() != before


def test_a_part_that_was_ended_on_purpose_is_no_part_any_more(pages: list[Page]) -> None:
    found = Page(ILL, (1280, 700), "en")
    pages.append(found)
    assert "box-1" in found.names()
    found.still.put(Update(health=(part("box-1", Condition.STOPPED),)))
    found.page.refresh()
    assert found.names() == ["gun-1", "gun-2"]
