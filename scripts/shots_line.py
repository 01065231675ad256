"""The pictures of a line of terminals: the link, other terminals' stations, stops that are seen, findings."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from shots import LARGE, SMALL, Act, Shot, looks

from shopfloor.core.line_link import LinkState
from shopfloor.gui.calls_tabs import Part
from shopfloor.gui.pages.calls import CallsPage
from shopfloor.gui.pages.station import StationPage
from shopfloor.gui.window import SIGN, TerminalWindow
from tests.gui import line_scenes
from tests.gui.line_scenes import DESK

ELSEWHERE = {"normal": "deburr", "silent": "deburr"}


def line_shots() -> Iterator[Shot]:
    """Every state of the link on the pages that show it."""
    for name, scene in line_scenes.SCENES.items():
        one = Shot(f"line-{name}", scene)
        yield one
        yield from looks(one)
        board = replace(one, name=f"line-board-{name}", page="board")
        yield board
        if name in {"silent", "lost", "stop", "stop-alone"}:
            yield from looks(board)
            yield replace(board, name=f"{board.name}-grey", grey=True)
            yield replace(board, name=f"{board.name}-watch", size=LARGE, dark=True, watching=True)
    for name, station in ELSEWHERE.items():
        one = Shot(f"line-elsewhere-{name}", line_scenes.SCENES[name], page="board", act=_look_at(station))
        yield one
        yield from looks(one)
    for name, part in (("findings", Part.ASIDE), ("stop", Part.OPEN), ("silent", Part.OPEN)):
        scene = line_scenes.every_finding if name == "findings" else line_scenes.SCENES[name]
        one = Shot(f"line-calls-{name}", scene, page="calls", act=_show(part))
        yield one
        yield replace(one, name=f"{one.name}-1024", size=SMALL)
        yield replace(one, name=f"{one.name}-de", language="de")
        yield replace(one, name=f"{one.name}-pseudo-1024", size=SMALL, language="pseudo")
        yield replace(one, name=f"{one.name}-dark", size=LARGE, dark=True)
    yield from _desk_shots()
    yield from _take_over_shots()
    for name, scene in line_scenes.HEALTHS.items():
        one = Shot(f"line-health-{name}", scene, "health")
        yield one
        yield from looks(one)


def _take_over_shots() -> Iterator[Shot]:
    """A silent terminal's station as a leader looks at it, what taking it over means, and the way back."""
    for name, scene, act in (
        ("offer", line_scenes.silent_for_leader, _look_at("deburr")),
        ("ask", line_scenes.silent_for_leader, _take("deburr")),
        ("done", line_scenes.taken_over, _look_at("deburr")),
        ("back-ask", line_scenes.leader_takes_back, _take("press")),
    ):
        one = Shot(f"line-take-{name}", scene, act=act)
        yield one
        yield from looks(one)


def _take(station: str) -> Act:
    def act(window: TerminalWindow) -> None:
        window.go(station)
        page = window.page(station)
        assert isinstance(page, StationPage)
        page.whose.take.click()

    return act


def _desk_shots() -> Iterator[Shot]:
    """A terminal without stations: waiting for the line, at work, and as one that only shows it."""
    for name, state in (("looking", LinkState.CONNECTING), ("reading", LinkState.UP), ("trouble", LinkState.TROUBLE)):
        one = Shot(f"line-waiting-{name}", partial(line_scenes.waiting, state), "board", stations=(), desk=DESK)
        yield one
        yield from looks(one)
    for page in ("board", "calls", "flow", "loops", "health"):
        one = Shot(f"line-desk-{page}", line_scenes.leader_at_desk, page, stations=(), desk=DESK)
        yield one
        yield from looks(one)
        yield replace(one, name=f"line-only-{page}", source=line_scenes.watching, desk="")
    for name, act in (("sign", _sign), ("station", _look_at("press"))):
        one = Shot(f"line-desk-{name}", line_scenes.at_desk, "board", stations=(), desk=DESK, act=act)
        yield one
        yield replace(one, name=f"{one.name}-1024", size=SMALL)
        yield replace(one, name=f"{one.name}-pseudo-1024", size=SMALL, language="pseudo")


def _sign(window: TerminalWindow) -> None:
    window.header.chosen.emit(SIGN)


def _look_at(station: str) -> Act:
    return lambda window: window.go(station)


def _show(part: Part) -> Act:
    def act(window: TerminalWindow) -> None:
        page = window.page("calls")
        assert isinstance(page, CallsPage)
        page.show_part(part)

    return act
