"""What a picture of the screens is: a line, a page, a size, a look, and what is touched before."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from shopfloor.gui.window import TerminalWindow
from tests.gui.board_shops import Still
from tests.gui.shops import Scene

TERMINAL, SMALL, LARGE, PORTRAIT, WALL = (1280, 800), (1024, 600), (1920, 1080), (1080, 1920), (3840, 2160)

Act = Callable[[TerminalWindow], None]
Source = Scene | Still  # both speak as an engine does: listen, submit, ask, clock


@dataclass(frozen=True)
class Shot:
    """One picture; `act` touches something first. `grey`: without its colours, as some eyes and printers see it.

    `desk`: the terminal has no station, and things are done there; with neither it only shows the line.
    """

    name: str
    source: Callable[[], Source]
    page: str = "press"
    size: tuple[int, int] = TERMINAL
    dark: bool = False
    language: str = "en"
    act: Act | None = None
    stations: tuple[str, ...] = ("press",)
    desk: str = ""
    watching: bool = False
    grey: bool = False


def looks(shot: Shot) -> Iterator[Shot]:
    """The same at other sizes, in the dark, and in other languages."""
    for label, size in (("1024", SMALL), ("1920", LARGE), ("portrait", PORTRAIT)):
        yield replace(shot, name=f"{shot.name}-{label}", size=size)
    yield replace(shot, name=f"{shot.name}-dark", size=LARGE, dark=True)
    for language in ("de", "pseudo"):
        yield replace(shot, name=f"{shot.name}-{language}", language=language)
        yield replace(shot, name=f"{shot.name}-{language}-1024", size=SMALL, language=language)
