"""The containers of a line as they stand there: cards in places, moved by people who were told that a scan counted."""

import random
import threading
from typing import Final

from msgspec import Struct

from shopfloor.core.line import Line, Loop
from shopfloor.core.state import Card, CardState

STORE, EMPTY, WORK, LANE = "store", "empty", "work", "lane"
EXPECTED: Final = {
    STORE: "card_withdrawn",
    EMPTY: "card_started",
    LANE: "card_started",
    WORK: "card_finished",
}
_STATES: Final = {
    STORE: CardState.FULL,
    EMPTY: CardState.EMPTY,
    WORK: CardState.IN_PROCESS,
    LANE: CardState.QUEUED,
}


class Container(Struct):
    """Where one card is: `step` is the route position it is worked at or waits before."""

    card: str
    loop: Loop
    number: int
    place: str = STORE
    step: int = 0
    since: int = 0

    @property
    def station(self) -> str:
        """Who takes it next."""
        match self.place:
            case "store":
                assert self.loop.consumer is not None
                return self.loop.consumer
            case "empty":
                return self.loop.route[0]
            case _:
                return self.loop.route[self.step - 1]


class Floor:
    """The truth that no terminal knows. From any thread; one person a station."""

    def __init__(self, line: Line) -> None:
        self._lock = threading.Lock()
        self._moves = 0
        self.containers = {
            f"{loop.id}-{number:02d}": Container(f"{loop.id}-{number:02d}", loop, number)
            for loop in line.loops
            for number in range(1, loop.cards + 1)
        }

    def pick(self, station: str, rng: random.Random) -> Container | None:
        """What a person there takes next: of one kind at random the one that has been there longest."""
        with self._lock:
            mine = [c for c in self.containers.values() if c.station == station]
            kinds = sorted({(c.loop.id, c.place, c.step) for c in mine})
            if not kinds:
                return None
            kind = rng.choice(kinds)
            return min((c for c in mine if (c.loop.id, c.place, c.step) == kind), key=lambda c: c.since)

    def later(self, container: Container) -> None:
        """It was refused: another one is tried first."""
        with self._lock:
            self._moves += 1
            container.since = self._moves

    def move(self, container: Container) -> None:
        """Its step was done."""
        with self._lock:
            self._moves += 1
            container.since = self._moves
            last = len(container.loop.route)
            match container.place:
                case "store":
                    container.place, container.step = EMPTY, 0
                case "empty":
                    container.place, container.step = WORK, 1
                case "lane":
                    container.place = WORK
                case _ if container.step == last:
                    container.place, container.step = STORE, 0
                case _:
                    container.place, container.step = LANE, container.step + 1

    def misplaced(self, cards: dict[str, Card]) -> list[str]:
        """Every card that the program has in another place than it is in."""
        found = []
        for name, container in sorted(self.containers.items()):
            card = cards.get(name)
            wanted = (_STATES[container.place], container.step)
            got = (card.state, card.step) if card is not None else None
            if got != wanted:
                found.append(f"{name}: expected {wanted}, got {got}")
        return found
