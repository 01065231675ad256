"""What a busy terminal writes, as plain rows for tests of the store, and a fold that knows no more than they need."""

import random
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from msgspec.structs import replace

from shopfloor.core.codec import encode_entity
from shopfloor.core.events import (
    CardCirculated,
    CardFinished,
    CardStarted,
    CardWithdrawn,
    Event,
    LineChanged,
    Recorded,
    ScanRefused,
    Unknown,
)
from shopfloor.core.line import Line, Loop, Part, Station
from shopfloor.core.moment import Moment, Now
from shopfloor.core.state import Book, Card, CardState, Entity, LastStep, Verdict
from shopfloor.core.update import DigestRow

START_US = 1_767_600_000_000_000
BOOT = "3f0c9a1e"
STATIONS = ("press", "deburr", "assembly")
CARDS = 12

LINE = Line(
    id="gearbox",
    name="Gearbox line",
    wip_limit=12,
    stations=tuple(Station(id=name, name=name.title(), wip_limit=3, cycle_target_s=55) for name in STATIONS),
    parts=(Part(id="GB-100", description="Housing"),),
    loops=(
        Loop(id="housing", part="GB-100", route=("press", "deburr"), consumer="assembly", quantity=20, cards=CARDS),
    ),
)


class Batch(NamedTuple):
    """What one call of `append` takes."""

    events: tuple[Recorded, ...]
    changed: tuple[Entity, ...]
    gone: tuple[Entity, ...]
    digest: tuple[DigestRow, ...]


def batches(
    origin: str, count: int, *, after: int = 0, seed: int = 0, shadow: "Shadow | None" = None, cards: int = CARDS
) -> Iterator[Batch]:
    """`count` commits of one event each, that continue event `after` and `shadow`; the same for the same seed."""
    rng = random.Random(seed)
    state = shadow or Shadow()
    for n in range(after + 1, after + count + 1):
        event = _event(n, rng, cards)
        moment = Moment(START_US + n * 1_300_000 + rng.randrange(1_000_000))
        command_id = f"{rng.getrandbits(128):032x}" if rng.random() < 0.1 else ""
        mono_ns = n * 1_300_000_000 + rng.randrange(10**9)
        row = Recorded(
            origin=origin, n=n, moment=moment, mono_ns=mono_ns, boot=BOOT, event=event, command_id=command_id
        )
        digest: tuple[DigestRow, ...] = ()
        if isinstance(event, CardFinished):
            cycle = DigestRow("cycle", event.station, moment.us, n, b'{"s":54.318,"target_s":55}')
            digest = (cycle, DigestRow("lead", "housing", moment.us, n, b'{"s":1834.2}'))
        yield Batch((row,), state.take(row), (), digest)


def fold(events: Iterable[Recorded], base: tuple[Line, tuple[Entity, ...]] | None = None) -> tuple[Entity, ...]:
    """The entities that `batches` leaves behind, from its events alone."""
    assert base is None
    state = Shadow()
    for event in events:
        state.take(event)
    return tuple(state.entities.values())


class Shadow:
    """A stand-in for the shop: a card and a station's book follow each event."""

    def __init__(self, entities: Iterable[Entity] = ()) -> None:
        self.entities = {_key(entity): entity for entity in entities}

    def take(self, row: Recorded) -> tuple[Entity, ...]:
        """The entities this event changed."""
        changed: tuple[Entity, ...] = ()
        match row.event:
            case CardStarted(card=card):
                changed = self._step(row, card, CardState.IN_PROCESS, "start")
            case CardFinished(card=card, into=into):
                changed = self._step(row, card, into, "finish")
            case CardWithdrawn(card=card):
                changed = self._step(row, card, CardState.EMPTY, "withdraw")
            case ScanRefused(station=station, rule=rule, args=args):
                verdict = Verdict(n=row.n, kind="scan_refused", at_us=row.moment.us, rule=rule, args=args)
                changed = (Book(station=station, verdict=verdict),)
            case _:
                pass
        for entity in changed:
            self.entities[_key(entity)] = entity
        return changed

    def _step(self, row: Recorded, card: str, into: CardState, what: str) -> tuple[Card | Book, ...]:
        us, station = row.moment.us, getattr(row.event, "station", "")
        at = Now(us, row.mono_ns, row.boot)
        before = self.entities.get(("card", card)) or Card(id=card, loop="housing", number=int(card.rpartition("-")[2]))
        assert isinstance(before, Card)
        after = Card(
            id=card, loop="housing", number=before.number, state=into, step=1, since_us=us, cycle=before.cycle + 1,
            started=at, done_what=what, done_station=station, done_us=us, done_by="gun-1",
        )  # fmt: skip
        step = LastStep(n=row.n, card=card, what=what, code="K7F3A1210QX", at=at, by="gun-1", before=before)
        verdict = Verdict(n=row.n, kind=row.event.kind, at_us=us, card=card)
        return after, Book(station=station, step=step, verdict=verdict, done_at=at, done_count=row.n)


def _key(entity: Entity) -> tuple[str, str]:
    return encode_entity(entity)[:2]


def _event(n: int, rng: random.Random, cards: int) -> Event | Unknown:
    if n == 1:
        return LineChanged(line=replace(LINE, loops=(replace(LINE.loops[0], cards=cards),)))
    if n <= 1 + cards:
        number = n - 1
        return CardCirculated(card=f"housing-{number:02}", loop="housing", number=number, state=CardState.FULL)
    station = rng.choice(STATIONS)
    device, code = f"gun-{station}", f"K7F3A{rng.randrange(cards):02}1{rng.choice('QRST')}X"
    card = f"housing-{rng.randint(1, cards):02}"
    chance = rng.random()
    if chance < 0.3:
        return CardStarted(station=station, device=device, code=code, card=card, step=1, by="ana")
    if chance < 0.6:
        into = rng.choice((CardState.QUEUED, CardState.FULL))
        return CardFinished(station=station, device=device, code=code, card=card, step=1, into=into, by="ana")
    if chance < 0.85:
        return CardWithdrawn(station=station, device=device, code=code, card=card, by="ana")
    args: dict[str, str | int] = {"limit": 3, "cards": "housing-07, housing-11, housing-12"}
    return ScanRefused(station=station, device=device, code=code, rule="wip_limit", card=card, args=args)
