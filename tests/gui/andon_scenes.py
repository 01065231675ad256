"""Calls as the real rules make them, for banner, station, board and health: every state a screen has to show."""

from collections.abc import Callable

import msgspec

from shopfloor.core import commands as c
from shopfloor.core.commands_andon import ReopenCall, ReportCondition, ShelveCall
from shopfloor.core.health import Condition, Health
from shopfloor.core.lamp_views import SEEN
from shopfloor.core.line import CallKind, Line, Reason, Role, Scope
from shopfloor.core.line_andon import (
    AndonPolicy,
    Cause,
    Effect,
    Escalation,
    EscalationStep,
    Lamp,
    LampKind,
    Severity,
)
from shopfloor.core.state_andon import LampTest
from shopfloor.core.state_call import CallSource
from shopfloor.core.update import Update
from tests.gui import shops
from tests.gui.shops import Scene

CALLED = (
    Reason(id="help", name="Hilfe", deadline_s=60),
    Reason(id="material", name="Material fehlt", deadline_s=60),
    Reason(id="missing", name="Teil fehlt am Platz", parent="material", deadline_s=60),
    Reason(id="wrong", name="Falsches Teil geliefert", parent="material", deadline_s=60),
    Reason(id="box", name="Behälter beschädigt", parent="material"),
    Reason(id="quality", name="Qualitätsfrage", deadline_s=120, cause=True, roles=(Role.LEADER, Role.QUALITY)),
    Reason(id="tool", name="Werkzeug verschlissen", roles=(Role.MAINTENANCE,), escalation="fast"),
    Reason(id="coolant", name="Kühlschmierstoff niedrig", severity=Severity.LOW, roles=(Role.MAINTENANCE,)),
    Reason(id="gripper", name="Greifer verliert Teile"),
    Reason(id="drawing", name="Zeichnung oder Prüfplan unklar"),
    Reason(id="scanner", name="Scanner oder Bildschirm"),
    Reason(id="relief", name="Ablösung gebraucht"),
    Reason(id="crane", name="Kran oder Stapler"),
    Reason(id="cleaning", name="Reinigung nach Leckage"),
    Reason(id="pump", name="Pumpe gestört", kind=CallKind.STOP, scope=Scope.SEGMENT, cause=True),
    Reason(id="safety", name="Jemand ist verletzt", kind=CallKind.STOP, scope=Scope.LINE),
)
CAUSES = (
    Cause(id="machine", name="Maschine"),
    Cause(id="wear", name="Verschleiß", parent="machine"),
    Cause(id="setting", name="Falsch eingestellt", parent="machine"),
    Cause(id="supplier", name="Material vom Lieferanten", reasons=("quality",)),
    Cause(id="method", name="Arbeitsweise"),
)
LAMPS = (
    Lamp(id="tower-1", kind=LampKind.LR6_USB, port="virtual", station="press", buzzer=True),
    Lamp(id="tower-2", kind=LampKind.ADAFRUIT, port="virtual", station="wash"),
    Lamp(id="hall", kind=LampKind.PNS, port="virtual"),
)


def line(**changes: object) -> Line:
    """The gearbox line in two segments, with two levels of reasons and causes."""
    base = shops.gearbox(restart_s=10)
    segments = {"press": "Machining", "deburr": "Machining", "wash": "Finishing", "assembly": "Finishing"}
    stations = tuple(msgspec.structs.replace(s, segment=segments[s.id], cycle_target_s=55) for s in base.stations)
    fast = Escalation(
        id="fast",
        not_taken=(EscalationStep(after_s=60, roles=(Role.LEADER,)), EscalationStep(after_s=300, roles=(Role.ADMIN,))),
    )
    whole = msgspec.structs.replace(
        base,
        stations=stations,
        reasons=CALLED,
        causes=CAUSES,
        escalations=(fast,),
        lamps=LAMPS,
        andon=AndonPolicy(help_reason="help", test_at="05:45"),
    )
    return msgspec.structs.replace(whole, **changes)


