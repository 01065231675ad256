"""Windows on a running terminal or beside it: the application, its pages, its wedge scanners and its end."""

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from shopfloor.app import Terminal
from shopfloor.cli.display import need_display
from shopfloor.cli.print_job import CardPrinter, SheetPrinter
from shopfloor.clock import SystemClock
from shopfloor.core.commands import Command
from shopfloor.core.line import DeviceKind
from shopfloor.core.moment import Now
from shopfloor.core.text import Text
from shopfloor.core.update import Outcome
from shopfloor.engine.follower import Follower
from shopfloor.gui.bridge import AskHistory, AskPast, LineModel, PrintCards, PrintSheet
from shopfloor.gui.lang import Language
from shopfloor.gui.theme import DARK, LIGHT, load_fonts
from shopfloor.gui.timer import NamedTimer
from shopfloor.gui.ui import Ui
from shopfloor.gui.warm import WarmUp
from shopfloor.gui.watchdog import Watchdog
from shopfloor.gui.wedge import NO_READ, PREFIXES, WedgeFilter
from shopfloor.gui.window import PageSpec, TerminalWindow
from shopfloor.trouble import Trouble

STOP_POLL_MS = 200  # how soon a SIGTERM ends the event loop
SHOWN_MS_MAX = 5_000  # the first frame takes half a second
STATION_SIZE = (1280, 800)
BOARD_SIZE = (1600, 900)
WEDGE = "wedge"
OFFSCREEN = "offscreen"


