"""Small lines for tests."""

from msgspec.structs import replace

from shopfloor.core.line import (
    CallKind,
    Device,
    DeviceKind,
    Line,
    Loop,
    LoopKind,
    Part,
    Person,
    Reason,
    Role,
    Scope,
    StartState,
    Station,
)


def a_line(**changes: object) -> Line:
    """press -> deburr (lane of 2) -> assembly consumes; shaft made at press alone; a CONWIP loop over both."""
    line = Line(
        id="gearbox",
        name="Gearbox line",
        timezone="Europe/Berlin",
        stations=(
            Station(id="press", name="Press 1", wip_limit=3, cycle_target_s=55),
            Station(id="deburr", name="Deburr", wip_limit=2, cycle_target_s=50),
            Station(id="assembly", name="Assembly"),
        ),
        parts=(
            Part(id="GB-100", description="Housing"),
            Part(id="GB-200", description="Shaft"),
            Part(id="GB-300", description="Kit"),
        ),
        loops=(
            Loop(
                id="housing",
                part="GB-100",
                route=("press", "deburr"),
                lane_limits=(2,),
                consumer="assembly",
                quantity=20,
                cards=6,
            ),
            Loop(id="shaft", part="GB-200", route=("press",), consumer="assembly", quantity=10, cards=3),
            Loop(
                id="kit",
                part="GB-300",
                kind=LoopKind.CONWIP,
                route=("deburr", "assembly"),
                cards=2,
                start=StartState.EMPTY,
            ),
        ),
        reasons=(
            Reason(id="material", name="Material missing", deadline_s=60),
            Reason(id="quality", name="Quality", deadline_s=60, scope=Scope.LINE),
            Reason(id="fire", name="Machine fault", kind=CallKind.STOP),
        ),
        devices=(
            Device(
                id="box",
                kind=DeviceKind.BUTTONS,
                port="virtual",
                station="press",
                map={"B1": "call:material", "B2": "stop", "B3": "clear", "B4": "ack"},
            ),
        ),
    )
    return replace(line, **changes)


ANA = Person(id="ana", name="Ana", badge="P-0007", role=Role.LEADER)
OLE = Person(id="ole", name="Ole", badge="P-0008", role=Role.OPERATOR)
