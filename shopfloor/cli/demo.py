"""`demo`: a living line with emulated operators and devices."""

import os
import tempfile
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from shopfloor.app import Terminal
from shopfloor.cli.display import has_display
from shopfloor.cli.echo import Echo, LineOf
from shopfloor.cli.line import need_extra
from shopfloor.cli.logs import start_logging, stop_logging
from shopfloor.cli.output import DONE, language_option, say, sentences
from shopfloor.cli.stopping import until_stopped
from shopfloor.cli.window import Screens, save
from shopfloor.clock import zone_of
from shopfloor.core.commands import Command
from shopfloor.core.line import Line
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
TERMINALS_MAX = 5  # as many as the line has stations
LINE_PICTURE = "line"


@click.command()
@click.option(
    "--speed", type=click.FloatRange(0.1, 50), default=DEFAULT_SPEED, show_default=True, help="Times real time."
)
@click.option("--for", "for_s", type=click.FloatRange(1), help="End after so many seconds.")
@click.option("--screens", type=click.Path(file_okay=False, path_type=Path), help="Write pictures of the screens here.")
@click.option("--theme", type=click.Choice(["light", "dark"]), help="Of all windows; else the board alone is dark.")
@click.option(
    "--terminals",
    "count",
    type=click.IntRange(1, TERMINALS_MAX),
    default=1,
    help="So many terminals on one line server, each with stations, a journal and people of its own.",
)
@language_option
def demo(speed: float, for_s: float | None, screens: Path | None, theme: str | None, count: int, language: str) -> int:
    """Run a living line with EMULATED operators, scanners and button boxes."""
    if count > 1:
        need_extra()
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
        terminals = _terminals(line, folder, count, stack)
        for terminal in terminals:
            _bring_to_life(terminal, stack, speed=speed)
        say("The line is living. Everything on it is emulated: people, scanners, buttons.")
        for terminal in terminals if screens is not None else ():
            stack.callback(Echo(terminal.engine.listen, _sentences_of(line.timezone)).close)
        if for_s is not None:
            timer = threading.Timer(for_s, stopped.set)
            timer.daemon = True
            stack.callback(timer.cancel)
            timer.start()
        return _show(terminals, stopped, screens, theme=theme or "", language=language)


def _terminals(line: Line, folder: Path, count: int, stack: ExitStack) -> list[Terminal]:
    if count == 1:
        return [Terminal(folder, [station.id for station in line.stations], line=line)]
    from shopfloor.cli.demo_line import terminals_of

    return terminals_of(line, folder, count, stack)


def _bring_to_life(terminal: Terminal, stack: ExitStack, *, speed: float) -> None:
    """Start it with everything that belongs to it, and the people at its stations."""
    stack.callback(terminal.stop)
    terminal.open()
    terminal.start_devices()
    terminal.start_link()
    crew = Crew(
        terminal.engine.line,
        terminal.engine.listen,
        _send,
        clock=terminal.clock,
        seed=SEED,
        speed=speed,
        act=lambda command: _act(terminal, command),
        stations=terminal.stations,
    )
    stack.callback(crew.stop)
    crew.start()


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


def _show(
    terminals: Sequence[Terminal], stopped: threading.Event, pictures: Path | None, *, theme: str, language: str
) -> int:
    screens = Screens(theme=theme, language=language)
    alone = len(terminals) == 1
    stations = [screens.terminal(terminal, keys=alone) for terminal in terminals]
    board = screens.board_of(terminals[0])
    if pictures is None:
        return screens.run(stopped)
    folder = pictures
    flow = screens.board_of(terminals[0])
    flow.go("flow")
    windows = [*stations, board, flow]
    names = ["station" if alone else terminal.name for terminal in terminals] + ["board", "flow"]

    def picture() -> None:
        save([*windows], folder, names)
        if not alone:
            from shopfloor.cli.demo_picture import save_line

            save_line(board, stations, folder / f"{LINE_PICTURE}.png")

    code = screens.run(stopped, each=(PICTURE_EVERY_MS, picture))
    written = names if alone else [*names, LINE_PICTURE]
    say(f"Ended. The last pictures: {', '.join(str(folder / f'{name}.png') for name in written)}")
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
