"""What a screen shows of a station: pure functions of the shop, used by screens and `status` alike."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from shopfloor.core.call_views import AdviceView, CallView, advices_at, all_call_views, call_view, call_views, is_told
from shopfloor.core.limits import goes_before, override_at
from shopfloor.core.line import LimitPolicy, Loop, Station
from shopfloor.core.line_views import findings_at
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.names import card_name, person_name, station_name
from shopfloor.core.shop import Shop, lane_limit
from shopfloor.core.state import Card, CardState, Verdict
from shopfloor.core.state_line import Finding

__all__ = ["CallView", "call_view", "call_views"]


class StationState(StrEnum):
    """The first that is true, in this order."""

    STOPPED = "stopped"
    RESTARTING = "restarting"
    CALLED = "called"
    BLOCKED = "blocked"
    RUNNING = "running"
    STARVED = "starved"
    IDLE = "idle"


class CardView(Struct, frozen=True, kw_only=True):
    """One card as a tile shows it. `why` is the rule that would refuse its next step here now, "" if none would.

    `quantity` is what its container holds or will hold.
    """

    id: str
    name: str
    part: str
    description: str
    number: int
    of: int
    quantity: int
    unit: str
    state: CardState
    since_us: int
    goes_to: str
    blocked: bool = False
    again: bool = False
    over_limit: bool = False
    why: str = ""
    express: bool = False
    extra: bool = False
    acked: bool = False
    late: bool = False
    lot: str = ""
    stale_print: bool = False


class LaneView(Struct, frozen=True, kw_only=True):
    """A FIFO lane: from one station to the next of one loop's route, oldest card first."""

    loop: str
    part: str
    before: str
    after: str
    limit: int | None
    cards: tuple[CardView, ...]

    @property
    def full(self) -> bool:
        """Whether it takes no more."""
        return self.limit is not None and len(self.cards) >= self.limit


class StoreView(Struct, frozen=True, kw_only=True):
    """A supermarket: the full containers of one loop between its last station and its consumer."""

    loop: str
    part: str
    after: str
    consumer: str
    full: int
    cards: int


class StationView(Struct, frozen=True, kw_only=True):
    """Everything a station's page and its tile on the board answer in one glance."""

    id: str
    name: str
    state: StationState
    called: bool
    wip: int
    wip_limit: int | None
    soft: bool
    in_process: tuple[CardView, ...]
    next: tuple[CardView, ...]
    lanes_before: tuple[LaneView, ...]
    lanes_after: tuple[LaneView, ...]
    stores_before: tuple[StoreView, ...]
    stores_after: tuple[StoreView, ...]
    calls: tuple[CallView, ...]
    advices: tuple[AdviceView, ...]
    findings: tuple[Finding, ...]
    restart_left_us: int
    cycle_target_s: float | None
    verdict: Verdict | None
    person: str
    undo_left_us: int
    override_by: str

    @property
    def has_hints(self) -> bool:
        """Whether something is to be known that nobody calls for."""
        return bool(self.advices or self.findings)


class LoopView(Struct, frozen=True, kw_only=True):
    """The cards of a loop by state; the sum over states is the number of cards, always."""

    id: str
    part: str
    cards: int
    by_state: dict[str, int]


class LineView(Struct, frozen=True, kw_only=True):
    """The whole line: stations in flow order, lanes, stores, calls by urgency, released cards against the limit."""

    name: str
    stations: tuple[StationView, ...]
    lanes: tuple[LaneView, ...]
    stores: tuple[StoreView, ...]
    loops: tuple[LoopView, ...]
    calls: tuple[CallView, ...]
    wip: int
    wip_limit: int | None


_ASKS, _TO_USE = frozenset({CardState.EMPTY, CardState.WAITING}), frozenset({CardState.FULL, CardState.IN_USE})
UNDO_S = 10  # long enough to see the mistake, short enough that nothing was built on it


def line_view(shop: Shop, now: Now) -> LineView:
    """The whole line as the board shows it."""
    between = _between(shop, shop.line.loops)
    every = all_call_views(shop, now)
    views = {view.id: view for view in every}
    return LineView(
        name=shop.line.name,
        stations=tuple(_station_view(shop, station.id, now, between, views) for station in shop.line.stations),
        lanes=between.lanes,
        stores=between.stores,
        loops=tuple(loop_view(shop, loop.id) for loop in shop.line.loops),
        calls=tuple(view for view in every if not view.aside),
        wip=len(shop.released),
        wip_limit=shop.line.wip_limit,
    )


