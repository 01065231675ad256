"""The pictures of calls on the other pages: banner, station, board and health."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from shots import LARGE, SMALL, Act, Shot, looks

from shopfloor.gui.pages.station import StationPage
from shopfloor.gui.window import TerminalWindow
from tests.gui import andon_scenes


def andon_shots() -> Iterator[Shot]:
    """Every state of a call on every page that shows calls."""
    for name, (scene, station) in andon_scenes.SCENES.items():
        one = Shot(
            f"andon-{name}", scene, page=station, stations=("press", "wash") if station == "wash" else ("press",)
        )
        yield one
        yield from looks(one)
        yield replace(one, name=f"{one.name}-grey", grey=True)
    for name, scene in _BOARDS.items():
        one = Shot(f"andon-board-{name}", scene, page="board")
        yield one
        yield from looks(one)
        yield replace(one, name=f"{one.name}-grey", grey=True)
        yield replace(one, name=f"{one.name}-watch", size=LARGE, dark=True, watching=True)
        yield replace(one, name=f"{one.name}-watch-grey", size=LARGE, watching=True, grey=True)
    yield Shot(
        "andon-board-not-recorded", andon_scenes.not_recorded, page="board", size=LARGE, dark=True, watching=True
    )
    for name, just_tested in (("lamps", False), ("tested", True)):
        one = Shot(f"andon-health-{name}", partial(andon_scenes.lamps, just_tested=just_tested), page="health")
        yield one
        yield from looks(one)
        yield replace(one, name=f"{one.name}-grey", grey=True)
    for name, scene, act in _ASKED:
        one = Shot(f"andon-ask-{name}", scene, act=act)
        yield one
        yield replace(one, name=f"{one.name}-1024", size=SMALL)
        yield replace(one, name=f"{one.name}-dark", size=LARGE, dark=True)
        for language in ("de", "pseudo"):
            yield replace(one, name=f"{one.name}-{language}-1024", size=SMALL, language=language)


def _page(window: TerminalWindow) -> StationPage:
    page = window.page(window.current)
    assert isinstance(page, StationPage)
    return page


def _help(*answers: str) -> Act:
    def act(window: TerminalWindow) -> None:
        page = _page(window)
        page.bar.help.click()
        _answer(page, *answers)

    return act


def _why(*answers: str) -> Act:
    def act(window: TerminalWindow) -> None:
        page = _page(window)
        page.strip.touched.emit()
        _answer(page, *answers)

    return act


def _answer(page: StationPage, *answers: str) -> None:
    for answer in answers:
        next(button for button in page.sheet.buttons() if answer in str(button.word)).click()


_BOARDS = {"quiet": andon_scenes.hinted, "troubled": andon_scenes.board}
_ASKED = (
    ("help", andon_scenes.at_work, _help()),
    ("help-second", andon_scenes.at_work, _help("Material")),
    ("why", andon_scenes.wants_cause, _why()),
    ("why-second", andon_scenes.wants_cause, _why("Maschine")),
)
