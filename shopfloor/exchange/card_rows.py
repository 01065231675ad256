"""Cards as rows: identity, the text of the bar code, what is in the container, and where it stands."""

from datetime import tzinfo
from typing import Any

from shopfloor.core.codes import card_code
from shopfloor.core.shop import Shop, place
from shopfloor.core.state import Card, CardState
from shopfloor.exchange.cells import Cell, Column, local_time
from shopfloor.exchange.instants import instant_text
from shopfloor.exchange.table import Table

LOCAL = "since_local"
CARD_COLUMNS = (
    Column("card", 20),
    Column("loop", 16),
    Column("number", 8),
    Column("code", 14),
    Column("part", 16),
    Column("description", 28),
    Column("quantity", 10),
    Column("unit", 8),
    Column("state", 12),
    Column("station", 16),
    Column("since", 28),
    Column(LOCAL, 24),
    Column("cycle", 8),
    Column("print_version", 8),
    Column("note", 28),
)
_NAMES = tuple(column.name for column in CARD_COLUMNS)


def card_table(shop: Shop, zone: tzinfo, *, loops: frozenset[str] = frozenset()) -> Table[Card]:
    """The cards of the line by loop and number; only those of `loops`, if any are named."""
    wanted = [loop.id for loop in shop.line.loops if not loops or loop.id in loops]
    return Table(
        "cards",
        CARD_COLUMNS,
        (card for loop in wanted for card in shop.of_loop(loop)),
        row=lambda card: _row(shop, card, zone),
        document=lambda card: _document(shop, card, zone),
    )


def _row(shop: Shop, card: Card, zone: tzinfo) -> tuple[Cell, ...]:
    loop = shop.loops[card.loop]
    part = shop.parts.get(loop.part)
    at_rest = loop.consumer or "" if card.state is CardState.FULL else ""
    return (
        card.id,
        card.loop,
        card.number,
        card_code(shop.line.id, card.loop, card.number, card.print_version),
        loop.part,
        part.description if part else "",
        loop.quantity,
        part.unit if part else "",
        card.state.value,
        place(shop, card) or at_rest,
        instant_text(card.since_us),
        local_time(card.since_us, zone),
        card.cycle,
        card.print_version,
        card.note,
    )


def _document(shop: Shop, card: Card, zone: tzinfo) -> dict[str, Any]:
    return {name: cell for name, cell in zip(_NAMES, _row(shop, card, zone), strict=True) if name != LOCAL}
