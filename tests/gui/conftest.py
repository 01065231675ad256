"""What screen tests share: the bundled fonts, and a window on a scene that ends by itself."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from shopfloor.core.text import Text
from shopfloor.gui.bridge import LineModel, PrintSheet
from shopfloor.gui.lang import Language
from shopfloor.gui.pages.station import StationPage
from shopfloor.gui.theme import LIGHT, Palette, Theme, load_fonts
from shopfloor.gui.ui import Ui
from shopfloor.gui.window import PageSpec, TerminalWindow
from tests.gui.board_shops import Still
from tests.gui.calls_stage import CallsStage, ShowCalls
from tests.gui.loops_stage import LoopsStage, ShowLoops
from tests.gui.shops import Scene

INCH_10 = 118 / 25.4  # pixels per millimetre of a 10.1 inch screen with 1024 × 600


@dataclass
class Stage:
    """A scene and the window that shows it."""

    scene: Scene
    ui: Ui
    model: LineModel
    window: TerminalWindow
    cues: list[str] = field(default_factory=list)

    @property
    def page(self) -> StationPage:
        page = self.window.page(self.window.current)
        assert isinstance(page, StationPage)
        return page

    def tap(self, widget: QWidget, at: QPoint | None = None) -> None:
        """A finger on the middle of a widget, or at a place in it."""
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at or widget.rect().center())

    def settle(self) -> None:
        """The finger rests longer than a double tap takes."""
        for button in self.window.findChildren(QWidget):
            if hasattr(button, "_settling"):
                button._settling.invalidate()


Show = Callable[..., Stage]


@pytest.fixture(scope="session")
def _fonts(qapp: QApplication) -> None:
    assert load_fonts()


@pytest.fixture
def show(qapp: QApplication, _fonts: None) -> Iterator[Show]:
    """Show a scene: `show(scene, "press", size=(1024, 600), language="de")`."""
    stages: list[Stage] = []

    def make(
        scene: Scene,
        *stations: str,
        size: tuple[int, int] = (1024, 600),
        language: str = "en",
        palette: Palette = LIGHT,
        mm: float = INCH_10,
        watching: bool = False,
        desk: str | None = None,
        takes_over: bool = True,
    ) -> Stage:
        """`desk`: where things are done on a terminal without stations, "" where it only shows the line."""
        cues: list[str] = []
        ui = Ui(Theme(palette, mm), Language(language), cue=cues.append)
        model = LineModel(scene.listen, scene.submit, scene.clock)
        pages = [
            PageSpec("line", Text("Line"), QLabel),
            PageSpec("calls", Text("Calls"), QLabel, tells_calls=True),
            PageSpec("health", Text("Health"), QLabel),
        ]
        own = () if watching or desk is not None else stations or ("press",)
        window = TerminalWindow(
            ui,
            model,
            own,
            pages=pages,
            ask=scene.ask,
            palette=palette,
            mm=mm,
            watching=watching,
            desk=desk or "",
            takes_over=takes_over,
        )
        window.resize(*size)
        window.show()
        qapp.processEvents()
        stages.append(Stage(scene, ui, model, window, cues))
        return stages[-1]

    yield make
    for stage in stages:
        stage.model.close()
        stage.window.close()
        stage.window.deleteLater()
    qapp.processEvents()


@pytest.fixture
def show_loops(qapp: QApplication, _fonts: None) -> Iterator[ShowLoops]:
    """Show the Loops page: `show_loops(still, "press", size=(1024, 600), language="de")`."""
    made: list[LoopsStage] = []

    def make(
        still: Still,
        *stations: str,
        size: tuple[int, int] = (1280, 700),
        language: str = "en",
        dark: bool = False,
    ) -> LoopsStage:
        made.append(LoopsStage(still, size=size, language=language, stations=stations or ("press",), dark=dark))
        return made[-1]

    yield make
    for one in made:
        one.page.hide()
        one.page.deleteLater()
    qapp.processEvents()


@pytest.fixture
def show_calls(qapp: QApplication, _fonts: None) -> Iterator[ShowCalls]:
    """Show the Calls page: `show_calls(line, "press", size=(1024, 600), language="de")`; no station watches only."""
    made: list[CallsStage] = []

    def make(
        line: Still | Scene,
        *stations: str,
        size: tuple[int, int] = (1280, 700),
        language: str = "en",
        dark: bool = False,
        print_sheet: PrintSheet | None = None,
    ) -> CallsStage:
        made.append(
            CallsStage(line, size=size, language=language, stations=stations, dark=dark, print_sheet=print_sheet)
        )
        return made[-1]

    yield make
    for one in made:
        one.model.close()
        one.page.hide()
        one.page.deleteLater()
    qapp.processEvents()
