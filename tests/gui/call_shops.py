"""Lines in the states that the calls page has to show."""

from collections.abc import Callable

import msgspec

from shopfloor.core.line import CallKind, Line, Person, Reason, Scope, Station
from shopfloor.core.line_andon import AndonPolicy, Cause, Escalation, EscalationStep, Role, Severity
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.state import Call, Entity
from shopfloor.core.state_andon import Advice, Countermeasure, Effort, OutOfService, Problem, Shelf
from shopfloor.core.state_call import CallSource
from tests.gui import board_shops
from tests.gui.board_shops import MIN, START_US, Still

DAY = 24 * 60 * MIN
LONG = "Kegelrollenlager am Gehäuse-Oberteil links klemmt beim Einpressen"

REASONS = (
    Reason(id="material", name="Material", deadline_s=0),
    Reason(id="missing", name="Missing at the station", parent="material", deadline_s=240),
    Reason(id="wrong", name="Wrong part delivered", parent="material", deadline_s=240),
    Reason(id="quality", name="Quality question", deadline_s=60, roles=(Role.LEADER, Role.QUALITY), cause=True),
    Reason(id="tool", name="Tool worn", roles=(Role.MAINTENANCE,), escalation="fast", severity=Severity.HIGH),
    Reason(id="pump", name="Pump fault", kind=CallKind.STOP, roles=(Role.MAINTENANCE,), cause=True),
    Reason(id="safety", name="Somebody is hurt", kind=CallKind.STOP, scope=Scope.LINE),
    Reason(id="coolant", name="Coolant low", severity=Severity.LOW, roles=(Role.MAINTENANCE,)),
)
CAUSES = (
    Cause(id="machine", name="Machine"),
    Cause(id="wear", name="Worn part", parent="machine"),
    Cause(id="leak", name="Leak", parent="machine", reasons=("pump",)),
    Cause(id="setting", name="Wrong setting", parent="machine"),
    Cause(id="material", name="Material"),
    Cause(id="burr", name="Burr from supplier", parent="material"),
    Cause(id="method", name="Method"),
)
PEOPLE = (
    Person(id="ana", name="Ana", badge="P-0007", role=Role.LEADER),
    Person(id="okoro", name="Okoro", badge="P-0008", role=Role.MAINTENANCE),
    Person(id="mueller", name="Franziska Müller-Lüdenscheidt", badge="P-0010", role=Role.LEADER),
)


# What a rule saw of the cycle times.
SLOW: dict[str, str | int] = {
    "what": "cycle",
    "rule": "under_way",
    "card": "housing-03",
    "now_s": 190,
    "usual_s": 55,
    "percentile": "99",
    "shifts": 12,
}


def line(*, people: bool = True, **changes: object) -> Line:
    """The gearbox line with reasons of two levels, causes, an escalation and people."""
    fast = Escalation(
        id="fast",
        not_taken=(EscalationStep(after_s=120, roles=(Role.LEADER,)), EscalationStep(after_s=300, roles=(Role.ADMIN,))),
    )
    policy = AndonPolicy(whys_times=3)
    base = board_shops.gearbox(
        reasons=REASONS,
        causes=CAUSES,
        escalations=(fast,),
        people=PEOPLE if people else (),
        andon=policy,
    )
    return msgspec.structs.replace(base, **changes)


def call(station: str, reason: str, age_s: int, **rest: object) -> Call:
    """An open call that is `age_s` old, with the deadline and severity of its reason."""
    known = next(r for r in REASONS if r.id == reason)
    stop = known.kind is CallKind.STOP
    severity = Severity.CRITICAL if stop else known.severity
    base = board_shops.call(
        station,
        reason,
        age_s=age_s,
        stop=stop,
        deadline_s=0 if stop else known.deadline_s,
        scope=known.scope,
        severity=severity,
        current=severity,
    )
    return msgspec.structs.replace(base, **rest)