def at_work(on: Line | None = None) -> Scene:
    """One card in process, nobody calls."""
    scene = shops.well(Scene(on or line()))
    scene.scan("assembly", "housing-04", after_s=41).scan("assembly", "housing-02", after_s=41)
    scene.worked("press", *shops.CYCLES_S)
    return scene.scan("press", "housing-04", after_s=20).wait(38)


def near() -> Scene:
    """Five seconds to the stop."""
    return at_work().do(c.RaiseCall(station="press", reason="missing")).wait(55)


def general() -> Scene:
    """HELP was touched three seconds ago, and nobody has said what it is."""
    return at_work().do(c.RaiseCall(station="press", reason="help")).wait(3)


def escalated() -> Scene:
    """Nobody has taken it, and the leader is called, too."""
    return at_work().do(c.RaiseCall(station="press", reason="tool")).wait(75)


def segment_stop() -> Scene:
    """A segment stands, and somebody calls elsewhere."""
    scene = at_work().do(c.RaiseCall(station="wash", reason="pump")).wait(33)
    return scene.do(c.RaiseCall(station="press", reason="missing")).wait(12)


def contact(effect: Effect, reason: str, severity: Severity = Severity.HIGH) -> ReportCondition:
    """An input that calls."""
    return ReportCondition(
        station="press", reason=reason, severity=severity, source=CallSource.CONTACT, effect=effect, device="io-1"
    )


def contact_stop() -> Scene:
    """A pull cord that nobody has reset."""
    return at_work().do(contact(Effect.STOP, "gripper")).wait(48)


def contact_help() -> Scene:
    """A float switch that still calls."""
    return at_work().do(contact(Effect.HELP, "coolant")).wait(48)


def returned() -> Scene:
    """What called by itself is over, and nobody has seen it."""
    scene = at_work().do(contact(Effect.HELP, "coolant")).wait(48)
    return scene.do(contact(Effect.HELP, "coolant", Severity.NONE)).wait(9)


def wants_cause() -> Scene:
    """Cleared at the station, and it waits for its cause."""
    scene = at_work().do(c.RaiseCall(station="press", reason="quality")).wait(30)
    return scene.do(c.ClearCall(station="press", call=next(iter(scene.shop.calls)))).wait(6)


def reopened() -> Scene:
    """Closed, and open again because it was not over."""
    scene = at_work(line(reasons=tuple(msgspec.structs.replace(r, cause=False) for r in CALLED)))
    scene.do(c.SignOn(station="press", person="ana")).do(c.RaiseCall(station="press", reason="quality")).wait(30)
    call = next(iter(scene.shop.calls))
    scene.do(c.ClearCall(station="press", call=call)).wait(60)
    return scene.do(ReopenCall(station="press", call=call, at="press", reason="quality", why="It was not solved")).wait(
        14
    )


def hinted() -> Scene:
    """Two rules have noticed something, and nobody is called."""
    scene = at_work()
    slow: dict[str, str | int] = {"what": "cycle", "rule": "under_way", "percentile": 99, "now_s": 151, "usual_s": 58}
    slow["shifts"] = 4
    low: dict[str, str | int] = {"what": "red_loop", "part": "GB-100", "full": 1, "for_s": 300}
    idle: dict[str, str | int] = {"what": "starved", "for_s": 310}
    for station, reason, args in (
        ("press", "rule-cycle", slow),
        ("press", "rule-red-loop", low),
        ("wash", "rule-starved", idle),
    ):
        hint = ReportCondition(station=station, reason=reason, severity=Severity.LOW, effect=Effect.ADVISE, args=args)
        scene.do(hint, after_s=40)
    return scene.wait(200)


def hinted_and_called() -> Scene:
    """A hint, and a call over it."""
    return hinted().do(c.RaiseCall(station="press", reason="missing")).wait(20)


