"""A line with a long route, a short one and a ring, and the scans that bring a card to a state."""

from msgspec.structs import replace

from shopfloor.core.commands import HoldCard, LoseCard, RetireCard
from shopfloor.core.events import CardFinished, CardStarted, CardWithdrawn, Event, Inferred
from shopfloor.core.line import Line, Loop, LoopKind, Part, StartState, Station
from shopfloor.core.rules import Refusal
from shopfloor.core.state import Card, CardState
from tests.helpers.desk import Desk, rule_of

ROUTE = ("saw", "mill", "wash")


def long_line() -> Line:
    """`long`: saw, mill, wash, then assembly takes; `short`: saw, then assembly; `ring`: CONWIP over all three."""
    return Line(
        id="long",
        name="Long line",
        stations=tuple(Station(id=name, name=name.title()) for name in (*ROUTE, "assembly", "yard")),
        parts=(Part(id="A"), Part(id="B"), Part(id="C")),
        loops=(
            Loop(id="long", part="A", route=ROUTE, consumer="assembly", cards=4),
            Loop(id="short", part="B", route=("saw",), consumer="assembly", cards=4),
            Loop(id="ring", part="C", kind=LoopKind.CONWIP, route=ROUTE, cards=4, start=StartState.EMPTY),
        ),
    )


def with_station(line: Line, name: str, **changes: object) -> Line:
    """The line with another station of that id."""
    return replace(line, stations=tuple(replace(s, **changes) if s.id == name else s for s in line.stations))


def with_loop(line: Line, name: str, **changes: object) -> Line:
    """The line with another loop of that id."""
    return replace(line, loops=tuple(replace(x, **changes) if x.id == name else x for x in line.loops))


def bring(desk: Desk, loop: str, state: str, number: int = 1) -> Card:
    """Bring a fresh card to `full`, `empty`, `in_process 2`, `queued 2`, `held`, `lost`, `retired` or `new`."""
    name, _, step = state.partition(" ")
    route, consumer = desk.shop.loops[loop].route, desk.shop.loops[loop].consumer
    if name in {"full", "empty", "in_process", "queued"} and desk.card(loop, number).state is not CardState.EMPTY:
        if name == "full":
            desk.scan(loop, number, consumer or "")
            for station in route:
                desk.scan(loop, number, station)
                desk.scan(loop, number, station)
            return desk.card(loop, number)
        desk.scan(loop, number, consumer or "")
    if name in {"in_process", "queued"}:
        for station in route[: int(step) - 1]:
            desk.scan(loop, number, station)
            desk.scan(loop, number, station)
        if name == "in_process":
            desk.scan(loop, number, route[int(step) - 1])
    card = desk.card(loop, number)
    match name:
        case "held":
            desk.do(HoldCard(station="yard", card=card.id, reason="dent"))
        case "lost":
            desk.do(LoseCard(station="yard", card=card.id))
        case "retired":
            desk.do(RetireCard(card=card.id))
        case "new":
            desk.shop.put([replace(card, state=CardState.NEW)])
        case _:
            assert (card.state.value, card.step) == (name, int(step or 0))
    return desk.card(loop, number)


def said(event: Event | Refusal) -> str:
    """An outcome in short: `start 2 < s1 f1` is a start at step 2 that inferred start and finish of step 1."""
    match event:
        case CardStarted():
            return f"start {event.step}" + _inferred(event.inferred)
        case CardFinished():
            return f"finish {event.step}, {event.into.value}"
        case CardWithdrawn():
            return "withdraw" + _inferred(event.inferred)
        case _:
            return rule_of(event) or type(event).__name__


def _inferred(steps: tuple[Inferred, ...]) -> str:
    return " < " + " ".join(f"{step.what[0]}{step.step}" for step in steps) if steps else ""
