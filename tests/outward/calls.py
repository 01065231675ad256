"""A line that tells people, its calls, and messages for tests of what becomes of them."""

from msgspec.structs import replace

from shopfloor.core.line import Line, Person, Reason, Station
from shopfloor.core.line_andon import CallKind, Escalation, EscalationStep, Role, Scope, Sender, SenderKind, Severity
from shopfloor.core.moment import Now
from shopfloor.core.state import Call
from shopfloor.outward.message import Addressee, Message, What

ANA = Person(id="ana", name="Ana Berg", badge="1", role=Role.LEADER, email="ana@plant.example")
CEM = Person(id="cem", name="Cem", badge="3", role=Role.MAINTENANCE, email="cem@plant.example")
QIN = Person(id="qin", name="Qin", badge="5", role=Role.QUALITY)
MAIL = Sender(id="mail", kind=SenderKind.SMTP, target="smtp://127.0.0.1:25", sender="line@plant.example")
HOOK = Sender(id="hook", kind=SenderKind.WEBHOOK, target="http://127.0.0.1:9/calls")
LINE = Line(
    id="gear",
    name="Gearbox line",
    timezone="Europe/Berlin",
    stations=(Station(id="press", name="Press 1"), Station(id="saw", name="Saw")),
    people=(ANA, CEM, QIN),
    reasons=(
        Reason(id="material", name="Material missing", deadline_s=60, escalation="e"),
        Reason(id="tool", name="Tool", roles=(Role.MAINTENANCE,)),
        Reason(id="check", name="Check", roles=(Role.QUALITY,)),
        Reason(id="fault", name="Machine fault", kind=CallKind.STOP),
    ),
    escalations=(
        Escalation(
            id="e",
            not_taken=(EscalationStep(after_s=20, roles=(Role.MAINTENANCE,)),),
            not_cleared=(EscalationStep(after_s=300, roles=(Role.QUALITY,)),),
            repeat_s=30,
        ),
    ),
    senders=(MAIL, HOOK),
)
START = Now(1_767_600_000_000_000, 0, "b")  # Monday, 5 January 2026, 09:00 in Berlin
CALL = Call(
    id="t.1-7",
    station="press",
    reason="material",
    kind=CallKind.HELP,
    raised_kind=CallKind.HELP,
    scope=Scope.STATION,
    raised=START,
    by="touch",
    deadline_s=60,
    severity=Severity.MEDIUM,
)


def after(seconds: float) -> Now:
    """So long after the call was raised."""
    return Now(START.at_us + round(seconds * 1e6), START.mono_ns + round(seconds * 1e9), START.boot)


def stopped(call: Call, seconds: float) -> Call:
    """The call as a stop since then."""
    return replace(call, kind=CallKind.STOP, stopped_us=after(seconds).at_us, severity=Severity.CRITICAL, acked_us=0)


def cleared(call: Call, seconds: float) -> Call:
    """The call, cleared then."""
    return replace(call, cleared_us=after(seconds).at_us, closed_us=after(seconds).at_us)


def message(what: What = What.RAISED, *, call: str = "c1", number: int = 0, to: tuple[str, ...] = ("ana",)) -> Message:
    """A message of a call to people by their ids."""
    return Message(
        id=f"gear/{call}.0.{what.value}.{number}",
        what=what,
        at_us=START.at_us,
        line="gear",
        line_name="Gearbox line",
        subject=f"{what.value} {call}",
        text=f"{what.value} {call}\nmore",
        call=call,
        station="press",
        station_name="Press 1",
        raised_us=START.at_us,
        severity=Severity.MEDIUM,
        roles=(Role.LEADER,),
        to=tuple(Addressee(person=one, name=one.title(), email=f"{one}@plant.example") for one in to),
    )
