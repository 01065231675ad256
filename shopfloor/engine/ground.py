"""What folding begins on: nothing, or the state at a floor, and which of the floors that were set count."""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from shopfloor.core.delivery import Floors
from shopfloor.core.events import Recorded
from shopfloor.core.floor import Floor, floor_of, is_reached, next_floor
from shopfloor.core.line import Line
from shopfloor.core.shop import Shop
from shopfloor.core.state import Entity

COMPARED_MAX: Final = 10  # floors that were set apart are found within a day; older ones stay as they are

Load = Callable[[str], tuple[Line, tuple[Entity, ...]] | None]


class Ground:
    """The floors a terminal stands on. `load` reads the state at one of them; None if it is kept no longer."""

    def __init__(self, floors: Floors, load: Load) -> None:
        self._on = floors.on
        self._based = floors.based
        self._known = {floor.id: floor for floor in (*floors.on, *floors.others)}
        self._load = load
        self._shop: Shop | None = None
        self._set_vector()

    @property
    def on(self) -> tuple[Floor, ...]:
        """The floors it stands on, lowest first."""
        return self._on

    @property
    def tip(self) -> Floor | None:
        """The floor it stands on."""
        return self._on[-1] if self._on else None

    @property
    def waits(self) -> bool:
        """Whether a floor was set on the one it stands on whose events are not all known here."""
        return next_floor(self.tip, self._known.values()) is not None

    def learn(self, events: Iterable[Recorded]) -> None:
        """Note the floors that events set."""
        found = (floor_of(event) for event in events)
        self._known |= {floor.id: floor for floor in found if floor is not None}

    def way(self, heads: Mapping[str, int]) -> tuple[int, tuple[Floor, ...]] | None:
        """(How many of the floors stay, those that follow), if it is to stand on others; `heads` is what is known."""
        # What is below the lowest one is not known here any more, so that one stays whatever comes.
        base = self._on[:1] if self._on and (self._based or self._on[0].number > 1) else ()
        way = list(base)
        while (floor := next_floor(way[-1] if way else None, self._known.values())) and is_reached(floor, heads):
            way.append(floor)
        kept = next((at for at, pair in enumerate(zip(way, self._on, strict=False)) if pair[0] != pair[1]), None)
        kept = min(len(way), len(self._on)) if kept is None else kept
        return (kept, tuple(way[kept:])) if len(way) > kept else None

    def below(self, kept: int) -> tuple[Floor | None, Shop | None]:
        """The last of so many floors and the state there; no floor and an empty state below all; None if not known."""
        if kept == 0:
            return None, Shop()
        floor = self._on[kept - 1]
        if floor == self.tip and self._shop is not None:
            return floor, self._shop
        found = self._load(floor.id)
        return floor, None if found is None else Shop(*found)

    def shop(self) -> Shop:
        """The state it stands on, not to be changed. Raises LookupError if the journal has lost it."""
        if self._shop is None:
            _, found = self.below(len(self._on))
            if found is None:
                raise LookupError(f"Expected the state at floor {self._on[-1].id}, got none.")
            self._shop = found
        return self._shop

    def stand(self, kept: int, floors: Iterable[Floor]) -> None:
        """Stand on so many of the floors, and on others on top of them, whose state the journal has by now."""
        self._on = (*self._on[:kept], *floors)[-COMPARED_MAX:]
        lowest = self._on[0].number
        known = {floor.id: floor for floor in (*self._known.values(), *self._on)}
        self._known = {name: floor for name, floor in known.items() if floor.number >= lowest}
        self._shop = None
        self._set_vector()

    def found(self, floor: Floor) -> None:
        """Stand on this floor alone."""
        self._on = (floor,)
        self._based = True
        self.stand(1, ())

    def rebase(self, floors: Floors) -> None:
        """What is below the lowest of these floors is not kept any more; the state it stands on is the same."""
        self._on, self._based = floors.on, floors.based
        self._known = {floor.id: floor for floor in (*floors.on, *floors.others)}

    def dropped(self, kept: int) -> tuple[str, ...]:
        """The floors it would stand on no more, of which so many stay."""
        return tuple(floor.id for floor in self._on[kept:])

    def _set_vector(self) -> None:
        self.vector: dict[str, int] = self.tip.vector() if self.tip else {}
