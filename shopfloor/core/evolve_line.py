"""What another line file changes at cards: a place in a lane that there was not, and paper that says something else."""

from msgspec.structs import replace

from shopfloor.core.evolve_card import unblocked_by_line
from shopfloor.core.line import Line, LoopKind
from shopfloor.core.moment import Now
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState


def evolve_line(shop: Shop, line: Line, at: Now) -> tuple[Card, ...]:
    """The cards that another line file changes, each once."""
    freed = {card.id: card for card in unblocked_by_line(shop, line, at)}
    stale = [replace(freed.get(card.id, card), stale_print=True) for card in _outdated(shop, line)]
    return tuple((freed | {card.id: card for card in stale}).values())


def printed(line: Line) -> dict[str, tuple[object, ...]]:
    """By loop what its cards tell whoever holds one: what is in the container, how much, from where, to whom.

    Not how many cards there are, the photo or the name of the line: paper that is older in those misleads nobody.
    """
    parts = {part.id: (part.id, part.description, part.unit) for part in line.parts}
    names = {station.id: station.name for station in line.stations}
    return {
        loop.id: (
            parts.get(loop.part, (loop.part,)),
            loop.quantity,
            tuple(names.get(station, station) for station in loop.route),
            # A card that goes back to the start says so in place of a consumer.
            "" if loop.kind is LoopKind.CONWIP or loop.consumer is None else names.get(loop.consumer, loop.consumer),
        )
        for loop in line.loops
    }


def _outdated(shop: Shop, line: Line) -> list[Card]:
    """Living cards of loops whose paper says something else from now on.

    So does that of a loop that left the line file and comes back: nobody knows any more what it said.
    """
    before, after = printed(shop.line), printed(line)
    changed = [loop for loop, says in after.items() if before.get(loop) != says]
    cards = (card for loop in changed for card in shop.by_loop.get(loop, {}).values())
    return [card for card in cards if card.state is not CardState.RETIRED and not card.stale_print]