def taken(age_s: int, by: str, arrived_s: int = 0) -> dict[str, object]:
    """Who took a call so long ago, and came later."""
    at_us = START_US - age_s * US_PER_S
    found: dict[str, object] = {"acked_us": at_us, "acked_by": by}
    return found | ({"arrived_us": START_US - arrived_s * US_PER_S, "arrived_by": by} if arrived_s else {})


def still(*entities: Entity, on: Line | None = None) -> Still:
    """A line with these, and nobody at work."""
    return Still(on or line(), [*board_shops.busy(), *entities])


def nothing() -> Still:
    """Nobody calls."""
    return still()


def first_run() -> Still:
    """A line of nothing."""
    return Still(Line(id="new", name="New line"), [])


def one() -> Still:
    """One call with a deadline, nobody has taken it."""
    return still(call("press", "quality", 42))


def mixed() -> Still:
    """A stop, calls of people, rules and contacts, taken and not, one gone by itself, one that wants its cause."""
    rule = "rule-starved"
    starved = msgspec.structs.replace(
        call("assembly", "coolant", 380),
        id="assembly/r",
        reason=rule,
        source=CallSource.RULE,
        by="",
        deadline_s=0,
        args={"what": "starved", "for_s": 380},
    )
    return still(
        call("wash", "pump", 192, **taken(150, "ana", 48)),
        call("press", "quality", 51),
        call("deburr", "tool", 330, level=2),
        call("press", "missing", 100, **taken(60, "okoro")),
        starved,
        call("wash", "coolant", 900, source=CallSource.CONTACT, device="io-1", returned_us=START_US - 30 * US_PER_S),
        asks("assembly", "quality", 700),
    )


def asks(station: str, reason: str, age_s: int) -> Call:
    """Cleared, and it wants its cause."""
    cleared_us = START_US - 40 * US_PER_S
    came = call(station, reason, age_s, **taken(age_s - 60, "ana", 300), cleared_us=cleared_us, cleared_by="ana")
    stopped_us = came.stopped_us or came.raised.at_us + round(came.deadline_s * US_PER_S)
    return msgspec.structs.replace(came, kind=CallKind.STOP, stopped_us=stopped_us, severity=Severity.CRITICAL)


def wants_cause() -> Still:
    """Two that want their cause, one of them its Five Whys first."""
    problem = Problem(
        id="wash/pump",
        station="wash",
        reason="pump",
        times_us=tuple(START_US - k * DAY for k in (5, 3, 1)),
        open=True,
        opened_us=START_US - 800 * US_PER_S,
    )
    pump = msgspec.structs.replace(asks("wash", "pump", 800), stopped_us=START_US - 800 * US_PER_S)
    return still(asks("press", "quality", 400), pump, problem)


def wants_check() -> Still:
    """Cleared, and a second person is to check it first."""
    on = line()
    reasons = tuple(
        msgspec.structs.replace(one, verify=True, guidance="Measure three parts before you clear it.")
        if one.id == "quality"
        else one
        for one in on.reasons
    )
    return still(asks("press", "quality", 400), on=msgspec.structs.replace(on, reasons=reasons))


def line_stop() -> Still:
    """The whole line stands, with a long name at it."""
    reasons = (*REASONS[:-2], Reason(id="safety", name=LONG, kind=CallKind.STOP, scope=Scope.LINE), REASONS[-1])
    return still(call("press", "safety", 4 * 3600, **taken(200, "mueller")), on=line(reasons=reasons))


def many(count: int = 30) -> Still:
    """A flood over a long line."""
    stations = tuple(Station(id=f"st{n:03d}", name=f"Station {n + 1}") for n in range(count))
    ids = ("missing", "tool", "coolant", "quality")
    calls = [call(s.id, ids[n % 4], 3 + n * 7, id=f"c{n}") for n, s in enumerate(stations)]
    stop = call("st000", "pump", 20)
    return Still(line(stations=stations, loops=()), [*calls, stop])