class Screens:
    """One Qt application and the windows in it. Make it in the main thread."""

    def __init__(self, *, theme: str, language: str, loaded: Callable[[], None] = lambda: None) -> None:
        """`theme` "": light at a station, dark on a board that hangs above it. `loaded`: every page is imported."""
        self._app = QApplication.instance() or QApplication(["shopfloor"])
        load_fonts()
        self._palettes = {"dark": (DARK, DARK), "light": (LIGHT, LIGHT)}.get(theme, (LIGHT, DARK))
        self._language = language
        self._models: list[LineModel] = []
        self._wedges: list[WedgeFilter] = []
        self._owner = QObject()
        self._watchdog = Watchdog(SystemClock(), self._owner)
        self._warm = WarmUp(then=loaded)
        self.windows: list[TerminalWindow] = []

    def terminal(self, terminal: Terminal, *, kiosk: bool = False, keys: bool = True) -> TerminalWindow:
        """The window of a terminal: its stations, the board, figures and health. `keys`: it hears keyboard scanners."""
        model = LineModel(terminal.engine.listen, terminal.engine.submit, terminal.clock)
        printer = CardPrinter(terminal.folder, self._owner, language=self._language)
        window = self._window(
            model,
            terminal.engine.figures,
            terminal.engine.ask,
            terminal.stations,
            desk=terminal.desk,
            takes_over=terminal.may_take_over,
            kiosk=kiosk,
            cue=terminal.sound.play,
            print_cards=printer,
            print_sheet=SheetPrinter(terminal.folder, self._owner, language=self._language),
            test_lamps=terminal.signaller.test_lamps,
            painted_stop=terminal.stops.painted,
        )
        terminal.stops.use_screen()
        window.lent.connect(terminal.lend_scanners)
        if keys and terminal.places:
            self._listen_to_keys(terminal, window)
        _fit(window, STATION_SIZE)
        return window

    def board(self, follower: Follower, *, kiosk: bool = False) -> TerminalWindow:
        """The line board alone, beside a terminal: nothing can be done there."""
        model = LineModel(follower.listen, _nothing, SystemClock())
        window = self._window(model, follower.figures, follower.ask, (), kiosk=kiosk, watching=True)
        _fit(window, BOARD_SIZE)
        return window

    def board_of(self, terminal: Terminal) -> TerminalWindow:
        """A board window in a terminal's own process."""
        model = LineModel(terminal.engine.listen, _nothing, terminal.clock)
        window = self._window(model, terminal.engine.figures, terminal.engine.ask, (), kiosk=False, watching=True)
        _fit(window, BOARD_SIZE)
        return window

    def run(
        self,
        stopped: threading.Event,
        *,
        alive: Callable[[], bool] = lambda: True,
        each: tuple[int, Callable[[], None]] | None = None,
    ) -> int:
        """Show the windows until they are closed, `stopped` is set or what they show is no longer `alive`.

        `each` is done every so many milliseconds.
        """

        def look() -> None:
            if stopped.is_set() or not alive():
                self._app.quit()

        watch = NamedTimer(self._owner, "stop", STOP_POLL_MS, look)
        watch.start()
        timers = [watch]
        if each is not None:
            timers.append(NamedTimer(self._owner, "each", each[0], each[1]))
            timers[-1].start()
        for window in self.windows:
            window.show()
        if each is None and self.windows:  # taking pictures is slow on purpose
            # The first frame lays everything out and finds every font: slow, and nobody can touch anything before.
            self.windows[0].painted.connect(self._watchdog.start)
        code = self._app.exec()
        if each is not None:
            each[1]()
        for timer in timers:
            timer.stop()
        self._watchdog.stop()
        self.close()
        return code

    def close(self) -> None:
        """Let go of the engine before it ends."""
        self._warm.stop()
        for wedge in self._wedges:
            wedge.remove(self._app)
        for model in self._models:
            model.close()
        for window in self.windows:
            window.close()

    def _window(
        self,
        model: LineModel,
        ask: AskHistory,
        past: AskPast,
        stations: tuple[str, ...],
        *,
        kiosk: bool,
        watching: bool = False,
        desk: str = "",
        takes_over: bool = False,
        cue: Callable[[str], None] | None = None,
        print_cards: PrintCards | None = None,
        print_sheet: PrintSheet | None = None,
        test_lamps: Callable[[], None] | None = None,
        painted_stop: Callable[[str], None] | None = None,
    ) -> TerminalWindow:
        ui = Ui(language=Language(self._language), cue=cue)
        pages = page_specs(
            ui,
            model,
            ask,
            past,
            watching=watching,
            places=stations or ((desk,) if desk else ()),
            print_cards=print_cards,
            print_sheet=print_sheet,
            test_lamps=test_lamps,
        )
        window = TerminalWindow(
            ui,
            model,
            stations,
            pages=pages,
            ask=ask,
            palette=self._palettes[1 if watching else 0],
            kiosk=kiosk,
            watching=watching,
            desk=desk,
            takes_over=takes_over,
            painted_stop=painted_stop,
        )
        window.painted.connect(self._warm.start)
        self._models.append(model)
        self.windows.append(window)
        return window

    def _listen_to_keys(self, terminal: Terminal, window: TerminalWindow) -> None:
        """A keyboard scanner scans for the station that is shown; one named in the line file for its own."""
        named = [
            device
            for device in terminal.devices
            if device.kind is DeviceKind.SCANNER and device.port.partition(":")[0] == WEDGE
        ]
        taken = {device.prefix for device in named if device.prefix}
        for device in named:
            self._wedge(
                terminal,
                device.id,
                _always(device.station),
                (device.prefix,) if device.prefix else PREFIXES,
                no_read=device.no_read,
            )
        free = tuple(prefix for prefix in PREFIXES if prefix not in taken)
        if free and not any(not device.prefix for device in named):
            self._wedge(terminal, WEDGE, lambda: window.places.acting(window.current), free)

    def _wedge(
        self,
        terminal: Terminal,
        device: str,
        station: Callable[[], str],
        prefixes: tuple[str, ...],
        *,
        no_read: tuple[str, ...] = NO_READ,
    ) -> None:
        engine = terminal.engine
        wedge = WedgeFilter(
            self._owner,
            engine.submit,
            clock=terminal.clock,
            station=station,
            device=device,
            prefixes=prefixes,
            no_read=no_read,
            report=engine.report,
        )
        wedge.install(self._app)
        self._wedges.append(wedge)


