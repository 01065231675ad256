"""Where things are done on a terminal: its stations, those it took over since, or the desk of one that has none."""

from collections.abc import Sequence

from shopfloor.core.line_link import LinkView
from shopfloor.core.shop import Shop


class Places:
    """`given`: the stations it was started with, for ever; others come and go with what leaders decide."""

    def __init__(self, given: Sequence[str], desk: str, *, takes_over: bool) -> None:
        self.given, self.desk = tuple(given), desk
        self._takes_over = takes_over
        self.stations = self.given
        self.taken: frozenset[str] = frozenset()

    @property
    def every(self) -> tuple[str, ...]:
        """All of them; the desk before stations that were taken over there."""
        return (*((self.desk,) if self.desk else ()), *self.stations)

    def claim(self, shop: Shop, link: LinkView | None) -> None:
        """Read from the line which stations were taken over."""
        origin = link.origin if link is not None else ""
        posts = [shop.posts[s.id] for s in shop.line.stations if s.id in shop.posts and s.id not in self.given]
        taken = [post.station for post in posts if origin and post.epoch and post.origin == origin]
        self.taken = frozenset(taken)
        self.stations = (*self.given, *taken)

    def asks_at(self, station: str) -> str:
        """Where this terminal asks for a station of others: at it, if it is to be ours; "" if its key may not."""
        if station in self.given:
            return station
        return next(iter(self.every), "") if self._takes_over else ""

    def acting(self, current: str) -> str:
        """Where something is done while the page `current` is shown: there if it is ours; "" where nothing may be."""
        return current if current in self.stations else next(iter(self.every), "")
