"""What changes between the terminals of a line: who has a station, who has which places, who may decide."""

from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from shopfloor.core.credits import credit_of, first_origin, held
from shopfloor.core.events import LineChanged, Recorded, TerminalStarted
from shopfloor.core.events_line import BegunAnew, Permitted, StationsTaken
from shopfloor.core.findings import found_at_post, found_at_start, found_before_take_over, settled
from shopfloor.core.line import Line
from shopfloor.core.line_refusals import LINE, RESTART
from shopfloor.core.owning import terminal_in
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.core.state_line import Credit, Decree, Finding, Post

Changed = Post | Credit | Card | Finding


def evolve_posts(shop: Shop, event: TerminalStarted, recorded: Recorded) -> tuple[Changed, ...]:
    """The stations of a terminal: those nobody has, and those it had under another journal; others stay.

    All it had under that other journal comes along.
    """
    posts: list[Changed] = []
    before: set[str] = set()
    taken = (post.station for post in shop.posts.values() if post.terminal == event.terminal and post.epoch)
    for station in dict.fromkeys((*event.stations, *taken)):
        post = shop.posts.get(station)
        if post is not None and post.terminal != event.terminal:
            if not post.epoch:  # else it was taken over: whose it is was decided
                posts.append(found_at_post(post, recorded, event.terminal))
        elif post is None or post.origin != recorded.origin:
            before |= {post.origin} if post is not None else set()
            posts.append(
                Post(
                    station=station,
                    terminal=event.terminal,
                    origin=recorded.origin,
                    since_us=recorded.moment.us,
                    epoch=post.epoch if post else 0,
                    home=post.home if post else "",
                )
            )
    claimed = {post.station: post for post in posts if isinstance(post, Post)}
    return (*_inherited(shop, before, recorded, claimed), *posts)


def evolve_anew(shop: Shop, event: BegunAnew, recorded: Recorded) -> tuple[Changed, ...]:
    """All that a terminal had under its name of before is its own under the new one."""
    return (*_inherited(shop, {event.before}, recorded, {}), found_at_start(recorded, event))


def evolve_first(shop: Shop, line: Line, cards: Sequence[Card]) -> tuple[Changed, ...]:
    """The cards that another line file changes, and what keeps places where they are if another terminal is first then.

    Whoever holds the limit may not hear of it for hours. One that has no station any more has no use for it.
    """
    was, first, limit = first_origin(shop), first_origin(shop, line=line), shop.line.wip_limit
    stations = {station.id for station in line.stations}
    stays = any(post.origin == was and post.station in stations for post in shop.posts.values())
    if not limit or was in {"", first} or not stays:
        return tuple(cards)
    holder, other = credit_of(shop, was), credit_of(shop, first)
    moved = (replace(holder, moved=holder.moved + limit), replace(other, moved=other.moved - limit))
    spenders = {card.id: card.spender for card in _cards(shop, was, set())}
    named = {card.id: replace(card, spender=spenders.get(card.id, card.spender)) for card in cards}
    others = (replace(shop.cards[name], spender=spender) for name, spender in spenders.items() if name not in named)
    return (*moved, *named.values(), *others)


def line_stands(known: Decree | None, event: LineChanged, origin: str) -> bool:
    """Whether a line file comes into force, `known` being the decree on the line file before it.

    Of two that were allowed under one number, or under none, that of the terminal stands which came first.
    """
    if known is None or event.epoch > known.epoch:
        return True
    return event.epoch == known.epoch and terminal_in(origin) == terminal_in(known.origin)


def line_decree(event: LineChanged, recorded: Recorded) -> Decree:
    """The decree on the line file after one that came into force."""
    return _decree(LINE, event.epoch, recorded)


def evolve_permitted(shop: Shop, event: Permitted, recorded: Recorded) -> tuple[Decree, ...]:
    """The decision on a thing; an older one than is known changes nothing any more.

    Of a restart nothing is kept: the call that it ends is over by what follows, and nobody asks about it again.
    """
    if event.thing.startswith(f"{RESTART}."):
        return ()
    known = shop.decrees.get(event.thing)
    if known is not None and event.epoch <= known.epoch:
        return ()
    return (_decree(event.thing, event.epoch, recorded),)


