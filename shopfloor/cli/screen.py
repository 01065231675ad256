"""`station` and `board`: a terminal, and the line board alone."""

import gc
from importlib import import_module
from pathlib import Path

import click

from shopfloor.app import JOINED, Terminal, follower_of
from shopfloor.cli.auto_print import AutoPrinter
from shopfloor.cli.cards_shop import translation
from shopfloor.cli.display import need_display
from shopfloor.cli.echo import Echo
from shopfloor.cli.line_in_force import line_to_begin_with, remember_line, seal_of
from shopfloor.cli.logs import start_logging, stop_logging
from shopfloor.cli.output import DONE, USAGE, complain, data_option, language_option
from shopfloor.cli.stopping import until_stopped
from shopfloor.cli.watch import LineFileWatch
from shopfloor.cli.word_box import WordBox
from shopfloor.core.line import Device, DeviceKind, Line
from shopfloor.core.text import english
from shopfloor.devices.address import parse_address
from shopfloor.trouble import PortTrouble

READY = "ready"
LINE_S_MAX = 30.0  # a terminal that has joined and has no line file yet gets it from the line, or says that it did not


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID...]")
@click.option("--line", "line_file", type=click.Path(dir_okay=False, path_type=Path), help="The line file.")
@data_option
@click.option(
    "--scanner",
    "scanners",
    multiple=True,
    metavar="[STATION=]URL",
    help="A scanner besides those of the line file: /dev/..., COM5, VID:PID:SERIAL, socket://host:port or wedge.",
)
@click.option("--no-screen", is_flag=True, help="Run without a window.")
@click.option("--echo", is_flag=True, help="One JSON line on stdout for every outcome, after its commit.")
@click.option("--kiosk", is_flag=True, help="Full screen, without a frame.")
@click.option("--theme", type=click.Choice(["light", "dark"]), default="light", show_default=True)
@language_option
def station(
    ids: tuple[str, ...],
    line_file: Path | None,
    folder: Path,
    scanners: tuple[str, ...],
    *,
    no_screen: bool,
    echo: bool,
    kiosk: bool,
    theme: str,
    language: str,
) -> int:
    """Run a terminal for the stations ID...; without any, for whoever looks after the line that DIR has joined."""
    if not no_screen:
        need_display()
    seal = seal_of(line_file)
    line = line_to_begin_with(line_file, folder)
    given = tuple(_scanner(text, ids, index) for index, text in enumerate(scanners, 1))
    if not _has_a_place(ids, folder) or not _can_be_ports(given):
        return USAGE
    stopped = until_stopped()
    logs = start_logging(folder)
    terminal = Terminal(folder, ids, line=line, scanners=given)
    looking: list[LineFileWatch | WordBox] = []
    echoing = printing = None
    try:
        terminal.begin()
        if not no_screen:
            import_module("shopfloor.cli.window")  # while the journal opens
        terminal.open()
        if not _knows(terminal, ids):
            return USAGE
        echoing = Echo(terminal.engine.listen) if echo else None
        printing = AutoPrinter(terminal, language=language)
        terminal.start_devices()
        terminal.start_link()
        terminal.start_telling(english if language == "en" else translation(language))
        if line_file is not None and _is_in_force(terminal, line):
            remember_line(seal, folder)
        looking = _look(terminal, line_file)
        if no_screen:
            _is_ready()
            terminal.wait(stopped)
            return DONE
        from shopfloor.cli.window import run_terminal

        # A scanner that types is heard only once there is a window.
        return run_terminal(
            terminal, stopped, shown=_is_ready, loaded=gc.freeze, kiosk=kiosk, theme=theme, language=language
        )
    finally:
        for each in looking:
            each.stop()
        terminal.stop()
        if printing is not None:
            printing.stop()
        if echoing is not None:
            echoing.close()
        stop_logging(logs)


@click.command()
@data_option
@click.option("--kiosk", is_flag=True, help="Full screen, without a frame.")
@click.option("--theme", type=click.Choice(["light", "dark"]), default="dark", show_default=True)
@language_option
def board(folder: Path, *, kiosk: bool, theme: str, language: str) -> int:
    """Show the line board of a data folder, beside its running terminal."""
    from shopfloor.cli.window import run_board

    stopped = until_stopped()
    follower = follower_of(folder)
    follower.start()
    try:
        return run_board(follower, stopped, kiosk=kiosk, theme=theme, language=language)
    finally:
        follower.stop()


def _look(terminal: Terminal, line_file: Path | None) -> list[LineFileWatch | WordBox]:
    """Begin to look for what people ask by files."""
    looking: list[LineFileWatch | WordBox] = [LineFileWatch(line_file, terminal)] if line_file is not None else []
    if terminal.is_joined:
        looking.append(WordBox(terminal))
    for each in looking:
        each.start()
    return looking


def _is_ready() -> None:
    """Say so. What was loaded until now stays: looking through it for garbage would hold every thread for 50 ms."""
    click.echo(READY)
    gc.freeze()


def _scanner(text: str, ids: tuple[str, ...], index: int) -> Device:
    name, equals, port = text.partition("=")
    at, port = (name, port) if equals and name in ids else (next(iter(ids), ""), text)
    return Device(id=f"scanner:{index}", kind=DeviceKind.SCANNER, port=port, station=at)


def _has_a_place(ids: tuple[str, ...], folder: Path) -> bool:
    if ids or (folder / JOINED).is_file():
        return True
    complain(
        f"Expected stations, ID..., or a data folder that has joined a line; {folder} has not.\n"
        "  Name the stations of this terminal, or join first: shopfloor line join URL KEY --data DIR."
    )
    return False


def _can_be_ports(scanners: tuple[Device, ...]) -> bool:
    """Whoever types a port stands before the terminal: say it at once, not on the Health page."""
    wrong = 0
    for scanner in scanners:
        try:
            parse_address(scanner.port, name=scanner.id)
        except PortTrouble as trouble:
            complain(f"--scanner: {trouble.what}\n  {trouble.remedy}")
            wrong += 1
    return not wrong


def _is_in_force(terminal: Terminal, line: Line | None) -> bool:
    """Whether the line file that was given is; on a line of several it may have been offered only, or be refused."""
    if line is None or terminal.line_trouble:
        return False
    return not terminal.is_joined or terminal.engine.line == line


def _knows(terminal: Terminal, ids: tuple[str, ...]) -> bool:
    if ids:
        terminal.fetch_line(LINE_S_MAX)
    trouble = terminal.line_trouble
    if trouble:
        complain(trouble)
    known = [station.id for station in terminal.engine.line.stations]
    unknown = [station for station in ids if station not in known]
    if unknown:
        complain(
            f"Expected stations of the line ({', '.join(known) or 'none: name a line file with --line FILE'}), "
            f"got {', '.join(unknown)}."
        )
    return not unknown
