"""The pictures of the Calls page."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from shots import LARGE, SMALL, WALL, Act, Shot, Source, looks

from shopfloor.gui.calls_actions import Action
from shopfloor.gui.calls_figures import View
from shopfloor.gui.calls_tabs import Part
from shopfloor.gui.pages.calls import CallsPage
from shopfloor.gui.window import TerminalWindow
from tests.gui import call_pasts, call_shops


def calls_shots() -> Iterator[Shot]:
    """Every state of the page, and what is asked there."""
    for name, source in call_shops.SCENES.items():
        yield Shot(f"calls-{name}", source, page="calls")
    for name in ("mixed", "many", "line-stop", "wants-cause"):
        yield from looks(Shot(f"calls-{name}", call_shops.SCENES[name], page="calls"))
    for name, act in (("mixed", None), ("wants-cause", None), ("aside", _part(Part.ASIDE))):
        one = Shot(f"calls-{name}-grey", call_shops.SCENES[name], page="calls", act=act)
        yield replace(one, grey=True)
    yield Shot("calls-mixed-4k", call_shops.mixed, page="calls", size=WALL, dark=True)
    aside = Shot("calls-put-aside", call_shops.put_aside, page="calls", act=_part(Part.ASIDE))
    yield aside
    yield from looks(aside)
    for name, scene, act in _ASKED:
        one = Shot(f"calls-ask-{name}", scene, page="calls", act=act)
        yield one
        yield replace(one, name=f"{one.name}-1024", size=SMALL)
        yield replace(one, name=f"{one.name}-pseudo", language="pseudo")
    yield from _pasts()
    for name in ("mixed", "aside", "nothing"):
        watch = Shot(f"calls-watch-{name}", call_shops.SCENES[name], page="calls", size=LARGE, dark=True)
        yield replace(watch, watching=True)


def _pasts() -> Iterator[Shot]:
    """What was, what it comes to, and what recurs."""
    for name, source, act in _LOOKED_AT:
        one = Shot(f"calls-{name}", source, page="calls", act=act)
        yield one
        yield from looks(one)
    for name, source, act in _SELDOM:
        yield Shot(f"calls-{name}", source, page="calls", act=act)
        yield Shot(f"calls-{name}-pseudo-1024", source, page="calls", size=SMALL, language="pseudo", act=act)


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


def _add(*answers: str) -> Act:
    """What is not calling is taken out of service, with these answers."""

    def act(window: TerminalWindow) -> None:
        page = _page(window)
        page.show_part(Part.ASIDE)
        page.put_aside.add.click()
        for answer in answers:
            next(button for button in page.hub.sheet.buttons() if answer in str(button.word)).click()

    return act


def _view(view: View, of: str = "", days: str = "7") -> Act:
    """A view of the figures; `of` is touched before."""

    def act(window: TerminalWindow) -> None:
        page = _page(window)
        page.show_part(Part.FIGURES)
        page.figures.spans.picked.emit(days)
        page.figures.show_view(view)
        for what in of.split():
            page.figures.summary.wanted.emit(what)

    return act


def _history(call: str = "", ask: str = "") -> Act:
    def act(window: TerminalWindow) -> None:
        page = _page(window)
        page.show_part(Part.HISTORY)
        page.history.choose(call)
        if ask:
            page.history.detail.wanted.emit(ask)

    return act


def _problem(problem: str = "", ask: str = "") -> Act:
    def act(window: TerminalWindow) -> None:
        page = _page(window)
        page.show_part(Part.PROBLEMS)
        page.problems.choose(problem)
        if ask:
            page.problems.detail.wanted.emit(ask)

    return act


_LOOKED_AT: tuple[tuple[str, Callable[[], Source], Act], ...] = (
    ("history", call_pasts.past, _history()),
    ("figures-pareto", call_pasts.past, _view(View.PARETO)),
    ("figures-times", call_pasts.past, _view(View.TIMES)),
    ("figures-stations", call_pasts.past, _view(View.STATIONS)),
    ("figures-health", call_pasts.past, _view(View.HEALTH)),
    ("problems-past", call_pasts.worked_on, _problem()),
    ("problems-print", call_pasts.worked_on, _problem("deburr/tool", "print")),
)
_SELDOM: tuple[tuple[str, Callable[[], Source], Act], ...] = (
    ("history-none", call_shops.nothing, _history()),
    ("history-call", call_pasts.past, _history("old6")),
    ("history-only", call_pasts.past, _history(ask="only")),
    ("history-reopen", call_pasts.past, _history(ask="reopen")),
    ("figures-none", call_shops.nothing, _view(View.PARETO)),
    ("figures-young", call_pasts.young, _view(View.HEALTH)),
    ("figures-causes", call_pasts.past, _view(View.PARETO, "of measure", "30")),
    ("problems-none", call_shops.nothing, _problem()),
    ("problem-new", call_pasts.worked_on, _problem("press/quality")),
    ("problem-placed", call_pasts.worked_on, _problem("deburr/tool")),
    ("problem-solved", call_pasts.worked_on, _problem("press/missing")),
    ("problem-whys", call_pasts.worked_on, _problem("wash/pump", "whys")),
    ("problem-measure", call_pasts.worked_on, _problem("wash/pump", "measure")),
    ("problem-in-place", call_pasts.worked_on, _problem("wash/pump", "placed")),
)
_ASKED: tuple[tuple[str, Callable[[], Source], Act], ...] = (
    ("shelf", call_shops.one, _touch(Action.SHELVE)),
    ("shelf-why", call_shops.one, _touch(Action.SHELVE, "15 MIN")),
    ("reject", call_shops.one, _touch(Action.REJECT)),
    ("service", call_shops.mixed, _touch(Action.SERVICE, call="wash/coolant")),
    ("add", call_shops.put_aside, _add()),
    ("add-what", call_shops.put_aside, _add("Wash")),
    ("cause", call_shops.wants_cause, _touch(Action.CAUSE, call="press/quality")),
    ("cause-second", call_shops.wants_cause, _touch(Action.CAUSE, "Machine", call="press/quality")),
    ("note", call_shops.wants_cause, _touch(Action.CAUSE, "Method", call="press/quality")),
    ("write", call_shops.wants_cause, _touch(Action.CAUSE, "Method", "WRITE IT", call="press/quality")),
)
