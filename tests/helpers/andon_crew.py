"""What people, contacts and rules do to calls on a random line, sensible or not."""

import random

from shopfloor.core import commands as c
from shopfloor.core import commands_andon as a
from shopfloor.core.closing import Asked, asks_for
from shopfloor.core.line import Device, DeviceKind
from shopfloor.core.line_andon import Effect, Escalation, EscalationStep, Input, InputMode, Role, Severity, WatchKind
from shopfloor.core.shop import Shop
from shopfloor.core.state_andon import Effort, rule_reason
from shopfloor.core.state_call import Call

STATIONS = ("a", "b", "c", "d", "e")
ESCALATION = Escalation(
    id="soon",
    not_taken=(
        EscalationStep(after_s=5, roles=(Role.MAINTENANCE,)),
        EscalationStep(after_s=30, roles=(Role.PLANNER,)),
    ),
    not_cleared=(EscalationStep(after_s=60, roles=(Role.ADMIN,)),),
    repeat_s=10,
)
IO_MODULE = Device(
    id="io",
    kind=DeviceKind.MODBUS,
    port="virtual",
    station="b",
    map={"cord": "call:help", "rope": "call:help", "far": "call:far", "guard": "stop:fault", "knob": "stop:help"},
    inputs=tuple(
        Input(name=name, address=n, mode=InputMode.CONTACT)
        for n, name in enumerate(("cord", "rope", "far", "guard", "knob"))
    ),
)
SPLITS = ({"worn": 60, "dirt": 40}, {"worn": 50, "dirt": 49}, {"worn": 100}, {"other": 50, "worn": 50})
_REASONS = ("", "help", "far", "fault", rule_reason(WatchKind.STARVED), "nothing")


def andon_command(rng: random.Random, shop: Shop, station: str) -> c.Command:
    """One of everything that can be done to calls beyond calling and clearing."""
    reason = rng.choice(_REASONS)
    why = rng.choice(("", "being repaired"))
    match rng.randrange(13):
        case 12:
            return c.RejectCall(station=station, call=rng.choice([*shop.calls] or ["nobody-1"]), reason=why)
        case 11:
            return a.NameCall(station=station, reason=reason)
        case 0 | 1 | 2:
            name = rng.choice(("cord", "rope", "far", "guard", "knob", "nothing"))
            return a.ReadContact(station="b", device="io", input=name, active=rng.random() < 0.5)
        case 3 | 4:
            return a.ReportCondition(
                station=station,
                reason=reason,
                severity=rng.choice(list(Severity)[:4]),
                effect=rng.choice(list(Effect)),
                device=rng.choice(("", "io")),
            )
        case 5:
            return a.ShelveCall(
                station=station,
                at=station,
                reason=reason,
                for_s=rng.choice((0, 30, 900, 10**6)),
                one_shot=rng.random() < 0.3,
                why=why,
            )
        case 6:
            at, _, of = rng.choice([*shop.shelves] or ["a/help"]).partition("/")
            return a.UnshelveCall(station=station, at=at, reason=of)
        case 7:
            if rng.random() < 0.5:
                return a.TakeOutOfService(station=station, at=rng.choice(STATIONS), reason=reason, why=why)
            at, _, of = rng.choice([*shop.services] or ["a/help"]).partition("/")
            return a.ReturnToService(station=station, at=at, reason=of)
        case _:
            return _afterwards(rng, shop, station, reason, why)


def learn(rng: random.Random, shop: Shop, call: Call) -> c.Command:
    """Say what a cleared call wants to be closed."""
    problem = shop.problems.get(f"{call.station}/{call.reason}")
    if problem is not None and problem.open and rng.random() < 0.5:
        return a.AnswerWhys(station=call.station, problem=problem.id, whys=("it was dry", "nobody oils it"))
    if shop.people and Asked.VERIFY in asks_for(shop, call) and rng.random() < 0.7:
        badge = rng.choice([person.badge for person in shop.people.values()])
        return c.ReadSignal(station=call.station, device="gun-0", text=badge)
    if rng.random() < 0.2:
        return a.GiveCause(station=call.station, call=call.id, shares=rng.choice(SPLITS))
    return a.GiveCause(station=call.station, call=call.id, cause=rng.choice(("worn", "worn", "", "other")), note="")


def _afterwards(rng: random.Random, shop: Shop, station: str, reason: str, why: str) -> c.Command:
    worked_on = [problem.id for problem in shop.problems.values() if problem.open]
    problem = rng.choice((worked_on if rng.random() < 0.9 else [*shop.problems]) or ["nobody/nothing"])
    number = rng.choice((0, 1, 2))
    match rng.randrange(8):
        case 0:
            return a.ReopenCall(station=station, call="t.1-7", at=station, reason=reason, why=why)
        case 1:
            return a.OpenProblem(station=station, at=station, reason=reason)
        case 2:
            return a.AnswerWhys(
                station=station, problem=problem, whys=rng.choice(((), ("", "worn"), ("dry", "no oil")))
            )
        case 3 | 4:
            return a.SetCountermeasure(
                station=station,
                problem=problem,
                what=rng.choice(("", "oil it")),
                owner="ana",
                due_day="2026-03-01",
                effort=rng.choice(list(Effort)),
                number=number,
            )
        case 5:
            return a.FinishCountermeasure(station=station, problem=problem, number=number)
        case 6:
            return a.CloseProblem(station=station, problem=problem)
        case _:
            return a.RecordLampTest(station=station, lamp="tower", ok=rng.choice((None, True, False)))
