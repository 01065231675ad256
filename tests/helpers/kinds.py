"""One line with a loop of the kind a test is about."""

from msgspec.structs import replace

from shopfloor.core.codes import folded
from shopfloor.core.line import CallKind, Line, Loop, LoopKind, Part, Reason, StartState, Station
from shopfloor.core.state import Card, CardState
from tests.helpers.desk import Desk
from tests.helpers.lines import ANA, OLE

SWITCHES: dict[LoopKind, dict[str, object]] = {
    LoopKind.PRODUCTION: {},
    LoopKind.CONWIP: {"consumer": None, "start": StartState.EMPTY, "route": ("press", "deburr")},
    LoopKind.WITHDRAWAL: {"transit": True},
    LoopKind.SUPPLIER: {"transit": True, "acknowledge": True, "route": ("steelworks",)},
    LoopKind.SIGNAL: {"lot": 3},
    LoopKind.TWO_BIN: {"cards": 2},
    LoopKind.POLCA: {"consumer": None, "start": StartState.EMPTY, "route": ("press", "deburr")},
}


def line_of(kind: LoopKind = LoopKind.PRODUCTION, *, people: bool = False, **changes: object) -> Line:
    """press, deburr, a supplier outside, assembly; one loop `x` of the kind with 3 cards of 50, all FULL if may be."""
    loop = Loop(id="x", part="P1", kind=kind, route=("press",), consumer="assembly", quantity=50, cards=3)
    return Line(
        id="plant",
        name="Plant",
        stations=(
            Station(id="press", name="Press"),
            Station(id="deburr", name="Deburr"),
            Station(id="steelworks", name="Steelworks", outside=True),
            Station(id="assembly", name="Assembly"),
            Station(id="far", name="Far"),
        ),
        parts=(Part(id="P1"),),
        loops=(replace(loop, **(SWITCHES[kind] | changes)),),
        reasons=(Reason(id="late", name="Delivery late", kind=CallKind.HELP, deadline_s=0),),
        people=(ANA, OLE) if people else (),
    )


def desk_of(kind: LoopKind = LoopKind.PRODUCTION, *, people: bool = False, **changes: object) -> Desk:
    """A desk at such a line."""
    return Desk(line_of(kind, people=people, **changes))


def states(desk: Desk) -> str:
    """The states of loop x by number: `full empty waiting`."""
    return " ".join(card.state.value for card in desk.shop.of_loop("x") if card.state is not CardState.RETIRED)


def put(desk: Desk, number: int, state: CardState, **changes: object) -> Card:
    """Let a card be in a state, as if its history had brought it there."""
    card = replace(desk.card("x", number), state=state, **changes)
    desk.shop.put([card])
    return card


def taught(desk: Desk, text: str) -> str:
    """The card a code stands for, "" for none."""
    return desk.shop.taught.get(folded(text), "")