def loop_view(shop: Shop, loop_id: str) -> LoopView:
    """The loop's cards by state, every state named."""
    cards = shop.of_loop(loop_id)
    counts = {state.value: 0 for state in CardState}
    for card in cards:
        counts[card.state.value] += 1
    return LoopView(id=loop_id, part=shop.loops[loop_id].part, cards=len(cards), by_state=counts)


def station_view(shop: Shop, station_id: str, now: Now) -> StationView:
    """One station; raises KeyError if the line has none of that id."""
    near = [loop for loop in shop.line.loops if station_id == loop.consumer or station_id in loop.route]
    views = {call.id: call_view(shop, call, now) for call in shop.calls_at(station_id)}
    return _station_view(shop, station_id, now, _between(shop, near), views)


def _station_view(
    shop: Shop, station_id: str, now: Now, between: "_Between", views: Mapping[str, CallView]
) -> StationView:
    station = shop.stations[station_id]
    book = shop.book(station_id)
    working = shop.in_process(station_id)
    restart = shop.restart_over(station_id)
    lanes, stores = between.lanes, between.stores
    calls = tuple(view for call in shop.calls_at(station_id) if not (view := views[call.id]).aside)
    return StationView(
        id=station_id,
        name=station.name,
        state=station_state(shop, station_id),
        called=any(not call.is_stop for call in calls),
        wip=len(working),
        wip_limit=station.wip_limit,
        soft=station.limit_policy is LimitPolicy.SOFT,
        in_process=tuple(card_view(shop, card) for card in working),
        next=next_cards(shop, station),
        lanes_before=tuple(lane for lane in lanes if lane.after == station_id),
        lanes_after=tuple(lane for lane in lanes if lane.before == station_id),
        stores_before=tuple(store for store in stores if store.consumer == station_id),
        stores_after=tuple(store for store in stores if store.after == station_id),
        calls=calls,
        advices=advices_at(shop, station_id),
        findings=findings_at(shop, station_id),
        restart_left_us=max(0, _us(restart.restart_s) - elapsed_us(restart.since, now)) if restart else 0,
        cycle_target_s=station.cycle_target_s,
        verdict=book.verdict,
        person=person_name(shop, book.person) if book.person else "",
        undo_left_us=_undo_left_us(shop, station_id, now),
        override_by=person_name(shop, override_at(shop, station_id, now)[0]),
    )


def station_state(shop: Shop, station_id: str) -> StationState:
    """What the station is doing, the first true of `StationState`."""
    working = shop.in_process(station_id)
    if shop.stop_over(station_id) is not None:
        return StationState.STOPPED
    if shop.restart_over(station_id) is not None:
        return StationState.RESTARTING
    if any(is_told(shop, call) for call in shop.calls_at(station_id)):
        return StationState.CALLED
    if any(card.blocked_us and lane_is_full(shop, card) for card in working):
        return StationState.BLOCKED
    if working:
        return StationState.RUNNING
    return StationState.STARVED if _starved(shop, station_id) else StationState.IDLE


def lane_is_full(shop: Shop, card: Card) -> bool:
    """Whether the lane after an in-process card takes no more; False after the last station."""
    loop = shop.loops.get(card.loop)
    if loop is None or card.step >= len(loop.route):
        return False
    limit = lane_limit(loop, card.step + 1)
    return limit is not None and len(shop.lane(loop.id, card.step + 1)) >= limit


def next_cards(shop: Shop, station: Station) -> tuple[CardView, ...]:
    """What the station makes next, in this order: express cards, lanes oldest first, then EMPTY cards oldest first."""
    found: list[tuple[bool, bool, int, str, CardView]] = []
    for loop in shop.line.loops:
        if station.id not in loop.route:
            continue
        step = loop.route.index(station.id) + 1
        waiting = shop.lane(loop.id, step) if step > 1 else _empties(shop, loop.id)
        for index, card in enumerate(waiting):
            why = "lot_incomplete" if card.state is CardState.WAITING else ""
            if step > 1 and index and loop.lane_order == "refuse" and not goes_before(shop, card, step):
                why = "not_oldest"
            asked_us = card.queued_us if step > 1 else card.since_us
            found.append((not card.express, step == 1, asked_us, card.id, card_view(shop, card, why=why)))
    return tuple(view for *_, view in sorted(found, key=lambda item: item[:4]))


