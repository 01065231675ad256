"""The board as a widget: what it paints, when it paints, and that it is quiet when nobody looks."""

from collections.abc import Iterator

import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject, QRect, QRectF
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication

from shopfloor.core.line import Line
from shopfloor.core.state import CardState, Entity
from shopfloor.core.update import DigestRow, Update
from shopfloor.gui.lang import Language
from shopfloor.gui.pages.board import BoardPage
from shopfloor.gui.theme import DARK, LIGHT, Palette, Theme, faded, load_fonts, px_per_mm, scale_for
from shopfloor.gui.timer import active_timers
from shopfloor.gui.ui import Ui
from tests.gui.board_shops import (
    START_US,
    Still,
    busy,
    call,
    call_rows,
    cards,
    crowded,
    gearbox,
    made_rows,
    restarting,
    silent,
    troubled,
)


class Painted(QObject):
    """Collects the regions of a widget that were painted."""

    def __init__(self) -> None:
        super().__init__()
        self.regions: list[QRect] = []

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.regions.append(event.rect())
        return False


class Board:
    """A shown board with its line."""

    def __init__(self, line: Line, entities: list[Entity], rows: list[DigestRow] | None = None) -> None:
        load_fonts()
        self.still = Still(line, entities, rows)
        self.ui = Ui(Theme(LIGHT, px_per_mm(None), scale=1.25))
        self.page = BoardPage(self.still.model(), self.ui, self.still.ask)
        self.page.resize(1280, 800)
        self.painted = Painted()
        self.page.installEventFilter(self.painted)

    def show(self) -> "Board":
        self.page.show()
        self.settle()
        return self

    def settle(self) -> None:
        """Let everything that is due be painted, then look again and forget what was painted."""
        QApplication.processEvents()
        self.page.refresh()
        QApplication.processEvents()
        self.painted.regions.clear()

    def look(self) -> list[QRect]:
        """Refresh as the timer does, and say what was painted."""
        self.painted.regions.clear()
        self.page.refresh()
        QApplication.processEvents()
        return self.painted.regions


@pytest.fixture
def made(qapp: object) -> Iterator[list[Board]]:
    boards: list[Board] = []
    yield boards
    for board in boards:
        board.page.hide()
        board.page.deleteLater()
    QApplication.processEvents()


def shown(boards: list[Board], line: Line, entities: list[Entity], rows: list[DigestRow] | None = None) -> Board:
    boards.append(Board(line, entities, rows))
    return boards[-1].show()


def test_nothing_is_painted_when_nothing_has_changed(made: list[Board]) -> None:
    board = shown(made, gearbox(), busy())
    board.still.clock.advance(1)
    assert board.look() == []


def test_a_card_that_moves_repaints_its_station_and_its_lane_only(made: list[Board]) -> None:
    board = shown(made, gearbox(), busy())
    card = next(c for c in board.still.shop_cards() if c.id == "housing-02")
    moved = msgspec.structs.replace(card, state=CardState.QUEUED, step=3)
    board.still.put(Update(changed=(moved,)))
    regions = board.look()
    area = sum(r.width() * r.height() for r in regions)
    assert regions
    assert area < 0.5 * board.page.width() * board.page.height()
    assert not any(r.intersects(QRect(0, 0, 1280, 60)) for r in regions), "the head has not changed"


def test_a_burst_of_updates_is_one_look(made: list[Board]) -> None:
    board = shown(made, gearbox(), busy())
    for _ in range(50):
        board.still.put(Update())
    assert active_timers().count("board-soon") == 1


def test_a_running_clock_repaints_each_second(made: list[Board]) -> None:
    board = shown(made, gearbox(), [*busy(), call("deburr", "material", age_s=10)])
    board.still.clock.advance(1)
    assert board.look()


