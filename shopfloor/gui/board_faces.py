"""What the board shows, as values without any screen: two equal faces look the same, so nothing is painted twice."""

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.line_andon import Role
from shopfloor.core.line_views import Seen
from shopfloor.core.loop_views import Zone, zone_of_store
from shopfloor.core.moment import US_PER_S
from shopfloor.core.state_call import CallSource
from shopfloor.core.views import CallView, CardView, LaneView, LineView, StationState, StationView, StoreView
from shopfloor.gui.board_andon import AndonFace

_MINUTE_US = 60 * US_PER_S


class CardFace(Struct, frozen=True):
    """A card as a small tile. Whole minutes: a board on which every card ticks is not calm."""

    name: str
    number: int
    minutes: int
    blocked: bool = False
    over: bool = False


class StationFace(Struct, frozen=True, kw_only=True):
    """`clock_s` runs for a call, a stop or a restart, else None. `works`: a called station that keeps working.

    `hints` of rules that call nobody; `level` of the highest escalation of its calls. `silent_s`: how old all this is,
    if its terminal is not heard.
    """

    id: str
    name: str
    state: StationState
    works: bool
    called: bool
    flashing: bool
    clock_s: int | None
    cards: tuple[CardFace, ...]
    limit: int | None
    soft: bool
    waiting: int
    hints: int = 0
    level: int = 0
    silent_s: int | None = None


class LaneFace(Struct, frozen=True, kw_only=True):
    """Cards oldest first: the first is the next to leave. `origin` is a station's name if it is not the one before."""

    loop: str
    label: str
    origin: str
    cards: tuple[CardFace, ...]
    limit: int | None
    full: bool


class StoreFace(Struct, frozen=True, kw_only=True):
    """Full containers of a loop's cards."""

    loop: str
    label: str
    origin: str
    full: int
    cards: int
    zone: Zone


class CallFace(Struct, frozen=True, kw_only=True):
    """One open call; `left_s` to the stop, None if it is one or has no deadline."""

    id: str
    station: str
    reason: str
    is_stop: bool
    line_wide: bool
    clock_s: int
    left_s: int | None
    taken_by: str
    arrived: bool
    reason_id: str = ""
    segment: str = ""
    roles: tuple[Role, ...] = ()
    level: int = 0
    returned: bool = False
    deadline_s: int = 0
    input_calls: bool = False
    reopened: bool = False
    seen: Seen | None = None


GapFace = LaneFace | StoreFace


class BoardFaces(Struct, frozen=True, kw_only=True):
    """`gaps[i]` stands before `stations[i]`; one more gap stands behind the last station."""

    stations: tuple[StationFace, ...]
    gaps: tuple[tuple[GapFace, ...], ...]
    calls: tuple[CallFace, ...]
    andon: AndonFace = AndonFace()


def board_faces(view: LineView, now_us: int) -> BoardFaces:
    """The line as the board draws it. A lane or store stands before the station that takes from it."""
    order = {station.id: index for index, station in enumerate(view.stations)}
    names = {station.id: station.name for station in view.stations}
    gaps: list[list[GapFace]] = [[] for _ in range(len(view.stations) + 1)]
    for lane in view.lanes:
        index = order.get(lane.after, len(view.stations))
        gaps[index].append(_lane(lane, _origin(index, lane.before, order, names), now_us))
    for store in view.stores:
        after = order.get(store.after, len(view.stations) - 1)
        # A consumer further up the line, or outside it: the store stands behind the station that fills it.
        index = order[store.consumer] if order.get(store.consumer, -1) > after else after + 1
        gaps[index].append(_store(store, _origin(index, store.after, order, names)))
    return BoardFaces(
        stations=tuple(_station(station, view, now_us) for station in view.stations),
        gaps=tuple(tuple(gap) for gap in gaps),
        calls=tuple(_call(call) for call in view.calls),
    )


def with_terminals(faces: BoardFaces, silent_s: dict[str, int], seen: dict[str, Seen]) -> BoardFaces:
    """The faces with how old it is what is shown of each silent station, and how far each stop is known."""
    if not silent_s and not seen:
        return faces
    return replace(
        faces,
        stations=tuple(replace(one, silent_s=silent_s.get(one.id)) for one in faces.stations),
        calls=tuple(replace(call, seen=seen.get(call.id)) for call in faces.calls),
    )


def _station(station: StationView, view: LineView, now_us: int) -> StationFace:
    over = [c for c in view.calls if c.station == station.id or (c.is_stop and station.id in c.covers)]
    return StationFace(
        id=station.id,
        name=station.name,
        state=station.state,
        works=station.state is StationState.CALLED and station.wip > 0,
        called=station.called and station.state is not StationState.CALLED,
        flashing=any(not call.acked_by for call in over),
        clock_s=_clock_s(station, over),
        cards=tuple(_card(card, now_us) for card in station.in_process),
        limit=station.wip_limit,
        soft=station.soft,
        waiting=len(station.next),
        hints=len(station.advices),
        level=max((call.level for call in view.calls if call.station == station.id), default=0),
    )


def _clock_s(station: StationView, over: list[CallView]) -> int | None:
    match station.state:
        case StationState.STOPPED:
            return max((call.stopped_for_us for call in over if call.is_stop), default=0) // US_PER_S
        case StationState.CALLED:
            return max((call.age_us for call in over), default=0) // US_PER_S
        case StationState.RESTARTING:
            return -(-station.restart_left_us // US_PER_S)
        case _:
            return None


def _origin(gap: int, before: str, order: dict[str, int], names: dict[str, str]) -> str:
    return "" if order.get(before) == gap - 1 else names.get(before, before)


def _lane(lane: LaneView, origin: str, now_us: int) -> LaneFace:
    return LaneFace(
        loop=lane.loop,
        label=lane.part,
        origin=origin,
        cards=tuple(_card(card, now_us) for card in lane.cards),
        limit=lane.limit,
        full=lane.full,
    )


def _store(store: StoreView, origin: str) -> StoreFace:
    return StoreFace(
        loop=store.loop,
        label=store.part,
        origin=origin,
        full=store.full,
        cards=store.cards,
        zone=zone_of_store(store.full, store.cards),
    )


def _card(card: CardView, now_us: int) -> CardFace:
    return CardFace(card.name, card.number, max(0, now_us - card.since_us) // _MINUTE_US, card.blocked, card.over_limit)


def _call(call: CallView) -> CallFace:
    return CallFace(
        id=call.id,
        station=call.station_name,
        reason=call.reason_name,
        is_stop=call.is_stop,
        line_wide=call.line_wide,
        clock_s=(call.stopped_for_us if call.is_stop else call.age_us) // US_PER_S,
        left_s=None if call.left_us is None else -(-call.left_us // US_PER_S),
        taken_by=call.acked_by,
        arrived=call.arrived,
        reason_id=call.reason,
        segment=call.segment,
        roles=call.roles,
        level=call.level,
        returned=call.returned,
        deadline_s=call.deadline_us // US_PER_S,
        input_calls=call.source is CallSource.CONTACT and not call.returned,
        reopened=call.reopened,
    )
