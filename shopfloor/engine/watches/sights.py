"""What the watches see at one instant: conditions that are so, with the numbers their words need.

`args` by `what` (a kind of watch); durations in seconds; `for_s` is how long it has been so, in working time:

| what | args |
|---|---|
| limit | wip, limit, for_s |
| starved, blocked | for_s; blocked: card |
| red_loop | loop, part, full, red, for_s |
| cycle, rule under_way | card, now_s, usual_s, percentile, and the price |
| cycle, rule run | count, of, percent, usual_s, and the price |
| silent | device, condition, for_s |
| wrong_part | count, within_s |

The price is how often chance calls: `shifts` for one false call, or `calls` false ones a shift.
"""

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import assert_never

from msgspec import Struct

from shopfloor.core.health import Condition, Health
from shopfloor.core.line_andon import WatchKind
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card
from shopfloor.core.suppress import explains
from shopfloor.engine.watches.paces import Paces
from shopfloor.engine.watches.picture import Picture
from shopfloor.engine.watches.posts import Post
from shopfloor.engine.watches.wrong_parts import WrongParts
from shopfloor.flow.calendar import WorkCalendar

Args = dict[str, str | int]
SHIFTS_MAX = 1_000  # rarer than that nobody lives to see

_US_PER_MS = 1_000
_SILENT = frozenset({Condition.LOST, Condition.BUSY, Condition.DENIED, Condition.TROUBLE})
# What a station's own stop or restart explains: nothing moves there, by order.
_STILL = frozenset({WatchKind.LIMIT, WatchKind.STARVED, WatchKind.BLOCKED, WatchKind.CYCLE})


class Sight(Struct, frozen=True):
    """A condition that is so. `detail` tells several of one post apart; `at_once`: it need not last.

    `explained`: a stop is its cause, and it does not count until that is over.
    """

    post: Post
    args: Args
    detail: str = ""
    at_once: bool = False
    explained: bool = False

    @property
    def key(self) -> tuple[WatchKind, str, str, str]:
        """The same condition the next time."""
        return (self.post.kind, self.post.station, self.post.loop, self.detail)


class Scene(Struct, frozen=True):
    """Everything that can be seen at one instant. `resumed`: when the newest stop over a station was over."""

    shop: Shop
    now: Now
    picture: Picture
    health: Mapping[str, Health]
    wrong: Mapping[str, WrongParts]
    paces: Paces
    calendar: WorkCalendar
    resumed: Mapping[str, Now]
    shift_ms: int

    def sights(self, post: Post) -> Iterator[Sight]:
        """What a post sees."""
        match post.kind:
            case WatchKind.LIMIT:
                yield from self._limit(post)
            case WatchKind.STARVED:
                if self.picture.starved(post.station):
                    yield Sight(post, {}, explained=self._explained(post))
            case WatchKind.BLOCKED:
                card = self.picture.blocked(post.station)
                if card is not None:
                    yield Sight(post, {"card": card.id}, explained=self._explained(post))
            case WatchKind.RED_LOOP:
                yield from self._red(post)
            case WatchKind.CYCLE:
                yield from self._under_way(post)
                yield from self._run(post)
            case WatchKind.SILENT:
                yield from self._silent(post)
            case WatchKind.WRONG_PART:
                yield from self._wrong(post)
            case _:
                assert_never(post.kind)

    def _explained(self, post: Post) -> bool:
        if post.kind in _STILL and is_still(self.shop, post.station):
            return True
        return bool(self.shop.calls) and explains(self.shop, post.kind, post.station) is not None

    def _limit(self, post: Post) -> Iterator[Sight]:
        limit = self.shop.stations[post.station].wip_limit
        wip = len(self.picture.in_process(post.station))
        if limit is not None and wip >= limit:
            yield Sight(post, {"wip": wip, "limit": limit}, explained=self._explained(post))

    def _red(self, post: Post) -> Iterator[Sight]:
        full = self.picture.full(post.loop)
        if full <= post.watch.red:
            part = self.shop.loops[post.loop].part
            yield Sight(post, {"loop": post.loop, "part": part, "full": full, "red": post.watch.red})

    def _silent(self, post: Post) -> Iterator[Sight]:
        for device in self.shop.line.devices:
            part = self.health.get(device.id) if device.station == post.station else None
            if part is not None and part.condition in _SILENT:
                yield Sight(post, {"device": device.id, "condition": part.condition.value}, device.id)

    def _wrong(self, post: Post) -> Iterator[Sight]:
        seen = self.wrong.get(post.station)
        count = seen.count(self.now, within_s=post.watch.after_s, times=post.watch.times) if seen else 0
        if count:
            yield Sight(post, {"count": count, "within_s": round(post.watch.after_s)}, at_once=True)

    def _under_way(self, post: Post) -> Iterator[Sight]:
        """The oldest card that takes too long; one that waits for its place is finished."""
        pace = self.paces.get(post.station)
        if pace is None:
            return
        after_ms = round(post.watch.after_s * 1_000)
        for card in self.picture.in_process(post.station):
            if card.started is None or self._interrupted(card, post.station):
                continue
            slow = pace.slow(card.loop, post.watch.percentile, after_ms=after_ms, shift_ms=self.shift_ms)
            elapsed = elapsed_us(card.started, self.now)
            if slow is None or elapsed <= slow.limit_ms * _US_PER_MS:
                continue
            start_us = self.now.at_us - elapsed
            worked_ms = (self.calendar.working_us(start_us, self.now.at_us) or elapsed) // _US_PER_MS
            if worked_ms > slow.limit_ms:
                args: Args = {
                    "rule": "under_way",
                    "card": card.id,
                    "now_s": worked_ms // 1_000,
                    "usual_s": slow.usual_ms // 1_000,
                    "percentile": f"{post.watch.percentile:g}",
                }
                yield Sight(post, args | _price(slow.false_a_shift), card.id, explained=self._explained(post))
                return

    def _interrupted(self, card: Card, station: str) -> bool:
        """Whether its time says nothing: it waits for its place, or stood still in a stop."""
        if self.picture.is_blocked(card, self.shop.loops[card.loop]):
            return True
        resumed = self.resumed.get(station)
        return resumed is not None and card.started is not None and elapsed_us(card.started, resumed) >= 0

    def _run(self, post: Post) -> Iterator[Sight]:
        pace = self.paces.get(post.station)
        run = pace.run(post.watch.times, shift_ms=self.shift_ms) if pace else None
        if run is not None:
            args: Args = {
                "rule": "run",
                "count": run.count,
                "of": run.of,
                "percent": run.percent,
                "usual_s": run.usual_ms // 1_000,
            }
            yield Sight(post, args | _price(run.false_a_shift), "run", at_once=True)


def is_still(shop: Shop, station: str) -> bool:
    """Whether a stop or a restart keeps a station from working."""
    if not shop.calls and not shop.restarts:
        return False
    return shop.stop_over(station) is not None or shop.restart_over(station) is not None


def worked_for(args: Args, sight: Sight, held_us: int) -> Args:
    """The args of a sight with what it is and how long it has been so."""
    named: Args = {"what": sight.post.kind.value}
    if not sight.at_once and sight.post.kind is not WatchKind.CYCLE:
        named["for_s"] = held_us // US_PER_S
    return named | args


def _price(false_a_shift: Fraction) -> Args:
    if false_a_shift > 1:
        return {"calls": math.ceil(false_a_shift)}
    return {"shifts": min(SHIFTS_MAX, int(1 / false_a_shift)) if false_a_shift else SHIFTS_MAX}