def not_recorded() -> Scene:
    """The disk is full: the call stands, and is written later."""
    scene = general()
    owed = Health(
        id="store",
        kind="store",
        condition=Condition.TROUBLE,
        since_us=scene.now().at_us - 20_000_000,
        detail="Calls and stops work and are not recorded yet.",
        remedy="Make room on the disk, or make it writable: they are written by themselves then.",
        counts={"not_recorded": 3},
    )
    scene.health = (*scene.health, owed)
    scene.tell(Update(health=(owed,)))
    return scene


def board() -> Scene:
    """Everything a board has to show of calls at once: a segment stands, near-stops, escalation, hints, a shelf."""
    scene = hinted().do(c.SignOn(station="press", person="ana"))
    for name in ("shaft-01", "shaft-02"):
        scene.scan("deburr", name, after_s=30)
    scene.do(c.RaiseCall(station="deburr", reason="tool"))
    scene.do(c.RaiseCall(station="assembly", reason="relief")).do(c.RaiseCall(station="deburr", reason="gripper"))
    for at, reason in (("assembly", "relief"), ("deburr", "gripper")):
        scene.do(ShelveCall(station="press", at=at, reason=reason, for_s=900, why="Known, in work"))
    scene.wait(75).do(c.RaiseCall(station="wash", reason="pump")).wait(20)
    return scene.do(c.RaiseCall(station="press", reason="missing")).wait(44)


def part(scene: Scene, name: str, kind: str, **rest: object) -> Health:
    """A part of the terminal, well since an hour."""
    base = Health(id=name, kind=kind, condition=Condition.UP, since_us=scene.now().at_us - 3600 * 1_000_000)
    return msgspec.structs.replace(base, **rest)


def lamps(*, just_tested: bool = False) -> Scene:
    """Lamps, sound, inputs and senders; of four tests one is seen, one failed, one late, and one nobody has seen."""
    scene = at_work()
    now_us = scene.now().at_us
    io = {"presses": 12, "counted": 9, "failed_polls": 2}
    buttons = {"messages": 120, "retained": 1, "again": 4, "battery": 78, "link": 96}
    sound = {"late_scans": 3, "summarised": 5, "unheard": 1}
    found = (
        part(scene, "lamp:tower-1", "lamp", station="press", counts={"written": 3600}),
        part(scene, "lamp:tower-2", "lamp", station="wash", counts={"written": 12}),
        part(scene, "lamp:hall", "lamp", condition=Condition.VIRTUAL),
        part(
            scene, "lamp:gate", "lamp", condition=Condition.LOST, detail="/dev/ttyUSB3 is gone.", remedy="Plug it in."
        ),
        part(scene, "sound", "sound", counts=sound),
        part(scene, "io-1", "modbus", station="press", counts=io),
        part(scene, "zigbee", "mqtt", station="press", counts=buttons),
        part(scene, "mail", "sender", counts={"sent": 14, "waiting": 1}),
    )
    tests = (
        LampTest(lamp="tower-1", at_us=now_us - 7200 * 1_000_000, ok=True, detail="red on"),
        LampTest(lamp="tower-2", at_us=now_us - (90 if just_tested else 7200) * 1_000_000),
        LampTest(lamp="hall", at_us=now_us - 3 * 86_400 * 1_000_000, ok=True, detail=SEEN),
        LampTest(lamp="sound", at_us=now_us - 7200 * 1_000_000, ok=just_tested),
    )
    scene.health = (*scene.health, *found)
    scene.tell(Update(health=found))
    scene.shop.put(tests)
    scene.tell(Update(changed=tests))
    return scene


SCENES: dict[str, tuple[Callable[[], Scene], str]] = {
    "near": (near, "press"),
    "general": (general, "press"),
    "escalated": (escalated, "press"),
    "segment-stop": (segment_stop, "wash"),
    "contact-stop": (contact_stop, "press"),
    "contact-help": (contact_help, "press"),
    "returned": (returned, "press"),
    "wants-cause": (wants_cause, "press"),
    "reopened": (reopened, "press"),
    "hinted": (hinted, "press"),
    "hinted-and-called": (hinted_and_called, "press"),
    "not-recorded": (not_recorded, "press"),
}