def test_what_is_made_moves_the_hours_and_the_head(made: list[Board]) -> None:
    board = shown(made, gearbox(), busy(), made_rows(10))
    fresh = msgspec.structs.replace(made_rows(1)[0], at_us=board.still.clock.now().at_us, n=99_999)
    board.still.put(Update(digest=(fresh,)))
    regions = board.look()
    assert any(r.top() < 60 for r in regions)
    assert any(r.bottom() > 700 for r in regions)


def test_a_hidden_board_has_no_timer(made: list[Board]) -> None:
    board = shown(made, gearbox(), busy())
    assert "board-tick" in active_timers()
    board.page.hide()
    board.still.put(Update())
    assert not any(name.startswith("board") for name in active_timers())


def test_a_changed_line_is_laid_out_anew(made: list[Board]) -> None:
    board = shown(made, gearbox(), busy())
    line, entities = crowded(6)
    board.still.put(Update(line=line, changed=tuple(entities)))
    board.look()
    assert len(board.page.tiles()) == 6


def test_what_may_be_old_loses_its_colour(made: list[Board]) -> None:
    board = shown(made, gearbox(), troubled())
    assert _has_colour(board.page, LIGHT.stop)
    board.still.put(Update(health=(silent(),)))
    board.settle()
    assert not _has_colour(board.page, LIGHT.stop)
    assert not _has_colour(board.page, LIGHT.call)


def test_the_faded_palette_has_no_alarm_left() -> None:
    for palette in (LIGHT, DARK):
        old = faded(palette)
        assert {old.stop, old.call, old.zone_red, old.zone_yellow, old.zone_green} == {palette.sunk}


SIZES = [(1024, 600), (1280, 800), (1920, 1080), (1080, 1920)]
SCENES: dict[str, tuple[Line, list[Entity]]] = {
    "first run": (Line(id="x", name="New line"), []),
    "busy": (gearbox(), busy()),
    "troubled": (gearbox(), [*troubled(), restarting("press")]),
    "no takt": (gearbox(takt_s=None, shifts=(), wip_limit=None), busy()),
    "crowded": crowded(),
    "over a soft limit": (gearbox(), cards("housing", *[(CardState.IN_PROCESS, 1, 500)] * 5)),
}


@pytest.mark.parametrize("size", SIZES, ids=str)
@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("language", ["en", "de", "pseudo"])
def test_no_word_is_cut(qapp: object, scene: str, size: tuple[int, int], language: str) -> None:
    load_fonts()
    line, entities = SCENES[scene]
    still = Still(line, entities, made_rows(92) + call_rows())
    ui = Ui(_theme(LIGHT, size), Language(language))
    page = BoardPage(still.model(), ui, still.ask)
    page.resize(*size)
    page.show()
    QApplication.processEvents()
    page.grab()
    still.put(Update(health=(silent(),)))
    page.refresh()
    QApplication.processEvents()
    page.grab()
    page.hide()
    page.deleteLater()
    assert not ui.clipped


def _theme(palette: Palette, size: tuple[int, int]) -> Theme:
    return Theme(palette, px_per_mm(None), scale=scale_for(*size, px_per_mm(None)))


def _has_colour(page: BoardPage, colour: str) -> bool:
    image = page.grab().toImage()
    return any(
        image.pixelColor(x, y).name().upper() == colour.upper()
        for x in range(0, image.width(), 5)
        for y in range(0, image.height(), 5)
    )


def test_every_tile_is_inside_the_page(made: list[Board]) -> None:
    board = shown(made, *crowded())
    assert all(QRectF(board.page.rect()).contains(tile) for tile in board.page.tiles())


def test_hours_begin_when_the_lines_journal_began(made: list[Board]) -> None:
    line = gearbox()
    began = [DigestRow("line", line.id, START_US - minutes * 60_000_000, 1, b"{}") for minutes in (10, 5)]
    made.append(Board(line, busy(), began).show())
    first = made[0].page._hours[0]
    assert (first.label, first.plan) == ("07:22", 41)
    assert made[0].page._head is not None
    assert [figure.value for figure in made[0].page._head.figures][:1] == ["10"]
