"""Which watch looks at which station: the line file's watches laid out over the own stations."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from shopfloor.core.line import Line, Loop, Reason
from shopfloor.core.line_andon import Effect, Severity, Watch, WatchKind
from shopfloor.core.state_andon import rule_reason


class Post(Struct, frozen=True):
    """A watch at one station; `loop` is the red loop's. `severity` is what it reports while it is so."""

    watch: Watch
    station: str
    reason: str
    severity: Severity
    loop: str = ""

    @property
    def kind(self) -> WatchKind:
        """What it looks for."""
        return self.watch.kind


def posts_of(line: Line, stations: Iterable[str], reasons: Mapping[str, Reason]) -> tuple[Post, ...]:
    """The watches of the own stations, without those that are off.

    One watch looks at each thing: the one that names the station or the loop goes before one that names neither, so
    that `off` at one station is an exception to the rule for all.
    """
    own = frozenset(stations)
    chosen: dict[tuple[WatchKind, str, str], Watch] = {}
    for watch in line.watches:
        for station, loop in _targets(line, watch):
            if station not in own:
                continue
            key = (watch.kind, station, loop)
            if key not in chosen or _named(watch) > _named(chosen[key]):
                chosen[key] = watch
    found = []
    for (kind, station, loop), watch in chosen.items():
        reason = reasons.get(watch.reason or rule_reason(kind))
        if reason is not None and watch.effect is not Effect.OFF:
            found.append(Post(watch, station, reason.id, _severity(watch.effect, reason), loop))
    return tuple(found)


def home_of(line: Line, loop: Loop) -> str:
    """Where a loop calls: the first station of its route that has a terminal, else its consumer."""
    outside = {station.id for station in line.stations if station.outside}
    return next((station for station in loop.route if station not in outside), loop.consumer or "")


def _targets(line: Line, watch: Watch) -> Iterator[tuple[str, str]]:
    if watch.kind is WatchKind.RED_LOOP:
        for loop in line.loops:
            # A loop without a store is never red; one that cannot have more would be for ever.
            if loop.consumer is None or loop.cards <= watch.red or watch.loop not in {"", loop.id}:
                continue
            home = home_of(line, loop)
            if watch.station in {"", home}:
                yield home, loop.id
        return
    for station in _judged(line, watch.kind):
        if watch.station in {"", station} and (not watch.loop or station in _of_loop(line, watch.loop)):
            yield station, ""


def _judged(line: Line, kind: WatchKind) -> Iterable[str]:
    """The stations where the kind of condition can be."""
    match kind:
        case WatchKind.LIMIT:
            return [station.id for station in line.stations if station.wip_limit is not None]
        case WatchKind.BLOCKED | WatchKind.CYCLE:
            return list(dict.fromkeys(station for loop in line.loops for station in loop.route))
        case WatchKind.SILENT:
            return list(dict.fromkeys(device.station for device in line.devices))
        case WatchKind.STARVED | WatchKind.WRONG_PART | WatchKind.RED_LOOP:
            return [station.id for station in line.stations]


def _of_loop(line: Line, loop_id: str) -> tuple[str, ...]:
    loop = next((loop for loop in line.loops if loop.id == loop_id), None)
    return (*loop.route, loop.consumer or "") if loop else ()


def _named(watch: Watch) -> int:
    return bool(watch.station) + bool(watch.loop)


def _severity(effect: Effect, reason: Reason) -> Severity:
    if effect is Effect.STOP:
        return Severity.CRITICAL
    return Severity.LOW if effect is Effect.ADVISE else reason.severity
