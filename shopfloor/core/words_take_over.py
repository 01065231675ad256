"""What it means to take stations over, in words: for the sheet that asks and for the command line."""

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from shopfloor.core.moment import US_PER_S
from shopfloor.core.names import card_name, station_name
from shopfloor.core.shop import Shop
from shopfloor.core.take_over import Stakes
from shopfloor.core.text import Text
from shopfloor.core.words import clock_text, span_text

CARDS_MAX: Final = 4  # named; of more only how many


def stakes_facts(shop: Shop, stakes: Stakes, stations: Sequence[str], zone: tzinfo) -> tuple[tuple[Text, Text], ...]:
    """Each a name and a value; `stations`: those that are to move, of the terminal that has them."""
    post = shop.posts[stations[0]]
    cards = [card for station in stations for card in (one.id for one in shop.in_process(station))]
    named = ", ".join(card_name(shop, card) for card in cards[:CARDS_MAX])
    more = f" +{len(cards) - CARDS_MAX}" if len(cards) > CARDS_MAX else ""
    since: dict[str, str | int] = {"terminal": post.terminal, "since": clock_text(post.since_us, zone)}
    found = [
        *([(Text("taken over"), Text("by {terminal} at {since}", since))] if post.epoch else []),
        *([(Text("not heard for"), _data(span_text(stakes.silent_us // US_PER_S)))] if stakes.silent_us else []),
        (Text("what moves here"), _data(", ".join(station_name(shop, station) for station in stations))),
        (Text("in process there"), _data(f"{len(cards)}: {named}{more}") if cards else Text("nothing")),
    ]
    free = {station: stakes.free.get(station, 0) for station in stations}
    spends = ", ".join(f"{station_name(shop, station)}: {count}" for station, count in free.items() if count)
    if spends:
        found.append((Text("cards it may still start"), _data(spends)))
    if stakes.left:
        found.append((Text("places of the line it may still use"), _data(str(stakes.left))))
    return tuple(found)


def _data(words: str) -> Text:
    return Text("{it}", {"it": words})