def shelf(station: str, reason: str, since_s: int, for_s: float, **rest: object) -> Shelf:
    """A shelf of Ana's."""
    since = Now(START_US - since_s * US_PER_S, 1_000_000_000 - since_s * 1_000_000_000, "boot-1")
    base = Shelf(station=station, reason=reason, by="ana", since=since, for_s=for_s, why="Parts are ordered")
    return msgspec.structs.replace(base, **rest)


def put_aside() -> Still:
    """Shelved twice, out of service twice, explained by a stop, and two hints."""
    blocked = msgspec.structs.replace(
        call("press", "coolant", 95), id="press/b", reason="rule-blocked", source=CallSource.RULE, by="", deadline_s=0
    )
    return still(
        call("wash", "pump", 192),
        blocked,
        call("deburr", "tool", 400),
        shelf("deburr", "tool", 300, 900),
        shelf("assembly", "coolant", 60, 8 * 3600, one_shot=True, by="mueller", why="Known, in work"),
        OutOfService(
            station="wash",
            reason="coolant",
            by="okoro",
            since_us=START_US - 3600 * US_PER_S,
            why="The sensor is faulty",
        ),
        OutOfService(
            station="deburr", reason="", by="ana", since_us=START_US - 60 * US_PER_S, why="It is being repaired"
        ),
        Advice(station="assembly", reason="rule-cycle", since_us=START_US - 90 * US_PER_S, args=SLOW),
        Advice(
            station="press",
            reason="rule-red-loop",
            since_us=START_US - 900 * US_PER_S,
            args={"what": "red_loop", "part": "GB-100", "full": 1, "red": 1, "for_s": 900},
        ),
    )


def hints_only() -> Still:
    """Nobody is called, a rule has a hint."""
    return still(Advice(station="press", reason="rule-cycle", since_us=START_US - 90 * US_PER_S))


def silent() -> Still:
    """The line is lost: what is shown may be over."""
    found = mixed()
    found.health = (board_shops.silent(),)
    return found


def problems() -> Still:
    """Four recurring reasons: asked for, worked on, overdue, solved."""
    times = tuple(START_US - k * DAY for k in (6, 4, 3, 1))
    base = Problem(id="", station="", reason="", times_us=times, open=True, opened_us=START_US - 2 * DAY)

    def made(station: str, reason: str, **rest: object) -> Problem:
        changes = {"id": f"{station}/{reason}", "station": station, "reason": reason} | rest
        return msgspec.structs.replace(base, **changes)

    whys = (
        "The pump runs dry",
        "The filter is clogged with chips",
        "It is cleaned once a month, it would need once a week",
        "The plan is from the old machine",
    )
    flow = Countermeasure(
        number=1,
        what="Clean the filter each Friday, with a mark on the board",
        owner="Okoro",
        due_day="2026-02-27",
        effort=Effort.SMALL,
        set_us=START_US - 5 * DAY,
    )
    sensor = Countermeasure(
        number=2,
        what="Flow sensor before the pump",
        owner="Ana",
        due_day="2026-03-20",
        effort=Effort.MEDIUM,
        set_us=START_US - 5 * DAY,
    )
    done = msgspec.structs.replace(flow, done_us=START_US - 3 * DAY)
    answered = {"whys": whys, "whys_us": START_US - DAY, "whys_by": "ana"}
    return still(
        made("wash", "pump", countermeasures=(flow, sensor), **answered),
        made("press", "quality"),
        made("deburr", "tool", countermeasures=(done,), **answered),
        made("press", "missing", open=False, closed_us=START_US - 5 * DAY, countermeasures=(done,), **answered),
    )


SCENES: dict[str, Callable[[], Still]] = {
    "nothing": nothing,
    "first-run": first_run,
    "one": one,
    "mixed": mixed,
    "wants-cause": wants_cause,
    "wants-check": wants_check,
    "line-stop": line_stop,
    "many": many,
    "aside": put_aside,
    "hints": hints_only,
    "silent": silent,
    "problems": problems,
}
