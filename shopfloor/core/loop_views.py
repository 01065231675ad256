"""What is shown of a loop: its cards by state, its store, and whether it runs out before the next container comes.

Stock-out and arrival are projections from what was measured (`Pace`), in working time: the store is empty after as
many withdrawals as it has containers, and the next one comes when the card that is furthest has spent what its
forerunners spent. Urgency is stock-out minus arrival.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum

from msgspec import Struct

from shopfloor.core.line import Loop
from shopfloor.core.names import card_name, loop_name, station_name
from shopfloor.core.shop import Shop
from shopfloor.core.state import RELEASED, Card, CardState
from shopfloor.core.text import Text


class Zone(StrEnum):
    """How full a store is, by thirds of the loop's cards."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"


class LoopRole(StrEnum):
    """Whose loops are shown: all, those one takes from, those one fills, those somebody has to decide about."""

    ALL = "all"
    CONSUMER = "consumer"
    SUPPLIER = "supplier"
    PLANNER = "planner"


class Level(StrEnum):
    """How a loop stands: empty, empty before the next comes, low, as it should be, or without a store."""

    EMPTY = "empty"
    SHORT = "short"
    LOW = "low"
    NORMAL = "normal"
    NO_STORE = "no_store"


class Pace(Struct, frozen=True):
    """How a loop turns, in µs of working time, None where not known yet.

    `take_us` from withdrawal to withdrawal, `wait_us` from emptied to started, `make_us` from started to full.
    """

    take_us: int | None = None
    wait_us: int | None = None
    make_us: int | None = None


class CardGroup(Struct, frozen=True):
    """The cards of one state, the one that has waited longest first."""

    state: CardState
    cards: tuple[Card, ...]


class LoopRow(Struct, frozen=True, kw_only=True):
    """One loop. `total` is the sum over `groups`, `extra` of them for one turn; `planned` is the number decided on.

    `full` are in the store, `late` says that an awaited answer of the supplier did not come in time, `stale` have to be
    printed anew.
    `out_us`: until the store is empty, `next_us`: until the next container comes, both None where nobody knows.
    """

    id: str
    name: str
    part: str
    description: str
    quantity: int
    unit: str
    route: tuple[str, ...]
    to: str
    groups: tuple[CardGroup, ...]
    total: int
    planned: int
    extra: int
    full: int
    late: bool
    stale: int = 0
    zone: Zone | None
    level: Level
    out_us: int | None
    next_us: int | None

    @property
    def slack_us(self) -> int | None:
        """Stock-out minus arrival: below zero the store is empty before the next container comes."""
        return None if self.out_us is None or self.next_us is None else self.out_us - self.next_us


Worked = Callable[[int, int], int]

# What is asked for comes first, what only lies there later, what nobody can use last.
STATE_ORDER = (
    CardState.EMPTY,
    CardState.WAITING,
    CardState.IN_PROCESS,
    CardState.QUEUED,
    CardState.IN_TRANSIT,
    CardState.FULL,
    CardState.IN_USE,
    CardState.HELD,
    CardState.LOST,
    CardState.NEW,
)
OUT_OF_USE = frozenset({CardState.HELD, CardState.LOST, CardState.NEW})
COMING = RELEASED | {CardState.IN_TRANSIT}
_RANK = {Level.EMPTY: 0, Level.SHORT: 1, Level.LOW: 2, Level.NORMAL: 3, Level.NO_STORE: 4}
_ZONES = (Zone.RED, Zone.YELLOW, Zone.GREEN, None)


def zone_of_store(full: int, cards: int) -> Zone:
    """By thirds: red up to a third of the loop's cards full, green above two thirds, yellow between.

    Thirds as in the buffer states of drum-buffer-rope (reference 2.7): they need no setting and hold at any size.
    """
    if full * 3 <= cards:
        return Zone.RED
    return Zone.GREEN if full * 3 > cards * 2 else Zone.YELLOW


def passed(from_us: int, to_us: int) -> int:
    """Time that passed, for a line that always works."""
    return max(0, to_us - from_us)


def loop_row(shop: Shop, loop: Loop, now_us: int, pace: Pace, *, worked: Worked = passed) -> LoopRow:
    """One loop at `now_us`; `worked` counts working time between two instants."""
    cards = [card for card in shop.of_loop(loop.id) if card.state is not CardState.RETIRED]
    part = shop.parts.get(loop.part)
    full = sum(1 for card in cards if card.state is CardState.FULL)
    has_store = loop.consumer is not None and bool(cards)
    out_us = _out_us(cards, full, pace, now_us, worked) if has_store else None
    next_us = _next_us(cards, pace, now_us, worked) if has_store else None
    zone = zone_of_store(full, len(cards)) if has_store else None
    return LoopRow(
        id=loop.id,
        name=loop_name(shop, loop.id),
        part=loop.part,
        description=part.description if part else "",
        quantity=loop.quantity,
        unit=part.unit if part else "",
        route=tuple(station_name(shop, station) for station in loop.route),
        to=station_name(shop, loop.consumer) if loop.consumer else "",
        groups=card_groups(cards),
        total=len(cards),
        planned=loop.cards,
        extra=sum(1 for card in cards if card.extra),
        full=full,
        late=any(card.late for card in cards),
        stale=sum(1 for card in cards if card.stale_print),
        zone=zone,
        level=_level(zone, full, out_us, next_us),
        out_us=out_us,
        next_us=next_us,
    )


def loop_rows(shop: Shop, now_us: int, paces: dict[str, Pace], *, worked: Worked = passed) -> tuple[LoopRow, ...]:
    """Every loop of the line file, most urgent first."""
    unknown = Pace()
    rows = (loop_row(shop, loop, now_us, paces.get(loop.id, unknown), worked=worked) for loop in shop.line.loops)
    return tuple(sorted(rows, key=urgency))