def card_view(shop: Shop, card: Card, *, why: str = "") -> CardView:
    """One card; a loop that left the line file shows its id."""
    loop = shop.loops.get(card.loop)
    part = shop.parts.get(loop.part) if loop else None
    return CardView(
        id=card.id,
        name=card_name(shop, card),
        part=loop.part if loop else card.loop,
        description=part.description if part else "",
        number=card.number,
        of=loop.cards if loop else card.number,
        quantity=card.pieces or (loop.quantity if loop else 0),
        unit=part.unit if part else "",
        state=card.state,
        since_us=card.queued_us if card.state is CardState.QUEUED else card.since_us,
        goes_to=_goes_to(shop, card, loop),
        blocked=bool(card.blocked_us) and lane_is_full(shop, card),
        again=bool(card.again_us) and not lane_is_full(shop, card),
        over_limit=card.over_limit,
        why=why,
        express=card.express,
        extra=card.extra,
        acked=bool(card.acked_us),
        late=card.late,
        lot=card.lot,
        stale_print=card.stale_print,
    )


def _starved(shop: Shop, station_id: str) -> bool:
    asked = False
    for loop in shop.line.loops:
        if loop.consumer == station_id:
            asked = asked or not any(card.state in _TO_USE for card in shop.of_loop(loop.id))
        if station_id not in loop.route:
            continue
        step = loop.route.index(station_id) + 1
        if shop.lane(loop.id, step) if step > 1 else _signals(shop, loop.id):
            return False
        asked = asked or any(_is_upstream(card, step) for card in shop.of_loop(loop.id))
    return asked


def _is_upstream(card: Card, step: int) -> bool:
    if card.state is CardState.EMPTY:
        return step > 1
    return card.state in {CardState.IN_PROCESS, CardState.QUEUED} and card.step < step


def _empties(shop: Shop, loop: str) -> list[Card]:
    return sorted((c for c in shop.of_loop(loop) if c.state in _ASKS), key=lambda c: (c.since_us, c.number))


def _signals(shop: Shop, loop: str) -> bool:
    """Whether a card of the loop may be started; one that waits for its lot asks for nothing yet."""
    return any(card.state is CardState.EMPTY for card in shop.by_loop.get(loop, {}).values())


class _Between(Struct, frozen=True):
    lanes: tuple[LaneView, ...]
    stores: tuple[StoreView, ...]


def _between(shop: Shop, loops: Iterable[Loop]) -> _Between:
    wanted = tuple(loops)
    return _Between(
        tuple(lane for loop in wanted for lane in _lanes(shop, loop)),
        tuple(_store(shop, loop) for loop in wanted if loop.consumer is not None),
    )


def _lanes(shop: Shop, loop: Loop) -> list[LaneView]:
    return [
        LaneView(
            loop=loop.id,
            part=loop.part,
            before=loop.route[step - 2],
            after=loop.route[step - 1],
            limit=lane_limit(loop, step),
            cards=tuple(card_view(shop, card) for card in shop.lane(loop.id, step)),
        )
        for step in range(2, len(loop.route) + 1)
    ]


def _store(shop: Shop, loop: Loop) -> StoreView:
    cards = shop.of_loop(loop.id)
    return StoreView(
        loop=loop.id,
        part=loop.part,
        after=loop.route[-1],
        consumer=loop.consumer or "",
        full=sum(1 for card in cards if card.state is CardState.FULL),
        cards=len(cards),
    )


def _goes_to(shop: Shop, card: Card, loop: Loop | None) -> str:
    if loop is None:
        return ""
    if card.state in {CardState.IN_PROCESS, CardState.QUEUED} and card.step < len(loop.route):
        return station_name(shop, loop.route[card.step])
    if card.state in {CardState.EMPTY, CardState.WAITING} and len(loop.route) > 1:
        return station_name(shop, loop.route[1])
    return station_name(shop, loop.consumer) if loop.consumer else station_name(shop, loop.route[0])


def _undo_left_us(shop: Shop, station_id: str, now: Now) -> int:
    step = shop.book(station_id).step
    card = shop.cards.get(step.card) if step else None
    if step is None or step.undone or card is None or not step.is_last_of(card):
        return 0
    return max(0, UNDO_S * US_PER_S - elapsed_us(step.at, now))


def _us(seconds: float) -> int:
    return round(seconds * US_PER_S)
