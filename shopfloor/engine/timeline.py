"""Shops of a while ago, so that an event that comes late is folded in where it belongs, and not from the beginning."""

from shopfloor.core.merge import Key
from shopfloor.core.shop import Shop

EVERY_EVENTS = 200  # a refold reads at most so many events twice: two milliseconds
KEPT_MAX = 64  # near ones close together, far ones wide apart: half of them are dropped when there are more


class Timeline:
    """Shops as they were just after some events. They are shared, and never written again."""

    def __init__(self) -> None:
        self._kept: list[tuple[Key, Shop]] = []
        self._since = 0

    @property
    def kept(self) -> tuple[tuple[Key, Shop], ...]:
        """The shops, each with the key of the event it was just after; oldest first."""
        return tuple(self._kept)

    def note(self, key: Key, shop: Shop, *, events: int = 1, always: bool = False) -> None:
        """Keep the shop after the event at `key`, if enough happened since the last one that is kept."""
        self._since += events
        if not always and self._kept and self._since < EVERY_EVENTS:
            return
        self._since = 0
        self._kept.append((key, shop))
        if len(self._kept) > KEPT_MAX:
            half = len(self._kept) // 2
            self._kept = self._kept[:half:2] + self._kept[half:]

    def before(self, key: Key) -> tuple[Key, Shop] | None:
        """The newest shop from before `key`; None if none is kept."""
        return next(((at, shop) for at, shop in reversed(self._kept) if at < key), None)

    def cut(self, key: Key) -> None:
        """Forget the shops from `key` on: something belongs before them."""
        self._kept = [kept for kept in self._kept if kept[0] < key]

    def rise(self, key: Key | None = None) -> None:
        """Forget the shops up to `key`, for which a floor stands now; all of them if events found other places."""
        self._kept = [kept for kept in self._kept if key is not None and kept[0] >= key]
