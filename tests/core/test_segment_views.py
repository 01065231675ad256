"""How long a segment can go on, and which one stands."""

import msgspec
import pytest

from shopfloor.core.line import CallKind, Line, Loop, Part, Scope, Station
from shopfloor.core.moment import Now
from shopfloor.core.segment_views import BufferView, SegmentView, buffer_views, segment_views
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call, Card, CardState, Entity

NOW = Now(1_000_000_000, 1_000_000_000, "boot")


def line(**targets: float | None) -> Line:
    """a, b | c, d: one loop through, one store for d."""
    named = {"a": "one", "b": "one", "c": "two", "d": "two"}
    stations = tuple(
        Station(id=s, name=s.upper(), segment=named[s], cycle_target_s=targets.get(s, 60.0)) for s in named
    )
    loops = (
        Loop(id="x", part="X", route=("a", "b", "c"), consumer="d", cards=6),
        Loop(id="y", part="Y", route=("a",), consumer="d", cards=4),
    )
    return Line(id="l", name="L", stations=stations, parts=(Part(id="X"), Part(id="Y")), loops=loops)


def card(loop: str, number: int, state: CardState, step: int = 0) -> Card:
    return Card(id=f"{loop}-{number:02d}", loop=loop, number=number, state=state, step=step, since_us=1, queued_us=1)


def waiting(count: int, full: int) -> list[Entity]:
    """Cards queued for c, and full containers of y."""
    queued = [card("x", n, CardState.QUEUED, 3) for n in range(1, count + 1)]
    return [*queued, *(card("y", n, CardState.FULL) for n in range(1, full + 1))]


def stop(station: str, scope: Scope, **rest: int) -> Call:
    base = Call(
        id="s",
        station=station,
        reason="",
        kind=CallKind.STOP,
        raised_kind=CallKind.STOP,
        scope=scope,
        raised=NOW,
        by="",
        stopped_us=5,
    )
    return msgspec.structs.replace(base, **rest)


@pytest.mark.parametrize(
    ("count", "full", "left_s"),
    [
        (3, 4, 180.0),  # c has three jobs, d goods for four
        (3, 1, 60.0),  # d is the first that stands
        (0, 4, 0.0),
    ],
)
def test_the_first_station_without_work_ends_it(count: int, full: int, left_s: float) -> None:
    assert buffer_views(Shop(line(), waiting(count, full))) == (
        BufferView(at=2, containers=count + full, left_s=left_s),
    )


def test_each_station_works_at_its_own_pace() -> None:
    assert buffer_views(Shop(line(c=10.0, d=100.0), waiting(3, 4)))[0].left_s == 30.0


def test_without_a_target_nobody_knows() -> None:
    assert buffer_views(Shop(line(c=None), waiting(3, 4))) == (BufferView(at=2, containers=7, left_s=None),)


def test_what_lies_within_a_segment_is_no_buffer_of_it() -> None:
    inside = [card("x", n, CardState.QUEUED, 2) for n in range(1, 4)]
    assert buffer_views(Shop(line(), inside))[0].containers == 0


def test_a_line_without_segments_has_neither() -> None:
    plain = msgspec.structs.replace(
        line(), stations=tuple(msgspec.structs.replace(s, segment="") for s in line().stations)
    )
    shop = Shop(plain, waiting(3, 4))
    assert (segment_views(shop), buffer_views(shop)) == ((), ())


def test_segments_that_nothing_passes_have_no_buffer() -> None:
    assert buffer_views(Shop(msgspec.structs.replace(line(), loops=()))) == ()


@pytest.mark.parametrize(
    ("call", "stopped"),
    [
        (stop("c", Scope.SEGMENT), (False, True)),
        (stop("a", Scope.LINE), (True, True)),
        (stop("c", Scope.STATION), (False, False)),
        (stop("c", Scope.SEGMENT, cleared_us=9), (False, False)),
        (stop("c", Scope.SEGMENT, stopped_us=0), (False, False)),
    ],
)
def test_a_segment_stands_by_its_own_stop_or_the_lines(call: Call, stopped: tuple[bool, bool]) -> None:
    assert segment_views(Shop(line(), [call])) == (
        SegmentView(name="one", first=0, last=1, stopped=stopped[0]),
        SegmentView(name="two", first=2, last=3, stopped=stopped[1]),
    )
