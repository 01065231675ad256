"""Draws every page in its interesting states into a folder: `python3 scripts/screenshots.py DIR [WORD...]`.

Words choose pictures by their names. It needs no display. Look at them as the operator would.
It draws scenes of the tests, so it installs what `scripts/test.py` does.
"""

import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
if __name__ == "__main__":
    import setup_env
    from setup_words import NotReady

    try:
        setup_env.make_ready(extras=frozenset({"all", "test"}))
    except NotReady as problem:
        sys.exit(f"shopfloor: {problem}")
    if Path(sys.prefix) != setup_env.VENV:
        sys.exit(setup_env.hand_over([__file__, *sys.argv[1:]]))

from PySide6.QtCore import Qt  # noqa: E402 - the platform has to be chosen before
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication  # noqa: E402
from shots import LARGE, PORTRAIT, SMALL, TERMINAL, WALL, Act, Shot, Source, looks  # noqa: E402
from shots_andon import andon_shots  # noqa: E402
from shots_calls import calls_shots  # noqa: E402
from shots_line import line_shots  # noqa: E402

from shopfloor.cli.window import page_specs  # noqa: E402
from shopfloor.core.health import Condition, Health  # noqa: E402
from shopfloor.core.line import Line  # noqa: E402
from shopfloor.core.loop_views import LoopRole  # noqa: E402
from shopfloor.core.state import Entity  # noqa: E402
from shopfloor.core.text import Text  # noqa: E402
from shopfloor.gui.bridge import LineModel, Printed  # noqa: E402
from shopfloor.gui.header import STATIONS  # noqa: E402
from shopfloor.gui.lang import Language  # noqa: E402
from shopfloor.gui.loops_info import Info  # noqa: E402
from shopfloor.gui.pages.flow import FlowPage  # noqa: E402
from shopfloor.gui.pages.loops import LoopsPage  # noqa: E402
from shopfloor.gui.pages.station import StationPage  # noqa: E402
from shopfloor.gui.theme import DARK, LIGHT, load_fonts  # noqa: E402
from shopfloor.gui.ui import Ui  # noqa: E402
from shopfloor.gui.window import TerminalWindow  # noqa: E402
from tests.gui import board_shops, loop_shops, scenes, shops  # noqa: E402
from tests.gui.board_shops import START_US, Still  # noqa: E402

SETTLE = 4  # rounds of the event loop until nothing is laid out any more


