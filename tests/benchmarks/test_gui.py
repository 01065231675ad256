"""What painting costs: asserted as ratios; the times and the memory are printed for whoever knows the machine."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

from shopfloor.core.shop import Shop
from shopfloor.core.views import line_view
from shopfloor.gui.board_faces import board_faces
from shopfloor.gui.pages.board import BoardPage
from shopfloor.gui.plot import TimePlot
from shopfloor.gui.plot_levels import Level
from shopfloor.gui.theme import load_fonts
from shopfloor.gui.ui import Ui
from tests.benchmarks.measure import SIZE, at, paint, spread, theme, times
from tests.benchmarks.table import row
from tests.gui.board_shops import START_US, Still, crowded, made_rows
from tests.helpers.scale import scaled

REPAINTS = scaled(30, 300)
DRAWS = scaled(9, 60)
TILE_OF_BOARD_MAX = 0.25  # one of twenty stations; a tile that costs more drags something else along
PLOT_GROWTH_MAX = 30  # a million points against ten thousand: a hundred times the points, and peaks are all one sees
ROOT = Path(__file__).parents[2]

_THREE_PLOTS = """
from pathlib import Path
from PySide6.QtWidgets import QApplication
app = QApplication([])
from tests.benchmarks.test_gui import _drawing, theme, SIZE, Still, BoardPage, TimePlot, Ui, crowded, load_fonts
load_fonts()
still = Still(*crowded(20, 10))
board = BoardPage(still.model(), Ui(theme()), still.ask)
board.resize(*SIZE)
plots = [TimePlot(Ui(theme())) for _ in range(3)]
for page in (board, *plots):
    page.show()
    app.processEvents()
for plot in plots:
    _drawing(plot, 10_000)()
print(Path("/proc/self/statm").read_text().split()[1])
"""


@pytest.fixture(autouse=True)
def _fonts(qapp: QApplication) -> None:
    load_fonts()


@pytest.fixture
def board(qapp: QApplication) -> Iterator[BoardPage]:
    line, entities = crowded(20, 10)
    still = Still(line, entities, made_rows(500))
    page = BoardPage(still.model(), Ui(theme()), still.ask)
    page.resize(*SIZE)
    page.show()
    QApplication.processEvents()
    page.refresh()
    yield page
    page.hide()
    page.deleteLater()
    QApplication.processEvents()


def test_painting_the_board(board: BoardPage) -> None:
    image = QImage(*SIZE, QImage.Format.Format_RGB32)
    whole = times(REPAINTS, lambda: paint(board, image, board.rect()))
    tile = board.tiles()[7].toAlignedRect()
    one = times(REPAINTS, lambda: paint(board, image, tile))

    def paint_anew() -> None:
        board.forget()
        paint(board, image, board.rect())

    def paint_changed() -> None:
        board.forget("station 7")
        paint(board, image, tile)

    anew, changed = times(REPAINTS, paint_anew), times(REPAINTS, paint_changed)
    row("board, 200 cards, 1920 × 1080, all of it", spread(whole), "p95 ≤ 16 ms")
    row("board, one station of it that has changed", spread(changed), "≤ 2 ms")
    row("board, one station of it as before", spread(one))
    row("board, laid out anew and all of it painted", spread(anew), "≤ 50 ms")
    assert at(changed, 50) < at(anew, 50) * TILE_OF_BOARD_MAX
    assert at(whole, 50) < at(anew, 50)


def test_looking_at_the_line(board: BoardPage) -> None:
    line, entities = crowded(20, 10)
    shop, now = Shop(line, entities), Still(line, entities).clock.now()
    look = times(REPAINTS, lambda: board_faces(line_view(shop, now), START_US))
    row("board, reading 200 cards at 20 stations", spread(look), "≤ 50 ms")
    assert board_faces(line_view(shop, now), START_US) == board_faces(line_view(shop, now), START_US)


def test_drawing_the_plot(qapp: QApplication) -> None:
    plot = TimePlot(Ui(theme()))
    plot.resize(1000, 400)
    plot.show()
    QApplication.processEvents()
    medians = {}
    _drawing(plot, 0)()
    empty = at(times(DRAWS, plot.viewport().repaint), 50)
    row("plot, an empty repaint", f"{empty * 1000:.1f} ms", "what the frame alone costs here")
    for count, bound in ((10_000, 8), (100_000, 16), (1_000_000, 50)):
        spent = times(DRAWS, _drawing(plot, count))
        medians[count] = at(spent, 50)
        words = f"{spread(spent)}, {medians[count] / empty:.1f} times empty"
        row(f"plot of {count:,} points".replace(",", " "), words, f"≤ {bound} ms")
    plot.hide()
    plot.deleteLater()
    QApplication.processEvents()
    assert medians[1_000_000] < medians[10_000] * PLOT_GROWTH_MAX


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_of_three_plots() -> None:
    """A process of its own: what other tests hold is not counted."""
    done = subprocess.run(
        [sys.executable, "-c", _THREE_PLOTS], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    megabytes = int(done.stdout) * os.sysconf("SC_PAGE_SIZE") / 1e6
    row("memory with a board and three plots", f"{megabytes:.0f} MB", "≤ 200 MB")
    assert megabytes < 2 * 200


def _drawing(plot: TimePlot, count: int) -> Callable[[], None]:
    values = np.random.default_rng(1).gamma(16, 55 / 16, count)
    at_s = START_US / 1e6 + np.arange(count, dtype=np.float64)
    span = (START_US, START_US + count * 1_000_000)

    def draw() -> None:
        plot.show_levels((Level("85 %", 66.0, (4, 3)), Level("target", 55.0, strong=True)))
        plot.show_points(at_s, values, target_s=55.0, span=span)
        plot.viewport().repaint()

    return draw
