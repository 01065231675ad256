"""The pictures of the Calls page."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from shots import LARGE, SMALL, WALL, Act, Shot, Source, looks

from shopfloor.gui.calls_actions import Action
from shopfloor.gui.calls_tabs import Part
from shopfloor.gui.pages.calls import CallsPage
from shopfloor.gui.window import TerminalWindow
from tests.gui import call_shops


def calls_shots() -> Iterator[Shot]:
    """Every state of the page, and what is asked there."""
    for name, source in call_shops.SCENES.items():
        yield Shot(f"calls-{name}", source, page="calls")
    for name in ("mixed", "many", "line-stop", "wants-cause"):
        yield from looks(Shot(f"calls-{name}", call_shops.SCENES[name], page="calls"))
    yield Shot("calls-mixed-4k", call_shops.mixed, page="calls", size=WALL, dark=True)
    aside = Shot("calls-put-aside", call_shops.put_aside, page="calls", act=_part(Part.ASIDE))
    yield aside
    yield from looks(aside)
    for name, scene, act in _ASKED:
        one = Shot(f"calls-ask-{name}", scene, page="calls", act=act)
        yield one
        yield replace(one, name=f"{one.name}-1024", size=SMALL)
        yield replace(one, name=f"{one.name}-pseudo", language="pseudo")
    for name in ("mixed", "aside", "nothing"):
        watch = Shot(f"calls-watch-{name}", call_shops.SCENES[name], page="calls", size=LARGE, dark=True)
        yield replace(watch, watching=True)


def _page(window: TerminalWindow) -> CallsPage:
    page = window.page("calls")
    assert isinstance(page, CallsPage)
    return page


def _part(part: Part) -> Act:
    return lambda window: _page(window).show_part(part)


def _touch(action: Action, *answers: str, call: str = "") -> Act:
    """Choose a call, touch one of its buttons, and give these answers."""

    def act(window: TerminalWindow) -> None:
        page = _page(window)
        page.refresh()
        page.open.choose(call)
        page.open.detail.buttons()[action].click()
        for answer in answers:
            next(button for button in page.hub.sheet.buttons() if answer in str(button.word)).click()

    return act


_ASKED: tuple[tuple[str, Callable[[], Source], Act], ...] = (
    ("shelf", call_shops.one, _touch(Action.SHELVE)),
    ("shelf-why", call_shops.one, _touch(Action.SHELVE, "15 MIN")),
    ("reject", call_shops.one, _touch(Action.REJECT)),
    ("service", call_shops.mixed, _touch(Action.SERVICE, call="wash/coolant")),
    ("cause", call_shops.wants_cause, _touch(Action.CAUSE, call="press/quality")),
    ("cause-second", call_shops.wants_cause, _touch(Action.CAUSE, "Machine", call="press/quality")),
    ("note", call_shops.wants_cause, _touch(Action.CAUSE, "Method", call="press/quality")),
    ("write", call_shops.wants_cause, _touch(Action.CAUSE, "Method", "WRITE IT", call="press/quality")),
)
