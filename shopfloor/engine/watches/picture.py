"""What the watches want to know of the cards, gathered in one pass: the views would go over all of them each time."""

from collections.abc import Container, Iterable

from shopfloor.core.line import Loop
from shopfloor.core.shop import Shop, lane_limit
from shopfloor.core.state import Card, CardState

_TO_USE = frozenset({CardState.FULL, CardState.IN_USE})


class Picture:
    """The cards near some stations as they are in one shop. Says of a station what `views.station_state` would say."""

    def __init__(self, shop: Shop, stations: Container[str]) -> None:
        self._near: dict[str, list[Loop]] = {}
        self._working: dict[str, list[Card]] = {}
        self._queued: dict[tuple[str, int], int] = {}
        self._empty: dict[str, int] = {}
        self._full: dict[str, int] = {}
        self._earliest: dict[str, int] = {}
        for loop in shop.line.loops:
            places = dict.fromkeys((*loop.route, *((loop.consumer,) if loop.consumer else ())))
            near = [place for place in places if place in stations]
            for place in near:
                self._near.setdefault(place, []).append(loop)
            if near:
                self._count(loop, shop.by_loop.get(loop.id, {}).values())
        for cards in self._working.values():
            cards.sort(key=_age)

    def in_process(self, station: str) -> list[Card]:
        """Cards in process at a station, oldest first."""
        return self._working.get(station, [])

    def full(self, loop: str) -> int:
        """Containers of a loop that may still be used."""
        return self._full.get(loop, 0)

    def is_blocked(self, card: Card, loop: Loop) -> bool:
        """Whether an in-process card is finished and the lane behind it takes no more."""
        if not card.blocked_us or card.step >= len(loop.route):
            return False
        limit = lane_limit(loop, card.step + 1)
        return limit is not None and self._queued.get((loop.id, card.step + 1), 0) >= limit

    def blocked(self, station: str) -> Card | None:
        """The oldest card at a station that has no place to go."""
        loops = {loop.id: loop for loop in self._near.get(station, ())}
        return next((card for card in self.in_process(station) if self.is_blocked(card, loops[card.loop])), None)

    def starved(self, station: str) -> bool:
        """Whether a station has nothing to work on, though something is on its way or is wanted of it."""
        if self.in_process(station):
            return False
        asked = False
        for loop in self._near.get(station, ()):
            if loop.consumer == station:
                asked = asked or not self.full(loop.id)
            if station not in loop.route:
                continue
            step = loop.route.index(station) + 1
            if self._queued.get((loop.id, step)) if step > 1 else self._empty.get(loop.id):
                return False
            upstream = self._earliest.get(loop.id, step) < step
            asked = asked or upstream or (step > 1 and bool(self._empty.get(loop.id)))
        return asked

    def _count(self, loop: Loop, cards: Iterable[Card]) -> None:
        empty = full = 0
        earliest = len(loop.route) + 1
        for card in cards:
            state = card.state
            if state is CardState.EMPTY:
                empty += 1
            elif state in _TO_USE:
                full += 1
            elif state is CardState.IN_PROCESS or state is CardState.QUEUED:
                earliest = min(earliest, card.step)
                if state is CardState.QUEUED:
                    key = (loop.id, card.step)
                    self._queued[key] = self._queued.get(key, 0) + 1
                elif 1 <= card.step <= len(loop.route):
                    self._working.setdefault(loop.route[card.step - 1], []).append(card)
        self._empty[loop.id], self._full[loop.id], self._earliest[loop.id] = empty, full, earliest


def _age(card: Card) -> tuple[int, str]:
    return (card.since_us, card.id)
