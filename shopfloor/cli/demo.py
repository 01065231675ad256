"""`demo`: a living line with emulated operators and devices."""

import os
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path

import click

from shopfloor.app import Terminal
from shopfloor.cli.display import has_display
from shopfloor.cli.echo import Echo, LineOf
from shopfloor.cli.logs import start_logging, stop_logging
from shopfloor.cli.output import DONE, language_option, say, sentences
from shopfloor.cli.stopping import until_stopped
from shopfloor.cli.window import Screens, save
from shopfloor.clock import zone_of
from shopfloor.core.commands import Command
from shopfloor.core.text import Text
from shopfloor.core.update import Update
from shopfloor.core.words import clock_text
from shopfloor.devices.virtual import VirtualPort
from shopfloor.linefile import demo_line
from shopfloor.trouble import Trouble
from shopfloor.twin.crew import Crew, faster

DEFAULT_SPEED = 4.0
PICTURES_FOR_S = 60.0  # without a display: long enough for calls and a stop
PICTURE_EVERY_MS = 5_000
SEED = 7


@click.command()
@click.option(
    "--speed", type=click.FloatRange(0.1, 50), default=DEFAULT_SPEED, show_default=True, help="Times real time."
)
@click.option("--for", "for_s", type=click.FloatRange(1), help="End after so many seconds.")
@click.option("--screens", type=click.Path(file_okay=False, path_type=Path), help="Write pictures of the screens here.")
@click.option("--theme", type=click.Choice(["light", "dark"]), help="Of all windows; else the board alone is dark.")
@language_option
def demo(speed: float, for_s: float | None, screens: Path | None, theme: str | None, language: str) -> int:
    """Run a living line with EMULATED operators, scanners and button boxes."""
    shown = has_display()
    if not shown:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        screens = screens or Path("screens")
        for_s = for_s or PICTURES_FOR_S
        say(f"There is no display here: pictures of the screens go to {screens}/ for {for_s:.0f} s.")
    if screens is not None:
        _make(screens)
    stopped = until_stopped()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shopfloor-demo-")))
        stack.callback(stop_logging, start_logging(folder))
        line = faster(demo_line(), speed)
        terminal = Terminal(folder, [station.id for station in line.stations], line=line)
        stack.callback(terminal.stop)
        terminal.open()
        terminal.start_devices()
        crew = Crew(
            terminal.engine.line,
            terminal.engine.listen,
            _send,
            clock=terminal.clock,
            seed=SEED,
            speed=speed,
            act=lambda command: _act(terminal, command),
        )
        stack.callback(crew.stop)
        crew.start()
        say("The line is living. Everything on it is emulated: people, scanners, buttons.")
        if screens is not None:
            stack.callback(Echo(terminal.engine.listen, _sentences_of(line.timezone)).close)
        if for_s is not None:
            timer = threading.Timer(for_s, stopped.set)
            timer.daemon = True
            stack.callback(timer.cancel)
            timer.start()
        return _show(terminal, stopped, screens, theme=theme or "", language=language)


def _act(terminal: Terminal, command: Command) -> None:
    terminal.engine.submit(command, terminal.clock.now())


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"The folder {folder} cannot be made: {error.strerror or error}.",
            remedy="Name a folder that this user may write with --screens.",
        ) from error


def _show(terminal: Terminal, stopped: threading.Event, pictures: Path | None, *, theme: str, language: str) -> int:
    screens = Screens(theme=theme, language=language)
    station = screens.terminal(terminal)
    board = screens.board_of(terminal)
    if pictures is None:
        return screens.run(stopped)
    folder = pictures
    flow = screens.board_of(terminal)
    flow.go("flow")
    windows, names = [station, board, flow], ["station", "board", "flow"]

    def picture() -> None:
        save([*windows], folder, names)

    code = screens.run(stopped, each=(PICTURE_EVERY_MS, picture))
    say(f"Ended. The last pictures: {', '.join(str(folder / f'{name}.png') for name in names)}")
    return code or DONE


def _send(device: str, data: bytes) -> bool:
    return VirtualPort.get(device).send(data)


def _sentences_of(zone_name: str) -> LineOf:
    zone = zone_of(zone_name)

    def line_of(update: Update, _dropped: int) -> bytes | None:
        outcome = update.outcome
        if outcome is None or outcome.words == Text(""):
            return None
        at = clock_text(update.events[-1].moment.us, zone) if update.events else ""
        sign = "x" if outcome.refusal else "+"
        return f"{at}  {sign} {sentences(outcome.words, outcome.remedy)}\n".encode()

    return line_of
