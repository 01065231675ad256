"""Taking over the stations of a terminal that is dead or silent: what it would mean, and the decision itself."""

from msgspec import Struct
from msgspec.structs import replace

from shopfloor.core.commands_line import TakeOver
from shopfloor.core.credits import cards_of, held, spent
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events_line import StationsTaken
from shopfloor.core.line_link import LinkView
from shopfloor.core.line_views import away
from shopfloor.core.moment import Now
from shopfloor.core.owning import own_terminal, terminal_in
from shopfloor.core.rights import Right, refuse_right
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state_line import Post
from shopfloor.core.steps import not_possible


class Stakes(Struct, frozen=True, kw_only=True):
    """What taking over all stations of a terminal means: `cards` in process there, in the order of the stations.

    `left`: places of the line's limit that it holds and has not spent, as far as is known here; it may still spend
    them (None: the line has no limit). `free` the same of each station's own limit. `silent_us`: for how long it was
    not heard (0: it is heard now).
    """

    terminal: str
    stations: tuple[str, ...]
    cards: tuple[str, ...]
    left: int | None
    free: dict[str, int]
    silent_us: int


def stakes_of(shop: Shop, view: LinkView | None, terminal: str, now: Now) -> Stakes:
    """What it would mean to take over a terminal; `stations` is empty if it has none."""
    posts = _posts_of(shop, terminal)
    stations = tuple(post.station for post in posts)
    cards = tuple(card.id for station in stations for card in shop.in_process(station))
    silences = [seen.age_us or 0 for s in stations if (seen := away(shop, view, s, now)) is not None]
    return Stakes(
        terminal=terminal,
        stations=stations,
        cards=cards,
        left=None if shop.line.wip_limit is None else _left(shop, posts),
        free=_free(shop, stations),
        silent_us=max(silences, default=0),
    )


def terminals_with_stations(shop: Shop) -> tuple[str, ...]:
    """The other terminals that have stations, in the order of the line."""
    found = (shop.posts[s.id] for s in shop.line.stations if s.id in shop.posts)
    return tuple(dict.fromkeys(p.terminal for p in found if terminal_in(p.origin) != terminal_in(shop.origin)))


def take_over(shop: Shop, source: Source, command: TakeOver) -> Decision:
    """Give the stations to this terminal; all of them must be of one other terminal of the line."""
    person = shop.people.get(command.by)
    refused = refuse_right(shop, source, Right.TAKE_OVER, also=person.role if person else None)
    if refused is not None:
        return refused
    if not command.reason.strip():
        return Refusal(Rule.NO_RIGHT, {"right": "take_over", "roles": "", "why": "reason"})
    if shop.linked is None:
        return not_possible(shop, "take_over_alone")
    known = [shop.posts.get(station) for station in dict.fromkeys(command.stations)]
    posts = [post for post in known if post is not None]
    theirs = {terminal_in(post.origin) for post in posts}
    if not posts or len(posts) < len(known) or terminal_in(shop.origin) in theirs:
        return not_possible(shop, "take_over_none")
    if len(theirs) > 1:
        return not_possible(shop, "take_over_several")
    stations = tuple(post.station for post in posts)
    left = _left(shop, posts) if shop.line.wip_limit is not None else 0
    over = [Rule.LINE_LIMIT.value] if left else []
    over += [Rule.WIP_LIMIT.value] if any(_free(shop, stations).values()) else []
    taken = StationsTaken(
        station=source.station,
        stations=stations,
        terminal=own_terminal(shop),
        origin=shop.origin,
        from_terminal=posts[0].terminal,
        from_origin=posts[0].origin,
        epoch=max(post.epoch for post in posts) + 1,
        reason=command.reason,
        left=left,
        over=tuple(over),
        cards=tuple(sorted(card.id for card in cards_of(shop, posts))),
    )
    return ((replace(source, by=person.id) if person else source).sign(taken),)


def _posts_of(shop: Shop, terminal: str) -> list[Post]:
    found = (shop.posts[s.id] for s in shop.line.stations if s.id in shop.posts)
    return [post for post in found if post.terminal == terminal]


def _left(shop: Shop, posts: list[Post]) -> int:
    return sum(max(0, held(shop, origin) - spent(shop, origin)) for origin in {post.origin for post in posts})


def _free(shop: Shop, stations: tuple[str, ...]) -> dict[str, int]:
    limits = {s: shop.stations[s].wip_limit for s in stations if s in shop.stations}
    return {s: max(0, most - len(shop.in_process(s))) for s, most in limits.items() if most is not None}
