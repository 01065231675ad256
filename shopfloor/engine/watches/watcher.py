"""Looks each second at what the line's watches ask for, and says what calls and what calls no longer."""

from collections.abc import Iterator

from shopfloor.core.commands_andon import ReportCondition
from shopfloor.core.health import Health
from shopfloor.core.line_andon import Effect, Severity, WatchKind
from shopfloor.core.moment import US_PER_S, Now, elapsed_us
from shopfloor.core.owning import minded
from shopfloor.core.shop import EMPTY_LINE, Shop
from shopfloor.core.state_call import CallSource
from shopfloor.core.update import Update
from shopfloor.engine.watches.paces import Ask, Paces
from shopfloor.engine.watches.picture import Picture
from shopfloor.engine.watches.posts import Post, posts_of
from shopfloor.engine.watches.sights import Args, Scene, Sight, is_still, worked_for
from shopfloor.engine.watches.timers import Timers, WorkTime
from shopfloor.engine.watches.wrong_parts import WrongParts
from shopfloor.flow.calendar import WorkCalendar
from shopfloor.flow.cycle_watch import SHIFT_MS, shift_ms

_KINDS = frozenset(kind.value for kind in WatchKind)
_STRENGTH = (Effect.OFF, Effect.ADVISE, Effect.HELP, Effect.STOP)

_Key = tuple[str, str]  # station, reason


class Watcher:
    """The watches of the own stations. Owned by the engine's thread; decides nothing itself.

    What it says is level-triggered: the rules of the core know what is called already. A condition must hold for its
    time, in working time, looked at each second; after a start everything is looked at and nothing said for the line's
    `guard_s`. A call that is open stays as long as it is so, even while that does not count.
    """

    def __init__(self, stations: tuple[str, ...], ask: Ask, *, terminal: str = "") -> None:
        """`stations` it was started with; what `terminal` took over since is looked at as well."""
        self._given, self._terminal = stations, terminal
        self._stations = frozenset(stations)
        self._paces = Paces(ask)
        self._posts: tuple[Post, ...] = ()
        self._line = EMPTY_LINE
        self._calendar = WorkCalendar(EMPTY_LINE)
        self._shift_ms = SHIFT_MS
        self._time = WorkTime()
        self._timers: Timers[tuple[WatchKind, str, str, str]] = Timers()
        self._health: dict[str, Health] = {}
        self._wrong: dict[str, WrongParts] = {}
        self._resumed: dict[str, Now] = {}
        self._seen: tuple[Shop, Picture] | None = None
        self._said: dict[_Key, Effect] = {}
        self._said_of: Shop | None = None

    def see(self, update: Update) -> None:
        """Note what was committed, and how the devices are."""
        for part in update.health:
            self._health[part.id] = part
        if self._wrong:
            for recorded in update.events:
                wrong = self._wrong.get(getattr(recorded.event, "station", ""))
                if wrong is not None:
                    wrong.see(recorded)
        for row in update.digest:
            if row.series == "cycle":
                self._paces.see(row)

    def judge(self, shop: Shop, now: Now) -> list[ReportCondition]:
        """What has begun to call, and what calls no longer."""
        own = minded(shop, self._given, self._terminal)
        if shop.line is not self._line or own != self._stations:
            self._stations = own
            self._follow(shop)
        self._paces.ask(now)
        self._time.advance(now, self._calendar)
        sights = self._look(shop, now)
        self._timers.hold((s.key for s in sights if not s.explained), self._time.us)
        if shop.ready is not None and elapsed_us(shop.ready, now) < shop.line.andon.guard_s * US_PER_S:
            return []
        return list(self._reports(shop, sights))

    def say_again(self) -> None:
        """What was said last was not recorded: the next time all of it is said anew."""
        self._said_of = None

    def _follow(self, shop: Shop) -> None:
        """Lay out the watches of a line that has come into force; what holds goes on holding."""
        self._line = shop.line
        self._calendar = WorkCalendar(shop.line)
        self._shift_ms = shift_ms(shop.line)
        self._posts = posts_of(shop.line, self._stations, shop.reasons)
        wrong = [post.station for post in self._posts if post.kind is WatchKind.WRONG_PART]
        self._wrong = {station: self._wrong.get(station) or WrongParts() for station in wrong}
        self._paces.follow(shop.line, [post.station for post in self._posts if post.kind is WatchKind.CYCLE])
        self._seen = None
        self._said_of = None

    def _look(self, shop: Shop, now: Now) -> list[Sight]:
        if not self._posts:
            return []
        if self._seen is None or self._seen[0] is not shop:
            self._seen = (shop, Picture(shop, {post.station for post in self._posts}))
        for station in {post.station for post in self._posts if post.kind is WatchKind.CYCLE}:
            if is_still(shop, station):
                self._resumed[station] = now
        scene = Scene(
            shop,
            now,
            self._seen[1],
            self._health,
            self._wrong,
            self._paces,
            self._calendar,
            self._resumed,
            self._shift_ms,
        )
        return [sight for post in self._posts for sight in scene.sights(post)]

    def _reports(self, shop: Shop, sights: list[Sight]) -> Iterator[ReportCondition]:
        wanted = self._wanted(sights)
        so = {(sight.post.station, sight.post.reason) for sight in sights}
        changed = shop is not self._said_of
        for key, (post, args) in wanted.items():
            if not changed and self._said.get(key) is post.watch.effect:
                continue
            if post.watch.effect is Effect.ADVISE and key in _calling(shop):
                yield _gone(key)
            yield ReportCondition(
                station=post.station, reason=post.reason, severity=post.severity, effect=post.watch.effect, args=args
            )
        for key in (*_calling(shop), *_advising(shop)):
            if key not in so and key[0] in self._stations:
                yield _gone(key)
        self._said = {key: post.watch.effect for key, (post, _) in wanted.items()}
        self._said_of = shop

    def _wanted(self, sights: list[Sight]) -> dict[_Key, tuple[Post, Args]]:
        """What should call by now; of several for one reason the strongest, then the longest."""
        found: dict[_Key, tuple[tuple[int, int], Post, Args]] = {}
        for sight in sights:
            held_us = self._timers.held_us(sight.key, self._time.us)
            if held_us is None or not (sight.at_once or held_us >= sight.post.watch.after_s * US_PER_S):
                continue
            key = (sight.post.station, sight.post.reason)
            rank = (_STRENGTH.index(sight.post.watch.effect), held_us)
            if key not in found or rank > found[key][0]:
                found[key] = (rank, sight.post, worked_for(sight.args, sight, held_us))
        return {key: (post, args) for key, (_, post, args) in found.items()}


def _calling(shop: Shop) -> list[_Key]:
    """The open calls of watches whose condition was so last."""
    return [
        (call.station, call.reason)
        for call in shop.calls.values()
        if call.source is CallSource.RULE
        and call.args.get("what") in _KINDS
        and not (call.cleared_us or call.returned_us)
    ]


def _advising(shop: Shop) -> list[_Key]:
    return [(advice.station, advice.reason) for advice in shop.advices.values() if advice.args.get("what") in _KINDS]


def _gone(key: _Key) -> ReportCondition:
    return ReportCondition(station=key[0], reason=key[1], severity=Severity.NONE)
