"""A line with reasons to call, and short ways to do it."""

from msgspec.structs import replace

from shopfloor.core import commands as c
from shopfloor.core.events import (
    Event,
)
from shopfloor.core.line import CallKind, Line, Person, Reason, Role, Scope
from shopfloor.core.rules import Refusal
from shopfloor.core.state import Call
from shopfloor.core.views import StationState, station_state
from tests.helpers.desk import Desk
from tests.helpers.routes import bring, long_line

REASONS = (
    Reason(id="material", name="Material missing", deadline_s=60),
    Reason(id="quality", name="Quality", deadline_s=60, scope=Scope.LINE),
    Reason(id="tool", name="Tool", deadline_s=0),
    Reason(id="fault", name="Machine fault", kind=CallKind.STOP),
    Reason(id="fire", name="Fire", kind=CallKind.STOP, scope=Scope.LINE),
)
MAX = Person(id="max", name="Max", badge="P-0009", role=Role.MAINTENANCE)


def andon_line(**changes: object) -> Line:
    """The long line with reasons."""
    return replace(long_line(), reasons=REASONS, **changes)


def desk_with(**changes: object) -> Desk:
    """A desk whose card 1 of `long` may start at the saw."""
    desk = Desk(andon_line(**changes))
    bring(desk, "long", "empty")
    return desk


def touch(desk: Desk, command: c.Command, *, after_s: float = 0) -> Event | Refusal:
    """Do a command a while later."""
    desk.clock.advance(after_s)
    return desk.do(command)


def only_call(desk: Desk) -> Call:
    """The one open call."""
    (call,) = desk.shop.calls.values()
    return call


def state(desk: Desk, place: str = "saw") -> StationState:
    """What a station does now."""
    desk.tick()
    return station_state(desk.shop, place)