def page_specs(
    ui: Ui,
    model: LineModel,
    ask: AskHistory,
    past: AskPast,
    *,
    watching: bool = False,
    places: tuple[str, ...] = (),
    print_cards: PrintCards | None = None,
    print_sheet: PrintSheet | None = None,
    test_lamps: Callable[[], None] | None = None,
) -> tuple[PageSpec, ...]:
    """The pages beside the stations; each is imported when it is first shown. `watching`: the board is alone.

    `places`: where things are done on this terminal; without any, nothing is.
    """

    def board(parent: QWidget) -> QWidget:
        from shopfloor.gui.pages.board import BoardPage

        return BoardPage(model, ui, ask, parent, framed=not watching)

    def calls(parent: QWidget) -> QWidget:
        from shopfloor.gui.pages.calls import CallsPage

        return CallsPage(model, ui, ask, past, parent, stations=places, print_sheet=print_sheet)

    def flow(parent: QWidget) -> QWidget:
        from shopfloor.gui.pages.flow import FlowPage

        return FlowPage(model, ui, ask, parent)

    def loops(parent: QWidget) -> QWidget:
        from shopfloor.gui.pages.loops import LoopsPage

        return LoopsPage(model, ui, ask, parent, stations=places, print_cards=print_cards)

    def health(parent: QWidget) -> QWidget:
        from shopfloor.gui.pages.health import HealthPage

        return HealthPage(model, ui, parent, station=next(iter(places), ""), test_lamps=test_lamps)

    return (
        PageSpec("board", Text("Line"), board),
        PageSpec("calls", Text("Calls"), calls, tells_calls=True),
        PageSpec("flow", Text("Flow"), flow),
        PageSpec("loops", Text("Loops"), loops),
        PageSpec("health", Text("Health"), health),
    )


def run_terminal(
    terminal: Terminal,
    stopped: threading.Event,
    *,
    shown: Callable[[], None],
    loaded: Callable[[], None] = lambda: None,
    kiosk: bool,
    theme: str,
    language: str,
) -> int:
    """Show a terminal's window until it is closed; `shown` is called once, when it can take keys.

    `loaded` is called, on another thread, when everything is imported.
    """
    screens = Screens(theme=theme, language=language, loaded=loaded)
    window = screens.terminal(terminal, kiosk=kiosk)
    waiting = [shown]

    def tell() -> None:
        if waiting:
            waiting.pop()()

    window.painted.connect(tell)
    # Behind another window, or with the monitor off, nothing is painted; ports are listened to all the same.
    NamedTimer(window, "shown", SHOWN_MS_MAX, tell, once=True).start()
    code = screens.run(stopped, alive=lambda: terminal.engine.alive)
    terminal.check()
    return code


def run_board(follower: Follower, stopped: threading.Event, *, kiosk: bool, theme: str, language: str) -> int:
    """Show the line board until it is closed."""
    need_display()
    screens = Screens(theme=theme, language=language)
    screens.board(follower, kiosk=kiosk)
    code = screens.run(stopped, alive=lambda: follower.alive)
    if not follower.alive:
        raise Trouble(
            "The board has ended by a fault of the program.",
            remedy="Start it again; what it says above is for whoever maintains it.",
        )
    return code


def save(windows: Sequence[QWidget], folder: Path, names: list[str]) -> list[Path]:
    """Write what each window shows now as a picture."""
    paths = []
    for window, name in zip(windows, names, strict=True):
        path = folder / f"{name}.png"
        if not window.grab().save(str(path)):
            raise Trouble(f"The picture {path} cannot be written.", remedy="Check the folder and the disk.")
        paths.append(path)
    return paths


def _fit(window: QWidget, size: tuple[int, int]) -> None:
    """The size, but no more than the screen has room for; pictures without a screen are as large as they should be."""
    room = window.screen().availableSize()
    offscreen = QApplication.platformName() == OFFSCREEN
    width, height = size if offscreen else (min(size[0], room.width()), min(size[1], room.height()))
    window.resize(width, height)


def _nothing(
    command: Command, now: Now, *, command_id: str = "", reply: Callable[[Outcome], None] | None = None
) -> bool:
    """A follower writes nothing: whatever is wanted of it is refused."""
    del command, now, command_id, reply
    return False


def _always(station: str) -> Callable[[], str]:
    return lambda: station