def evolve_taken(shop: Shop, event: StationsTaken, at_us: int) -> tuple[Changed, ...]:
    """Stations, and places of the line's limit, of another terminal; what was overtaken by a higher epoch is nothing.

    Whoever has no station left keeps no places: the cards it released count with the taker's from now on.
    """
    old = [post for s in event.stations if (post := shop.posts.get(s)) is not None and post.epoch < event.epoch]
    if not old:
        return ()
    new = [_taken(post, event, at_us) for post in old]
    posts = shop.posts | {post.station: post for post in new}
    losers = {post.origin for post in old} - {event.origin}
    emptied = losers - {post.origin for post in posts.values()}
    claims = tuple(finding for post in new for finding in settled(shop, f"post:{post.station}"))
    places = _credits(shop, event.origin, losers, emptied, posts)
    return (
        *new,
        *places,
        *_cards(shop, event.origin, emptied),
        *claims,
        *found_before_take_over(shop, event, old, at_us),
    )


def _taken(post: Post, event: StationsTaken, at_us: int) -> Post:
    home = post.home or post.terminal
    return replace(
        post,
        terminal=event.terminal,
        origin=event.origin,
        since_us=at_us,
        epoch=event.epoch,
        home="" if home == event.terminal else home,
    )


def _decree(thing: str, epoch: int, recorded: Recorded) -> Decree:
    return Decree(thing=thing, epoch=epoch, origin=recorded.origin, n=recorded.n, at_us=recorded.moment.us)


def _inherited(shop: Shop, before: set[str], recorded: Recorded, claimed: Mapping[str, Post]) -> tuple[Changed, ...]:
    """The stations and places of a terminal's other names: both go together, or a place would be spent twice.

    So do places stay where they are when the stations it has `claimed` are before that of whoever holds the limit.
    """
    origin = recorded.origin
    before = before - {origin}
    new = [
        replace(post, origin=origin, since_us=recorded.moment.us)
        for post in shop.posts.values()
        if post.origin in before
    ]
    posts = {**shop.posts, **{post.station: post for post in new}, **claimed}
    known = {credit.origin for credit in shop.credits.values() if credit.moved}
    was = {first_origin(shop)} - {"", first_origin(shop, posts)} if shop.line.wip_limit else set()
    if not new and not before & known and not was:
        return ()
    return (*new, *_credits(shop, origin, before | was, before, posts), *_cards(shop, origin, before))


def _credits(shop: Shop, taker: str, losers: set[str], emptied: set[str], posts: dict[str, Post]) -> tuple[Credit, ...]:
    """The same places as before, each with its holder; the limit itself goes with the first station.

    The question of a terminal that has a station still stands.
    """
    holds = {origin: held(shop, origin) for origin in {taker, *losers}}
    for origin in emptied:
        holds[taker] += holds[origin]
        holds[origin] = 0
    first = first_origin(shop, posts)
    limit = shop.line.wip_limit or 0
    asked = {o: shop.credits[o].asked_us if o in shop.credits and o not in emptied else 0 for o in holds}
    return tuple(
        Credit(origin=origin, moved=count - (limit if origin == first else 0), asked_us=asked[origin])
        for origin, count in sorted(holds.items())
    )


def _cards(shop: Shop, taker: str, emptied: set[str]) -> tuple[Card, ...]:
    first = first_origin(shop)
    cards: list[Card] = []
    for card in shop.released.values():
        owner = card.spender or first
        spender = taker if owner in emptied else owner
        if card.spender != spender:
            cards.append(replace(card, spender=spender))
    cards += [
        replace(c, spender=taker) for c in shop.cards.values() if c.state is CardState.HELD and c.spender in emptied
    ]
    return tuple(cards)
