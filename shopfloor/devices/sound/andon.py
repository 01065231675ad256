"""Which sounds andon makes when: pure, told what the line is now, and the time."""

from collections.abc import Collection, Sequence
from typing import get_args

from shopfloor.core.call_views import is_told
from shopfloor.core.events import LineChanged, Recorded
from shopfloor.core.events_andon import AndonEvent
from shopfloor.core.events_line import StationsTaken
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.owning import minded
from shopfloor.core.shop import Shop, covers
from shopfloor.core.state_andon import Call, Restart
from shopfloor.devices.sound.tunes import Tune, tune_of_severity

_CHANGES: tuple[type, ...] = (*get_args(AndonEvent), LineChanged, StationsTaken)


class AndonSounds:
    """What a place with some `stations` (empty: the whole line) hears of calls, stops and restarts.

    Of a `terminal` it is what it looks after now: what it took over besides, what was taken from it no more.

    It compares what stands now with what stood before, so it does not matter which event brought that about: a call
    that came off the shelf sounds like a new one, one that was raised and cleared within one commit is not heard.
    Calls of which nobody is told (shelved, or explained by another's stop) are silent.
    """

    def __init__(self, stations: Collection[str] = (), *, terminal: str = "") -> None:
        self._given = self._stations = frozenset(stations)
        self._terminal = terminal
        self._standing: dict[str, Call] = {}
        self._restarts: dict[str, Restart] = {}
        self._said: dict[str, Now] = {}
        self._nagged: Now | None = None
        self._begun = False

    def follow(self, events: Sequence[Recorded], shop: Shop, now: Now) -> tuple[Tune, ...]:
        """What to play after these events; `shop` is as they left it. The first time it only looks."""
        if self._begun and not any(isinstance(recorded.event, _CHANGES) for recorded in events):
            return ()
        return self._compare(shop, now)

    def tick(self, shop: Shop, now: Now) -> tuple[Tune, ...]:
        """What to play because time has passed: the most urgent call that nobody has taken."""
        found = self._compare(shop, now)
        due_us = self.next_us(shop, now)
        call = self._most_urgent()
        if call is None or due_us is None or due_us > 0:
            return found
        self._said[call.id] = self._nagged = now
        return (*found, _tune_of(call))

    def next_us(self, shop: Shop, now: Now) -> int | None:
        """Microseconds until `tick` has something to play, None if nobody has to be reminded."""
        call = self._most_urgent()
        nag_us = round(shop.line.andon.nag_s * US_PER_S)
        if call is None or nag_us <= 0:
            return None
        since = [at for at in (self._said.get(call.id), self._nagged) if at is not None]
        return max((max(0, nag_us - elapsed_us(at, now)) for at in since), default=0)

    def _compare(self, shop: Shop, now: Now) -> tuple[Tune, ...]:
        before, restarts = self._standing, self._restarts
        self._stations = minded(shop, self._given, self._terminal) if self._terminal else self._given
        self._standing = {c.id: c for c in shop.calls.values() if self._is_heard(shop, c)}
        self._restarts = {key: r for key, r in shop.restarts.items() if self._is_ours(shop, key)}
        self._said = {key: at for key, at in self._said.items() if key in self._standing}
        if not self._begun:
            self._begun = True
            return ()
        chimes = any(restarts.get(key) != restart for key, restart in self._restarts.items())
        tunes = [Tune.RESTART] if chimes else []
        tunes += [Tune.CLEARED for call in before.values() if _is_over(shop, call) and not (chimes and call.stopped_us)]
        for call in sorted(self._standing.values(), key=_since_us):
            was = before.get(call.id)
            if not call.acked_us and (was is None or was.acked_us or _weight(call) > _weight(was)):
                self._said[call.id] = now
                tunes.append(_tune_of(call))
            elif was is not None and (call.level > was.level or call.overdue > was.overdue):
                tunes.append(Tune.ESCALATED)
        return tuple(tunes)

    def _most_urgent(self) -> Call | None:
        untaken = (call for call in self._standing.values() if not call.acked_us)
        return max(untaken, key=lambda c: (_weight(c), -c.raised.at_us, c.id), default=None)

    def _is_heard(self, shop: Shop, call: Call) -> bool:
        return _stands(call) and self._concerns(shop, call) and is_told(shop, call)

    def _concerns(self, shop: Shop, call: Call) -> bool:
        if not self._given or call.station in self._stations:
            return True
        return bool(call.stopped_us) and any(covers(shop, call, station) for station in self._stations)

    def _is_ours(self, shop: Shop, key: str) -> bool:
        """Whether a restart (a station, a segment or the line) concerns this place."""
        if not self._given or not key:
            return True
        return key in self._stations or any(f"@{shop.segment(station)}" == key for station in self._stations)


def _stands(call: Call) -> bool:
    """Whether there is something to be told of: what went by itself is silent unless it is latched."""
    return not (call.cleared_us or call.rejected or (call.returned_us and not call.latched))


def _is_over(shop: Shop, call: Call) -> bool:
    now = shop.calls.get(call.id)
    return now is None or not _stands(now)


def _weight(call: Call) -> tuple[bool, int]:
    return bool(call.stopped_us), int(call.severity)


def _tune_of(call: Call) -> Tune:
    return Tune.STOP if call.stopped_us else tune_of_severity(call.severity)


def _since_us(call: Call) -> tuple[int, str]:
    return max(call.raised.at_us, call.stopped_us), call.id
