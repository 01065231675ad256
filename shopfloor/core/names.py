"""How things are called on screens and paper."""

from shopfloor.core.shop import Shop
from shopfloor.core.state import Card

DESK = "desk:"  # what the place of a terminal without stations begins with: no station may be called so


def card_name(shop: Shop, card: Card | str) -> str:
    """What people call a card: part and number, "GB-100 card 4"; its id where the part is used by several loops."""
    found = shop.cards.get(card) if isinstance(card, str) else card
    loop = shop.loops.get(found.loop) if found else None
    if found is None or loop is None:
        return card if isinstance(card, str) else card.id
    several = sum(1 for other in shop.line.loops if other.part == loop.part) > 1
    return f"{loop.id} {found.number}" if several else f"{loop.part} {found.number}"


def loop_name(shop: Shop, loop: str) -> str:
    """What people call a loop: its part; its id where the part is used by several loops or it is gone."""
    found = shop.loops.get(loop)
    if found is None:
        return loop
    several = sum(1 for other in shop.line.loops if other.part == found.part) > 1
    return found.id if several else found.part


def station_name(shop: Shop, station: str) -> str:
    """The name of a station; its id if the line file does not know it, its terminal's if it is a desk."""
    found = shop.stations.get(station)
    return found.name if found else station.removeprefix(DESK)


def desk_of(terminal: str) -> str:
    """Where things are done at a terminal that has no station: who signs in there, and what was answered last."""
    return f"{DESK}{terminal}"


def person_name(shop: Shop, person: str) -> str:
    """The name of a person; a device's or program's id as it is."""
    found = shop.people.get(person)
    return found.name if found else person


def reason_name(shop: Shop, reason: str) -> str:
    """The name of a reason; "" for a stop without one."""
    found = shop.reasons.get(reason)
    return found.name if found else reason
