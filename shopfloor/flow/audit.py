"""A scan audit: what should be there, what was seen, what is missing, what does not belong; and the count of cards."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from shopfloor.core.codes import CardScan, UnknownScan, UnknownWhy, card_id, folded, parse, printable
from shopfloor.core.shop import Shop, place
from shopfloor.core.state import Card, CardState

# A plant of 20 loops of 100 cards; more codes in one audit is a file that is no list of scans.
CODES_MAX = 100_000

_GONE = frozenset({CardState.NEW, CardState.RETIRED})


class Why(StrEnum):
    """Why a scanned code does not belong into an audit."""

    OTHER_LOOP = "other_loop"
    OTHER_PLACE = "other_place"
    OTHER_LINE = "other_line"
    RETIRED = "retired"
    NOT_CIRCULATED = "not_circulated"
    MISREAD = "misread"
    NO_CARD = "no_card"


class Foreign(Struct, frozen=True):
    """A code that does not belong here; `card` is whose it is, "" where it is no card of this line."""

    code: str
    why: Why
    card: str = ""


class OldPrint(Struct, frozen=True):
    """A card's earlier paper: its new one may be elsewhere, so it does not count as seen."""

    code: str
    card: str
    printed: int
    current: int


class Audit(Struct, frozen=True, kw_only=True):
    """Cards by id. `expected` is `seen` and `missing` together; `lost` were known to be lost, `found` are among them.

    `repeated` counts codes that were scanned more than once.
    """

    expected: tuple[str, ...]
    seen: tuple[str, ...]
    missing: tuple[str, ...]
    lost: tuple[str, ...]
    found: tuple[str, ...]
    foreign: tuple[Foreign, ...]
    old: tuple[OldPrint, ...]
    repeated: int

    @property
    def clean(self) -> bool:
        """Whether everything that was expected was seen, and nothing else."""
        return not (self.missing or self.foreign or self.old or self.found)


class Conservation(Struct, frozen=True, kw_only=True):
    """The cards of a loop by state, beside those that were put in circulation less those that retired.

    `planned` is the number of cards of the line file: it differs while cards come into or leave circulation.
    """

    loop: str
    by_state: dict[str, int]
    circulated: int
    retired: int
    planned: int

    @property
    def total(self) -> int:
        """The sum over states."""
        return sum(self.by_state.values())

    @property
    def holds(self) -> bool:
        """Whether the two independent counts agree."""
        return self.total == self.circulated - self.retired


def audit_loop(shop: Shop, loop: str, codes: Iterable[str]) -> Audit:
    """The cards of a loop against scanned codes, wherever they are."""
    return _audit(shop, shop.of_loop(loop), codes, elsewhere=Why.OTHER_LOOP)


def audit_place(shop: Shop, station: str, codes: Iterable[str]) -> Audit:
    """The cards that should be at a station (in process, queued before it, in its store) against scanned codes."""
    here = [card for card in shop.cards.values() if place_of(shop, card) == station]
    return _audit(shop, sorted(here, key=lambda card: card.id), codes, elsewhere=Why.OTHER_PLACE)


def place_of(shop: Shop, card: Card) -> str:
    """The station where a card should be: where it is worked on or waits to be, or whose store it is in; "" unknown."""
    state = card.held_from if card.state is CardState.HELD and card.held_from else card.state
    loop = shop.loops.get(card.loop)
    if loop is None or state in {CardState.LOST, CardState.NEW, CardState.RETIRED}:
        return card.done_station
    if card.step:
        return place(shop, card)
    if state in {CardState.EMPTY, CardState.WAITING}:
        return loop.route[0]
    return loop.consumer or loop.route[-1]


def conservation(shop: Shop, loop: str, *, circulated: int, retired: int) -> Conservation:
    """`circulated` and `retired` come from the events, the states from the cards."""
    counts: dict[str, int] = {}
    for card in shop.of_loop(loop):
        if card.state is not CardState.RETIRED:
            counts[card.state.value] = counts.get(card.state.value, 0) + 1
    return Conservation(
        loop=loop, by_state=counts, circulated=circulated, retired=retired, planned=shop.loops[loop].cards
    )


def _audit(shop: Shop, cards: Sequence[Card], codes: Iterable[str], *, elsewhere: Why) -> Audit:
    wanted = {card.id: card for card in cards if card.state not in _GONE}
    seen: dict[str, None] = {}
    foreign: list[Foreign] = []
    old: list[OldPrint] = []
    read: set[str] = set()
    repeated = 0
    for text in codes:
        code = folded(text)
        if not code:
            continue
        if code in read:
            repeated += 1
            continue
        read.add(code)
        match _judge(shop, code, wanted, elsewhere):
            case str() as card:
                seen[card] = None
            case OldPrint() as paper:
                old.append(paper)
            case Foreign() as other:
                foreign.append(other)
    lost = [card.id for card in wanted.values() if card.state is CardState.LOST]
    expected = [card for card in wanted if card not in lost]
    return Audit(
        expected=tuple(expected),
        seen=tuple(card for card in expected if card in seen),
        missing=tuple(card for card in expected if card not in seen),
        lost=tuple(lost),
        found=tuple(card for card in lost if card in seen),
        foreign=tuple(foreign),
        old=tuple(old),
        repeated=repeated,
    )


def _judge(shop: Shop, code: str, wanted: dict[str, Card], elsewhere: Why) -> str | OldPrint | Foreign:
    taught = shop.taught.get(code)
    if taught is not None and taught in wanted:
        return taught
    scan = parse(code, shop.known)
    if not isinstance(scan, CardScan):
        why = Why.NO_CARD
        if isinstance(scan, UnknownScan) and scan.why is not UnknownWhy.FORM:
            why = Why.MISREAD if scan.why is UnknownWhy.CHECK else Why.OTHER_LINE
        return Foreign(printable(code), why)
    name = card_id(scan.loop, scan.number)
    card = shop.cards.get(name)
    if card is None or card.state is CardState.NEW:
        return Foreign(code, Why.NOT_CIRCULATED, name)
    if card.state is CardState.RETIRED:
        return Foreign(code, Why.RETIRED, name)
    if scan.print_version != card.print_version:
        return OldPrint(code, name, scan.print_version, card.print_version)
    return name if name in wanted else Foreign(code, elsewhere, name)