def urgency(row: LoopRow) -> tuple[int, bool, int, int, str]:
    """Sort key: empty, empty before the next comes, low, well; within these by stock-out minus arrival, then by zone.

    An empty store for which nobody knows when the next container comes stands before one with a time.
    """
    slack_us = row.slack_us
    known = slack_us is not None
    late = known if row.level is Level.EMPTY else not known
    return _RANK[row.level], late, slack_us or 0, _ZONES.index(row.zone), row.id


def rows_of(shop: Shop, rows: Iterable[LoopRow], role: LoopRole, stations: tuple[str, ...] = ()) -> tuple[LoopRow, ...]:
    """The rows that concern a role at these stations; without stations, at any."""
    return tuple(row for row in rows if _concerns(shop, row, role, frozenset(stations)))


def needs_planner(row: LoopRow) -> bool:
    """Whether somebody has to decide: cards out of use or to print anew, more or fewer than planned, a low store."""
    out = any(group.state in OUT_OF_USE for group in row.groups)
    other = row.total - row.extra != row.planned
    return out or other or row.late or bool(row.stale) or _RANK[row.level] <= _RANK[Level.LOW]


def card_groups(cards: Iterable[Card]) -> tuple[CardGroup, ...]:
    """Cards by state, most urgent first; every card that is not retired is in exactly one group."""
    found: dict[CardState, list[Card]] = {}
    for card in cards:
        found.setdefault(card.state, []).append(card)
    return tuple(
        CardGroup(state, tuple(sorted(found[state], key=lambda card: (in_state_since(card), card.number))))
        for state in STATE_ORDER
        if state in found
    )


def in_state_since(card: Card) -> int:
    """When the card entered its state."""
    return card.queued_us if card.state is CardState.QUEUED else card.since_us


def card_place(shop: Shop, card: Card) -> Text:
    """Where a card is, or who has it to do."""
    loop = shop.loops.get(card.loop)
    if loop is None:
        return Text("")
    first = station_name(shop, loop.route[0])
    to = station_name(shop, loop.consumer) if loop.consumer else first
    step = loop.route[card.step - 1] if 1 <= card.step <= len(loop.route) else loop.route[0]
    match card.state:
        case CardState.EMPTY:
            return Text("for {station} to start", {"station": first})
        case CardState.WAITING:
            return Text("waits for its lot at {station}", {"station": first})
        case CardState.IN_PROCESS | CardState.IN_USE:
            name = to if card.state is CardState.IN_USE else station_name(shop, step)
            return Text("at {station}", {"station": name})
        case CardState.QUEUED:
            return Text("in the lane before {station}", {"station": station_name(shop, step)})
        case CardState.IN_TRANSIT:
            return Text("on the way to {station}", {"station": to})
        case CardState.FULL:
            return Text("in the store for {station}", {"station": to})
        case CardState.HELD | CardState.RETIRED:
            return _note(card.note)
        case CardState.LOST:
            seen = station_name(shop, card.done_station)
            return Text("last seen at {station}", {"station": seen}) if seen else Text("never seen")
        case CardState.NEW:
            return Text("not in circulation yet")


def card_title(shop: Shop, card_id: str) -> str:
    """What people call a card."""
    return card_name(shop, card_id)


def _note(note: str) -> Text:
    """A reason that was chosen from a list is kept in English and can be said in another language; a typed one not."""
    return Text("{it}", {"it": note}) if {"{", "}"} & set(note) else Text(note)


def _level(zone: Zone | None, full: int, out_us: int | None, next_us: int | None) -> Level:
    if zone is None:
        return Level.NO_STORE
    if not full:
        return Level.EMPTY
    if out_us is not None and next_us is not None and out_us < next_us:
        return Level.SHORT
    return Level.LOW if zone is Zone.RED else Level.NORMAL


def _out_us(cards: list[Card], full: int, pace: Pace, now_us: int, worked: Worked) -> int | None:
    """The last of `full` containers is taken after that many withdrawals; one that is overdue comes at any moment."""
    if not full:
        return 0
    last_us = max(card.emptied_us for card in cards)
    if pace.take_us is None:
        return None
    spent_us = worked(last_us, now_us) if last_us else 0
    return max(0, pace.take_us - spent_us) + (full - 1) * pace.take_us


def _next_us(cards: list[Card], pace: Pace, now_us: int, worked: Worked) -> int | None:
    arrivals = [at for card in cards if (at := _arrival_us(card, pace, now_us, worked)) is not None]
    return min(arrivals, default=None)


def _arrival_us(card: Card, pace: Pace, now_us: int, worked: Worked) -> int | None:
    if pace.make_us is None:
        return None
    if card.state in COMING:
        # A release that nobody scanned has no time: the card counts as just begun rather than as nearly there.
        spent_us = worked(card.released_us, now_us) if card.released_us else 0
        return max(0, pace.make_us - spent_us)
    if card.state is CardState.EMPTY:
        waited_us = worked(card.emptied_us, now_us) if card.emptied_us else 0
        return max(0, (pace.wait_us or 0) - waited_us) + pace.make_us
    return None  # a lot that is not complete has no time, and what is full or out of use does not come


def _concerns(shop: Shop, row: LoopRow, role: LoopRole, stations: frozenset[str]) -> bool:
    loop = shop.loops[row.id]
    match role:
        case LoopRole.ALL:
            return True
        case LoopRole.CONSUMER:
            return loop.consumer is not None and (not stations or loop.consumer in stations)
        case LoopRole.SUPPLIER:
            return not stations or not stations.isdisjoint(loop.route)
        case LoopRole.PLANNER:
            return needs_planner(row)
