"""Every scene by its name with the station that shows it."""

from collections.abc import Callable

import msgspec

from shopfloor.core import commands as c
from shopfloor.core.line import Loop, Part, Station
from tests.gui import shops


def both() -> shops.Scene:
    """Assembly makes, and takes from two stores for it."""
    line = shops.gearbox()
    gear = Loop(id="gear", part="GB-900", route=("assembly",), consumer="pack", quantity=2, cards=4)
    stations = (*line.stations, Station(id="pack", name="Pack"))
    parts = (*line.parts, Part(id="GB-900", description="Gearbox"))
    whole = msgspec.structs.replace(line, stations=stations, parts=parts, loops=(*line.loops, gear))
    scene = shops.well(shops.Scene(whole)).wait(45)
    for name in ("gear-01", "gear-02", "gear-03"):
        scene.scan("pack", name, after_s=40)
    scene.scan("assembly", "gear-01", after_s=4).scan("assembly", "gear-02", after_s=7)
    return scene.scan("assembly", "housing-04", after_s=2).wait(9)


def both_called() -> shops.Scene:
    """The same, and it has no room left: somebody called for help."""
    return both().do(c.RaiseCall(station="assembly", reason="material")).wait(12)


SCENES: dict[str, tuple[Callable[[], shops.Scene], str]] = {
    "first-run": (shops.first_run, "press"),
    "normal": (shops.normal, "press"),
    "late": (shops.late, "press"),
    "busy": (shops.busy, "press"),
    "leader": (shops.leader, "press"),
    "called": (shops.called, "press"),
    "just-called": (shops.just_called, "press"),
    "taken": (shops.taken, "press"),
    "stopped": (shops.stopped, "press"),
    "line-stop": (shops.line_stop, "press"),
    "restarting": (shops.restarting, "press"),
    "blocked": (shops.blocked, "press"),
    "again": (shops.again, "press"),
    "starved": (shops.starved, "deburr"),
    "consumer": (shops.consumer, "assembly"),
    "empty-store": (shops.empty_store, "assembly"),
    "both": (both, "assembly"),
    "both-called": (both_called, "assembly"),
    "lost-port": (shops.lost_port, "press"),
    "unread": (shops.unread, "press"),
}
