"""The pictures of a line of terminals: the link, other terminals' stations, stops that are seen, findings."""

from collections.abc import Iterator
from dataclasses import replace

from shots import LARGE, SMALL, Act, Shot, looks

from shopfloor.gui.calls_tabs import Part
from shopfloor.gui.pages.calls import CallsPage
from shopfloor.gui.window import TerminalWindow
from tests.gui import line_scenes

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
        scene = line_scenes.leader_findings if name == "findings" else line_scenes.SCENES[name]
        one = Shot(f"line-calls-{name}", scene, page="calls", act=_show(part))
        yield one
        yield replace(one, name=f"{one.name}-1024", size=SMALL)
        yield replace(one, name=f"{one.name}-de", language="de")
        yield replace(one, name=f"{one.name}-pseudo-1024", size=SMALL, language="pseudo")
        yield replace(one, name=f"{one.name}-dark", size=LARGE, dark=True)


def _look_at(station: str) -> Act:
    return lambda window: window.go(station)


def _show(part: Part) -> Act:
    def act(window: TerminalWindow) -> None:
        page = window.page("calls")
        assert isinstance(page, CallsPage)
        page.show_part(part)

    return act
