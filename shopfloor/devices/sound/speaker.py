"""Hands what andon says to whatever plays it."""

from collections.abc import Callable, Collection, Sequence

from shopfloor.core.events import Recorded
from shopfloor.core.line_andon import AndonPolicy
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop
from shopfloor.devices.sound.andon import AndonSounds


class AndonSpeaker:
    """Plays the sounds of andon for some stations (empty: the line). Every method from one thread; none blocks.

    With a `terminal`, the stations follow what is taken over. `set_policy` is given the line's rules for calls, at
    first and whenever they change.
    """

    def __init__(
        self,
        play: Callable[[str], None],
        *,
        stations: Collection[str] = (),
        terminal: str = "",
        set_policy: Callable[[AndonPolicy], None] | None = None,
    ) -> None:
        self._play = play
        self._sounds = AndonSounds(stations, terminal=terminal)
        self._set_policy = set_policy
        self._policy: AndonPolicy | None = None

    def follow(self, events: Sequence[Recorded], shop: Shop, now: Now) -> None:
        """Play what these events say; `shop` is as they left it."""
        self._obey(shop)
        for tune in self._sounds.follow(events, shop, now):
            self._play(tune)

    def tick(self, shop: Shop, now: Now) -> None:
        """Remind of calls that nobody has taken; once a second is enough, `next_us` says when it is due."""
        self._obey(shop)
        for tune in self._sounds.tick(shop, now):
            self._play(tune)

    def next_us(self, shop: Shop, now: Now) -> int | None:
        """Microseconds until `tick` has something to play, None if nobody has to be reminded."""
        return self._sounds.next_us(shop, now)

    def _obey(self, shop: Shop) -> None:
        if self._set_policy is not None and shop.line.andon != self._policy:
            self._policy = shop.line.andon
            self._set_policy(self._policy)
