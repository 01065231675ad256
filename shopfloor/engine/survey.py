"""When the next floor is set: by one terminal, of what is so old that everybody who is heard has gone past it."""

from collections.abc import Callable, Mapping
from typing import Final

from msgspec import Struct

from shopfloor.core.events_floor import FloorSet
from shopfloor.core.floor import Floor
from shopfloor.core.line_link import SILENT_NS, LinkState, LinkView
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.owning import is_first
from shopfloor.core.ports import Journal
from shopfloor.core.shop import Shop
from shopfloor.engine.ground import Ground

_HOUR_US: Final = 3600 * US_PER_S


class Survey(Struct, frozen=True, kw_only=True):
    """A terminal that was off for less than `age_us` still writes into its own time. A floor is set each `every_us`.

    And sooner after `every_events`: a new terminal reads what no floor covers, some thousand events a second.
    """

    age_us: int = 24 * _HOUR_US
    every_us: int = 8 * _HOUR_US
    every_events: int = 5_000
    look_us: int = 60 * US_PER_S  # looking costs a few queries: a minute late is early enough

    def due_us(
        self,
        shop: Shop,
        now: Now,
        link: LinkView | None,
        ground: Ground,
        heads: Mapping[str, int],
        count: Callable[[int], Mapping[str, int]],
    ) -> int | None:
        """The moment up to which a floor is to be set now; None if none is."""
        if link is None or not _is_up_to_date(link, now, heads) or not is_first(shop) or ground.waits:
            return None
        us = now.at_us - self.age_us
        tip = ground.tip
        more = sum(n - ground.vector.get(origin, 0) for origin, n in count(us).items())
        # The event that set a floor a day ago is none that a floor is set for: a line at rest writes nothing.
        if more >= self.every_events or (more > 1 and us - (tip.us if tip else 0) >= self.every_us):
            return us
        return None


SURVEY: Final = Survey()


def floor_at(us: int, tip: Floor | None, journal: Journal, state: str) -> FloorSet:
    """The floor on `tip` of all that is known until a moment, of which `state` is the hash. Raises StoreTrouble."""
    known = {it.origin: it for it in tip.covers} if tip else {}
    counts = journal.count_until(us)
    fresh = {origin: n for origin, n in counts.items() if origin not in known or n > known[origin].n}
    covers = known | {it.origin: it for it in journal.covers(fresh)}
    return FloorSet(
        number=tip.number + 1 if tip else 1,
        before=tip.id if tip else "",
        us=us,
        covers=tuple(covers[origin] for origin in sorted(covers)),
        hash=state,
    )


def _is_up_to_date(link: LinkView, now: Now, heads: Mapping[str, int]) -> bool:
    """Whether everything that terminals which are heard have written is known here, and the line has what is here."""
    heard = [one for one in link.others if now.mono_ns - one.heard_ns < SILENT_NS]
    return (
        link.state is LinkState.UP
        and not link.behind
        and not link.owing
        and all(heads.get(one.origin, 0) >= one.n for one in heard)
    )
