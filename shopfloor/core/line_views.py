"""What screens show of the line's terminals: whose a station is, who is heard, and how old it is what one sees."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.line_link import SILENT_NS, LinkState, LinkView, Presence
from shopfloor.core.moment import NS_PER_US, US_PER_S, Now
from shopfloor.core.names import station_name
from shopfloor.core.shop import Shop
from shopfloor.core.state_call import Call
from shopfloor.core.state_line import Finding, FindingKind, Post, Reading

UNTOLD_NS = SILENT_NS + 1_000_000_000  # the link says each second how it is: one that does not is lost
BEHIND_MIN = 200  # a burst of scans is read within a second: fewer messages are no news to anybody
SEEN_AFTER_NS = 1_000_000_000  # the others had their time; before it every stop would begin as not seen


class LinkLook(StrEnum):
    """What the header says of the link, in this order of importance."""

    NO_RIGHT = "no_right"
    TROUBLE = "trouble"
    LOST = "lost"
    CONNECTING = "connecting"
    BEHIND = "behind"
    UP = "up"


class LinkFace(Struct, frozen=True):
    """The link at a glance: `for_us` in this state, `behind` messages to read."""

    look: LinkLook
    for_us: int = 0
    behind: int = 0


class Away(Struct, frozen=True):
    """A station of another terminal: whose, and how old what is known of it is; None: it is heard now."""

    terminal: str
    age_us: int | None


class Seen(Struct, frozen=True):
    """How far a stop is known: shown by `seen` of `of` terminals; `missing` by the names of their stations.

    `alone`: nobody but this terminal can know of it.
    """

    seen: int
    of: int
    missing: tuple[str, ...] = ()
    alone: bool = False


def see_link(shop: Shop, view: LinkView, now: Now) -> None:
    """Let the shop know how the link is: whom it hears, whether it has the line, and stops that came ahead."""
    shop.live = live_origins(view, now)
    shop.linked = view.state is LinkState.UP
    shop.unlinked_us = 0 if view.state in {LinkState.UP, LinkState.CONNECTING} else view.since_us
    shop.reading = _reading(shop.reading or Reading(), view)
    shop.ahead = {stop.call.id: stop.call for stop in view.stops if stop.ahead}


def _reading(known: Reading, view: LinkView) -> Reading:
    if view.state is not LinkState.UP:
        return Reading()
    begun = known if known.origin == view.origin else Reading(view.origin, view.last_seq)
    done = (begun.done or view.applied >= begun.until_seq) and not view.listens
    return Reading(begun.origin, begun.until_seq, done)


def live_origins(view: LinkView, now: Now) -> frozenset[str]:
    """The other terminals that are heard now; nobody is over a link that is lost."""
    if view.state is not LinkState.UP:
        return frozenset()
    return frozenset(other.origin for other in view.others if is_heard(other, now))


def is_heard(other: Presence, now: Now) -> bool:
    """Whether a terminal spoke lately."""
    return now.mono_ns - other.heard_ns <= SILENT_NS


def as_told(view: LinkView, told: Now, now: Now) -> LinkView:
    """The link as it can be believed at `now`, if it was told at `told`: one that says nothing more is lost."""
    if view.state is not LinkState.UP or now.mono_ns - told.mono_ns <= UNTOLD_NS:
        return view
    return replace(view, state=LinkState.LOST, since_us=told.at_us)


def link_face(view: LinkView, now: Now) -> LinkFace:
    """What the header says."""
    for_us = max(0, now.at_us - view.since_us)
    match view.state:
        case LinkState.DENIED:
            return LinkFace(LinkLook.NO_RIGHT, for_us)
        case LinkState.FORKED | LinkState.OTHER_MAJOR | LinkState.TROUBLE:
            return LinkFace(LinkLook.TROUBLE, for_us)
        case LinkState.LOST:
            return LinkFace(LinkLook.LOST, for_us)
        case LinkState.CONNECTING:
            return LinkFace(LinkLook.CONNECTING, for_us)
        case LinkState.UP if view.behind >= BEHIND_MIN:
            return LinkFace(LinkLook.BEHIND, behind=view.behind)
        case LinkState.UP:
            return LinkFace(LinkLook.UP)


def other_post(shop: Shop, view: LinkView | None, station: str) -> Post | None:
    """The terminal a station belongs to, if that is another one."""
    post = shop.posts.get(station)
    if view is None or post is None or not view.origin or post.origin == view.origin:
        return None
    return None if view.terminal and post.terminal == view.terminal else post


def away(shop: Shop, view: LinkView | None, station: str, now: Now) -> Away | None:
    """Whose a station is and how old what is known of it is; None if it is our own or nobody's."""
    post = other_post(shop, view, station)
    if post is None or view is None:
        return None
    presence = next((other for other in view.others if other.origin == post.origin), None)
    if presence is not None and view.state is LinkState.UP and is_heard(presence, now):
        return Away(post.terminal, None)
    if presence is not None:
        return Away(post.terminal, max(0, now.mono_ns - presence.heard_ns) // NS_PER_US)
    # It was not heard since this terminal started: its last word is what the line has of it.
    verdict = shop.book(station).verdict
    last_us = max(post.since_us, verdict.at_us if verdict is not None else 0)
    return Away(post.terminal, max(0, now.at_us - last_us))


def silent_s(shop: Shop, view: LinkView | None, now: Now) -> dict[str, int]:
    """By station of a terminal that is not heard: how many seconds old it is what one sees."""
    found: dict[str, int] = {}
    if view is None:
        return found
    for station in shop.posts:
        known = away(shop, view, station, now)
        if known is not None and known.age_us is not None:
            found[station] = known.age_us // US_PER_S
    return found


def is_on_line(view: LinkView | None, n: int) -> bool:
    """Whether the own event `n` is on the line."""
    return view is not None and 0 < n <= view.acked


def on_line(shop: Shop, view: LinkView | None, station: str) -> bool | None:
    """Whether what was said last at a station is on the line; None where there is no line to be on."""
    verdict = shop.book(station).verdict
    if view is None or verdict is None:
        return None
    by_line = bool(view.origin) and bool(verdict.origin) and verdict.origin != view.origin
    return by_line or is_on_line(view, verdict.n) or other_post(shop, view, station) is not None


def seen_of(shop: Shop, view: LinkView | None, call_id: str, now: Now) -> Seen | None:
    """Who has shown a stop; None while it is too early to say, and where there is nobody else."""
    stop = next((stop for stop in view.stops if stop.call.id == call_id), None) if view is not None else None
    if view is None or stop is None:
        return None
    of = len(stop.seen) + len(stop.missing)
    others = set(stop.seen) - {view.terminal}
    if view.state is not LinkState.UP and is_own(view, stop.call) and not others:
        return Seen(len(stop.seen), of, (), alone=True)
    if of < 2 or now.mono_ns - stop.since_ns < SEEN_AFTER_NS:
        return None
    return Seen(len(stop.seen), of, tuple(place_of(shop, name) for name in stop.missing))


def is_own(view: LinkView, call: Call) -> bool:
    """Whether a call was raised on this terminal."""
    return bool(view.origin) and call.id.rpartition("-")[0] == view.origin


def place_of(shop: Shop, terminal: str) -> str:
    """What people call a terminal: its stations, else its own name."""
    own = [station.id for station in shop.line.stations if (p := shop.posts.get(station.id)) and p.terminal == terminal]
    return ", ".join(station_name(shop, station) for station in own) or terminal


def findings_at(shop: Shop, station: str) -> tuple[Finding, ...]:
    """What has to be looked at and concerns a station, oldest first."""
    found = [finding for finding in shop.findings.values() if station in stations_of(shop, finding)]
    return tuple(sorted(found, key=lambda finding: (finding.at_us, finding.id)))


def stations_of(shop: Shop, finding: Finding) -> tuple[str, ...]:
    """The stations a finding concerns."""
    match finding.kind:
        case FindingKind.TWO_ANSWERS:
            call = shop.calls.get(finding.call)
            return (call.station,) if call is not None else ()
        case FindingKind.TWO_TERMINALS | FindingKind.STILL_WORKED:
            return finding.places[:1]
        case FindingKind.TWO_LINES:
            return ()
        case FindingKind.BEGUN_ANEW | FindingKind.CLOCK_AHEAD:
            return tuple(post.station for post in shop.posts.values() if post.terminal in finding.places[:1])
        case FindingKind.TWO_PLACES | FindingKind.NOT_FULL:
            return finding.places
