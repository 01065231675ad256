"""What people decide about the cards of a loop: lots, extra cards, prints, express, contents and taught codes."""

from shopfloor.core.codes import (
    CARD_NUMBER_MAX,
    PRINT_VERSION_MAX,
    PRINTABLE_CHARS_MAX,
    UnknownScan,
    card_id,
    folded,
    looks_own,
    parse,
    printable,
)
from shopfloor.core.decision import Decision, Source
from shopfloor.core.events import CardCirculated
from shopfloor.core.events_loop import (
    CardExpressed,
    CardReprinted,
    CardsIssued,
    CodeTaught,
    ContentsNoted,
    LotReleased,
)
from shopfloor.core.lots import waiting
from shopfloor.core.names import card_name, loop_name
from shopfloor.core.rights import Right, refuse_right
from shopfloor.core.rules import Refusal, Rule
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState
from shopfloor.core.steps import not_possible

ISSUE_MAX = 20  # extra cards at once: more is another number of cards, which is planned
EXTRA_LIVES = 1  # an extra card is for one turn
SERIALS_MAX = 50  # of one container: what a journal row and a screen can hold
TEXT_CHARS_MAX = 64  # of a lot or serial number
QUANTITY_MAX = 10_000_000
HOLDING = frozenset(
    {CardState.IN_PROCESS, CardState.QUEUED, CardState.IN_TRANSIT, CardState.FULL, CardState.IN_USE}
)  # a container that holds something


def release_lot(shop: Shop, source: Source, loop_id: str, cards: tuple[str, ...]) -> Decision:
    """Let waiting cards go before their lot is complete."""
    refused = refuse_right(shop, source, Right.PLAN)
    if refused is not None:
        return refused
    found = [card.id for card in waiting(shop, loop_id)]
    wanted = tuple(dict.fromkeys(cards)) or tuple(found)
    if not wanted or not set(wanted) <= set(found):
        return not_possible(shop, "lot", loop=loop_name(shop, loop_id))
    return (source.sign(LotReleased(station=source.station, loop=loop_id, cards=wanted)),)


def issue(shop: Shop, source: Source, loop_id: str, count: int, reason: str, *, full: bool) -> Decision:
    """Put extra cards in circulation for one turn; they are not among the loop's number of cards."""
    refused = refuse_right(shop, source, Right.PLAN)
    if refused is not None:
        return refused
    loop = shop.loops.get(loop_id)
    first = max((card.number for card in shop.of_loop(loop_id)), default=0) + 1
    if loop is None or not 1 <= count <= min(ISSUE_MAX, CARD_NUMBER_MAX + 1 - first):
        return not_possible(shop, "issue", loop=loop_name(shop, loop_id), limit=ISSUE_MAX)
    if not reason.strip():
        return Refusal(Rule.NO_RIGHT, {"right": "issue", "roles": "", "why": "reason"})
    state = CardState.FULL if full and loop.consumer is not None else CardState.EMPTY
    numbers = range(first, first + count)
    made = tuple(
        CardCirculated(
            card=card_id(loop_id, number), loop=loop_id, number=number, state=state, lives=EXTRA_LIVES, extra=True
        )
        for number in numbers
    )
    issued = CardsIssued(station=source.station, loop=loop_id, cards=tuple(c.card for c in made), reason=reason)
    # First of all, for the first event carries the id of the command: a cards' own id comes from its identity.
    return (source.sign(issued), *made)


def reprint(shop: Shop, source: Source, card: Card) -> Decision:
    """Give the next print a version of its own; paper that is out there is refused from now on."""
    refused = refuse_right(shop, source, Right.PLAN)
    if refused is not None:
        return refused
    if card.print_version >= PRINT_VERSION_MAX:
        return not_possible(shop, "prints", card, limit=PRINT_VERSION_MAX)
    return (source.sign(CardReprinted(station=source.station, card=card.id, print_version=card.print_version + 1)),)


def mark_express(shop: Shop, source: Source, card: Card, *, on: bool) -> Decision:
    """Let a card go before others, or no longer."""
    refused = refuse_right(shop, source, Right.PLAN)
    if refused is not None:
        return refused
    if card.express is on:
        return Refusal(Rule.ALREADY_DONE, {"what": "state", "card": card_name(shop, card)}, card.id)
    return (source.sign(CardExpressed(station=source.station, card=card.id, on=on)),)


def note_contents(
    shop: Shop, source: Source, card: Card, *, quantity: int, lot: str, serials: tuple[str, ...]
) -> Decision:
    """Say what is in a container that holds something."""
    texts = (lot, *serials)
    fits = 0 <= quantity <= QUANTITY_MAX and len(serials) <= SERIALS_MAX and all(_is_short(text) for text in texts)
    if not fits or not (quantity or any(texts)) or card.state not in HOLDING:
        return not_possible(shop, "contents", card, limit=SERIALS_MAX)
    noted = ContentsNoted(station=source.station, card=card.id, quantity=quantity, lot=lot, serials=serials)
    return (source.sign(noted),)


def teach(shop: Shop, source: Source, code: str, card_id: str) -> Decision:
    """Bind a code of the plant's own to a card, or to none."""
    refused = refuse_right(shop, source, Right.TEACH)
    if refused is not None:
        return refused
    text = taught_text(code)
    bare = code.strip()
    if not bare or len(printable(bare)) > PRINTABLE_CHARS_MAX or printable(bare).endswith("…"):
        return not_possible(shop, "teach_long", code=printable(bare), limit=PRINTABLE_CHARS_MAX)
    if looks_own(bare) or not isinstance(parse(bare, shop.known), UnknownScan):
        return not_possible(shop, "teach_ours", code=printable(bare))
    bound = shop.taught.get(text, "")
    if bound == card_id:
        return Refusal(Rule.ALREADY_DONE, {"what": "state", "card": card_name(shop, card_id) or printable(bare)})
    card = shop.cards.get(card_id)
    if card_id and (card is None or card.state is CardState.RETIRED):
        return Refusal(Rule.UNKNOWN_CARD, {"card": card_id})
    return (source.sign(CodeTaught(station=source.station, text=text, card=card_id)),)


def taught_text(code: str) -> str:
    """A plant's own code as it is looked up."""
    return folded(printable(code.strip()))


def _is_short(text: str) -> bool:
    return len(text) <= TEXT_CHARS_MAX and text.isprintable()