def shots() -> Iterator[Shot]:
    """Every picture."""
    for name, scene in _STATIONS.items():
        station = {"starved": "deburr", "consumer": "assembly", "empty-store": "assembly"}.get(name, "press")
        station = "assembly" if name.startswith("both") else station
        yield Shot(f"station-{name}", scene, page=station)
    for name in ("normal", "refused", "called", "stopped"):
        yield from looks(Shot(f"station-{name}", _STATIONS[name]))
    yield Shot("station-late-long-name-1024", _STATIONS["late-long-name"], size=SMALL)
    yield from looks(Shot("station-both-called", _STATIONS["both-called"], page="assembly"))
    for name, act in _SHEETS.items():
        yield Shot(f"sheet-{name}", shops.leader if name == "refused" else shops.normal, act=act)
        yield Shot(f"sheet-{name}-1024", shops.leader if name == "refused" else shops.normal, size=SMALL, act=act)
    for name, line in _BOARDS.items():
        yield Shot(f"board-{name}", line, page="board")
    for name in ("busy", "troubled", "crowded"):
        yield from looks(Shot(f"board-{name}", _BOARDS[name], page="board"))
    for name, line in _BOARDS.items():
        yield Shot(f"watch-{name}", line, page="board", size=LARGE, dark=True, watching=True)
    for page in ("board", "flow", "health"):
        line = _BOARDS["troubled" if page == "board" else "silent"]
        for label, size in (("1024", SMALL), ("portrait", PORTRAIT), ("4k", WALL)):
            yield Shot(f"watch-{page}-{label}", line, page=page, size=size, dark=True, watching=True)
    yield Shot("watch-touched", _BOARDS["troubled"], page="board", size=LARGE, dark=True, watching=True, act=_tap)
    for label, size in (("", TERMINAL), ("-1024", SMALL), ("-portrait", PORTRAIT), ("-small", (800, 480))):
        many = Shot(f"many{label}", _many, size=size, stations=tuple(f"st{n:02d}" for n in range(20)), page="st03")
        yield many
        yield replace(many, name=f"{many.name}-pseudo", language="pseudo", stations=many.stations[:5])
        yield replace(many, name=f"{many.name}-board", page="board")
    yield Shot("many-sheet", _many, stations=tuple(f"st{n:02d}" for n in range(20)), page="st03", act=_list_stations)
    for name, act in _FLOWS.items():
        yield Shot(f"flow-{name}", _history if name != "no-data" else _quiet, page="flow", act=act)
    yield from looks(Shot("flow-cycle", _history, page="flow", act=_FLOWS["cycle"]))
    yield from _loops()
    yield from calls_shots()
    yield from andon_shots()
    yield from line_shots()
    for name, health in (("ill", _ILL), ("well", (*_ILL[:2], *_WELL))):
        yield Shot(f"health-{name}", lambda health=health: _with_health(health), page="health")  # type: ignore[misc]
    yield from looks(Shot("health-well", lambda: _with_health((*_ILL[:2], *_WELL)), page="health"))
    yield from looks(Shot("health-ill", lambda: _with_health(_ILL), page="health"))


def _loops() -> Iterator[Shot]:
    """The loops page: rows, one loop in full, and what is asked there."""
    for name, source in _LOOPS.items():
        yield Shot(f"loops-{name}", source, page="loops")
    for name in ("normal", "urgent", "states", "many"):
        yield from looks(Shot(f"loops-{name}", _LOOPS[name], page="loops"))
    for name, act in _OPENED.items():
        one = Shot(f"loop-{name}", loop_shops.all_states if name == "states" else loop_shops.urgent, "loops", act=act)
        yield one
        yield from looks(one) if name == "why" else (replace(one, name=f"{one.name}-1024", size=SMALL),)


def draw(shot: Shot, folder: Path) -> tuple[str, ...]:
    """Write the picture; answers the words that did not fit."""
    ui = Ui(language=Language(shot.language))
    source = shot.source()
    model = LineModel(source.listen, source.submit, source.clock)
    wanted = () if shot.watching else dict.fromkeys((*shot.stations, *([shot.page] if shot.stations else [])))
    stations = tuple(name for name in wanted if name in model.shop.stations)
    window = TerminalWindow(
        ui,
        model,
        stations,
        pages=page_specs(
            ui,
            model,
            source.ask,
            source.past,
            watching=shot.watching,
            places=stations or ((shot.desk,) if shot.desk else ()),
            print_sheet=None if shot.watching else _no_sheet,
            test_lamps=_no_lamps,
        ),
        ask=source.ask,
        palette=DARK if shot.dark else LIGHT,
        watching=shot.watching,
        desk=shot.desk,
    )
    window.resize(*shot.size)
    window.show()
    window.go(shot.page)
    _settle()
    if shot.act is not None:
        shot.act(window)
    _settle()
    ui.clipped.clear()
    ui.changed.emit()  # what is kept as a picture is painted again, so that it can say what it cuts
    picture = window.grab().toImage()
    picture = picture.convertToFormat(QImage.Format.Format_Grayscale8) if shot.grey else picture
    saved = picture.save(str(folder / f"{shot.name}.png"))
    model.close()
    window.close()
    window.deleteLater()
    _settle()
    if not saved:
        raise SystemExit(f"screenshots: expected to write {folder / shot.name}.png and could not; check the folder")
    return tuple(sorted(words for _, words in ui.clipped))


