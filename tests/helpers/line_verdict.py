"""What must be true of the journals of all terminals of a line, once they have heard of each other."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from msgspec import Struct

from shopfloor.core.events import CallRaised, Recorded, SignalEvent, TerminalStarted
from shopfloor.core.events_line import BegunAnew
from shopfloor.core.evolve import apply, fold
from shopfloor.core.line import CallKind, Line
from shopfloor.core.merge import key_of
from shopfloor.core.shop import Shop
from shopfloor.core.state import Card, CardState, Entity
from shopfloor.core.state_hash import state_hash
from shopfloor.core.state_line import Finding, FindingKind
from shopfloor.link.line_names import terminal_of
from shopfloor.store.connection import one_instant, open_reader
from shopfloor.store.folder import journal_path
from shopfloor.store.own_journal import SqliteOwnJournal
from shopfloor.store.replay import read_since
from shopfloor.store.rows import read_entities, read_line
from tests.flows.terminal import Echoed
from tests.helpers.floor_limits import Limit, counts, limits_of
from tests.helpers.line_floor import Floor


class Copy(Struct, frozen=True):
    """What one terminal's disk holds: every event of every origin in the order of the line, and what is true."""

    name: str
    origin: str
    events: tuple[Recorded, ...]
    entities: tuple[Entity, ...]
    line: Line | None

    @property
    def hash(self) -> str:
        """The hash of what is true there."""
        return state_hash(self.entities)

    @property
    def known(self) -> dict[str, int]:
        """The newest event of each origin."""
        return Counter(recorded.origin for recorded in self.events)


class Told(Struct, frozen=True):
    """A scan and the answer its person believed."""

    terminal: str
    code: str
    answer: Echoed


def copy_of(name: str, folder: Path) -> Copy:
    """Read a terminal's disk, beside its process."""
    with SqliteOwnJournal(folder) as own:
        origin = own.origin()
    with closing(open_reader(journal_path(folder))) as conn, one_instant(conn) as execute:
        return Copy(name, origin, tuple(read_since(execute, None)), tuple(read_entities(execute)), read_line(execute))


def is_one(copies: Sequence[Copy]) -> bool:
    """Whether all of them hold the same events and the same truth."""
    first = copies[0]
    return all(copy.known == first.known and copy.hash == first.hash for copy in copies)


def gaps(copies: Iterable[Copy]) -> list[str]:
    """Origins whose numbers are not 1, 2, 3 and so on, somewhere."""
    found = []
    for copy in copies:
        numbers: dict[str, list[int]] = {}
        for recorded in copy.events:
            numbers.setdefault(recorded.origin, []).append(recorded.n)
        found += [
            f"{copy.name} has {len(ns)} events of {origin}, up to {max(ns)}"
            for origin, ns in numbers.items()
            if sorted(ns) != list(range(1, len(ns) + 1))
        ]
    return found


def unlike(copies: Sequence[Copy]) -> list[str]:
    """Terminals that hold other events or another truth than the first one."""
    first = {(r.origin, r.n): r for r in copies[0].events}
    found = []
    for copy in copies[1:]:
        events = {(r.origin, r.n): r for r in copy.events}
        odd = [key for key in first.keys() | events.keys() if first.get(key) != events.get(key)]
        if odd:
            found.append(f"{copy.name} and {copies[0].name} differ in {len(odd)} events: {sorted(odd)[:3]}")
        elif copy.hash != copies[0].hash:
            both = set(copy.entities) ^ set(copies[0].entities) if _hashable(copy) else ()
            found.append(f"{copy.name} and {copies[0].name} hold the same events and another truth: {list(both)[:4]}")
    return found


def folded_otherwise(copies: Iterable[Copy]) -> list[str]:
    """Terminals whose truth is not what their events come to in the order of the line."""
    found = []
    for copy in copies:
        folded = fold(copy.events)
        if state_hash(folded) != copy.hash:
            theirs = {repr(entity) for entity in copy.entities}
            ours = {repr(entity) for entity in folded}
            found.append(f"{copy.name}: has {sorted(theirs - ours)[:3]}, expected {sorted(ours - theirs)[:3]}")
    return found


def unbelievable(copies: Iterable[Copy], told: Sequence[Told]) -> list[str]:
    """Answers that were believed and are not in every journal as they were told, or are there for two scans."""
    return [f"{copy.name}: expected {told[at]} in an event of its own" for copy in copies for at in _lost(copy, told)]


def unasked(copies: Iterable[Copy], told: Sequence[Told], deaths: Mapping[str, int]) -> list[str]:
    """Scans that are recorded and were answered to nobody, where no death explains it."""
    found = []
    for copy in copies:
        mine = [each for each in told if each.terminal == copy.name]
        held, _ = _matched(copy, mine)
        signals = {(r.origin, r.n) for r in copy.events if terminal_of(r.origin) == copy.name and _is_scan(r)}
        silent = signals - set(held)
        if len(silent) > deaths.get(copy.name, 0):
            found.append(f"{copy.name}: {len(silent)} scans nobody was told of, {deaths.get(copy.name, 0)} deaths")
    return found


