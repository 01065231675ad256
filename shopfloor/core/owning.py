"""Which terminal lets time pass where: of several that know the same line only one may say that something fell due."""

from collections.abc import Container, Iterable

from shopfloor.core.line_andon import Lamp
from shopfloor.core.names import station_name
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card
from shopfloor.core.state_call import Call
from shopfloor.core.state_line import Post


def is_mine(shop: Shop, station: str) -> bool:
    """Whether this terminal answers for a station: its own, or one that no terminal of the line claims."""
    post = shop.posts.get(station)
    return post is None or not shop.origin or post.origin == shop.origin


def terminal_in(origin: str) -> str:
    """Whose journal an origin is, whatever journal of it that is."""
    return origin.partition("~")[0]


def unasked_epoch(shop: Shop) -> int:
    """The number of a line file that comes into force by rule, or where nobody can be asked.

    That of this terminal's own file still, one above that of another one's.
    """
    known = shop.decrees.get("line")
    if known is None:
        return 0
    return known.epoch + (bool(shop.origin) and terminal_in(known.origin) != terminal_in(shop.origin))


def own_terminal(shop: Shop) -> str:
    """What this terminal is called on the line: as its stations have it, else as its journal."""
    own = (post.terminal for post in shop.posts.values() if post.origin == shop.origin)
    return next(own, terminal_in(shop.origin))


def refuse_others(shop: Shop, station: str) -> Refusal | None:
    """None if steps at the station may be done here; where another terminal has it, they are done there."""
    post = shop.posts.get(station)
    if post is None or not shop.origin or terminal_in(post.origin) == terminal_in(shop.origin):
        return None
    args: dict[str, str | int] = {
        "station": station_name(shop, station),
        "terminal": post.terminal,
        "since_us": post.since_us,
        "taken": int(post.epoch > 0),
    }
    return Refusal(Rule.TAKEN_OVER, args)


def minded(shop: Shop, given: Iterable[str], terminal: str) -> frozenset[str]:
    """The stations that a terminal looks after: those it was `given`, but for what was taken from it or by it since."""
    own = frozenset(given)
    decided = {post.station: post.terminal for post in shop.posts.values() if post.epoch}
    kept = (station for station in own if decided.get(station, terminal) == terminal)
    return frozenset((*kept, *(station for station, taker in decided.items() if taker == terminal)))


def taken_over(shop: Shop, given: Iterable[str], terminal: str) -> tuple[str, ...]:
    """The stations that a terminal looks after beside those it was `given`, in the order of the line."""
    own = frozenset(given)
    more = minded(shop, own, terminal) - own
    return tuple(station.id for station in shop.line.stations if station.id in more)


def is_first(shop: Shop) -> bool:
    """Whether this terminal answers for what belongs to no station: it has the first station that anybody claims."""
    first = first_post(shop)
    return first is None or not shop.origin or first.origin == shop.origin


def first_post(shop: Shop) -> Post | None:
    """The first station that anybody claims, and by whom."""
    return next((shop.posts[s.id] for s in shop.line.stations if s.id in shop.posts), None)


def drives(shop: Shop, lamp: Lamp, *, terminal: str, stations: Container[str]) -> bool:
    """Whether a terminal of these stations drives a lamp: one of its own, or the line's if nobody else does.

    The line's lamps are driven where the line file says, else by the terminal of the first station anybody claims.
    """
    if lamp.station:
        return lamp.station in stations
    if lamp.terminal:
        return lamp.terminal == terminal
    first = first_post(shop)
    return first is None or first.terminal == terminal


def is_known(shop: Shop, station: str) -> bool:
    """Whether this terminal knows what happens at a station: it is its own, nobody's, or one of a terminal it hears."""
    return is_mine(shop, station) or shop.posts[station].origin in shop.live


def minds_call(shop: Shop, call: Call) -> bool:
    """Whether this terminal answers for a call."""
    return is_mine(shop, call.station) if call.station in shop.stations else is_first(shop)


def minds_card(shop: Shop, card: Card) -> bool:
    """Whether this terminal answers for what falls due at a card: where its loop begins."""
    return minds_loop(shop, card.loop)


def minds_loop(shop: Shop, loop_id: str) -> bool:
    """Whether this terminal answers for what falls due at a loop."""
    loop = shop.loops.get(loop_id)
    return is_mine(shop, loop.route[0]) if loop is not None and loop.route else is_first(shop)


def minds_restart(shop: Shop, key: str) -> bool:
    """Whether this terminal ends a restart of a station, of a segment (`@name`: its first station) or of the line."""
    if key in shop.stations:
        return is_mine(shop, key)
    if not key.startswith("@"):
        return is_first(shop)
    first = next((s.id for s in shop.line.stations if s.segment == key[1:]), None)
    return is_first(shop) if first is None else is_mine(shop, first)
