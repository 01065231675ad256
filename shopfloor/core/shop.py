"""The state of a line in one place: frozen values in dicts, with the look-ups the rules need."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeVar, assert_never

from shopfloor.core.codes import Known, folded, known_codes
from shopfloor.core.entities import entity_key, is_gone
from shopfloor.core.line import DeviceKind, Line, Loop, Part, Person, Reason, Scope, Station
from shopfloor.core.moment import US_PER_S, Now
from shopfloor.core.rule_reasons import RULE_REASONS
from shopfloor.core.state import RELEASED, Book, Call, Card, CardState, Entity, PlannedChange, Restart, Taught
from shopfloor.core.state_andon import (
    Advice,
    Contact,
    LampTest,
    OutOfService,
    Problem,
    Shelf,
    service_key,
)
from shopfloor.core.state_line import Credit, Decree, Finding, Post, Reading

_T = TypeVar("_T")

_SHARED = (
    "ahead",
    "clocked",
    "ended_us",
    "known",
    "limited",
    "line",
    "linked",
    "live",
    "loops",
    "origin",
    "parts",
    "people",
    "reading",
    "ready",
    "reasons",
    "stations",
    "unlinked_us",
)
_COPIED = (
    "advices",
    "alive",
    "books",
    "by_loop",
    "calls",
    "calls_of",
    "cards",
    "changes",
    "contacts",
    "credits",
    "decrees",
    "extras",
    "findings",
    "lamp_tests",
    "posts",
    "problems",
    "reads",
    "released",
    "restarts",
    "services",
    "shelves",
    "stops",
    "taught",
    "waiting",
)

EMPTY_LINE = Line(id="", name="")


class Shop:
    """The line file in force and every living entity. Owned by one thread; the values in it never change.

    `ready` is when this process began to accept signals, `ended_us` when the one before was last known alive (0: none),
    `reads` the codes each station read lately, `origin` its own name in the journals, `live` those of the terminals it
    hears now, `linked` whether it has the line (None: it is alone), `unlinked_us` since when it has lost it,
    `reading` how far it has read the line (None: there is none), `ahead` stops it was told of and has not read yet:
    they belong to the process, not to the line. `alive` counts the cards of each loop that are not retired,
    without the `extras`; `waiting` those that wait for their lot. `changes` are the planned changes by loop, `taught`
    the cards of the plant's own codes. `limited` loops have cards that do not live for ever, `clocked` ones have
    suppliers that answer. `shelves`, `services` (what is out of it) and `advices` are by `service_key`, `calls` holds
    the open ones, those that are cleared and want a cause among them; `calls_of` the same by station, `stops` what of
    them stands.
    """

    __slots__ = (*_SHARED, *_COPIED, "own")

    def __init__(self, line: Line = EMPTY_LINE, entities: Iterable[Entity] = ()) -> None:
        self.cards: dict[str, Card] = {}
        self.by_loop: dict[str, dict[str, Card]] = {}
        self.own: set[str] = set()
        self.released: dict[str, Card] = {}
        self.alive: dict[str, int] = {}
        self.waiting: dict[str, int] = {}
        self.extras: dict[str, Card] = {}
        self.taught: dict[str, str] = {}
        self.changes: dict[str, PlannedChange] = {}
        self.calls: dict[str, Call] = {}
        self.calls_of: dict[str, tuple[Call, ...]] = {}
        self.stops: dict[str, Call] = {}
        self.restarts: dict[str, Restart] = {}
        self.shelves: dict[str, Shelf] = {}
        self.services: dict[str, OutOfService] = {}
        self.advices: dict[str, Advice] = {}
        self.contacts: dict[str, Contact] = {}
        self.problems: dict[str, Problem] = {}
        self.lamp_tests: dict[str, LampTest] = {}
        self.posts: dict[str, Post] = {}
        self.findings: dict[str, Finding] = {}
        self.credits: dict[str, Credit] = {}
        self.decrees: dict[str, Decree] = {}
        self.origin = ""
        self.live: frozenset[str] = frozenset()
        self.linked: bool | None = None
        self.unlinked_us = 0
        self.reading: Reading | None = None
        self.ahead: dict[str, Call] = {}
        self.books: dict[str, Book] = {}
        self.ready: Now | None = None
        self.ended_us = 0
        self.reads: dict[str, dict[str, Now]] = {}
        self.set_line(line)
        self.put(entities)

    def set_line(self, line: Line) -> None:
        """Put a line file in force."""
        self.line = line
        self.stations: dict[str, Station] = {s.id: s for s in line.stations}
        self.loops: dict[str, Loop] = {x.id: x for x in line.loops}
        self.parts: dict[str, Part] = {p.id: p for p in line.parts}
        self.reasons: dict[str, Reason] = dict(RULE_REASONS) | {r.id: r for r in line.reasons}
        self.people: dict[str, Person] = {p.id: p for p in line.people}
        self.known: Known = known_codes(line)
        self.limited: tuple[Loop, ...] = tuple(x for x in line.loops if x.lives or x.expires_us)
        self.clocked: tuple[Loop, ...] = tuple(x for x in line.loops if x.response_s)

    def copy(self) -> "Shop":
        """A shop that can go its own way: the values are shared, the dicts are not."""
        other = Shop.__new__(Shop)
        for name in _SHARED:
            setattr(other, name, getattr(self, name))
        for name in _COPIED:
            setattr(other, name, dict(getattr(self, name)))
        self.own, other.own = set(), set()
        return other

    def share_process(self, other: "Shop") -> None:
        """Know of the link and of who is heard what another shop of the same process knows."""
        self.live, self.linked, self.unlinked_us, self.ahead = other.live, other.linked, other.unlinked_us, other.ahead
        self.reading = other.reading

    def put(self, entities: Iterable[Entity]) -> None:
        """Replace entities by their newer values; what is gone leaves."""
        for entity in entities:
            match entity:
                case Card():
                    self._put_card(entity)
                case Call():
                    self._put_call(entity)
                case Restart():
                    _put(self.restarts, entity.station, entity, gone=is_gone(entity))
                case Book():
                    self.books[entity.station] = entity
                case Taught():
                    _put(self.taught, entity.text, entity.card, gone=is_gone(entity))
                case PlannedChange():
                    _put(self.changes, entity.loop, entity, gone=is_gone(entity))
                case Shelf() | OutOfService() | Advice() | Contact() | Problem() | LampTest():
                    self._put_andon(entity)
                case Post():
                    self.posts[entity.station] = entity
                case Credit():
                    self.credits[entity.origin] = entity
                case Decree():
                    self.decrees[entity.thing] = entity
                case Finding():
                    _put(self.findings, entity.id, entity, gone=is_gone(entity))
                case _:
                    assert_never(entity)

    def _put_andon(self, entity: Shelf | OutOfService | Advice | Contact | Problem | LampTest) -> None:
        key = entity_key(entity)
        match entity:
            case Shelf():
                _put(self.shelves, key, entity, gone=is_gone(entity))
            case OutOfService():
                _put(self.services, key, entity, gone=is_gone(entity))
            case Advice():
                _put(self.advices, key, entity, gone=is_gone(entity))
            case Contact():
                self.contacts[key] = entity
            case Problem():
                self.problems[key] = entity
            case LampTest():
                self.lamp_tests[key] = entity
            case _:
                assert_never(entity)

    def _put_call(self, call: Call) -> None:
        gone, known = is_gone(call), call.id in self.calls
        _put(self.calls, call.id, call, gone=gone)
        _put(self.stops, call.id, call, gone=gone or not call.stopped_us or bool(call.cleared_us))
        here = self.calls_of.get(call.station, ())
        if known:
            here = tuple(call if one.id == call.id else one for one in here if not (gone and one.id == call.id))
        elif not gone:
            here = (*here, call)
        self.calls_of[call.station] = here

    def _put_card(self, card: Card) -> None:
        before = self.cards.get(card.id)
        # Whether a card is extra is said once, when it is put in circulation.
        was = before is not None and before.state is not CardState.RETIRED and not before.extra
        alive = card.state is not CardState.RETIRED and not card.extra
        waited, waits = before is not None and before.state is CardState.WAITING, card.state is CardState.WAITING
        if before is None or alive != was or waits != waited:
            self.alive[card.loop] = self.alive.get(card.loop, 0) + alive - was
            self.waiting[card.loop] = self.waiting.get(card.loop, 0) + waits - waited
        if card.extra:
            _put(self.extras, card.id, card, gone=card.state is CardState.RETIRED)
        self.cards[card.id] = card
        # An inner dict that a copy of this shop may share is replaced; one of its own is written.
        if card.loop not in self.own:
            self.by_loop[card.loop] = dict(self.by_loop.get(card.loop, {}))
            self.own.add(card.loop)
        self.by_loop[card.loop][card.id] = card
        _put(self.released, card.id, card, gone=card.state not in RELEASED)

    def entities(self) -> Iterator[Entity]:
        """Every living entity."""
        for table in self.tables():
            yield from table.values()

    def tables(self) -> Iterator[Mapping[str, Entity]]:
        """Every living entity by its key, one table a kind, always in the same order."""
        yield self.cards
        yield self.calls
        yield self.restarts
        yield self.books
        yield {text: Taught(text=text, card=card) for text, card in self.taught.items()}
        yield self.changes
        yield from (self.shelves, self.services, self.advices, self.contacts, self.problems, self.lamp_tests)
        yield from (self.posts, self.findings, self.credits, self.decrees)

    def book(self, station: str) -> Book:
        """What the station remembers; an empty book at first."""
        return self.books.get(station) or Book(station=station)

    def in_process(self, station: str) -> list[Card]:
        """Cards in process at the station, oldest first."""
        found = [c for c in self.released.values() if c.state is CardState.IN_PROCESS and place(self, c) == station]
        return sorted(found, key=lambda card: (card.since_us, card.id))

    def lane(self, loop: str, step: int) -> list[Card]:
        """Cards QUEUED for route position `step` of the loop, oldest first."""
        found = [c for c in self.released.values() if c.loop == loop and c.step == step and c.state is CardState.QUEUED]
        return sorted(found, key=lambda card: (card.queued_us, card.id))

    def of_loop(self, loop: str) -> list[Card]:
        """Every card of a loop, by number."""
        return sorted(self.by_loop.get(loop, {}).values(), key=_number)

    def stop_over(self, station: str) -> Call | None:
        """The oldest stop that covers the station."""
        known = (*self.stops.values(), *self.told_ahead())
        stops = [c for c in known if c.stopped_us and not c.cleared_us and covers(self, c, station)]
        return min(stops, key=lambda call: (call.stopped_us, call.id), default=None)

    def told_ahead(self) -> list[Call]:
        """Stops of other terminals that are known by word alone, because the line was not read up to them yet."""
        return [call for call in self.ahead.values() if call.id not in self.calls]

    def restart_over(self, station: str) -> Restart | None:
        """The restart that covers the station, if one runs; of several the one that ends last."""
        keys = (station, scope_key(self, Scope.SEGMENT, station), "")
        found = [self.restarts[key] for key in keys if key in self.restarts]
        return max(found, key=lambda r: r.since.at_us + r.restart_s * US_PER_S, default=None)

    def calls_at(self, station: str) -> list[Call]:
        """Calls raised at the station that are not cleared, most urgent first: stop before help, then oldest."""
        return sorted((c for c in self.calls_of.get(station, ()) if not c.cleared_us), key=urgency)

    def standing_at(self, station: str) -> list[Call]:
        """Those of them that people are told of, for they are on no shelf, most urgent first."""
        return [call for call in self.calls_at(station) if self.shelf_of(call) is None]

    def shelf_of(self, call: Call) -> Shelf | None:
        """The shelf a call lies on; a stop lies on none."""
        return None if call.stopped_us else self.shelves.get(service_key(call.station, call.reason))

    def open_call(self, station: str, reason: str) -> Call | None:
        """The call for the reason at the station that is not cleared; of two terminals' the one that came first."""
        here = (c for c in self.calls_of.get(station, ()) if c.reason == reason and not c.cleared_us)
        return min(here, key=lambda call: (call.raised.at_us, call.id), default=None)

    def out_of_service(self, station: str, reason: str) -> OutOfService | None:
        """Why no rule and no contact may call for the reason at the station."""
        return self.services.get(service_key(station, reason)) or self.services.get(service_key(station, ""))

    def segment(self, station: str) -> str:
        """The segment of a station, "" for none."""
        found = self.stations.get(station)
        return found.segment if found else ""


