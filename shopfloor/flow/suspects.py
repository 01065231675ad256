"""Which cards are probably lost: the age of each in its state against how long such stays last in its own loop."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from fractions import Fraction

from msgspec import Struct

from shopfloor.core.shop import Shop
from shopfloor.core.state import CardState
from shopfloor.flow.audit import place_of
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.loop_cycle import LoopHistory, Stay

# Below, the longest stay seen so far is no measure of how long one may take.
STAYS_GOOD = 20
HALF = Fraction(1, 2)

_KNOWN = frozenset({CardState.LOST, CardState.NEW, CardState.RETIRED})


class Suspect(Struct, frozen=True, kw_only=True):
    """A card with its age in working time. Of `n` stays of its loop in this state, `longer` took at least as long.

    `probability` that it is lost: Bayes, where a lost card stays for ever. The chance of a stay to end in a loss is
    (losses + ½) / (stays + 1) of the loop, that of an honest stay to last so long (longer + ½) / (n + 1).
    """

    card: str
    loop: str
    state: CardState
    place: str
    since_us: int
    age_us: int
    longer: int
    n: int
    probability: Fraction

    @property
    def thin(self) -> bool:
        """Whether there are too few stays to rely on them."""
        return self.n < STAYS_GOOD


class Stop(Struct, frozen=True):
    """One place of a walk, with the cards to look for there; most suspect first. `station` "" where nobody knows."""

    station: str
    suspects: tuple[Suspect, ...]


def suspects(shop: Shop, histories: Iterable[LoopHistory], calendar: WorkCalendar, now_us: int) -> tuple[Suspect, ...]:
    """Every card that is not known to be gone, most suspect first; equal ones by age."""
    found = [one for history in histories for one in _of_loop(shop, history, calendar, now_us)]
    return tuple(sorted(found, key=lambda one: (-one.probability, -one.age_us, one.card)))


def walk(shop: Shop, found: Sequence[Suspect]) -> tuple[Stop, ...]:
    """Suspects by place, places in flow order, so that nobody walks twice."""
    order = {station.id: index for index, station in enumerate(shop.line.stations)}
    places = sorted({one.place for one in found}, key=lambda place: (order.get(place, len(order)), place))
    return tuple(Stop(place, tuple(one for one in found if one.place == place)) for place in places)


def _of_loop(shop: Shop, history: LoopHistory, calendar: WorkCalendar, now_us: int) -> list[Suspect]:
    lasted = {key: sorted(_took(stay, calendar) for stay in stays) for key, stays in history.stays.items()}
    losses = sum(len(times) for (state, _), times in lasted.items() if state is CardState.LOST)
    losses += sum(1 for stay in history.now if stay.state is CardState.LOST)
    stays = sum(len(times) for times in lasted.values())
    chance = (losses + HALF) / (stays + 1)
    found = []
    for stay in history.now:
        card = shop.cards.get(stay.card)
        if card is None or stay.state in _KNOWN:
            continue
        times = lasted.get((stay.state, stay.step), [])
        age_us = calendar.working_us(stay.from_us, now_us)
        longer = len(times) - bisect_left(times, age_us)
        honest = (longer + HALF) / (len(times) + 1)
        found.append(
            Suspect(
                card=stay.card,
                loop=history.loop.id,
                state=stay.state,
                place=place_of(shop, card),
                since_us=stay.from_us,
                age_us=age_us,
                longer=longer,
                n=len(times),
                probability=chance / (chance + (1 - chance) * honest),
            )
        )
    return found


def _took(stay: Stay, calendar: WorkCalendar) -> int:
    return calendar.working_us(stay.from_us, stay.to_us)