def main(arguments: list[str]) -> int:
    """Draw what is asked for, write an index, and say which words were cut."""
    if not arguments:
        print(__doc__, file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication.instance() or QApplication(["screenshots"])
    app.setApplicationName("screenshots")
    load_fonts()
    chosen = [shot for shot in shots() if not arguments[1:] or any(word in shot.name for word in arguments[1:])]
    cut: dict[str, tuple[str, ...]] = {}
    for shot in chosen:
        cut[shot.name] = draw(shot, folder)
        print(shot.name, "".join(f"  cut: {words}" for words in cut[shot.name]))
    (folder / "index.html").write_text(_index(chosen, cut), "utf-8")
    print(f"{len(chosen)} pictures and index.html in {folder}")
    return 1 if any(cut.values()) else 0


def _no_sheet(problem: str, printed: Printed) -> None:
    """Nothing is printed on a picture; what a terminal says of it is."""
    file = f"a3-{problem.replace('/', '-')}.pdf: 14 calls, 2 countermeasures."
    printed(Text("Ready for the printer, on A3:"), Text("{it}", {"it": f"/var/lib/shopfloor/print/{file}"}))


def _no_lamps() -> None:
    """Nothing shines in a picture."""


def _settle() -> None:
    for _ in range(SETTLE):
        QApplication.processEvents()


def _touch(button: str) -> Act:
    def act(window: TerminalWindow) -> None:
        page = window.page(window.current)
        assert isinstance(page, StationPage)
        getattr(page.bar, button).click()

    return act


def _tap(window: TerminalWindow) -> None:
    """Touch what is not a button."""
    middle = window.rect().center()
    QTest.mouseClick(window.childAt(middle) or window, Qt.MouseButton.LeftButton)


def _list_stations(window: TerminalWindow) -> None:
    window.header.chosen.emit(STATIONS)


def _flow(*words: str) -> Act:
    """Touch the buttons of the Flow page that say so."""

    def act(window: TerminalWindow) -> None:
        page = window.page("flow")
        assert isinstance(page, FlowPage)
        for word in words:
            page.touch(word)
        page.redraw()

    return act


def _loop(loop: str = "", role: LoopRole = LoopRole.ALL, info: Info = Info.WHY, ask: str = "") -> Act:
    """Choose a role, open a loop, and ask what its button, or a touch on a card, asks."""

    def act(window: TerminalWindow) -> None:
        page = window.page("loops")
        assert isinstance(page, LoopsPage)
        page.show_role(role)
        if loop:
            page.open_loop(loop)
            page.detail.turn_to(info)
        if ask == "plan":
            page.detail.plan.click()
        elif ask:
            page.detail.chosen.emit(ask)

    return act


def _board(line: Line, entities: list[Entity]) -> Callable[[], Still]:
    return lambda: Still(line, entities, board_shops.made_rows(92) + board_shops.call_rows())


def _many() -> Still:
    """A terminal with more stations than its header has room for, and an ill device."""
    still = _board(*board_shops.crowded())()
    still.health = _ILL
    return still


def _silent() -> Still:
    still = _board(board_shops.gearbox(), board_shops.troubled())()
    still.health = (board_shops.silent(),)
    return still


def _history() -> Still:
    cycles = [47.0 + (index * 37 % 23) for index in range(160)]
    cycles[90] = 600.0
    leads = [400.0 + (index * 53 % 370) for index in range(120)]
    rows = board_shops.cycle_rows("press", cycles, every_s=31) + board_shops.lead_rows("housing", leads, every_s=40)
    return Still(board_shops.gearbox(), board_shops.busy(), rows)


def _quiet() -> Still:
    return Still(board_shops.gearbox(), board_shops.busy())


def _with_health(health: tuple[Health, ...]) -> Still:
    still = _quiet()
    still.health = health
    return still


def _part(name: str, condition: Condition, ago_s: int, detail: str = "", remedy: str = "") -> Health:
    kind = {"g": "scanner", "b": "buttons", "s": "store"}[name[0]]
    return Health(
        id=name,
        kind=kind,
        condition=condition,
        since_us=START_US - ago_s * 1_000_000,
        station="press" if kind != "store" else "",
        detail=detail,
        remedy=remedy,
        counts={"frames": 412, "no_reads": 3, "reconnects": 4} if kind != "store" else {},
    )


def _index(chosen: list[Shot], cut: dict[str, tuple[str, ...]]) -> str:
    """All pictures on one page, with the words that were cut."""
    parts = ["<!doctype html><meta charset='utf-8'><title>Screens</title>", "<style>img{max-width:48%}</style>"]
    for shot in chosen:
        lost = "".join(f" — cut: {escape(words)}" for words in cut[shot.name])
        parts.append(f"<h2>{escape(shot.name)}{lost}</h2><img src='{escape(shot.name)}.png'>")
    return "\n".join(parts) + "\n"


_STATIONS: dict[str, Callable[[], Source]] = {
    "first-run": shops.first_run,
    "normal": shops.normal,
    "late-long-name": shops.late,
    "refused": shops.busy,
    "leader": shops.leader,
    "called": shops.called,
    "taken": shops.taken,
    "stopped": shops.stopped,
    "line-stop": shops.line_stop,
    "restarting": shops.restarting,
    "blocked": shops.blocked,
    "again": shops.again,
    "starved": shops.starved,
    "consumer": shops.consumer,
    "empty-store": shops.empty_store,
    "both": scenes.both,
    "both-called": scenes.both_called,
    "lost-port": shops.lost_port,
    "unread": shops.unread,
}
_SHEETS = {"help": _touch("help"), "sign": _touch("sign"), "refused": _touch("sign")}
_BOARDS: dict[str, Callable[[], Source]] = {
    "first-run": lambda: Still(Line(id="new", name="New line"), []),
    "busy": _board(board_shops.gearbox(), board_shops.busy()),
    "troubled": _board(board_shops.gearbox(), board_shops.troubled()),
    "no-takt": _board(board_shops.gearbox(takt_s=None, shifts=()), board_shops.busy()),
    "crowded": _board(*board_shops.crowded()),
    "silent": _silent,
}
_FLOWS = {
    "cycle": _flow(),
    "limits": _flow("limits"),
    "lead": _flow("lead"),
    "no-data": _flow(),
}
_LOOPS: dict[str, Callable[[], Source]] = {
    "first-run": loop_shops.first_run,
    "normal": loop_shops.normal,
    "urgent": loop_shops.urgent,
    "states": loop_shops.all_states,
    "long-names": loop_shops.long_names,
    "many": loop_shops.many,
}
_OPENED = {
    "why": _loop("housing"),
    "thin": _loop("bolt"),
    "states": _loop("housing"),
    "print": _loop("shaft", info=Info.PRINT),
    "audit": _loop("shaft", info=Info.AUDIT),
    "plan": _loop("housing", ask="plan"),
    "card": _loop("housing", ask="housing-02"),
    "planner": _loop(role=LoopRole.PLANNER),
}
_ILL = (
    _part("gun-1", Condition.UP, 4000),
    _part("gun-2", Condition.VIRTUAL, 500),
    _part(
        "box-1", Condition.LOST, 12, "/dev/serial/by-id/usb-box is gone.", "Plug it in again; it is opened by itself."
    ),
    _part("store", Condition.TROUBLE, 30, "The disk is full: 0 bytes are left.", "Free some space; then scan again."),
)
_WELL = (
    Health(id="data", kind="data folder", condition=Condition.UP, since_us=START_US, detail="/var/lib/shopfloor/press"),
    Health(
        id="line-file", kind="line file", condition=Condition.UP, since_us=START_US, detail="/etc/shopfloor/line.toml"
    ),
    Health(id="sound", kind="sound", condition=Condition.LOST, since_us=START_US, detail="There is no player."),
    _part("store", Condition.UP, 86_400 * 3, "40 317 entries when it was opened"),
)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