def _number(card: Card) -> int:
    return card.number


def read_key(shop: Shop, device: str, code: str) -> str:
    """What counts as the same read at a station: a code over all its scanners, a button of one box alone.

    Two boxes may send the same text for different things; a stop must not pass for the repeat of a call.
    """
    box = any(d.id == device and d.kind is not DeviceKind.SCANNER for d in shop.line.devices)
    return f"{device}\0{code}" if box else folded(code)


def covers(shop: Shop, call: Call, station: str) -> bool:
    """Whether the call's scope includes the station; the segment of a station without one is the station alone."""
    if call.scope is Scope.LINE or call.station == station:
        return True
    segment = shop.segment(call.station)
    return call.scope is Scope.SEGMENT and bool(segment) and segment == shop.segment(station)


def scope_key(shop: Shop, scope: Scope, station: str) -> str:
    """The key of a restart of that scope around a station: the station, its segment as `@name`, "" for the line."""
    if scope is Scope.LINE:
        return ""
    segment = shop.segment(station)
    return f"@{segment}" if scope is Scope.SEGMENT and segment else station


def urgency(call: Call) -> tuple[bool, int, str]:
    """Sort key of calls: stop before help, then oldest."""
    return (not call.stopped_us, call.raised.at_us, call.id)


def place(shop: Shop, card: Card) -> str:
    """The station of a released card: where it is in process or queued; "" if it is neither or its loop is gone."""
    loop = shop.loops.get(card.loop)
    if loop is None or not 1 <= card.step <= len(loop.route):
        return ""
    return loop.route[card.step - 1]


def lane_limit(loop: Loop, step: int) -> int | None:
    """Capacity of the lane before route position `step` (2 or later), None if unbounded."""
    index = step - 2
    return loop.lane_limits[index] if 0 <= index < len(loop.lane_limits) else None


def _put(table: dict[str, _T], key: str, value: _T, *, gone: bool) -> None:
    if gone:
        table.pop(key, None)
    else:
        table[key] = value
