"""Segments of a line as a board shows them: which stand, and how long each can go on from the buffer before it."""

from itertools import pairwise

from msgspec import Struct

from shopfloor.core.line import Scope
from shopfloor.core.shop import Shop
from shopfloor.core.state import Call, CardState


class SegmentView(Struct, frozen=True, kw_only=True):
    """Stations `first` to `last` in flow order, side by side in one segment. `stopped`: it stands as a whole."""

    name: str
    first: int
    last: int
    stopped: bool = False


class BufferView(Struct, frozen=True, kw_only=True):
    """What lies between two segments, before station `at` in flow order.

    `left_s`: so long the segment behind it can go on if nothing more comes; None where a cycle target is missing.
    """

    at: int
    containers: int
    left_s: float | None


def segment_views(shop: Shop) -> tuple[SegmentView, ...]:
    """The segments in flow order; stations without one are in none."""
    found: list[SegmentView] = []
    standing = {shop.segment(c.station) for c in _stops(shop, Scope.SEGMENT)}
    everything = any(_stops(shop, Scope.LINE))
    for at, station in enumerate(shop.line.stations):
        if not station.segment:
            continue
        first = at
        if found and found[-1].name == station.segment and found[-1].last == at - 1:
            first = found.pop().first
        stopped = everything or station.segment in standing
        found.append(SegmentView(name=station.segment, first=first, last=at, stopped=stopped))
    return tuple(found)


def buffer_views(shop: Shop) -> tuple[BufferView, ...]:
    """The buffers between segments that follow each other, in flow order; only where something can lie."""
    segments = segment_views(shop)
    follow = [b.first for a, b in pairwise(segments) if a.last == b.first - 1]
    found = (_buffer(shop, at) for at in follow)
    return tuple(buffer for buffer in found if buffer is not None)


def _stops(shop: Shop, scope: Scope) -> list[Call]:
    calls = shop.calls.values()
    return [call for call in calls if call.scope is scope and call.stopped_us and not call.cleared_us]


def _buffer(shop: Shop, at: int) -> BufferView | None:
    """The buffer before station `at`: until the first station of the segment that takes from it has nothing more."""
    order = {station.id: index for index, station in enumerate(shop.line.stations)}
    segment = shop.line.stations[at].segment
    jobs: dict[str, int] = {}
    goods: dict[str, int] = {}
    containers = 0
    for loop in shop.line.loops:
        for step, (source, taker) in enumerate(pairwise(loop.route), 2):
            if _crosses(shop, order, source, taker, segment):
                lying = len(shop.lane(loop.id, step))
                containers += lying
                jobs[taker] = jobs.get(taker, 0) + lying
        consumer = loop.consumer or ""
        if _crosses(shop, order, loop.route[-1], consumer, segment):
            full = sum(1 for card in shop.of_loop(loop.id) if card.state is CardState.FULL)
            containers += full
            # A consumer needs every part; it stands when the first store is empty.
            goods[consumer] = min(goods.get(consumer, full), full)
    takers = jobs.keys() | goods.keys()
    if not takers:
        return None
    times = [_time_s(shop, taker, jobs.get(taker), goods.get(taker)) for taker in takers]
    known = [time for time in times if time is not None]
    return BufferView(at=at, containers=containers, left_s=min(known) if len(known) == len(times) else None)


def _crosses(shop: Shop, order: dict[str, int], source: str, taker: str, segment: str) -> bool:
    """Whether what `source` makes comes into the segment through `taker`."""
    if taker not in order or source not in order or shop.segment(taker) != segment:
        return False
    return shop.segment(source) != segment and order[source] < order[taker]


def _time_s(shop: Shop, taker: str, jobs: int | None, goods: int | None) -> float | None:
    target_s = shop.stations[taker].cycle_target_s
    least = min(count for count in (jobs, goods) if count is not None)
    return None if target_s is None else least * target_s