Place = tuple[str, int]


def _lost(copy: Copy, told: Sequence[Told]) -> list[int]:
    held, lost = _matched(copy, told)
    assert len(held) + len(lost) == len(told)
    return lost


def _matched(copy: Copy, told: Sequence[Told]) -> tuple[dict[Place, int], list[int]]:
    """(By event the answer it is, answers that have no event of their own).

    A terminal whose disk was put back or copied has several names. An answer from before it took one has its number
    there, or the one under which the event was recorded again.
    """
    events = {(r.origin, r.n): r.event for r in copy.events}
    names: dict[str, list[tuple[str, int]]] = {}
    for origin in copy.known:
        names.setdefault(terminal_of(origin), []).append((origin, 0))
    for recorded in copy.events:
        if isinstance(recorded.event, BegunAnew):
            names[recorded.event.terminal].append((recorded.origin, recorded.event.kept))

    def places(each: Told) -> list[Place]:
        found = {(origin, each.answer.n - kept) for origin, kept in names.get(each.terminal, ())}
        return [
            at
            for at in sorted(found)
            if isinstance(event := events.get(at), SignalEvent)
            and (event.kind, event.code) == (each.answer.kind, each.code)
        ]

    held: dict[Place, int] = {}

    def place(at: int, tried: set[Place]) -> bool:
        for key in places(told[at]):
            if key not in tried:
                tried.add(key)
                if key not in held or place(held[key], tried):
                    held[key] = at
                    return True
        return False

    return held, [at for at in range(len(told)) if not place(at, set())]


class Limits(Struct):
    """What a look at every event found: growth above a hard limit, unnamed, and named by the event.

    `silent`: named by a finding, for a terminal that was taken over did steps there that the taker did not know of.
    """

    broken: list[str]
    named: int = 0
    silent: int = 0


def limits_kept(events: Sequence[Recorded]) -> Limits:
    """Fold the events in the given order; a count above its hard limit may not grow, but by an event that names it.

    Nor may it be above by more than the steps that findings count of a terminal that was taken over.
    """
    found = Limits([])
    shop = Shop()
    was = counts(shop, shop.line)
    limits = limits_of(shop.line)
    for recorded in events:
        changed = apply(shop, recorded)
        if not any(isinstance(entity, Card) for entity in changed):
            limits, was = limits_of(shop.line), counts(shop, shop.line)
            continue
        now = counts(shop, shop.line)
        over = getattr(recorded.event, "over", ())
        for key, limit in limits.items():
            if now[key] > limit and now[key] > was[key]:
                if over:
                    found.named += 1
                elif now[key] - limit <= unknown_steps(shop, key):
                    found.silent += 1
                else:
                    found.broken.append(f"{now[key]} at {key}, at most {limit}: {recorded}")
        was = now
    return found


def unknown_steps(shop: Shop, key: Limit) -> int:
    """How many steps terminals that were taken over did at what a limit counts, unknown to the taker."""
    kind, name = key
    loop = shop.loops.get(name.partition(" ")[0])
    route = loop.route if loop is not None else ()
    findings = [f for f in shop.findings.values() if f.kind is FindingKind.STILL_WORKED]
    return sum(
        f.count
        for f in findings
        if kind == "line" or (kind == "station" and f.places[0] == name) or (kind == "lane" and f.places[0] in route)
    )


def not_conserved(copies: Iterable[Copy], line: Line) -> list[str]:
    """Loops with more or fewer cards than the line file says, somewhere."""
    wanted = {loop.id: loop.cards for loop in line.loops}
    found = []
    for copy in copies:
        cards = [e for e in copy.entities if isinstance(e, Card) and e.state is not CardState.RETIRED]
        if (got := Counter(card.loop for card in cards)) != wanted:
            found.append(f"{copy.name}: {dict(got)}, expected {wanted}")
    return found


def misplaced(copy: Copy, floor: Floor) -> tuple[list[str], int]:
    """(Cards in a wrong place that nothing says, how many are in one that a finding names)."""
    flagged = {e.card for e in copy.entities if isinstance(e, Finding) and not e.settled}
    wrong = floor.misplaced({e.id: e for e in copy.entities if isinstance(e, Card)})
    silent = [words for words in wrong if words.partition(":")[0] not in flagged]
    return silent, len(wrong) - len(silent)


def stops(copy: Copy) -> set[tuple[str, int]]:
    """Every stop that a terminal knows of."""
    return {
        (r.origin, r.n) for r in copy.events if isinstance(r.event, CallRaised) and r.event.call_kind is CallKind.STOP
    }


def starts(copy: Copy) -> int:
    """How often terminals were started, as a terminal knows."""
    return sum(isinstance(r.event, TerminalStarted) for r in copy.events)


def in_order(events: Iterable[Recorded]) -> list[Recorded]:
    """In the order of the line."""
    return sorted(events, key=key_of)


def _is_scan(recorded: Recorded) -> bool:
    return isinstance(recorded.event, SignalEvent) and bool(recorded.event.code)


def _hashable(copy: Copy) -> bool:
    try:
        hash(copy.entities)
    except TypeError:
        return False
    return True
