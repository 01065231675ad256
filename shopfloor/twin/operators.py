"""Emulated operators: each looks at the line as its screen would, and does what a person at that station does next."""

from collections.abc import Collection
from random import Random

from shopfloor.core.line import Line, Loop, Station
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.core.views import StationState, lane_is_full, station_state
from shopfloor.twin.gestures import Gestures

HAND_S = 0.8  # from looking at the screen to the trigger
SPREAD = 0.16  # of a practised operator's work; the log-normal's sigma
SLOW_SHARE, SLOW_FACTOR = 0.06, 1.8  # now and then something jams
DOUBLE_SHARE, WRONG_SHARE, MISREAD_SHARE = 0.03, 0.02, 0.02  # mistakes people make
DEFAULT_WORK_S = 20.0


class Operators:
    """One person a station, or at some `stations` only. `step` is called often with the time; `speed` makes faster."""

    def __init__(
        self, line: Line, gestures: Gestures, random: Random, *, speed: float, stations: Collection[str] = ()
    ) -> None:
        self._line = line
        self._stations = tuple(s for s in line.stations if not stations or s.id in stations)
        self._gestures = gestures
        self._random = random
        self._speed = speed
        self._free_s: dict[str, float] = {}
        self._work: dict[str, float] = {}
        self._prepared: dict[str, set[str]] = {}
        self._order_s = 0.0

    def step(self, shop: Shop, now_s: float) -> None:
        """Everybody whose hands are free does one thing, if there is one to do."""
        for station in self._stations:
            if now_s >= self._free_s.get(station.id, 0.0) and self._act(shop, station, now_s):
                self._free_s[station.id] = now_s + self._random.uniform(0.5, 1.5) * HAND_S / self._speed

    def _act(self, shop: Shop, station: Station, now_s: float) -> bool:
        working = shop.in_process(station.id)
        for card in working:
            if card.id not in self._work:
                self._work[card.id] = now_s + self._work_s(station)
        done = [card for card in working if now_s >= self._work[card.id] and not _waits(shop, card)]
        if done:
            self._scan(shop, station, done[0])
            self._work[done[0].id] = now_s + HAND_S  # looks again if it was refused
            return True
        arrived = _arrived(shop, self._line, station)
        if arrived is not None:
            self._scan(shop, station, arrived)
            return True
        if any(not card.blocked_us for card in working) or _stands(shop, station):
            return False
        return self._begin(shop, station, now_s)

    def _begin(self, shop: Shop, station: Station, now_s: float) -> bool:
        card = _next_card(shop, self._line, station)
        consumed = [loop for loop in self._line.loops if loop.consumer == station.id]
        is_last = station.id == self._line.stations[-1].id
        if card is None and any(station.id in loop.route for loop in self._line.loops):
            return False
        if is_last and now_s < self._order_s:
            return False
        prepared = self._prepared.setdefault(station.id, set())
        for loop in consumed:
            if loop.id not in prepared:
                full = _oldest_full(shop, loop)
                if full is not None:
                    self._scan(shop, station, full)
                    prepared.add(loop.id)
                return full is not None
        prepared.clear()
        if is_last:
            self._order_s = max(now_s - self._takt_s(), self._order_s) + self._takt_s()
        if card is not None:
            self._work.pop(card.id, None)
            self._scan(shop, station, card)
        return True

    def _scan(self, shop: Shop, station: Station, card: Card) -> None:
        chance = self._random.random()
        if chance < WRONG_SHARE:
            wrong = self._random.choice(sorted(shop.cards))
            self._gestures.scan(station.id, shop.cards[wrong])
            return
        if chance < WRONG_SHARE + MISREAD_SHARE:
            self._gestures.misread(station.id)
        self._gestures.scan(station.id, card)
        if chance > 1 - DOUBLE_SHARE:
            self._gestures.scan(station.id, card)

    def _work_s(self, station: Station) -> float:
        target_s = station.cycle_target_s or DEFAULT_WORK_S / self._speed
        slow = SLOW_FACTOR if self._random.random() < SLOW_SHARE else 1.0
        return target_s * 0.9 * slow * self._random.lognormvariate(0.0, SPREAD)

    def _takt_s(self) -> float:
        return self._line.takt_s or DEFAULT_WORK_S / self._speed


def _waits(shop: Shop, card: Card) -> bool:
    return bool(card.blocked_us) and lane_is_full(shop, card)


def _stands(shop: Shop, station: Station) -> bool:
    if station_state(shop, station.id) in {StationState.STOPPED, StationState.RESTARTING}:
        return True
    return station.wip_limit is not None and len(shop.in_process(station.id)) >= station.wip_limit


def _next_card(shop: Shop, line: Line, station: Station) -> Card | None:
    found: list[tuple[int, Card]] = []
    for loop in line.loops:
        if station.id not in loop.route:
            continue
        step = loop.route.index(station.id) + 1
        if step > 1:
            found += [(card.queued_us, card) for card in shop.lane(loop.id, step)[:1]]
        else:
            found += [(card.since_us, card) for card in shop.of_loop(loop.id) if card.state is CardState.EMPTY]
    limit = line.wip_limit
    if limit is not None and len(shop.released) >= limit:
        found = [(at, card) for at, card in found if card.state is CardState.QUEUED]
    return min(found, key=lambda item: (item[0], item[1].id))[1] if found else None


def _arrived(shop: Shop, line: Line, station: Station) -> Card | None:
    """The container that has been on its way to the station longest: it is received before anything is begun."""
    loops = [loop.id for loop in line.loops if loop.consumer == station.id and loop.transit]
    found = [card for loop in loops for card in shop.of_loop(loop) if card.state is CardState.IN_TRANSIT]
    return min(found, key=lambda card: (card.since_us, card.id), default=None)


def _oldest_full(shop: Shop, loop: Loop) -> Card | None:
    full = [card for card in shop.of_loop(loop.id) if card.state is CardState.FULL]
    return min(full, key=lambda card: (card.since_us, card.id), default=None)
